//! Drafts and the outbox as the desk wants to see them, put together from the store.

use super::{files, outbox::standing::Standing};
use crate::{
    action::{Draft, Problem, State, Values},
    case::{Moment, moment::DAY},
    desk::words::{Begin, DraftKept, DraftLine, Opened, Outbox},
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
        KeptDraft::Beside { id, version } => DraftKept::Beside { id, version },
        KeptDraft::Gone => DraftKept::Gone,
    }
}

pub fn outbox(store: &Store, standing: &Standing, now: Moment) -> Result<Outbox, StoreError> {
    let drafts = store.drafts()?.into_iter().map(|(draft, at)| DraftLine { draft, at }).collect();
    Ok(Outbox {
        entries: store.entries(now.plus(-ENDED_DAYS * DAY))?,
        drafts,
        paused: standing.paused(),
        sent_elsewhere: standing.is_elsewhere(),
    })
}
