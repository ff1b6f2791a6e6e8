//! Serves the providers' stand-ins on loopback, over real HTTP/1.1, with switches for what goes wrong in the world. It
//! must never know who asks: the program talks to it as it talks to a provider.
//!
//! It runs on a thread of its own, so that writing an answer of 20,000 cases never holds up the screen.

mod cards;
mod company;
mod server;
mod trouble;
mod world;

use std::{
    io,
    net::SocketAddr,
    path::PathBuf,
    sync::{Arc, Mutex, MutexGuard, PoisonError, mpsc},
    thread,
};

use tokio::{net::TcpListener, sync::watch};

pub use self::{
    company::{Entrance, providers, stand_in},
    trouble::{Seen, Trouble, Troubles},
    world::{CASES, Damaged, files, found, keep, open},
};
pub use crate::provider::nets::sandbox::{
    Action, Addition, Change, Dispute, File, Keep, MOST_CASES, Origin, Sent, World, Written,
};
use crate::{
    case::Moment,
    http::Response,
    provider::{self, Asked, nets::sandbox as nets},
};

/// The stand-in's time. Tests hand in one that they move themselves.
pub type Clock = Arc<dyn Fn() -> Moment + Send + Sync>;

/// The machine's time.
pub fn clock() -> Clock {
    Arc::new(|| Moment(jiff::Timestamp::now().as_millisecond()))
}

/// A time that is the machine's now, and goes so many times as fast from here on.
pub fn hurried(speed: u32) -> Clock {
    let (clock, speed) = (clock(), i64::from(speed));
    let start = clock();
    Arc::new(move || start.plus(clock().since(start).saturating_mul(speed)))
}

/// A world that opens sealed card numbers with the sandbox's own key.
pub fn world(origin: Origin) -> World {
    World::new(origin, cards::open)
}

/// The served stand-ins; the first places and secrets are those of Nets's. It stops when this is dropped.
pub struct Served {
    /// "http://127.0.0.1:40123"
    pub address: String,
    /// Where the API's paths begin.
    pub base: String,
    /// Where client credentials become a token.
    pub token: String,
    pub client_id: &'static str,
    pub client_secret: &'static str,
    /// Raw value for the Authorization header, the other way in.
    pub api_key: &'static str,
    /// For sealing card numbers (SPKI, PEM).
    pub card_key: &'static str,
    /// What goes wrong, settable at any time.
    pub troubles: Troubles,
    clock: Clock,
    stage: Shared,
    stop: watch::Sender<bool>,
}

type Shared = Arc<Mutex<Stage>>;

/// A world that is served, and where it is kept, if it is.
struct Stage {
    company: company::Company,
    world: World,
    home: Option<world::Home>,
}

impl Stage {
    fn answer(&mut self, asked: &Asked, now: Moment) -> Response {
        let answer = match self.company.answer(asked, now) {
            Some(answer) => answer,
            None => self.act(|world, keep| world.answer_kept(asked, now, keep)),
        };
        answer.unwrap_or_else(|error| out_of_order(&error))
    }

    fn act<T>(&mut self, act: impl FnOnce(&mut World, &mut Keep) -> T) -> io::Result<T> {
        match &mut self.home {
            Some(home) => home.alone(&mut self.world, act),
            None => Ok(act(&mut self.world, &mut |_| Ok(()))),
        }
    }
}

/// The world's file cannot be used: neither is anything read, nor did anything have an effect.
fn out_of_order(error: &io::Error) -> Response {
    let body = serde_json::json!({"code": "500", "message": error.to_string(), "source": "CBK"});
    let headers = vec![("content-type".into(), "application/json".into())];
    Response { status: 500, headers, body: body.to_string().into_bytes(), date: None }
}

impl Served {
    /// All tokens given so far are refused from now on.
    pub fn expire_tokens(&self) {
        let mut stage = locked(&self.stage);
        stage.world.expire_tokens();
        stage.company.expire_tokens();
    }

    /// Every write that had an effect since the world was born, and those that were answered again because of their
    /// key since it is served, in order. Effects are counted by this.
    pub fn written(&self) -> Vec<Written> {
        locked(&self.stage).world.written().to_vec()
    }

    /// The same at another provider's stand-in, by the provider's id.
    pub fn written_at(&self, provider: &str) -> Vec<provider::Written> {
        locked(&self.stage).company.written(provider)
    }

    /// The ways to the other providers' stand-ins.
    pub fn entrances(&self) -> Vec<Entrance> {
        locked(&self.stage).company.entrances(&self.address)
    }

    /// Somebody else does something to a case now, past the API, and so unseen by [`Served::written`]. An error is what
    /// the API would say.
    pub fn colleague(&self, case: &str, action: Action) -> Result<(), String> {
        let now = (self.clock)();
        let done = locked(&self.stage).act(|world, keep| world.colleague(case, action, now, keep));
        let refused = |answer: Response| String::from_utf8_lossy(&answer.body).into_owned();
        done.map_err(|error| error.to_string())?.map_err(refused)
    }

    /// Every request so far, oldest first; of very many only the last.
    pub fn seen(&self) -> Vec<Seen> {
        self.troubles.seen()
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.stop.send(true);
    }
}

/// Binds and serves until the answer is dropped. `at` is 127.0.0.1:0 but for a stand-in that others shall use. What is
/// written into the world is gone with it.
pub fn serve(world: World, at: SocketAddr, clock: Clock) -> io::Result<Served> {
    let company = company::Company::new(world.origin().born, None);
    raise(Stage { company, world, home: None }, at, clock)
}

/// As [`serve`], with a world that is kept in a directory (see [`found`]) and shared by all who serve it from there: a
/// write is kept durably before it is answered. Where it cannot be, the answer is 500 and nothing changed.
pub fn serve_kept(directory: PathBuf, origin: Origin, at: SocketAddr, clock: Clock) -> io::Result<Served> {
    let company = company::Company::new(origin.born, Some(directory.clone()));
    raise(Stage { company, world: world(origin), home: Some(world::Home::new(directory)) }, at, clock)
}

fn raise(stage: Stage, at: SocketAddr, clock: Clock) -> io::Result<Served> {
    let (stop, stopped) = watch::channel(false);
    let stage = Arc::new(Mutex::new(stage));
    let troubles = Troubles::default();
    let desk = server::Desk { stage: stage.clone(), clock: clock.clone(), troubles: troubles.clone(), stopped };
    let (bound, address) = mpsc::channel();
    thread::Builder::new().name("sandbox".into()).spawn(move || run(at, desk, &bound))?;
    let address = address.recv().map_err(|_| io::Error::other("the sandbox did not start"))??;
    let address = format!("http://{address}");
    Ok(Served {
        base: format!("{address}{}", nets::BASE),
        token: format!("{address}{}", nets::TOKEN),
        address,
        client_id: nets::CLIENT_ID,
        client_secret: nets::CLIENT_SECRET,
        api_key: nets::API_KEY,
        card_key: cards::PUBLIC,
        troubles,
        clock,
        stage,
        stop,
    })
}

fn run(at: SocketAddr, desk: server::Desk, bound: &mpsc::Sender<io::Result<SocketAddr>>) {
    let runtime = match tokio::runtime::Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            let _ = bound.send(Err(error));
            return;
        }
    };
    runtime.block_on(async {
        let listener = TcpListener::bind(at).await;
        let listener = listener.and_then(|listener| Ok((listener.local_addr()?, listener)));
        match listener {
            Ok((address, listener)) => {
                let _ = bound.send(Ok(address));
                desk.serve(listener).await;
            }
            Err(error) => {
                let _ = bound.send(Err(error));
            }
        }
    });
}

/// A panic in one answer must not take the world with it.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
