//! The door of one profile: its address, its authorisation, its pace. Everything that leaves the machine for a provider
//! leaves here. It never decides what an answer means.

use std::{
    fmt,
    sync::{Mutex, PoisonError},
    time::Instant,
};

use reqwest::header::{CONTENT_TYPE, HeaderName, HeaderValue};

use super::{
    Address, Auth, Body, Method, Pace, Request, Response, Turns,
    exchange::exchange,
    token::{Keeper, Pass},
};
use crate::case::{Fault, FaultKind};

pub struct Door {
    base: Address,
    keeper: Keeper,
    pace: Pace,
    /// Where the provider says how many requests a minute it takes.
    turns: Option<Mutex<Turns>>,
}

impl Door {
    /// Costs nothing: no connection, no certificates, no thread. Refuses, in words, credentials that no header can
    /// carry.
    pub fn new(base: Address, auth: &Auth, pace: Pace) -> Result<Door, String> {
        Ok(Door { base, keeper: Keeper::new(auth)?, pace, turns: None })
    }

    /// With at most so many requests a minute; those that are more wait for their turn.
    pub fn with_turns(self, a_minute: Option<u32>) -> Door {
        Door { turns: a_minute.map(|most| Mutex::new(Turns::new(most))), ..self }
    }

    /// Waits until another request may leave.
    async fn turn(&self) {
        let Some(turns) = &self.turns else { return };
        let now = || turns.lock().unwrap_or_else(PoisonError::into_inner).take(Instant::now());
        while let Err(wait) = now() {
            tokio::time::sleep(wait).await;
        }
    }

    pub fn base(&self) -> &Address {
        &self.base
    }

    /// Whether credentials become a token before anything else is asked.
    pub fn logs_in(&self) -> bool {
        self.keeper.renews()
    }

    /// Gets what a request needs before it can leave: a token, where there is none in hand. Faults as those of a token
    /// that could not be had.
    pub async fn pass(&self) -> Result<Pass, Fault> {
        let pass = self.keeper.pass(&self.pace).await?;
        self.turn().await;
        Ok(pass)
    }

    /// Sends a write, once, whatever happens, with a pass that is in hand: nothing is waited for before its first byte.
    /// Faults as those of [`Door::send`].
    pub async fn send_once(&self, request: &Request, pass: &Pass) -> Result<Response, Fault> {
        self.exchange(self.prepare(request)?, pass, request.limit).await
    }

    /// Sends a request and returns the answer, whatever its status: the provider reads its refusals itself
    /// ([`Response::again`] tells whether and when the same may be asked again).
    ///
    /// A fault only where there is no whole, readable answer. `Unprepared`: refused here. `Unreachable`: no connection.
    /// `Lost`: bytes may have left, and no whole answer came. `Unreadable`: a redirect (never followed), or packed.
    /// `TooLarge`. Where the token could not be had, nothing was sent, and the fault is one of `Unauthorised`,
    /// `Unreachable` and `Unprepared`.
    ///
    /// A read is repeated, at the door's pace, where nothing came back and after 429 and 5xx; the last outcome
    /// counts. A write is sent once, whatever happens.
    ///
    /// A token that the provider refuses (401) is forgotten. A read is then sent once more with a fresh one; a write
    /// goes back to the caller, who knows whether sending it again is right.
    pub async fn send(&self, request: &Request) -> Result<Response, Fault> {
        let prepared = self.prepare(request)?;
        if !request.read_only {
            return self.exchange(prepared, &self.pass().await?, request.limit).await;
        }
        let (started, mut tried, mut renewed) = (Instant::now(), 0, false);
        loop {
            let pass = self.pass().await?;
            let this = prepared.try_clone().ok_or_else(|| unprepared("the body cannot be repeated"))?;
            let outcome = self.exchange(this, &pass, request.limit).await;
            let refused = outcome.as_ref().is_ok_and(|answer| answer.status == 401);
            if refused && self.keeper.renews() && !renewed {
                renewed = true;
                continue;
            }
            tried += 1;
            match self.pace.wait(tried, started.elapsed(), &outcome, chance()) {
                Some(wait) => tokio::time::sleep(wait).await,
                None => return outcome,
            }
        }
    }

    /// One try. A pass that is refused is forgotten.
    async fn exchange(
        &self,
        mut request: reqwest::Request,
        pass: &Pass,
        limit: usize,
    ) -> Result<Response, Fault> {
        for (name, value) in &pass.headers {
            request.headers_mut().insert(name, value.clone());
        }
        let outcome = exchange(request, limit).await;
        if outcome.as_ref().is_ok_and(|answer| answer.status == 401) {
            self.keeper.refused(pass).await;
        }
        outcome
    }

    /// The request as the network stack wants it, still without authorisation. The body is made here, once: every try
    /// sends the same bytes.
    fn prepare(&self, request: &Request) -> Result<reqwest::Request, Fault> {
        let url = self.base.at(&request.path, &request.query)?;
        let mut prepared = reqwest::Request::new(method(request.method), url);
        *prepared.timeout_mut() = Some(request.patience);
        let bytes = match &request.body {
            Body::Empty => None,
            Body::Json(value) => {
                Some(serde_json::to_vec(value).map_err(|_| unprepared("the body cannot be written as JSON"))?)
            }
            Body::Exact(bytes) => Some(bytes.clone()),
        };
        if let Some(bytes) = bytes {
            *prepared.body_mut() = Some(bytes.into());
            prepared.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        }
        for (name, value) in &request.headers {
            let name = HeaderName::from_bytes(name.as_bytes())
                .map_err(|_| unprepared("a header's name holds a character that no header can carry"))?;
            if RESERVED.contains(&name.as_str()) {
                return Err(unprepared(&format!("the header {name} is set by the door alone")));
            }
            let mut value = HeaderValue::from_str(value).map_err(|_| {
                unprepared(&format!("the header {name} holds a character that no header can carry"))
            })?;
            value.set_sensitive(true);
            prepared.headers_mut().insert(name, value);
        }
        Ok(prepared)
    }
}

const RESERVED: [&str; 7] = [
    "authorization",
    "proxy-authorization",
    "host",
    "content-length",
    "transfer-encoding",
    "connection",
    "cookie",
];

fn method(method: Method) -> reqwest::Method {
    match method {
        Method::Get => reqwest::Method::GET,
        Method::Post => reqwest::Method::POST,
        Method::Put => reqwest::Method::PUT,
    }
}

fn unprepared(why: &str) -> Fault {
    Fault::new(FaultKind::Unprepared, why)
}

/// A random number, so that desks which failed together do not return together. Without one, no scatter.
pub(super) fn chance() -> u32 {
    let mut bytes = [0; 4];
    let _ = aws_lc_rs::rand::fill(&mut bytes);
    u32::from_ne_bytes(bytes)
}

impl fmt::Debug for Door {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Door({})", self.base)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::Secret;

    fn door(auth: &Auth) -> Door {
        Door::new(Address::parse("https://api.example/v1").unwrap(), auth, Pace::default()).unwrap()
    }

    #[tokio::test]
    async fn no_debug_output_shows_a_secret() {
        let auth = Auth::Headers(vec![("authorization".into(), Secret::new("sk_live_SESAME"))]);
        let door = door(&auth);
        let mut request = Request::read(Method::Post, "/disputes");
        request.headers.push(("x-api-key".into(), "SESAME-2".into()));
        request.query.push(("q".into(), "SESAME-3".into()));
        request.body = Body::Json(serde_json::json!({"cardNumber": "SESAME-4"}));
        let mut prepared = door.prepare(&request).unwrap();
        let pass = door.keeper.pass(&door.pace).await.unwrap();
        pass.headers.into_iter().for_each(|(name, value)| drop(prepared.headers_mut().insert(name, value)));
        let headers = format!("{:?}", prepared.headers());
        assert!(headers.contains("authorization") && headers.contains("x-api-key"), "{headers}");
        for text in [headers, format!("{auth:?} {door:?} {request:?}")] {
            assert!(!text.contains("SESAME"), "{text}");
        }
    }

    #[test]
    fn a_provider_cannot_set_what_belongs_to_the_door() {
        for (name, value) in [
            ("Authorization", "mine"),
            ("Host", "evil.example"),
            ("transfer-encoding", "chunked"),
            ("x-note", "a\r\nb: c"),
            ("x note", "a"),
        ] {
            let mut request = Request::read(Method::Get, "/disputes");
            request.headers.push((name.into(), value.into()));
            let fault = door(&Auth::None).prepare(&request).unwrap_err();
            assert_eq!(fault.kind, FaultKind::Unprepared, "{name}");
        }
    }

    #[test]
    fn sending_can_be_done_from_any_thread() {
        fn movable<T: Send>(_: T) {}
        movable(door(&Auth::None).send(&Request::read(Method::Get, "/")));
    }
}
