//! The help screen, made from the table of keys.

use super::keys::{Bind, Context, KEYS};
use crate::text::{SafeText, own, say};

/// One line of help.
pub enum Line {
    Heading(SafeText),
    Key { keys: SafeText, name: SafeText, says: SafeText },
    Blank,
}

/// The keys of a context, then those that work everywhere, then the other contexts.
pub fn lines(context: Context) -> Vec<Line> {
    let mut order = vec![context, Context::Desk];
    order.extend(Context::ALL.into_iter().filter(|other| *other != context && *other != Context::Desk));
    let mut lines = Vec::new();
    for context in order {
        lines.push(Line::Heading(own(context.words())));
        lines.extend(KEYS.iter().filter(|bind| bind.context == context).map(key));
        lines.push(Line::Blank);
    }
    lines
}

fn key(bind: &'static Bind) -> Line {
    let keys = SafeText::join(&bind.keys.iter().copied().map(own).collect::<Vec<_>>(), " ");
    let name = match (bind.name, bind.takes) {
        ("", _) => SafeText::default(),
        (name, "") => say!(":{}", own(name)),
        (name, takes) => say!(":{} {}", own(name), own(takes)),
    };
    Line::Key { keys, name, says: own(bind.says) }
}

/// The footer: the keys of the context that carry a footer word, innermost first. A key that the context has for
/// itself does not mean what it means elsewhere.
pub fn footer(context: Context) -> Vec<(SafeText, SafeText)> {
    let taken = |key: &&str| KEYS.iter().any(|bind| bind.context == context && bind.keys.contains(key));
    let here = |bind: &&Bind| bind.context == context;
    let elsewhere = |bind: &&Bind| bind.context == Context::Desk && !bind.keys.first().is_some_and(taken);
    (KEYS.iter().filter(here))
        .chain(KEYS.iter().filter(elsewhere))
        .filter(|bind| !bind.footer.is_empty())
        .filter_map(|bind| Some((own(bind.keys.first()?), own(bind.footer))))
        .collect()
}
