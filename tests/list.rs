//! The case list: filtered while typing, ordered by any column, the columns chosen, found again as it was left.

mod analyst;

use analyst::World;
use casedesk::{
    case::{Column, Row, Window},
    desk::{
        Desk,
        words::{Effect, Event, Told},
    },
    view::{
        self,
        style::{Look, Signs, Theme},
    },
};
use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use ratatui::{Terminal, backend::TestBackend};

fn rows<'a>(ann: &'a analyst::Analyst<'_>) -> &'a [Row] {
    let window = &ann.place.desk.list.window;
    assert_eq!(window.rows.len(), window.matched, "this story looks at lists that fit a window");
    &window.rows
}

#[test]
fn a_filter_narrows_the_list_with_every_letter() {
    let world = World::of(80);
    let mut ann = world.analyst();
    ann.press("6 /").sees("filter:");
    let mut counts = vec![ann.place.desk.list.window.matched];
    for letter in ["e", "u", "r"] {
        ann.types(letter);
        counts.push(ann.place.desk.list.window.matched);
    }
    assert!(counts.windows(2).all(|pair| pair[1] <= pair[0]), "{counts:?}");
    ann.types("o").press("Backspace");
    assert_eq!(ann.place.desk.list.window.matched, counts[3]);
    ann.press("Esc").sees("6000 Awaiting Dispute Submission  1/20");
}

/// What the desk would show now, whatever it still waits for.
fn drawn(desk: &Desk) -> String {
    let mut terminal = Terminal::new(TestBackend::new(desk.area.width, desk.area.height)).unwrap();
    let look = Look { theme: Theme::Default, signs: Signs::Unicode };
    terminal.draw(|frame| view::draw(desk, look, frame)).unwrap();
    terminal.backend().buffer().content.iter().map(|cell| cell.symbol()).collect()
}

#[test]
fn another_queues_title_shows_no_count_before_its_rows_are_there() {
    let world = World::of(80);
    let mut ann = world.analyst();
    ann.press("6").sees("6000 Awaiting Dispute Submission  1/20");
    ann.press("/").types("e").press("Enter").sees("1/20 of 20  filter: e");
    let desk = &mut ann.place.desk;
    let key = KeyEvent::new(KeyCode::Char('5'), KeyModifiers::NONE);
    let asked = desk.hear(Told { at: analyst::moment(analyst::MORNING), what: Event::Key(key) });
    let ask = asked.iter().find_map(|effect| match effect {
        Effect::Look { ask, .. } => Some(*ask),
        _ => None,
    });
    let before = drawn(desk);
    assert!(before.contains("5000 Awaiting Issuer") && before.contains("filter: e"), "{before}");
    assert!(!before.contains("1/20"), "{before}");
    let (window, at) = (Window { total: 3, ..Window::default() }, analyst::moment(analyst::MORNING));
    desk.hear(Told { at, what: Event::Rows { ask: ask.unwrap(), window, around: None } });
    assert!(drawn(desk).contains("0/0 of 3  filter: e"), "{}", drawn(desk));
}

#[test]
fn fields_comparisons_and_negations_all_have_to_hold() {
    let world = World::of(300);
    let mut ann = world.analyst();
    ann.press("/").types("eur amount>100 !visa due<3d");
    let found = rows(&ann).to_vec();
    assert!(!found.is_empty(), "the story needs cases that pass");
    let now = analyst::moment(analyst::MORNING);
    for row in &found {
        let amount = row.amount.unwrap();
        assert!(amount.currency.unwrap().code() == "EUR" || row.merchant.as_str().to_lowercase().contains('e'));
        assert!(amount.ten_thousandths() > 1_000_000);
        assert_ne!(row.network.as_str(), "VISA");
        assert!(row.deadline.unwrap().since(now) < 3 * casedesk::case::moment::DAY);
    }
    let count = found.len();
    ann.sees(&format!("All cases  1/{count} of ")).press("Enter").sees(&format!("All cases  1/{count} of "));
    sees_screen!(ann, "filtered");
    // The opposite of each leaves the rest.
    let all = ann.place.desk.list.window.total;
    ann.press("/ Ctrl-u").types("!currency:eur").press("Enter");
    let others = ann.place.desk.list.window.matched;
    ann.press("/ Ctrl-u").types("currency:eur").press("Enter");
    assert_eq!(ann.place.desk.list.window.matched + others, all);
    ann.press("Esc").sees(&format!("All cases  1/{all} "));
}

#[test]
fn a_term_that_makes_no_sense_is_told_and_the_others_hold() {
    let world = World::of(80);
    let mut ann = world.analyst();
    ann.press("6 /").types("dkk amount>lots").sees("amount>lots: not an amount");
    sees_screen!(ann, "bad term");
    assert!(rows(&ann).iter().all(|row| row.amount.unwrap().currency.unwrap().code() == "DKK"));
    ann.press("Ctrl-u").types("colour:red").sees("colour:red: no such field").sees("1/20 of 20");
    ann.press("Ctrl-u").types("due<soon").sees("a time left looks like 3d, 12h or 30m");
    ann.press("Enter").is_told("due<soon: a time left looks like 3d, 12h or 30m; the rest of the filter holds");
    ann.press("Esc").misses("due<soon");
}

#[test]
fn esc_gives_back_the_filter_that_stood_before() {
    let world = World::of(80);
    let mut ann = world.analyst();
    ann.press("/").types("göteborg").press("Enter");
    let kept = ann.place.desk.list.window.matched;
    assert!(kept > 0);
    ann.press("/").types(" nothing like it").sees("No case passes the filter").press("Esc");
    assert_eq!(ann.place.desk.list.window.matched, kept);
    ann.sees("filter: göteborg").press("Esc").misses("filter:");
    ann.press("/").types("xyzxyz").sees("No case passes the filter. Esc drops it.");
    ann.press("Enter Enter").is_told("there is no case under the cursor");
    ann.press("Esc").misses("filter:");
}

#[test]
fn a_day_and_whole_days_left_are_found() {
    let world = World::of(300);
    let mut ann = world.analyst();
    let opened = ann.place.desk.list.row().unwrap().opened.unwrap();
    let now = analyst::moment(analyst::MORNING);
    let all = ann.place.desk.list.window.total;
    for sign in ["=", ":"] {
        ann.press("/ Ctrl-u").types(&format!("opened{sign}{}", opened.day())).press("Enter");
        assert!(!rows(&ann).is_empty(), "the case itself was opened on that day");
        assert!(rows(&ann).iter().all(|row| row.opened.unwrap().day() == opened.day()));
    }
    let found = rows(&ann).len();
    ann.press("/ Ctrl-u").types(&format!("!opened={}", opened.day())).press("Enter");
    assert_eq!(ann.place.desk.list.window.matched, all - found, "every other case");
    let updated = ann.place.desk.list.row().unwrap().updated.unwrap();
    ann.press("/ Ctrl-u").types(&format!("updated={}", updated.day())).press("Enter");
    assert!(!rows(&ann).is_empty());
    assert!(rows(&ann).iter().all(|row| row.updated.unwrap().day() == updated.day()));
    // As the list itself says it: 3d is less than 4d.
    for typed in ["due=3d", "due:3d"] {
        ann.press("/ Ctrl-u").types(typed).press("Enter");
        assert!(!rows(&ann).is_empty(), "{typed} finds nothing");
        let day = casedesk::case::moment::DAY;
        assert!(rows(&ann).iter().all(|row| row.deadline.unwrap().since(now) / day == 3));
    }
    ann.press("Esc");
}

#[test]
fn the_letters_of_a_merchant_find_it_without_the_letters_between() {
    let world = World::of(300);
    let mut ann = world.analyst();
    ann.press("/").types("glfprfm").press("Enter");
    assert!(!rows(&ann).is_empty());
    assert!(rows(&ann).iter().all(|row| row.merchant.as_str() == "Gulf Perfume House"));
    // Letters that a name merely happens to have, far apart, do not find it.
    ann.press("/ Ctrl-u").types("gpe").press("Enter").misses("Gulf Perfume House").press("Esc");
}

#[test]
fn the_list_is_ordered_by_any_column_that_is_shown() {
    let world = World::of(80);
    let mut ann = world.analyst();
    ann.press("6").sees("due▲");
    ann.press("> > >").sees("amount▲");
    let amounts = |ann: &analyst::Analyst<'_>| -> Vec<i128> {
        rows(ann).iter().map(|row| row.amount.unwrap().ten_thousandths()).collect()
    };
    assert!(amounts(&ann).is_sorted());
    let mut falling = amounts(&ann);
    falling.reverse();
    ann.press("=").sees("amount▼");
    assert_eq!(amounts(&ann), falling);
    sees_screen!(ann, "by amount falling");
    ann.press("<").sees("merchant▲");
    assert!(rows(&ann).iter().map(|row| row.merchant.as_str().to_lowercase()).is_sorted());
    ann.press("< <").sees("due▲").press("<").sees("stage▲");
    assert!(rows(&ann).iter().map(|row| row.stage as usize).is_sorted());
    ann.press(">").sees("due▲");
}

#[test]
fn the_list_is_ordered_by_a_column_that_is_not_shown_and_says_so() {
    let world = World::of(80);
    let mut ann = world.analyst();
    ann.press("6").commands("sort arn desc").sees("by arn descending");
    let arns: Vec<_> = rows(&ann).iter().map(|row| row.arn.as_str().to_owned()).collect();
    let empty = arns.iter().filter(|arn| arn.is_empty()).count();
    let (some, none) = arns.split_at(arns.len() - empty);
    assert!(
        some.iter().rev().is_sorted() && none.iter().all(String::is_empty),
        "the empty come last: {arns:?}"
    );
    ann.press("=").sees("by arn ascending");
    assert_eq!(rows(&ann).iter().filter(|row| row.arn.is_empty()).count(), empty);
    assert!(rows(&ann).last().unwrap().arn.is_empty());
    ann.press(":").types("sort colour").press("Enter").sees("no column colour; there are due, case, merchant");
    ann.press("Ctrl-u").types("sort arn sideways").press("Enter").sees("after the column comes asc or desc");
    ann.press("Esc");
}

#[test]
fn the_columns_are_chosen_and_stay() {
    let world = World::of(80);
    let mut ann = world.analyst();
    ann.press("6").commands("columns case card arn opened status").sees("by due ascending");
    sees_screen!(ann, "chosen columns");
    assert_eq!(
        ann.place.desk.list.columns,
        [Column::Case, Column::Card, Column::Arn, Column::Opened, Column::Status]
    );
    ann.press(":").types("columns").press("Enter").sees("which columns?").press("Esc");
    ann.leaves();
    assert!(world.analyst().line_with("opened").contains("case        card "));
}

#[test]
fn an_analyst_who_comes_back_finds_the_list_as_it_was_left() {
    let world = World::of(80);
    let mut ann = world.analyst();
    ann.press("5").press("/").types("eur").press("Enter").commands("sort amount desc");
    ann.commands("columns case amount queue docs");
    let left = ann.screen();
    ann.leaves();
    let mut ann = world.analyst();
    assert_eq!(ann.screen(), left);
    ann.press("=").sees("amount▲").press("Esc").misses("filter:");
    ann.leaves();
    world.analyst().sees("5000 Awaiting Issuer Feedback  1/15").sees("amount▲").misses("filter:");
}

#[test]
fn where_the_queue_pane_was_left_in_a_hurry_is_where_it_begins() {
    let world = World::of(300);
    let mut ann = world.analyst();
    ann.press("h g");
    // Every step asks for the list to be begun there next time; the last one is kept, though nobody waits for it.
    ann.tell_keys(&"j ".repeat(4)).tell_keys("q");
    while ann.place.exit().is_none() {
        ann.place.turn().unwrap();
    }
    let left = ann.place.desk.list.query.place.clone();
    drop(ann);
    let ann = world.analyst();
    assert_eq!(ann.place.desk.list.query.place, left);
    assert_ne!(left, casedesk::desk::Start::default().place);
}

#[test]
fn twenty_thousand_cases_are_browsed_and_filtered() {
    let world = World::of(20_000);
    let mut ann = world.analyst();
    let total = ann.place.desk.list.window.total;
    assert!(total > 19_000, "{total}");
    ann.press("End").sees(&format!("All cases  {total}/{total}"));
    assert!(ann.place.desk.list.window.rows.len() < 200, "the desk holds a window and not the list");
    ann.press("Home").sees(&format!("All cases  1/{total}"));
    ann.press("PgDn PgDn k").sees(&format!("All cases  46/{total}"));
    ann.press_at_once(&"PgDn ".repeat(300));
    assert_eq!(ann.place.desk.list.cursor, 45 + 300 * 23);
    assert!(ann.place.desk.list.row().is_some());
    ann.press("/").press_at_once("s a k u r a").press("Enter");
    let found = ann.place.desk.list.window.matched;
    assert!((100..2_000).contains(&found), "{found}");
    ann.press("G")
        .sees(&format!("All cases  {found}/{found} of {total}  filter: sakura"))
        .sees("Sakura Ryokan");
    ann.press("Esc n").sees("Case 26");
}
