//! The one place where the network stack is set up. Two clients at most: one for https, one for plain http to this
//! machine, each made when it is first needed. Neither ever knows a secret.
//!
//! The https client reads the certificates of the operating system, which costs some milliseconds and therefore
//! happens off the thread that asks.

use std::{ffi::OsString, sync::OnceLock, time::Duration};

use reqwest::{
    Certificate, Client, ClientBuilder,
    header::{ACCEPT_ENCODING, HeaderMap, HeaderValue},
    redirect, retry, tls,
};

use super::Address;

/// Read by the network stack in place of the operating system's certificates (documentation of rustls-native-certs,
/// as of 0.8), with no way to have them ignored.
const OTHER_ROOTS: [&str; 2] = ["SSL_CERT_FILE", "SSL_CERT_DIR"];

/// Refuses, in words for whoever starts the program, an environment that would have other certificates trusted than
/// those of the operating system: whoever can set a variable could read along under a name of their own. An address
/// on this machine matters to nobody else. `vars` looks up an environment variable.
pub fn system_roots(address: &Address, vars: &dyn Fn(&str) -> Option<OsString>) -> Result<(), String> {
    if !address.is_https() || address.is_loopback() {
        return Ok(());
    }
    match OTHER_ROOTS.into_iter().find(|name| vars(name).is_some()) {
        None => Ok(()),
        Some(name) => Err(format!(
            "{name} is set, and with it other certificates than the operating system's would be trusted for {}: start \
             without it (env -u {name} casedesk), and where an authority is missing, add it to the operating system's \
             certificates",
            address.host()
        )),
    }
}

static SECURE: OnceLock<Result<Client, String>> = OnceLock::new();
static PLAIN: OnceLock<Result<Client, String>> = OnceLock::new();

/// The https client, which refuses any other scheme, or the one for plain http to a loopback address.
pub(super) async fn client(https: bool) -> Result<Client, String> {
    if !https {
        return PLAIN.get_or_init(plain).clone();
    }
    if let Some(made) = SECURE.get() {
        return made.clone();
    }
    let making = tokio::task::spawn_blocking(|| SECURE.get_or_init(secure).clone());
    making.await.map_err(|why| why.to_string())?
}

fn secure() -> Result<Client, String> {
    settle(base().https_only(true).tls_version_min(tls::Version::TLS_1_2))
}

/// Reads no certificates, and so would trust nobody over TLS.
fn plain() -> Result<Client, String> {
    settle(base().tls_certs_only(std::iter::empty::<Certificate>()))
}

fn settle(builder: ClientBuilder) -> Result<Client, String> {
    builder.build().map_err(|why| super::exchange::words(why.without_url()))
}

/// Nothing is followed, repeated, unpacked or taken from the environment behind our back.
fn base() -> ClientBuilder {
    let mut headers = HeaderMap::new();
    headers.insert(ACCEPT_ENCODING, HeaderValue::from_static("identity"));
    Client::builder()
        .user_agent(concat!("casedesk/", env!("CARGO_PKG_VERSION")))
        .default_headers(headers)
        .redirect(redirect::Policy::none())
        .referer(false)
        .retry(retry::never())
        .no_proxy()
        .http1_only()
        .http1_max_headers(400)
        .connect_timeout(Duration::from_secs(10))
        .timeout(Duration::from_secs(120))
        .pool_idle_timeout(Duration::from_secs(20))
        .pool_max_idle_per_host(4)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_certificates_than_the_systems_are_trusted_on_this_machine_only() {
        let told = |address: &str, set: &str| {
            let vars = |name: &str| (name == set).then(OsString::new);
            system_roots(&Address::parse(address).unwrap(), &vars)
        };
        for name in OTHER_ROOTS {
            let why = told("https://api.example/v1", name).unwrap_err();
            assert!(why.contains(name) && why.contains("api.example"), "{why}");
            for here in ["http://127.0.0.1:8080/", "https://127.0.0.1:8443/", "https://[::1]/"] {
                assert_eq!(told(here, name), Ok(()), "{here}");
            }
        }
        assert_eq!(told("https://api.example/v1", "SSL_CERT"), Ok(()));
    }

    #[tokio::test]
    async fn the_https_client_refuses_plain_http_even_to_this_machine() {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}/", listener.local_addr().unwrap());
        let fault = client(true).await.unwrap().get(address).send().await.unwrap_err();
        assert!(fault.is_builder(), "{fault:?}");
        listener.set_nonblocking(true).unwrap();
        assert_eq!(listener.accept().unwrap_err().kind(), std::io::ErrorKind::WouldBlock);
    }
}
