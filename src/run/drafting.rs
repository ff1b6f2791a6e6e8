//! Drafts and the outbox as the desk wants to see them, put together from the store.

use super::{
    files,
    outbox::{jitter, traffic::Traffic},
};
use crate::{
    action::{
        Action, Draft, Entry, Problem, Settling, Stamp, State, Values,
        life::{self, Next, Terms},
    },
    case::{Moment, moment::DAY},
    desk::{
        Profile,
        words::{Begin, DraftKept, DraftLine, Opened, Outbox, Standing},
    },
    seal,
    store::{KeptDraft, Store, StoreError},
    text::{Raw, SafeText, own, say},
};

/// How long an entry that has ended is shown.
const ENDED_DAYS: i64 = 3;

/// The draft that a form opens on: the one that is asked for, else the newest kept one for the same action and case, else
/// a new one, which is kept with its first change.
pub fn begin(store: &Store, begin: &Begin, now: Moment) -> Result<Result<Opened, SafeText>, StoreError> {
    let file = match &begin.case {
        None => None,
        Some(id) => match files::case_file(store, id)? {
            None => return Ok(Err(say!("case {} is not kept here any more", id.number.id()))),
            file => file,
        },
    };
    let kept = match &begin.draft {
        Some(id) => store.draft(id)?,
        None => store.draft_for(&begin.profile, &begin.action, begin.case.as_ref())?,
    };
    Ok(match kept {
        Some((draft, version)) => {
            let problems = complaints(store, &draft.id)?;
            Ok(Opened { draft, version, file, resumed: true, problems })
        }
        None if begin.draft.is_some() => {
            Err(own("this draft is not here any more: it was sent or dropped, perhaps by another terminal"))
        }
        None => {
            let draft = Draft {
                id: seal::new_id(now)?,
                profile: begin.profile.clone(),
                action: begin.action.clone(),
                case: begin.case.clone(),
                base: file.as_ref().map(|file| Box::new(file.case.clone())),
                values: Values::default(),
            };
            Ok(Opened { draft, version: 0, file, resumed: false, problems: Vec::new() })
        }
    })
}

/// What the provider's newest refusal of a draft says about its fields.
fn complaints(store: &Store, draft: &str) -> Result<Vec<Problem>, StoreError> {
    let newest = store.newest_of(draft)?.filter(|entry| entry.life.state == State::Rejected);
    let members = newest.and_then(|entry| entry.tries.last().map(|newest| newest.members.clone()));
    let problem =
        |(member, words): (Raw, Raw)| Problem { field: member.exact().to_owned(), says: words.show() };
    Ok(members.unwrap_or_default().into_iter().map(problem).collect())
}

pub fn kept(kept: KeptDraft) -> DraftKept {
    match kept {
        KeptDraft::Yes(version) => DraftKept::Yes(version),
        KeptDraft::Beside { id, version, meanwhile } => DraftKept::Beside { id, version, meanwhile },
        KeptDraft::Gone => DraftKept::Gone,
    }
}

/// What a profile's provider declares, for those who must know the terms of an entry.
pub struct Declared {
    pub profile: String,
    pub actions: &'static [Action],
}

impl Declared {
    pub fn of(profiles: &[Profile]) -> Vec<Declared> {
        let declared = |profile: &Profile| Declared { profile: profile.name.clone(), actions: profile.actions };
        profiles.iter().map(declared).collect()
    }
}

/// `now`: by both clocks, for the times at which something may be decided.
pub fn outbox(store: &Store, all: &[Declared], traffic: &Traffic, now: Stamp) -> Result<Outbox, StoreError> {
    let drafts = store.drafts()?.into_iter().map(|(draft, at)| DraftLine { draft, at }).collect();
    let entries = store.entries(now.at.plus(-ENDED_DAYS * DAY))?;
    let standing = entries.iter().filter_map(|entry| standing(entry, all, now)).collect();
    let (paused, resting) = (traffic.paused(), traffic.resting());
    Ok(Outbox { entries, drafts, standing, paused, resting, sent_elsewhere: traffic.is_elsewhere() })
}

/// How the rules stand to an entry whose outcome nobody saw.
fn standing(entry: &Entry, all: &[Declared], now: Stamp) -> Option<Standing> {
    let mut declared = all.iter().filter(|declared| declared.profile == entry.draft.profile);
    let known = declared.any(|declared| declared.actions.iter().any(|action| action.id == entry.draft.action));
    // Of a profile or an action that is gone nothing can be read any more.
    let terms = Terms::of(if known { entry.settling } else { Settling::Nobody });
    let handed = match entry.life.state {
        State::Unknown => life::hand_over(entry.life).ok()?,
        State::Person => entry.life,
        _ => return None,
    };
    let next_look = match life::next_look(entry.life, now, jitter(&entry.id), terms) {
        Ok(Next::At(at)) => Some(at),
        _ => None,
    };
    Some(Standing {
        entry: entry.id.clone(),
        may: life::person_may(handed, now, entry.deadline, terms).ok()?,
        can_be_read: terms.settling.reads(),
        next_look,
    })
}
