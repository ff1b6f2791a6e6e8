//! The network thread: asks the providers for the desk and keeps what they answer, through a store of its own, so
//! that a large answer never keeps the desk's store busy.

use std::{
    cell::RefCell,
    path::PathBuf,
    rc::Rc,
    thread::{self, JoinHandle},
};

use tokio::{
    runtime,
    sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel},
    task::LocalSet,
};

use super::{Teller, files, gone, leaving, memory::trouble, source::Source};
use crate::{
    case::{Case, CaseId, Fault, FaultKind, Kept, Moment, Paper, QueueId, Row, moment::DAY},
    desk::words::{Asked, Effect, Errand, Event, Reading},
    provider::{Found, Want},
    store::{self, Note, Soundness, Store, StoreError},
    text::{Raw, SafeText, say},
};

/// How long a fetched document is kept, sealed, before it has to be fetched again.
const DOCUMENT_DAYS: i64 = 14;

pub struct Network {
    jobs: Option<UnboundedSender<Job>>,
    teller: Teller,
    thread: Option<JoinHandle<()>>,
}

/// Where the network thread finds and leaves things.
pub struct Places {
    /// The store's directory.
    pub store: PathBuf,
    /// What the desk's store knows of the file.
    pub sound: Soundness,
    /// Where a document is saved that was given no place, or a relative one.
    pub saves: PathBuf,
}

enum Job {
    Effect(Effect),
    Panic,
}

impl Network {
    pub fn start(sources: Vec<Source>, places: Places, who: Raw, teller: Teller) -> Network {
        let (jobs, waiting) = unbounded_channel();
        let tell = teller.clone();
        let thread = thread::Builder::new()
            .name("network".into())
            .spawn(move || serve(sources, places, who, tell, waiting))
            .ok();
        Network { jobs: Some(jobs), teller, thread }
    }

    pub fn take(&self, effect: Effect) {
        self.hand(Job::Effect(effect));
    }

    /// Fails on purpose, on its own thread.
    pub fn panic(&self) {
        self.hand(Job::Panic);
    }

    fn hand(&self, job: Job) {
        if self.jobs.as_ref().is_none_or(|jobs| jobs.send(job).is_err()) {
            self.teller.tell(Event::Trouble(gone()));
        }
    }
}

impl Drop for Network {
    /// Questions under way are dropped: they were only questions.
    fn drop(&mut self) {
        self.jobs = None;
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn serve(sources: Vec<Source>, places: Places, who: Raw, teller: Teller, mut jobs: UnboundedReceiver<Job>) {
    let Ok(runtime) = runtime::Builder::new_current_thread().enable_all().build() else { return };
    leaving::tidy(&places.store);
    let archive = RefCell::new(Archive { dir: places.store, sound: places.sound, store: None, tidied: false });
    let desk = Rc::new(Runner { sources, archive, saves: places.saves, who, teller });
    let tasks = LocalSet::new();
    tasks.block_on(&runtime, async {
        while let Some(job) = jobs.recv().await {
            match job {
                Job::Effect(effect) => {
                    let runner = desk.clone();
                    tokio::task::spawn_local(async move {
                        let event = runner.run(effect).await;
                        runner.teller.tell(event);
                    });
                }
                Job::Panic => panic!("asked to fail in a task"),
            }
        }
    });
    // What still runs is dropped with the runtime, without waiting for a provider.
    runtime.shutdown_background();
}

struct Runner {
    sources: Vec<Source>,
    archive: RefCell<Archive>,
    saves: PathBuf,
    who: Raw,
    teller: Teller,
}

/// The network's own way into the store, opened when there is first something to keep.
struct Archive {
    dir: PathBuf,
    sound: Soundness,
    store: Option<Store>,
    tidied: bool,
}

impl Archive {
    fn store(&mut self, now: Moment) -> Result<&mut Store, String> {
        if self.store.is_none() {
            let key = store::install_key(&self.dir).map_err(|why| why.to_string())?;
            self.store = Some(Store::beside(&self.dir, &key, &self.sound).map_err(|why| why.to_string())?);
        }
        let Some(store) = &mut self.store else { return Err("the store is not open".into()) };
        if !self.tidied {
            self.tidied = true;
            store.forget_documents(now.plus(-DOCUMENT_DAYS * DAY)).map_err(|why| why.to_string())?;
        }
        Ok(store)
    }
}

impl Runner {
    async fn run(&self, effect: Effect) -> Event {
        match effect {
            Effect::Ask(errand) => {
                let answer = self.ask(&errand).await;
                Event::Asked { errand, answer }
            }
            Effect::Fetch { case, document } => {
                let answer = self.fetch(&case, &document).await.map(Box::new);
                Event::Document { case, document, answer }
            }
            Effect::Save { case, document, to } => {
                self.hand_out("saved document", &case, &document, |paper| {
                    leaving::save(paper, &self.saves, &to)
                })
                .await
            }
            Effect::Show { case, document } => {
                let dir = self.archive.borrow().dir.clone();
                let show = |paper: &Paper| leaving::open_outside(paper, &dir);
                self.hand_out("showed document outside", &case, &document, show).await
            }
            Effect::Find(words) => match self.find(&words).await {
                Ok((rows, faults)) => Event::Found { words, rows, faults },
                Err(fault) => Event::Trouble(fault.tell()),
            },
            _ => Event::Trouble(gone()),
        }
    }

    fn source(&self, profile: &str) -> Result<&Source, Fault> {
        self.sources.iter().find(|source| source.name == profile).ok_or_else(|| {
            Fault::new(FaultKind::Unprepared, format!("there is no profile {profile} in the configuration"))
        })
    }

    async fn ask(&self, errand: &Errand) -> Result<Asked, Fault> {
        let source = self.source(errand.profile())?;
        let want = match errand {
            Errand::Queue { queue, .. } => Want::Queue(queue.clone()),
            Errand::Case(id) => Want::Number(id.number.clone()),
            Errand::Group { group, .. } => Want::Group(group.clone()),
            Errand::Card { number, .. } => Want::Card(source.seal(number).await?),
        };
        let cases = cases(source.ask(&want).await?)?;
        let now = self.teller.clock.now();
        match errand {
            Errand::Queue { profile, queue } => {
                let name = source.provider.manifest().queues.iter().find(|facts| facts.id == queue.exact());
                let name = name.map_or(Raw::default(), |facts| Raw::new(facts.name));
                let queue = QueueId { profile: profile.clone(), id: queue.clone() };
                let kept = self.keep(|store| store.keep_queue(&queue, &name, cases, now))?;
                Ok(Asked { kept, cases: Vec::new() })
            }
            _ => {
                let ids = cases.iter().map(|case| case.id.clone()).collect();
                let kept = self.keep(|store| store.keep_cases(cases, now))?;
                if let Errand::Card { .. } = errand {
                    self.note("asked by card number", None, Raw::new(&*source.name))?;
                }
                Ok(Asked { kept, cases: ids })
            }
        }
    }

    fn keep<T>(&self, act: impl FnOnce(&mut Store) -> Result<T, StoreError>) -> Result<T, Fault> {
        let now = self.teller.clock.now();
        let mut archive = self.archive.borrow_mut();
        let store = archive.store(now).map_err(not_kept)?;
        act(store).map_err(|error| not_kept(trouble(&error).to_string()))
    }

    fn note(&self, event: &'static str, case: Option<&CaseId>, detail: Raw) -> Result<(), Fault> {
        let at = self.teller.clock.now();
        let (who, case) = (self.who.clone(), case.cloned());
        let subject = if case.is_some() { Raw::default() } else { detail.clone() };
        let note = Note { at, who, event, case, subject, detail };
        self.keep(|store| store.record(&note).map(|_| ()))
    }

    async fn fetch(&self, id: &CaseId, document: &Raw) -> Result<Reading, Fault> {
        let (paper, not_kept) = self.paper(id, document).await?;
        let mut reading = files::reading(&paper);
        // It can be read all the same; only the next time it has to be fetched again.
        reading.facts.extend(not_kept.map(|fault| fault.tell()));
        Ok(reading)
    }

    /// Lets a document out of the program, where its card numbers stand in clear: that is written down.
    async fn hand_out(
        &self,
        event: &'static str,
        case: &CaseId,
        document: &Raw,
        act: impl FnOnce(&Paper) -> Result<SafeText, SafeText>,
    ) -> Event {
        let paper = match self.paper(case, document).await {
            Ok((paper, _)) => paper,
            Err(fault) => return Event::Trouble(fault.tell()),
        };
        match act(&paper) {
            Err(why) => Event::Trouble(why),
            Ok(told) => match self.note(event, Some(case), paper.name.clone()) {
                Ok(()) => Event::News(told),
                Err(fault) => Event::Trouble(say!("{}; the journal does not say so: {}", told, fault.tell())),
            },
        }
    }

    /// A document from the store where it is still kept, else from the provider; with the reason if it could not be
    /// kept.
    async fn paper(&self, id: &CaseId, document: &Raw) -> Result<(Paper, Option<Fault>), Fault> {
        if let Some((paper, _)) = self.keep(|store| store.document(id, document))? {
            return Ok((paper, None));
        }
        let source = self.source(&id.profile)?;
        let paper = self::document(source.ask(&Want::Document(document.clone())).await?)?;
        let named = self.named(id, document, paper);
        let now = self.teller.clock.now();
        let kept = self.keep(|store| store.keep_document(id, document, &named, now));
        let kept = kept.and_then(|()| self.note("fetched document", Some(id), named.name.clone()));
        Ok((named, kept.err()))
    }

    /// The name by which the case lists a document says more than its id.
    fn named(&self, id: &CaseId, document: &Raw, paper: Paper) -> Paper {
        let listed = self.keep(|store| store.case(id)).ok().flatten();
        let name = listed.and_then(|(case, ..)| {
            case.documents.iter().find(|known| known.id == *document).map(|known| known.name.clone())
        });
        match name {
            Some(name) if !name.is_empty() => Paper { name, ..paper },
            _ => paper,
        }
    }

    /// First among what is kept; then every provider is asked for a case of that number.
    async fn find(&self, words: &Raw) -> Result<(Vec<Row>, Vec<(String, Fault)>), Fault> {
        let here = self.keep(|store| store.find(words.exact()))?;
        if !here.is_empty() {
            return Ok((here, Vec::new()));
        }
        let (mut found, mut faults) = (Kept::default(), Vec::new());
        for source in &self.sources {
            match source.ask(&Want::Number(words.clone())).await.and_then(cases) {
                Ok(cases) => {
                    let now = self.teller.clock.now();
                    found = self.keep(|store| store.keep_cases(cases, now))?;
                }
                Err(fault) if fault.kind == FaultKind::NotThere => {}
                Err(fault) => faults.push((source.name.clone(), fault)),
            }
        }
        let rows =
            if found == Kept::default() { Vec::new() } else { self.keep(|store| store.find(words.exact()))? };
        Ok((rows, faults))
    }
}

fn cases(found: Found) -> Result<Vec<Case>, Fault> {
    match found {
        Found::Cases(cases) => Ok(cases),
        Found::Document(_) => {
            Err(Fault::new(FaultKind::Unreadable, "a document came where cases were asked for"))
        }
    }
}

fn document(found: Found) -> Result<Paper, Fault> {
    match found {
        Found::Document(paper) => Ok(paper),
        Found::Cases(_) => Err(Fault::new(FaultKind::Unreadable, "cases came where a document was asked for")),
    }
}

fn not_kept(why: String) -> Fault {
    Fault::new(FaultKind::NotKept, why)
}
