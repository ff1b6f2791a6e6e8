//! The outbox on the screen, at the desk alone: what happens goes in, what is wanted and what is seen come out.

use casedesk::{
    action::{
        Draft, Entry, State, Values,
        entry::{Look, Try},
        life::{Earlier, GivenUp, Grounds, Late, Life, May, Stamp},
    },
    case::{Case, CaseId, Moment, Money, Row, Settings, Stage, Window},
    desk::{
        Desk, Focus, Over, Profile, Realm, Setup, Start, Tone,
        unseen::READING,
        words::{
            CaseFile, Decision, DraftKept, DraftLine, Effect, EntryKey, Event, Moved, Outbox, Standing, Told,
            Undone,
        },
    },
    provider::{Provider, nets::Nets, rebilly::Rebilly},
    text::{Raw, own},
    view::{
        self,
        style::{Look as Looks, Signs, Theme},
    },
};
use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use ratatui::{Terminal, backend::TestBackend, layout::Rect};

const MORNING: &str = "2026-11-22T08:00:00Z";
const PROFILE: &str = "nets";

fn moment(text: &str) -> Moment {
    Moment::parse(text).unwrap()
}

/// At so many minutes after eight.
fn at(minutes: i64) -> Moment {
    moment(MORNING).plus(minutes * 60_000)
}

/// A desk, the time, and everything that the desk wanted so far.
struct Bench {
    desk: Desk,
    now: Moment,
    wanted: Vec<Effect>,
}

impl Bench {
    /// A desk that has read the outbox.
    fn with(outbox: Outbox) -> Bench {
        Bench::at(&Nets, outbox)
    }

    fn at(provider: &dyn Provider, outbox: Outbox) -> Bench {
        let actions = provider.actions();
        let queues = vec![(Raw::new("6000"), Raw::new("Awaiting Dispute Submission"))];
        let (name, settings) = (PROFILE.to_owned(), Settings::of(PROFILE));
        let profile = Profile { name, provider: "Nets", realm: Realm::Test, queues, actions, settings };
        let setup = Setup { profiles: vec![profile], start: Start::default() };
        let (desk, wanted) = Desk::open(setup, Rect::new(0, 0, 120, 40), moment(MORNING));
        assert!(wanted.contains(&Effect::Outbox), "the outbox is read at the start");
        let mut bench = Bench { desk, now: moment(MORNING), wanted: Vec::new() };
        bench.answer(wanted);
        bench.hear(Event::Outbox(Box::new(outbox)));
        bench.see();
        bench.wanted.clear();
        bench
    }

    fn hear(&mut self, what: Event) {
        let effects = self.desk.hear(Told { at: self.now, what });
        self.wanted.extend(effects.clone());
        self.answer(effects);
    }

    /// The store's answers; providers and the outbox stay silent until the story says otherwise.
    fn answer(&mut self, effects: Vec<Effect>) {
        for effect in effects {
            match effect {
                Effect::Look { ask, .. } => {
                    let rows = vec![row("2600410001"), row("2600410002"), row("2600410003")];
                    let window = Window { total: 3, matched: 3, first: 0, rows };
                    self.hear(Event::Rows { ask, window, around: None });
                }
                Effect::Open(id) => {
                    let file = Some(Box::new(file(&id)));
                    self.hear(Event::File { id, file });
                }
                _ => {}
            }
        }
    }

    /// A frame is drawn, and looked at for long enough.
    fn see(&mut self) -> &mut Self {
        self.desk.drawn(self.now);
        self.now = self.now.plus(READING);
        self
    }

    fn key(&mut self, code: KeyCode) {
        self.hear(Event::Key(KeyEvent::new(code, KeyModifiers::NONE)));
    }

    /// Keys by name, each after a look at the screen.
    fn press(&mut self, keys: &str) -> &mut Self {
        for name in keys.split(' ') {
            self.see();
            self.key(match name {
                "Enter" => KeyCode::Enter,
                "Esc" => KeyCode::Esc,
                letter => KeyCode::Char(letter.chars().next().unwrap()),
            });
        }
        self
    }

    fn types(&mut self, text: &str) -> &mut Self {
        text.chars().for_each(|letter| self.key(KeyCode::Char(letter)));
        self
    }

    /// What was wanted since this was last asked.
    fn takes(&mut self) -> Vec<Effect> {
        std::mem::take(&mut self.wanted)
    }

    fn reads(&mut self, outbox: Outbox) -> &mut Self {
        self.hear(Event::Outbox(Box::new(outbox)));
        self
    }

    fn screen(&self) -> String {
        let area = self.desk.area;
        let mut terminal = Terminal::new(TestBackend::new(area.width, area.height)).unwrap();
        let look = Looks { theme: Theme::Default, signs: Signs::Unicode };
        terminal.draw(|frame| view::draw(&self.desk, look, frame)).unwrap();
        let cells = terminal.backend().buffer();
        let rows = cells.content.chunks(usize::from(area.width));
        rows.map(|row| {
            let line: String = row.iter().map(|cell| cell.symbol()).collect();
            line.trim_end().to_owned() + "\n"
        })
        .collect()
    }

    #[track_caller]
    fn sees(&mut self, text: &str) -> &mut Self {
        assert!(self.screen().contains(text), "\"{text}\" is not on the screen:\n{}", self.screen());
        self
    }

    #[track_caller]
    fn misses(&mut self, text: &str) -> &mut Self {
        assert!(!self.screen().contains(text), "\"{text}\" is on the screen:\n{}", self.screen());
        self
    }

    #[track_caller]
    fn is_told(&mut self, tone: Tone, text: &str) -> &mut Self {
        let notice = self.desk.notice.as_ref().expect("something was told");
        assert_eq!(notice.tone, tone, "{}", notice.text);
        assert!(notice.text.as_str().contains(text), "{}", notice.text);
        self
    }
}

fn case(number: &str) -> CaseId {
    CaseId { profile: PROFILE.to_owned(), number: Raw::new(number) }
}

fn row(number: &str) -> Row {
    let text = |text: &str| Raw::new(text).cell();
    Row {
        id: case(number),
        number: text(number),
        group: text(""),
        queue: text("6000"),
        stage: Stage::Intake,
        status: text(""),
        network: text("VISA"),
        card: text(""),
        arn: text(""),
        reason: text("10.4"),
        merchant: text("Luftfahrt AG"),
        amount: None,
        opened: None,
        updated: None,
        deadline: None,
        documents: 0,
        parked: true,
        gone: false,
        marked: false,
    }
}

fn file(id: &CaseId) -> CaseFile {
    let case = Case { merchant: Raw::new("Luftfahrt AG"), ..Case::bare(id.clone()) };
    CaseFile { case, parked: None, read_at: at(0), journal: Vec::new(), reason: Vec::new(), clock: None }
}

fn draft(action: &str, number: Option<&str>) -> Draft {
    let mut values = Values::default();
    values.set_text("notes", "The cardholder never was in Oslo.\nCard 4111111111111111 was blocked.");
    let number = number.map(case);
    let amount = Money::from_major("99.10", casedesk::case::Currency::parse("EUR")).ok();
    let base = number
        .clone()
        .map(|id| Box::new(Case { merchant: Raw::new("Luftfahrt AG"), amount, ..Case::bare(id) }));
    if number.is_none() {
        values.set_text("transactionAmount", "12.50");
        values.set_text("transactionCurrency", "EUR");
    }
    let id = format!("draft-{action}-{}", number.as_ref().map_or("new", |case| case.number.exact()));
    Draft { id, profile: PROFILE.to_owned(), action: action.to_owned(), case: number, base, values }
}

/// An entry in a state that it can come to.
fn entry(state: State, action: &str, number: Option<&str>) -> Entry {
    let sent = !matches!(state, State::Queued);
    let unknown = matches!(state, State::Unknown | State::Person);
    let earlier = if unknown { Earlier::Loose } else { Earlier::Clear };
    let life = Life { state, earlier, attempts: u32::from(sent), ..Life::queued(Late::Ask) };
    let tried = Try {
        step: 0,
        started_at: at(5),
        ended_at: (state != State::Sending).then(|| at(7)),
        status: (!unknown).then_some(200),
        says: Raw::new(if unknown { "the connection broke after the request was written" } else { "" }),
        request_id: Raw::new("req-77"),
        members: Vec::new(),
    };
    let looks = if unknown { vec![Look { at: at(9), says: Raw::new("no trace of it") }] } else { Vec::new() };
    let draft = draft(action, number);
    Entry {
        id: format!("018f-{}-{action}-{}", state.code(), number.unwrap_or("newA1B2")),
        draft,
        life,
        step: 0,
        steps: 1,
        created_at: at(4),
        created_by: Raw::new("ann"),
        deadline: None,
        forced: false,
        why: Raw::new(if unknown { "nobody saw an answer" } else { "" }),
        remote: Raw::default(),
        supersedes: None,
        settling: Default::default(),
        decided_by: Raw::default(),
        decided_why: Raw::default(),
        tries: if sent { vec![tried] } else { Vec::new() },
        looks,
        version: 1,
    }
}

fn standing(entry: &Entry, may: May) -> Standing {
    Standing { entry: entry.id.clone(), may, can_be_read: true, next_look: None }
}

fn outbox(entries: Vec<Entry>, may: May) -> Outbox {
    let standing = entries
        .iter()
        .filter(|entry| entry.life.state.is_unsettled())
        .map(|entry| standing(entry, may))
        .collect();
    Outbox { entries, standing, ..Outbox::default() }
}

/// Everything that an outbox can hold.
fn full() -> Outbox {
    let mut late = entry(State::Queued, "close", Some("2600410002"));
    late.deadline = Some(at(90));
    let entries = vec![
        entry(State::Unknown, "submit", Some("2600410001")),
        entry(State::Person, "create", None),
        late,
        entry(State::Sending, "acknowledge", Some("2600410009")),
        entry(State::Accepted, "submit", Some("2600410004")),
        entry(State::Rejected, "reject", Some("2600410005")),
        entry(State::Cancelled, "close", Some("2600410006")),
    ];
    let mut outbox = outbox(entries, May::From(at(22)));
    outbox.standing[0].next_look = Some(at(10));
    outbox.drafts = vec![DraftLine { draft: draft("reject", Some("2600410007")), at: at(2) }];
    outbox
}

fn one(state: State, may: May) -> Outbox {
    outbox(vec![entry(state, "submit", Some("2600410001"))], may)
}

#[test]
fn the_outbox_shows_what_is_under_way_what_was_begun_and_what_ended() {
    let mut bench = Bench::with(full());
    bench.press("B");
    insta::assert_snapshot!("outbox", bench.screen());
    bench.sees("outbox 4, 1 unknown, 1 to decide").press("j Enter G").sees("sent sealed, not kept here");
    bench.press("Esc j j j").sees("begun, last touched").press("j").sees("accepted since");
    bench.press("g");
    bench.hear(Event::Resize(80, 24));
    insta::assert_snapshot!("outbox 80x24", bench.screen());
    bench.press("Enter");
    insta::assert_snapshot!("outbox entry 80x24", bench.screen());
    bench.press("G").sees("411111******1111").misses("4111111111111111");
    bench.press("Esc");
    bench.hear(Event::Resize(60, 20));
    insta::assert_snapshot!("outbox 60x20", bench.screen());
    bench.press("Esc");
    assert_eq!(bench.desk.focus, Focus::List);
}

#[test]
fn every_state_says_what_to_do_next() {
    for (state, may, words) in [
        (State::Queued, May::Now, "it is sent when the provider is reached; z takes it back"),
        (State::Sending, May::Now, "nothing to do: it is being sent"),
        (
            State::Person,
            May::Now,
            "call the provider and ask whether \"Submit\" for case 2600410001 arrived, then D",
        ),
        (State::Person, May::From(at(22)), "can be said from"),
        (
            State::Person,
            May::AfterLook(at(22)),
            "two looks without a trace, five minutes apart, the second at 2026-11-22 08:22 or later (L)",
        ),
        (State::Person, May::Confirmed(at(22)), "only with the provider's confirmation"),
        (State::Accepted, May::Now, "the provider's answer proved that it arrived"),
        (State::Rejected, May::Now, "the draft is kept and can be corrected"),
        (State::Cancelled, May::Now, "known not to have arrived"),
    ] {
        let mut bench = Bench::with(one(state, may));
        bench.hear(Event::Resize(80, 24));
        bench.press("B Enter");
        let screen = bench.screen().split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(screen.contains(words), "{state:?} {may:?}:\n{}", bench.screen());
    }
    let mut paused = one(State::Queued, May::Now);
    paused.paused = vec![(PROFILE.to_owned(), own("login refused"))];
    Bench::with(paused).press("B").sees("NOTHING IS SENT: login refused").sees("S tries again");
    let resting = vec![(PROFILE.to_owned(), at(2), own("the provider asked to wait"))];
    let mut bench = Bench::with(Outbox { resting, ..one(State::Queued, May::Now) });
    bench.hear(Event::Resize(180, 40));
    bench.press("B").sees("waits until 2026-11-22 08:02:00");
    bench.sees("the provider asked to wait; it is tried again at 2026-11-22 08:02:00; z takes it back");
    bench.now = at(2);
    bench.hear(Event::Woken);
    bench.misses("asked to wait");
    let looked = |minute| vec![Look { at: at(minute), says: Raw::new("it arrived") }];
    let mut found = one(State::Accepted, May::Now);
    (found.entries[0].tries[0].status, found.entries[0].looks) = (None, looked(9));
    Bench::with(found).press("B").sees("reading back proved that it arrived");
    let mut said = one(State::Accepted, May::Now);
    (said.entries[0].tries[0].status, said.entries[0].decided_why) = (None, Raw::new("Kim, by phone"));
    Bench::with(said).press("B").sees("a person said that it arrived");
    let mut again = one(State::Accepted, May::Now);
    (again.entries[0].looks, again.entries[0].decided_why) = (looked(6), Raw::new("Kim, by phone"));
    Bench::with(again).press("B").sees("the provider's answer proved that it arrived");
    let mut given_up = one(State::Cancelled, May::Now);
    given_up.entries[0].life.given_up = GivenUp::Decided;
    Bench::with(given_up).press("B").sees("▶ given up").misses("taken back");
    let mut made = outbox(vec![entry(State::Accepted, "create", None)], May::Now);
    made.entries[0].remote = Raw::new("2600412101");
    Bench::with(made).press("B").sees("New dispute  2600412101");
    let mut stopped = one(State::Cancelled, May::Now);
    stopped.entries[0].life.given_up = GivenUp::BySelf;
    Bench::with(stopped).press("B").sees("stopped, unsent").sees("it shows what moved");
    let elsewhere = Outbox { sent_elsewhere: true, ..one(State::Queued, May::Now) };
    Bench::with(elsewhere).press("B").sees("another casedesk sends it");
}

#[test]
fn keys_act_on_what_is_under_the_cursor_and_refuse_what_makes_no_sense() {
    let full = full();
    let mut bench = Bench::with(full.clone());
    let ids: Vec<_> = full.entries.iter().map(|entry| entry.id.clone()).collect();
    // Elsewhere z means what was queued last.
    bench.press("z");
    assert_eq!(bench.takes(), [Effect::TakeBack(ids[2].clone())]);
    bench.press("B L");
    assert_eq!(bench.takes(), [Effect::LookAgain(ids[0].clone())]);
    bench.press("z").is_told(Tone::Bad, "cannot be taken back: outcome unknown");
    bench.press("j j z");
    assert_eq!(bench.takes(), [Effect::TakeBack(ids[2].clone())]);
    bench.press("L").is_told(Tone::Bad, "nothing is to be looked for: it is queued");
    bench.press("D").is_told(Tone::Bad, "nothing is to be decided: it is queued");
    bench.press("x").is_told(Tone::Bad, "only a draft is discarded");
    bench.press("S");
    assert_eq!(bench.takes(), [Effect::SendNow]);
    let mut still = full;
    still.standing[0].can_be_read = false;
    bench.reads(still).press("g L").is_told(Tone::Bad, "cannot be asked");
    assert_eq!(bench.takes(), []);
}

#[test]
fn the_footer_offers_the_keys_that_fit_what_is_under_the_cursor() {
    let mut bench = Bench::with(full());
    bench.press("B");
    use EntryKey::{Decide, Discard, LookAgain, Open, SendNow, TakeBack};
    let all = [Open, TakeBack, LookAgain, Decide, SendNow, Discard];
    for fitting in [
        vec![Open, LookAgain, Decide, SendNow],
        vec![Open, LookAgain, Decide, SendNow],
        vec![Open, TakeBack, SendNow],
        vec![Open, SendNow],
        vec![Open, SendNow, Discard],
        vec![Open, SendNow],
    ] {
        let fits: Vec<_> = all.into_iter().filter(|key| bench.desk.fits_entry(*key)).collect();
        assert_eq!(fits, fitting, "{}", bench.screen());
        bench.press("j");
    }
    // Where there is little room, only those are shown.
    bench.hear(Event::Resize(60, 20));
    bench.press("g").sees("L look").sees("D decide").misses("take back").misses("discard");
    bench.press("j j").sees("z take back").misses("L look").misses("D decide");
    bench.press("j j").sees("x discard").misses("take back");
    // The provider cannot be asked.
    let mut silent = full();
    silent.standing[0].can_be_read = false;
    let mut bench = Bench::with(silent);
    bench.press("B");
    assert!(!bench.desk.fits_entry(LookAgain) && bench.desk.fits_entry(Decide));
}

#[test]
fn a_draft_is_gone_on_with_or_discarded_after_a_typed_yes() {
    let mut bench = Bench::with(full());
    bench.press("B j j j j Enter");
    let wanted = bench.takes();
    let Some(Effect::Begin(begin)) = wanted.first() else { panic!("{wanted:?}") };
    assert_eq!((begin.action.as_str(), begin.draft.as_deref()), ("reject", Some("draft-reject-2600410007")));
    let mut bench = Bench::with(full());
    bench.press("B j j j j x").sees("Discard this draft? Reject 2600410007");
    bench.press("n x q Esc").misses("Discard");
    assert_eq!(bench.takes(), []);
    bench.press("x y");
    assert_eq!(bench.takes(), [Effect::DropDraft("draft-reject-2600410007".to_owned()), Effect::Outbox]);
    // Typed ahead: the question was not on the screen yet.
    bench.see().types("xy");
    assert!(matches!(bench.desk.over, Over::Question(_)));
    assert_eq!(bench.takes(), []);
    bench.press("Esc");
}

#[test]
fn a_person_says_that_it_is_there_with_its_number_and_how_they_know() {
    let kept = outbox(vec![entry(State::Person, "create", None)], May::From(at(22)));
    let id = kept.entries[0].id.clone();
    let mut bench = Bench::with(kept);
    bench.press("B D");
    insta::assert_snapshot!("decide", bench.screen());
    bench.press("Enter").sees("the number that the provider gave the case").press("Enter");
    bench.sees("its number is needed").types("2600419999").press("Enter");
    bench.types("Kim").press("Enter").sees("a few words are needed");
    bench.types(" of Nets, by phone").press("Enter").sees("type A1B2 to confirm");
    bench.hear(Event::Paste(Raw::new("A1B2")));
    bench.sees("a confirmation is typed, not pasted").types("A1B").press("Enter");
    bench.sees("these are not the letters").types("2");
    insta::assert_snapshot!("decide confirmed", bench.screen());
    assert_eq!(bench.takes(), []);
    bench.press("Enter");
    let decision = Decision::There(Raw::new("2600419999"));
    assert_eq!(bench.takes(), [Effect::Decide { entry: id, decision, why: Raw::new("Kim of Nets, by phone") }]);
    assert!(matches!(bench.desk.over, Over::Nothing));
}

#[test]
fn of_an_upload_that_is_there_the_id_is_asked_for_which_the_next_step_names() {
    let upload = Entry { steps: 2, ..entry(State::Person, "attach", Some("dp_1")) };
    let ask = "arrived, and under which id, then D";
    let id = upload.id.clone();
    let mut bench = Bench::at(&Rebilly, outbox(vec![upload.clone()], May::From(at(22))));
    bench.press("B Enter");
    let screen = bench.screen().split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(screen.contains("whether step 1 of 2 of \"Attach\"") && screen.contains(ask), "{screen}");
    bench.press("D Enter").sees("the id that the provider gave what was sent").press("Enter");
    bench.sees("its id is needed").types("file_1").press("Enter").types("Kim, by phone").press("Enter");
    // Of our id, because there is more in the number than letters and digits.
    let letters = &id[id.len() - 4..];
    bench.types(letters).press("Enter");
    let (decision, why) = (Decision::There(Raw::new("file_1")), Raw::new("Kim, by phone"));
    assert_eq!(bench.takes(), [Effect::Decide { entry: id, decision, why }]);
    // Nothing follows on the last step that would name it.
    let last = Entry { step: 1, ..upload };
    let mut bench = Bench::at(&Rebilly, outbox(vec![last], May::From(at(22))));
    bench.press("B D Enter").sees("who says so").misses("the id that the provider gave");
}

#[test]
fn what_may_not_be_decided_yet_cannot_be_chosen_before_its_time() {
    let mut bench = Bench::with(one(State::Unknown, May::From(at(22))));
    bench.press("B D j Enter").sees("this cannot be said yet: not before 2026-11-22 08:22");
    assert!(bench.desk.wake().is_some_and(|wake| wake <= at(22)), "the words change then");
    bench.now = at(22);
    bench.hear(Event::Woken);
    bench
        .misses("not before")
        .press("Enter")
        .types("Kim, by phone")
        .press("Enter")
        .types("0001")
        .press("Enter");
    let wanted = bench.takes();
    let Some(Effect::Decide { decision, .. }) = wanted.last() else { panic!("{wanted:?}") };
    assert_eq!(*decision, Decision::SendAgain(Grounds::Looked));
    // No look, no word: time alone does not help.
    let mut bench = Bench::with(one(State::Person, May::AfterLook(at(22))));
    bench.now = at(30);
    bench.press("B D j j Enter").sees("this cannot be said yet: needs two looks without a trace, five minutes");
    bench.press("Esc").sees("a person may say so after two looks without a trace");
    let mut once = one(State::Person, May::AfterLook(at(22)));
    once.entries[0].life.looks.first_empty = Some(Stamp { at: at(16), boot: 1, up: 1 });
    bench.reads(once).sees("a person may say so after one more look without a trace, at");
    assert_eq!(bench.takes(), []);
    // Where no copy was sent, nothing can be there.
    let mut never = one(State::Person, May::Now);
    never.entries[0].life.earlier = Earlier::Clear;
    Bench::with(never).press("B D Enter").sees("nothing was sent yet").press("j j Enter").sees("who says so");
}

#[test]
fn before_the_quiet_time_a_near_deadline_takes_the_providers_confirmation_and_names_the_risk() {
    let mut bench = Bench::with(one(State::Person, May::Confirmed(at(22))));
    bench.press("B D j j Enter").sees("not before 2026-11-22 08:22");
    bench.press("k Enter").sees("it may be done TWICE").types("Kim, by phone").press("Enter");
    bench.sees("the provider's confirmation").press("Enter").sees("a few words are needed");
    bench.types("Kim of Nets 08:15: not received, blocked").press("Enter").types("0001");
    insta::assert_snapshot!("decide at a risk", bench.screen());
    bench.press("Enter");
    let wanted = bench.takes();
    let Some(Effect::Decide { decision, why, .. }) = wanted.last() else { panic!("{wanted:?}") };
    assert_eq!(*decision, Decision::SendAgain(Grounds::Confirmed));
    assert!(why.exact().contains("the provider's confirmation: Kim of Nets 08:15"));
}

#[test]
fn keys_typed_ahead_decide_nothing() {
    let mut bench = Bench::with(one(State::Person, May::Now));
    bench.press("B").see().types("D");
    // Before the first frame, and just after it.
    for _ in 0..2 {
        for code in [KeyCode::Enter, KeyCode::Char('j'), KeyCode::Enter] {
            bench.key(code);
        }
        let Over::Decide(decide) = &bench.desk.over else { panic!("the dialog is gone") };
        assert!(decide.told.is_none() && decide.cursor == 0, "a key was heard too early");
        bench.desk.drawn(bench.now);
        bench.now = bench.now.plus(READING - 1);
    }
    bench.now = bench.now.plus(READING);
    // Read before the frame, heard only now.
    let told = Told {
        at: bench.now.plus(-3 * READING),
        what: Event::Key(KeyEvent::new(KeyCode::Enter, KeyModifiers::NONE)),
    };
    assert_eq!(bench.desk.hear(told), []);
    assert!(matches!(&bench.desk.over, Over::Decide(decide) if decide.told.is_none()));
    bench.press("Enter").sees("who says so");
    bench.press("Esc Esc");
    assert!(matches!(bench.desk.over, Over::Nothing));
    assert_eq!(bench.takes(), []);
}

#[test]
fn a_dialog_about_what_was_settled_meanwhile_is_closed() {
    let mut bench = Bench::with(one(State::Person, May::Now));
    bench.press("B D Enter").types("Kim");
    let mut settled = one(State::Person, May::Now);
    settled.entries[0].life.state = State::Accepted;
    bench.reads(settled).is_told(Tone::Good, "it is accepted");
    assert!(matches!(bench.desk.over, Over::Nothing));
}

#[test]
fn two_drafts_of_one_case_are_told_apart_by_their_first_words() {
    let mut outbox = full();
    let mut other = draft("reject", Some("2600410007"));
    other.id = "other".to_owned();
    other.values.set_text("notes", "\nCard 4111 1111\n1111 1111 was lent.");
    outbox.drafts.push(DraftLine { draft: other, at: at(2) });
    let mut bench = Bench::with(outbox);
    bench.press("B").sees("The cardholder never w").sees("Card 4111 11**");
}

#[test]
fn a_case_with_a_live_entry_is_flagged_wherever_it_is_shown() {
    let mut bench = Bench::with(full());
    bench.sees(" ?  ").sees("outbox 4, 1 unknown, 1 to decide").sees("Drafts").sees("Outbox");
    insta::assert_snapshot!("flags", bench.screen());
    bench.press("Enter").sees("Submit: outcome unknown since 2026-11-22 08:07, B shows");
    let hindrance = "Submit is under way since 2026-11-22 08:07 (outcome unknown); nothing else can";
    bench.press("A").sees(hindrance).press("Esc");
    bench.reads(Outbox::default()).misses("outcome unknown").misses("outbox 4");
    bench.press("A").misses("under way").press("Esc");
    bench.press("Esc").reads(full()).press("h G Enter");
    assert_eq!((bench.desk.focus, bench.desk.outbox.cursor), (Focus::Outbox, 0));
    bench.press("Esc k Enter");
    assert_eq!((bench.desk.focus, bench.desk.outbox.cursor), (Focus::Outbox, 4));
    // The pane's lines go as they came, and the cursor stays on one that is there.
    bench.press("Esc").reads(Outbox::default());
    assert!(bench.desk.queues.place().is_some());
}

#[test]
fn what_moved_is_told_once_and_read_again() {
    for (state, tone) in [
        (State::Accepted, Tone::Good),
        (State::Queued, Tone::Good),
        (State::Rejected, Tone::Bad),
        (State::Unknown, Tone::Bad),
        (State::Person, Tone::Bad),
        (State::Cancelled, Tone::Bad),
    ] {
        let mut bench = Bench::with(one(State::Queued, May::Now));
        bench.press("Enter");
        bench.takes();
        let entry = bench.desk.outbox.kept.entries[0].id.clone();
        let moved = Moved { entry, case: Some(case("2600410001")), state, says: own("2600410001: it moved") };
        bench.hear(Event::OutboxMoved(moved));
        bench.is_told(tone, "it moved");
        let wanted = bench.takes();
        for effect in [Effect::Outbox, Effect::Count, Effect::Open(case("2600410001"))] {
            assert!(wanted.contains(&effect), "{state:?}: {effect:?} is not among {wanted:?}");
        }
    }
    // A copy that leaves changes the outbox and nothing else.
    let mut bench = Bench::with(one(State::Queued, May::Now));
    let entry = bench.desk.outbox.kept.entries[0].id.clone();
    let says = own("it is on its way");
    bench.hear(Event::OutboxMoved(Moved { entry, case: None, state: State::Sending, says }));
    bench.is_told(Tone::Good, "it is on its way");
    assert_eq!(bench.takes(), [Effect::Outbox]);
    // What the analyst took back is no bad news.
    let mut bench = Bench::with(one(State::Queued, May::Now));
    bench.press("z");
    let entry = bench.desk.outbox.kept.entries[0].id.clone();
    let says = own("taken back");
    bench.hear(Event::OutboxMoved(Moved { entry, case: None, state: State::Cancelled, says }));
    bench.is_told(Tone::Good, "taken back");
    bench.takes();
    let kept = DraftKept::Yes(2);
    for event in [Event::StoreMoved, Event::DraftKept { draft: "x".to_owned(), kept }] {
        bench.hear(event);
        assert!(bench.takes().contains(&Effect::Outbox));
    }
}

#[test]
fn the_cursor_stays_on_its_entry_when_the_outbox_moves() {
    let mut bench = Bench::with(full());
    bench.press("B j j");
    let here = bench.desk.outbox.kept.entries[2].id.clone();
    let mut fewer = full();
    fewer.entries.remove(0);
    bench.reads(fewer);
    assert_eq!(bench.desk.outbox.cursor, 1);
    assert_eq!(bench.desk.outbox.kept.entries[1].id, here);
    bench.reads(Outbox::default()).sees("Nothing is on its way");
}

#[test]
fn an_outbox_of_ended_entries_never_wakes_the_desk() {
    let ended = [State::Accepted, State::Rejected, State::Cancelled];
    let entries = ended.map(|state| entry(state, "submit", Some("2600410001"))).to_vec();
    let mut bench = Bench::with(outbox(entries, May::Now));
    assert_eq!(bench.desk.wake(), None);
    bench.press("B");
    assert_eq!(bench.desk.wake(), None);
    bench.press("Enter");
    assert_eq!(bench.desk.wake(), None);
    // An outbox that is read again and is the same is nothing new to draw.
    let same = bench.desk.outbox.kept.clone();
    bench.desk.take_changed();
    bench.reads(same);
    assert!(!bench.desk.take_changed());
    // A moment from which a person may decide is one, while it is shown.
    let mut bench = Bench::with(one(State::Person, May::From(at(22))));
    assert_eq!(bench.desk.wake(), None);
    bench.press("B");
    assert_eq!(bench.desk.wake(), Some(at(22)));
}

#[test]
fn leaving_with_something_queued_asks() {
    let mut bench = Bench::with(one(State::Queued, May::Now));
    bench.press("q");
    insta::assert_snapshot!("leaving", bench.screen());
    bench.press("q Esc");
    assert!(!bench.desk.leaving && bench.takes().is_empty());
    bench.press("q l");
    assert!(bench.desk.leaving, "l leaves it for the next start");
    assert!(!bench.takes().contains(&Effect::SendNow));

    // The question tells how it stands now; what is on its way does not wait.
    let mut bench = Bench::with(full());
    bench.press("q").sees("1 is on its way, 1 waits to be sent.");
    bench.reads(one(State::Sending, May::Now)).sees("1 is on its way.").sees("wait for the answer");
    bench.reads(Outbox::default()).sees("Nothing waits to be sent any more.").press("Esc");

    // Sent now, then left.
    let mut bench = Bench::with(one(State::Queued, May::Now));
    bench.press("q s");
    assert_eq!(bench.takes(), [Effect::SendNow]);
    bench.reads(one(State::Sending, May::Now));
    bench.hear(Event::News(own("noted in the journal")));
    bench.hear(Event::Trouble(Undone::Other, own("no such document")));
    assert_eq!(bench.takes(), [], "what else was done does not say that everything was tried");
    bench.hear(Event::SentNow);
    assert_eq!(bench.takes(), [Effect::Outbox]);
    bench.reads(Outbox::default());
    assert!(bench.desk.leaving);

    // It was tried and something still waits: why is said.
    let mut bench = Bench::with(one(State::Queued, May::Now));
    bench.press("q s");
    bench.hear(Event::Trouble(Undone::SendNow, own("no network")));
    let mut still = one(State::Queued, May::Now);
    still.entries[0].why = Raw::new("no network");
    bench.reads(still).is_told(Tone::Bad, "not left: 1 not sent: no network");
    assert!(!bench.desk.leaving);

    // Whoever presses a key meanwhile stays.
    let mut bench = Bench::with(one(State::Queued, May::Now));
    bench.press("q s Esc").is_told(Tone::Good, "staying");
    bench.hear(Event::SentNow);
    bench.reads(Outbox::default());
    assert!(!bench.desk.leaving);

    // Nothing of ours waits: nothing is asked.
    for kept in [
        one(State::Unknown, May::Now),
        one(State::Accepted, May::Now),
        Outbox { sent_elsewhere: true, ..one(State::Queued, May::Now) },
    ] {
        let mut bench = Bench::with(kept);
        bench.press("q");
        assert!(bench.desk.leaving);
    }
}
