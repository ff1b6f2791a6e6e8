//! How the tests of documents look at one: its lines, what it says of itself, the files within.
#![allow(dead_code)]

use casedesk::{
    case::Paper,
    document::{Limits, Pages, open},
};
use proptest::prelude::*;

#[track_caller]
pub fn opened(bytes: impl Into<Vec<u8>>) -> Box<dyn Pages> {
    open(bytes.into(), None).unwrap_or_else(|why| panic!("it does not open: {why:?}"))
}

#[track_caller]
pub fn lines(pages: &mut dyn Pages, page: usize) -> Vec<String> {
    pages.text(page).unwrap().lines.into_iter().map(|line| line.text).collect()
}

/// With a line break behind each line.
#[track_caller]
pub fn text(pages: &mut dyn Pages, page: usize) -> String {
    lines(pages, page).into_iter().map(|line| line + "\n").collect()
}

#[track_caller]
pub fn notes(pages: &mut dyn Pages, page: usize) -> Vec<String> {
    pages.text(page).unwrap().notes
}

#[track_caller]
pub fn fact(pages: &dyn Pages, label: &str) -> String {
    let facts = pages.facts();
    let found = facts.iter().find(|fact| fact.label == label);
    found.unwrap_or_else(|| panic!("no {label} among {facts:?}")).value.clone()
}

#[track_caller]
pub fn member_named(pages: &mut dyn Pages, name: &str) -> Paper {
    let members = pages.members();
    let at = members.iter().position(|member| member.name == name);
    let at = at.unwrap_or_else(|| panic!("no {name} among {members:?}"));
    let paper = pages.member(at).unwrap();
    assert_eq!(paper.bytes.len() as u64, members[at].size, "{name}");
    paper
}

/// Asks for all that a document has, which must never panic, and holds it against the limits.
pub fn read_all(bytes: Vec<u8>) {
    let Ok(mut pages) = open(bytes, None) else { return };
    let (count, members) = (pages.count(), pages.members());
    assert!((1..=Limits::PAGES).contains(&count), "{count} pages");
    assert!(members.len() <= Limits::MEMBERS, "{} members", members.len());
    let mut size = 0;
    for page in 0..count {
        let text = pages.text(page).unwrap();
        size += text.lines.iter().map(|line| line.text.len()).sum::<usize>();
    }
    assert!(size <= Limits::TEXT, "{size} bytes of text");
    for at in 0..members.len() {
        if let Ok(paper) = pages.member(at) {
            assert!(paper.bytes.len() as u64 <= Limits::MEMBER);
        }
    }
    pages.facts();
    assert!(pages.member(members.len()).is_err());
}

/// A change to bytes: where, how many are taken away, and what is put there.
pub type Change = (prop::sample::Index, usize, Vec<u8>);

pub fn changes() -> impl Strategy<Value = Vec<Change>> {
    let put =
        prop::collection::vec(prop_oneof![any::<u8>(), prop::sample::select(&b"\n\r-=<>&;:\"'\0"[..])], 0..6);
    prop::collection::vec((any::<prop::sample::Index>(), 0..20_usize, put), 1..8)
}

pub fn changed(bytes: &[u8], changes: &[Change]) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    for (at, less, put) in changes {
        let start = at.index(bytes.len() + 1);
        let end = (start + less).min(bytes.len());
        bytes.splice(start..end, put.iter().copied());
    }
    bytes
}

/// Pieces of pages, well nested or not.
pub fn markup() -> impl Strategy<Value = String> {
    let tags = vec![
        "a",
        "b",
        "p",
        "div",
        "table",
        "tr",
        "td",
        "th",
        "ul",
        "li",
        "ol",
        "pre",
        "svg",
        "math",
        "select",
        "template",
        "title",
        "script",
        "style",
        "font",
        "form",
        "frameset",
        "dl",
        "dd",
        "blockquote",
        "h1",
        "img",
        "sup",
        "textarea",
    ];
    let tag = prop::sample::select(tags);
    prop_oneof![
        tag.clone().prop_map(|tag| format!("<{tag}>")),
        tag.clone().prop_map(|tag| format!("</{tag}>")),
        tag.prop_map(|tag| format!("<{tag} href=\"x\" colspan=99999 rowspan=70000 start=\"-3\" alt='y'>")),
        "[a-z\u{4e00}-\u{4e10}&;<>\u{300}\u{200b} ]{0,12}",
        prop::sample::select(vec!["<!--", "-->", "<![CDATA[", "&#x0;", "&nbsp;", "\u{0}"])
            .prop_map(str::to_owned),
    ]
}
