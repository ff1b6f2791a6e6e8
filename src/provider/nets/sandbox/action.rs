//! What can be done to a dispute, and where it goes from there. The API's text names the four actions; which of them
//! fits which queue, and what a case is called afterwards, is inferred from the queues' names.

use serde::{Deserialize, Serialize};

use super::trade;

/// An action of an update, written as the API's token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Action {
    Submit,
    Close,
    Reject,
    AcknowledgeClosure,
}

impl Action {
    pub const ALL: &[Action] = &[Action::Submit, Action::Close, Action::Reject, Action::AcknowledgeClosure];

    /// The action of a token, in capitals as the API writes it.
    pub fn parse(token: &str) -> Option<Action> {
        Action::ALL.iter().find(|action| action.token() == token).copied()
    }

    pub fn token(self) -> &'static str {
        match self {
            Action::Submit => "SUBMIT",
            Action::Close => "CLOSE",
            Action::Reject => "REJECT",
            Action::AcknowledgeClosure => "ACKNOWLEDGE_CLOSURE",
        }
    }

    /// Where a case goes from a queue, and its status there. Both are places in [`trade::QUEUES`]; an archived case is
    /// in no queue. `None` where the action does not fit.
    pub fn leads(self, from: Option<usize>) -> Option<(Option<usize>, &'static str)> {
        let from = trade::QUEUES.get(from?)?;
        if !from.actions.contains(&self) {
            return None;
        }
        Some(match self {
            Action::Submit if from.id == "5000" => (queue("7000"), "Sent to acquirer"),
            Action::Submit => (queue("7000"), "Submitted"),
            Action::Close => (queue("4000"), "Closed - withdrawn"),
            Action::Reject => (queue("4000"), "Closed - rejected"),
            Action::AcknowledgeClosure => (None, "Archived"),
        })
    }
}

/// The place of a queue that the API's text names.
pub fn queue(id: &str) -> Option<usize> {
    trade::QUEUES.iter().position(|queue| queue.id == id)
}
