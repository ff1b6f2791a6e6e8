//! Who is let in: tokens for client credentials with their scopes, and the secret key.

use std::collections::BTreeMap;

use serde_json::json;

use super::{API_KEY, Answer, CLIENT_ID, CLIENT_SECRET, bare, dice, said};
use crate::{
    case::{Moment, moment::SECOND},
    http::Response,
    provider::asked::{Asked, form},
};

const READ: &str = "issuing:disputes-read";
const WRITE: &str = "issuing:disputes-write";
const LIFE: i64 = 3600;

#[derive(Default)]
pub struct Gate {
    /// Tokens with their end and scopes.
    tokens: BTreeMap<String, (Moment, Vec<String>)>,
    given: u64,
}

impl Gate {
    pub fn expire(&mut self) {
        self.tokens.clear();
    }

    /// RFC 6749, 4.4: the credentials stand in the form.
    pub fn token(&mut self, asked: &Asked, now: Moment) -> Answer {
        let wrong = |error: &str| Err(said(400, &json!({"error": error})));
        let media = asked.header("content-type").unwrap_or_default();
        if asked.method != "POST" || !media.starts_with("application/x-www-form-urlencoded") {
            return wrong("invalid_request");
        }
        let pairs = form(&String::from_utf8_lossy(&asked.body));
        let given = |name: &str| {
            let mut found = pairs.iter().filter(|(own, _)| own == name).map(|(_, value)| value.as_str());
            found.next().filter(|_| found.next().is_none())
        };
        match given("grant_type") {
            Some("client_credentials") => {}
            Some(_) => return wrong("unsupported_grant_type"),
            None => return wrong("invalid_request"),
        }
        if given("client_id") != Some(CLIENT_ID) || given("client_secret") != Some(CLIENT_SECRET) {
            return wrong("invalid_client");
        }
        let scopes: Vec<_> = given("scope").unwrap_or_default().split(' ').map(str::to_owned).collect();
        if !scopes.iter().all(|scope| [READ, WRITE].contains(&scope.as_str())) {
            return wrong("invalid_scope");
        }
        self.given += 1;
        let token = dice::uuid(&format!("token {} {}", self.given, now.0));
        self.tokens.insert(token.clone(), (now.plus(LIFE * SECOND), scopes.clone()));
        Ok(said(
            200,
            &json!({
                "access_token": token,
                "token_type": "Bearer",
                "expires_in": LIFE,
                "scope": scopes.join(" "),
            }),
        ))
    }

    pub fn lets_in(&self, asked: &Asked, writes: bool, now: Moment) -> Result<(), Response> {
        let token = asked.header("authorization").and_then(|shown| shown.strip_prefix("Bearer "));
        let Some(token) = token else { return Err(bare(401)) };
        if token == API_KEY {
            return Ok(());
        }
        let needed = if writes { WRITE } else { READ };
        match self.tokens.get(token) {
            Some((until, _)) if *until <= now => Err(bare(401)),
            Some((_, scopes)) if scopes.iter().any(|scope| scope == needed) => Ok(()),
            Some(_) => Err(bare(403)),
            None => Err(bare(401)),
        }
    }
}
