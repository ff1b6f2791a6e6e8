//! A terminal for tests: the real program in a pseudo-terminal, below a small shell as at any desk, with keys to type
//! and eyes on the screen. Nothing here sleeps: everything waits for the program's output or its end, with a ceiling.

// Every test file that uses the terminal uses another part of it.
#![allow(dead_code)]

mod process;
mod seen;

use std::{
    fs::{File, OpenOptions},
    io::Write,
    os::fd::{AsFd, OwnedFd},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
    sync::Arc,
    thread::JoinHandle,
    time::{Duration, Instant},
};

use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};
use rustix::{
    event::{PollFd, PollFlags, Timespec, poll},
    process::{Pid, PidfdFlags, kill_process, pidfd_open},
    termios::{OptionalActions, SpecialCodeIndex, Termios, tcgetattr, tcsetattr},
};
use tempfile::TempDir;

pub use process::Rest;
pub use rustix::process::Signal;
pub use seen::Seen;

/// How long a test waits before it gives up. Far above what is needed on a busy machine.
pub const CEILING: Duration = Duration::from_secs(30);

/// Runs a program as a shell with job control does: a process group of its own in the foreground of the terminal, and
/// told about stops. A program that led the session would hide what is tested here: a leader's stop is ignored, and
/// its end resets the terminal. What the shell has to say it says in marks, which never reach the screen.
///
/// Where the terminal is to go away there is no job control (such a shell dies with its terminal and cannot tell the
/// exit code), and the program inherits that SIGHUP is ignored.
const SHELL: &str = r#"
    exec 2>/dev/null
    trap '' HUP
    trap : INT
    mark() { printf '\033]casedesk-test;%s\007' "$1"; }
    notes=$1; jobs=$2; shift 2
    [ "$jobs" = no ] || set -m
    (
        exec 2>&1
        [ "$jobs" = no ] || trap - HUP
        read -r pid rest </proc/self/stat
        mark "pid $pid"
        exec "$@"
    )
    code=$?
    while [ "$code" -ge 147 ] && [ "$code" -le 150 ]; do
        mark "stopped"
        read -r go
        fg >/dev/null
        code=$?
    done
    times >"$notes/times"
    echo "$code" >"$notes/code"
    mark "exit $code"
    read -r go
"#;

/// What a test may want to be different.
pub struct Start<'a> {
    pub args: &'a [&'a str],
    /// On top of a small environment of its own: PATH, TERM=xterm-256color, LANG=C.UTF-8, and HOME and the XDG
    /// directories in a fresh temporary directory. An empty value takes a variable away.
    pub envs: &'a [(&'a str, &'a str)],
    pub cols: u16,
    pub rows: u16,
    /// The test will take the terminal away. The program is started as below `nohup`: no SIGHUP will reach it.
    pub will_hang_up: bool,
}

impl Default for Start<'_> {
    fn default() -> Self {
        Start { args: &[], envs: &[], cols: 120, rows: 40, will_hang_up: false }
    }
}

/// A terminal with a program in it. Dropped, it takes the program with it.
pub struct Pty {
    seen: Arc<Seen>,
    /// Nothing once the terminal hung up.
    master: Option<Master>,
    /// The program's side, to look at the terminal's settings and to wake the reader.
    slave: File,
    before: String,
    shell: Box<dyn Child + Send + Sync>,
    pid: Pid,
    /// Becomes readable when the program ends.
    /// None where the program had ended before anybody could look.
    life: Option<OwnedFd>,
    home: TempDir,
}

struct Master {
    end: Box<dyn MasterPty + Send>,
    keys: Box<dyn Write + Send>,
    reader: JoinHandle<()>,
}

impl Pty {
    /// Starts casedesk.
    pub fn start(args: &[&str], envs: &[(&str, &str)], cols: u16, rows: u16) -> Pty {
        Pty::start_with(Start { args, envs, cols, rows, ..Start::default() })
    }

    pub fn start_with(start: Start<'_>) -> Pty {
        Pty::run(env!("CARGO_BIN_EXE_casedesk"), start)
    }

    /// Starts any program.
    pub fn run(program: &str, start: Start<'_>) -> Pty {
        let home = TempDir::new().unwrap();
        let pair = native_pty_system().openpty(size(start.cols, start.rows)).unwrap();
        let slave = open_slave(&pair.master.tty_name().unwrap());
        let before = settings(&slave);
        let shell = pair.slave.spawn_command(command(program, &start, home.path())).unwrap();
        drop(pair.slave);

        let seen = Arc::new(Seen::new(start.cols, start.rows));
        let mut output = pair.master.try_clone_reader().unwrap();
        let reader = std::thread::spawn({
            let seen = Arc::clone(&seen);
            move || seen.read(&mut *output)
        });
        let keys = pair.master.take_writer().unwrap();
        let pid = seen.wait(|now| now.pid).and_then(Pid::from_raw).expect("the program's start");
        let life = match pidfd_open(pid, PidfdFlags::empty()) {
            Err(rustix::io::Errno::SRCH) => None,
            life => Some(life.unwrap()),
        };
        let master = Some(Master { end: pair.master, keys, reader });
        Pty { seen, master, slave, before, shell, pid, life, home }
    }

    /// Makes the terminal take nothing more, as a slow line or Ctrl-S does, or take again.
    pub fn stall(&self, stalled: bool) {
        self.seen.stall(stalled);
    }

    /// Types keys as a terminal sends them: "j", "\r", "\x1b[B".
    pub fn type_keys(&mut self, keys: &str) {
        let master = self.master.as_mut().expect("the terminal hung up");
        master.keys.write_all(keys.as_bytes()).unwrap();
        master.keys.flush().unwrap();
    }

    /// Waits until the screen holds a text.
    #[track_caller]
    pub fn sees(&self, text: &str) {
        self.sees_that(&format!("{text:?} on the screen"), |screen| screen.contents().contains(text));
    }

    /// Waits until something holds of the screen; not longer than the program runs.
    #[track_caller]
    pub fn sees_that(&self, what: &str, holds: impl Fn(&vt100::Screen) -> bool) {
        let seen = self.seen.wait(|now| match holds(now.screen()) {
            true => Some(Ok(())),
            false => now.exit.map(Err),
        });
        let why = match seen {
            Some(Ok(())) => return,
            Some(Err(code)) => format!("not before the program ended with {code}"),
            None => format!("not within {CEILING:?}"),
        };
        panic!("{what}: {why}. The screen:\n{}", self.text());
    }

    /// The text on the screen, rows ended by line breaks.
    pub fn text(&self) -> String {
        self.screen().contents()
    }

    pub fn screen(&self) -> vt100::Screen {
        self.seen.look(|now| now.screen().clone())
    }

    /// Every byte that the program has written.
    pub fn raw(&self) -> Vec<u8> {
        self.seen.look(|now| now.raw.clone())
    }

    /// Waits until the program has written these bytes.
    #[track_caller]
    pub fn writes(&self, bytes: &[u8]) {
        let there = |now: &seen::Now| now.raw.windows(bytes.len()).any(|window| window == bytes).then_some(());
        let shown = String::from_utf8_lossy(&bytes[..bytes.len().min(80)]).into_owned();
        assert!(self.seen.wait(there).is_some(), "{shown:?} was not written. The screen:\n{}", self.text());
    }

    /// Waits until the program has written nothing for so long.
    pub fn settles(&self, quiet: Duration) {
        let start = Instant::now();
        while !self.seen.is_silent(quiet) {
            assert!(start.elapsed() < CEILING, "the program never stops writing. The screen:\n{}", self.text());
        }
    }

    /// Whether the program writes nothing at all for so long.
    pub fn is_silent(&self, long: Duration) -> bool {
        self.seen.is_silent(long)
    }

    /// Gives the terminal another size. Nothing is refused: 0 by 0 happens in life.
    pub fn resize(&mut self, cols: u16, rows: u16) {
        self.seen.resize(cols, rows);
        self.master.as_ref().expect("the terminal hung up").end.resize(size(cols, rows)).unwrap();
    }

    /// Takes the terminal away, as a broken connection does: the other end is closed. The signal that comes with it
    /// goes to the shell, which ignores it. Only for a program started with `will_hang_up`.
    pub fn hang_up(&mut self) {
        let Some(Master { end, keys, reader }) = self.master.take() else { return };
        // Two kinds of end that portable-pty would add: its reader would keep the terminal open until the next
        // output, and its writer would type a line break and an end-of-file character.
        self.seen.leave();
        if let Ok(mut settings) = tcgetattr(&self.slave) {
            settings.special_codes[SpecialCodeIndex::VEOF] = 0;
            tcsetattr(&self.slave, OptionalActions::Now, &settings).ok();
        }
        self.slave.write_all(b"\0").ok();
        reader.join().ok();
        drop(keys);
        drop(end);
    }

    /// Sends the program a signal, as `kill` does.
    pub fn signal(&self, signal: Signal) {
        kill_process(self.pid, signal).unwrap();
    }

    /// Waits until the program has stopped (SIGTSTP, Ctrl-Z), and the shell has noticed.
    #[track_caller]
    pub fn stops(&self) {
        let stopped = self.seen.wait(|now| (now.stops > now.resumed).then_some(()));
        assert!(stopped.is_some(), "the program did not stop. The screen:\n{}", self.text());
    }

    /// Brings a stopped program back into the foreground (`fg`).
    pub fn resume(&mut self) {
        self.seen.change(|now| now.resumed += 1);
        self.type_keys("\n");
    }

    /// Waits for the program's end. Its exit code; 128 and the signal's number where it died of one.
    #[track_caller]
    pub fn wait(&self) -> i32 {
        assert!(
            self.is_gone_within(CEILING),
            "the program runs on after {CEILING:?}. The screen:\n{}",
            self.text()
        );
        if self.master.is_some() {
            return self.seen.wait(|now| now.exit).expect("an exit code");
        }
        self.ends_shell();
        std::fs::read_to_string(self.home.path().join("notes/code")).unwrap().trim().parse().unwrap()
    }

    /// Whether the program ends within so long.
    pub fn is_gone_within(&self, ceiling: Duration) -> bool {
        self.life.as_ref().is_none_or(|life| is_readable_within(life, ceiling))
    }

    /// Whether the program still runs.
    pub fn is_alive(&self) -> bool {
        !self.is_gone_within(Duration::ZERO)
    }

    /// Processor time that the program has used, all threads together. After its end to the hundredth of a second.
    pub fn cpu_time(&self) -> Duration {
        match process::cpu_time(self.pid) {
            Some(time) => time,
            None => {
                self.wait();
                process::children_time(&std::fs::read_to_string(self.home.path().join("notes/times")).unwrap())
            }
        }
    }

    /// How often the program's threads went to sleep of their own will, so far, and how many bytes it has written.
    pub fn rest(&self) -> Rest {
        Rest { switches: process::voluntary_switches(self.pid), bytes: self.seen.look(|now| now.raw.len()) }
    }

    /// The terminal's settings (termios) now, and before the program was started, in words that can be compared.
    pub fn settings(&self) -> (String, String) {
        (settings(&self.slave), self.before.clone())
    }

    /// The program's home; the XDG directories lie in it.
    pub fn home(&self) -> &Path {
        self.home.path()
    }

    fn ends_shell(&self) {
        let shell = self.shell.process_id().and_then(|id| Pid::from_raw(id as i32)).unwrap();
        let life = pidfd_open(shell, PidfdFlags::empty()).unwrap();
        assert!(is_readable_within(&life, CEILING), "the shell runs on");
    }
}

impl Drop for Pty {
    fn drop(&mut self) {
        if self.is_alive() {
            kill_process(self.pid, Signal::KILL).ok();
        }
        self.shell.kill().ok();
        self.shell.wait().ok();
        self.hang_up();
    }
}

fn size(cols: u16, rows: u16) -> PtySize {
    PtySize { rows, cols, pixel_width: 0, pixel_height: 0 }
}

/// Opened beside the program's own, and never as a controlling terminal.
fn open_slave(name: &PathBuf) -> File {
    let flags = rustix::fs::OFlags::NOCTTY.bits() as i32;
    OpenOptions::new().read(true).write(true).custom_flags(flags).open(name).unwrap()
}

fn command(program: &str, start: &Start<'_>, home: &Path) -> CommandBuilder {
    let notes = home.join("notes");
    std::fs::create_dir(&notes).unwrap();
    let mut command = CommandBuilder::new("/bin/sh");
    command.args(["-c", SHELL, "sh"]);
    command.arg(&notes);
    command.args([if start.will_hang_up { "no" } else { "yes" }, program]);
    command.args(start.args);
    command.cwd(home);
    command.env_clear();
    command.env("PATH", "/usr/local/bin:/usr/bin:/bin");
    command.env("TERM", "xterm-256color");
    command.env("LANG", "C.UTF-8");
    command.env("HOME", home);
    for name in ["CONFIG", "DATA", "STATE", "CACHE"] {
        command.env(format!("XDG_{name}_HOME"), home.join(name.to_lowercase()));
    }
    for (name, value) in start.envs {
        match value.is_empty() {
            true => command.env_remove(name),
            false => command.env(name, value),
        }
    }
    command
}

fn settings(slave: &File) -> String {
    let settings: Termios = tcgetattr(slave.as_fd()).unwrap();
    format!("{settings:?}")
}

fn is_readable_within(life: &OwnedFd, ceiling: Duration) -> bool {
    let mut fds = [PollFd::new(life, PollFlags::IN)];
    let ceiling = Timespec::try_from(ceiling).unwrap();
    poll(&mut fds, Some(&ceiling)).unwrap() == 1
}
