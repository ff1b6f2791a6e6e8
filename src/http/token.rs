//! What a request is authorised with: nothing, headers as they stand, or a token that is fetched with credentials and
//! kept for as long as it lives. It never knows what the request is.

use std::time::{Duration, Instant};

use base64::{Engine, engine::general_purpose::STANDARD};
use reqwest::{
    Method, Url,
    header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderName, HeaderValue},
};
use serde::Deserialize;
use serde_json::{Map, Value};
use tokio::sync::Mutex;
use zeroize::Zeroizing;

use super::{Address, Pace, Response, Secret, door::chance, exchange::exchange};
use crate::case::{Again, Fault, FaultKind};

/// How a profile authorises itself.
#[derive(Clone, Debug)]
pub enum Auth {
    None,
    /// Headers with their values, as they stand: no scheme is added.
    Headers(Vec<(String, Secret)>),
    /// OAuth 2 client credentials (RFC 6749, 4.4): the id and secret at the token address, then the token as Bearer.
    ClientCredentials {
        token_url: Address,
        id: Secret,
        secret: Secret,
        /// Separated by blanks; may be empty.
        scope: String,
        shown: Shown,
    },
    /// A JSON object of these members at the token address, then the token that the answer names as Bearer.
    Login {
        token_url: Address,
        members: Vec<(String, Secret)>,
        /// Where the answer may name it, the first that is there (RFC 6901).
        token_at: Vec<String>,
        lives: Duration,
    },
}

/// Where client credentials stand in the request for a token (RFC 6749, 2.3.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shown {
    /// As Basic authorisation.
    Header,
    /// In the form that is posted.
    Body,
}

/// An [`Auth`] made ready.
pub(super) enum Keeper {
    Fixed(Vec<(HeaderName, HeaderValue)>),
    Tokens(Box<Tokens>),
}

/// What goes into one try. `serial` says which token it was.
pub struct Pass {
    pub(super) headers: Vec<(HeaderName, HeaderValue)>,
    serial: u64,
}

pub(super) struct Tokens {
    at: Address,
    asks: Asks,
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

/// What is posted for a token, and how its answer reads.
struct Asks {
    basic: Option<HeaderValue>,
    media: &'static str,
    body: Zeroizing<String>,
    reads: Reads,
}

enum Reads {
    /// RFC 6749, 5.1.
    Granted,
    Login {
        token_at: Vec<String>,
        lives: Duration,
    },
}

const LIMIT: usize = 64 << 10;
const PATIENCE: Duration = Duration::from_secs(20);
/// Where the answer does not say how long a token lives; a token refused earlier is renewed anyhow.
const USUAL: Duration = Duration::from_secs(3600);
const LONGEST: Duration = Duration::from_secs(24 * 3600);

impl Keeper {
    pub fn new(auth: &Auth) -> Result<Keeper, String> {
        Ok(match auth {
            Auth::None => Keeper::Fixed(Vec::new()),
            Auth::Headers(headers) => Keeper::Fixed(
                headers.iter().map(|(name, value)| named(name, value)).collect::<Result<_, String>>()?,
            ),
            Auth::ClientCredentials { token_url, id, secret, scope, shown } => {
                Keeper::tokens(token_url, client_credentials(id, secret, scope, *shown)?)
            }
            Auth::Login { token_url, members, token_at, lives } => {
                Keeper::tokens(token_url, login(members, token_at, *lives)?)
            }
        })
    }

    fn tokens(at: &Address, asks: Asks) -> Keeper {
        Keeper::Tokens(Box::new(Tokens { at: at.clone(), asks, held: Mutex::default() }))
    }

    /// The authorisation for the next try, fetched if need be. A fault here is proof that the request itself was not
    /// sent: `Unauthorised`, `Unreachable` or `Unprepared`, never `Lost`.
    pub async fn pass(&self, pace: &Pace) -> Result<Pass, Fault> {
        match self {
            Keeper::Fixed(headers) => Ok(Pass { headers: headers.clone(), serial: 0 }),
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
            return Ok(bearing(token, held.serial));
        }
        if let Some((at, fault)) = &held.failed
            && *at >= asked
        {
            return Err(fault.clone());
        }
        match self.fetch(pace).await {
            Ok(token) => {
                held.serial += 1;
                let pass = bearing(&token, held.serial);
                (held.token, held.failed) = (Some(token), None);
                Ok(pass)
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
                None => {
                    return outcome.and_then(|answer| token(answer, &self.asks.reads, started)).map_err(unsent);
                }
            }
        }
    }

    fn request(&self) -> reqwest::Request {
        let mut request = reqwest::Request::new(Method::POST, self.at.url());
        let headers = request.headers_mut();
        if let Some(basic) = &self.asks.basic {
            headers.insert(AUTHORIZATION, basic.clone());
        }
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(self.asks.media));
        headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
        *request.body_mut() = Some(self.asks.body.to_string().into());
        *request.timeout_mut() = Some(PATIENCE);
        request
    }
}

fn bearing(token: &Token, serial: u64) -> Pass {
    Pass { headers: vec![(AUTHORIZATION, token.header.clone())], serial }
}

fn client_credentials(id: &Secret, secret: &Secret, scope: &str, shown: Shown) -> Result<Asks, String> {
    if id.is_empty() || id.reveal().contains(':') {
        return Err("the client id is empty or holds a colon".into());
    }
    let mut pairs = vec![("grant_type", "client_credentials")];
    let basic = match shown {
        Shown::Body => {
            pairs.extend([("client_id", id.reveal()), ("client_secret", secret.reveal())]);
            None
        }
        Shown::Header => {
            let pair = Zeroizing::new(format!("{}:{}", id.reveal(), secret.reveal()));
            let basic = Zeroizing::new(format!("Basic {}", STANDARD.encode(pair.as_bytes())));
            Some(sensitive(&basic, "the client credentials")?)
        }
    };
    pairs.extend((!scope.is_empty()).then_some(("scope", scope)));
    // The form is encoded as the query of an address is.
    let mut form = Url::parse("https://form/").map_err(|why| why.to_string())?;
    form.query_pairs_mut().extend_pairs(pairs);
    let body = Zeroizing::new(form.query().unwrap_or_default().to_owned());
    Ok(Asks { basic, media: "application/x-www-form-urlencoded", body, reads: Reads::Granted })
}

fn login(members: &[(String, Secret)], token_at: &[String], lives: Duration) -> Result<Asks, String> {
    if let Some((name, _)) = members.iter().find(|(_, value)| value.is_empty()) {
        return Err(format!("{name} is empty"));
    }
    let object: Map<_, _> =
        members.iter().map(|(name, value)| (name.clone(), Value::from(value.reveal()))).collect();
    let body = Zeroizing::new(Value::Object(object).to_string());
    let reads = Reads::Login { token_at: token_at.to_vec(), lives };
    Ok(Asks { basic: None, media: "application/json", body, reads })
}

/// The answer of a token endpoint (RFC 6749, 5.1).
#[derive(Deserialize)]
struct Granted {
    access_token: String,
    token_type: Option<String>,
    /// Seconds. Some servers send them as text.
    expires_in: Option<Value>,
}

fn token(answer: Response, reads: &Reads, asked: Instant) -> Result<Token, Fault> {
    let again = answer.again();
    let body = Zeroizing::new(answer.body);
    match answer.status {
        200..=299 => {}
        // RFC 6749, 5.2: refusals come as 400 or 401.
        400 | 401 | 403 => return Err(Fault::of_status(answer.status, refusal(reads, &body))),
        _ => return Err(Fault { again, ..Fault::of_status(answer.status, "no token was given") }),
    }
    let illegible = |why: &str| Fault { status: Some(answer.status), ..Fault::new(FaultKind::Unreadable, why) };
    // serde_json's own words may quote the body, and the body holds the token.
    let (token, lives) = match reads {
        Reads::Granted => granted(&body).map_err(illegible)?,
        Reads::Login { token_at, lives } => (logged_in(&body, token_at).map_err(illegible)?, *lives),
    };
    if token.is_empty() || !token.reveal().bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(illegible("the token is empty or holds characters that no header can carry"));
    }
    let bearer = Zeroizing::new(format!("Bearer {}", token.reveal()));
    let header = sensitive(&bearer, "the token").map_err(|why| illegible(&why))?;
    // A minute before its end; of a token that lives shorter than two, the second half.
    Ok(Token { header, until: asked + lives - Duration::from_secs(60).min(lives / 2) })
}

fn granted(body: &[u8]) -> Result<(Secret, Duration), &'static str> {
    let granted: Granted = serde_json::from_slice(body).map_err(|_| "not a token answer")?;
    let token = Secret::new(granted.access_token);
    if granted.token_type.is_some_and(|kind| !kind.eq_ignore_ascii_case("bearer")) {
        return Err("the token is not of the Bearer kind");
    }
    Ok((token, lifetime(granted.expires_in.as_ref())))
}

fn logged_in(body: &[u8], token_at: &[String]) -> Result<Secret, &'static str> {
    let answer: Value = serde_json::from_slice(body).map_err(|_| "not a login answer")?;
    let token = token_at.iter().find_map(|at| answer.pointer(at)?.as_str());
    token.map(Secret::new).ok_or("the answer to the login names no token")
}

/// Why no token was given, as far as RFC 6749, 5.2 has a word for it. Other words may quote what was sent.
fn refusal(reads: &Reads, body: &[u8]) -> &'static str {
    if matches!(reads, Reads::Login { .. }) {
        return "the login was not accepted";
    }
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

/// A header that authorises, whatever its name.
fn named(name: &str, value: &Secret) -> Result<(HeaderName, HeaderValue), String> {
    let header = HeaderName::from_bytes(name.as_bytes())
        .map_err(|_| format!("{name} holds a character that no header's name can carry"))?;
    Ok((header, sensitive(value.reveal(), &format!("the header {name}"))?))
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
            let headers = vec![("x-api-key".to_owned(), Secret::new(key))];
            let why = Keeper::new(&Auth::Headers(headers)).err().unwrap();
            assert!(why.starts_with("the header x-api-key ") && !why.contains("evil"), "{why}");
        }
    }
}
