//! Single cases: the most urgent one, parking, jumping, why a case is here.

use super::unsendable_jump;
use crate::{
    case::{CaseId, QueueId},
    desk::{Desk, Focus, Landing, Over, Then, Tone, line::Purpose, words::Effect},
    text::{Raw, SafeText, own, say},
};

impl Desk {
    pub(super) fn urgent_from(&self) -> Option<CaseId> {
        let here = self.case_in_hand();
        self.urgent.clone().filter(|urgent| here.as_ref() == Some(urgent))
    }

    pub(super) fn type_park(&mut self) -> Vec<Effect> {
        self.with_case(|desk, id| desk.type_line(Purpose::Park(id), ""))
    }

    pub(super) fn park(&mut self, why: &str) -> Vec<Effect> {
        let why = Raw::new(why.trim());
        if why.is_empty() {
            return self.refuse(own("parking needs a reason; the case was not parked"));
        }
        self.with_case(|desk, case| desk.park_case(case, why))
    }

    /// Where the case is open, the next one follows.
    pub(in crate::desk) fn park_case(&mut self, case: CaseId, why: Raw) -> Vec<Effect> {
        if matches!(self.focus, Focus::Case | Focus::Reader) {
            self.landing = Landing::Park;
        }
        vec![Effect::Park { case, why }]
    }

    /// The most urgent case after another one will be opened, wherever it is.
    pub(in crate::desk) fn land_after(&mut self, after: Option<CaseId>) -> Vec<Effect> {
        self.land_within(None, after)
    }

    pub(super) fn land_within(&mut self, within: Option<QueueId>, after: Option<CaseId>) -> Vec<Effect> {
        self.landing = Landing::Urgent;
        vec![Effect::Urgent { after, within }]
    }

    pub(super) fn jump(&mut self, words: String) -> Vec<Effect> {
        if let Some(why) = unsendable_jump(&words) {
            return self.refuse(why);
        }
        if words.is_empty() {
            return Vec::new();
        }
        let words = Raw::new(words);
        self.tell(Tone::Good, say!("looking for {}; Esc stops waiting", words.show()));
        self.seeking = Some(words.clone());
        vec![Effect::Find(words)]
    }

    pub(super) fn why(&mut self, id: CaseId) -> Vec<Effect> {
        if self.file_in_hand().is_some() {
            return self.lay(Over::Why);
        }
        vec![self.want(id, Then::Why)]
    }

    pub(super) fn copy(&mut self) -> Vec<Effect> {
        let lines = match (&mut self.reader, self.focus) {
            (Some(reader), Focus::Reader) => {
                let lines = reader.to_copy();
                reader.picked = None;
                lines
            }
            _ => self.case_in_hand().map(|id| id.number.id()).into_iter().collect(),
        };
        if lines.iter().all(SafeText::is_empty) {
            return self.refuse(own("there is nothing to copy here"));
        }
        vec![Effect::Copy(lines)]
    }
}
