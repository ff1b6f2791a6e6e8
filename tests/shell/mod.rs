//! A shell without a terminal in a home of its own: runs the real program on the sandbox there.
#![allow(dead_code)]

use std::{
    io::{BufRead, BufReader, Write},
    path::{Path, PathBuf},
    process::{Child, ChildStdout, Command, Stdio},
};

use serde_json::Value;
use tempfile::TempDir;

pub struct Shell(TempDir);

pub struct Ended {
    pub code: Option<i32>,
    pub out: String,
    pub told: String,
}

/// A program that serves the stand-ins until this is dropped.
pub struct Serving {
    child: Child,
    pub config: PathBuf,
    _told: BufReader<ChildStdout>,
}

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Ended {
    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {}\n{}", self.out, self.told))
    }
}

impl Shell {
    pub fn new() -> Shell {
        Shell(TempDir::new().unwrap())
    }

    pub fn path(&self) -> &Path {
        self.0.path()
    }

    /// Serves the stand-ins in another program, with a configuration that leads there in the folder "there" of this home.
    pub fn serves(&self) -> Serving {
        let folder = self.path().join("there");
        let mut command = self.command(&["sandbox", "--into", folder.to_str().unwrap()]);
        let mut child = command.stdin(Stdio::null()).spawn().unwrap();
        let (mut told, mut line) = (BufReader::new(child.stdout.take().unwrap()), String::new());
        // All of the configuration is there before the first line is printed.
        told.read_line(&mut line).unwrap();
        assert!(line.starts_with("base address"), "{line:?}");
        Serving { child, config: folder.join("config.toml"), _told: told }
    }

    fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_casedesk"));
        command.args(words).env_clear().current_dir(self.path());
        command.env("HOME", self.path()).env("USER", "ann").env("TERM", "xterm").env("LANG", "C.UTF-8");
        command.env("XDG_DATA_HOME", self.path().join("data"));
        command.env("XDG_CONFIG_HOME", self.path().join("config"));
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    /// Runs the program on the sandbox.
    pub fn runs(&self, words: &[&str]) -> Ended {
        self.fed(words, "")
    }

    /// The same with something on standard input.
    pub fn fed(&self, words: &[&str], input: &str) -> Ended {
        let words: Vec<_> = ["--sandbox"].iter().chain(words).copied().collect();
        ended(self.command(&words), input)
    }

    /// Runs the program without a word about where.
    pub fn runs_bare(&self, words: &[&str]) -> Ended {
        ended(self.command(words), "")
    }

    /// Runs the program with a configuration of its own.
    pub fn with(&self, config: &Path, words: &[&str]) -> Ended {
        self.with_fed(config, words, "")
    }

    pub fn with_fed(&self, config: &Path, words: &[&str], input: &str) -> Ended {
        let words: Vec<_> = ["--config", config.to_str().unwrap()].iter().chain(words).copied().collect();
        ended(self.command(&words), input)
    }

    /// The same where nobody reads what it prints.
    pub fn unread(&self, words: &[&str]) -> Ended {
        let words: Vec<_> = ["--sandbox"].iter().chain(words).copied().collect();
        let mut child = self.command(&words).spawn().unwrap();
        drop(child.stdout.take());
        let output = child.wait_with_output().unwrap();
        let told = String::from_utf8(output.stderr).unwrap();
        Ended { code: output.status.code(), out: String::new(), told }
    }

    /// Runs it on the sandbox; it must do what it was asked.
    #[track_caller]
    pub fn done(&self, words: &[&str]) -> Ended {
        let ended = self.runs(words);
        assert_eq!(ended.code, Some(0), "{words:?}: {}", ended.told);
        ended
    }
}

/// Neither stream may hold what a terminal could take for a command.
fn ended(mut command: Command, input: &str) -> Ended {
    let mut child = command.spawn().unwrap();
    // It may have ended without reading.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    let output = child.wait_with_output().unwrap();
    let (out, told) = (String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap());
    for text in [&out, &told] {
        assert!(!text.contains(|c: char| c.is_control() && c != '\n'), "control bytes: {text:?}");
    }
    Ended { code: output.status.code(), out, told }
}
