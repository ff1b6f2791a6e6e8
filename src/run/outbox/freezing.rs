//! A form on its way into the outbox: checked again, its card numbers made ready, its bytes made, once. Nothing leaves here.

use std::collections::BTreeMap;

use zeroize::{Zeroize, Zeroizing};

use super::{Outbox, points::Point};
use crate::{
    action::{
        Action, Attachment, Draft, Entry, EntryId, Facts, Kind, Making, Offer, Problem, Subject, Values, body,
        check,
        field::Leaves,
        life::{Late, Life},
        offer, rows, step,
    },
    case::{Case, FaultKind, Moment, Whose, moment::Minute},
    desk::words::{NotQueued, Submission},
    run::source::Source,
    seal,
    store::{NewEntry, Queued},
    text::{Raw, SafeText, Secret, own, say},
};

impl Outbox {
    /// Queues what was submitted. Once this returns an entry, it is on the disk.
    pub async fn submit(&self, submission: Submission) -> Result<EntryId, NotQueued> {
        let id = self.queue(&submission).await?;
        self.poke(&submission.draft.profile);
        Ok(id)
    }

    async fn queue(&self, submission: &Submission) -> Result<EntryId, NotQueued> {
        let Submission { draft, version, cards, forced } = submission;
        let (source, action) = self.declared(draft)?;
        let now = self.teller.clock.now();
        let case = match &draft.case {
            None => None,
            Some(id) => {
                let kept = self.archive.with(now, |store| store.case(id)).map_err(not_queued)?;
                Some(
                    kept.ok_or_else(|| not_queued(say!("case {} is not kept here any more", id.number.id())))?
                        .0,
                )
            }
        };
        fits(action, case.as_ref(), *forced)?;
        let given: Vec<_> = cards.iter().map(|(address, _)| address.clone()).collect();
        let facts = Facts { case: case.as_ref(), settings: &source.settings, now, cards: &given };
        let problems = check(action, &draft.values, &facts);
        if !problems.is_empty() {
            return Err(NotQueued { says: own("the form is not complete"), problems });
        }
        let sealed = card_values(source, action, cards).await?;
        let files = self.files(&draft.values.all_files().cloned().collect::<Vec<_>>(), now)?;
        let key = seal::new_id(now).map_err(|_| not_queued(own("the system gave no random bytes")))?;
        let Some(first) = action.steps.first() else {
            return Err(not_queued(own("this action has no step to send")));
        };
        let making = Making {
            case: case.as_ref(),
            values: &draft.values,
            settings: &source.settings,
            now,
            files: &files,
            sealed: &sealed.0,
            answers: &[],
            key: &key,
        };
        let frozen = step::freeze(first, action.fields, &making).map_err(|problem| NotQueued {
            says: own("the request could not be made"),
            problems: vec![problem],
        })?;
        self.points.pass(Point::Frozen);
        let new = NewEntry {
            id: key.clone(),
            draft: draft.clone(),
            version: *version,
            subject: subject(action, draft, cards, &making)?,
            frozen,
            settling: (action.settling)(&source.settings),
            steps: action.steps.len(),
            life: Life::queued(Late::Ask),
            deadline: case.as_ref().and_then(|case| ahead(case, now)),
            forced: *forced,
            by: self.who.clone(),
            at: now,
            supersedes: None,
        };
        let detail = say!(
            "{}{}{}",
            own(action.title),
            own(if *forced { ", forced although it does not fit" } else { "" }),
            unsent(action, &draft.values)
        );
        let note = self.note("queued", draft.case.as_ref(), &key, detail);
        let queued = self.archive.with(now, |store| {
            self.points.commit(Point::Queueing)?;
            store.queue(&new, &note)
        });
        match queued.map_err(not_queued)? {
            Queued::Yes(_) => {
                self.points.pass(Point::Queued);
                self.neighbours.tell();
                Ok(key)
            }
            Queued::DraftMoved => Err(not_queued(own(
                "another terminal changed this draft meanwhile: open it again to see what it holds",
            ))),
            Queued::Live(entry) => Err(not_queued(say!(
                "{} is already on its way since {} ({}); B shows it, or casedesk outbox list",
                self.title(&entry.draft),
                Minute(entry.created_at),
                own(entry.life.words())
            ))),
            Queued::Already(entry) => Err(not_queued(self.already(&entry, draft))),
        }
    }

    /// Why what was accepted is not queued a second time, and what to do.
    fn already(&self, entry: &Entry, draft: &Draft) -> SafeText {
        let title = self.title(&entry.draft);
        match (&entry.draft.case, entry.draft.id == draft.id) {
            (_, true) => say!("{} was accepted already, from this very draft", title),
            (Some(_), false) => {
                say!(
                    "{} was accepted already, and the case was not read since; R reads it, or casedesk case",
                    title
                )
            }
            (None, false) => {
                let number = if entry.remote.is_empty() { own("one") } else { entry.remote.id() };
                let ended = entry.tries.last().and_then(|tried| tried.ended_at).unwrap_or(entry.created_at);
                let told = say!("{} was accepted already at {}, and made {}", title, Minute(ended), number);
                let counts = match self.declared(draft).map(|(_, action)| action) {
                    Ok(action) => told_apart_by(action),
                    Err(_) => SafeText::default(),
                };
                say!("{}; the same again{} is taken a day later", told, counts)
            }
        }
    }

    /// The profile's source and the declared action that a draft is for.
    pub(super) fn declared(&self, draft: &Draft) -> Result<(&Source, &'static Action), NotQueued> {
        let source = self.sources.iter().find(|source| source.name == draft.profile).ok_or_else(|| {
            not_queued(say!(
                "there is no profile {} in the configuration",
                Raw::new(draft.profile.clone()).show()
            ))
        })?;
        let action = source.action(&draft.action).ok_or_else(|| {
            not_queued(say!("this casedesk knows no action {}", Raw::new(draft.action.clone()).show()))
        })?;
        Ok((source, action))
    }

    /// The attached bytes, as they were when they were attached.
    pub(super) fn files(
        &self,
        attached: &[Attachment],
        now: Moment,
    ) -> Result<BTreeMap<String, Vec<u8>>, NotQueued> {
        let mut files = BTreeMap::new();
        for file in attached {
            let bytes = self.archive.with(now, |store| store.file(&file.sha256)).map_err(not_queued)?;
            // One that is gone is told by whoever makes the body.
            files.extend(bytes.map(|bytes| (file.sha256.clone(), bytes)));
        }
        Ok(files)
    }
}

/// What was entered for ourselves and does not leave: ", why: ...".
fn unsent(action: &Action, values: &Values) -> SafeText {
    let told = action.fields.iter().filter(|field| field.local && values.is_filled(field.name));
    let words = told.map(|field| say!(", {}: {}", own(field.label), Raw::new(values.text(field.name)).show()));
    SafeText::join(&words.collect::<Vec<_>>(), "")
}

fn fits(action: &Action, case: Option<&Case>, forced: bool) -> Result<(), NotQueued> {
    match offer(action, case) {
        Offer::No(why) if !forced => Err(not_queued(why)),
        Offer::No(_) | Offer::Fits | Offer::Perhaps(_) => Ok(()),
    }
}

/// Card numbers by address, as they leave; wiped when they are done with.
struct CardValues(BTreeMap<String, String>);

impl Drop for CardValues {
    fn drop(&mut self) {
        self.0.values_mut().for_each(Zeroize::zeroize);
    }
}

async fn card_values(
    source: &Source,
    action: &Action,
    cards: &[(String, Secret)],
) -> Result<CardValues, NotQueued> {
    let mut values = CardValues(BTreeMap::new());
    for (address, number) in cards {
        let ready = match rows::field_at(action.fields, address).map(|field| field.kind) {
            Some(Kind::Card(Leaves::Clear)) => source.in_clear(number),
            _ => source.seal(number).await.map(|sealed| sealed.exact().to_owned()),
        };
        let value = ready.map_err(|fault| match fault.kind {
            FaultKind::Unprepared => NotQueued {
                says: own("a card number could not be made ready to leave"),
                problems: vec![Problem { field: address.clone(), says: fault.says.show() }],
            },
            _ => not_queued(fault.tell()),
        })?;
        values.0.insert(address.clone(), value);
    }
    Ok(values)
}

/// What the action is about: of a new dispute the values as they are sent, however they were typed. The store keeps a
/// keyed hash of it and nothing else.
fn subject(
    action: &Action,
    draft: &Draft,
    cards: &[(String, Secret)],
    making: &Making<'_>,
) -> Result<Secret, NotQueued> {
    let mut parts = Zeroizing::new(Vec::new());
    match (action.subject, &draft.case) {
        (Subject::Case, Some(case)) => parts.extend(["case".to_owned(), case.number.exact().to_owned()]),
        (Subject::Case, None) => parts.extend(["action".to_owned(), action.id.to_owned()]),
        (Subject::New { told_apart_by }, _) => {
            parts.extend(["new".to_owned(), action.id.to_owned()]);
            for address in told_apart_by {
                let card = cards.iter().find(|(at, _)| at == address).map(|(_, card)| card.reveal().to_owned());
                parts.push(match card {
                    Some(card) => card,
                    None => sent(action, address, making)?,
                });
            }
        }
    }
    let whole = serde_json::to_string(&*parts);
    whole.map(Secret::new).map_err(|_| not_queued(own("what it is about cannot be written")))
}

/// A field's value as it stands in the body; empty where it is not sent.
fn sent(action: &Action, address: &str, making: &Making<'_>) -> Result<String, NotQueued> {
    let Some(field) = rows::field_at(action.fields, address) else { return Ok(String::new()) };
    let value = body::value(field, address, making)
        .map_err(|problem| NotQueued { says: own("the request could not be made"), problems: vec![problem] })?;
    Ok(value.map_or(String::new(), |value| value.to_string()))
}

/// The provider's own deadline, where it is still to come. One that had passed already was seen in the review.
fn ahead(case: &Case, now: Moment) -> Option<Moment> {
    let deadline = case.deadline.as_ref().filter(|deadline| deadline.whose == Whose::Provider)?;
    (deadline.at >= now).then_some(deadline.at)
}

pub(super) fn not_queued(says: SafeText) -> NotQueued {
    NotQueued { says, problems: Vec::new() }
}

/// " (Transaction, Presentment; the rest does not count)": what makes two creations the same.
fn told_apart_by(action: &Action) -> SafeText {
    let Subject::New { told_apart_by } = action.subject else { return SafeText::default() };
    let label = |address: &&str| rows::field_at(action.fields, address).map(|field| own(field.label));
    let labels: Vec<_> = told_apart_by.iter().filter_map(label).collect();
    say!(" ({}; the rest does not count)", SafeText::join(&labels, ", "))
}
