//! What becomes of a submission on its way: sent once and proven, lost and found, lost for good and decided by a person,
//! stopped, paused, waiting, and all of it over full disks, dead networks and second terminals. The stand-in's own record
//! of what had an effect is the judge.

mod sender;

use casedesk::{
    action::{
        Draft, Entered, Offer, Settling, State,
        life::{self, Grounds, Terms},
        offer,
    },
    case::{
        Settings,
        moment::{MINUTE, SECOND},
    },
    cli,
    desk::{
        Profile, Realm,
        words::{Decision, Effect, Errand, Event, PaperId, Submission, Told, Undone},
    },
    http::Secret,
    provider::{Provider, checkout::Checkout, nets::Nets},
    run::{
        Heard,
        outbox::{lock, points::Point, traffic::Traffic},
    },
    sandbox::{Action, Trouble},
    text::{Raw, SafeText, own},
};
use sender::{Program, SANDBOX, World};

/// How often the stand-in did what was asked.
fn effects(world: &World) -> usize {
    world.done().len()
}

#[test]
fn a_submission_is_sent_once_and_the_case_leaves_its_queue() {
    let world = World::of(80);
    let mut ann = world.program();
    let case = ann.reads("6000").cases("6000").remove(0);
    let draft = ann.draft("submit", &case, "all papers are here");
    let id = ann.submits(&draft).unwrap();
    assert_eq!(ann.state(&id), State::Accepted);
    let written = world.served.written();
    assert_eq!(written.len(), 1);
    assert_eq!((written[0].case.as_str(), written[0].action), (case.id.number.exact(), "SUBMIT"));
    // It was read anew: the history has our note, and the queues know.
    assert_eq!(ann.case(&case.id).queue.exact(), "7000");
    assert!(ann.cases("6000").iter().all(|other| other.id != case.id));
    assert!(ann.case(&case.id).history.iter().any(|line| line.what.exact().contains("all papers are here")));
    // Only now the draft is gone.
    assert_eq!(ann.store.draft(&draft.id).unwrap(), None);
    assert_eq!(ann.journal(&case.id), ["queued", "accepted"]);
}

#[test]
fn every_verb_of_an_update_is_accepted_where_it_fits() {
    let world = World::of(80);
    let mut ann = world.program();
    for (queue, action, to) in [
        ("6000", "submit", "7000"),
        ("5000", "reject", "4000"),
        ("1000", "close", "4000"),
        ("4000", "acknowledge", ""),
    ] {
        let case = ann.reads(queue).cases(queue).remove(0);
        let id = ann.submits(&ann.draft(action, &case, "")).unwrap();
        assert_eq!(ann.state(&id), State::Accepted, "{action}");
        let now = ann.case(&case.id);
        assert!(to.is_empty() || now.queue.exact() == to, "{action}: {:?}", now.queue);
        assert_ne!(now.status, case.status, "{action}");
    }
    assert_eq!(effects(&world), 4);
}

#[test]
fn a_dispute_is_created_with_its_card_number_sealed_and_two_files() {
    let world = World::of(20);
    let mut ann = world.program();
    let mut draft = ann.draft("create", &ann.store.case(&first(&mut world.program())).unwrap().unwrap().0, "");
    (draft.case, draft.base) = (None, None);
    for (address, value) in [
        ("acqReferenceData", "74550236315282316642233"),
        ("transactionAmount", "149.50"),
        ("transactionCurrency", "NOK"),
        ("transactionDate", "yesterday"),
        ("merchantName", "Fjordvarer AS"),
        ("cardSchemeFraudReasonCode", "10.4"),
        ("cardBlocked", "Y"),
        ("notes", "the cardholder has the card"),
    ] {
        draft.values.set_text(address, value);
    }
    let mut attached = Vec::new();
    for (name, bytes) in [("letter.txt", b"I did not buy this".as_slice()), ("scan.pdf", b"%PDF-1.7\n%%EOF\n")]
    {
        std::fs::write(world.home.path().join(name), bytes).unwrap();
        let attach = Effect::Attach {
            draft: draft.id.clone(),
            field: "documents".into(),
            folder: Raw::default(),
            name: Raw::new(name),
        };
        let Event::Attached { answer: Ok(file), .. } = ann.carries_out(attach) else { panic!() };
        attached.push(file);
        // What is sent is what was attached, whatever becomes of the file.
        std::fs::write(world.home.path().join(name), b"changed since").unwrap();
    }
    draft.values.set("documents", Entered::Files(attached));
    let card = ("cardNumber".to_owned(), Secret::new("4111111111111111"));
    let submission = Submission { draft: draft.clone(), version: 0, cards: vec![card.clone()], forced: false };
    let id = ann.submits_all_of(submission.clone()).unwrap();
    let entry = ann.entry(&id);
    assert_eq!(entry.life.state, State::Accepted, "{entry:?}");
    let written = world.served.written();
    assert_eq!(written.len(), 1);
    assert_eq!(written[0].key.as_deref(), Some(id.as_str()), "the entry's id is the key");
    assert_eq!(entry.remote.exact(), written[0].case);
    let made = casedesk::case::CaseId { profile: sender::SANDBOX.into(), number: entry.remote.clone() };
    let case = ann.case(&made);
    assert_eq!(case.arn.exact(), "74550236315282316642233");
    assert_eq!(case.amount.unwrap().to_string(), "149.50 NOK");
    assert_eq!(case.documents.len(), 2);
    for (document, bytes) in case.documents.iter().zip([b"I did not buy this".as_slice(), b"%PDF-1.7\n%%EOF\n"])
    {
        let save =
            Effect::Save { paper: PaperId::of_case(made.clone(), document.id.clone()), to: "out".into() };
        std::fs::create_dir_all(world.home.path().join("out")).unwrap();
        assert!(matches!(ann.carries_out(save), Event::News(_)));
        let saved = std::fs::read_dir(world.home.path().join("out")).unwrap().next().unwrap().unwrap().path();
        assert_eq!(std::fs::read(&saved).unwrap(), bytes);
        std::fs::remove_file(saved).unwrap();
    }
    // The same again is not made a second time.
    let again = Submission {
        draft: Draft { id: casedesk::seal::new_id(world.clock.now()).unwrap(), ..draft },
        ..submission
    };
    let refused = ann.submits_all_of(again).unwrap_err();
    let says = format!("accepted already at 2026-11-22 08:00, and made {}; the same", entry.remote.exact());
    assert!(refused.says.as_str().contains(&says), "{}", refused.says);
    assert_eq!(effects(&world), 1);
    // The card number stands nowhere on the disk.
    for file in ["casedesk.db", "casedesk.db-wal"] {
        let bytes = std::fs::read(world.home.path().join("store").join(file)).unwrap_or_default();
        assert!(!bytes.windows(16).any(|part| part == b"4111111111111111"), "{file}");
    }
}

/// The id of any case, read by a program of its own.
fn first(program: &mut Program<'_>) -> casedesk::case::CaseId {
    program.reads("6000").cases("6000").remove(0).id
}

#[test]
fn what_does_not_fit_is_not_queued_unless_it_is_forced() {
    let world = World::of(80);
    let mut ann = world.program();
    let case = ann.reads("7000").cases("7000").remove(0);
    let draft = ann.draft("submit", &case, "");
    let refused = ann.submits(&draft).unwrap_err();
    assert!(refused.says.as_str().contains("this one is in 7000"), "{}", refused.says);
    assert_eq!(world.served.troubles.count("PUT "), 0);
    let forced = Submission { draft: draft.clone(), version: 0, cards: Vec::new(), forced: true };
    let id = ann.submits_all_of(forced).unwrap();
    // The provider refuses it, in words, and the draft is the analyst's again.
    let entry = ann.entry(&id);
    assert_eq!(entry.life.state, State::Rejected);
    assert_eq!(entry.tries[0].status, Some(422));
    assert_eq!(entry.tries[0].members[0].0.exact(), "action");
    assert!(ann.store.draft(&draft.id).unwrap().is_some());
    assert_eq!(effects(&world), 0);
    let entries = ann.store.journal_of(&case.id).unwrap();
    assert!(entries.iter().any(|entry| entry.detail.exact().contains("forced although it does not fit")));
}

#[test]
fn an_answer_that_is_lost_is_settled_by_reading_back() {
    let world = World::of(80);
    let mut ann = world.program();
    let case = ann.reads("6000").cases("6000").remove(0);
    world.served.troubles.next(1, "PUT ", Trouble::LoseAnswer);
    let id = ann.submits(&ann.draft("submit", &case, "sent with care")).unwrap();
    assert_eq!(ann.state(&id), State::Unknown);
    assert_eq!(effects(&world), 1);
    // Not before its time, and then by reading only.
    ann.waits(20 * SECOND);
    assert_eq!(ann.state(&id), State::Unknown);
    ann.waits(15 * SECOND);
    let entry = ann.entry(&id);
    assert_eq!(entry.life.state, State::Accepted, "{:?}", entry.looks);
    assert_eq!((entry.tries.len(), entry.looks.len()), (1, 1));
    assert_eq!(effects(&world), 1);
    assert_eq!(ann.case(&case.id).queue.exact(), "7000");
}

#[test]
fn an_answer_that_is_lost_for_good_is_settled_by_a_person_after_the_quiet_time() {
    let world = World::of(80);
    let mut ann = world.program();
    let case = ann.reads("6000").cases("6000").remove(0);
    // The request never arrives, and nobody can know that here.
    world.served.troubles.next(1, "PUT ", Trouble::Drop);
    let id = ann.submits(&ann.draft("submit", &case, "did it arrive?")).unwrap();
    assert_eq!(ann.state(&id), State::Unknown);
    let decide = |decision: Decision| Effect::Decide {
        entry: id.clone(),
        decision,
        why: Raw::new("Kari at Nets, by phone"),
    };
    ann.waits(2 * MINUTE);
    // Too early: a copy may still be on its way.
    let told = ann.carries_out(decide(Decision::SendAgain(Grounds::Looked)));
    assert!(matches!(&told, Event::Trouble(_, why) if why.as_str().contains("not decided")), "{told:?}");
    assert_eq!(effects(&world), 0);
    for _ in 0..6 {
        ann.waits(16 * MINUTE);
    }
    assert_eq!(ann.state(&id), State::Person, "{:?}", ann.entry(&id).looks);
    assert_eq!(effects(&world), 0, "nothing was sent again by itself");
    let told = ann.carries_out(decide(Decision::SendAgain(Grounds::Looked)));
    assert!(matches!(told, Event::News(_)), "{told:?}");
    let entry = ann.entry(&id);
    assert_eq!(entry.life.state, State::Accepted, "{entry:?}");
    assert_eq!(entry.decided_by.exact(), "ann");
    assert!(entry.decided_why.exact().contains("Kari"));
    assert_eq!(effects(&world), 1);
}

#[test]
fn a_person_who_found_it_ends_the_search_at_once() {
    let world = World::of(80);
    let mut ann = world.program();
    let case = ann.reads("6000").cases("6000").remove(0);
    world.served.troubles.next(1, "PUT ", Trouble::LoseAnswer);
    let draft = ann.draft("submit", &case, "");
    let id = ann.submits(&draft).unwrap();
    let decide = Effect::Decide {
        entry: id.clone(),
        decision: Decision::There(Raw::default()),
        why: Raw::new("seen in the portal"),
    };
    assert!(matches!(ann.carries_out(decide), Event::News(_)));
    assert_eq!(ann.state(&id), State::Accepted);
    assert_eq!(ann.store.draft(&draft.id).unwrap(), None);
    assert_eq!(effects(&world), 1);
}

#[test]
fn a_case_that_moved_since_the_form_was_opened_is_not_written_to() {
    let world = World::of(80);
    let mut ann = world.program();
    let case = ann.reads("6000").cases("6000").remove(0);
    let draft = ann.draft("submit", &case, "the last word");
    world.served.colleague(case.id.number.exact(), Action::Close).unwrap();
    let id = ann.submits(&draft).unwrap();
    let entry = ann.entry(&id);
    assert_eq!((entry.life.state, entry.life.words()), (State::Cancelled, "stopped, unsent"));
    assert!(entry.why.exact().contains("queue 6000 -> 4000"), "{:?}", entry.why);
    assert_eq!(entry.tries.len(), 0);
    assert_eq!(world.served.troubles.count("PUT "), 0);
    // The draft is there, and what the case is now, too.
    assert_eq!(ann.store.draft(&draft.id).unwrap().unwrap().0.values.text("notes"), "the last word");
    assert_eq!(ann.case(&case.id).queue.exact(), "4000");
}

#[test]
fn a_dead_network_keeps_what_is_queued_until_it_is_back() {
    let world = World::of(80);
    let mut ann = world.program();
    let case = ann.reads("6000").cases("6000").remove(0);
    world.served.troubles.always("", Trouble::Drop);
    let id = ann.submits(&ann.draft("submit", &case, "patience")).unwrap();
    let entry = ann.entry(&id);
    assert_eq!(entry.life.state, State::Queued);
    assert_eq!(entry.tries.len(), 0);
    assert!(entry.why.exact().contains("waits"), "{:?}", entry.why);
    assert_eq!(world.served.troubles.count("PUT "), 0);
    world.served.troubles.clear();
    // Nobody has to say that it is back.
    ann.sleeps_until(MINUTE, &id, State::Accepted);
    assert_eq!(effects(&world), 1);
}

#[test]
fn what_waits_of_our_own_accord_is_tried_when_somebody_says_so() {
    let world = World::of(80);
    let mut ann = world.program();
    let case = ann.reads("6000").cases("6000").remove(0);
    world.served.troubles.always("", Trouble::Drop);
    let id = ann.submits(&ann.draft("submit", &case, "")).unwrap();
    world.served.troubles.clear();
    assert_eq!(ann.carries_out(Effect::SendNow), Event::SentNow);
    assert_eq!(ann.state(&id), State::Accepted);
}

#[test]
fn what_was_left_in_the_middle_is_looked_at_before_anything_else_even_on_a_slow_disk() {
    let world = World::of(80);
    let mut ann = world.program();
    let case = ann.reads("6000").cases("6000").remove(0);
    world.served.troubles.next(1, "PUT ", Trouble::AfterEffect(Box::new(Trouble::Hold)));
    let submission = Submission {
        draft: ann.draft("submit", &case, "on its way"),
        version: 0,
        cards: Vec::new(),
        forced: false,
    };
    ann.begins(Effect::Submit(Box::new(submission))).until_seen("PUT ", 1);
    let id = ann.store.live_entries().unwrap().remove(0).id;
    drop(ann);
    world.served.troubles.clear();
    // Another program writes for longer than the store waits.
    let file = casedesk::store::database(&world.home.path().join("store"));
    let other = rusqlite::Connection::open(file).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let mut bob = world.program();
    assert_eq!(bob.state(&id), State::Sending);
    other.execute_batch("COMMIT").unwrap();
    bob.sleeps_until(6 * SECOND, &id, State::Unknown);
    bob.sleeps_until(40 * SECOND, &id, State::Accepted);
    assert_eq!(effects(&world), 1);
}

#[test]
fn sending_without_a_screen_waits_for_its_own_answer() {
    let world = World::of(80);
    let mut ann = world.program();
    let case = ann.reads("6000").cases("6000").remove(0);
    world.served.troubles.always("", Trouble::Drop);
    let id = ann.submits(&ann.draft("submit", &case, "")).unwrap();
    drop(ann);
    world.served.troubles.clear();
    let store = world.store();
    let (network, channel, heard) = world.network(&store, Traffic::default());
    let (at, other) = (world.clock.now(), Event::News(own("something else was done")));
    channel.send(Heard::Desk(Told { at, what: other })).unwrap();
    let mut out = Vec::new();
    let code =
        cli::outbox::send(&network, &heard, &store, (&profiles(), &Traffic::default()), &mut out).unwrap();
    let out = String::from_utf8(out).unwrap();
    assert_eq!(code, cli::outbox::DONE, "{out}");
    assert!(out.contains("accepted"), "{out}");
    assert_eq!(store.entry(&id).unwrap().unwrap().life.state, State::Accepted);
}

/// What the command line knows of the profile.
fn profiles() -> [Profile; 1] {
    let (actions, settings) = (Nets.actions(), Settings::of(SANDBOX));
    [Profile {
        name: SANDBOX.to_owned(),
        provider: "Nets",
        realm: Realm::Sandbox,
        queues: Vec::new(),
        actions,
        settings,
    }]
}

/// Sends without a screen; its exit code and what it says.
fn sends(world: &World) -> (u8, String) {
    let (store, traffic, mut out) = (world.store(), Traffic::default(), Vec::new());
    let (network, _, heard) = world.network(&store, traffic.clone());
    let code = cli::outbox::send(&network, &heard, &store, (&profiles(), &traffic), &mut out).unwrap();
    (code, String::from_utf8(out).unwrap())
}

#[test]
fn sending_without_a_screen_says_of_each_that_waits_why_it_does() {
    let world = World::of(80);
    assert_eq!(sends(&world), (cli::outbox::DONE, "nothing waits to be sent\n".to_owned()));
    let mut ann = world.program();
    let cases = ann.reads("6000").cases("6000");
    world.served.troubles.always("", Trouble::Drop);
    for case in &cases[..2] {
        ann.submits(&ann.draft("submit", case, "")).unwrap();
    }
    drop(ann);
    for trouble in [Trouble::Drop, Trouble::Unauthorised, Trouble::Forbidden] {
        world.served.troubles.clear();
        world.served.troubles.always("", trouble.clone());
        let (code, said) = sends(&world);
        assert_eq!(code, cli::outbox::NOTHING_SENT, "{trouble:?}: {said}");
        for case in &cases[..2] {
            let line = format!("Submit of {} still waits: ", case.id.number.exact());
            assert!(said.contains(&line), "{trouble:?}: {said}");
        }
        let why = match trouble {
            Trouble::Drop => "no connection",
            _ => "the credentials were not accepted",
        };
        assert_eq!(said.matches(why).count(), 2, "{said}");
    }
    // One leaves, the provider asks for a pause, and the other one waits.
    world.served.troubles.clear();
    world.served.troubles.next(1, "PUT ", Trouble::Slow(std::time::Duration::ZERO));
    world.served.troubles.always("PUT ", Trouble::TooFast(Some(90)));
    let (code, said) = sends(&world);
    assert_eq!(code, cli::outbox::QUEUED, "{said}");
    assert!(
        said.contains("still waits: the provider asked to wait; not tried before 2026-11-22 08:01:30"),
        "{said}"
    );
    world.served.troubles.clear();
    world.passes(2 * MINUTE);
    assert_eq!(sends(&world).0, cli::outbox::DONE);
}

#[test]
fn an_empty_outbox_is_a_good_end_also_while_another_one_sends() {
    let world = World::of(80);
    let _ann = world.program();
    assert_eq!(sends(&world), (cli::outbox::DONE, "nothing waits to be sent\n".to_owned()));
}

#[test]
fn a_pause_that_the_provider_asked_for_is_kept_whoever_is_in_a_hurry() {
    let world = World::of(80);
    let mut ann = world.program();
    let cases = ann.reads("6000").cases("6000");
    world.served.troubles.next(1, "PUT ", Trouble::TooFast(Some(90)));
    let one = ann.submits(&ann.draft("submit", &cases[0], "")).unwrap();
    // What is queued meanwhile waits for the same reason, and it is there to be said.
    let two = ann.submits(&ann.draft("submit", &cases[1], "")).unwrap();
    let until = world.clock.now().plus(90 * SECOND);
    assert_eq!(ann.traffic.resting(), [(SANDBOX.to_owned(), until, own("the provider asked to wait"))]);
    let kept = own("nothing was tried: the provider asked to wait until 2026-11-22 08:01:30");
    assert_eq!(ann.carries_out(Effect::SendNow), Event::Trouble(Undone::SendNow, kept));
    assert_eq!(world.served.troubles.count("PUT "), 1);
    // A copy of one was refused, none of the other left.
    let three = ann.submits(&ann.draft("submit", &cases[2], "")).unwrap();
    let says = own("taken back before it left; the draft is kept");
    assert_eq!(ann.carries_out(Effect::TakeBack(three)), Event::News(says));
    let says = own("taken back; nothing was done at the provider; the draft is kept");
    assert_eq!(ann.carries_out(Effect::TakeBack(one)), Event::News(says));
    ann.waits(91 * SECOND);
    assert_eq!(ann.state(&two), State::Accepted);
    assert_eq!(effects(&world), 1);
    assert_eq!(ann.traffic.resting(), []);
}

#[test]
fn a_pause_that_the_provider_asked_for_outlives_the_program() {
    let world = World::of(80);
    let mut ann = world.program();
    let cases = ann.reads("6000").cases("6000");
    world.served.troubles.next(1, "PUT ", Trouble::TooFast(Some(90)));
    let one = ann.submits(&ann.draft("submit", &cases[0], "")).unwrap();
    let two = ann.submits(&ann.draft("submit", &cases[1], "")).unwrap();
    drop(ann);
    world.passes(30 * SECOND);
    // It is another program that waits for the rest of it, also where somebody is in a hurry.
    let mut bob = world.program();
    let until = world.clock.now().plus(60 * SECOND);
    assert_eq!(bob.traffic.resting(), [(SANDBOX.to_owned(), until, own("the provider asked to wait"))]);
    let told = bob.carries_out(Effect::SendNow);
    assert!(
        matches!(&told, Event::Trouble(_, why) if why.as_str().contains("2026-11-22 08:01:30")),
        "{told:?}"
    );
    assert_eq!((bob.state(&two), world.served.troubles.count("PUT ")), (State::Queued, 1));
    drop(bob);
    world.passes(59 * SECOND);
    let mut carl = world.program();
    assert_eq!((carl.state(&two), world.served.troubles.count("PUT ")), (State::Queued, 1));
    carl.sleeps_until(SECOND, &two, State::Accepted);
    carl.sleeps_until(0, &one, State::Accepted);
    assert_eq!(carl.traffic.resting(), []);
    // A clock that was set back since says nothing of how long it is.
    carl.store.keep_pause(SANDBOX, world.clock.now(), world.clock.now().plus(90 * SECOND)).unwrap();
    drop(carl);
    world.passes(-MINUTE);
    assert_eq!(world.program().traffic.resting(), []);
}

#[test]
fn a_pause_of_nothing_is_a_second_and_never_a_loop() {
    let world = World::of(80);
    let mut ann = world.program();
    let cases = ann.reads("6000").cases("6000");
    // Asked for in the answer to a write.
    world.served.troubles.next(1, "PUT ", Trouble::TooFast(Some(0)));
    let one = ann.submits(&ann.draft("submit", &cases[0], "")).unwrap();
    let until = world.clock.now().plus(SECOND);
    let asked = own("the provider asked to wait");
    assert_eq!(ann.traffic.resting(), [(SANDBOX.to_owned(), until, asked.clone())]);
    assert_eq!(world.served.troubles.count("PUT "), 1);
    ann.waits(SECOND - 1);
    assert_eq!((ann.state(&one), world.served.troubles.count("PUT ")), (State::Queued, 1));
    ann.waits(1);
    assert_eq!((ann.state(&one), world.served.troubles.count("PUT ")), (State::Accepted, 2));
    // In the answer to the question before it.
    world.served.troubles.always("/disputes ", Trouble::TooFast(Some(0)));
    let two = ann.submits(&ann.draft("submit", &cases[1], "")).unwrap();
    let until = world.clock.now().plus(SECOND);
    assert_eq!(ann.traffic.resting(), [(SANDBOX.to_owned(), until, asked)]);
    world.served.troubles.clear();
    ann.waits(SECOND);
    assert_eq!(ann.state(&two), State::Accepted);
}

#[test]
fn where_something_is_seen_that_may_be_it_no_second_copy_leaves() {
    for (moved, copies, ends) in [(true, 1, State::Person), (false, 2, State::Accepted)] {
        let world = World::of(5);
        world.introduces("checkout");
        let mut ann = world.program_at("checkout");
        let errand = Errand::Queue { profile: "checkout".into(), queue: "created".into() };
        assert!(matches!(ann.carries_out(Effect::Ask(errand)), Event::Asked { answer: Ok(_), .. }));
        let cancel = Checkout.actions().iter().find(|action| action.id == "cancel").unwrap();
        let ids = ann.store.registered("checkout", &"processing".into()).unwrap();
        let mut cases = ids.iter().map(|id| ann.case(id));
        let case = cases.find(|case| offer(cancel, Some(case)) == Offer::Fits).unwrap();
        // The copy never arrives; a second one under its key would be harmless, as long as nothing else happened.
        world.served.troubles.next(1, "/cancel ", Trouble::Drop);
        let draft = Draft { profile: "checkout".into(), ..ann.draft("cancel", &case, "") };
        let id = ann.submits(&draft).unwrap();
        assert_eq!(ann.state(&id), State::Unknown);
        if moved {
            let mut told: serde_json::Value = serde_json::from_str(case.raw.exact()).unwrap();
            told["status"] = "won".into();
            let told = Trouble::Says(200, "application/json", told.to_string().into_bytes());
            world.served.troubles.always(&format!("{} ", case.id.number.exact()), told);
        }
        for _ in 0..8 {
            ann.waits(16 * MINUTE);
        }
        let entry = ann.entry(&id);
        assert_eq!((entry.life.state, world.served.troubles.count("/cancel ")), (ends, copies), "{entry:?}");
        let unsure = entry.looks.iter().filter(|look| look.says.exact().starts_with("read back, and not sure"));
        assert_eq!(unsure.count() > 0, moved, "{:?}", entry.looks);
    }
}

#[test]
fn what_is_stopped_because_its_case_moved_is_not_a_good_end_without_a_screen() {
    let world = World::of(80);
    let mut ann = world.program();
    let case = ann.reads("6000").cases("6000").remove(0);
    world.served.troubles.always("", Trouble::Drop);
    ann.submits(&ann.draft("submit", &case, "")).unwrap();
    drop(ann);
    world.served.troubles.clear();
    world.served.colleague(case.id.number.exact(), Action::Close).unwrap();
    let store = world.store();
    let (network, _, heard) = world.network(&store, Traffic::default());
    let mut out = Vec::new();
    let code =
        cli::outbox::send(&network, &heard, &store, (&profiles(), &Traffic::default()), &mut out).unwrap();
    let out = String::from_utf8(out).unwrap();
    assert!(out.contains("not sent: the case moved"), "{out}");
    assert_eq!(code, cli::outbox::REFUSED, "{out}");
}

#[test]
fn a_claim_whose_end_was_never_written_down_is_looked_at_without_a_new_start() {
    let world = World::of(80);
    let mut ann = world.program();
    let case = ann.reads("6000").cases("6000").remove(0);
    world.served.troubles.always("", Trouble::Drop);
    let id = ann.submits(&ann.draft("submit", &case, "")).unwrap();
    world.served.troubles.clear();
    let queued = ann.entry(&id);
    let claimed = life::claim(queued.life, world.clock.stamp(), Terms::of(Settling::Nobody)).unwrap();
    ann.store.claim(&id, queued.version, &claimed, world.clock.now()).unwrap().unwrap();
    ann.poked();
    let entry = ann.entry(&id);
    assert_eq!(entry.life.state, State::Unknown);
    assert!(entry.tries.iter().all(|tried| tried.ended_at.is_some() && !tried.says.is_empty()), "{entry:?}");
    assert_eq!(ann.journal(&case.id), ["queued", "recovered"]);
    // A copy may have left: it is looked for, and never sent again by itself.
    for _ in 0..12 {
        ann.waits(5 * MINUTE);
    }
    assert_eq!(ann.state(&id), State::Person);
    assert_eq!(effects(&world), 0);
}

#[test]
fn a_hundred_are_queued_and_the_token_dies_and_the_credentials_are_refused() {
    let world = World::of(700);
    let mut ann = world.program();
    let tomorrow = world.clock.now().plus(1440 * MINUTE);
    let mut cases = ann.reads("6000").cases("6000");
    // Of each the deadline has passed already, or is still to come when all is done.
    cases.retain(|case| {
        case.deadline.as_ref().is_none_or(|due| due.at < world.clock.now() || due.at > tomorrow)
    });
    assert!(cases.len() >= 100, "{}", cases.len());
    // Everything waits while the provider is away.
    world.served.troubles.always("", Trouble::Drop);
    let ids: Vec<_> =
        cases[..100].iter().map(|case| ann.submits(&ann.draft("submit", case, "")).unwrap()).collect();
    world.served.troubles.clear();
    // The token dies in the middle: one fresh one, and it goes on. Then the credentials are refused for good.
    world.served.troubles.next(1, "PUT ", Trouble::ExpireTokens);
    world.served.troubles.next(39, "PUT ", Trouble::Slow(std::time::Duration::ZERO));
    world.served.troubles.always("PUT ", Trouble::Unauthorised);
    ann.waits(20 * MINUTE);
    let states = |ann: &Program<'_>, state: State| ids.iter().filter(|id| ann.state(id) == state).count();
    assert_eq!((states(&ann, State::Accepted), states(&ann, State::Queued)), (39, 61));
    assert_eq!(ann.traffic.paused().len(), 1, "the profile is paused, once");
    let puts = world.served.troubles.count("PUT ");
    assert_eq!(puts, 40 + 2, "refused, tried with a fresh token, and then no more");
    ann.waits(60 * MINUTE);
    assert_eq!(world.served.troubles.count("PUT "), puts);
    // Somebody mends the credentials and says so.
    world.served.troubles.clear();
    assert_eq!(ann.carries_out(Effect::SendNow), Event::SentNow);
    for id in &ids {
        let entry = ann.entry(id);
        assert_eq!(entry.life.state, State::Accepted, "{:?}", entry.why);
    }
    assert_eq!(effects(&world), 100);
}

#[test]
fn a_provider_that_asks_for_a_slower_pace_is_given_it() {
    let world = World::of(80);
    let mut ann = world.program();
    let cases = ann.reads("6000").cases("6000");
    world.served.troubles.next(1, "PUT ", Trouble::TooFast(Some(60)));
    let one = ann.submits(&ann.draft("submit", &cases[0], "")).unwrap();
    let two = ann.submits(&ann.draft("submit", &cases[1], "")).unwrap();
    assert_eq!((ann.state(&one), ann.state(&two)), (State::Queued, State::Queued));
    ann.waits(59 * SECOND);
    assert_eq!(effects(&world), 0);
    ann.waits(2 * SECOND);
    assert_eq!((ann.state(&one), ann.state(&two)), (State::Accepted, State::Accepted));
    assert_eq!(effects(&world), 2);
}

#[test]
fn a_deadline_that_passes_while_it_waits_is_asked_about() {
    let world = World::of(200);
    let mut ann = world.program();
    let now = world.clock.now();
    let cases = ann.reads("6000").cases("6000");
    let due = |case: &casedesk::case::Case| case.deadline.as_ref().map(|deadline| deadline.at);
    let case = cases.into_iter().find(|case| due(case).is_some_and(|due| due > now.plus(MINUTE))).unwrap();
    world.served.troubles.always("", Trouble::Drop);
    let id = ann.submits(&ann.draft("submit", &case, "in time?")).unwrap();
    world.served.troubles.clear();
    ann.waits(due(&case).unwrap().since(now) + SECOND);
    let entry = ann.entry(&id);
    assert_eq!(entry.life.state, State::Person, "{entry:?}");
    assert!(entry.why.exact().contains("deadline"), "{:?}", entry.why);
    assert_eq!(effects(&world), 0);
    // A person saw that it is late and wants it sent.
    let decide = Effect::Decide {
        entry: id.clone(),
        decision: Decision::SendAgain(Grounds::Looked),
        why: Raw::new("Nets takes it until noon, says Kari"),
    };
    assert!(matches!(ann.carries_out(decide), Event::News(_)));
    assert_eq!(ann.state(&id), State::Accepted);
}

#[test]
fn nothing_is_sent_that_the_disk_did_not_take_and_nothing_is_lost() {
    let world = World::of(80);
    let mut ann = world.program();
    let cases = ann.reads("6000").cases("6000");
    // At the intent: not queued, and nothing of it is anywhere.
    ann.disk_is_full_at(Some(Point::Queueing));
    let refused = ann.submits(&ann.draft("submit", &cases[0], "")).unwrap_err();
    assert!(refused.says.as_str().contains("disk is full"), "{}", refused.says);
    assert_eq!(ann.store.live_entries().unwrap().len(), 0);
    // At the claim: queued, nothing sent.
    ann.disk_is_full_at(Some(Point::Claiming));
    let id = ann.submits(&ann.draft("submit", &cases[0], "")).unwrap();
    assert_eq!(ann.state(&id), State::Queued);
    assert_eq!(effects(&world), 0);
    ann.disk_is_full_at(None);
    ann.waits(10 * SECOND);
    assert_eq!(ann.state(&id), State::Accepted);
    // At the outcome: sent, told, and written down as soon as there is room.
    ann.disk_is_full_at(Some(Point::Recording));
    let id = ann.submits(&ann.draft("submit", &cases[1], "")).unwrap();
    assert_eq!(ann.state(&id), State::Sending);
    assert!(ann.told.last().unwrap().says.as_str().contains("could not be written down"));
    ann.waits(10 * SECOND);
    assert_eq!(ann.state(&id), State::Sending);
    ann.disk_is_full_at(None);
    ann.waits(10 * SECOND);
    assert_eq!(ann.state(&id), State::Accepted);
    assert_eq!(effects(&world), 2);
}

#[test]
fn a_program_that_ends_while_it_sends_is_followed_by_one_that_finds_out() {
    let world = World::of(80);
    let mut ann = world.program();
    let case = ann.reads("6000").cases("6000").remove(0);
    world.served.troubles.next(1, "PUT ", Trouble::Hold);
    let draft = ann.draft("submit", &case, "held in the air");
    let submission = Submission { draft, version: 0, cards: Vec::new(), forced: false };
    ann.begins(Effect::Submit(Box::new(submission))).until_seen("PUT ", 1);
    let id = ann.store.live_entries().unwrap().remove(0).id;
    assert_eq!(ann.state(&id), State::Sending);
    drop(ann);
    world.served.troubles.clear();
    let mut bob = world.program();
    assert_eq!(bob.state(&id), State::Unknown);
    assert!(bob.told[0].says.as_str().contains("casedesk ended while it was being sent"));
    bob.waits(40 * SECOND);
    assert!(matches!(bob.state(&id), State::Accepted | State::Unknown));
    for _ in 0..8 {
        bob.waits(16 * MINUTE);
    }
    assert!(effects(&world) <= 1);
    let expected = if effects(&world) == 1 { State::Accepted } else { State::Person };
    assert_eq!(bob.state(&id), expected);
}

#[test]
fn of_two_programs_on_one_store_one_sends_and_the_other_takes_over_when_it_is_gone() {
    let world = World::of(80);
    let mut ann = world.program();
    let cases = ann.reads("6000").cases("6000");
    let mut bob = world.program();
    assert!(bob.traffic.is_elsewhere() && !ann.traffic.is_elsewhere());
    // Bob queues; Ann's program sends it.
    let one = bob.submits(&bob.draft("submit", &cases[0], "from bob")).unwrap();
    assert_eq!(bob.state(&one), State::Queued);
    ann.poked();
    assert_eq!(bob.state(&one), State::Accepted);
    // The same case a second time, from the other terminal.
    world.served.troubles.next(1, "PUT ", Trouble::LoseAnswer);
    let two = ann.submits(&ann.draft("submit", &cases[1], "from ann")).unwrap();
    assert_eq!(ann.state(&two), State::Unknown);
    let refused = bob.submits(&bob.draft("close", &cases[1], "from bob")).unwrap_err();
    assert!(refused.says.as_str().contains("already on its way"), "{}", refused.says);
    // Ann's program ends; Bob's goes on where it stopped.
    drop(ann);
    while bob.traffic.is_elsewhere() {
        bob.poked();
    }
    bob.waits(40 * SECOND);
    assert_eq!(bob.state(&two), State::Accepted);
    assert_eq!(effects(&world), 2);
}

#[test]
fn where_the_right_to_send_cannot_be_had_it_is_said_and_tried_again_when_somebody_asks() {
    let world = World::of(80);
    let lock = world.dir().join(casedesk::run::outbox::lock::FILE);
    drop(world.program());
    std::fs::remove_file(&lock).unwrap();
    std::fs::create_dir(&lock).unwrap();
    let mut ann = world.program();
    let case = ann.reads("6000").cases("6000").remove(0);
    let id = ann.submits(&ann.draft("submit", &case, "")).unwrap();
    assert_eq!(ann.state(&id), State::Queued);
    assert!(!ann.traffic.is_elsewhere());
    let says = |why: &SafeText| why.as_str().contains("outbox.lock cannot be used");
    assert!(ann.traffic.paused().iter().any(|(_, why)| says(why)));
    let told = ann.carries_out(Effect::SendNow);
    assert!(matches!(&told, Event::Trouble(_, why) if says(why)), "{told:?}");
    // Mended, and said so.
    std::fs::remove_dir(&lock).unwrap();
    assert_eq!(ann.carries_out(Effect::SendNow), Event::SentNow);
    assert_eq!(ann.state(&id), State::Accepted);
    assert_eq!(ann.traffic.paused(), []);
}

#[test]
fn where_the_right_to_send_comes_after_all_nothing_is_paused_for_want_of_it_any_more() {
    let world = World::of(80);
    let file = world.dir().join(lock::FILE);
    drop(world.program());
    std::fs::remove_file(&file).unwrap();
    std::fs::create_dir(&file).unwrap();
    let mut ann = world.program();
    let case = ann.reads("6000").cases("6000").remove(0);
    let id = ann.submits(&ann.draft("submit", &case, "")).unwrap();
    // Mended, and another program was faster.
    std::fs::remove_dir(&file).unwrap();
    let Ok(lock::Turn::Ours(held)) = lock::take(&world.dir()) else { panic!("the lock is not free") };
    let told = ann.carries_out(Effect::SendNow);
    assert!(matches!(&told, Event::Trouble(_, why) if why.as_str().contains("another casedesk")), "{told:?}");
    assert_eq!((ann.traffic.paused(), ann.traffic.is_elsewhere()), (vec![], true));
    drop(held);
    ann.sleeps_until(0, &id, State::Accepted);
    assert_eq!(effects(&world), 1);
}

#[test]
fn what_was_not_sent_yet_is_taken_back() {
    let world = World::of(80);
    let mut ann = world.program();
    let case = ann.reads("6000").cases("6000").remove(0);
    world.served.troubles.always("", Trouble::Drop);
    let draft = ann.draft("submit", &case, "too hasty");
    let id = ann.submits(&draft).unwrap();
    assert!(matches!(ann.carries_out(Effect::TakeBack(id.clone())), Event::News(_)));
    world.served.troubles.clear();
    ann.waits(20 * MINUTE);
    assert_eq!((ann.state(&id), ann.entry(&id).life.words()), (State::Cancelled, "taken back"));
    assert_eq!(effects(&world), 0);
    assert!(ann.store.draft(&draft.id).unwrap().is_some());
    // What has left is not.
    let id = ann.submits(&ann.draft("submit", &case, "")).unwrap();
    let told = ann.carries_out(Effect::TakeBack(id));
    assert!(matches!(&told, Event::Trouble(_, why) if why.as_str().contains("not taken back")), "{told:?}");
}

#[test]
fn an_answer_that_is_not_the_providers_own_proves_nothing() {
    let page = b"<html><title>Blocked by the proxy</title></html>".to_vec();
    for (trouble, expected) in [
        (Trouble::Html, State::Unknown),
        (Trouble::Empty, State::Unknown),
        (Trouble::Malformed, State::Unknown),
        (Trouble::Truncated, State::Unknown),
        (Trouble::Redirect, State::Unknown),
        (Trouble::Broken, State::Unknown),
        (Trouble::Busy(Some(1)), State::Unknown),
        (Trouble::Says(403, "text/html", page.clone()), State::Unknown),
        (Trouble::Says(422, "text/html", page), State::Unknown),
        (Trouble::Says(409, "application/json", br#"{"code":"409","message":"Busy"}"#.to_vec()), State::Person),
        (
            Trouble::Says(422, "application/json", br#"{"errors":{"notes":["Too sad."]}}"#.to_vec()),
            State::Rejected,
        ),
        (Trouble::Says(200, "application/json", br#"{"caseNumber":"999"}"#.to_vec()), State::Unknown),
        (Trouble::Says(202, "application/json", b"{}".to_vec()), State::Unknown),
    ] {
        let world = World::of(20);
        let mut ann = world.program();
        let case = ann.reads("6000").cases("6000").remove(0);
        world.served.troubles.next(1, "PUT", trouble.clone());
        let id = ann.submits(&ann.draft("submit", &case, "")).unwrap();
        assert_eq!(ann.state(&id), expected, "{trouble:?}: {:?}", ann.entry(&id).why);
    }
}
