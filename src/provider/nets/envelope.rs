//! Where in an answer the cases are: a bare list, an object around a list, or one case alone. The API's text does not
//! say, so all are taken, and an answer that fits none of them is refused rather than read as "no cases".

use serde_json::value::RawValue;

use super::{
    names::{Names, Pick},
    refusal, table,
    whole::Around,
};
use crate::{
    case::Settings,
    provider::json::{self, Kind, Members, kind},
};

/// How far down inside objects the cases are looked for.
const LEVELS: usize = 3;

pub struct Envelope {
    lists: Vec<String>,
    number: Names,
    /// Every name that a case's own members have.
    own: Names,
    around: Around,
}

impl Envelope {
    pub fn new(settings: &Settings) -> Envelope {
        let rows: Vec<_> =
            table::TABLE.iter().map(|row| row.name).filter(|name| name.starts_with("case.")).collect();
        Envelope {
            lists: table::names(settings, "answer.cases").map(str::to_owned).collect(),
            number: Names::new(settings, &["case.number"]),
            own: Names::new(settings, &rows),
            around: Around::new(settings),
        }
    }

    /// The elements that are cases, all of them; or why there are none to be found, with what the provider said.
    pub fn elements<'a>(&self, top: &'a RawValue) -> Result<Vec<&'a RawValue>, String> {
        let found = match kind(top) {
            Kind::Array => Some(json::elements(top)),
            Kind::Object => self.marked(top, 0).or_else(|| self.likely(top, 0)),
            _ => None,
        };
        let elements = found.as_deref().unwrap_or_default();
        self.around.is_whole(top, elements.len(), &|piece| self.numbered(piece))?;
        let why = match (kind(top), &found) {
            (_, Some(elements)) if elements.is_empty() || elements.iter().any(|piece| self.is_like(piece)) => {
                return Ok(found.unwrap_or_default());
            }
            (_, Some(_)) => "a list without a case in it",
            (Kind::Object, None) => "an object without cases in it",
            (Kind::Null, None) => "the answer is null",
            _ => "the answer is neither a list nor an object",
        };
        Err(refusal::spoken(why, top))
    }

    /// Whether a piece has at least one member that a case has.
    fn is_like(&self, piece: &RawValue) -> bool {
        json::members(piece).iter().any(|(name, _)| self.own.knows(name))
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
        let members: Members = members.into_iter().filter(|(name, _)| !self.around.tells(name)).collect();
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
        let members: Members = members.into_iter().filter(|(name, _)| !self.around.tells(name)).collect();
        let foreign = |name: &str| !self.own.knows(name);
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
