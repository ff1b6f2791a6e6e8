//! What is typed and must not be seen. It is read whole and kept nowhere.

use std::io::{self, BufRead, IsTerminal};

use rustix::termios::{LocalModes, OptionalActions, tcgetattr, tcsetattr};
use zeroize::Zeroizing;

use crate::text::{SafeText, Secret};

/// One line of standard input; on a terminal asked for, and without an echo.
pub fn unseen(asks: &SafeText) -> io::Result<Secret> {
    let input = io::stdin();
    let before = if input.is_terminal() { Some(tcgetattr(&input)?) } else { None };
    if let Some(before) = &before {
        eprint!("{asks}");
        let mut silent = before.clone();
        silent.local_modes.remove(LocalModes::ECHO);
        tcsetattr(&input, OptionalActions::Flush, &silent)?;
    }
    let mut line = Zeroizing::new(String::with_capacity(64));
    let read = input.lock().read_line(&mut line);
    if let Some(before) = &before {
        tcsetattr(&input, OptionalActions::Flush, before)?;
        eprintln!();
    }
    read?;
    Ok(Secret::new(line.trim()))
}
