//! Pictures on the terminal: which it can show, which stand there now, and the bytes between the two. They are written
//! after the frame's cells; what stands as it should is not written again.

use std::{io, mem, sync::Arc};

use ratatui::{
    backend::{Backend, WindowSize},
    buffer::{Buffer, Cell},
    layout::Rect,
    style::Modifier,
};

use super::{keyboard::Keyboard, terminal::Screen};
use crate::{
    case::{Picture, Pixels},
    graphics::{Answers, CellSize, Protocol, Surroundings, Terminal, Wish, choose, question},
    text::SafeText,
};

/// A picture and the cells that it stands in, from their upper left corner on. The frame leaves them blank.
#[derive(Clone, Debug)]
pub struct Placement {
    pub area: Rect,
    pub picture: Arc<Picture>,
    /// Another picture has another one.
    pub id: u64,
}

/// What the terminal shows, and what it shows it with.
pub struct Pictures {
    around: Surroundings,
    keyboard: Keyboard,
    found: Found,
    standing: Vec<Standing>,
    /// Pictures that may still stand on a screen that was emptied.
    stale: Vec<u32>,
    /// The newest number that the terminal knows a picture by.
    number: u32,
}

enum Found {
    /// Nobody has wanted a picture.
    Nothing,
    /// The terminal is being asked.
    Asking,
    Known(Option<Terminal>, SafeText),
}

#[derive(Clone, Copy, PartialEq)]
struct Standing {
    area: Rect,
    id: u64,
    number: u32,
}

impl Pictures {
    /// `begin` is a number that another program in the same terminal is not likely to count from.
    pub fn new(around: Surroundings, keyboard: Keyboard, begin: u32) -> Pictures {
        let number = (begin & 0xffff) << 8;
        let (found, standing, stale) = (Found::Nothing, Vec::new(), Vec::new());
        Pictures { around, keyboard, found, standing, stale, number }
    }

    /// What the terminal can show, and why that; nothing as long as it has not been asked or has not answered. The
    /// first is nothing where no pictures are shown at all.
    pub fn known(&self) -> Option<(Option<Terminal>, &SafeText)> {
        match &self.found {
            Found::Known(terminal, why) => Some((*terminal, why)),
            Found::Nothing | Found::Asking => None,
        }
    }

    /// Somebody wants a picture. Tells whether the terminal is known by now; else its answers will come.
    pub fn want(&mut self, screen: &mut impl Backend) -> bool {
        if matches!(self.found, Found::Nothing) {
            self.around.cell = screen.window_size().ok().and_then(cell_of);
            let asks = question(&self.around).is_some() && self.keyboard.ask(self.around.clone());
            self.found = Found::Asking;
            if !asks {
                self.answered(&Answers::default());
            }
        }
        self.known().is_some()
    }

    /// What to write now that somebody listens.
    pub fn question(&self) -> Vec<u8> {
        question(&self.around).unwrap_or_default()
    }

    pub fn answered(&mut self, answers: &Answers) {
        let (terminal, why) = choose(&self.around, answers);
        self.found = Found::Known(terminal, why);
    }

    fn terminal(&self) -> Option<Terminal> {
        self.known().and_then(|(terminal, _)| terminal)
    }

    /// A scale of greys in a place of its own, for the tests of terminals.
    pub fn trial(&self) -> Vec<Placement> {
        let Some(terminal) = self.terminal() else { return Vec::new() };
        let area = Rect::new(40, 20, 20, 5);
        let width = u32::from(area.width) * u32::from(terminal.cell.width);
        let height = u32::from(area.height) * u32::from(terminal.cell.height);
        let greys = (0..width * height).map(|at| (at % width * 255 / width) as u8).collect();
        let picture = Picture::new(width, height, Pixels::Grey(greys));
        picture.map(|picture| Placement { area, picture: Arc::new(picture), id: 1 }).into_iter().collect()
    }

    /// Draws pictures that are cells into the frame.
    pub fn fill(&self, placements: &[Placement], cells: &mut Buffer) {
        if let Some(terminal) = self.terminal() {
            placements.iter().for_each(|placed| terminal.fill(&placed.picture, placed.area, cells));
        }
    }

    /// Whether [`Pictures::show`] would write anything.
    pub fn change_with(&self, placements: &[Placement]) -> bool {
        let stand = |placed: &Placement| self.standing.iter().any(|standing| standing.is(placed));
        let has_own_bytes = self.terminal().is_some_and(|terminal| terminal.protocol != Protocol::HalfBlocks);
        let same = placements.len() == self.standing.len() && placements.iter().all(stand);
        has_own_bytes && !(same && self.stale.is_empty())
    }

    /// Makes the terminal show these and no others. `drawn` is the frame that was just written.
    pub fn show<S: Screen>(
        &mut self,
        placements: &[Placement],
        drawn: &Buffer,
        screen: &mut S,
    ) -> io::Result<()>
    where
        io::Error: From<S::Error>,
    {
        let Some(terminal) = self.terminal() else { return Ok(()) };
        let stays = |standing: &Standing| placements.iter().any(|placed| standing.is(placed));
        let (stay, go): (Vec<_>, Vec<_>) = mem::take(&mut self.standing).into_iter().partition(stays);
        self.standing = stay;
        let stale = mem::take(&mut self.stale).into_iter().chain(go.iter().map(|gone| gone.number));
        let removed: Vec<u8> = stale.flat_map(|number| terminal.remove(number)).collect();
        screen.say(&removed)?;
        for gone in go.iter().filter(|_| terminal.covers_cells()) {
            repaint(gone.area, drawn, screen)?;
        }
        for placed in placements {
            if self.standing.iter().any(|standing| standing.is(placed)) {
                continue;
            }
            self.number = self.number & !0xff | (self.number + 1) & 0xff;
            let bytes = terminal.show(&placed.picture, placed.area, self.number);
            if !bytes.is_empty() {
                self.standing.push(Standing { area: placed.area, id: placed.id, number: self.number });
                screen.will_say(self.farewell(terminal));
                screen.cover(placed.area);
                screen.say(&bytes)?;
            }
        }
        screen.will_say(self.farewell(terminal));
        Ok(screen.flush()?)
    }

    /// The screen was emptied, or was in other hands.
    pub fn forget(&mut self) {
        let gone = mem::take(&mut self.standing);
        self.stale.extend(gone.iter().map(|gone| gone.number));
    }

    /// What takes every picture away, even in the middle of one.
    fn farewell(&self, terminal: Terminal) -> Vec<u8> {
        if self.standing.is_empty() {
            return Vec::new();
        }
        let removed = self.standing.iter().flat_map(|standing| terminal.remove(standing.number));
        b"\x1b\\".iter().copied().chain(removed).collect()
    }
}

/// No pictures at all.
impl Default for Pictures {
    fn default() -> Self {
        let around = Surroundings { wish: Wish::Off, ..Surroundings::default() };
        Pictures::new(around, Keyboard::default(), 0)
    }
}

impl Standing {
    fn is(&self, placed: &Placement) -> bool {
        (self.area, self.id) == (placed.area, placed.id)
    }
}

/// Writes the cells of an area again, whatever stands there.
fn repaint<S: Screen>(area: Rect, drawn: &Buffer, screen: &mut S) -> io::Result<()>
where
    io::Error: From<S::Error>,
{
    let area = area.intersection(drawn.area);
    // No cell is like this one, so that all of them differ.
    let mut none = Cell::EMPTY;
    none.modifier = Modifier::all();
    let before = Buffer::filled(area, none);
    let mut now = Buffer::empty(area);
    for at in area.positions() {
        if let (Some(to), Some(from)) = (now.cell_mut(at), drawn.cell(at)) {
            to.clone_from(from);
        }
    }
    screen.say(b"\x1b7")?;
    screen.draw(before.diff(&now).into_iter())?;
    screen.say(b"\x1b8")
}

/// Where a terminal tells its size in pixels, too.
fn cell_of(window: WindowSize) -> Option<CellSize> {
    let WindowSize { columns_rows: cells, pixels } = window;
    CellSize::new(pixels.width.checked_div(cells.width)?, pixels.height.checked_div(cells.height)?)
}
