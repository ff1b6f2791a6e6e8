//! A screen that can be read: cells as ratatui's own test backend keeps them, and beside it every byte that the real
//! backend would have written.

use std::{cell::RefCell, io, io::Write, rc::Rc};

use casedesk::{
    run::{ansi::Ansi, terminal::Screen},
    text::{SafeText, say},
};
use ratatui::{
    backend::{Backend, ClearType, TestBackend, WindowSize},
    buffer::Cell,
    layout::{Position, Rect, Size},
};

pub struct Eyes {
    pub cells: TestBackend,
    wire: Ansi<Wire>,
    sent: Rc<RefCell<Vec<u8>>>,
    /// What was copied to the clipboard.
    pub copied: Vec<String>,
    pub stops: usize,
    /// What the terminal says its size is, where that is more than is kept of it here.
    pub claims: Option<Size>,
    /// What it would be told before it is given back.
    pub farewell: Vec<u8>,
}

impl Eyes {
    pub fn new(width: u16, height: u16) -> Eyes {
        let sent = Rc::new(RefCell::new(Vec::new()));
        Eyes {
            cells: TestBackend::new(width, height),
            wire: Ansi::new(Wire(sent.clone())),
            sent,
            copied: Vec::new(),
            stops: 0,
            claims: None,
            farewell: Vec::new(),
        }
    }

    /// Everything written so far.
    pub fn bytes(&self) -> Vec<u8> {
        self.sent.borrow().clone()
    }

    pub fn byte_count(&self) -> usize {
        self.sent.borrow().len()
    }
}

/// Where the bytes go.
struct Wire(Rc<RefCell<Vec<u8>>>);

impl Write for Wire {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.borrow_mut().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn never<T>(result: Result<T, std::convert::Infallible>) -> io::Result<T> {
    Ok(result.unwrap_or_else(|never| match never {}))
}

impl Backend for Eyes {
    type Error = io::Error;

    fn draw<'a, I: Iterator<Item = (u16, u16, &'a Cell)>>(&mut self, content: I) -> io::Result<()> {
        let content: Vec<_> = content.collect();
        self.wire.draw(content.iter().copied())?;
        never(self.cells.draw(content.into_iter()))
    }

    fn hide_cursor(&mut self) -> io::Result<()> {
        self.wire.hide_cursor()?;
        never(self.cells.hide_cursor())
    }

    fn show_cursor(&mut self) -> io::Result<()> {
        self.wire.show_cursor()?;
        never(self.cells.show_cursor())
    }

    fn get_cursor_position(&mut self) -> io::Result<Position> {
        never(self.cells.get_cursor_position())
    }

    fn set_cursor_position<P: Into<Position>>(&mut self, position: P) -> io::Result<()> {
        let position = position.into();
        self.wire.set_cursor_position(position)?;
        never(self.cells.set_cursor_position(position))
    }

    fn clear(&mut self) -> io::Result<()> {
        self.wire.clear()?;
        never(self.cells.clear())
    }

    fn clear_region(&mut self, clear_type: ClearType) -> io::Result<()> {
        self.wire.clear_region(clear_type)?;
        never(self.cells.clear_region(clear_type))
    }

    fn size(&self) -> io::Result<Size> {
        self.claims.map_or_else(|| never(self.cells.size()), Ok)
    }

    fn window_size(&mut self) -> io::Result<WindowSize> {
        never(self.cells.window_size())
    }

    fn flush(&mut self) -> io::Result<()> {
        never(self.cells.flush())
    }
}

impl Screen for Eyes {
    fn enter(&mut self) -> io::Result<()> {
        Ok(())
    }

    fn leave(&mut self) -> io::Result<()> {
        Ok(())
    }

    fn stop(&mut self) -> io::Result<()> {
        self.stops += 1;
        Ok(())
    }

    fn copy(&mut self, lines: &[SafeText]) -> io::Result<SafeText> {
        let text: Vec<_> = lines.iter().map(SafeText::as_str).collect();
        self.copied.push(text.join("\n"));
        Ok(say!("{} was sent to the terminal", SafeText::join(lines, " / ")))
    }

    fn say(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.wire.write_all(bytes)
    }

    fn cover(&mut self, area: Rect) {
        self.wire.cover(area);
    }

    fn will_say(&mut self, farewell: Vec<u8>) {
        self.farewell = farewell;
    }
}
