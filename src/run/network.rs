//! The network thread: asks the providers for the desk and keeps what they answer, through a store of its own, so
//! that a large answer never keeps the desk's store busy.

use std::{
    cell::RefCell,
    path::PathBuf,
    rc::Rc,
    thread::{self, JoinHandle},
    time::Duration,
};

use tokio::{
    runtime,
    sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel},
    task::LocalSet,
};

use super::{
    Heard, Teller,
    archive::Archive,
    attaching::{self, Taken},
    gone, leaving,
    neighbours::Neighbours,
    outbox::{Outbox, points::Points, traffic::Traffic},
    outside::{self, Outside},
    packing, pages,
    papers::Bringer,
    register,
    source::Source,
};
use crate::{
    action::{Attachment, Measured},
    case::{Case, CaseId, Fault, FaultKind, Kept, Paper, QueueId, Row},
    desk::words::{Asked, Effect, Errand, Event, PaperId, PaperOf, Reading, Undone},
    provider::{Found, Lists, Want},
    store::{Note, Soundness, Store, StoreError},
    text::{Raw, SafeText, Secret, say},
};

/// How long leaving waits for the answer to a write that is under way.
const LAST_ANSWERS: Duration = Duration::from_secs(5);

/// What an archive of a field's files is called, until it is renamed.
const PACKED: &str = "documents.zip";

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
    /// Where a document is saved, and a file is looked for, that was given no place, or a relative one.
    pub saves: PathBuf,
    /// Where documents are opened.
    pub papers: Option<Bringer>,
    pub traffic: Traffic,
    pub neighbours: Neighbours,
    pub points: Points,
}

enum Job {
    Effect(Effect),
    /// Something may be due that nobody here queued.
    Poke,
    Panic,
}

impl Network {
    pub fn start(sources: Vec<Source>, places: Places, who: Raw, teller: Teller) -> Network {
        Network::open(sources, places, who, teller, true)
    }

    /// The same for who only asks: nothing of the outbox is sent or looked for meanwhile.
    pub fn asking(sources: Vec<Source>, places: Places, who: Raw, teller: Teller) -> Network {
        Network::open(sources, places, who, teller, false)
    }

    fn open(sources: Vec<Source>, places: Places, who: Raw, teller: Teller, sends: bool) -> Network {
        let (jobs, waiting) = unbounded_channel();
        let tell = teller.clone();
        let thread = thread::Builder::new()
            .name("network".into())
            .spawn(move || serve(sources, places, who, tell, waiting, sends))
            .ok();
        Network { jobs: Some(jobs), teller, thread }
    }

    pub fn take(&self, effect: Effect) {
        let undone = effect.undone();
        self.hand(Job::Effect(effect), undone);
    }

    /// Has the outbox look whether something is due: another program may have queued it, or time was moved.
    pub fn poke(&self) {
        self.teller.send(Heard::Begun);
        self.hand(Job::Poke, Undone::Other);
    }

    /// Fails on purpose, on its own thread.
    pub fn panic(&self) {
        self.hand(Job::Panic, Undone::Other);
    }

    fn hand(&self, job: Job, undone: Undone) {
        if self.jobs.as_ref().is_none_or(|jobs| jobs.send(job).is_err()) {
            self.teller.tell(Event::Trouble(undone, gone()));
        }
    }
}

impl Drop for Network {
    /// Questions under way are dropped: they were only questions. A write gets a moment for its answer.
    fn drop(&mut self) {
        self.jobs = None;
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn serve(
    sources: Vec<Source>,
    places: Places,
    who: Raw,
    teller: Teller,
    mut jobs: UnboundedReceiver<Job>,
    sends: bool,
) {
    let Ok(runtime) = runtime::Builder::new_current_thread().enable_all().build() else { return };
    let Places { store, sound, saves, papers, traffic, neighbours, points } = places;
    let outside = RefCell::new(Outside::begin(&store));
    let (sources, archive) = (Rc::new(sources), Rc::new(Archive::new(store.clone(), sound)));
    let outbox = Rc::new(Outbox::new(
        sources.clone(),
        archive.clone(),
        who.clone(),
        teller.clone(),
        traffic,
        neighbours.clone(),
        points,
    ));
    let desk = Rc::new(Runner { sources, archive, outbox, outside, papers, saves, neighbours, who, teller });
    let tasks = LocalSet::new();
    tasks.block_on(&runtime, async {
        if sends {
            desk.outbox.begin();
        }
        while let Some(job) = jobs.recv().await {
            match job {
                Job::Effect(effect) => {
                    let runner = desk.clone();
                    tokio::task::spawn_local(async move {
                        let event = runner.run(effect).await;
                        runner.teller.tell(event);
                    });
                }
                Job::Poke => {
                    desk.outbox.poke_all();
                    desk.teller.send(Heard::Ended);
                }
                Job::Panic => panic!("asked to fail in a task"),
            }
        }
        // An answer that is about to come is still taken; without it the next start has to find out.
        let _ = tokio::time::timeout(LAST_ANSWERS, desk.outbox.landed()).await;
    });
    // What still runs is dropped with the runtime, without waiting for a provider.
    runtime.shutdown_background();
}

struct Runner {
    sources: Rc<Vec<Source>>,
    archive: Rc<Archive>,
    outbox: Rc<Outbox>,
    /// Goes with the thread, and its copies with it.
    outside: RefCell<Outside>,
    papers: Option<Bringer>,
    saves: PathBuf,
    neighbours: Neighbours,
    who: Raw,
    teller: Teller,
}

impl Runner {
    async fn run(&self, effect: Effect) -> Event {
        match effect {
            Effect::Ask(errand) => {
                let answer = self.ask(&errand).await;
                Event::Asked { errand, answer }
            }
            Effect::Fetch { paper, password } => {
                let answer = self.fetch(&paper, password).await.map(Box::new);
                Event::Document { paper, answer }
            }
            Effect::Save { paper, to } => {
                self.hand_out("saved document", &paper, |bytes| leaving::save(bytes, &self.saves, &to)).await
            }
            Effect::Show(paper) => {
                let show = |bytes: &Paper| self.outside.borrow_mut().show(bytes);
                self.hand_out("showed document outside", &paper, show).await
            }
            Effect::ShowPage { case, page } => match outside::follow(&page) {
                Ok(told) => self.noted("showed page outside", &case, page, told),
                Err(why) => Event::Trouble(Undone::Other, why),
            },
            Effect::Find(words) => match self.find(&words).await {
                Ok((rows, faults)) => Event::Found { words, rows, faults },
                Err(fault) => Event::Trouble(Undone::Find(words), fault.tell()),
            },
            Effect::Attach { draft, field, folder, name } => {
                let answer = self.attach(folder, name).await;
                Event::Attached { draft, field, answer }
            }
            Effect::Pack { draft, field, files } => {
                let answer = self.pack(&files).await;
                Event::Packed { draft, field, files, answer }
            }
            Effect::ListFolder { ask, from, into } => {
                let here = self.saves.clone();
                let listed = tokio::task::spawn_blocking(move || attaching::folder(&here, &from, &into)).await;
                Event::Folder { ask, answer: listed.unwrap_or_else(|_| Err(gone())) }
            }
            Effect::Submit(submission) => {
                let draft = submission.draft.id.clone();
                Event::Queued { draft, answer: self.outbox.submit(*submission).await }
            }
            Effect::TakeBack(entry) => told(self.outbox.take_back(&entry)),
            Effect::LookAgain(entry) => told(self.outbox.look_again(&entry).await),
            Effect::SendNow => match self.outbox.send_now() {
                Ok(()) => {
                    self.outbox.at_rest().await;
                    Event::SentNow
                }
                Err(why) => Event::Trouble(Undone::SendNow, why),
            },
            Effect::Decide { entry, decision, why } => told(self.outbox.decide(&entry, &decision, &why).await),
            other => Event::Trouble(other.undone(), gone()),
        }
    }

    /// Copies a file's bytes into the store: what is sent later is what was attached, whatever becomes of the file.
    async fn attach(&self, folder: Raw, name: Raw) -> Result<Attachment, SafeText> {
        let here = self.saves.clone();
        let taken = tokio::task::spawn_blocking(move || attaching::take(&here, &folder, &name)).await;
        self.keep_taken(taken.unwrap_or_else(|_| Err(gone()))?).await
    }

    async fn keep_taken(&self, taken: Taken) -> Result<Attachment, SafeText> {
        let Taken { bytes, mut attachment } = taken;
        let now = self.teller.clock.now();
        let kept = self.archive.with(now, |store| store.keep_file(&bytes, &attachment.sha256, now));
        kept.map_err(|why| say!("{} was not attached: {}", attachment.name.show(), why))?;
        if let Some(papers) = &self.papers {
            let root = Paper { name: attachment.name.clone(), claimed: Raw::default(), bytes };
            attachment.measured = match papers.measure(root).await {
                Ok(measure) => Measured::As(measure),
                Err(why) => Measured::Failed(Raw::new(why.into_string())),
            };
        }
        Ok(attachment)
    }

    /// Makes one archive of attached files, and keeps it as if it were attached: unless a draft names it, it is forgotten.
    async fn pack(&self, files: &[Attachment]) -> Result<Attachment, SafeText> {
        let mut packed = Vec::new();
        for file in files {
            packed.push((file.name.exact().to_owned(), self.attached(&file.name, &file.sha256)?));
        }
        let packed = tokio::task::spawn_blocking(move || packing::pack(&packed)).await;
        let told = |why: String| say!("no archive was made: {}", Raw::new(why).show());
        let bytes = packed.map_err(|_| gone())?.map_err(|why| told(why.to_string()))?;
        let mut archive = self.keep_taken(attaching::taken(PACKED, bytes)).await?;
        let described: Vec<_> =
            files.iter().map(|file| file.description.exact()).filter(|words| !words.is_empty()).collect();
        archive.description = Raw::new(described.join("; "));
        Ok(archive)
    }

    /// The bytes of an attached file, from the store.
    fn attached(&self, name: &Raw, sha256: &str) -> Result<Vec<u8>, SafeText> {
        let kept = self.archive.with(self.teller.clock.now(), |store| store.file(sha256))?;
        kept.ok_or_else(|| say!("{} is not kept here any more; attach it again", name.show()))
    }

    fn source(&self, profile: &str) -> Result<&Source, Fault> {
        self.sources.iter().find(|source| source.name == profile).ok_or_else(|| {
            Fault::new(FaultKind::Unprepared, format!("there is no profile {profile} in the configuration"))
        })
    }

    async fn ask(&self, errand: &Errand) -> Result<Asked, Fault> {
        let source = self.source(errand.profile())?;
        if let Errand::Queue { queue, .. } = errand
            && source.lists() != Lists::Queues
        {
            return self.ask_each(source, queue).await;
        }
        let want = match errand {
            Errand::Queue { queue, .. } => Want::Queue(queue.clone()),
            Errand::Case(id) => Want::Number(id.number.clone()),
            Errand::Group { group, .. } => Want::Group(group.clone()),
            Errand::Card { number, .. } => Want::Card(source.seal(number).await?),
        };
        let found = match errand {
            Errand::Case(id) => source.ask_for_case(&id.number).await?,
            _ => source.ask(&want).await?,
        };
        if let Found::Part { cases, says } = found {
            // What came is kept; the others stay where they are.
            let now = self.teller.clock.now();
            self.keep(|store| register::keep(store, source, cases, now))?;
            self.neighbours.tell();
            return Err(pages::short(says));
        }
        let cases = cases(found)?;
        let now = self.teller.clock.now();
        match errand {
            Errand::Queue { profile, queue } => {
                let name = source.queue_name(queue);
                let queue = QueueId { profile: profile.clone(), id: queue.clone() };
                let kept = self.keep(|store| store.keep_queue(&queue, &name, cases, now))?;
                self.neighbours.tell();
                Ok(Asked { kept, cases: Vec::new() })
            }
            _ => {
                let ids = cases.iter().map(|case| case.id.clone()).collect();
                let kept = self.keep(|store| register::keep(store, source, cases, now))?;
                if let Errand::Card { .. } = errand {
                    self.note("asked by card number", None, Raw::new(&*source.name))?;
                }
                Ok(Asked { kept, cases: ids })
            }
        }
    }

    /// Reads a queue of a provider that lists none: those cases that were never read, and each case that is known to be in
    /// it. A case that the provider does not know (any more) stays as it is.
    async fn ask_each(&self, source: &Source, queue: &Raw) -> Result<Asked, Fault> {
        let readable = source.lists() == Lists::Singly;
        let (mut kept, mut odd) = (Kept::default(), None);
        if readable {
            let taken = source.together(self.take_in(source, &mut kept, &mut odd)).await?.unwrap_or_default();
            let mut known = self.keep(|store| store.registered(&source.name, queue))?;
            known.retain(|id| !taken.contains(id));
            self.read_each(source, &known, &mut kept, &mut odd).await?;
        }
        let now = self.teller.clock.now();
        let read = (readable && odd.is_none()).then_some((queue, now));
        self.keep(|store| register::enlist(store, source, read))?;
        self.neighbours.tell();
        odd.map_or(Ok(Asked { kept, cases: Vec::new() }), Err)
    }

    /// Reads the cases that were never read; in which queue they are is not known before.
    async fn take_in(
        &self,
        source: &Source,
        kept: &mut Kept,
        odd: &mut Option<Fault>,
    ) -> Result<Vec<CaseId>, Fault> {
        let strange = self.keep(|store| store.registered(&source.name, &Raw::default()))?;
        self.read_each(source, &strange, kept, odd).await?;
        Ok(strange)
    }

    /// `odd`: the first fault of a case that keeps none of the others from being read.
    async fn read_each(
        &self,
        source: &Source,
        cases: &[CaseId],
        kept: &mut Kept,
        odd: &mut Option<Fault>,
    ) -> Result<(), Fault> {
        for id in cases {
            let found = match source.ask_for_case(&id.number).await.and_then(self::cases) {
                Err(fault) if fault.kind == FaultKind::NotThere => continue,
                Err(fault)
                    if matches!(
                        fault.kind,
                        FaultKind::Unreadable | FaultKind::Broken | FaultKind::TooLarge
                    ) =>
                {
                    odd.get_or_insert(fault);
                    continue;
                }
                found => found?,
            };
            let now = self.teller.clock.now();
            let one = self.keep(|store| store.keep_cases(found, now))?;
            kept.new += one.new;
            kept.changed += one.changed;
            kept.same += one.same;
        }
        Ok(())
    }

    fn keep<T>(&self, act: impl FnOnce(&mut Store) -> Result<T, StoreError>) -> Result<T, Fault> {
        let kept = self.archive.with(self.teller.clock.now(), act);
        kept.map_err(|why| Fault::new(FaultKind::NotKept, why.as_str()))
    }

    fn note(&self, event: &'static str, case: Option<&CaseId>, detail: Raw) -> Result<(), Fault> {
        let at = self.teller.clock.now();
        let (who, case) = (self.who.clone(), case.cloned());
        let subject = if case.is_some() { Raw::default() } else { detail.clone() };
        let note = Note { at, who, event, case, subject, detail };
        self.keep(|store| store.record(&note).map(|_| ()))
    }

    async fn fetch(&self, id: &PaperId, password: Option<Secret>) -> Result<Reading, Fault> {
        let (root, not_kept) = self.root(id).await?;
        let reading = match &self.papers {
            Some(papers) => papers.read(id.clone(), root, password).await,
            None => Err(gone()),
        };
        let mut reading = reading.map_err(|why| Fault::new(FaultKind::Unprepared, why.as_str()))?;
        // It can be read all the same; only the next time it has to be fetched again.
        reading.facts.extend(not_kept.map(|fault| fault.tell()));
        Ok(reading)
    }

    /// Lets a document out of the program, where its card numbers stand in clear: that is written down.
    async fn hand_out(
        &self,
        event: &'static str,
        id: &PaperId,
        act: impl FnOnce(&Paper) -> Result<SafeText, SafeText>,
    ) -> Event {
        let root = match self.root(id).await {
            Ok((root, _)) => root,
            Err(fault) => return Event::Trouble(Undone::Other, fault.tell()),
        };
        let paper = match (&self.papers, id.within.is_empty()) {
            (_, true) => Ok(root),
            (Some(papers), false) => papers.bytes(id.within.clone(), root).await,
            (None, false) => Err(gone()),
        };
        match paper.and_then(|paper| act(&paper).map(|told| (told, paper.name))) {
            Err(why) => Event::Trouble(Undone::Other, why),
            Ok((told, name)) => match id.case() {
                Some(case) => self.noted(event, case, name, told),
                None => Event::News(told),
            },
        }
    }

    /// The document itself, whichever of the files within it is meant; with the reason if it could not be kept.
    async fn root(&self, id: &PaperId) -> Result<(Paper, Option<Fault>), Fault> {
        match &id.of {
            PaperOf::Case { case, document } => self.paper(case, document).await,
            PaperOf::Kept { name, sha256 } => {
                let bytes = self.attached(name, sha256);
                let bytes = bytes.map_err(|why| Fault::new(FaultKind::Unprepared, why.as_str()))?;
                Ok((Paper { name: name.clone(), claimed: Raw::default(), bytes }, None))
            }
            PaperOf::File { folder, name } => {
                let (here, folder, name) = (self.saves.clone(), folder.clone(), name.clone());
                let taken = tokio::task::spawn_blocking(move || attaching::take(&here, &folder, &name)).await;
                let taken = taken.unwrap_or_else(|_| Err(gone()));
                let taken = taken.map_err(|why| Fault::new(FaultKind::Unprepared, why.as_str()))?;
                let name = taken.attachment.name.clone();
                Ok((Paper { name, claimed: Raw::default(), bytes: taken.bytes }, None))
            }
        }
    }

    /// What is told of something that was shown or saved, once the journal says so as well.
    fn noted(&self, event: &'static str, case: &CaseId, detail: Raw, told: SafeText) -> Event {
        match self.note(event, Some(case), detail) {
            Ok(()) => Event::News(told),
            Err(fault) => {
                let told = say!("{}; the journal does not say so: {}", told, fault.tell());
                Event::Trouble(Undone::Other, told)
            }
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

    /// Asks every provider for a case of that number: nothing that is kept is called so.
    async fn find(&self, words: &Raw) -> Result<(Vec<Row>, Vec<(String, Fault)>), Fault> {
        let (mut found, mut faults) = (Vec::new(), Vec::new());
        for source in self.sources.iter() {
            match source.ask_for_case(words).await.and_then(cases) {
                Ok(cases) => {
                    let now = self.teller.clock.now();
                    found.extend(cases.iter().map(|case| case.id.clone()));
                    self.keep(|store| register::keep(store, source, cases, now))?;
                }
                Err(fault) if fault.kind == FaultKind::NotThere => {}
                Err(fault) => faults.push((source.name.clone(), fault)),
            }
        }
        Ok((self.keep(|store| store.rows_of(&found))?, faults))
    }
}

fn cases(found: Found) -> Result<Vec<Case>, Fault> {
    match pages::only_whole(found)? {
        Found::Cases(cases) => Ok(cases),
        _ => Err(Fault::new(FaultKind::Unreadable, "a document came where cases were asked for")),
    }
}

fn document(found: Found) -> Result<Paper, Fault> {
    match found {
        Found::Document(paper) => Ok(paper),
        _ => Err(Fault::new(FaultKind::Unreadable, "cases came where a document was asked for")),
    }
}

fn told(outcome: Result<SafeText, SafeText>) -> Event {
    match outcome {
        Ok(text) => Event::News(text),
        Err(text) => Event::Trouble(Undone::Other, text),
    }
}
