//! Qolo at the desk: a dispute made and updated by keyboard where nothing can be read back, and a card number that leaves
//! as it is.

mod analyst;

use analyst::World;

/// A published test number.
const CARD: &str = "4111111111111111";

#[test]
fn a_dispute_is_made_with_a_card_number_that_the_review_says_is_not_sealed_and_then_updated() {
    let world = World::of(20);
    let mut ann = world.analyst_of(&["qolo"]);
    ann.press("N").sees("New dispute").press("Tab Tab Tab Tab").sees("Qolo takes it as it is").types(CARD);
    ann.press("Tab Tab").types("OPEN").press("Tab Tab Tab").types("Not hers.");
    ann.press("Ctrl-r").reads();
    ann.sees("16 digits, not shown; leave in clear, over");
    ann.sees("our own reference, which it gets when it is");
    sees_screen!(ann, "qolo create review");
    ann.press("s").sees("New dispute ").sees(": accepted (200)");
    let written = world.served.written_at("qolo");
    assert_eq!(written.len(), 1);
    ann.commands(&written[0].case).sees("notes: Not hers.").sees("register");
    sees_screen!(ann, "qolo created");
    ann.press("m").sees("Update ").press("Tab Tab Tab Tab Tab Tab Tab Tab Tab").types("She found the receipt.");
    ann.press("Ctrl-r").reads().sees("as the case has it").press("s").sees("accepted (200)");
    assert_eq!(world.served.written_at("qolo").len(), 2);
    ann.commands(&written[0].case).sees("notes: Not hers.").sees("notes: She found the receipt.");
    let shown = ann.place.screen.backend().bytes();
    assert!(!shown.windows(CARD.len()).any(|part| part == CARD.as_bytes()), "it was on the screen");
}

#[test]
fn the_first_dispute_of_a_register_without_cases_is_made_at_its_own_provider() {
    let world = World::of(5);
    let mut ann = world.analyst_of(&["checkout", "qolo", "casap"]);
    ann.commands("queue register").press("N").sees("New dispute at qolo").sees("Card proxy").press("Esc");
    ann.commands("create casap").sees("New dispute at casap").press("Esc");
    ann.commands("create nobody").is_told("which profile? there are checkout, qolo, casap");
    // What another profile has is found from here.
    ann.commands("queue register").commands("queue won").sees("─ Won (checkout)  0/0");
    ann.leaves();
}
