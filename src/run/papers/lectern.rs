//! One document lying open in a worker process. A worker that came to its end over one question is replaced for the
//! next one, so that a page that cannot be shown takes no other with it.

use std::path::{Path, PathBuf};

use super::worker::Worker;
use crate::{
    case::{Extent, Paper, Picture, Pixels, Viewport},
    document::{
        Text, Why,
        worker::{Reply, Request, Summary},
    },
    text::{Raw, Secret},
};

pub struct Lectern {
    program: PathBuf,
    worker: Option<Worker>,
    paper: Paper,
    password: Option<Secret>,
    pub summary: Summary,
}

impl Lectern {
    pub fn open(program: &Path, paper: Paper, password: Option<Secret>) -> Result<Lectern, (Paper, Why)> {
        match start(program, &paper, password.as_ref()) {
            Ok((worker, summary)) => {
                let program = program.to_owned();
                Ok(Lectern { program, worker: Some(worker), paper, password, summary })
            }
            Err(why) => Err((paper, why)),
        }
    }

    pub fn paper(&self) -> &Paper {
        &self.paper
    }

    pub fn text(&mut self, page: usize) -> Result<Text, Why> {
        match self.ask(&Request::Text { page })? {
            (Reply::Text(text), _) => Ok(text),
            _ => Err(astray()),
        }
    }

    pub fn extent(&mut self, page: usize) -> Result<Option<Extent>, Why> {
        match self.ask(&Request::Extent { page })? {
            (Reply::Extent(extent), _) => Ok(extent.filter(|extent| extent.width > 0.0 && extent.height > 0.0)),
            _ => Err(astray()),
        }
    }

    pub fn picture(&mut self, page: usize, viewport: Viewport) -> Result<Picture, Why> {
        match self.ask(&Request::Picture { page, viewport })? {
            (Reply::Picture { width, height, is_grey }, bytes) => {
                let pixels = if is_grey { Pixels::Grey(bytes) } else { Pixels::Colour(bytes) };
                Picture::new(width, height, pixels).ok_or_else(astray)
            }
            _ => Err(astray()),
        }
    }

    pub fn member(&mut self, at: usize) -> Result<Paper, Why> {
        match self.ask(&Request::Member { at })? {
            (Reply::Member { name, claimed }, bytes) => {
                Ok(Paper { name: Raw::new(name), claimed: Raw::new(claimed), bytes })
            }
            _ => Err(astray()),
        }
    }

    fn ask(&mut self, request: &Request) -> Result<(Reply, Vec<u8>), Why> {
        let worker = match &mut self.worker {
            Some(worker) => worker,
            none => none.insert(start(&self.program, &self.paper, self.password.as_ref())?.0),
        };
        let answer = worker.ask(request, &[]);
        if let Err(Why::Ended(_)) = answer {
            self.worker = None;
        }
        answer
    }
}

fn start(program: &Path, paper: &Paper, password: Option<&Secret>) -> Result<(Worker, Summary), Why> {
    let started = Worker::start(program);
    let mut worker = started.map_err(|error| Why::Ended(format!("its reader did not start: {error}")))?;
    let password = password.map(|password| password.reveal().to_owned());
    match worker.ask(&Request::Open { password }, &paper.bytes)? {
        (Reply::Opened(summary), _) => Ok((worker, summary)),
        _ => Err(astray()),
    }
}

/// A worker in which a document took over may say anything.
fn astray() -> Why {
    Why::Ended("its reader answered something else".into())
}
