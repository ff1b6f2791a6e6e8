//! How the providers have been answering, for the header.

use super::words::Errand;
use crate::{
    case::{Fault, FaultKind, Moment},
    text::Raw,
};

/// How a profile's provider has been answering.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Health {
    /// Questions under way.
    pub asking: usize,
    pub answered_at: Option<Moment>,
    /// It did not answer, or did not let us in, and has not answered since.
    pub unreached: Option<Fault>,
    /// The queues whose last reading failed, until they are read: whatever else was answered, these are old.
    pub unread: Vec<(Raw, Fault)>,
}

impl Health {
    /// Takes note of how a question ended.
    pub(super) fn heard(&mut self, errand: &Errand, fault: Option<&Fault>, now: Moment) {
        self.asking = self.asking.saturating_sub(1);
        let keeps_out = |fault: &&Fault| {
            matches!(fault.kind, FaultKind::Unreachable | FaultKind::Lost | FaultKind::Unauthorised)
        };
        match fault {
            None => (self.answered_at, self.unreached) = (Some(now), None),
            Some(fault) if keeps_out(&fault) => self.unreached = Some(fault.clone()),
            // A refusal is an answer too.
            Some(fault) if fault.status.is_some() => self.unreached = None,
            Some(_) => {}
        }
        if let Errand::Queue { queue, .. } = errand {
            self.unread.retain(|(unread, _)| unread != queue);
            self.unread.extend(fault.map(|fault| (queue.clone(), fault.clone())));
            self.unread.sort_by(|(one, _), (other, _)| one.cmp(other));
        }
    }

    /// How many queues are unread for the same reason.
    pub(super) fn alike(&self, fault: &Fault) -> usize {
        self.unread.iter().filter(|(_, other)| other.kind == fault.kind && other.says == fault.says).count()
    }
}
