//! Finding the next piece of work: queues, list, filter, order, the most urgent case, parking.

mod analyst;

use analyst::World;

#[test]
fn an_analyst_browses_the_seven_queues() {
    let world = World::of(80);
    let mut ann = world.analyst();
    ann.sees("SANDBOX").sees("All cases");
    for (digit, name) in [
        ("1", "1000 1st Line Issuer"),
        ("2", "2000 1st Line NETS"),
        ("3", "3000 Case Handling Not Possible"),
        ("4", "4000 Closed Supercase"),
        ("5", "5000 Awaiting Issuer Feedback"),
        ("6", "6000 Awaiting Dispute Submission"),
        ("7", "7000 Issuer Disputes"),
    ] {
        ann.press(digit).sees(&format!("─ {name}  1/"));
    }
    ann.press("6");
    sees_screen!(ann, "queue 6000");
}
