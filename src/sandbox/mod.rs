//! Serves the providers' stand-ins on loopback, over real HTTP/1.1, with switches for what goes wrong in the world. It
//! must never know who asks: the program talks to it as it talks to a provider.
//!
//! It runs on a thread of its own, so that writing an answer of 20,000 cases never holds up the screen.

mod cards;
mod server;
mod trouble;
mod world;

use std::{
    io,
    net::SocketAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError, mpsc},
    thread,
};

use tokio::{net::TcpListener, sync::watch};

pub use self::{
    trouble::{Seen, Trouble, Troubles},
    world::{CASES, Damaged, found, keep, open},
};
pub use crate::provider::nets::sandbox::{MOST_CASES, Origin, World};
use crate::{case::Moment, provider::nets::sandbox as nets};

/// The stand-in's time. Tests hand in one that they move themselves.
pub type Clock = Arc<dyn Fn() -> Moment + Send + Sync>;

/// The machine's time.
pub fn clock() -> Clock {
    Arc::new(|| Moment(jiff::Timestamp::now().as_millisecond()))
}

/// A world that opens sealed card numbers with the sandbox's own key.
pub fn world(origin: Origin) -> World {
    World::new(origin, cards::open)
}

/// A served stand-in. It stops when this is dropped.
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
    world: Shared,
    stop: watch::Sender<bool>,
}

type Shared = Arc<Mutex<World>>;

impl Served {
    /// All tokens given so far are refused from now on.
    pub fn expire_tokens(&self) {
        locked(&self.world).expire_tokens();
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

/// Binds and serves until the answer is dropped. `at` is 127.0.0.1:0 but for a stand-in that others shall use.
pub fn serve(world: World, at: SocketAddr, clock: Clock) -> io::Result<Served> {
    let (stop, stopped) = watch::channel(false);
    let world = Arc::new(Mutex::new(world));
    let troubles = Troubles::default();
    let desk = server::Desk { world: world.clone(), clock, troubles: troubles.clone(), stopped };
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
        world,
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
