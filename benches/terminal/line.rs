//! A program at the end of a line: a pseudo-terminal, keys into it, and a clock on every piece that comes back. The
//! clock stops at the last byte before a silence; the silence is not counted.

use std::{
    io::{Read, Write},
    path::Path,
    sync::mpsc::{Receiver, RecvTimeoutError, channel},
    thread,
    time::{Duration, Instant},
};

use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};

/// So long without a byte counts as settled.
pub const QUIET: Duration = Duration::from_millis(30);
const CEILING: Duration = Duration::from_secs(60);

pub struct Line {
    came: Receiver<(Instant, Vec<u8>)>,
    keys: Box<dyn Write + Send>,
    program: Box<dyn Child + Send + Sync>,
    screen: vt100::Parser,
    _master: Box<dyn MasterPty + Send>,
}

/// What one key, or several at once, led to.
#[derive(Clone, Copy, Debug, Default)]
pub struct Answer {
    /// From the key to the last byte.
    pub settled: Duration,
    /// From the key to the piece that made the condition true, where there was one.
    pub until: Duration,
    pub bytes: usize,
}

/// What a program has used so far.
#[derive(Clone, Copy, Debug, Default)]
pub struct Use {
    /// Voluntary context switches of all its threads.
    pub switches: u64,
    /// Processor time in hundredths of a second.
    pub ticks: u64,
    /// The most memory it had at a time, in KiB.
    pub peak: u64,
}

impl Line {
    /// Starts a program and waits until `ready` holds of the screen's text.
    pub fn start(
        argv: &[&str],
        home: &Path,
        (cols, rows): (u16, u16),
        ready: impl Fn(&str) -> bool,
    ) -> (Line, Answer) {
        let size = PtySize { rows, cols, pixel_width: 0, pixel_height: 0 };
        let pair = native_pty_system().openpty(size).unwrap();
        let mut output = pair.master.try_clone_reader().unwrap();
        let (tell, came) = channel();
        thread::spawn(move || {
            let mut piece = [0; 65536];
            while let Ok(count @ 1..) = output.read(&mut piece) {
                if tell.send((Instant::now(), piece[..count].to_vec())).is_err() {
                    return;
                }
            }
        });
        let mut command = CommandBuilder::from_argv(argv.iter().map(Into::into).collect());
        command.cwd(home);
        command.env_clear();
        for (name, value) in
            [("PATH", "/usr/local/bin:/usr/bin:/bin"), ("TERM", "xterm-256color"), ("LANG", "C.UTF-8")]
        {
            command.env(name, value);
        }
        command.env("HOME", home);
        let began = Instant::now();
        let program = pair.slave.spawn_command(command).unwrap();
        drop(pair.slave);
        let keys = pair.master.take_writer().unwrap();
        let screen = vt100::Parser::new(rows, cols, 0);
        let mut line = Line { came, keys, program, screen, _master: pair.master };
        let answer = line.listen(began, QUIET, Some(&ready));
        (line, answer)
    }

    /// Types keys as a terminal sends them, all in one piece, and waits for silence.
    pub fn press(&mut self, keys: &str) -> Answer {
        let began = self.write(keys);
        self.listen(began, QUIET, None)
    }

    /// Types keys and waits for silence after something holds of the screen's text.
    pub fn press_until(&mut self, keys: &str, holds: impl Fn(&str) -> bool) -> Answer {
        let began = self.write(keys);
        self.listen(began, QUIET, Some(&holds))
    }

    /// Presses one key again and again at the pace of a keyboard; how many bytes came, and how much later than the
    /// last key the last of them.
    pub fn hold(&mut self, key: &str, times: usize, pause: Duration) -> Answer {
        let first = Instant::now();
        let mut pieces = Vec::new();
        let mut last = first;
        for at in 0..times {
            thread::sleep((first + pause * at as u32).saturating_duration_since(Instant::now()));
            last = self.write(key);
            pieces.extend(self.came.try_iter());
        }
        let bytes: usize = pieces.iter().map(|(_, piece)| piece.len()).sum();
        pieces.iter().for_each(|(_, piece)| self.screen.process(piece));
        let rest = self.listen(last, QUIET, None);
        Answer { bytes: bytes + rest.bytes, ..rest }
    }

    /// Waits until nothing has come for so long.
    pub fn settle(&mut self, quiet: Duration) -> Answer {
        self.listen(Instant::now(), quiet, None)
    }

    /// How many bytes come while nothing is done for so long.
    pub fn bytes_in(&mut self, long: Duration) -> usize {
        thread::sleep(long);
        let pieces: Vec<_> = self.came.try_iter().collect();
        pieces.iter().for_each(|(_, piece)| self.screen.process(piece));
        pieces.iter().map(|(_, piece)| piece.len()).sum()
    }

    pub fn text(&self) -> String {
        self.screen.screen().contents()
    }

    pub fn used(&self) -> Use {
        let pid = self.program.process_id().unwrap();
        let of = |file: &str| std::fs::read_to_string(format!("/proc/{pid}/{file}")).unwrap_or_default();
        let number = |text: &str, name: &str| -> u64 {
            let line = text.lines().find_map(|line| line.strip_prefix(name)).unwrap_or("0");
            line.split_whitespace().next().and_then(|word| word.parse().ok()).unwrap_or(0)
        };
        let tasks = std::fs::read_dir(format!("/proc/{pid}/task")).into_iter().flatten().flatten();
        let switches = tasks.map(|task| {
            let status = std::fs::read_to_string(task.path().join("status")).unwrap_or_default();
            number(&status, "voluntary_ctxt_switches:")
        });
        // The name in parentheses may hold anything; behind it the fields are counted from the third (proc(5)).
        let stat = of("stat");
        let fields: Vec<&str> = stat.rsplit_once(')').map_or("", |(_, rest)| rest).split_whitespace().collect();
        let ticks = |field: usize| fields.get(field - 3).and_then(|word| word.parse::<u64>().ok()).unwrap_or(0);
        Use { switches: switches.sum(), ticks: ticks(14) + ticks(15), peak: number(&of("status"), "VmHWM:") }
    }

    fn write(&mut self, keys: &str) -> Instant {
        let began = Instant::now();
        self.keys.write_all(keys.as_bytes()).unwrap();
        self.keys.flush().unwrap();
        began
    }

    /// Pieces are put on the screen only in a silence, so that the emulation does not keep the program waiting.
    fn listen(&mut self, began: Instant, quiet: Duration, holds: Option<&dyn Fn(&str) -> bool>) -> Answer {
        let mut answer = Answer::default();
        let mut waiting = holds;
        let mut pieces: Vec<(Instant, Vec<u8>)> = Vec::new();
        loop {
            match self.came.recv_timeout(quiet) {
                Ok(piece) => pieces.push(piece),
                Err(RecvTimeoutError::Disconnected) if waiting.is_some() => {
                    panic!("the program has ended. The screen:\n{}", self.text())
                }
                Err(_) => {
                    for (at, piece) in pieces.drain(..) {
                        self.screen.process(&piece);
                        answer.settled = at - began;
                        answer.bytes += piece.len();
                        if waiting.is_some_and(|holds| holds(&self.text())) {
                            answer.until = answer.settled;
                            waiting = None;
                        }
                    }
                    match waiting {
                        Some(_) => assert!(
                            began.elapsed() < CEILING,
                            "what was waited for never came. The screen:\n{}",
                            self.text()
                        ),
                        None => return answer,
                    }
                }
            }
        }
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        let _ = self.program.kill();
        let _ = self.program.wait();
    }
}
