//! What goes wrong on purpose, and a record of what was asked. Knows no provider.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex},
    time::Duration,
};

use tokio::sync::watch;

use super::locked;

/// One way for a conversation to go wrong. Where nothing else is said, a request whose answer is not the usual one has no
/// effect.
#[derive(Clone, Debug, PartialEq)]
pub enum Trouble {
    /// The answer comes, but only after this long.
    Slow(Duration),
    /// No answer until the troubles are cleared or the stand-in stops; then the usual one.
    Hold,
    /// The connection closes before the request has any effect.
    Drop,
    /// The request has its effect; the connection closes instead of the answer.
    LoseAnswer,
    /// 429 with this Retry-After, in seconds, or without.
    TooFast(Option<u64>),
    /// 500 with a message.
    Broken,
    /// 503 with this Retry-After, in seconds, or without.
    Busy(Option<u64>),
    /// All tokens given so far are refused, from this request on.
    ExpireTokens,
    /// 401 for this request whatever its credentials, and the tokens stay good.
    Unauthorised,
    /// 403.
    Forbidden,
    /// 200 with JSON that ends in the middle of a word.
    Malformed,
    /// 200 with a page of HTML, as captive portals send.
    Html,
    /// 200 with nothing in it.
    Empty,
    /// 302 to another host.
    Redirect,
    /// 200 with a JSON text that never ends.
    Endless,
    /// The request has its effect; then the head of the usual answer and half of its body, and the connection closes.
    Truncated,
    /// The request has its effect at once, and another trouble comes only then: one that delays the answer or has one of
    /// its own, such as a gateway's 502 over a write that went through.
    AfterEffect(Box<Trouble>),
    /// Exactly this: status, content type, body.
    Says(u16, &'static str, Vec<u8>),
}

/// A request as it was seen.
#[derive(Clone, Debug, PartialEq)]
pub struct Seen {
    pub method: String,
    pub path: String,
    /// As in the request line.
    pub query: String,
    /// The value of its `Idempotency-Key`, if it had one.
    pub key: Option<String>,
    /// What was answered; `None` where the connection was closed or is still waiting.
    pub status: Option<u16>,
}

/// The switches. Clones share them.
#[derive(Clone)]
pub struct Troubles {
    board: Arc<Mutex<Board>>,
    /// Counts the clearings, so that those who hold learn of them.
    cleared: Arc<watch::Sender<u64>>,
}

#[derive(Default)]
struct Board {
    waiting: Vec<Order>,
    seen: VecDeque<Seen>,
    forgotten: usize,
}

struct Order {
    trouble: Trouble,
    /// A part of the request line, "" for every request.
    part: String,
    /// How many more requests; `None` until cleared.
    left: Option<usize>,
}

/// Requests kept for [`Troubles::seen`].
const KEPT: usize = 10_000;

impl Default for Troubles {
    fn default() -> Troubles {
        Troubles { board: Arc::default(), cleared: Arc::new(watch::channel(0).0) }
    }
}

impl Troubles {
    /// For the next `count` requests whose request line contains `part`: the method, a blank, the path without its
    /// query, a blank. "" is in all of them, "PUT " in those of a method, "/dispute " in those to a path that ends so.
    /// Troubles apply in the order in which they were set, one a request.
    pub fn next(&self, count: usize, part: &str, trouble: Trouble) {
        self.order(trouble, part, Some(count));
    }

    /// Until [`Troubles::clear`].
    pub fn always(&self, part: &str, trouble: Trouble) {
        self.order(trouble, part, None);
    }

    /// No more trouble; held requests are answered.
    pub fn clear(&self) {
        locked(&self.board).waiting.clear();
        self.cleared.send_modify(|count| *count += 1);
    }

    /// Every request so far, oldest first, but never more than the last 10,000.
    pub fn seen(&self) -> Vec<Seen> {
        locked(&self.board).seen.iter().cloned().collect()
    }

    /// How many requests whose line contains `part`, as in [`Troubles::next`], were seen, among those kept.
    pub fn count(&self, part: &str) -> usize {
        let seen = &locked(&self.board).seen;
        seen.iter().filter(|seen| line(&seen.method, &seen.path).contains(part)).count()
    }

    fn order(&self, trouble: Trouble, part: &str, left: Option<usize>) {
        locked(&self.board).waiting.push(Order { trouble, part: part.to_owned(), left });
    }

    /// The trouble for this request, used up by it.
    pub(super) fn take(&self, method: &str, path: &str) -> Option<Trouble> {
        let mut board = locked(&self.board);
        let line = line(method, path);
        let fits = |order: &Order| line.contains(&order.part) && order.left != Some(0);
        let order = board.waiting.iter_mut().find(|order| fits(order))?;
        order.left = order.left.map(|left| left - 1);
        let trouble = order.trouble.clone();
        board.waiting.retain(|order| order.left != Some(0));
        Some(trouble)
    }

    /// Writes a request down and returns its ticket for [`Troubles::answered`].
    pub(super) fn note(&self, seen: Seen) -> usize {
        let mut board = locked(&self.board);
        if board.seen.len() == KEPT {
            board.seen.pop_front();
            board.forgotten += 1;
        }
        board.seen.push_back(seen);
        board.forgotten + board.seen.len() - 1
    }

    pub(super) fn answered(&self, ticket: usize, status: u16) {
        let mut board = locked(&self.board);
        let place = ticket.checked_sub(board.forgotten);
        if let Some(seen) = place.and_then(|place| board.seen.get_mut(place)) {
            seen.status = Some(status);
        }
    }

    /// To be taken before [`Troubles::take`], so that no clearing is missed.
    pub(super) fn clearings(&self) -> watch::Receiver<u64> {
        self.cleared.subscribe()
    }
}

fn line(method: &str, path: &str) -> String {
    format!("{method} {path} ")
}
