//! Pictures as bytes for a terminal: what an independent reader makes of them is the picture, and there are few of them.

#[path = "analyst/eyes.rs"]
mod eyes;
mod page;

use std::sync::Arc;

use base64::{Engine, engine::general_purpose::STANDARD};
use casedesk::{
    case::{Picture, Pixels},
    graphics::{Answers, CellSize, Protocol, Surroundings, Terminal, Tones, Wish},
    run::{
        ansi::Ansi,
        keyboard::Keyboard,
        pictures::{Pictures, Placement},
    },
};
use eyes::Eyes;
use page::{HEIGHT, WIDTH, flow, invoice, invoice_in_colour, noise};
use ratatui::{backend::Backend, buffer::Buffer, layout::Rect};

const SCREEN: Rect = Rect { x: 0, y: 0, width: 120, height: 40 };

fn terminal(protocol: Protocol) -> Terminal {
    let cell = if protocol == Protocol::HalfBlocks { CellSize::TONES } else { CellSize::ASSUMED };
    Terminal { protocol, cell, tones: Tones::All }
}

fn shown(protocol: Protocol, picture: &Picture, area: Rect) -> Vec<u8> {
    terminal(protocol).show(picture, area, 0x12_3401)
}

/// The bytes of a picture between those that lead the cursor there and back.
fn inside(bytes: &[u8], area: Rect) -> &[u8] {
    let lead = format!("\x1b7\x1b[{};{}H", area.y + 1, area.x + 1);
    bytes.strip_prefix(lead.as_bytes()).unwrap().strip_suffix(b"\x1b8").unwrap()
}

/// The commands of kitty's protocol: keys and payload of each.
fn commands(bytes: &[u8]) -> Vec<(String, String)> {
    let text = std::str::from_utf8(bytes).unwrap();
    let parts = text.split("\x1b\\").filter(|part| !part.is_empty());
    parts
        .map(|part| {
            let command = part.strip_prefix("\x1b_G").unwrap_or_else(|| panic!("{part:?}"));
            let (keys, payload) = command.split_once(';').unwrap_or((command, ""));
            (keys.to_owned(), payload.to_owned())
        })
        .collect()
}

fn file(commands: &[(String, String)]) -> Vec<u8> {
    STANDARD.decode(commands.iter().map(|(_, payload)| payload.as_str()).collect::<String>()).unwrap()
}

/// Width, height and colours of a PNG file, as its library reads it.
fn pixels(file: &[u8]) -> (usize, usize, Vec<[u8; 3]>) {
    let mut decoder = png::Decoder::new(std::io::Cursor::new(file));
    decoder.set_transformations(png::Transformations::EXPAND);
    let mut reader = decoder.read_info().unwrap();
    let mut bytes = vec![0; reader.output_buffer_size().unwrap()];
    let info = reader.next_frame(&mut bytes).unwrap();
    assert_eq!(info.color_type, png::ColorType::Rgb);
    (info.width as usize, info.height as usize, bytes.as_chunks().0.to_vec())
}

/// What a terminal paints of sixels; the upper left part that the raster attributes name must be painted whole.
fn painted(bytes: &[u8]) -> (usize, usize, Vec<[u8; 3]>) {
    let text = std::str::from_utf8(bytes).unwrap();
    let body = text.strip_prefix("\x1bP0;1q").unwrap().strip_suffix("\x1b\\").unwrap();
    let numbers = |rest: &str| {
        let end = rest.find(|letter: char| !letter.is_ascii_digit() && letter != ';').unwrap_or(rest.len());
        (rest[..end].split(';').map(|number| number.parse().unwrap_or(0)).collect::<Vec<usize>>(), end)
    };
    let (mut size, mut table, mut colour) = ((0, 0), vec![[0; 3]; 256], 0);
    let (mut sheet, mut x, mut y, mut at) = (Vec::new(), 0, 0, 0);
    while at < body.len() {
        let (sign, rest) = (body.as_bytes()[at], &body[at + 1..]);
        let mut times = 1;
        let mut sixel = sign;
        at += 1;
        match sign {
            b'"' => {
                let (given, end) = numbers(rest);
                assert_eq!(&given[..2], [1, 1], "pixels are square");
                size = (given[2], given[3]);
                sheet = vec![None; size.0 * size.1];
                at += end;
                continue;
            }
            b'#' => {
                let (given, end) = numbers(rest);
                colour = given[0];
                if let [_, 2, red, green, blue] = given[..] {
                    table[colour] = [red, green, blue].map(|percent| ((percent * 255 + 50) / 100) as u8);
                }
                at += end;
                continue;
            }
            b'$' => {
                x = 0;
                continue;
            }
            b'-' => {
                (x, y) = (0, y + 6);
                continue;
            }
            b'!' => {
                let (given, end) = numbers(rest);
                (times, sixel) = (given[0], rest.as_bytes()[end]);
                at += end + 1;
            }
            _ => {}
        }
        assert!((b'?'..=b'~').contains(&sixel), "{sixel}");
        for x in x..x + times {
            for bit in (0..6).filter(|bit| (sixel - b'?') & (1 << bit) != 0) {
                assert!(x < size.0 && y + bit < size.1, "paints outside of what it names");
                sheet[(y + bit) * size.0 + x] = Some(table[colour]);
            }
        }
        x += times;
    }
    (size.0, size.1, sheet.into_iter().map(|pixel| pixel.expect("every pixel is painted")).collect())
}

/// How far the worst pixel is off, and the mean.
#[track_caller]
fn off(picture: &Picture, seen: &[[u8; 3]]) -> (u8, f64) {
    let wanted: Vec<[u8; 3]> = match &picture.pixels {
        Pixels::Grey(greys) => greys.iter().map(|grey| [*grey; 3]).collect(),
        Pixels::Colour(bytes) => bytes.as_chunks().0.to_vec(),
    };
    assert_eq!(wanted.len(), seen.len());
    let differences =
        || wanted.iter().flatten().zip(seen.iter().flatten()).map(|(wanted, seen)| wanted.abs_diff(*seen));
    (differences().max().unwrap(), differences().map(f64::from).sum::<f64>() / (seen.len() * 3) as f64)
}

#[test]
fn kitty_is_sent_a_file_in_pieces_that_holds_the_page() {
    let page = invoice();
    let bytes = shown(Protocol::Kitty, &page, SCREEN);
    let commands = commands(inside(&bytes, SCREEN));
    assert_eq!(commands[0].0, "a=T,f=100,C=1,i=1192961,p=1,q=2,m=1");
    let (last, others) = commands.split_last().unwrap();
    assert_eq!(last.0, "q=2,m=0");
    assert!(others.iter().skip(1).all(|(keys, _)| keys == "q=2,m=1"));
    assert!(others.iter().all(|(_, payload)| payload.len() == 4096) && last.1.len() <= 4096);
    let (width, height, seen) = pixels(&file(&commands));
    assert_eq!((width, height), (WIDTH, HEIGHT));
    // Sixteen greys.
    assert!(off(&page, &seen).0 <= 9, "{:?}", off(&page, &seen));
    println!("kitty, page of writing: {} bytes", bytes.len());
    assert!(bytes.len() <= 60_000);
    // A small picture is one piece.
    let small = Picture::new(2, 1, Pixels::Grey(vec![0, 255])).unwrap();
    let bytes = shown(Protocol::Kitty, &small, Rect::new(3, 4, 5, 6));
    assert!(bytes.starts_with(b"\x1b7\x1b[5;4H\x1b_Ga=T,f=100,C=1,i=1192961,p=1,q=2,m=0;"));
    assert_eq!(terminal(Protocol::Kitty).remove(5), b"\x1b_Ga=d,d=I,i=5,q=2\x1b\\");
}

#[test]
fn below_tmux_letters_stand_for_the_cells_of_the_page() {
    let page = invoice();
    let area = Rect::new(0, 2, 120, 40);
    let bytes = shown(Protocol::KittyInTmux, &page, area);
    println!("kitty in tmux, page of writing: {} bytes", bytes.len());
    assert!(bytes.len() <= 90_000);
    let text = std::str::from_utf8(inside(&bytes, area)).unwrap();
    let letters = text.rfind("\x1b\\").unwrap() + 2;
    let unwrapped: Vec<_> = text[..letters]
        .split_inclusive("\x1b\\\x1b\\")
        .map(|part| {
            part.strip_prefix("\x1bPtmux;").unwrap().strip_suffix("\x1b\\").unwrap().replace("\x1b\x1b", "\x1b")
        })
        .collect();
    let commands = commands(unwrapped.concat().as_bytes());
    assert_eq!(commands[0].0, "a=T,U=1,f=100,i=1192961,c=120,r=40,q=2,m=1");
    assert!(off(&page, &pixels(&file(&commands)).2).0 <= 9);
    // The number is the letters' colour, the mark above the first letter of a row names the row.
    let rows: Vec<_> = text[letters..].split("\x1b[").skip(1).collect();
    assert_eq!(rows[0], "38;2;18;52;1m");
    assert_eq!((rows.len(), rows[41]), (42, "m"));
    for (row, mark) in [(1, '\u{305}'), (2, '\u{30d}'), (3, '\u{30e}'), (40, '\u{597}')] {
        let letters = format!("{};1H\u{10eeee}{mark}{}", row + 2, "\u{10eeee}".repeat(119));
        assert_eq!(rows[row], letters);
    }
}

#[test]
fn sixels_paint_every_pixel_of_the_page() {
    let page = invoice();
    let bytes = shown(Protocol::Sixel, &page, SCREEN);
    let (width, height, seen) = painted(inside(&bytes, SCREEN));
    assert_eq!((width, height), (WIDTH, HEIGHT));
    assert!(off(&page, &seen).0 <= 10, "{:?}", off(&page, &seen));
    println!("sixel, page of writing: {} bytes", bytes.len());
    assert!(bytes.len() <= 150_000);
    // A height that is no multiple of six.
    let small = Picture::new(5, 7, Pixels::Grey((0..35).map(|at| at * 7).collect())).unwrap();
    let (width, height, seen) = painted(inside(&shown(Protocol::Sixel, &small, SCREEN), SCREEN));
    assert_eq!((width, height), (5, 7));
    assert!(off(&small, &seen).0 <= 10);
}

#[test]
fn iterm2_is_sent_the_same_file_over_whole_cells() {
    let page = Picture::new(1195, 790, Pixels::Grey(vec![200; 1195 * 790])).unwrap();
    let bytes = shown(Protocol::Iterm2, &page, SCREEN);
    let text = std::str::from_utf8(inside(&bytes, SCREEN)).unwrap().strip_suffix('\x07').unwrap();
    let (keys, payload) = text.split_once(':').unwrap();
    let file = STANDARD.decode(payload).unwrap();
    let size = file.len();
    let wanted = format!(
        "\x1b]1337;File=inline=1;size={size};width=120;height=40;preserveAspectRatio=0;doNotMoveCursor=1"
    );
    assert_eq!(keys, wanted);
    let (width, height, seen) = pixels(&file);
    assert_eq!((width, height), (1200, 800), "filled up to whole cells, so that nothing is stretched");
    assert!(seen.iter().all(|pixel| *pixel == [204; 3]));
    println!("iterm2, page of writing: {} bytes", shown(Protocol::Iterm2, &invoice(), SCREEN).len());
}

#[test]
fn a_page_in_colour_keeps_its_colours_and_stays_small() {
    let page = invoice_in_colour();
    let bytes = shown(Protocol::Kitty, &page, SCREEN);
    let (_, _, seen) = pixels(&file(&commands(inside(&bytes, SCREEN))));
    println!("kitty, page in colour: {} bytes, {:?} off", bytes.len(), off(&page, &seen));
    assert!(off(&page, &seen).1 < 2.0);
    assert!(bytes.len() <= 120_000);
    let bytes = shown(Protocol::Sixel, &page, SCREEN);
    let (_, _, seen) = painted(inside(&bytes, SCREEN));
    println!("sixel, page in colour: {} bytes, {:?} off", bytes.len(), off(&page, &seen));
    assert!(off(&page, &seen).1 < 2.5);
    assert!(bytes.len() <= 300_000);
}

#[test]
fn a_scan_with_a_tint_is_grey() {
    let grey = flow();
    let Pixels::Grey(tones) = &grey.pixels else { unreachable!() };
    let tinted =
        tones.iter().flat_map(|tone| [*tone, tone.saturating_sub(3), tone.saturating_sub(6)]).collect();
    let tinted = Picture::new(WIDTH as u32, HEIGHT as u32, Pixels::Colour(tinted)).unwrap();
    let bytes = shown(Protocol::Kitty, &tinted, SCREEN);
    let (_, _, seen) = pixels(&file(&commands(inside(&bytes, SCREEN))));
    assert!(seen.iter().all(|[red, green, blue]| red == green && green == blue));
    println!(
        "kitty, photo in greys: {} bytes; sixel {}",
        bytes.len(),
        shown(Protocol::Sixel, &grey, SCREEN).len()
    );
}

#[test]
fn sixels_stay_below_what_tmux_drops_whatever_the_picture() {
    let picture = noise(1200, 800);
    let bytes = shown(Protocol::Sixel, &picture, SCREEN);
    println!("sixel, noise: {} bytes", bytes.len());
    assert!(bytes.len() < 1_000_000);
    let (width, height, _) = painted(inside(&bytes, SCREEN));
    assert_eq!((width, height), (WIDTH, HEIGHT), "its size stays");
}

#[test]
fn nothing_is_shown_outside_of_the_cells_it_was_given() {
    let page = invoice();
    let area = Rect::new(5, 5, 30, 10);
    for (protocol, seen) in [
        (Protocol::Kitty, pixels(&file(&commands(inside(&shown(Protocol::Kitty, &page, area), area))))),
        (Protocol::Sixel, painted(inside(&shown(Protocol::Sixel, &page, area), area))),
    ] {
        assert_eq!((seen.0, seen.1), (300, 200), "{protocol:?}");
        let Pixels::Grey(greys) = &page.pixels else { unreachable!() };
        let corner = greys.chunks(WIDTH).take(200).flat_map(|row| row[..300].to_vec()).collect();
        let corner = Picture::new(300, 200, Pixels::Grey(corner)).unwrap();
        assert!(off(&corner, &seen.2).0 <= 10, "{protocol:?}");
    }
    assert!(shown(Protocol::Kitty, &page, Rect::new(5, 5, 0, 3)).is_empty());
    let none = Picture::new(0, 0, Pixels::Grey(Vec::new())).unwrap();
    assert!(shown(Protocol::Sixel, &none, area).is_empty());
}

/// A picture in cells as an emulator shows it: the tones of the half cells.
fn halves(picture: &Picture, area: Rect, tones: Tones) -> (Vec<u8>, vt100::Parser) {
    let mut cells = Buffer::empty(SCREEN);
    Terminal { tones, ..terminal(Protocol::HalfBlocks) }.fill(picture, area, &mut cells);
    let mut bytes = Vec::new();
    Ansi::new(&mut bytes).draw(Buffer::empty(SCREEN).diff(&cells).into_iter()).unwrap();
    let mut emulator = vt100::Parser::new(SCREEN.height, SCREEN.width, 0);
    emulator.process(&bytes);
    (bytes, emulator)
}

#[test]
fn half_blocks_show_two_tones_to_a_cell() {
    let grey = |at: usize| if (at / 8).is_multiple_of(2) { 0 } else { 255 };
    // Eight columns dark, eight light; below, the other way round, beginning in the lower half of the second row.
    let pixels =
        (0..32 * 20).map(|at| if at / 32 < 12 { grey(at % 32) } else { 255 - grey(at % 32) }).collect();
    let picture = Picture::new(32, 20, Pixels::Grey(pixels)).unwrap();
    let (_, emulator) = halves(&picture, Rect::new(10, 5, 20, 20), Tones::Table);
    let tones = |x: u16, y: u16| {
        let cell = emulator.screen().cell(5 + y, 10 + x).unwrap();
        match cell.contents() {
            "▀" => (cell.fgcolor(), cell.bgcolor()),
            "▄" => (cell.bgcolor(), cell.fgcolor()),
            "█" => (cell.fgcolor(), cell.fgcolor()),
            _ => (cell.bgcolor(), cell.bgcolor()),
        }
    };
    let (dark, light) = (vt100::Color::Idx(16), vt100::Color::Idx(231));
    for x in 0..8u16 {
        let (upper, lower) = if (x / 2).is_multiple_of(2) { (dark, light) } else { (light, dark) };
        assert_eq!(tones(x, 0), (upper, upper), "{x}");
        assert_eq!(tones(x, 1), (upper, lower), "{x}");
        // The picture ends in the middle of its third row.
        assert_eq!(tones(x, 2), (lower, vt100::Color::Default), "{x}");
    }
    assert_eq!(tones(8, 0), (vt100::Color::Default, vt100::Color::Default), "nothing beside the picture");
}

#[test]
fn half_blocks_of_a_page_are_few_bytes() {
    // At full width, in pixels of a quarter of a cell's width.
    let page = invoice();
    let Pixels::Grey(greys) = &page.pixels else { unreachable!() };
    let small = |at: usize| {
        let (x, y) = (at % 480 * 5 / 2, at / 480 * 5 / 2);
        let near = [(0, 0), (1, 0), (0, 1), (1, 1)]
            .map(|(right, down)| u32::from(greys[(y + down) * WIDTH + x + right]));
        (near.iter().sum::<u32>() / 4) as u8
    };
    let page = Picture::new(480, 320, Pixels::Grey((0..480 * 320).map(small).collect())).unwrap();
    for tones in [Tones::All, Tones::Table, Tones::Four] {
        let (bytes, _) = halves(&page, SCREEN, tones);
        println!("half blocks, page of writing, {tones:?}: {} bytes", bytes.len());
        assert!(bytes.len() <= 75_000);
    }
}

// ---- what stands on the terminal

fn pictures(wish: Wish) -> Pictures {
    let around = Surroundings { wish, term: "xterm-256color".to_owned(), ..Surroundings::default() };
    let mut pictures = Pictures::new(around, Keyboard::default(), 0x1234);
    assert!(pictures.known().is_none());
    pictures.answered(&Answers::default());
    pictures
}

fn placed(id: u64, x: u16) -> Placement {
    let picture = Picture::new(40, 40, Pixels::Grey(vec![id as u8; 1600])).unwrap();
    Placement { area: Rect::new(x, 2, 4, 2), picture: Arc::new(picture), id }
}

/// What is written to make the terminal show these and no others.
fn written(pictures: &mut Pictures, eyes: &mut Eyes, placements: &[&Placement]) -> Vec<u8> {
    let placements: Vec<_> = placements.iter().map(|placed| (*placed).clone()).collect();
    let before = eyes.byte_count();
    let mut drawn = Buffer::empty(SCREEN);
    drawn.set_string(10, 2, "ab\u{6f22}c", ratatui::style::Style::new());
    if pictures.change_with(&placements) {
        pictures.show(&placements, &drawn, eyes).unwrap();
    }
    eyes.bytes()[before..].to_vec()
}

#[test]
fn what_stands_as_it_should_is_not_written_again_and_what_goes_is_removed() {
    let (mut pictures, mut eyes) = (pictures(Wish::Kitty), Eyes::new(120, 40));
    let show =
        |placed: &Placement, number| terminal(Protocol::Kitty).show(&placed.picture, placed.area, number);
    let remove = |number| terminal(Protocol::Kitty).remove(number);
    let (one, other, moved) = (placed(1, 10), placed(2, 10), placed(1, 30));
    assert!(written(&mut pictures, &mut eyes, &[]).is_empty());
    assert_eq!(written(&mut pictures, &mut eyes, &[&one]), show(&one, 0x123401));
    assert!(written(&mut pictures, &mut eyes, &[&one]).is_empty());
    assert_eq!(eyes.farewell, [b"\x1b\\".to_vec(), remove(0x123401)].concat());
    assert_eq!(
        written(&mut pictures, &mut eyes, &[&other]),
        [remove(0x123401), show(&other, 0x123402)].concat()
    );
    assert_eq!(
        written(&mut pictures, &mut eyes, &[&other, &moved]),
        show(&moved, 0x123403),
        "the one that stands is left alone"
    );
    assert_eq!(eyes.farewell, [b"\x1b\\".to_vec(), remove(0x123402), remove(0x123403)].concat());
    // The screen was emptied: what may still stand there goes first.
    pictures.forget();
    assert_eq!(
        written(&mut pictures, &mut eyes, &[&moved]),
        [remove(0x123402), remove(0x123403), show(&moved, 0x123404)].concat()
    );
    assert_eq!(written(&mut pictures, &mut eyes, &[]), remove(0x123404));
    assert!(written(&mut pictures, &mut eyes, &[]).is_empty() && eyes.farewell.is_empty());
}

#[test]
fn the_cells_below_sixels_are_written_again_when_they_go() {
    let (mut pictures, mut eyes) = (pictures(Wish::Sixel), Eyes::new(120, 40));
    let one = placed(1, 10);
    let shown = terminal(Protocol::Sixel).show(&one.picture, one.area, 0);
    assert_eq!(written(&mut pictures, &mut eyes, &[&one]), shown);
    let cells = "\x1b7\x1b[3;11Hab\u{6f22}\x1b[4;11H    \x1b8";
    assert_eq!(String::from_utf8(written(&mut pictures, &mut eyes, &[])).unwrap(), cells);
    assert!(written(&mut pictures, &mut eyes, &[]).is_empty());
    // Another page in the same place.
    written(&mut pictures, &mut eyes, &[&one]);
    let next = placed(2, 10);
    let shown = terminal(Protocol::Sixel).show(&next.picture, next.area, 0);
    assert_eq!(written(&mut pictures, &mut eyes, &[&next]), [cells.as_bytes(), &shown].concat());
}

#[test]
fn nothing_but_cells_is_written_where_pictures_are_cells_or_unwanted() {
    for wish in [Wish::HalfBlocks, Wish::Off] {
        let (mut pictures, mut eyes) = (pictures(wish), Eyes::new(120, 40));
        assert!(written(&mut pictures, &mut eyes, &[&placed(1, 10)]).is_empty());
        let mut cells = Buffer::empty(SCREEN);
        pictures.fill(&[placed(1, 10)], &mut cells);
        assert_eq!(cells != Buffer::empty(SCREEN), wish == Wish::HalfBlocks);
    }
}
