//! A dispute at Rebilly worked at the screen, from its creation to its end and once more. The stand-in's own record of what
//! had an effect is the judge.

mod analyst;

use std::fs;

use analyst::{MORNING, World, moment};
use casedesk::{
    case::moment::DAY,
    sandbox::{self, Trouble},
};

const TRANSACTION: &str = "txn_0YVDTQJ8YWDGQACV2N2N5SPWQ0";

#[test]
fn a_dispute_is_made_answered_with_a_file_and_won() {
    let world = World::of(5);
    let mut ann = world.analyst_of(&["rebilly"]);
    ann.press("N").sees("New dispute").types(TRANSACTION).press("Tab").types("129.90").press("Tab");
    ann.types("eur").press("Enter").types("13.1").press("Enter").types("first").press("Enter");
    ann.types("response").press("Enter").types("2026-11-20 14:30").press("Tab Tab").types("CB-1");
    ann.press("Tab").types("2026-12-20").press("Ctrl-r").reads();
    sees_screen!(ann, "rebilly create review");
    ann.press("s").sees("accepted (201): a new dispute");
    let number = world.served.written_at("rebilly")[0].case.clone();
    ann.commands(&number).sees(TRANSACTION).sees("2026-12-20").sees("129.90 EUR");
    sees_screen!(ann, "rebilly created");

    world.has_file("proof.pdf", b"%PDF-1.4\nsigned for by the cardholder\n");
    ann.press("a").sees("Attach").types("proof").press("Enter").press("Tab").types("Signed for.").sends();
    ann.sees("Attach of").sees("accepted (201)").commands(&number).press("R").sees("proof.pdf");
    ann.press("s").sends().sees("Under review of").sees("accepted (200)");
    ann.commands(&number).sees("under-review").misses("overdue");
    ann.press("s").sees("Under review is for disputes that are waiting for a response");

    ann.later(40 * DAY).press("R");
    let ended = ["won", "lost"].into_iter().find(|word| ann.screen().contains(&format!("resolved: {word}")));
    let ended = ended.unwrap_or_else(|| panic!("it has not ended: {}", ann.screen()));
    // What has ended is not due any more.
    ann.sees("no deadline given");
    ann.commands("reopen").sees("Reopen").types("under").press("Enter").types("New evidence came.").sends();
    ann.sees("Reopen of").sees("accepted (200)").commands(&number).sees("under-review");
    ann.press("Esc").commands(&format!("queue {ended}")).misses(&number);
    let written = world.served.written_at("rebilly");
    let effects: Vec<_> =
        written.iter().filter(|write| !write.again).map(|write| write.what.as_str()).collect();
    let put = format!("PUT /disputes/{number}");
    assert_eq!(effects, [&put, "POST /files", "POST /attachments", &put, &put]);
    ann.leaves();
}

#[test]
fn a_document_of_a_dispute_is_read_and_a_case_is_shown_though_its_documents_are_refused() {
    let world = World::of(5);
    let mut ann = world.analyst_of(&["rebilly"]);
    let numbers = sandbox::stand_in("rebilly", moment(MORNING)).unwrap().numbers();
    ann.commands(&numbers[0]).press("R").sees("invoice.pdf").press("d").sees("PDF, ").press("Esc");
    ann.press("S").sees("saved").press("Esc");
    let saved = fs::read(world.home.path().join("invoice.pdf")).unwrap();
    assert!(saved.starts_with(b"%PDF-1.4"));

    world.served.troubles.always("/attachments ", Trouble::Forbidden);
    ann.commands(&numbers[1]).press("R").sees("its documents were not read now").sees("(403)");
    ann.sees("Other fraud: card-absent").press("Esc");
    ann.leaves();
}
