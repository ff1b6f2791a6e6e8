//! Where a door leads. An address that exists is one that may be used: https, or plain http to this very machine.
//! It never holds a user name, a password, a query or a fragment.

use std::{fmt, net::IpAddr};

use reqwest::Url;

use crate::case::{Fault, FaultKind};

/// A base address: scheme, host, port and the path that every request's path is appended to.
#[derive(Clone, PartialEq, Eq)]
pub struct Address(Url);

impl Address {
    /// Refuses, in words for the person who configured it, everything but `https://…` and `http://` to a literal
    /// loopback address (127.0.0.0/8 or `[::1]`): a name such as `localhost` can be made to lead elsewhere.
    pub fn parse(text: &str) -> Result<Address, String> {
        let url = Url::parse(text.trim())
            .map_err(|why| format!("not an address ({why}); it looks like https://host/path"))?;
        if !url.username().is_empty() || url.password().is_some() {
            return Err("an address may not hold a user name or a password".into());
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Err("an address ends with its path: no ? and no #".into());
        }
        let address = Address(url);
        match address.0.scheme() {
            "https" => Ok(address),
            "http" if address.is_loopback() => Ok(address),
            "http" => Err(format!(
                "{} would be asked over plain http; use https (plain http is allowed to 127.0.0.1 and [::1] only)",
                address.host()
            )),
            scheme => Err(format!("{scheme} is not a way to ask; use https")),
        }
    }

    /// Whether the host is a literal loopback address.
    pub fn is_loopback(&self) -> bool {
        let host = self.0.host_str().unwrap_or_default();
        let bare = host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(host);
        bare.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
    }

    /// The address of a path below this one.
    pub fn below(&self, path: &str) -> Result<Address, String> {
        self.at(path, &[]).map(Address).map_err(|fault| fault.says.exact().to_owned())
    }

    pub fn is_https(&self) -> bool {
        self.0.scheme() == "https"
    }

    /// Host, and the port where it is not the scheme's own.
    pub fn host(&self) -> String {
        let host = self.0.host_str().unwrap_or_default();
        self.0.port().map_or(host.to_owned(), |port| format!("{host}:{port}"))
    }

    /// The whole address of one request. A path that would be read differently from how it is written (dot
    /// segments, backslashes, a `?`, anything not yet percent-encoded) is refused, because it would reach another
    /// resource than the one that was meant.
    pub(super) fn at(&self, path: &str, query: &[(String, String)]) -> Result<Url, Fault> {
        let whole = format!("{}{path}", self.0.path().trim_end_matches('/'));
        let mut url = self.0.clone();
        url.set_path(&whole);
        if !path.starts_with('/') || url.path() != whole {
            return Err(Fault::new(FaultKind::Unprepared, "the path of the request is not a plain path"));
        }
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        Ok(url)
    }

    pub(super) fn url(&self) -> Url {
        self.0.clone()
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.as_str())
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_below_another_keeps_its_host_and_path() {
        let base = Address::parse("http://127.0.0.1:9/qolo/").unwrap();
        assert_eq!(
            base.below("/api/v1/auth/login").unwrap().to_string(),
            "http://127.0.0.1:9/qolo/api/v1/auth/login"
        );
        assert!(base.below("/../login").is_err() && base.below("//evil.example?x").is_err());
    }

    #[test]
    fn plain_http_leads_to_this_machine_only() {
        for good in [
            "https://api.example/v1",
            "http://127.0.0.1:8080",
            "http://127.8.9.1/x",
            "http://[::1]:9/",
            " https://a ",
        ] {
            assert!(Address::parse(good).is_ok(), "{good}");
        }
        for bad in [
            "http://api.example/v1",
            "http://localhost:8080",
            "http://192.168.0.1",
            "http://[::ffff:127.0.0.1]/",
            "http://127.0.0.1.evil.example",
            "ftp://127.0.0.1",
            "https://user:pw@api.example",
            "https://api.example/?key=1",
            "https://api.example/#x",
            "api.example",
            "",
        ] {
            assert!(Address::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_refused_address_does_not_repeat_its_password() {
        let why = Address::parse("https://ann:hunter2@api.example").unwrap_err();
        assert!(!why.contains("hunter2"), "{why}");
    }

    #[test]
    fn a_path_that_would_mean_another_resource_is_refused() {
        let base = Address::parse("https://api.example/v1/").unwrap();
        assert_eq!(base.at("/disputes/document/7%2F8", &[]).unwrap().path(), "/v1/disputes/document/7%2F8");
        for path in [
            "disputes",
            "/a/../b",
            "/a/..",
            "/a/.",
            "/%2e%2e/x",
            "/a b",
            "/a?x=1",
            "/a#b",
            "/a\\b",
            "/a\nb",
            "/ä",
        ] {
            assert!(base.at(path, &[]).is_err(), "{path}");
        }
    }

    #[test]
    fn no_path_leaves_the_host() {
        let base = Address::parse("https://api.example").unwrap();
        for path in ["//evil.example/x", "/@evil.example", "/https://evil.example"] {
            if let Ok(url) = base.at(path, &[]) {
                assert_eq!(url.host_str(), Some("api.example"), "{path}");
            }
        }
    }

    #[test]
    fn a_query_is_encoded() {
        let url =
            Address::parse("https://a.example/v1").unwrap().at("/q", &[("queueId".into(), "1 &=ä".into())]);
        assert_eq!(url.unwrap().as_str(), "https://a.example/v1/q?queueId=1+%26%3D%C3%A4");
    }
}
