//! A profile made ready to be asked: its provider, its settings, and a door that is opened when it is first needed,
//! because opening it may run a command for a secret.

use std::{future::Future, sync::Arc, time::Instant};

use tokio::sync::{Mutex, OnceCell, Semaphore, SemaphorePermit};

use super::pages;
use crate::{
    action::{Action, Draft},
    case::{Case, Fault, FaultKind, Part, Settings},
    http::{Door, Method, Pass, Request, Response, Secret},
    provider::{Found, Lists, Provider, Want},
    seal::card::{self, CardKey, Padding},
    text::Raw,
};

/// How many questions to one provider may be under way at a time.
const AT_ONCE: usize = 3;

pub struct Source {
    pub name: String,
    pub provider: &'static dyn Provider,
    pub settings: Settings,
    /// Runs once it is needed, on a thread that may block; asked again after a failure.
    open: Arc<dyn Fn() -> Result<Opened, String> + Send + Sync>,
    opened: OnceCell<Opened>,
    /// How opening failed last, and when: whoever was waiting for it shares the outcome.
    failed: Mutex<Option<(Instant, String)>>,
    /// When something that several ask for at once was last done for all of them.
    done: Mutex<Option<Instant>>,
    places: Semaphore,
}

/// The declaration of a draft's action, where a profile still has it.
pub fn action_of(sources: &[Source], draft: &Draft) -> Option<&'static Action> {
    sources.iter().find(|source| source.name == draft.profile)?.action(&draft.action)
}

/// A way to the provider on which nothing is waited for any more.
pub struct WayOut<'s> {
    door: &'s Door,
    pass: Pass,
    _place: Option<SemaphorePermit<'s>>,
}

impl WayOut<'_> {
    /// Sends a write, once, whatever happens.
    pub async fn send(self, request: &Request) -> Result<Response, Fault> {
        debug_assert!(!request.read_only);
        self.door.send_once(request, &self.pass).await
    }
}

/// What a profile needs to be asked.
pub struct Opened {
    pub door: Door,
    /// The provider's public key for card numbers, where one is configured, or why it cannot be used: only a question
    /// by card number needs it.
    pub card: Result<Option<(CardKey, Padding)>, String>,
}

impl Source {
    pub fn new(
        name: String,
        provider: &'static dyn Provider,
        settings: Settings,
        open: impl Fn() -> Result<Opened, String> + Send + Sync + 'static,
    ) -> Source {
        let places = Semaphore::new(AT_ONCE);
        Source {
            name,
            provider,
            settings,
            open: Arc::new(open),
            opened: OnceCell::new(),
            failed: Mutex::new(None),
            done: Mutex::new(None),
            places,
        }
    }

    async fn opened(&self) -> Result<&Opened, Fault> {
        let asked = Instant::now();
        let opening = self.opened.get_or_try_init(|| self.open_once(asked)).await;
        opening.map_err(|why| Fault::new(FaultKind::Unprepared, why))
    }

    /// Opens the door, unless somebody else's attempt failed while this one was waiting for its turn: a command for a
    /// secret may ask a person, and a person is not asked seven times for seven queues.
    async fn open_once(&self, asked: Instant) -> Result<Opened, String> {
        let mut failed = self.failed.lock().await;
        if let Some((at, why)) = failed.as_ref()
            && *at > asked
        {
            return Err(why.clone());
        }
        let open = self.open.clone();
        let opened = tokio::task::spawn_blocking(move || open()).await;
        let opened = opened.unwrap_or_else(|_| Err("the door could not be opened".into()));
        *failed = opened.as_ref().err().map(|why| (Instant::now(), why.clone()));
        opened
    }

    /// Does what several may want at the same time once for all of them: nothing where it was done while this was waiting
    /// for its turn.
    pub async fn together<T>(&self, act: impl Future<Output = Result<T, Fault>>) -> Result<Option<T>, Fault> {
        let asked = Instant::now();
        let mut done = self.done.lock().await;
        if done.is_some_and(|done| done > asked) {
            return Ok(None);
        }
        let outcome = act.await?;
        *done = Some(Instant::now());
        Ok(Some(outcome))
    }

    /// Where it leads. Opens the door for it.
    pub async fn address(&self) -> Result<String, Fault> {
        Ok(self.opened().await?.door.base().to_string())
    }

    /// Has the credentials become a token, where they do; whether they do.
    pub async fn log_in(&self) -> Result<bool, Fault> {
        let door = &self.opened().await?.door;
        if door.logs_in() {
            door.pass().await?;
        }
        Ok(door.logs_in())
    }

    /// Asks for nothing, to find out whether anybody answers; with which status.
    pub async fn knock(&self) -> Result<u16, Fault> {
        let answer = self.send(&Request::read(Method::Get, "/")).await?;
        Ok(answer.status)
    }

    /// The first page of an answer. A refusal counts only as the provider's own word.
    pub async fn try_out(&self, want: &Want) -> Result<(), Fault> {
        let answer = self.send(&self.provider.ask(want, &self.settings)?).await?;
        if answer.is_success() {
            return self.provider.read(want, &answer, &self.settings).map(drop);
        }
        let refusal = self.provider.refusal(&answer);
        if self.provider.is_own(&answer) || matches!(refusal.kind, FaultKind::Broken | FaultKind::TooFast) {
            return Err(refusal);
        }
        let says = format!("not the words of {}", self.provider.manifest().title);
        Err(Fault { status: Some(answer.status), ..Fault::new(FaultKind::Unreadable, says) })
    }

    pub fn lists(&self) -> Lists {
        self.provider.manifest().lists
    }

    /// Asks and reads, all pages of the answer. Every way it can fail is a fault.
    pub async fn ask(&self, want: &Want) -> Result<Found, Fault> {
        pages::whole(self.provider, &self.settings, want, async |request| self.send(request).await).await
    }

    /// Asks for a case by its number, and for its documents where its own answer does not tell them. That they could not
    /// be had is said in the case, and those that are known stay.
    pub async fn ask_for_case(&self, number: &Raw) -> Result<Found, Fault> {
        let mut found = self.ask(&Want::Number(number.clone())).await?;
        if let Found::Cases(cases) = &mut found
            && let [case] = cases.as_mut_slice()
            && let Some(want) = self.provider.papers(case, &self.settings)
        {
            put_beside(case, self.ask(&want).await);
        }
        Ok(found)
    }

    /// Everything that comes before the first byte of a write: secrets fetched, a place, a token in hand.
    pub async fn way_out(&self) -> Result<WayOut<'_>, Fault> {
        let opened = self.opened().await?;
        let place = self.places.acquire().await.ok();
        let pass = opened.door.pass().await?;
        Ok(WayOut { door: &opened.door, pass, _place: place })
    }

    pub fn action(&self, id: &str) -> Option<&'static Action> {
        self.provider.actions().iter().find(|action| action.id == id)
    }

    /// As the provider calls it; empty where it does not name it.
    pub fn queue_name(&self, queue: &Raw) -> Raw {
        let known = self.provider.manifest().queues.iter().find(|facts| facts.id == queue.exact());
        known.map_or(Raw::default(), |facts| Raw::new(facts.name))
    }

    async fn send(&self, request: &Request) -> Result<Response, Fault> {
        let opened = self.opened().await?;
        let _place = self.places.acquire().await;
        opened.door.send(request).await
    }

    /// Seals a card number for the provider. Without its key nothing leaves.
    pub async fn seal(&self, number: &Secret) -> Result<Raw, Fault> {
        let refuse = |why: String| Fault::new(FaultKind::Unprepared, why);
        match &self.opened().await?.card {
            Ok(Some((key, padding))) => key.seal(number, *padding).map(Raw::new).map_err(refuse),
            Err(why) => Err(refuse(why.clone())),
            Ok(None) => Err(refuse(format!(
                "a card number leaves only encrypted, and profile {} has no card-key: set it to the file with the provider's public key",
                self.name
            ))),
        }
    }

    /// The digits of a whole card number, for the body of a write to a provider that takes no sealed ones. Every address
    /// is https, or this machine (see [`crate::http::Address`]).
    pub fn in_clear(&self, number: &Secret) -> Result<String, Fault> {
        let refuse = |why: String| Fault::new(FaultKind::Unprepared, why);
        if self.provider.manifest().seals_cards {
            return Err(refuse(format!("a card number leaves to {} only encrypted", self.name)));
        }
        card::check(number.reveal()).map_err(refuse)?;
        Ok(number.reveal().to_owned())
    }
}

fn put_beside(case: &mut Case, papers: Result<Found, Fault>) {
    let fault = match papers {
        Ok(Found::Papers { documents, unread }) => {
            case.documents = documents;
            case.silent.speak_of(Part::Documents);
            case.unread.extend(unread);
            return;
        }
        Ok(_) => Fault::new(FaultKind::Unreadable, "something else came"),
        Err(fault) => fault,
    };
    case.unread.push(format!("its documents were not read now: {}", fault.tell().as_str()).into());
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;
    use crate::provider::nets::Nets;

    #[test]
    fn a_number_never_leaves_in_clear_to_a_provider_that_seals_them() {
        let source = Source::new("nets".into(), &Nets, Settings::of("nets"), || Err("not opened".into()));
        let fault = source.in_clear(&Secret::new("4111111111111111")).unwrap_err();
        assert_eq!(fault.says.exact(), "a card number leaves to nets only encrypted");
    }

    #[tokio::test]
    async fn questions_that_wait_together_share_one_failed_opening() {
        let opened = Arc::new(AtomicUsize::new(0));
        let counted = opened.clone();
        let source = Source::new("nets".into(), &Nets, Settings::of("nets"), move || {
            counted.fetch_add(1, Ordering::SeqCst);
            Err("the command for the secret failed".into())
        });
        let want = Want::Queue(Raw::new("6000"));
        let (one, two, three) = tokio::join!(source.ask(&want), source.ask(&want), source.ask(&want));
        for fault in [one, two, three].map(Result::unwrap_err) {
            assert_eq!(
                (fault.kind, fault.says.exact()),
                (FaultKind::Unprepared, "the command for the secret failed")
            );
        }
        assert_eq!(opened.load(Ordering::SeqCst), 1);
        // Asked again later, it is tried again.
        assert!(source.ask(&want).await.is_err());
        assert_eq!(opened.load(Ordering::SeqCst), 2);
    }

    #[tokio::test]
    async fn what_several_want_at_once_is_done_once_unless_it_failed() {
        let source = Source::new("nets".into(), &Nets, Settings::of("nets"), || Err("not opened".into()));
        let done = AtomicUsize::new(0);
        let act = |fault: Option<Fault>| {
            let done = &done;
            async move {
                done.fetch_add(1, Ordering::SeqCst);
                tokio::task::yield_now().await;
                fault.map_or(Ok(()), Err)
            }
        };
        let lost = || Some(Fault::new(FaultKind::Lost, ""));
        let (one, two) = tokio::join!(source.together(act(lost())), source.together(act(None)));
        assert!(one.is_err() && two == Ok(Some(())));
        assert_eq!(done.load(Ordering::SeqCst), 2);
        let (one, two, three) =
            tokio::join!(source.together(act(None)), source.together(act(None)), source.together(act(None)));
        assert_eq!([one, two, three], [Ok(Some(())), Ok(None), Ok(None)]);
        assert_eq!(done.load(Ordering::SeqCst), 3);
        // Asked later, it is done again.
        assert_eq!(source.together(act(None)).await, Ok(Some(())));
    }
}
