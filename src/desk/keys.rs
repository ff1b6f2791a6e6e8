//! The one table of keys. What may be pressed, what the footer shows, what help prints, what `:` completes and what
//! the README documents are all read from it.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use super::words::{Command, EntryKey, Force, FormKey, Look, Move, Step};
use crate::{
    action::Action,
    case::Column,
    text::{Raw, SafeText, own, say},
};

/// Where a key means something. The innermost context is asked first, [`Context::Desk`] last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Context {
    Desk,
    Queues,
    List,
    Case,
    Reader,
    /// What is typed there is text: everywhere else's keys are not heard, but for those with Ctrl.
    Form,
    Review,
    Outbox,
}

impl Context {
    pub const ALL: [Context; 8] = [
        Context::Desk,
        Context::Queues,
        Context::List,
        Context::Case,
        Context::Reader,
        Context::Outbox,
        Context::Form,
        Context::Review,
    ];

    pub fn words(self) -> &'static str {
        match self {
            Context::Desk => "Everywhere",
            Context::Queues => "Queue pane",
            Context::List => "Case list",
            Context::Case => "Case",
            Context::Reader => "Reader",
            Context::Form => "Form",
            Context::Review => "Review",
            Context::Outbox => "Outbox",
        }
    }

    /// Whether it takes the keys for itself, so that an action cannot be begun there.
    pub fn is_closed(self) -> bool {
        matches!(self, Context::Form | Context::Review)
    }
}

/// One row: a command, the keys that give it in a context, its name for `:`, and what it does in words.
pub struct Bind {
    pub context: Context,
    /// As [`name_of`] writes them. Empty: only by name.
    pub keys: &'static [&'static str],
    /// The word after `:`. Empty: only by key.
    pub name: &'static str,
    /// What may follow the name.
    pub takes: &'static str,
    pub make: Make,
    pub says: &'static str,
    /// The word in the footer; empty where there is no room for it.
    pub footer: &'static str,
}

/// How a row becomes a command.
pub enum Make {
    Plain(Command),
    /// From the text after the name (empty when given by key).
    With(fn(&str) -> Result<Command, SafeText>),
}

macro_rules! bind {
    ($context:ident $keys:expr, $name:literal $takes:literal => $make:expr, $says:literal, $footer:literal) => {
        Bind {
            context: Context::$context,
            keys: &$keys,
            name: $name,
            takes: $takes,
            make: $make,
            says: $says,
            footer: $footer,
        }
    };
}

use Command as C;
use Make::{Plain, With};

/// Every key and every command there is.
pub static KEYS: &[Bind] = &[
    bind!(List ["Enter", "l", "Right"], "open" "" => Plain(C::Open), "open the case under the cursor", "open"),
    bind!(List ["j", "Down"], "" "" => Plain(C::Go(Move::Down)), "next case", ""),
    bind!(List ["k", "Up"], "" "" => Plain(C::Go(Move::Up)), "previous case", ""),
    bind!(List ["PgDn", "Ctrl-f", "Space"], "" "" => Plain(C::Go(Move::PageDown)), "a page down", ""),
    bind!(List ["PgUp", "Ctrl-b"], "" "" => Plain(C::Go(Move::PageUp)), "a page up", ""),
    bind!(List ["g", "Home"], "" "" => Plain(C::Go(Move::Top)), "first case", ""),
    bind!(List ["G", "End"], "" "" => Plain(C::Go(Move::Bottom)), "last case", ""),
    bind!(List ["/"], "filter" "[TERMS]" => With(filter), "filter while typing: words, field:value, !not, amount>100, due<3d", "filter"),
    bind!(List [">"], "" "" => Plain(C::SortStep(Step::Next)), "sort by the next column", "sort"),
    bind!(List ["<"], "" "" => Plain(C::SortStep(Step::Previous)), "sort by the previous column", ""),
    bind!(List ["="], "reverse" "" => Plain(C::Reverse), "reverse the order", ""),
    bind!(List [], "sort" "COLUMN [desc]" => With(sort), "sort by any column, also one that is not shown", ""),
    bind!(List [], "columns" "COLUMN..." => With(columns), "choose the columns and their order", ""),
    bind!(List ["d"], "" "" => Plain(C::Documents), "open the case and read its first document", ""),
    bind!(List ["h", "Left"], "" "" => Plain(C::Focus(Step::Previous)), "to the queues", ""),
    bind!(Queues ["Enter", "l", "Right"], "" "" => Plain(C::Open), "to the cases of this queue", "cases"),
    bind!(Queues ["j", "Down"], "" "" => Plain(C::Go(Move::Down)), "next queue", ""),
    bind!(Queues ["k", "Up"], "" "" => Plain(C::Go(Move::Up)), "previous queue", ""),
    bind!(Queues ["g", "Home"], "" "" => Plain(C::Go(Move::Top)), "first queue", ""),
    bind!(Queues ["G", "End"], "" "" => Plain(C::Go(Move::Bottom)), "last queue", ""),
    bind!(Case ["d", "Enter", "l", "Right"], "documents" "" => Plain(C::Documents), "read the marked document", "read document"),
    bind!(Case ["]"], "" "" => Plain(C::Document(Step::Next)), "next document", "next doc"),
    bind!(Case ["["], "" "" => Plain(C::Document(Step::Previous)), "previous document", ""),
    bind!(Case ["r"], "raw" "" => Plain(C::RawView), "the provider's own JSON, card numbers masked", "raw"),
    bind!(Case [], "page" "" => Plain(C::Page), "open the provider's own page about this case in the desktop's browser, or show its address", ""),
    bind!(Case ["S"], "" "" => With(save), "save the marked document as a new file that only you can read", ""),
    bind!(Case ["j", "Down"], "" "" => Plain(C::Go(Move::Down)), "a line down", ""),
    bind!(Case ["k", "Up"], "" "" => Plain(C::Go(Move::Up)), "a line up", ""),
    bind!(Case ["PgDn", "Ctrl-f", "Space"], "" "" => Plain(C::Go(Move::PageDown)), "a page down", ""),
    bind!(Case ["PgUp", "Ctrl-b"], "" "" => Plain(C::Go(Move::PageUp)), "a page up", ""),
    bind!(Case ["g", "Home"], "" "" => Plain(C::Go(Move::Top)), "to the top", ""),
    bind!(Case ["G", "End"], "" "" => Plain(C::Go(Move::Bottom)), "to the end", ""),
    bind!(Case ["h", "Left"], "" "" => Plain(C::Back), "back to the list", ""),
    bind!(Reader ["/"], "search" "[WORDS]" => With(search), "search in this text", "search"),
    bind!(Reader ["n"], "" "" => Plain(C::Hit(Step::Next)), "next hit", "next hit"),
    bind!(Reader ["N"], "" "" => Plain(C::Hit(Step::Previous)), "previous hit", ""),
    bind!(Reader ["]"], "" "" => Plain(C::Document(Step::Next)), "next document of the case", "next doc"),
    bind!(Reader ["["], "" "" => Plain(C::Document(Step::Previous)), "previous document of the case", ""),
    bind!(Reader ["S"], "save" "[PATH]" => With(save), "save this document as a new file that only you can read", "save"),
    bind!(Reader ["O"], "open-outside" "" => Plain(C::ShowOutside), "show this document in the desktop's viewer, where there is a display", ""),
    bind!(Reader ["j", "Down"], "" "" => Plain(C::Go(Move::Down)), "a line down", ""),
    bind!(Reader ["k", "Up"], "" "" => Plain(C::Go(Move::Up)), "a line up", ""),
    bind!(Reader ["PgDn", "Ctrl-f", "Space"], "" "" => Plain(C::Go(Move::PageDown)), "a page down", ""),
    bind!(Reader ["PgUp", "Ctrl-b"], "" "" => Plain(C::Go(Move::PageUp)), "a page up", ""),
    bind!(Reader ["g", "Home"], "" "" => Plain(C::Go(Move::Top)), "to the top", ""),
    bind!(Reader ["G", "End"], "" "" => Plain(C::Go(Move::Bottom)), "to the end", ""),
    bind!(Reader ["v"], "picture" "" => Plain(C::Sight), "the page as a picture, or as text again", "picture"),
    bind!(Reader ["+"], "" "" => Plain(C::Look(Look::Nearer)), "picture: nearer", ""),
    bind!(Reader ["-"], "" "" => Plain(C::Look(Look::Farther)), "picture: farther away", ""),
    bind!(Reader ["="], "" "" => Plain(C::Look(Look::Fit)), "picture: the whole width; again: the whole page", ""),
    bind!(Reader ["t"], "" "" => Plain(C::Look(Look::Turn)), "picture: turn it by a quarter", ""),
    bind!(Reader ["i"], "" "" => Plain(C::Look(Look::Invert)), "picture: light for dark", ""),
    bind!(Reader ["Left"], "" "" => Plain(C::Aside(Step::Previous)), "picture: to the left; text: back", ""),
    bind!(Reader ["Right"], "" "" => Plain(C::Aside(Step::Next)), "picture: to the right", ""),
    bind!(Reader ["J"], "" "" => Plain(C::Leaf(Step::Next)), "next page", ""),
    bind!(Reader ["K"], "" "" => Plain(C::Leaf(Step::Previous)), "previous page", ""),
    bind!(Reader ["P"], "leaf" "[NUMBER]" => With(leaf), "all pages; by name a page by its number", ""),
    bind!(Reader ["I"], "inside" "" => Plain(C::Inside), "the files in this one: attachments, members of an archive", "files inside"),
    bind!(Reader ["D"], "details" "" => Plain(C::About), "all that is known of this document", ""),
    bind!(Reader ["f", "Enter"], "" "" => Plain(C::Fold), "fold what belongs below this line, or unfold it", ""),
    bind!(Reader ["F"], "" "" => Plain(C::FoldAll), "fold everything, or unfold it", ""),
    bind!(Reader ["V"], "" "" => Plain(C::PickLines), "pick lines to copy, from the top one on; Esc or again: none", ""),
    bind!(Reader ["h"], "" "" => Plain(C::Back), "back to the case", ""),
    bind!(Form ["Tab", "Down"], "" "" => Plain(C::Form(FormKey::Field(Step::Next))), "next field; Down first moves within a text or a choice", "next field"),
    bind!(Form ["BackTab", "Up"], "" "" => Plain(C::Form(FormKey::Field(Step::Previous))), "previous field; Up first moves within a text or a choice", ""),
    bind!(Form ["Enter"], "" "" => Plain(C::Form(FormKey::Take)), "take the marked choice or file; in a text a new line; else the next field", ""),
    bind!(Form ["Ctrl-e"], "" "" => Plain(C::Form(FormKey::Editor)), "write this text in the editor of the environment", "editor"),
    bind!(Form ["Ctrl-a"], "" "" => Plain(C::Form(FormKey::Add)), "one element more in this list", ""),
    bind!(Form ["Ctrl-d"], "" "" => Plain(C::Form(FormKey::Remove)), "this element of the list less, or the marked attached file", ""),
    bind!(Form ["Ctrl-u"], "" "" => Plain(C::Form(FormKey::Clear)), "empty this field", ""),
    bind!(Form ["Ctrl-n"], "" "" => Plain(C::Form(FormKey::Empty)), "an empty field: as nobody touched it, an empty text, null where the API takes it", ""),
    bind!(Form ["F5"], "" "" => Plain(C::Form(FormKey::Renew)), "read the folder again whose names are listed", ""),
    bind!(Form ["Ctrl-o"], "" "" => Plain(C::Form(FormKey::Preview)), "look at the marked file in the reader; Esc there goes back to the form as it was", ""),
    bind!(Form ["Ctrl-t"], "" "" => Plain(C::Form(FormKey::Rename)), "another name for the marked attached file; its bytes stay", ""),
    bind!(Form ["Ctrl-p"], "" "" => Plain(C::Form(FormKey::Pack)), "all attached files of this field as one ZIP archive, whose size is told first", ""),
    bind!(Form ["Ctrl-r"], "" "" => Plain(C::Form(FormKey::Review)), "review what would be sent", "review"),
    bind!(Form ["Esc", "Ctrl-c"], "" "" => Plain(C::Form(FormKey::Leave)), "leave; what was entered is kept as a draft", "leave, draft kept"),
    bind!(Review ["j", "Down"], "" "" => Plain(C::Go(Move::Down)), "a line down", ""),
    bind!(Review ["k", "Up"], "" "" => Plain(C::Go(Move::Up)), "a line up", ""),
    bind!(Review ["PgDn", "Ctrl-f", "Space"], "" "" => Plain(C::Go(Move::PageDown)), "a page down", ""),
    bind!(Review ["PgUp", "Ctrl-b"], "" "" => Plain(C::Go(Move::PageUp)), "a page up", ""),
    bind!(Review ["g", "Home"], "" "" => Plain(C::Go(Move::Top)), "to the top", ""),
    bind!(Review ["G", "End"], "" "" => Plain(C::Go(Move::Bottom)), "to the end", ""),
    bind!(Review ["s"], "" "" => Plain(C::Send), "send it: queued at once, then sent", "send"),
    bind!(Review ["Enter"], "" "" => Plain(C::Send), "send what is final, once its word is typed", ""),
    bind!(Review ["Esc", "Ctrl-c"], "" "" => Plain(C::Back), "back to the form", "back to the form"),
    bind!(Desk ["A"], "verbs" "" => Plain(C::Verbs), "everything that can be done with this case, and why something cannot", "actions"),
    bind!(Desk ["o"], "note" "[TEXT]" => With(note), "a note on this case in the journal; nothing leaves", ""),
    bind!(Outbox ["Enter", "l", "Right"], "" "" => Plain(C::Open), "all that is known of the entry; go on with the draft", "open"),
    bind!(Outbox ["z"], "" "" => Plain(C::Entry(EntryKey::TakeBack)), "take back: before it left", "take back"),
    bind!(Outbox ["L"], "look-again" "" => Plain(C::Entry(EntryKey::LookAgain)), "ask the provider now what became of it", "look"),
    bind!(Outbox ["D"], "decide" "" => Plain(C::Entry(EntryKey::Decide)), "say what became of it, where nobody saw it", "decide"),
    bind!(Outbox ["S"], "send-now" "" => Plain(C::Entry(EntryKey::SendNow)), "send what waits, now", "send now"),
    bind!(Outbox ["x"], "discard" "" => Plain(C::Entry(EntryKey::Discard)), "discard the draft, after a question", "discard"),
    bind!(Outbox ["j", "Down"], "" "" => Plain(C::Go(Move::Down)), "next entry, or a line down", ""),
    bind!(Outbox ["k", "Up"], "" "" => Plain(C::Go(Move::Up)), "previous entry, or a line up", ""),
    bind!(Outbox ["PgDn", "Ctrl-f", "Space"], "" "" => Plain(C::Go(Move::PageDown)), "a page down", ""),
    bind!(Outbox ["PgUp", "Ctrl-b"], "" "" => Plain(C::Go(Move::PageUp)), "a page up", ""),
    bind!(Outbox ["g", "Home"], "" "" => Plain(C::Go(Move::Top)), "to the top", ""),
    bind!(Outbox ["G", "End"], "" "" => Plain(C::Go(Move::Bottom)), "to the end", ""),
    bind!(Outbox ["h", "Left"], "" "" => Plain(C::Back), "back to where you were", ""),
    bind!(Desk ["n"], "next" "" => Plain(C::Urgent), "the most urgent workable case; again: the one after it", "most urgent"),
    bind!(Desk ["1", "2", "3", "4", "5", "6", "7"], "queue" "ID" => With(queue), "queues 1000 to 7000; by name any queue id", ""),
    bind!(Desk [], "view" "NAME" => With(view), "one of the desk's own lists: due, overdue, answer, parked, left, all", ""),
    bind!(Desk ["u"], "park" "[REASON]" => With(park), "park: cannot work this now, with the reason", "park"),
    bind!(Desk ["U"], "unpark" "" => Plain(C::Unpark), "unpark: work on it again", ""),
    bind!(Desk ["w"], "why" "" => Plain(C::Why), "why is this case here? deadline, rule, start, source", "why"),
    bind!(Desk ["R"], "refresh" "" => Plain(C::Refresh), "read this queue or this case again from the provider", "refresh"),
    bind!(Desk [], "refresh-all" "" => Plain(C::RefreshAll), "read every queue again", ""),
    bind!(Desk [], "group" "NUMBER" => With(group), "all cases of a case group, asked from the provider", ""),
    bind!(Desk [], "card" "" => Plain(C::Card), "all cases of a card; the number is typed unseen and leaves sealed", ""),
    bind!(Desk ["y"], "copy" "" => Plain(C::Copy), "copy the case number (reader: the picked lines, or the top one) to the terminal's clipboard", ""),
    bind!(Desk ["B"], "outbox" "" => Plain(C::Outbox), "outbox and drafts: what is on its way, what became of it, what was begun", ""),
    bind!(Desk ["z"], "take-back" "" => Plain(C::Entry(EntryKey::TakeBack)), "take back what was queued last, before it leaves", ""),
    bind!(Desk ["Tab"], "" "" => Plain(C::Focus(Step::Next)), "next pane", "pane"),
    bind!(Desk ["BackTab"], "" "" => Plain(C::Focus(Step::Previous)), "previous pane", ""),
    bind!(Desk [":"], "" "" => Plain(C::CommandLine), "type a command, or a case number, group, ARN or last four digits to jump to", "command"),
    bind!(Desk ["?"], "help" "" => Plain(C::Help), "this help", "help"),
    bind!(Desk ["Esc"], "" "" => Plain(C::Back), "one step back; in the list: drop the filter", ""),
    bind!(Desk ["q"], "quit" "" => Plain(C::Quit), "close what is open; with nothing open, leave", "quit"),
    bind!(Desk [], "q" "" => Plain(C::Quit), "the same as quit", ""),
    bind!(Desk [], "images" "" => Plain(C::Images), "what pictures this terminal shows, and how that was found", ""),
    bind!(Desk ["Ctrl-l"], "redraw" "" => Plain(C::Redraw), "paint the screen anew", ""),
    bind!(Desk ["Ctrl-z"], "" "" => Plain(C::Suspend), "back to the shell; `fg` continues", ""),
];

/// The command that a key gives in a context: the context itself first, then the actions of the profile in hand, then
/// everywhere.
pub fn command(context: Context, key: &KeyEvent, actions: &[Action]) -> Option<Command> {
    let name = name_of(key);
    let of = |context| KEYS.iter().find(|bind| bind.context == context && bind.keys.contains(&name.as_str()));
    let bind = match of(context) {
        Some(bind) => bind,
        None if context.is_closed() => of(Context::Desk).filter(|_| name.starts_with("Ctrl-"))?,
        None => match actions.iter().find(|action| action.key == name) {
            Some(action) => return Some(Command::Act(action.id.to_owned(), Force::No)),
            None => of(Context::Desk)?,
        },
    };
    match &bind.make {
        Plain(command) => Some(command.clone()),
        With(make) => make(&meant_by(&name)).ok(),
    }
}

/// What a key says after its command's name: the digits say which of the seven queues, the others nothing.
fn meant_by(key: &str) -> String {
    if matches!(key, "1" | "2" | "3" | "4" | "5" | "6" | "7") { format!("{key}000") } else { String::new() }
}

/// The command that a typed line means: a name with what follows it, or else something to jump to.
pub fn typed(line: &str, actions: &[Action]) -> Result<Command, SafeText> {
    let line = line.trim();
    let (name, rest) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
    if let Some(action) = actions.iter().find(|action| action.id == name) {
        return match rest.trim() {
            "" => Ok(Command::Act(action.id.to_owned(), Force::No)),
            "--force" => Ok(Command::Act(action.id.to_owned(), Force::Yes)),
            profile if action.makes_a_case() && !profile.contains(char::is_whitespace) => {
                Ok(Command::Make(profile.to_owned()))
            }
            _ => Err(say!("{} takes nothing after it but --force", own(action.id))),
        };
    }
    match KEYS.iter().find(|bind| !bind.name.is_empty() && bind.name == name) {
        // What a provider calls a case, a group or a card holds digits; anything else is a slip of the finger, and
        // not worth a question to a provider.
        None if line.is_empty() || line.contains(|letter: char| letter.is_ascii_digit()) => {
            Ok(Command::Jump(line.to_owned()))
        }
        None => Err(say!("there is no command {}; Tab completes, ? shows all", Raw::new(name).show())),
        Some(bind) => match &bind.make {
            Plain(command) if rest.trim().is_empty() => Ok(command.clone()),
            Plain(_) => Err(say!("{} takes nothing after it", own(bind.name))),
            With(make) => make(rest.trim()),
        },
    }
}

/// The names that begin as typed, for completion: those of the actions last.
pub fn completions(line: &str, actions: &[Action]) -> Vec<&'static str> {
    let line = line.trim_start();
    let names = KEYS.iter().map(|bind| bind.name).chain(actions.iter().map(|action| action.id));
    names.filter(|name| !name.is_empty() && name.starts_with(line)).collect()
}

/// Whether a key leaves a dialog, even one that nobody can have read yet.
pub fn leaves(key: &KeyEvent) -> bool {
    key.code == KeyCode::Esc || name_of(key) == "Ctrl-c"
}

/// A key as the table writes it: "j", "G", "Ctrl-l", "PgDn", "Space", "BackTab".
pub fn name_of(key: &KeyEvent) -> String {
    let name = match key.code {
        KeyCode::Char(' ') => "Space".to_owned(),
        KeyCode::Char(letter) => letter.to_string(),
        KeyCode::PageUp => "PgUp".to_owned(),
        KeyCode::PageDown => "PgDn".to_owned(),
        KeyCode::F(number) => format!("F{number}"),
        other => format!("{other:?}"),
    };
    let mut held = String::new();
    if key.modifiers.contains(KeyModifiers::CONTROL) {
        held.push_str("Ctrl-");
    }
    if key.modifiers.contains(KeyModifiers::ALT) {
        held.push_str("Alt-");
    }
    held + &name
}

fn filter(rest: &str) -> Result<Command, SafeText> {
    Ok(if rest.is_empty() { Command::Filter } else { Command::FilterTo(rest.to_owned()) })
}

fn search(rest: &str) -> Result<Command, SafeText> {
    Ok(if rest.is_empty() { Command::Search } else { Command::SearchFor(rest.to_owned()) })
}

fn leaf(rest: &str) -> Result<Command, SafeText> {
    match rest {
        "" => Ok(Command::Leaves),
        number => match number.parse() {
            Ok(number) => Ok(Command::LeafAt(number)),
            Err(_) => Err(own("which page? as in: leaf 3")),
        },
    }
}

fn save(rest: &str) -> Result<Command, SafeText> {
    Ok(Command::Save(rest.to_owned()))
}

fn park(rest: &str) -> Result<Command, SafeText> {
    Ok(if rest.is_empty() { Command::Park } else { Command::ParkFor(rest.to_owned()) })
}

fn note(rest: &str) -> Result<Command, SafeText> {
    Ok(if rest.is_empty() { Command::Note } else { Command::NoteFor(rest.to_owned()) })
}

fn queue(rest: &str) -> Result<Command, SafeText> {
    if rest.is_empty() {
        Err(own("which queue? as in: queue 6000"))
    } else {
        Ok(Command::Queue(rest.to_owned()))
    }
}

fn view(rest: &str) -> Result<Command, SafeText> {
    if rest.is_empty() {
        Err(own("which list? as in: view overdue"))
    } else {
        Ok(Command::View(rest.to_owned()))
    }
}

fn group(rest: &str) -> Result<Command, SafeText> {
    if rest.is_empty() {
        Err(own("which case group? as in: group G-1042"))
    } else {
        Ok(Command::Group(rest.to_owned()))
    }
}

fn column(name: &str) -> Result<Column, SafeText> {
    Column::named(name).ok_or_else(|| {
        let names = Column::ALL.map(|column| own(column.name()));
        say!("no column {}; there are {}", Raw::new(name).show(), SafeText::join(&names, ", "))
    })
}

fn sort(rest: &str) -> Result<Command, SafeText> {
    let mut words = rest.split_whitespace();
    let Some(name) = words.next() else { return Err(own("sort by which column? as in: sort amount desc")) };
    let descending = match words.next() {
        None | Some("asc") => false,
        Some("desc") => true,
        Some(_) => return Err(own("after the column comes asc or desc")),
    };
    Ok(Command::Sort(column(name)?, descending))
}

fn columns(rest: &str) -> Result<Command, SafeText> {
    let names = rest.split([' ', ',']).filter(|name| !name.is_empty());
    let columns = names.map(column).collect::<Result<Vec<_>, _>>()?;
    if columns.is_empty() {
        Err(own("which columns? as in: columns due case merchant amount"))
    } else {
        Ok(Command::Columns(columns))
    }
}
