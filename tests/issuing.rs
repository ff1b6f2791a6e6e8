//! A dispute at Checkout.com worked at the screen, from its creation to a reversal: what an analyst reads there. The
//! stand-in's own record of what had an effect is the judge.

mod analyst;

use analyst::{MORNING, World, moment};
use casedesk::{
    case::moment::{DAY, HOUR, MINUTE},
    provider::Asked,
    sandbox,
};

/// What somebody disputes already, and for which reason.
fn transaction_in_dispute() -> (String, String) {
    let mut there = sandbox::stand_in("checkout", moment(MORNING)).unwrap();
    let key = there.secrets().iter().find(|(name, _)| *name == "api-key").unwrap().1;
    for number in there.numbers() {
        let headers = vec![("authorization".into(), format!("Bearer {key}"))];
        let asked = Asked::new("GET", &format!("/checkout/issuing/disputes/{number}"), headers, Vec::new());
        let dispute: serde_json::Value =
            serde_json::from_slice(&there.answer(&asked, moment(MORNING)).body).unwrap();
        let text = |name: &str| dispute[name].as_str().unwrap().to_owned();
        if text("status") == "processing" {
            return (text("transaction_id"), text("reason"));
        }
    }
    panic!("no dispute is under way")
}

fn create(ann: &mut analyst::Analyst<'_>, transaction: &str, reason: &str) {
    ann.press("N").sees("cleared and not refunded").types(transaction);
    ann.press("Tab Tab").types(reason).press("Tab").sends();
}

#[test]
fn a_dispute_that_is_there_and_is_another_one_is_no_success_and_a_person_decides() {
    let world = World::of(5);
    let mut ann = world.analyst_of(&["checkout"]);
    let (transaction, reason) = transaction_in_dispute();
    let other = if reason == "4834" { "4853" } else { "4834" };
    create(&mut ann, &transaction, other);
    ann.is_told("a person has to decide (200): nothing was made").press("B Enter");
    ann.sees(&format!("reason there: {reason}; asked for: {other}")).press("Esc");
    assert!(world.served.written_at("checkout").iter().all(|write| write.again), "nothing was made");
    ann.later(16 * MINUTE).press("D").reads().press("Down Down Enter");
    ann.types("We work on the one that is there.").press("Enter");
    let asked = ann.line_with("to confirm");
    let letters = asked.split_once("type ").unwrap().1.split_once(" to confirm").unwrap().0.to_owned();
    ann.types(&letters).press("Enter").sees("given up").press("Esc");
    ann.leaves();
}

#[test]
fn a_dispute_is_created_once_amended_as_asked_and_given_up() {
    let world = World::of(5);
    let mut ann = world.analyst_of(&["checkout"]);
    let (transaction, reason) = transaction_in_dispute();
    create(&mut ann, &transaction, &reason);
    ann.sees("accepted (200): the dispute was there already, as it was asked for");
    create(&mut ann, "trx_000000000000000000000000a0", "4853");
    ann.sees("accepted (201): a new dispute");
    let written = world.served.written_at("checkout");
    assert_eq!(written.iter().map(|write| write.again).collect::<Vec<_>>(), [true, false]);
    let number = written[1].case.clone();

    ann.commands(&number).sees(&number).sees("created").sees("accepted: New dispute: accepted (201)");
    ann.press("m").sees("the provider does not offer Amend now (created)");
    ann.later(2 * DAY).press("R").sees("chargeback_change_requested").sees("asked for");
    ann.press("m").sees("asked for").press("Tab Tab Tab Tab Tab Tab");
    ann.types("It is right as it is.").sends();
    ann.sees("accepted (200)").commands(&number).sees("chargeback_pending");
    ann.sees("answered the request: It is right as it is.");
    ann.later(HOUR).press("X").press("Ctrl-r").reads().sees("final: type");
    ann.types("yes").press("Enter").sees("that was another word; this is final: type");
    ann.types("x").press("Ctrl-u").types(&number[number.len() - 4..]).press("Enter").sees("accepted (202)");
    ann.commands(&number).sees("chargeback_reversal_pending");
    ann.later(2 * DAY).press("R").sees("canceled/chargeback_reversed");
    let written = world.served.written_at("checkout");
    let effects: Vec<_> =
        written.iter().filter(|write| !write.again).map(|write| write.what.as_str()).collect();
    let path = |verb: &str| format!("POST /issuing/disputes/{number}/{verb}");
    assert_eq!(effects, ["POST /issuing/disputes", &path("amend"), &path("cancel")]);
    ann.leaves();
}
