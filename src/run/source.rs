//! A profile made ready to be asked: its provider, its settings, and a door that is opened when it is first needed,
//! because opening it may run a command for a secret.

use std::sync::Arc;

use tokio::sync::{OnceCell, Semaphore};

use crate::{
    case::{Fault, FaultKind, Settings},
    http::{Door, Request, Response, Secret},
    provider::{Found, Provider, Want},
    seal::card::{CardKey, Padding},
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
    places: Semaphore,
}

/// What a profile needs to be asked.
pub struct Opened {
    pub door: Door,
    /// The provider's public key for card numbers, where one is configured.
    pub card: Option<(CardKey, Padding)>,
}

impl Source {
    pub fn new(
        name: String,
        provider: &'static dyn Provider,
        settings: Settings,
        open: impl Fn() -> Result<Opened, String> + Send + Sync + 'static,
    ) -> Source {
        let places = Semaphore::new(AT_ONCE);
        Source { name, provider, settings, open: Arc::new(open), opened: OnceCell::new(), places }
    }

    async fn opened(&self) -> Result<&Opened, Fault> {
        self.opened
            .get_or_try_init(|| async {
                let open = self.open.clone();
                let opened = tokio::task::spawn_blocking(move || open()).await;
                opened.unwrap_or_else(|_| Err("the door could not be opened".into()))
            })
            .await
            .map_err(|why: String| Fault::new(FaultKind::Unprepared, why))
    }

    /// Asks and reads. Every way it can fail is a fault.
    pub async fn ask(&self, want: &Want) -> Result<Found, Fault> {
        let request = self.provider.ask(want, &self.settings)?;
        let answer = self.send(&request).await?;
        if !answer.is_success() {
            return Err(Fault { again: answer.again(), ..self.provider.refusal(&answer) });
        }
        self.provider.read(want, &answer, &self.settings)
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
            Some((key, padding)) => key.seal(number, *padding).map(Raw::new).map_err(refuse),
            None => Err(refuse(format!(
                "a card number leaves only encrypted, and profile {} has no card-key: set it to the file with the provider's public key",
                self.name
            ))),
        }
    }
}
