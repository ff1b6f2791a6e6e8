//! A TCP server on loopback that plays bytes: one script a connection, in the order in which connections come. It
//! notes every request that it read, so that a test counts at the server and not at the client.
#![allow(dead_code, reason = "each test file uses the part it needs")]

use std::{
    io::{Read, Write},
    net::{Shutdown, SocketAddr, TcpListener, TcpStream},
    sync::{Arc, Condvar, Mutex, MutexGuard},
    thread::JoinHandle,
};

#[derive(Clone, Debug)]
pub enum Step {
    /// Reads one request to its end and notes it.
    Read,
    /// Writes bytes as they are.
    Send(Vec<u8>),
    /// Writes the same bytes for as long as somebody takes them.
    Flood(Vec<u8>),
    /// Keeps the connection open, silent, until the server is released or dropped.
    Hold,
}

/// A request as it arrived.
#[derive(Clone, Debug)]
pub struct Seen {
    pub method: String,
    /// Path and query.
    pub target: String,
    /// Names in lower case.
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Seen {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

#[derive(Default)]
struct Notes {
    connections: usize,
    seen: Vec<Seen>,
    open: Vec<TcpStream>,
    released: bool,
    stopped: bool,
}

#[derive(Default)]
struct Shared {
    notes: Mutex<Notes>,
    changed: Condvar,
}

impl Shared {
    fn notes(&self) -> MutexGuard<'_, Notes> {
        self.notes.lock().unwrap_or_else(|broken| broken.into_inner())
    }
}

pub struct Server {
    pub address: SocketAddr,
    shared: Arc<Shared>,
    accepting: Option<JoinHandle<()>>,
}

impl Server {
    /// Plays `scripts[n]` on connection n and closes it at the script's end. Further connections are read and answered
    /// with 500.
    pub fn playing(scripts: Vec<Vec<Step>>) -> Server {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let shared = Arc::new(Shared::default());
        let accepting = std::thread::spawn({
            let shared = shared.clone();
            move || accept(&listener, scripts, &shared)
        });
        Server { address, shared, accepting: Some(accepting) }
    }

    /// One answer a connection; each connection is closed after it.
    pub fn answering(answers: Vec<Vec<u8>>) -> Server {
        Server::playing(answers.into_iter().map(|answer| vec![Step::Read, Step::Send(answer)]).collect())
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// Every request read so far.
    pub fn seen(&self) -> Vec<Seen> {
        self.shared.notes().seen.clone()
    }

    pub fn count(&self) -> usize {
        self.shared.notes().seen.len()
    }

    pub fn connections(&self) -> usize {
        self.shared.notes().connections
    }

    /// Ends every hold, now and later.
    pub fn release(&self) {
        self.shared.notes().released = true;
        self.shared.changed.notify_all();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        {
            let mut notes = self.shared.notes();
            notes.stopped = true;
            notes.released = true;
            for stream in &notes.open {
                let _ = stream.shutdown(Shutdown::Both);
            }
        }
        self.shared.changed.notify_all();
        let _ = TcpStream::connect(self.address);
        if let Some(accepting) = self.accepting.take() {
            let _ = accepting.join();
        }
    }
}

fn accept(listener: &TcpListener, scripts: Vec<Vec<Step>>, shared: &Arc<Shared>) {
    let mut scripts = scripts.into_iter();
    let mut players = Vec::new();
    for stream in listener.incoming() {
        let Ok(stream) = stream else { break };
        let _ = stream.set_nodelay(true);
        {
            let mut notes = shared.notes();
            if notes.stopped {
                break;
            }
            notes.connections += 1;
            notes.open.extend(stream.try_clone().ok());
        }
        let script =
            scripts.next().unwrap_or_else(|| vec![Step::Read, Step::Send(answer(500, &[], "not expected"))]);
        let shared = shared.clone();
        players.push(std::thread::spawn(move || play(stream, script, &shared)));
    }
    for player in players {
        let _ = player.join();
    }
}

fn play(mut stream: TcpStream, script: Vec<Step>, shared: &Shared) {
    let mut left = Vec::new();
    for step in script {
        let going = match step {
            Step::Read => match read(&mut stream, &mut left) {
                Some(seen) => {
                    shared.notes().seen.push(seen);
                    true
                }
                None => false,
            },
            Step::Send(bytes) => stream.write_all(&bytes).is_ok(),
            Step::Flood(bytes) => {
                while stream.write_all(&bytes).is_ok() {}
                false
            }
            Step::Hold => {
                let mut notes = shared.notes();
                while !notes.released {
                    notes = shared.changed.wait(notes).unwrap();
                }
                true
            }
        };
        if !going {
            break;
        }
    }
    let _ = stream.shutdown(Shutdown::Both);
}

/// Reads one request with a `content-length` body. `left` holds what came after it.
fn read(stream: &mut TcpStream, left: &mut Vec<u8>) -> Option<Seen> {
    let end = loop {
        match left.windows(4).position(|four| four == b"\r\n\r\n") {
            Some(at) => break at + 4,
            None => more(stream, left)?,
        }
    };
    let head = String::from_utf8_lossy(&left[..end]).into_owned();
    let mut lines = head.lines();
    let mut first = lines.next()?.split(' ');
    let (method, target) = (first.next()?.to_owned(), first.next()?.to_owned());
    let headers: Vec<_> = lines
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()))
        .collect();
    let length = headers.iter().find(|(name, _)| name == "content-length");
    let length: usize = length.map_or(0, |(_, value)| value.parse().unwrap());
    while left.len() < end + length {
        more(stream, left)?;
    }
    let rest = left.split_off(end + length);
    let body = std::mem::replace(left, rest).split_off(end);
    Some(Seen { method, target, headers, body })
}

fn more(stream: &mut TcpStream, left: &mut Vec<u8>) -> Option<()> {
    let mut bytes = [0; 4096];
    let count = stream.read(&mut bytes).ok().filter(|&count| count > 0)?;
    left.extend_from_slice(&bytes[..count]);
    Some(())
}

/// An answer with its length, after which the connection ends.
pub fn answer(status: u16, headers: &[(&str, &str)], body: &str) -> Vec<u8> {
    written(status, headers, body, "connection: close\r\n")
}

/// An answer with its length, after which the connection stays.
pub fn kept(status: u16, headers: &[(&str, &str)], body: &str) -> Vec<u8> {
    written(status, headers, body, "")
}

fn written(status: u16, headers: &[(&str, &str)], body: &str, end: &str) -> Vec<u8> {
    let headers: String = headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
    format!("HTTP/1.1 {status} As Said\r\n{headers}{end}content-length: {}\r\n\r\n{body}", body.len())
        .into_bytes()
}

/// A port on which nobody listens.
pub fn closed_port() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap()
}
