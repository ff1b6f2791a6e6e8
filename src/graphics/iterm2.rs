//! Inline files of iTerm2 (https://iterm2.com/documentation-images.html), which WezTerm takes, too.

use base64::{Engine, engine::general_purpose::STANDARD};

/// Shows a file where the cursor is, over so many columns and rows. A terminal that knows how to leaves the cursor there.
pub fn show(file: &[u8], (columns, rows): (u16, u16)) -> Vec<u8> {
    let size = file.len();
    let keys =
        format!("inline=1;size={size};width={columns};height={rows};preserveAspectRatio=0;doNotMoveCursor=1");
    format!("\x1b]1337;File={keys}:{}\x07", STANDARD.encode(file)).into_bytes()
}
