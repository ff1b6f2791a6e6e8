//! A process of its own for the bytes of documents: this program again, which gives up what it does not need before it
//! takes the first byte. Whatever a document does to it, it costs one line that says so. Never knows what is shown.

use std::{
    env,
    io::{self, Read, Write},
    os::{fd::AsFd, unix::process::ExitStatusExt},
    panic,
    path::{Path, PathBuf},
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use rustix::{
    event::{PollFd, PollFlags, Timespec, poll},
    fs::{OFlags, fcntl_getfl, fcntl_setfl},
    io::Errno,
    process::{Resource, Rlimit, Signal, set_parent_process_death_signal, setrlimit, setsid},
    time::{ClockId, clock_gettime},
};

use crate::document::{
    Why,
    worker::{LENGTHS, Reply, Request, lengths, pack, parse, serve},
};

/// The argument by which the program is told to be a worker.
pub const ARGUMENT: &str = "__document-worker";

/// The program that is running, also when its file was replaced meanwhile.
pub fn this_program() -> PathBuf {
    let same = PathBuf::from("/proc/self/exe");
    if same.exists() { same } else { env::current_exe().unwrap_or(same) }
}

/// How long one question may take.
pub const PATIENCE: Duration = Duration::from_secs(5);

/// Bytes of address space.
const MEMORY: u64 = 1024 * 1024 * 1024;
/// Decoders call themselves; a thread gets so many bytes for that.
const STACK: usize = 64 * 1024 * 1024;
/// Seconds of computing for one question: what ends a worker whose desk has gone away.
const COMPUTING: u64 = 10;
const FILES: u64 = 16;

/// What a worker does instead of everything else: gives up files, memory and time, then answers its desk until that
/// asks no more. Gives the exit code.
pub fn work() -> u8 {
    // It says nothing anywhere but in its answers.
    panic::set_hook(Box::new(|_| {}));
    match confine() {
        Ok(()) => {}
        Err(_) => return 1,
    }
    let work = || serve(io::stdin().lock(), io::stdout().lock(), begin_counting);
    let done = thread::Builder::new().stack_size(STACK).spawn(work).map(thread::JoinHandle::join);
    u8::from(!matches!(done, Ok(Ok(Ok(())))))
}

fn confine() -> rustix::io::Result<()> {
    // Already a leader where it was started by hand.
    let _ = setsid();
    #[cfg(target_os = "linux")]
    set_parent_process_death_signal(Some(Signal::KILL))?;
    let limit = |which, most| setrlimit(which, Rlimit { current: Some(most), maximum: Some(most) });
    limit(Resource::As, MEMORY)?;
    limit(Resource::Core, 0)?;
    limit(Resource::Fsize, 0)?;
    limit(Resource::Nofile, FILES)
}

/// From here on the process may compute for so long, and not longer.
fn begin_counting() {
    let used = clock_gettime(ClockId::ProcessCPUTime).tv_sec;
    let most = u64::try_from(used).unwrap_or(0) + COMPUTING;
    // Refused only where a stricter limit stands already.
    let _ = setrlimit(Resource::Cpu, Rlimit { current: Some(most), maximum: None });
}

pub struct Worker {
    child: Child,
    to: ChildStdin,
    from: ChildStdout,
}

impl Worker {
    /// Starts one. It gets no environment, no terminal and no file but the two pipes.
    pub fn start(program: &Path) -> io::Result<Worker> {
        let mut child = Command::new(program)
            .arg(ARGUMENT)
            .env_clear()
            .current_dir("/")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()?;
        let pipes = child.stdin.take().zip(child.stdout.take());
        let (to, from) = pipes.ok_or_else(|| io::Error::other("a worker has no pipes"))?;
        let worker = Worker { child, to, from };
        never_wait(&worker.to)?;
        never_wait(&worker.from)?;
        Ok(worker)
    }

    /// Asks and waits, but not longer than [`PATIENCE`]. After [`Why::Ended`] the worker answers nothing any more.
    pub fn ask(&mut self, request: &Request, content: &[u8]) -> Result<(Reply, Vec<u8>), Why> {
        let end = Instant::now() + PATIENCE;
        let asked = pack(request, content).and_then(|bytes| self.write(&bytes, end));
        match asked.and_then(|()| self.read(end)) {
            Ok((Reply::Refused(why), _)) => Err(why),
            Ok(answer) => Ok(answer),
            Err(error) => Err(Why::Ended(self.end(&error))),
        }
    }

    fn write(&mut self, mut bytes: &[u8], end: Instant) -> io::Result<()> {
        while !bytes.is_empty() {
            match self.to.write(bytes) {
                Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
                Ok(written) => bytes = bytes.get(written..).unwrap_or_default(),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    wait(&self.to, PollFlags::OUT, end)?;
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    fn read(&mut self, end: Instant) -> io::Result<(Reply, Vec<u8>)> {
        let mut start = [0; LENGTHS];
        self.fill(&mut start, end)?;
        let (head, content) = lengths(start)?;
        let mut bytes = vec![0; head + content];
        self.fill(&mut bytes, end)?;
        parse(bytes, head)
    }

    fn fill(&mut self, bytes: &mut [u8], end: Instant) -> io::Result<()> {
        let mut filled = 0;
        while let Some(rest) = bytes.get_mut(filled..).filter(|rest| !rest.is_empty()) {
            match self.from.read(rest) {
                Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
                Ok(read) => filled += read,
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    wait(&self.from, PollFlags::IN, end)?;
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// Ends it, and says how it came to that.
    fn end(&mut self, error: &io::Error) -> String {
        if error.kind() == io::ErrorKind::TimedOut {
            let _ = self.child.kill().and_then(|()| self.child.wait());
            return format!("it took longer than {} seconds", PATIENCE.as_secs());
        }
        // Its pipe is closed: it has ended or is about to.
        if error.kind() != io::ErrorKind::UnexpectedEof && error.kind() != io::ErrorKind::BrokenPipe {
            let _ = self.child.kill();
        }
        match self.child.wait().map(|status| status.signal()) {
            Ok(Some(signal)) if signal == Signal::ABORT.as_raw() => {
                "it asks for more memory than a document gets".into()
            }
            Ok(Some(signal)) if signal == Signal::XCPU.as_raw() => "it asks for too much computing".into(),
            Ok(Some(signal)) => format!("its reader was ended by signal {signal}"),
            _ => "its reader ended".into(),
        }
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn never_wait(pipe: impl AsFd) -> io::Result<()> {
    let flags = fcntl_getfl(&pipe)?;
    Ok(fcntl_setfl(&pipe, flags | OFlags::NONBLOCK)?)
}

fn wait(pipe: impl AsFd, for_what: PollFlags, end: Instant) -> io::Result<()> {
    let left = end.saturating_duration_since(Instant::now());
    if left.is_zero() {
        return Err(io::ErrorKind::TimedOut.into());
    }
    let left = Timespec::try_from(left).map_err(io::Error::other)?;
    match poll(&mut [PollFd::new(&pipe, for_what)], Some(&left)) {
        Ok(_) | Err(Errno::INTR) => Ok(()),
        Err(error) => Err(error.into()),
    }
}
