//! A dispute at Checkout.com worked at the screen, from its creation to a reversal: what an analyst reads there. The
//! stand-in's own record of what had an effect is the judge.

mod analyst;

use analyst::{MORNING, World, moment};
use casedesk::{
    case::moment::{DAY, HOUR},
    provider::Asked,
    sandbox,
};

/// What somebody has disputed already.
fn transaction_of_a_dispute() -> String {
    let mut there = sandbox::stand_in("checkout", moment(MORNING)).unwrap();
    let target = format!("/checkout/issuing/disputes/{}", there.numbers()[0]);
    let key = there.secrets().iter().find(|(name, _)| *name == "api-key").unwrap().1;
    let headers = vec![("authorization".into(), format!("Bearer {key}"))];
    let answer = there.answer(&Asked::new("GET", &target, headers, Vec::new()), moment(MORNING));
    let dispute: serde_json::Value = serde_json::from_slice(&answer.body).unwrap();
    dispute["transaction_id"].as_str().unwrap().to_owned()
}

#[test]
fn a_dispute_is_created_once_amended_as_asked_and_given_up() {
    let world = World::of(5);
    let mut ann = world.analyst_of(&["checkout"]);
    let create = |ann: &mut analyst::Analyst<'_>, transaction: &str| {
        ann.press("N").sees("cleared and not refunded").types(transaction);
        ann.press("Tab Tab").types("4853").press("Tab").sends();
    };
    create(&mut ann, &transaction_of_a_dispute());
    ann.sees("accepted (200): the dispute was there already");
    create(&mut ann, "trx_000000000000000000000000a0");
    ann.sees("accepted (201): a new dispute");
    let written = world.served.written_at("checkout");
    assert_eq!(written.iter().map(|write| write.again).collect::<Vec<_>>(), [true, false]);
    let number = written[1].case.clone();

    ann.commands(&number).sees(&number).sees("created");
    ann.press("m").sees("the provider does not offer Amend now (created)");
    ann.later(2 * DAY).press("R").sees("chargeback_change_requested").sees("asked for");
    ann.press("m").sees("asked for").press("Tab Tab Tab Tab Tab Tab");
    ann.types("It is right as it is.").sends();
    ann.sees("accepted (200)").commands(&number).sees("chargeback_pending");
    ann.sees("answered the request: It is right as it is.");
    ann.later(HOUR).press("X").press("Ctrl-r").reads().sees("final: type");
    ann.types(&number[number.len() - 4..]).press("Enter").sees("accepted (202)");
    ann.commands(&number).sees("chargeback_reversal_pending");
    ann.later(2 * DAY).press("R").sees("canceled/chargeback_reversed");
    let written = world.served.written_at("checkout");
    let effects: Vec<_> =
        written.iter().filter(|write| !write.again).map(|write| write.what.as_str()).collect();
    let path = |verb: &str| format!("POST /issuing/disputes/{number}/{verb}");
    assert_eq!(effects, ["POST /issuing/disputes", &path("amend"), &path("cancel")]);
    ann.leaves();
}
