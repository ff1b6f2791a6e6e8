//! A long text in the editor that the environment names: written to a file that only its user can read, read back when
//! the editor ends, removed. While it runs, terminal and keyboard are the editor's.

use std::{
    env,
    ffi::OsString,
    fs::{self, OpenOptions},
    io::{self, Read, Write},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
    process::Command,
};

use rustix::{
    io::Errno,
    process::{Pid, test_kill_process},
};

use super::keyboard::Keyboard;
use crate::text::{Raw, SafeText, own, say};

/// The most that is read back, in bytes.
const MOST: u64 = 256 << 10;

/// Around the number of the program that had the text edited.
const BEFORE: &str = "note-";
const BEHIND: &str = ".txt";

/// Removes the texts of programs that are gone. What cannot be removed is tried again with the next start.
fn forget_the_dead(folder: &Path) {
    let of_whom = |name: OsString| {
        let number = name.to_str()?.strip_prefix(BEFORE)?.strip_suffix(BEHIND)?.parse().ok()?;
        Pid::from_raw(number)
    };
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        if of_whom(entry.file_name()).is_some_and(|pid| test_kill_process(pid) == Err(Errno::SRCH)) {
            let _ = fs::remove_file(entry.path());
        }
    }
}

/// What it takes to let a text be edited.
pub struct Editor {
    /// Program and first arguments; empty where the environment names none.
    pub words: Vec<OsString>,
    /// Where the text lies meanwhile.
    pub folder: PathBuf,
    pub keyboard: Keyboard,
}

impl Editor {
    /// `$VISUAL`, or `$EDITOR`, or vi. Words are split at blanks, as in "emacs -nw"; no shell looks at them. What a program
    /// left in the folder that was killed while its editor ran is removed.
    pub fn of_environment(folder: PathBuf, keyboard: Keyboard) -> Editor {
        forget_the_dead(&folder);
        let named = ["VISUAL", "EDITOR"].into_iter().filter_map(env::var_os).find(|value| !value.is_empty());
        let words = named.unwrap_or_else(|| "vi".into());
        let words = words.to_string_lossy().split_whitespace().map(OsString::from).collect();
        Editor { words, folder, keyboard }
    }

    /// Runs the editor on a text and gives what was left in the file, without the line end at its end.
    pub fn edit(&self, text: &Raw) -> Result<Raw, SafeText> {
        let path = self.folder.join(format!("{BEFORE}{}{BEHIND}", std::process::id()));
        let edited = self.with_file(&path, text);
        let _ = fs::remove_file(&path);
        edited
    }

    fn with_file(&self, path: &Path, text: &Raw) -> Result<Raw, SafeText> {
        let failed = |error: io::Error| {
            say!("the text could not be handed to an editor: {}", Raw::new(error.to_string()).show())
        };
        let _ = fs::remove_file(path);
        let mut file =
            OpenOptions::new().write(true).create_new(true).mode(0o600).open(path).map_err(failed)?;
        file.write_all(text.exact().as_bytes()).map_err(failed)?;
        drop(file);
        let Some((program, arguments)) = self.words.split_first() else {
            return Err(own("no editor is named: set EDITOR"));
        };
        let _lent = self.keyboard.lend();
        let ended = Command::new(program).args(arguments).arg(path).env("LESSSECURE", "1").status();
        let name = || Raw::new(program.to_string_lossy()).show();
        match ended {
            Err(error) => {
                let error = Raw::new(error.to_string()).show();
                Err(say!("the editor {} could not be started: {}; the text is as it was", name(), error))
            }
            Ok(status) if !status.success() => {
                Err(say!("the editor {} ended with an error; the text is as it was", name()))
            }
            Ok(_) => read(path).map_err(failed)?.ok_or_else(|| {
                own("the editor left more than 256 KiB or something that is no text; the text is as it was")
            }),
        }
    }
}

/// `None` where it is too long or no UTF-8.
fn read(path: &Path) -> io::Result<Option<Raw>> {
    let mut bytes = Vec::new();
    fs::File::open(path)?.take(MOST + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > MOST {
        return Ok(None);
    }
    let text = String::from_utf8(bytes).ok();
    Ok(text.map(|text| Raw::new(text.strip_suffix('\n').unwrap_or(&text))))
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    fn editor(folder: &Path, script: &str) -> Editor {
        let program = folder.join("editor");
        fs::write(&program, format!("#!/bin/sh\n{script}\n")).unwrap();
        fs::set_permissions(&program, PermissionsExt::from_mode(0o700)).unwrap();
        Editor { words: vec![program.into()], folder: folder.to_owned(), keyboard: Keyboard::default() }
    }

    #[test]
    fn what_the_editor_leaves_is_the_text_and_nothing_stays_behind() {
        let dir = tempfile::tempdir().unwrap();
        let editor = editor(
            dir.path(),
            "stat -c %a \"$1\" > mode; cat \"$1\" > before; printf 'two\\nlines\\n' > \"$1\"",
        );
        // The script writes beside itself.
        let editor = Editor {
            words: vec!["env".into(), "-C".into(), dir.path().into(), editor.words[0].clone()],
            ..editor
        };
        assert_eq!(editor.edit(&Raw::new("first")).unwrap().exact(), "two\nlines");
        assert_eq!(fs::read_to_string(dir.path().join("mode")).unwrap(), "600\n");
        assert_eq!(fs::read_to_string(dir.path().join("before")).unwrap(), "first");
        let left = fs::read_dir(dir.path())
            .unwrap()
            .filter(|entry| entry.as_ref().unwrap().file_name().to_string_lossy().starts_with("note-"));
        assert_eq!(left.count(), 0);
    }

    #[test]
    fn what_a_killed_program_left_is_gone_with_the_next_start_and_nothing_else_is() {
        let dir = tempfile::tempdir().unwrap();
        // A process that is gone: it has ended, and was waited for.
        let mut dead = Command::new("true").spawn().unwrap();
        dead.wait().unwrap();
        let left = format!("note-{}.txt", dead.id());
        let living = format!("note-{}.txt", std::os::unix::process::parent_id());
        let others = [living.as_str(), "note-.txt", "note-x.txt", "note-0.txt", "letter.txt"];
        for name in others.iter().chain([&left.as_str()]) {
            fs::write(dir.path().join(name), "4111 1111 1111 1111").unwrap();
        }
        Editor::of_environment(dir.path().to_owned(), Keyboard::default());
        assert!(!dir.path().join(left).exists());
        assert!(others.iter().all(|name| dir.path().join(name).exists()));
    }

    #[test]
    fn an_editor_that_fails_changes_nothing() {
        let dir = tempfile::tempdir().unwrap();
        for (script, why) in [
            ("printf changed > \"$1\"; exit 3", "ended with an error"),
            ("head -c 300000 /dev/zero > \"$1\"", "256 KiB"),
            ("printf '\\377' > \"$1\"", "no text"),
        ] {
            let told = editor(dir.path(), script).edit(&Raw::new("first")).unwrap_err();
            assert!(told.as_str().contains(why) && told.as_str().contains("as it was"), "{told}");
        }
        let nobody = Editor { words: vec!["/nowhere/editor".into()], ..editor(dir.path(), "") };
        assert!(nobody.edit(&Raw::default()).unwrap_err().as_str().contains("could not be started"));
    }
}
