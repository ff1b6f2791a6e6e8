//! What a request is authorised with: nothing, a key as it stands, or a token that is fetched with client credentials
//! and kept for as long as it lives. It never knows what the request is.

use std::time::{Duration, Instant};

use base64::{Engine, engine::general_purpose::STANDARD};
use reqwest::{
    Method,
    header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderValue},
};
use serde::Deserialize;
use serde_json::Value;
use tokio::sync::Mutex;
use zeroize::Zeroizing;

use super::{Address, Pace, Response, Secret, door::chance, exchange::exchange};
use crate::case::{Again, Fault, FaultKind};

/// How a profile authorises itself.
#[derive(Clone, Debug)]
pub enum Auth {
    None,
    /// The value of the Authorization header, as it stands: no scheme is added.
    Key(Secret),
    /// OAuth 2 client credentials (RFC 6749, 4.4): the id and secret as Basic authorisation at the token address, then
    /// the token as Bearer.
    ClientCredentials {
        token_url: Address,
        id: Secret,
        secret: Secret,
    },
}

/// An [`Auth`] made ready.
pub(super) enum Keeper {
    Nothing,
    Key(HeaderValue),
    Tokens(Box<Tokens>),
}

/// What goes into one try. `serial` says which token it was.
pub struct Pass {
    pub(super) header: Option<HeaderValue>,
    serial: u64,
}

pub(super) struct Tokens {
    at: Address,
    basic: HeaderValue,
    /// Held while a token is being fetched, so that there is never more than one fetch.
    held: Mutex<Held>,
}

#[derive(Default)]
struct Held {
    token: Option<Token>,
    serial: u64,
    /// When the last fetch failed, and how: whoever was waiting for it shares the outcome.
    failed: Option<(Instant, Fault)>,
}

struct Token {
    header: HeaderValue,
    until: Instant,
}

const LIMIT: usize = 64 << 10;
const PATIENCE: Duration = Duration::from_secs(20);
/// Where the answer does not say how long a token lives; a token refused earlier is renewed anyhow.
const USUAL: Duration = Duration::from_secs(3600);
const LONGEST: Duration = Duration::from_secs(24 * 3600);

impl Keeper {
    pub fn new(auth: &Auth) -> Result<Keeper, String> {
        Ok(match auth {
            Auth::None => Keeper::Nothing,
            Auth::Key(key) => Keeper::Key(sensitive(key.reveal(), "the API key")?),
            Auth::ClientCredentials { token_url, id, secret } => {
                if id.is_empty() || id.reveal().contains(':') {
                    return Err("the client id is empty or holds a colon".into());
                }
                let pair = Zeroizing::new(format!("{}:{}", id.reveal(), secret.reveal()));
                let basic = Zeroizing::new(format!("Basic {}", STANDARD.encode(pair.as_bytes())));
                let basic = sensitive(&basic, "the client credentials")?;
                Keeper::Tokens(Box::new(Tokens { at: token_url.clone(), basic, held: Mutex::default() }))
            }
        })
    }

    /// The authorisation for the next try, fetched if need be. A fault here is proof that the request itself was not
    /// sent: `Unauthorised`, `Unreachable` or `Unprepared`, never `Lost`.
    pub async fn pass(&self, pace: &Pace) -> Result<Pass, Fault> {
        match self {
            Keeper::Nothing => Ok(Pass { header: None, serial: 0 }),
            Keeper::Key(key) => Ok(Pass { header: Some(key.clone()), serial: 0 }),
            Keeper::Tokens(tokens) => tokens.pass(pace).await,
        }
    }

    /// Takes note of a 401.
    pub async fn refused(&self, pass: &Pass) {
        let Keeper::Tokens(tokens) = self else { return };
        let mut held = tokens.held.lock().await;
        if held.serial == pass.serial {
            held.token = None;
        }
    }

    /// Whether another try after a 401 can have another outcome.
    pub fn renews(&self) -> bool {
        matches!(self, Keeper::Tokens(_))
    }
}

impl Tokens {
    async fn pass(&self, pace: &Pace) -> Result<Pass, Fault> {
        let asked = Instant::now();
        let mut held = self.held.lock().await;
        if let Some(token) = &held.token
            && Instant::now() < token.until
        {
            return Ok(Pass { header: Some(token.header.clone()), serial: held.serial });
        }
        if let Some((at, fault)) = &held.failed
            && *at >= asked
        {
            return Err(fault.clone());
        }
        match self.fetch(pace).await {
            Ok(token) => {
                let header = Some(token.header.clone());
                held.serial += 1;
                (held.token, held.failed) = (Some(token), None);
                Ok(Pass { header, serial: held.serial })
            }
            Err(fault) => {
                held.failed = Some((Instant::now(), fault.clone()));
                Err(fault)
            }
        }
    }

    /// Fetching a token changes nothing, so it is tried again like a read, even on behalf of a write.
    async fn fetch(&self, pace: &Pace) -> Result<Token, Fault> {
        let (started, mut tried) = (Instant::now(), 0);
        loop {
            let outcome = exchange(self.request(), LIMIT).await;
            tried += 1;
            match pace.wait(tried, started.elapsed(), &outcome, chance()) {
                Some(wait) => tokio::time::sleep(wait).await,
                None => return outcome.and_then(|answer| token(answer, started)).map_err(unsent),
            }
        }
    }

    fn request(&self) -> reqwest::Request {
        let mut request = reqwest::Request::new(Method::POST, self.at.url());
        let headers = request.headers_mut();
        headers.insert(AUTHORIZATION, self.basic.clone());
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/x-www-form-urlencoded"));
        headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
        *request.body_mut() = Some("grant_type=client_credentials".into());
        *request.timeout_mut() = Some(PATIENCE);
        request
    }
}

/// The answer of a token endpoint (RFC 6749, 5.1).
#[derive(Deserialize)]
struct Granted {
    access_token: String,
    token_type: Option<String>,
    /// Seconds. Some servers send them as text.
    expires_in: Option<Value>,
}

fn token(answer: Response, asked: Instant) -> Result<Token, Fault> {
    let again = answer.again();
    let body = Zeroizing::new(answer.body);
    match answer.status {
        200..=299 => {}
        // RFC 6749, 5.2: refusals come as 400 or 401.
        400 | 401 | 403 => return Err(Fault::of_status(answer.status, refusal(&body))),
        _ => return Err(Fault { again, ..Fault::of_status(answer.status, "no token was given") }),
    }
    let illegible = |why: &str| Fault { status: Some(answer.status), ..Fault::new(FaultKind::Unreadable, why) };
    // serde_json's own words may quote the body, and the body holds the token.
    let granted: Granted = serde_json::from_slice(&body).map_err(|_| illegible("not a token answer"))?;
    let token = Secret::new(granted.access_token);
    if granted.token_type.is_some_and(|kind| !kind.eq_ignore_ascii_case("bearer")) {
        return Err(illegible("the token is not of the Bearer kind"));
    }
    if token.is_empty() || !token.reveal().bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(illegible("the token is empty or holds characters that no header can carry"));
    }
    let bearer = Zeroizing::new(format!("Bearer {}", token.reveal()));
    let header = sensitive(&bearer, "the token").map_err(|why| illegible(&why))?;
    let lives = lifetime(granted.expires_in.as_ref());
    // A minute before its end; of a token that lives shorter than two, the second half.
    Ok(Token { header, until: asked + lives - Duration::from_secs(60).min(lives / 2) })
}

/// Why no token was given, as far as RFC 6749, 5.2 has a word for it. Other words may quote what was sent.
fn refusal(body: &[u8]) -> &'static str {
    #[derive(Deserialize)]
    struct Refused {
        error: String,
    }
    match serde_json::from_slice::<Refused>(body).as_ref().map(|refused| refused.error.as_str()) {
        Ok("invalid_request") => "no token was given: invalid_request",
        Ok("unauthorized_client") => "this client may not ask for tokens so: unauthorized_client",
        Ok("unsupported_grant_type") => "tokens are not given so: unsupported_grant_type",
        Ok("invalid_scope") => "no token was given: invalid_scope",
        _ => "the client id or secret was not accepted",
    }
}

fn lifetime(said: Option<&Value>) -> Duration {
    let seconds = match said {
        Some(Value::Number(number)) => number.as_u64(),
        Some(Value::String(text)) => text.trim().parse().ok(),
        _ => None,
    };
    seconds.map_or(USUAL, Duration::from_secs).min(LONGEST)
}

/// Whatever went wrong here, the request that wanted the token was not sent, and the fault has to say so.
fn unsent(fault: Fault) -> Fault {
    let kind = match fault.kind {
        FaultKind::Unauthorised | FaultKind::Forbidden | FaultKind::Refused
            if matches!(fault.status, Some(400 | 401 | 403)) =>
        {
            FaultKind::Unauthorised
        }
        FaultKind::Unreachable | FaultKind::Lost | FaultKind::TooFast | FaultKind::Broken => {
            FaultKind::Unreachable
        }
        _ => FaultKind::Unprepared,
    };
    let again = if kind == FaultKind::Unreachable { fault.again } else { Again::No };
    Fault { kind, again, says: format!("at the token address: {}", fault.says.exact()).into(), ..fault }
}

/// A header value that no debug output shows.
fn sensitive(text: &str, what: &str) -> Result<HeaderValue, String> {
    if text.is_empty() {
        return Err(format!("{what} is empty"));
    }
    let mut value = HeaderValue::from_str(text)
        .map_err(|_| format!("{what} holds a line break or another character that a header cannot carry"))?;
    value.set_sensitive(true);
    Ok(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_lives_as_long_as_it_says_within_reason() {
        let said = |text: &str| lifetime(Some(&serde_json::from_str(text).unwrap())).as_secs();
        assert_eq!(lifetime(None), USUAL);
        assert_eq!(said("120"), 120);
        assert_eq!(said("\"120\""), 120);
        assert_eq!(said("-5"), 3600);
        assert_eq!(said("null"), 3600);
        assert_eq!(said("99999999999999999999"), 3600);
        assert_eq!(said("9999999999"), 24 * 3600);
    }

    #[test]
    fn a_key_that_no_header_can_carry_is_refused_without_repeating_it() {
        for key in ["", "sk\r\nx-evil: 1", "sk\u{0}", "sk\n"] {
            let why = Keeper::new(&Auth::Key(Secret::new(key))).err().unwrap();
            assert!(why.starts_with("the API key ") && !why.contains("evil"), "{why}");
        }
    }
}
