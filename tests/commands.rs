//! The desk's verbs without a screen: the real program on a sandbox of its own, with what it prints, what it says and how
//! it ends.

mod shell;

use std::fs;

use serde_json::json;
use shell::Shell;

/// The first case of a queue.
fn first_of(shell: &Shell, queue: &str) -> String {
    let cases = shell.done(&["queue", queue, "--json"]).json();
    cases[0]["number"].as_str().unwrap().to_owned()
}

/// A published test number.
const CARD: &str = "4111111111111111";

const DISPUTE: [&str; 10] = [
    "--card",
    "-",
    "--transactionAmount",
    "12.50",
    "--transactionCurrency",
    "EUR",
    "--transactionDate",
    "2026-10-03",
    "--cardSchemeDisputeReasonCode",
    "13.1",
];

// ---- looking

#[test]
fn queues_are_listed_with_what_the_provider_has_in_them() {
    let shell = Shell::new();
    let told = shell.done(&["queue"]).out;
    assert!(told.lines().next().unwrap().starts_with("profile"), "{told}");
    let kept = shell.done(&["queue", "--kept", "--profile", "sandbox", "--json"]).json();
    let six = kept.as_array().unwrap().iter().find(|line| line["queue"] == "6000").unwrap();
    let cases = shell.done(&["queue", "6000", "--kept", "--profile", "sandbox", "--json"]).json();
    assert_eq!(six["cases"], cases.as_array().unwrap().len());
    assert_eq!((&six["profile"], &six["name"]), (&json!("sandbox"), &json!("Awaiting Dispute Submission")));
    for case in cases.as_array().unwrap() {
        assert_eq!(case["queue"], "6000");
        assert!(case["amount"]["amount"].is_string() && case["amount"]["currency"].is_string(), "{case}");
        let masked = case["card"].as_str().unwrap();
        assert!(masked.contains("***"), "{masked}");
    }
}

#[test]
fn a_queue_that_was_never_read_is_empty_until_it_is_asked_for() {
    let shell = Shell::new();
    assert_eq!(shell.done(&["queue", "6000", "--kept", "--profile", "sandbox", "--json"]).json(), json!([]));
    let read = shell.done(&["queue", "6000", "--profile", "sandbox", "--json"]).json();
    assert!(!read.as_array().unwrap().is_empty());
    // What is not named "kept" was kept.
    assert_eq!(shell.done(&["queue", "6000", "--kept", "--profile", "sandbox", "--json"]).json(), read);
}

#[test]
fn a_queue_of_a_provider_that_lists_nothing_is_read_at_once_whichever_is_asked() {
    for queue in ["action_required", "won"] {
        let shell = Shell::new();
        let read = shell.done(&["queue", queue, "--profile", "checkout", "--json"]).json();
        assert!(read.as_array().unwrap().iter().all(|case| case["queue"] == queue), "{read}");
        assert!(!read.as_array().unwrap().is_empty(), "{queue}");
        assert_eq!(shell.done(&["queue", queue, "--kept", "--profile", "checkout", "--json"]).json(), read);
    }
    let shell = Shell::new();
    let ended = shell.runs(&["queue", "6000", "--profile", "checkout"]);
    assert_eq!((ended.code, ended.out.as_str()), (Some(2), ""));
    assert!(ended.told.contains("checkout has no queue 6000"), "{}", ended.told);
}

#[test]
fn a_sandbox_is_begun_anew_by_a_command_too_and_by_none_that_only_looks() {
    let shell = Shell::new();
    let count = |words: &[&str]| {
        let told = shell.done(words).json();
        told.as_array().unwrap().iter().map(|line| line["cases"].as_u64().unwrap()).sum::<u64>()
    };
    let nets = ["queue", "--json", "--profile", "nets"];
    let small = count(&[&["--cases", "40"][..], &nets].concat());
    assert!(small > 20 && small <= 40, "{small}");
    let ended = shell.runs(&[&["--cases", "80"][..], &nets].concat());
    assert_eq!((ended.code, ended.out.as_str()), (Some(2), ""));
    assert!(ended.told.contains("--fresh makes a new one"), "{}", ended.told);
    let large = count(&[&["--fresh", "--cases", "80"][..], &nets].concat());
    assert!(large > 40, "{large}");
    for words in [&["--fresh", "check"][..], &["--fresh", "outbox", "list"], &["--fresh", "journal", "verify"]]
    {
        let ended = shell.runs(words);
        assert_eq!((ended.code, ended.out.as_str()), (Some(2), ""), "{words:?}");
    }
    assert_eq!(count(&[&nets[..], &["--kept"]].concat()), large);
}

#[test]
fn the_queues_stand_in_the_order_of_their_providers() {
    let shell = Shell::new();
    let told = shell.done(&["queue", "--json"]).json();
    let found: Vec<_> = told.as_array().unwrap().iter().map(|line| line["queue"].as_str().unwrap()).collect();
    let declared = ["nets", "checkout", "qolo", "rebilly", "casap", "casap-current"];
    let provider =
        |id: &str| casedesk::provider::ALL.iter().find(|own| own.manifest().id == id).unwrap().manifest();
    let wanted: Vec<_> = declared.iter().flat_map(|id| provider(id).queues).map(|queue| queue.id).collect();
    assert_eq!(found, wanted);
}

#[test]
fn a_case_is_told_in_three_ways() {
    let shell = Shell::new();
    let number = first_of(&shell, "6000");
    let text = shell.done(&["case", &number]).out;
    assert!(text.starts_with(&format!("case {number} of sandbox\n")), "{text}");
    let case = shell.done(&["case", &number, "--json"]).json();
    assert_eq!((&case["number"], &case["queue"]), (&json!(number), &json!("6000")));
    let raw = shell.done(&["case", &number, "--raw"]).json();
    assert_eq!(raw["caseNumber"], json!(number));
    assert!(raw["cardNumber"].as_str().unwrap().contains("***"));
}

#[test]
fn a_case_that_nobody_knows_is_refused_and_a_strange_profile_is_a_wrong_word() {
    let shell = Shell::new();
    let ended = shell.runs(&["case", "99", "--profile", "sandbox"]);
    assert_eq!((ended.code, ended.out.as_str()), (Some(3), ""));
    let ended = shell.runs(&["case", "99", "--profile", "nobody"]);
    assert_eq!((ended.code, ended.out.as_str()), (Some(2), ""));
    assert!(ended.told.contains("there is no profile nobody"), "{}", ended.told);
}

#[test]
fn without_a_configuration_nobody_is_asked_unless_the_sandbox_is_named() {
    let shell = Shell::new();
    for words in [&["queue"][..], &["case", "1"], &["act", "submit", "1"], &["create", "nets"]] {
        let ended = shell.runs_bare(words);
        assert_eq!((ended.code, ended.out.as_str()), (Some(2), ""), "{words:?}");
        assert!(ended.told.contains("--sandbox"), "{}", ended.told);
    }
}

// ---- acting

#[test]
fn an_action_is_reviewed_sent_once_and_told_with_its_outcome() {
    let shell = Shell::new();
    let number = first_of(&shell, "6000");
    fs::write(shell.path().join("letter.txt"), "Never arrived").unwrap();
    let act =
        ["act", "submit", &number, "--notes", "Never arrived", "--attach", "letter.txt", "--yes", "--json"];
    let ended = shell.done(&act);
    let told = ended.json();
    assert_eq!(
        (&told["state"], &told["number"], &told["action"]),
        (&json!("accepted"), &json!(number), &json!("submit"))
    );
    for words in ["Never arrived", "letter.txt", "SANDBOX", &number] {
        assert!(ended.told.contains(words), "the review does not say {words:?}: {}", ended.told);
    }
    let case = shell.done(&["case", &number, "--json"]).json();
    assert_eq!(case["queue"], "7000");
    assert!(case["documents"].to_string().contains("letter.txt"), "{case}");
    assert!(case["history"].to_string().contains("Never arrived"), "{case}");
    let again = shell.runs(&["act", "submit", &number, "--yes"]);
    assert_eq!(again.code, Some(2));
    assert!(again.told.contains("this one is in 7000") && again.told.contains("--force"), "{}", again.told);
    let forced = shell.runs(&["act", "submit", &number, "--yes", "--force", "--json"]);
    assert_eq!((forced.code, &forced.json()["state"]), (Some(3), &json!("rejected")), "{}", forced.told);
}

#[test]
fn without_a_terminal_nothing_is_sent_unasked() {
    let shell = Shell::new();
    let number = first_of(&shell, "6000");
    let ended = shell.runs(&["act", "submit", &number, "--notes", "x"]);
    assert_eq!((ended.code, ended.out.as_str()), (Some(2), ""));
    assert!(ended.told.contains("--yes"), "{}", ended.told);
    assert_eq!(shell.done(&["case", &number, "--json"]).json()["queue"], "6000");
}

#[test]
fn everything_that_is_wrong_is_told_at_once_with_its_field() {
    let shell = Shell::new();
    let ended = shell.runs(&["create", "sandbox", "--transactionAmount", "1,5", "--yes", "--json"]);
    assert_eq!(ended.code, Some(2));
    let told = ended.json();
    let fields: Vec<_> = told["problems"].as_array().unwrap().iter().map(|it| it["field"].clone()).collect();
    assert_eq!(
        fields,
        [
            "cardNumber",
            "transactionAmount",
            "transactionCurrency",
            "transactionDate",
            "cardSchemeDisputeReasonCode"
        ]
    );
    for field in &fields {
        assert!(ended.told.contains(field.as_str().unwrap()), "{}", ended.told);
    }
    let number = first_of(&shell, "6000");
    let ended = shell.runs(&["act", "submit", &number, "--what", "x"]);
    assert_eq!(ended.code, Some(2));
    assert!(ended.told.contains("--what"), "{}", ended.told);
}

#[test]
fn a_dispute_is_created_with_a_card_number_that_stands_nowhere() {
    let shell = Shell::new();
    let mut words = vec!["create", "nets", "--yes", "--json"];
    words.extend(DISPUTE);
    let ended = shell.fed(&words, &format!("{CARD}\n"));
    assert_eq!(ended.code, Some(0), "{}", ended.told);
    assert!(!ended.told.contains(CARD) && !ended.out.contains(CARD));
    let number = ended.json()["number"].as_str().unwrap().to_owned();
    let case = shell.done(&["case", &number, "--json"]).json();
    assert_eq!(case["amount"], json!({"amount": "12.50", "currency": "EUR"}));
    assert_eq!(case["card"], "411111******1111");
    let ended = shell.runs(&["create", "nets", "--cardNumber", CARD, "--yes"]);
    assert_eq!((ended.code, ended.out.as_str()), (Some(2), ""));
    assert!(ended.told.contains("never stands among the arguments") && !ended.told.contains(CARD));
    let ended = shell.fed(&["create", "nets", "--card", "-", "--from", "-"], "{}");
    assert_eq!(ended.code, Some(2));
    assert!(ended.told.contains("one thing only"), "{}", ended.told);
}

#[test]
fn fields_come_from_a_file_and_flags_win_over_it() {
    let shell = Shell::new();
    let number = first_of(&shell, "6000");
    fs::write(
        shell.path().join("fields.json"),
        r#"{"notes": "from the file", "additionalInformation": "more"}"#,
    )
    .unwrap();
    let ended = shell.done(&["act", "submit", &number, "--from", "fields.json", "--notes", "by flag", "--yes"]);
    assert!(ended.told.contains("by flag") && !ended.told.contains("from the file"), "{}", ended.told);
    assert!(ended.told.contains("more"), "{}", ended.told);
    let other = first_of(&shell, "6000");
    let ended = shell.runs(&["act", "submit", &other, "--null", "notes", "--yes", "--json"]);
    assert_eq!(ended.code, Some(2), "{}", ended.told);
    assert!(ended.told.contains("takes no null; left empty, it is not sent"), "{}", ended.told);
    let other = first_of(&shell, "6000");
    let ended = shell.fed(
        &["act", "submit", &other, "--from", "-", "--yes", "--json"],
        r#"{"notez": "x", "what": [{"a": 1}]}"#,
    );
    assert_eq!(ended.code, Some(2));
    for field in ["notez", "what.0.a"] {
        assert!(ended.told.contains(&format!("{field}: is no field of this action")), "{}", ended.told);
    }
}

#[test]
fn help_tells_the_fields_of_a_declaration() {
    let shell = Shell::new();
    let help = shell.runs_bare(&["create", "nets", "--help"]);
    assert_eq!(help.code, Some(0), "{}", help.told);
    for words in
        ["--transactionAmount", "required", "up to 80 characters", "At least one of", "one of Y, N", "10 files"]
    {
        assert!(help.out.contains(words), "{words:?} is not in: {}", help.out);
    }
    let help = shell.done(&["act", "close", "--profile", "sandbox", "--help"]).out;
    assert!(help.contains("--notes") && help.contains("<CASE>"), "{help}");
}

#[test]
fn every_verb_tells_its_fields_without_a_configuration() {
    let shell = Shell::new();
    let told = |words: &[&str]| {
        let help = shell.runs_bare(words);
        assert_eq!((help.code, help.told.as_str()), (Some(0), ""), "{words:?}");
        help.out
    };
    let (verbs, providers) = (told(&["act", "--help"]), told(&["create", "-h"]));
    for provider in casedesk::provider::ALL {
        let id = provider.manifest().id;
        assert!(providers.contains(&format!("  {id} ")), "{providers}");
        for action in provider.actions() {
            let help = if action.makes_a_case() {
                told(&["create", id, "--help"])
            } else {
                assert!(verbs.contains(&format!("  {} ", action.id)), "{verbs}");
                let all = told(&["act", action.id, "1", "--help"]);
                assert!(all.contains(&format!("({id})")), "{all}");
                told(&["act", action.id, "--profile", id, "--help"])
            };
            for field in action.fields {
                assert!(
                    help.contains(field.name),
                    "{id} {} does not tell of {}: {help}",
                    action.id,
                    field.name
                );
            }
            assert!(help.contains("Exit codes: 0 done;"), "{help}");
        }
    }
    // What may be left out as a whole is not asked for.
    assert!(told(&["create", "checkout", "--help"]).contains("required once there is any fraud_details"));
    assert!(told(&["create", "casap", "--help"]).contains("1 (Visa), 2 (Mastercard)"));
    assert!(told(&["--help"]).contains("6 it is queued and waits"));
    for word in ["act", "create"] {
        let ended = shell.runs_bare(&[word]);
        assert_eq!((ended.code, ended.out.as_str()), (Some(2), ""));
        assert!(ended.told.contains("--help tells the"), "{}", ended.told);
    }
}

#[test]
fn what_makes_no_sense_is_told_without_a_card_number_in_it() {
    let shell = Shell::new();
    let ended = shell.runs_bare(&["queue", "6000", "\u{1b}[31m", CARD]);
    assert_eq!((ended.code, ended.out.as_str()), (Some(2), ""));
    let ended = shell.runs_bare(&["--theme", CARD]);
    assert_eq!(ended.code, Some(2));
    assert!(ended.told.contains("411111") && !ended.told.contains(CARD), "{}", ended.told);
}

// ---- for the shell and for man

/// What bash offers after these words.
fn offered(script: &std::path::Path, words: &[&str]) -> Vec<String> {
    let ask = r#"source "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1))
        _casedesk casedesk "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"; printf '%s\n' "${COMPREPLY[@]}""#;
    let mut bash = std::process::Command::new("bash");
    bash.args(["--norc", "-c", ask, "bash", script.to_str().unwrap(), "casedesk"]).args(words);
    let output = bash.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().lines().map(str::to_owned).collect()
}

#[test]
fn a_shell_completes_verbs_flags_and_choices_of_the_declarations() {
    let shell = Shell::new();
    let script = shell.path().join("casedesk.bash");
    let bash = shell.runs_bare(&["completions", "bash"]);
    assert_eq!(bash.code, Some(0), "{}", bash.told);
    fs::write(&script, bash.out).unwrap();
    assert_eq!(offered(&script, &["act", "sub"]), ["submit"]);
    assert_eq!(offered(&script, &["act", "amend", "--reason_"]), ["--reason_change_justification"]);
    assert_eq!(offered(&script, &["create", "nets", "--cardBlocked", ""]), ["Y", "N"]);
    assert!(offered(&script, &["outbox", ""]).contains(&"settle".to_owned()));
    let [zsh, fish] = ["zsh", "fish"].map(|name| shell.runs_bare(&["completions", name]).out);
    for action in casedesk::provider::ALL.iter().flat_map(|provider| provider.actions()) {
        let flagged = |field: &&casedesk::action::Field| {
            use casedesk::action::Kind;
            !matches!(field.kind, Kind::Files(_) | Kind::Group(_) | Kind::List { .. })
        };
        for field in action.fields.iter().filter(flagged) {
            for script in [&zsh, &fish] {
                assert!(script.contains(field.name), "{} of {} is not completed", field.name, action.id);
            }
        }
    }
    assert_eq!(shell.runs_bare(&["completions", "tcsh"]).code, Some(2));
}

#[test]
fn every_command_and_every_verb_has_its_page() {
    let shell = Shell::new();
    let page = shell.runs_bare(&["man"]);
    assert_eq!(page.code, Some(0), "{}", page.told);
    assert!(page.out.contains(".TH casedesk 1") && page.out.contains("casedesk\\-outbox(1)"), "{}", page.out);
    let page = shell.runs_bare(&["man", "act", "escalate"]).out;
    assert!(page.contains("justification") && page.contains("up to 13000 characters"), "{page}");
    assert_eq!(shell.runs_bare(&["man", "nonsense"]).code, Some(2));
    assert_eq!(shell.runs_bare(&["man", "--into", "man1"]).code, Some(0));
    for provider in casedesk::provider::ALL {
        for action in provider.actions() {
            let name = if action.makes_a_case() { provider.manifest().id } else { action.id };
            let kind = if action.makes_a_case() { "create" } else { "act" };
            let file = shell.path().join(format!("man1/casedesk-{kind}-{name}.1"));
            assert!(file.exists(), "{}", file.display());
        }
    }
}

#[test]
fn no_field_is_called_as_a_flag_of_the_command() {
    for action in casedesk::provider::ALL.iter().flat_map(|provider| provider.actions()) {
        for field in action.fields {
            let clash = casedesk::cli::fields::OWN.contains(&field.name);
            assert!(!clash, "{} of {} cannot be given by a flag", field.name, action.id);
        }
    }
}

#[test]
fn who_stops_reading_stops_nothing_else() {
    let shell = Shell::new();
    let ended = shell.unread(&["queue", "6000", "--profile", "sandbox", "--json"]);
    assert_eq!((ended.code, ended.told.as_str()), (Some(0), ""));
}

// ---- finding, tracking, documents

#[test]
fn a_case_is_found_by_its_number_and_by_its_group() {
    let shell = Shell::new();
    let number = first_of(&shell, "6000");
    let found = shell.done(&["find", &number, "--json"]).json();
    assert_eq!(found[0]["number"], json!(number));
    let group = found[0]["group"].as_str().unwrap().to_owned();
    let all = shell.done(&["find", "--group", &group, "--profile", "sandbox", "--json"]).json();
    assert!(all.as_array().unwrap().iter().any(|case| case["number"] == json!(number)), "{all}");
    // A card is asked for by a number that is never among the arguments.
    let cards = shell.fed(&["find", "--card", "-", "--profile", "sandbox", "--json"], CARD);
    assert_eq!(cards.code, Some(0), "{}", cards.told);
    assert!(!cards.out.contains(CARD));
    // Who can be asked says that it has none; of the others nothing is said.
    let none = shell.runs(&["find", "2600499999", "--json"]);
    assert_eq!((none.code, none.out.as_str(), none.told.as_str()), (Some(0), "[]\n", ""));
    assert_eq!(shell.runs(&["find", " "]).code, Some(2));
}

#[test]
fn what_is_tracked_is_told_line_by_line_with_what_was_refused_and_why() {
    let shell = Shell::new();
    shell.done(&["queue"]);
    let known = first_of(&shell, "action_required");
    let file = shell.path().join("ids.csv");
    fs::write(
        &file,
        format!("merchant,case\nShop,idsp_{}\nShop,nonsense\nShop,\nShop,{known}\n", "a".repeat(26)),
    )
    .unwrap();
    let told = shell.runs(&["track", "checkout", "--import", file.to_str().unwrap(), "--json"]);
    let states: Vec<_> =
        told.json().as_array().unwrap().iter().map(|line| line["state"].as_str().unwrap().to_owned()).collect();
    assert_eq!(states, ["taken", "refused", "refused", "known"], "{}", told.out);
    assert!(
        told.out.contains("no id of an issuing dispute") && told.out.contains("it is empty"),
        "{}",
        told.out
    );
}

#[test]
fn a_document_is_listed_and_saved_once() {
    let shell = Shell::new();
    let case = first_of(&shell, "6000");
    let papers = shell.done(&["doc", "list", &case, "--json"]).json();
    let id = papers[0]["id"].as_str().or(papers[0]["document"].as_str()).unwrap().to_owned();
    let file = shell.path().join("paper");
    let get = ["doc", "get", &case, &id, "-o", file.to_str().unwrap()];
    shell.done(&get);
    let saved = fs::read(&file).unwrap();
    assert!(!saved.is_empty());
    let again = shell.runs(&get);
    assert_eq!(again.code, Some(5), "{}", again.told);
    assert_eq!(fs::read(&file).unwrap(), saved, "nothing is written over");
    let ended = shell.runs(&["doc", "get", &case, &id, "-o", "-"]);
    assert_eq!(ended.code, Some(2), "{}", ended.told);
    assert!(!shell.path().join("-").exists());
}

// ---- what was done, what is configured, what is known

#[test]
fn what_was_done_is_reported_and_exported_and_the_journal_stays_whole() {
    let shell = Shell::new();
    let case = first_of(&shell, "6000");
    shell.done(&["act", "close", &case, "--notes", "Too small.", "--yes"]);
    let report = shell.done(&["report", "--since", "2026-01-01", "--csv"]).out;
    assert!(report.lines().any(|line| line.contains("Close") && line.contains("accepted")), "{report}");
    assert!(!report.contains("journal"), "what the outbox did is counted once: {report}");
    let journal = shell.done(&["journal", "export", "--json"]).json();
    let events: Vec<_> = journal.as_array().unwrap().iter().map(|line| line["event"].clone()).collect();
    assert_eq!(events, ["queued", "accepted"]);
    assert!(shell.done(&["journal", "verify"]).out.contains("2 records"));
}

#[test]
fn every_profile_is_tried_and_a_configuration_for_every_provider_is_written_once() {
    let shell = Shell::new();
    let tried = shell.done(&["check", "--json"]).json();
    assert_eq!(tried.as_array().unwrap().len(), casedesk::provider::ALL.len());
    let printed = shell.runs_bare(&["init", "--stdout"]);
    assert_eq!(printed.code, Some(0));
    for provider in casedesk::provider::ALL {
        assert!(
            printed.out.contains(&format!("# provider = \"{}\"", provider.manifest().id)),
            "{}",
            printed.out
        );
    }
    for word in ["account.prefix", "organization.id", "org.uuid"] {
        assert!(printed.out.contains(word), "{word}");
    }
    assert_eq!(shell.runs_bare(&["init"]).code, Some(0));
    let again = shell.runs_bare(&["init"]);
    assert_eq!(again.code, Some(2), "{}", again.out);
}

#[test]
fn a_reason_code_is_explained_with_its_candidates() {
    let shell = Shell::new();
    let visa = shell.runs_bare(&["reason", "13.1", "--network", "visa"]);
    assert_eq!(visa.code, Some(0));
    assert!(visa.out.starts_with("Visa 13.1"), "{}", visa.out);
    let several = shell.runs_bare(&["reason", "57", "--json"]).json();
    assert!(several.as_array().unwrap().len() > 1, "{several}");
    let unknown = shell.runs_bare(&["reason", "no such code"]);
    assert!(
        unknown.out.is_empty() && unknown.told.contains("no such code"),
        "{} {}",
        unknown.out,
        unknown.told
    );
}
