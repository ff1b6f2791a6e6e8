//! A write on its way, as the outbox has it, for tests of a provider that need no outbox.
#![allow(dead_code)]

use casedesk::{
    action::{Action, Draft, Entry, Life, Method, Values, life::Late, step::Frozen},
    case::{Case, Moment},
    text::Raw,
};

/// The entry's id, which is also its key.
pub const KEY: &str = "01900000-0000-7000-8000-000000000001";

/// An entry whose first step was queued at that moment. `base`: the case as it was before.
pub fn entry(profile: &str, action: &Action, base: Option<&Case>, values: &Values, at: Moment) -> Entry {
    let draft = Draft {
        id: "d".into(),
        profile: profile.into(),
        action: action.id.into(),
        case: base.map(|case| case.id.clone()),
        base: base.cloned().map(Box::new),
        values: values.clone(),
    };
    Entry {
        id: KEY.into(),
        draft,
        life: Life::queued(Late::Ask),
        step: 0,
        steps: action.steps.len(),
        created_at: at,
        created_by: "ann".into(),
        deadline: None,
        forced: false,
        why: Raw::default(),
        remote: Raw::default(),
        supersedes: None,
        settling: Default::default(),
        decided_by: Raw::default(),
        decided_why: Raw::default(),
        tries: Vec::new(),
        looks: Vec::new(),
        version: 0,
    }
}

/// A step that carries nothing, for answers that are read whatever was sent.
pub fn empty_step() -> Frozen {
    Frozen { method: Method::Post, path: "/".into(), headers: Vec::new(), body: Vec::new() }
}
