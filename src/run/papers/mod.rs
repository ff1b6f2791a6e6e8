//! The reading room: a thread that opens documents in a worker process and lays them out for the desk. The loop and the
//! network never wait for a document. It never knows where the bytes came from.

pub mod covering;
pub mod laying;
pub mod lectern;
pub mod worker;

use std::{
    path::PathBuf,
    sync::mpsc::{Sender, channel},
    thread::{self, JoinHandle},
};

use tokio::sync::oneshot;

use super::{Teller, gone};
use crate::{
    case::{Measure, Paper, Picture, Viewport},
    desk::words::{Event, Leaf, PaperId, Reading},
    document::Why,
    text::{SafeText, Secret},
};
use covering::cover;
use laying::{lay_out, masked, says, unopened};
use lectern::Lectern;

pub struct Papers {
    jobs: Option<Sender<Job>>,
    teller: Teller,
    thread: Option<JoinHandle<()>>,
}

/// A way into the room for those who bring documents.
#[derive(Clone)]
pub struct Bringer(Sender<Job>);

enum Job {
    /// The bytes of a document; the one to be read may lie within it.
    Read {
        id: PaperId,
        root: Paper,
        password: Option<Secret>,
        answer: oneshot::Sender<Reading>,
    },
    /// The bytes of a file within a document.
    Take {
        within: Vec<usize>,
        root: Paper,
        answer: oneshot::Sender<Result<Paper, SafeText>>,
    },
    /// What a document is, without reading it.
    Measure {
        root: Paper,
        answer: oneshot::Sender<Result<Measure, SafeText>>,
    },
    Picture {
        id: PaperId,
        page: usize,
        viewport: Viewport,
    },
}

impl Papers {
    /// `program`: this program, to be started again as a worker.
    pub fn start(program: PathBuf, teller: Teller) -> Papers {
        let (jobs, waiting) = channel();
        let mut room = Room { program, open: None, teller: teller.clone() };
        let work = move || {
            while let Ok(job) = waiting.recv() {
                room.take(job);
            }
        };
        let thread = thread::Builder::new().name("papers".into()).spawn(work).ok();
        Papers { jobs: Some(jobs), teller, thread }
    }

    pub fn bringer(&self) -> Option<Bringer> {
        self.jobs.clone().map(Bringer)
    }

    /// Answered by [`Event::Picture`].
    pub fn picture(&self, id: PaperId, page: usize, viewport: Viewport) {
        let job = Job::Picture { id: id.clone(), page, viewport };
        if self.jobs.as_ref().is_none_or(|jobs| jobs.send(job).is_err()) {
            self.teller.tell(Event::Picture { paper: id, page, viewport, answer: Err(gone()) });
        }
    }
}

impl Drop for Papers {
    fn drop(&mut self) {
        self.jobs = None;
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

impl Bringer {
    /// Lays a document out, or the file within it that `id` names.
    pub async fn read(&self, id: PaperId, root: Paper, password: Option<Secret>) -> Result<Reading, SafeText> {
        let (answer, told) = oneshot::channel();
        self.0.send(Job::Read { id, root, password, answer }).map_err(|_| gone())?;
        told.await.map_err(|_| gone())
    }

    /// How many pages a document has and how large they are; or why it cannot be opened.
    pub async fn measure(&self, root: Paper) -> Result<Measure, SafeText> {
        let (answer, told) = oneshot::channel();
        self.0.send(Job::Measure { root, answer }).map_err(|_| gone())?;
        told.await.map_err(|_| gone())?
    }

    /// The bytes of a file within a document; of the document itself, where it names none.
    pub async fn bytes(&self, within: Vec<usize>, root: Paper) -> Result<Paper, SafeText> {
        if within.is_empty() {
            return Ok(root);
        }
        let (answer, told) = oneshot::channel();
        self.0.send(Job::Take { within, root, answer }).map_err(|_| gone())?;
        told.await.map_err(|_| gone())?
    }
}

struct Room {
    program: PathBuf,
    /// What was read last stays open: its pictures are asked for next.
    open: Option<(PaperId, Lectern, Vec<Leaf>)>,
    teller: Teller,
}

impl Room {
    fn take(&mut self, job: Job) {
        match job {
            Job::Read { id, root, password, answer } => {
                let reading = self.read(id, root, password);
                // Who asked may have gone on to something else.
                let _ = answer.send(reading);
            }
            Job::Take { within, root, answer } => {
                let _ = answer.send(self.within(root, &within).map_err(|why| says(&why)));
            }
            Job::Measure { root, answer } => {
                // What lies open stays open: it may be looked at meanwhile.
                let opened = Lectern::open(&self.program, root, None);
                let measured = opened.map(|lectern| lectern.summary).map_err(|(_, why)| says(&why));
                let _ =
                    answer.send(measured.map(|summary| Measure { pages: summary.pages, scan: summary.scan }));
            }
            Job::Picture { id, page, viewport } => {
                let answer = self.picture(&id, page, viewport).map_err(|why| says(&why));
                self.teller.tell(Event::Picture { paper: id, page, viewport, answer });
            }
        }
    }

    fn read(&mut self, id: PaperId, root: Paper, password: Option<Secret>) -> Reading {
        self.open = None;
        let named = Paper { name: root.name.clone(), claimed: root.claimed.clone(), bytes: Vec::new() };
        let paper = match self.within(root, &id.within) {
            Ok(paper) => paper,
            Err(why) => return unopened(&named, &why),
        };
        match Lectern::open(&self.program, paper, password) {
            Ok(mut lectern) => {
                let reading = lay_out(&mut lectern);
                self.open = Some((id, lectern, reading.pages.clone()));
                reading
            }
            Err((paper, why)) => unopened(&paper, &why),
        }
    }

    fn within(&self, root: Paper, within: &[usize]) -> Result<Paper, Why> {
        let mut paper = root;
        for &at in within {
            paper = Lectern::open(&self.program, paper, None).map_err(|(_, why)| why)?.member(at)?;
        }
        Ok(paper)
    }

    fn picture(&mut self, id: &PaperId, page: usize, viewport: Viewport) -> Result<Picture, Why> {
        let Some((_, lectern, leaves)) = self.open.as_mut().filter(|(open, ..)| open == id) else {
            return Err(Why::Missing("open document of that name".into()));
        };
        let Some(Leaf { extent: Some(extent), covers, .. }) = leaves.get_mut(page) else {
            return Err(Why::Missing(format!("picture of page {}", page + 1)));
        };
        let covers = match covers {
            Some(covers) => covers,
            unread => unread.insert(masked(&lectern.text(page)?.lines).1),
        };
        let mut picture = lectern.picture(page, viewport)?;
        cover(&mut picture, &viewport, *extent, covers);
        Ok(picture)
    }
}
