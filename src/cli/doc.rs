//! `casedesk doc`: the documents of a case, bringing one into a file, and reading any file as the desk's reader does.

use std::{
    fs::{File, OpenOptions},
    io::{BufWriter, Write},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
};

use clap::{Arg, ArgMatches, Command};
use serde_json::json;

use super::{
    counter::Counter,
    data,
    ends::{DONE, REFUSED, Stop},
    flag, profile, tell, typed,
};
use crate::{
    case::{CaseId, DocumentRef, Paper, Picture, Pixels, Turn, Viewport},
    desk::words::{Effect, Event, PaperId, Reading, Unread},
    document::{Limits, Why},
    run::papers::{
        laying::{lay_out, says, unopened},
        lectern::Lectern,
    },
    text::{Raw, SafeText, Secret, own, say},
};

pub fn command() -> Command {
    let case = || Arg::new("case").value_name("CASE").required(true).help("the case's number");
    Command::new("doc")
        .about("The documents of a case.")
        .subcommand_required(true)
        .subcommand(
            Command::new("list")
                .about("what the case has")
                .arg(case())
                .arg(profile())
                .arg(flag("json", "as JSON instead")),
        )
        .subcommand(
            Command::new("get")
                .about("writes one into a new file that only you can read")
                .arg(case())
                .arg(Arg::new("document").value_name("DOCUMENT").required(true).help("its id or its name"))
                .arg(
                    Arg::new("output")
                        .short('o')
                        .long("output")
                        .value_name("FILE")
                        .default_value("")
                        .help("the file, or a folder; here under its own name where nothing is said"),
                )
                .arg(profile()),
        )
        .subcommand(show_command())
}

fn show_command() -> Command {
    let number =
        |name: &'static str| Arg::new(name).long(name).value_name("N").value_parser(clap::value_parser!(usize));
    Command::new("show")
        .about("reads a file of this machine as the desk's reader does")
        .arg(
            Arg::new("file")
                .value_name("FILE")
                .required(true)
                .value_parser(clap::value_parser!(PathBuf))
                .help("any document"),
        )
        .arg(flag("text", "its words without the blanks that keep columns apart"))
        .arg(flag("layout", "its text as it stands on the page (as without any flag)"))
        .arg(flag("png", "writes a page's picture as PNG into the file that -o names").requires("output"))
        .arg(
            Arg::new("output")
                .short('o')
                .long("output")
                .value_name("FILE")
                .value_parser(clap::value_parser!(PathBuf))
                .help("where the picture goes: a new file that only you can read"),
        )
        .arg(number("page").help("only this page, from 1"))
        .arg(number("width").default_value("1000").help("pixels across the picture"))
        .arg(number("inside").help("the file within, from 1: an attachment, a member of an archive"))
        .arg(flag("password", "asks for the document's password on standard input"))
        .arg(flag(
            "json",
            "everything as JSON: kind, pages, facts, files inside, text with the places of words",
        ))
}

/// Reads a file of this machine. Its text passes the contract like everything else that is shown.
pub fn show(program: &Path, asked: &ArgMatches, out: &mut dyn Write) -> Result<u8, Stop> {
    let Some(("show", asked)) = asked.subcommand() else { return Err(Stop::usage(own("doc show FILE"))) };
    let Some(file) = asked.get_one::<PathBuf>("file") else { return Err(Stop::usage(own("which file?"))) };
    let mut paper = paper(file)?;
    let password = password(asked.get_flag("password"))?;
    let number = |name: &str| asked.get_one::<usize>(name).copied();
    if let Some(at) = number("inside") {
        if at == 0 {
            return Err(Stop::usage(own("the files within are counted from 1")));
        }
        let opened = Lectern::open(program, paper, password.clone());
        let mut outer = opened.map_err(|(_, why)| refused(&why))?;
        paper = outer.member(at.wrapping_sub(1)).map_err(|why| refused(&why))?;
    }
    let mut lectern = match Lectern::open(program, paper, password) {
        Ok(lectern) => lectern,
        Err((paper, why)) if asked.get_flag("json") => {
            data::json(&as_json(&unopened(&paper, &why), 0..0), out)?;
            return Ok(REFUSED);
        }
        Err((_, why)) => return Err(refused(&why)),
    };
    let pages = lectern.summary.pages;
    let pages = match number("page") {
        None => 0..pages,
        Some(page) if (1..=pages).contains(&page) => page - 1..page,
        Some(_) => return Err(Stop::usage(say!("its pages are counted from 1 to {}", pages))),
    };
    if asked.get_flag("png") {
        let width = number("width").unwrap_or(1000).clamp(1, 20_000) as u32;
        return picture(&mut lectern, pages.start, width, asked.get_one("output"));
    }
    let reading = lay_out(&mut lectern);
    if asked.get_flag("json") {
        data::json(&as_json(&reading, pages), out)?;
        return Ok(DONE);
    }
    // What is wrong with it, beside the text.
    for (label, value) in reading.about.iter().filter(|(label, _)| ["kind", "damage"].contains(&label.as_str()))
    {
        if label.as_str() == "damage" || value.as_str().starts_with("NOT WHAT IT SAYS") {
            tell(value);
        }
    }
    let flowing = asked.get_flag("text");
    for line in pages.flat_map(|page| &reading.lines[lines_of(&reading, page)]) {
        if flowing {
            let words: Vec<_> = line.as_str().split_whitespace().collect();
            writeln!(out, "{}", words.join(" "))?;
        } else {
            writeln!(out, "{line}")?;
        }
    }
    Ok(DONE)
}

/// The lines of a page, without the one that says which page it is.
fn lines_of(reading: &Reading, page: usize) -> std::ops::Range<usize> {
    let count = reading.lines.len();
    let first = |page: usize| reading.pages.get(page).map_or(count, |leaf| leaf.first);
    let heading = usize::from(reading.pages.len() > 1);
    let end = first(page + 1);
    (first(page) + heading).min(end)..end
}

fn as_json(reading: &Reading, pages: std::ops::Range<usize>) -> serde_json::Value {
    let about = reading.about.iter();
    let about: serde_json::Map<_, _> =
        about.map(|(label, value)| (label.as_str().to_owned(), json!(value.as_str()))).collect();
    let inside = reading.members.iter().map(|member| {
        let closed = member.closed.as_ref().map(SafeText::as_str);
        json!({ "name": member.name.as_str(), "size": member.size, "closed": closed })
    });
    let pages = pages.filter_map(|page| {
        let leaf = reading.pages.get(page)?;
        let lines = lines_of(reading, page).map(|line| {
            let words = reading.words.get(line).map_or(&[][..], Vec::as_slice);
            let words = words.iter().map(|area| json!([area.left, area.top, area.right, area.bottom]));
            json!({ "text": reading.lines[line].as_str(), "words": words.collect::<Vec<_>>() })
        });
        Some(json!({
            "page": page + 1,
            "has_text": leaf.has_text,
            "width": leaf.extent.map(|extent| extent.width),
            "height": leaf.extent.map(|extent| extent.height),
            "lines": lines.collect::<Vec<_>>(),
        }))
    });
    json!({
        "about": about,
        "inside": inside.collect::<Vec<_>>(),
        "pages": pages.collect::<Vec<_>>(),
        "unread": reading.unread.as_ref().map(|unread| match unread {
            Unread::Password { .. } => "it opens with a password only".to_owned(),
            Unread::For(why) => why.as_str().to_owned(),
        }),
    })
}

fn paper(file: &Path) -> Result<Paper, Stop> {
    let shown = || Raw::new(file.to_string_lossy()).show();
    let told = |error: std::io::Error| Stop::usage(say!("{}: {}", shown(), Raw::new(error.to_string()).show()));
    let size = std::fs::metadata(file).map_err(told)?.len();
    if size > Limits::BYTES as u64 {
        return Err(Stop::usage(say!("{} is larger than {} MB", shown(), Limits::BYTES / 1024 / 1024)));
    }
    let bytes = std::fs::read(file).map_err(told)?;
    let name = file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    Ok(Paper { name: Raw::new(name), claimed: Raw::default(), bytes })
}

fn password(asks: bool) -> Result<Option<Secret>, Stop> {
    if !asks {
        return Ok(None);
    }
    let read = typed::unseen(&own("password: "));
    let told =
        |error: std::io::Error| Stop::usage(say!("no password came: {}", Raw::new(error.to_string()).show()));
    read.map(Some).map_err(told)
}

fn picture(lectern: &mut Lectern, page: usize, width: u32, to: Option<&PathBuf>) -> Result<u8, Stop> {
    let Some(to) = to else { return Err(Stop::usage(own("-o says where the picture goes"))) };
    let Some(extent) = lectern.extent(page).map_err(|why| refused(&why))? else {
        return Err(Stop::refused(own("this page has no picture; without --png its text is shown")));
    };
    let most = u32::from(u16::MAX);
    let height = extent.height_of(Turn::None, width).min(most);
    let (wide, high) = (width.min(most) as u16, height as u16);
    let viewport = Viewport {
        page_width: width,
        left: 0,
        top: 0,
        width: wide,
        height: high,
        turn: Turn::None,
        invert: false,
    };
    let drawn = lectern.picture(page, viewport).map_err(|why| refused(&why))?;
    let mut options = OpenOptions::new();
    let written = options.write(true).create_new(true).mode(0o600).open(to).and_then(|file| png(&drawn, file));
    written.map_err(|error| Stop::unsent(not_written(&error)))?;
    Ok(DONE)
}

fn png(picture: &Picture, to: File) -> std::io::Result<()> {
    let mut encoder = png::Encoder::new(BufWriter::new(to), picture.width, picture.height);
    let bytes = match &picture.pixels {
        Pixels::Grey(bytes) => {
            encoder.set_color(png::ColorType::Grayscale);
            bytes
        }
        Pixels::Colour(bytes) => {
            encoder.set_color(png::ColorType::Rgb);
            bytes
        }
    };
    encoder.write_header().and_then(|mut writer| {
        writer.write_image_data(bytes)?;
        writer.finish()
    })?;
    Ok(())
}

fn refused(why: &Why) -> Stop {
    if let Why::Password { .. } = why {
        return Stop::refused(say!("not shown: {}; --password takes it from standard input", says(why)));
    }
    Stop::refused(say!("not shown: {}", says(why)))
}

fn not_written(error: &std::io::Error) -> SafeText {
    say!("it was not written: {}", Raw::new(error.to_string()).show())
}

pub fn run(counter: &mut Counter, asked: &ArgMatches, out: &mut dyn Write) -> Result<u8, Stop> {
    let Some((what, asked)) = asked.subcommand() else { return Err(Stop::usage(own("doc list, or doc get"))) };
    let word = |name: &str| asked.get_one::<String>(name).map(String::as_str);
    let id = counter.locate(word("case").unwrap_or_default(), word("profile"))?;
    let documents = counter.read(&id)?.0.case.documents;
    if what == "get" {
        let (wanted, to) = (word("document").unwrap_or_default(), word("output").unwrap_or_default());
        return get(counter, id, &documents, wanted, to);
    }
    if asked.get_flag("json") {
        let of = |document: &DocumentRef| {
            json!({
                "id": data::id(&document.id),
                "name": data::text(&document.name),
                "claimed_type": data::text(&document.claimed),
                "side": document.side.words(),
                "by": data::text(&document.by),
                "at": data::time(document.at),
            })
        };
        data::json(&documents.iter().map(of).collect(), out)?;
    } else {
        let cells = |document: &DocumentRef| {
            let (id, name) = (document.id.id_cell(), document.name.cell());
            vec![id, data::day(document.at), own(document.side.words()), name]
        };
        let cells: Vec<_> = documents.iter().map(cells).collect();
        data::table(&["document", "day", "side", "name"], &cells, out)?;
    }
    Ok(DONE)
}

fn get(counter: &Counter, case: CaseId, all: &[DocumentRef], wanted: &str, to: &str) -> Result<u8, Stop> {
    if to == "-" {
        return Err(Stop::usage(own("a document goes into a file of its own that only you can read: -o FILE")));
    }
    let named: Vec<_> = all.iter().filter(|it| it.id.exact() == wanted || it.name.exact() == wanted).collect();
    let document = match named.as_slice() {
        [one] => one.id.clone(),
        [] => {
            return Err(Stop::usage(own("the case has no such document: casedesk doc list CASE tells which")));
        }
        _ => return Err(Stop::usage(own("several documents are called so: say the id"))),
    };
    match counter.one(Effect::Save { paper: PaperId::of_case(case, document), to: to.to_owned() })? {
        Event::News(saved) => tell(&say!("{}", saved)),
        _ => return Err(Stop::unsent(own("it was not saved"))),
    }
    Ok(DONE)
}
