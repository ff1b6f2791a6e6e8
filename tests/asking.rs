//! What the network thread asks of providers for the desk: a register read one case after another, a document that is
//! refused. What cannot be read keeps nothing else from being read, and nothing is kept that did not come.

mod sender;

use casedesk::{
    case::{CaseId, FaultKind},
    desk::words::{Effect, Errand, Event, PaperId},
    sandbox::Trouble,
    text::Raw,
};
use sender::{Program, World};

const CHECKOUT: &str = "checkout";
const REBILLY: &str = "rebilly";

/// Asks for a queue; how it ended.
fn asks(ann: &mut Program<'_>, profile: &str, queue: &str) -> Result<(), FaultKind> {
    let errand = Errand::Queue { profile: profile.into(), queue: queue.into() };
    match ann.carries_out(Effect::Ask(errand)) {
        Event::Asked { answer, .. } => answer.map(|_| ()).map_err(|fault| fault.kind),
        other => panic!("{other:?}"),
    }
}

fn registered(ann: &Program<'_>, queue: &str) -> Vec<CaseId> {
    ann.store.registered(CHECKOUT, &queue.into()).unwrap()
}

#[test]
fn a_case_that_cannot_be_read_keeps_none_of_the_others_from_being_read() {
    for (trouble, kind) in [
        (Trouble::Malformed, FaultKind::Unreadable),
        (Trouble::Html, FaultKind::Unreadable),
        (Trouble::Broken, FaultKind::Broken),
        (Trouble::Endless, FaultKind::TooLarge),
    ] {
        let world = World::of(5);
        world.introduces(CHECKOUT);
        let mut ann = world.program_at(CHECKOUT);
        let unread = registered(&ann, "");
        assert!(unread.len() > 5);
        // The one that is asked for first.
        let path = format!("{} ", unread[0].number.exact());
        world.served.troubles.always(&path, trouble.clone());
        assert_eq!(asks(&mut ann, CHECKOUT, "created"), Err(kind), "{trouble:?}: it is told");
        assert_eq!(registered(&ann, ""), unread[..1], "{trouble:?}: all the others were read");
        // It was not read whole, and does not say that it was.
        let read_at = |ann: &Program<'_>| {
            let queues = ann.store.queues().unwrap();
            queues.into_iter().find(|line| line.id.id.exact() == "created").unwrap().read_at
        };
        assert_eq!(read_at(&ann), None, "{trouble:?}");
        world.served.troubles.clear();
        assert_eq!(asks(&mut ann, CHECKOUT, "created"), Ok(()), "{trouble:?}");
        assert_eq!((registered(&ann, ""), read_at(&ann)), (vec![], Some(world.clock.now())));
    }
}

#[test]
fn where_nobody_is_let_in_the_rest_of_a_register_is_not_asked_for() {
    let world = World::of(5);
    world.introduces(CHECKOUT);
    let mut ann = world.program_at(CHECKOUT);
    world.served.troubles.always("GET ", Trouble::Forbidden);
    assert_eq!(asks(&mut ann, CHECKOUT, "created"), Err(FaultKind::Forbidden));
    assert_eq!(world.served.troubles.count("GET "), 1);
}

#[test]
fn a_document_that_is_refused_is_told_in_the_providers_words_and_nothing_of_it_is_kept() {
    let world = World::of(5);
    let mut ann = world.program_at(REBILLY);
    asks(&mut ann, REBILLY, "response-needed").unwrap();
    let queue = casedesk::case::QueueId { profile: REBILLY.into(), id: "response-needed".into() };
    let query = casedesk::case::Query {
        place: casedesk::case::Place::Queue(queue),
        filter: Default::default(),
        sort: Default::default(),
    };
    let id = ann.store.window(&query, 0, 1, world.clock.now()).unwrap().rows[0].id.clone();
    let file = Raw::new("file_of_theirs");
    let fetches = |ann: &mut Program<'_>| {
        let fetch = Effect::Fetch { paper: PaperId::of_case(id.clone(), file.clone()), password: None };
        match ann.carries_out(fetch) {
            Event::Document { answer, .. } => answer,
            other => panic!("{other:?}"),
        }
    };
    let problem = |status: u16, detail: &str| {
        let body = format!(r#"{{"status":{status},"title":"No","detail":"{detail}"}}"#);
        Trouble::Says(status, "application/problem+json", body.into_bytes())
    };
    for (status, kind, detail) in [
        (403, FaultKind::Forbidden, "This key may not read files."),
        (404, FaultKind::NotThere, "The file was deleted."),
        (422, FaultKind::Refused, "Still being scanned."),
    ] {
        world.served.troubles.next(1, "/files/", problem(status, detail));
        let fault = fetches(&mut ann).unwrap_err();
        assert_eq!((fault.kind, fault.status), (kind, Some(status)));
        assert!(fault.says.exact().contains(detail), "{fault:?}");
        assert_eq!(ann.store.document(&id, &file).unwrap(), None, "{status}");
        assert_eq!(ann.journal(&id), [""; 0], "{status}");
    }
    // What does come is kept, and stands in the journal.
    world.served.troubles.next(
        1,
        "/files/",
        Trouble::Says(200, "application/pdf", b"%PDF-1.7\n%%EOF\n".to_vec()),
    );
    fetches(&mut ann).unwrap();
    assert_eq!(ann.store.document(&id, &file).unwrap().unwrap().0.bytes, b"%PDF-1.7\n%%EOF\n");
    assert_eq!(ann.journal(&id), ["fetched document"]);
    let asked = world.served.troubles.count("/files/");
    fetches(&mut ann).unwrap();
    assert_eq!(world.served.troubles.count("/files/"), asked, "from here on it is here");
}
