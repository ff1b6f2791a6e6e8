//! The five writes. A write has its whole effect or none, and it has had it by the time it is answered. A success is
//! remembered under its key for a day; a refusal is not.

use std::fmt::Write;

use aws_lc_rs::digest;

use super::{
    Answer, BASE, Made, REMEMBERED, Remembered, World, accepts_json, bare, dice, error,
    life::{Dispute, Standing, What, fate_of},
    said, sheet,
    strict::{Body, Codes, is_key},
    transaction,
};
use crate::{
    case::Moment,
    http::Response,
    provider::{asked::Asked, stand_in::Written},
};

const KEY: &str = "cko-idempotency-key";

impl World {
    /// `verb`: "create", with no id, or what is done to the dispute of that id.
    pub(super) fn write(&mut self, asked: &Asked, now: Moment, id: &str, verb: &str) -> Answer {
        accepts_json(asked)?;
        if !asked.query.is_empty() {
            return Err(error(422, "request_invalid", &["query_unknown"]));
        }
        let key = match asked.header(KEY) {
            None => return Err(error(422, "request_invalid", &["cko_idempotency_key_required"])),
            Some(key) if !is_key(key) => {
                return Err(error(422, "request_invalid", &["cko_idempotency_key_invalid"]));
            }
            Some(key) => key.to_owned(),
        };
        let place = format!("{} {key}", asked.path);
        if let Some(known) = self.kept.answers.get(&place)
            && now.since(known.at) < REMEMBERED
        {
            let (status, body, case) = (known.status, known.body.clone(), known.case.clone());
            self.wrote(asked, &key, &case, true);
            return Ok(again(status, body));
        }
        let carries = !asked.body.is_empty();
        if verb == "cancel" && carries {
            return Err(error(422, "request_invalid", &["request_body_unknown"]));
        }
        let media = asked.header("content-type").unwrap_or_default();
        if carries && !media.starts_with("application/json") {
            return Err(bare(415));
        }
        let (case, answer, had_effect) = match verb {
            "create" => self.create(asked, now)?,
            _ => self.change(asked, now, id, verb)?,
        };
        self.wrote(asked, &key, &case, !had_effect);
        let body = String::from_utf8_lossy(&answer.body).into_owned();
        self.kept.answers.insert(place, Remembered { at: now, status: answer.status, body, case });
        Ok(answer)
    }

    fn wrote(&mut self, asked: &Asked, key: &str, case: &str, again: bool) {
        let sum = digest::digest(&digest::SHA256, &asked.body);
        let body_sha256 = sum.as_ref().iter().fold(String::new(), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        });
        let below = asked.path.strip_prefix(super::ROOT).unwrap_or(&asked.path);
        let what = format!("{} {below}", asked.method);
        let written = Written { what, case: case.to_owned(), key: Some(key.to_owned()), body_sha256, again };
        self.kept.written.push(written);
    }

    /// 201 for a new one; 200 where there is one of this transaction and presentment.
    fn create(&mut self, asked: &Asked, now: Moment) -> Result<(String, Response, bool), Response> {
        let (mut codes, salt) = (Codes::default(), salt(asked));
        let made = Body::read(&asked.body, &salt, &mut codes).and_then(|mut body| {
            let id = body.id("transaction_id", "trx_", true);
            let message = body.id("presentment_message_id", "msg_", false);
            let most = id.as_deref().map_or(i64::MAX, |id| transaction(id, None).amount);
            let (reason, amount) = (body.reason(true), body.amount(most));
            let justification = body.text("justification", 100, false);
            let evidence = body.evidence("evidence");
            body.fraud(reason.as_deref());
            if id.as_deref().is_some_and(|id| id.starts_with("trx_several")) && message.is_none() {
                body.need("presentment_message_id");
            }
            body.end();
            let (transaction, reason) = id.zip(reason)?;
            let id = dice::id("idsp_", &format!("{transaction} {message:?} {}", now.0));
            Some(Made { at: now, id, transaction, message, reason, amount, justification, evidence })
        });
        let made = made.filter(|_| codes.0.is_empty()).ok_or_else(|| invalid(&codes))?;
        for (beginning, code) in [
            ("trx_uncleared", "transaction_not_cleared"),
            ("trx_refunded", "transaction_refunded"),
            ("trx_unknown", "transaction_not_found"),
        ] {
            if made.transaction.starts_with(beginning) {
                return Err(error(422, "dispute_ineligible", &[code]));
            }
        }
        let same = |dispute: &&Dispute| {
            let known = &dispute.transaction;
            known.id == made.transaction
                && made.message.as_ref().is_none_or(|message| known.message == *message)
        };
        if let Some(known) = self.disputes.iter().find(same) {
            return Ok((known.id.clone(), said(200, &sheet::sheet(known, &known.at(now), BASE)), false));
        }
        let dispute = dispute_of(&made);
        let answer = said(201, &sheet::sheet(&dispute, &dispute.at(now), BASE));
        self.disputes.push(dispute);
        let case = made.id.clone();
        self.kept.made.push(made);
        Ok((case, answer, true))
    }

    fn change(
        &mut self,
        asked: &Asked,
        now: Moment,
        id: &str,
        verb: &str,
    ) -> Result<(String, Response, bool), Response> {
        let dispute = self.find(id)?;
        let standing = dispute.at(now);
        if !standing.links().contains(&verb) {
            let code = match verb {
                "cancel" => "dispute_cannot_be_canceled",
                "escalate" => "dispute_cannot_be_escalated",
                "amend" => "dispute_cannot_be_amended",
                _ => "dispute_cannot_be_submitted",
            };
            return Err(error(409, "invalid_request", &[code]));
        }
        let what = if verb == "cancel" { What::Canceled } else { what(asked, dispute, &standing, verb)? };
        let id = dispute.id.clone();
        self.did(&id, now, what);
        let dispute = self.find(&id)?;
        let answer = match verb {
            "cancel" | "escalate" => bare(202),
            _ => said(200, &sheet::sheet(dispute, &dispute.at(now), BASE)),
        };
        Ok((id, answer, true))
    }
}

/// What a body asks for.
fn what(asked: &Asked, dispute: &Dispute, standing: &Standing, verb: &str) -> Result<What, Response> {
    let (mut codes, salt) = (Codes::default(), salt(asked));
    let bytes: &[u8] = if asked.body.is_empty() { b"{}" } else { &asked.body };
    let most = dispute.transaction.amount;
    let what = Body::read(bytes, &salt, &mut codes).map(|mut body| match verb {
        "escalate" => {
            let justification = body.text("justification", 13_000, true).unwrap_or_default();
            let evidence = body.evidence("additional_evidence");
            let (amount, change) = (body.amount(most), body.reason_change());
            body.fraud(
                change
                    .as_ref()
                    .map_or(Some(&standing.dispute_reason), |(reason, _)| Some(reason))
                    .map(String::as_str),
            );
            body.end();
            What::Escalated { justification, evidence, amount, change }
        }
        _ => {
            let (reason, amount) = (body.reason(false), body.amount(most));
            let evidence = body.evidence("evidence");
            let mut answer = None;
            if verb == "amend" {
                body.fraud(reason.as_deref());
                let why = body.text("reason_change_justification", 13_000, false);
                answer = body.text("action_response", 1_000, false);
                let changes = reason.as_ref().is_some_and(|reason| *reason != standing.dispute_reason);
                if changes && standing.is_escalated() && why.is_none() {
                    body.need("reason_change_justification");
                }
            }
            body.end();
            What::Amended { reason, amount, evidence, answer }
        }
    });
    what.filter(|_| codes.0.is_empty()).ok_or_else(|| invalid(&codes))
}

/// No other request that has an effect has the same path and key.
fn salt(asked: &Asked) -> String {
    format!("{} {}", asked.path, asked.header(KEY).unwrap_or_default())
}

fn invalid(codes: &Codes) -> Response {
    let codes: Vec<_> = codes.0.iter().map(String::as_str).collect();
    error(422, "request_invalid", &codes)
}

/// The same answer as before.
fn again(status: u16, body: String) -> Response {
    let mut answer = bare(status);
    if !body.is_empty() {
        answer.headers.push(("content-type".into(), "application/json; charset=utf-8".into()));
    }
    Response { body: body.into_bytes(), ..answer }
}

pub(super) fn dispute_of(made: &Made) -> Dispute {
    let transaction = transaction(&made.transaction, made.message.as_deref());
    Dispute {
        id: made.id.clone(),
        reason: made.reason.clone(),
        amount: made.amount.unwrap_or(transaction.amount),
        justification: made.justification.clone(),
        evidence: made.evidence.clone(),
        created: made.at,
        fate: fate_of(&made.transaction),
        deeds: Vec::new(),
        transaction,
    }
}
