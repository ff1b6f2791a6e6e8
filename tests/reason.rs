//! The book of reason codes: that all of it can be read and is consistent, and what it answers.

use std::collections::{BTreeSet, HashSet};

use casedesk::case::{
    Moment,
    reason::{Book, Confidence, Network, book, clock_for},
};

const ASSET: &str = include_str!("../assets/reason-codes.toml");

fn at(day: &str) -> Moment {
    Moment::parse(day).unwrap()
}

fn names(network: Option<&str>, code: &str) -> Vec<String> {
    book().find(network, code).iter().map(|code| code.name().as_str().to_owned()).collect()
}

#[test]
fn every_code_and_clock_of_the_asset_is_in_the_book() {
    assert_eq!((book().codes().len(), book().clocks().len()), (269, 16));
    assert!(!book().disclaimer().as_str().is_empty());
}

#[test]
fn no_code_stands_twice() {
    let mut seen = HashSet::new();
    for code in book().codes() {
        assert!(seen.insert((code.network, code.code.to_lowercase())), "{} twice", code.name());
        for alias in &code.aliases {
            assert!(
                seen.insert((code.network, alias.to_lowercase())),
                "{} has the alias {alias} of another",
                code.name()
            );
        }
    }
    let ids: HashSet<_> = book().clocks().iter().map(|clock| &clock.id).collect();
    assert_eq!(ids.len(), book().clocks().len());
}

#[test]
fn every_source_that_is_named_exists_and_every_source_is_named() {
    let asset: toml::Table = ASSET.parse().unwrap();
    let known: BTreeSet<_> = asset["sources"].as_table().unwrap().keys().map(String::as_str).collect();
    let rows = ["code", "clock", "document_rule"].iter().flat_map(|table| asset[*table].as_array().unwrap());
    let named =
        rows.flat_map(|row| row["sources"].as_array().unwrap()).map(|id| id.as_str().unwrap()).collect();
    assert_eq!(known, named);
}

#[test]
fn every_row_says_where_it_comes_from() {
    for code in book().codes() {
        assert!(!code.sources().is_empty(), "{}", code.name());
        assert!(code.title().as_str().len() > 3, "{}", code.name());
    }
    for clock in book().clocks() {
        assert!(!clock.sources().is_empty(), "{}", clock.id);
        assert!(clock.days.is_some() != clock.hours.is_some(), "{}", clock.id);
    }
}

#[test]
fn a_code_that_was_replaced_names_one_that_exists() {
    let asset: toml::Table = ASSET.parse().unwrap();
    let replaced =
        asset["code"].as_array().unwrap().iter().filter(|row| row.get("replaced_by").is_some()).count();
    let found = book().codes().iter().filter(|code| code.replaced_by().is_some()).count();
    assert_eq!(found, replaced);
    let old = book().find(Some("visa"), "83")[0];
    assert_eq!(old.replaced_by().map(|code| code.name()).unwrap().as_str(), "Visa 10.4");
}

#[test]
fn every_candidate_of_the_rebilly_list_exists() {
    let asset: toml::Table = ASSET.parse().unwrap();
    let rows = asset["rebilly"].as_array().unwrap();
    assert!(rows.len() > 200);
    for candidate in rows.iter().flat_map(|row| row["candidates"].as_array().unwrap()) {
        let (network, code) = candidate.as_str().unwrap().split_once(':').unwrap();
        assert!(!book().find(Some(network), code).is_empty(), "{candidate:?}");
    }
}

#[test]
fn all_texts_are_printable() {
    assert!(ASSET.bytes().all(|byte| byte == b'\n' || (0x20..0x7f).contains(&byte)));
}

#[test]
fn time_limits_are_plausible() {
    for code in book().codes() {
        for days in [code.time_limit_days, code.response_days, code.time_limit_max_days].into_iter().flatten() {
            assert!((1..=540).contains(&days), "{}: {days}", code.name());
        }
    }
}

#[test]
fn a_network_is_known_by_all_its_names() {
    for (name, network) in [
        ("VISA", Some(Network::Visa)),
        ("visa ", Some(Network::Visa)),
        ("Visa/Dankort", Some(Network::Visa)),
        ("Mastercard", Some(Network::Mastercard)),
        ("MASTER CARD", Some(Network::Mastercard)),
        ("MC", Some(Network::Mastercard)),
        ("Maestro", Some(Network::Mastercard)),
        ("American Express", Some(Network::Amex)),
        ("Diners Club", Some(Network::Discover)),
        ("Dankort", None),
        ("", None),
        ("a network of tomorrow", None),
    ] {
        assert_eq!(Network::named(name), network, "{name}");
    }
}

#[test]
fn a_code_is_found_however_it_is_written() {
    assert_eq!(names(Some("VISA"), "10.4"), ["Visa 10.4"]);
    assert_eq!(names(Some("MC"), " 4853 "), ["Mastercard 4853"]);
    assert_eq!(names(Some("Mastercard"), "53"), ["Mastercard 4853"]);
    assert_eq!(names(Some("amex"), "4"), ["American Express 004"]);
    assert_eq!(names(Some("diners"), "ua02"), ["Discover UA02"]);
    assert_eq!(names(Some("visa"), "99.9"), Vec::<String>::new());
    assert_eq!(names(Some("visa"), ""), Vec::<String>::new());
    assert_eq!(names(None, "0"), Vec::<String>::new());
}

#[test]
fn a_bare_code_has_all_its_meanings_the_exact_ones_first() {
    assert_eq!(names(None, "41"), ["Visa 41", "Mastercard 4841"]);
    assert_eq!(names(Some("a network of tomorrow"), "41"), ["Visa 41", "Mastercard 4841"]);
    assert_eq!(names(None, "4863"), ["Mastercard 4863", "Discover AT"]);
}

#[test]
fn a_network_without_codes_in_the_book_is_not_explained_by_anothers() {
    assert_eq!(names(Some("Dankort"), "41"), Vec::<String>::new());
}

#[test]
fn a_code_is_explained_with_its_evidence() {
    let code = book().find(Some("visa"), "10.4")[0];
    assert!(code.meaning().is_some());
    assert!(!code.issuer_evidence().is_empty() && !code.merchant_evidence().is_empty());
    assert_eq!(code.confidence, Confidence::High);
    assert_eq!((code.time_limit_days, code.response_days), (Some(120), Some(30)));
    assert!(code.sources().iter().all(|source| !source.place().as_str().is_empty()));
}

#[test]
fn a_warning_counts_from_the_start_and_says_by_which_rule() {
    let warning = clock_for(Some("VISA"), "10.4", at("2026-01-05T09:00:00Z")).unwrap();
    assert_eq!(warning.at, at("2026-05-05").end_of_day());
    let words = warning.words.as_str();
    for part in
        ["Visa 10.4", "120 days", "transaction processing date", "2026-01-05", "high confidence", "and 9 more"]
    {
        assert!(words.contains(part), "{part:?} is not in {words:?}");
    }
}

#[test]
fn banking_days_skip_the_weekend() {
    let friday = at("2026-11-20");
    assert_eq!(clock_for(Some("ach"), "R24", friday).unwrap().at, at("2026-11-24").end_of_day());
}

#[test]
fn of_several_meanings_the_one_that_ends_first_warns() {
    let warning = clock_for(None, "4834", at("2026-01-01")).unwrap();
    assert_eq!(warning.at, at("2026-04-01").end_of_day());
    let warning = clock_for(None, "53", at("2026-01-01")).unwrap();
    assert!(warning.words.as_str().contains("other meanings: 1"), "{}", warning.words);
}

#[test]
fn a_code_without_a_known_limit_warns_of_nothing() {
    assert_eq!(clock_for(Some("amex"), "C02", at("2026-01-01")), None);
    assert_eq!(clock_for(Some("visa"), "nonsense", at("2026-01-01")), None);
}

#[test]
fn a_start_at_the_end_of_time_does_no_harm() {
    for start in [Moment(i64::MAX), Moment(i64::MIN)] {
        clock_for(Some("visa"), "10.4", start);
        clock_for(Some("ach"), "R24", start);
        for clock in book().clocks() {
            clock.due(start);
        }
    }
}

#[test]
fn clocks_run_in_their_own_unit() {
    let due = |id: &str, start: &str| book().clock(id).and_then(|clock| clock.due(at(start)));
    assert_eq!(due("mc-collaboration", "2026-11-20T10:00:00Z"), Some(at("2026-11-23T10:00:00Z")));
    assert_eq!(due("rege-provisional", "2026-11-20"), Some(at("2026-12-04").end_of_day()));
    assert_eq!(due("visa-dispute-response", "2026-11-01"), Some(at("2026-12-01").end_of_day()));
    let words = book().clock("rege-provisional").unwrap().words();
    let expected =
        "Reg E 12 CFR 1005.11: issuer has 10 business days from date of contact: provisional credit, or decide";
    assert_eq!(words.as_str(), expected);
}

// ---- a bank's own rows

const OWN: &str = r#"
[[code]]
network = "visa"
code = "10.4"
title = "Fraud, card absent: ask team 4"
category = "fraud"
kind = "chargeback"
status = "active"
time_limit_days = 100
confidence = "high"
sources = ["house"]

[[code]]
network = "visa"
code = "X9"
title = "Our own code"
category = "fraud"
kind = "chargeback"
status = "active"
confidence = "high"
sources = ["house"]

[sources.house]
title = "House rules, edition 7"
where = "the intranet"
"#;

fn with(own: &str) -> Result<Book, String> {
    toml::from_str::<Book>(ASSET).unwrap().with(own)
}

#[test]
fn a_banks_row_takes_the_place_of_ours_and_others_are_added() {
    let book = with(OWN).unwrap();
    assert_eq!(book.codes().len(), 270);
    let found = book.find(Some("visa"), "10.4");
    assert_eq!((found.len(), found[0].time_limit_days), (1, Some(100)));
    assert_eq!(book.find(None, "x9").len(), 1);
}

#[test]
fn a_banks_row_that_cannot_be_meant_is_told() {
    for (own, why) in [
        (OWN.replace("[sources.house]", "[sources.other]"), "the source \"house\" is named"),
        (OWN.replace("title =", "titel ="), "unknown field `titel`"),
        (OWN.replace("team 4", "card 4111111111111111"), "line 5: "),
        (OWN.replace("team 4", "team \u{202e}4"), "line 5: "),
        (OWN.replace("network = \"visa\"", "network = \"bank\""), "unknown variant"),
        ("colour = 1".to_owned(), "unknown field `colour`"),
    ] {
        let told = with(&own).err().unwrap();
        assert!(told.contains(why), "{told}");
    }
}
