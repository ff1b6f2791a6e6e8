//! A stranger at the stand-in: a bare HTTP client that knows the contract and nothing of casedesk.
#![allow(dead_code)]

use std::{
    io,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
};

use aws_lc_rs::rsa::{
    OAEP_SHA256_MGF1SHA256, OaepPublicEncryptingKey, Pkcs1PublicEncryptingKey, PublicEncryptingKey,
};
use base64::{Engine, engine::general_purpose::STANDARD};
use casedesk::{
    case::Moment,
    sandbox::{self, Clock, Origin, Served, World},
};
use reqwest::Method;
use serde_json::{Value, json};

pub const BORN: Moment = Moment(1_795_330_000_000);

const HERE: ([u8; 4], u16) = ([127, 0, 0, 1], 0);

/// A served world, its clock, a way to ask and a token.
pub struct Desk {
    pub served: Served,
    pub clock: Arc<AtomicI64>,
    pub client: reqwest::Client,
    pub token: String,
}

pub struct Got {
    pub status: u16,
    pub headers: reqwest::header::HeaderMap,
    pub body: Vec<u8>,
}

impl Got {
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).expect("the body is JSON")
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    pub fn cases(&self) -> Vec<Value> {
        assert_eq!(self.status, 200);
        self.json()["cases"].as_array().expect("a list of cases").clone()
    }
}

pub fn origin(cases: usize) -> Origin {
    Origin { seed: 7, cases, born: BORN, changes: Vec::new() }
}

impl Desk {
    /// A world in memory.
    pub async fn open(cases: usize) -> Desk {
        Desk::at(|time| sandbox::serve(sandbox::world(origin(cases)), HERE.into(), time)).await
    }

    /// A small world that is kept in a directory; the one that is there, or a new one.
    pub async fn open_kept(directory: &Path) -> Desk {
        let origin = sandbox::found(directory, Some(60), false, BORN).unwrap();
        Desk::at(|time| sandbox::serve_kept(directory.to_owned(), origin, HERE.into(), time)).await
    }

    async fn at(serve: impl FnOnce(Clock) -> io::Result<Served>) -> Desk {
        let clock = Arc::new(AtomicI64::new(BORN.0));
        let time = clock.clone();
        let served = serve(Arc::new(move || Moment(time.load(Ordering::SeqCst)))).unwrap();
        // A connection for each request: where an idle one turns out to be closed, a client may ask a second time.
        let client = reqwest::Client::builder()
            .no_proxy()
            .pool_max_idle_per_host(0)
            .redirect(reqwest::redirect::Policy::none())
            .http1_only()
            .build()
            .unwrap();
        let mut desk = Desk { served, clock, client, token: String::new() };
        desk.sign_in().await;
        desk
    }

    pub async fn sign_in(&mut self) {
        let got = self.ask_token("grant_type=client_credentials").await;
        assert_eq!(got.status, 200);
        let answer = got.json();
        assert_eq!((&answer["token_type"], &answer["expires_in"]), (&json!("Bearer"), &json!(3600)));
        self.token = format!("Bearer {}", answer["access_token"].as_str().unwrap());
    }

    pub async fn ask_token(&self, form: &'static str) -> Got {
        let request = self
            .client
            .post(&self.served.token)
            .basic_auth(self.served.client_id, Some(self.served.client_secret))
            .header("content-type", "application/x-www-form-urlencoded")
            .body(form);
        got(request).await.unwrap()
    }

    pub async fn try_get(&self, path: &str) -> Result<Got, reqwest::Error> {
        got(self.client.get(self.served.base.clone() + path).header("authorization", &self.token)).await
    }

    pub async fn get(&self, path: &str) -> Got {
        self.try_get(path).await.unwrap()
    }

    pub async fn find(&self, body: impl Into<String>) -> Got {
        let request = self
            .client
            .post(self.served.base.clone() + "/disputes")
            .header("authorization", &self.token)
            .header("content-type", "application/json")
            .body(body.into());
        got(request).await.unwrap()
    }

    /// A write to /dispute, which may come to nothing on the way.
    pub async fn try_write(
        &self,
        method: Method,
        key: Option<&str>,
        body: String,
    ) -> Result<Got, reqwest::Error> {
        let mut request = self
            .client
            .request(method, self.served.base.clone() + "/dispute")
            .header("authorization", &self.token)
            .header("content-type", "application/json");
        if let Some(key) = key {
            request = request.header("idempotency-key", key);
        }
        got(request.body(body)).await
    }

    pub async fn create(&self, key: Option<&str>, body: &Value) -> Got {
        self.try_write(Method::POST, key, body.to_string()).await.unwrap()
    }

    pub async fn update(&self, body: &Value) -> Got {
        self.try_write(Method::PUT, None, body.to_string()).await.unwrap()
    }

    /// A case as it stands now.
    pub async fn case(&self, number: &str) -> Value {
        self.get(&format!("/disputes?caseNumber={number}")).await.cases().remove(0)
    }

    /// The bytes of a document, however they come.
    pub async fn document(&self, id: &str) -> Vec<u8> {
        let answer = self.get(&format!("/disputes/document/{id}")).await;
        assert_eq!(answer.status, 200, "{id}");
        if answer.header("content-disposition").is_empty() {
            return STANDARD.decode(answer.json()["content"].as_str().unwrap()).unwrap();
        }
        answer.body
    }

    /// A card number as a request has it.
    pub fn sealed(&self, card: &str) -> String {
        pkcs1(self.served.card_key, card)
    }

    pub async fn all_cases(&self) -> Vec<Value> {
        let mut cases = Vec::new();
        for queue in World::queues() {
            cases.extend(self.get(&format!("/disputeQueue?queueId={queue}")).await.cases());
        }
        cases
    }
}

pub async fn got(request: reqwest::RequestBuilder) -> Result<Got, reqwest::Error> {
    let answer = request.send().await?;
    let (status, headers) = (answer.status().as_u16(), answer.headers().clone());
    Ok(Got { status, headers, body: answer.bytes().await?.to_vec() })
}

fn public(pem: &str) -> PublicEncryptingKey {
    let inner: String = pem.lines().filter(|line| !line.starts_with('-')).collect();
    PublicEncryptingKey::from_der(&STANDARD.decode(inner).unwrap()).unwrap()
}

pub fn pkcs1(pem: &str, card: &str) -> String {
    let key = Pkcs1PublicEncryptingKey::new(public(pem)).unwrap();
    let mut sealed = vec![0; key.ciphertext_size()];
    STANDARD.encode(key.encrypt(card.as_bytes(), &mut sealed).unwrap())
}

pub fn oaep(pem: &str, card: &str) -> String {
    let key = OaepPublicEncryptingKey::new(public(pem)).unwrap();
    let mut sealed = vec![0; key.ciphertext_size()];
    STANDARD.encode(key.encrypt(&OAEP_SHA256_MGF1SHA256, card.as_bytes(), &mut sealed, None).unwrap())
}
