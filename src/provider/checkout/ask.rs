//! Phrases the one question that this API answers: a dispute by its id. What is no such id is not asked for.

use super::{
    identity::{DISPUTE, is_id},
    table::{CASE, value},
};
use crate::{
    case::{Fault, FaultKind, Settings},
    http::{Method, Request},
    provider::Want,
    text::segment,
};

pub fn ask(want: &Want, settings: &Settings) -> Result<Request, Fault> {
    match want {
        Want::Number(number) if !is_id(number.exact(), DISPUTE) => Err(Fault::new(
            FaultKind::NotThere,
            "no id of an issuing dispute: idsp_ and 26 small letters or digits",
        )),
        Want::Number(number) => {
            let path = value(settings, "path.dispute").replace(CASE, &segment(number.exact()));
            let headers = vec![("accept".into(), "application/json".into())];
            Ok(Request { headers, ..Request::read(Method::Get, path) })
        }
        Want::Document(_) | Want::Papers(_) => Err(unprepared(
            "evidence is not readable through this API: it tells the file's id and description, and no more",
        )),
        Want::Queue(_) => {
            Err(unprepared("this API lists no disputes; those that are known here are asked for singly"))
        }
        Want::Group(_) => Err(unprepared("this API does not find disputes by their transaction")),
        Want::Card(_) => Err(unprepared("this API does not find disputes by their card")),
        Want::Further { .. } => Err(unprepared("this API has no pages")),
    }
}

fn unprepared(says: &str) -> Fault {
    Fault::new(FaultKind::Unprepared, says)
}
