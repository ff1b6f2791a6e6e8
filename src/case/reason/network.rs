//! The networks that have reason codes in the book, and the many ways in which providers write their names.

use serde::Deserialize;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Network {
    Visa,
    Mastercard,
    Amex,
    /// Discover and Diners Club, which share their codes.
    Discover,
    Ach,
    /// The words of payment processors rather than of a network.
    Processor,
}

impl Network {
    /// The network of a name: "VISA", "MC", "american express". Nothing where the name is not known or belongs to a
    /// network without codes in the book.
    pub fn named(name: &str) -> Option<Network> {
        match read(name) {
            Named::One(network) => Some(network),
            Named::Elsewhere | Named::Unknown => None,
        }
    }

    pub fn words(self) -> &'static str {
        match self {
            Network::Visa => "Visa",
            Network::Mastercard => "Mastercard",
            Network::Amex => "American Express",
            Network::Discover => "Discover",
            Network::Ach => "ACH",
            Network::Processor => "processor",
        }
    }
}

/// What a network's name tells.
#[derive(Clone, Copy)]
pub(super) enum Named {
    One(Network),
    /// A network that the book has no codes of: another network's meaning would be wrong.
    Elsewhere,
    Unknown,
}

impl Named {
    pub(super) fn may_be(self, network: Network) -> bool {
        match self {
            Named::One(named) => named == network,
            Named::Elsewhere => false,
            Named::Unknown => true,
        }
    }
}

/// Only letters and digits of a name count, in any case. "Visa/Dankort" is a Visa card outside Denmark, and only there
/// do Visa's codes arise.
pub(super) fn read(name: &str) -> Named {
    let name: String =
        name.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase();
    Named::One(match name.as_str() {
        "visa" | "visanet" | "visadebit" | "visaelectron" | "electron" | "vpay" | "visadankort" | "vi" => {
            Network::Visa
        }
        "mastercard" | "mc" | "master" | "maestro" | "mastercarddebit" | "debitmastercard" | "eurocard" => {
            Network::Mastercard
        }
        "amex" | "americanexpress" | "ax" => Network::Amex,
        "discover" | "diners" | "dinersclub" | "dinersclubinternational" | "dci" => Network::Discover,
        "ach" | "nacha" => Network::Ach,
        "processor" => Network::Processor,
        "dankort" | "dk" | "bankaxept" | "girocard" | "cartesbancaires" | "cb" | "jcb" | "unionpay" | "upi"
        | "rupay" | "elo" | "interac" | "bancontact" => return Named::Elsewhere,
        _ => return Named::Unknown,
    })
}
