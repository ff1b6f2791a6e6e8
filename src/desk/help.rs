//! The help screen, made from the table of keys.

use super::{
    Verb,
    keys::{Bind, Context, KEYS, Make},
    words::Command,
};
use crate::action::Action;
use crate::text::{SafeText, own, say};

/// The columns of the help: keys, then the name for `:`, then what it does.
pub const KEYS_WIDE: usize = 14;
pub const NAME_WIDE: usize = 20;

/// How wide the help's text is on a screen of that width: all but its box.
pub fn width(screen: u16) -> usize {
    usize::from(screen.saturating_sub(4))
}

/// One line of help.
pub enum Line {
    Heading(SafeText),
    Key { keys: SafeText, name: SafeText, says: SafeText },
    Blank,
}

/// The keys of a context, then those that work everywhere with the actions of the profile in hand, then the other
/// contexts.
/// What is said of a key is wrapped to the room that a screen of `width` leaves for it.
pub fn lines(context: Context, actions: &[Action], width: usize) -> Vec<Line> {
    let mut order = vec![context, Context::Desk];
    order.extend(Context::ALL.into_iter().filter(|other| *other != context && *other != Context::Desk));
    let mut lines = Vec::new();
    for context in order {
        lines.push(Line::Heading(own(context.words())));
        lines.extend(KEYS.iter().filter(|bind| bind.context == context).flat_map(|bind| key(bind, width)));
        lines.push(Line::Blank);
        if context == Context::Desk && !actions.is_empty() {
            lines.push(Line::Heading(own("Actions")));
            lines.extend(actions.iter().flat_map(|action| verb(action, width)));
            lines.push(Line::Blank);
        }
    }
    for (heading, rows) in [("Signs in the list", SIGNS), ("The filter", FILTER)] {
        lines.push(Line::Heading(own(heading)));
        lines.extend(
            rows.iter().flat_map(|(sign, says)| columns([own(sign), SafeText::default(), own(says)], width)),
        );
        lines.push(Line::Blank);
    }
    lines
}

/// What stands left of a case.
const SIGNS: &[(&str, &str)] = &[
    (">", "an action for this case is queued or being sent"),
    ("?", "what became of an action is unknown, or a person decides; B shows it"),
    ("P", "parked"),
    ("-", "in no queue any more"),
    ("!", "a text of this case is not what it seems; the case says what"),
];

/// The language of the filter, by example.
const FILTER: &[(&str, &str)] = &[
    ("luft", "the word anywhere, or its letters close together in the merchant's name"),
    ("\"blue travel\"", "two words with their blank"),
    ("stage:answer", "a field holds the text; the fields are named like the columns"),
    ("amount>100", "also < <= >= and =; whatever the currency"),
    ("currency:eur", "the currency of the disputed amount"),
    ("due<3d", "time left in days or hours; due<0d is overdue"),
    ("opened>2026-11-01", "days, in UTC; also updated"),
    ("!visa", "not this"),
];

fn key(bind: &'static Bind, width: usize) -> Vec<Line> {
    let keys = SafeText::join(&bind.keys.iter().copied().map(own).collect::<Vec<_>>(), " ");
    let name = match (bind.name, bind.takes) {
        ("", _) => SafeText::default(),
        (name, "") => say!(":{}", own(name)),
        (name, takes) => say!(":{} {}", own(name), own(takes)),
    };
    columns([keys, name, own(bind.says)], width)
}

fn verb(action: &Action, width: usize) -> Vec<Line> {
    columns([own(action.key), say!(":{} [--force]", own(action.id)), own(action.says)], width)
}

/// One row of three columns, each wrapped to its room.
fn columns([keys, name, says]: [SafeText; 3], width: usize) -> Vec<Line> {
    // An example of the filter may reach over the empty column beside it.
    let keys_wide = if name.is_empty() { KEYS_WIDE + NAME_WIDE } else { KEYS_WIDE };
    let says_wide = width.saturating_sub(KEYS_WIDE + NAME_WIDE + 2);
    let [mut keys, mut names, mut says] = [(keys, keys_wide), (name, NAME_WIDE), (says, says_wide)]
        .map(|(text, width)| text.wrap(width.max(10)).into_iter());
    let mut lines = Vec::new();
    loop {
        let (key, name, say) = (keys.next(), names.next(), says.next());
        if key.is_none() && name.is_none() && say.is_none() {
            return lines;
        }
        let [keys, name, says] = [key, name, say].map(Option::unwrap_or_default);
        lines.push(Line::Key { keys, name, says });
    }
}

/// The footer: the actions of the profile in hand, which stand in the same place everywhere, then the keys of the
/// context that carry a footer word, then those from everywhere that mean the same here.
/// `fits`: whether a command does something here.
pub fn footer(context: Context, verbs: &[Verb], fits: impl Fn(&Command) -> bool) -> Vec<Foot> {
    let of = |context| KEYS.iter().filter(move |bind| bind.context == context);
    let taken = |key: &str| of(context).any(|bind| bind.keys.contains(&key));
    let verbs = verbs.iter().filter(|verb| !context.is_closed() && !verb.action.key.is_empty());
    let verbs = verbs.filter(|verb| !taken(verb.action.key)).map(|verb| Foot {
        key: own(verb.action.key),
        word: own(verb.action.id),
        is_open: verb.is_open(),
    });
    let everywhere =
        of(Context::Desk).filter(|bind| !context.is_closed() && !bind.keys.iter().any(|key| taken(key)));
    let keys = of(context).chain(everywhere).filter(|bind| !bind.footer.is_empty());
    let is_open = |make: &Make| match make {
        Make::Plain(command) => fits(command),
        Make::With(_) => true,
    };
    let keys = keys.filter_map(|bind| {
        Some(Foot { key: own(bind.keys.first()?), word: own(bind.footer), is_open: is_open(&bind.make) })
    });
    verbs.chain(keys).collect()
}

/// One key of the footer.
pub struct Foot {
    pub key: SafeText,
    pub word: SafeText,
    /// It can be pressed to some effect; shown dimmed where not, for a key that hides is a key that is forgotten.
    pub is_open: bool,
}
