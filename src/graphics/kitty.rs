//! The graphics protocol of kitty (https://sw.kovidgoyal.net/kitty/graphics-protocol/), which Ghostty, WezTerm and
//! Konsole speak, too: a PNG file in pieces, shown under a number and taken away by it.

use std::fmt::Write;

use base64::{Engine, engine::general_purpose::STANDARD};
use ratatui::layout::Rect;

/// As many bytes of base64 are in one piece at most.
const PIECE: usize = 4096;
/// The number that the question is asked under.
pub const ASKED: u32 = 31;

/// Whether the protocol is known: one pixel is handed over, to be answered and not to be shown.
pub fn question() -> Vec<u8> {
    format!("\x1b_Gi={ASKED},s=1,v=1,a=q,t=d,f=24;AAAA\x1b\\").into_bytes()
}

/// Shows a PNG file where the cursor is, pixel by pixel. Nothing is answered and the cursor stays.
pub fn show(file: &[u8], id: u32) -> Vec<u8> {
    pieces(file, &format!("a=T,f=100,C=1,i={id},p=1")).concat()
}

/// The same below tmux, which knows nothing of pictures: it keeps letters that stand for the cells of one.
pub fn show_in_tmux(file: &[u8], area: Rect, id: u32) -> Vec<u8> {
    let (columns, rows) = (area.width, area.height.min(rows_at_most()));
    let pieces = pieces(file, &format!("a=T,U=1,f=100,i={id},c={columns},r={rows}"));
    let mut bytes = pieces.iter().map(|piece| through_tmux(piece)).collect::<Vec<_>>().concat();
    bytes.extend_from_slice(letters(area, rows, id).as_bytes());
    bytes
}

/// Takes a picture away, and its memory in the terminal.
pub fn remove(id: u32) -> Vec<u8> {
    format!("\x1b_Ga=d,d=I,i={id},q=2\x1b\\").into_bytes()
}

/// Has tmux hand something on to its own terminal: every escape is doubled.
pub fn through_tmux(bytes: &[u8]) -> Vec<u8> {
    let mut wrapped = b"\x1bPtmux;".to_vec();
    for byte in bytes {
        wrapped.extend(std::iter::repeat_n(*byte, if *byte == 0x1b { 2 } else { 1 }));
    }
    wrapped.extend_from_slice(b"\x1b\\");
    wrapped
}

fn pieces(file: &[u8], keys: &str) -> Vec<Vec<u8>> {
    let text = STANDARD.encode(file);
    let last = text.len().div_ceil(PIECE).saturating_sub(1);
    let piece = |(at, piece): (usize, &[u8])| {
        let (keys, comma) = if at == 0 { (keys, ",") } else { ("", "") };
        let more = u8::from(at < last);
        [format!("\x1b_G{keys}{comma}q=2,m={more};").as_bytes(), piece, b"\x1b\\"].concat()
    };
    text.as_bytes().chunks(PIECE).enumerate().map(piece).collect()
}

const LETTER: char = '\u{10eeee}';

/// A row of letters in the "colour" of the picture's number; a mark on the first one names the row, and from there the
/// terminal counts the columns.
fn letters(area: Rect, rows: u16, id: u32) -> String {
    let [_, red, green, blue] = id.to_be_bytes();
    let mut text = format!("\x1b[38;2;{red};{green};{blue}m");
    let places = MARKS.iter().flat_map(|(first, count)| (*first..first + count).filter_map(char::from_u32));
    for (row, mark) in (0..rows).zip(places) {
        // Writing into memory cannot fail.
        let _ = write!(text, "\x1b[{};{}H{LETTER}{mark}", area.y + row + 1, area.x + 1);
        text.extend((1..area.width).map(|_| LETTER));
    }
    text.push_str("\x1b[m");
    text
}

fn rows_at_most() -> u16 {
    MARKS.iter().map(|(_, count)| *count as u16).sum()
}

/// The marks above a letter that count rows, as many as any screen has: first one, and how many in a row (kitty's
/// rowcolumn-diacritics.txt).
const MARKS: [(u32, u32); 70] = [
    (0x305, 1),
    (0x30d, 2),
    (0x310, 1),
    (0x312, 1),
    (0x33d, 3),
    (0x346, 1),
    (0x34a, 3),
    (0x350, 3),
    (0x357, 1),
    (0x35b, 1),
    (0x363, 13),
    (0x483, 5),
    (0x592, 4),
    (0x597, 3),
    (0x59c, 6),
    (0x5a8, 2),
    (0x5ab, 2),
    (0x5af, 1),
    (0x5c4, 1),
    (0x610, 8),
    (0x657, 5),
    (0x65d, 2),
    (0x6d6, 7),
    (0x6df, 4),
    (0x6e4, 1),
    (0x6e7, 2),
    (0x6eb, 2),
    (0x730, 1),
    (0x732, 2),
    (0x735, 2),
    (0x73a, 1),
    (0x73d, 1),
    (0x73f, 3),
    (0x743, 1),
    (0x745, 1),
    (0x747, 1),
    (0x749, 2),
    (0x7eb, 7),
    (0x7f3, 1),
    (0x816, 4),
    (0x81b, 9),
    (0x825, 3),
    (0x829, 5),
    (0x951, 1),
    (0x953, 2),
    (0xf82, 2),
    (0xf86, 2),
    (0x135d, 3),
    (0x17dd, 1),
    (0x193a, 1),
    (0x1a17, 1),
    (0x1a75, 8),
    (0x1b6b, 1),
    (0x1b6d, 7),
    (0x1cd0, 3),
    (0x1cda, 2),
    (0x1ce0, 1),
    (0x1dc0, 2),
    (0x1dc3, 7),
    (0x1dcb, 2),
    (0x1dd1, 22),
    (0x1dfe, 1),
    (0x20d0, 2),
    (0x20d4, 4),
    (0x20db, 2),
    (0x20e1, 1),
    (0x20e7, 1),
    (0x20e9, 1),
    (0x20f0, 1),
    (0x2cef, 3),
];
