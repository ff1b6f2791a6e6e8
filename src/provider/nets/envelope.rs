//! Where in an answer the cases are: a bare list, an object around a list, or one case alone. The API's text does not
//! say, so all are taken, and an answer that fits none of them is refused rather than read as "no cases".

use serde_json::value::RawValue;

use super::{
    json::{self, Kind, Members, kind},
    names::{Names, Pick},
    table,
};
use crate::case::Settings;

/// How far down inside objects the cases are looked for.
const LEVELS: usize = 3;

pub struct Envelope {
    lists: Vec<String>,
    number: Names,
    /// Every name that a case's own members have.
    own: Names,
}

impl Envelope {
    pub fn new(settings: &Settings) -> Envelope {
        let rows: Vec<_> =
            table::TABLE.iter().map(|row| row.name).filter(|name| name.starts_with("case.")).collect();
        Envelope {
            lists: table::names(settings, "answer.cases").map(str::to_owned).collect(),
            number: Names::new(settings, &["case.number"]),
            own: Names::new(settings, &rows),
        }
    }

    /// The elements that are cases, or why there are none to be found.
    pub fn elements<'a>(&self, top: &'a RawValue) -> Result<Vec<&'a RawValue>, &'static str> {
        match kind(top) {
            Kind::Array => Ok(json::elements(top)),
            Kind::Object => {
                self.marked(top, 0).or_else(|| self.likely(top, 0)).ok_or("an object without cases in it")
            }
            Kind::Null => Err("the answer is null"),
            _ => Err("the answer is neither a list nor an object"),
        }
    }

    /// Cases that are marked as such: by the list's name, or by a case number.
    fn marked<'a>(&self, object: &'a RawValue, level: usize) -> Option<Vec<&'a RawValue>> {
        let members = json::members(object);
        let listed = members.iter().filter(|(name, _)| self.lists.iter().any(|list| list == name));
        let listed: Vec<_> = listed.filter_map(|(_, piece)| self.listing(piece, level)).collect();
        if !listed.is_empty() {
            return Some(listed.concat());
        }
        if self.numbered(object) {
            return Some(vec![object]);
        }
        let arrays = members.iter().filter(|(_, piece)| kind(piece) == Kind::Array);
        let arrays = arrays.map(|(_, piece)| json::elements(piece));
        let mut found: Vec<_> =
            arrays.filter(|list| list.iter().any(|element| self.numbered(element))).collect();
        if found.is_empty() && level < LEVELS {
            found = objects(&members).filter_map(|piece| self.marked(piece, level + 1)).collect();
        }
        (!found.is_empty()).then(|| found.concat())
    }

    /// Cases that can hardly be anything else: the only list that is not a case's own, or an object with several
    /// members of a case. One alone is no case: `{"status":"OK"}` is what gateways say.
    fn likely<'a>(&self, object: &'a RawValue, level: usize) -> Option<Vec<&'a RawValue>> {
        let members = json::members(object);
        let foreign = |name: &str| self.own.seen(vec![(name.into(), object)]).is_empty();
        let mut arrays = members.iter().filter(|(name, piece)| kind(piece) == Kind::Array && foreign(name));
        match (arrays.next(), arrays.next()) {
            (Some((_, list)), None) => return Some(json::elements(list)),
            (None, _) if members.iter().filter(|(name, _)| !foreign(name)).count() > 1 => {
                return Some(vec![object]);
            }
            _ => {}
        }
        let mut inner = objects(&members);
        match (inner.next(), inner.next()) {
            (Some(only), None) if level < LEVELS => self.likely(only, level + 1),
            _ => None,
        }
    }

    /// A list of cases, or what some gateways put in its place: a single case, or an object around the list.
    fn listing<'a>(&self, piece: &'a RawValue, level: usize) -> Option<Vec<&'a RawValue>> {
        match kind(piece) {
            Kind::Array => Some(json::elements(piece)),
            Kind::Object if level < LEVELS => self
                .marked(piece, level + 1)
                .or_else(|| self.likely(piece, level + 1))
                .or_else(|| Some(vec![piece])),
            Kind::Object => Some(vec![piece]),
            _ => None,
        }
    }

    fn numbered(&self, piece: &RawValue) -> bool {
        kind(piece) == Kind::Object && !matches!(self.number.seen(json::members(piece)).pick(0), Pick::Absent)
    }
}

fn objects<'m, 'a>(members: &'m Members<'a>) -> impl Iterator<Item = &'a RawValue> + 'm {
    members.iter().filter(|(_, piece)| kind(piece) == Kind::Object).map(|(_, piece)| *piece)
}
