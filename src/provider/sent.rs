//! A write on its way: the request that its frozen bytes are, and what reading back says of it afterwards. What any of it
//! means at one provider is not known here.

use crate::{
    action::{Action, Entry, Frozen, Method},
    case::Moment,
    http::{
        self, Body, Request,
        request::{JSON_LIMIT, LONG, PATIENCE},
    },
    text::Raw,
};

/// A body of more bytes than this carries documents, and is given [`LONG`].
const LARGE: usize = 256 << 10;

/// The request that a frozen step is: its very bytes, sent once. Patience: 30 seconds, 120 where documents go along.
pub fn request(frozen: Frozen) -> Request {
    let long = frozen.body.len() > LARGE;
    // Some answers repeat the documents that were sent.
    let limit = JSON_LIMIT.saturating_add(frozen.body.len());
    Request {
        method: match frozen.method {
            Method::Post => http::Method::Post,
            Method::Put => http::Method::Put,
        },
        path: frozen.path,
        query: Vec::new(),
        headers: frozen.headers,
        body: if frozen.body.is_empty() { Body::Empty } else { Body::Exact(frozen.body) },
        limit,
        patience: if long { LONG } else { PATIENCE },
        read_only: false,
    }
}

/// A write of which nobody knows whether it arrived.
#[derive(Clone, Copy)]
pub struct Sent<'a> {
    pub action: &'a Action,
    /// With its draft: the case as it was before, and what was entered.
    pub entry: &'a Entry,
    /// The bytes that were sent.
    pub frozen: &'a Frozen,
    /// When the first copy was claimed for sending: what the provider dates earlier was not ours.
    pub first_send: Moment,
}

/// What speaks against an answer to a write that has its proof.
#[derive(Clone, Debug, PartialEq)]
pub enum Doubt {
    /// It is not about what was sent, so nobody knows what became of that.
    Unclear(Raw),
    /// Something else stands where this was to be: a person decides. `members`: what is otherwise, under its field.
    InTheWay { says: Raw, members: Vec<(Raw, Raw)> },
}

/// What reading back says of a write. The words are for the analyst and complete "read back: ...".
#[derive(Clone, Debug, PartialEq)]
pub enum Landed {
    /// It is there. `remote`: the number of the case that it is in.
    Yes { remote: Raw, says: Raw },
    /// There is no trace of it, which does not say that it cannot still come.
    No(Raw),
    /// There is something that may be it, or may be somebody else's; a person has to look.
    Unsure(Raw),
}
