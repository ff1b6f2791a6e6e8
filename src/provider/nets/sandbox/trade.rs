//! The invented people, shops and papers' names of the sandbox, the codes that fit a network, and the queues with what
//! can be done in each. Data only.

use super::Action::{self, AcknowledgeClosure, Close, Reject, Submit};

pub struct Shop {
    pub name: &'static str,
    pub city: &'static str,
    pub country: &'static str,
    pub mcc: &'static str,
    pub currency: &'static str,
}

const fn shop(
    name: &'static str,
    city: &'static str,
    country: &'static str,
    mcc: &'static str,
    currency: &'static str,
) -> Shop {
    Shop { name, city, country, mcc, currency }
}

pub static SHOPS: &[Shop] = &[
    shop("Fjordvarer AS", "Bergen", "NO", "5712", "NOK"),
    shop("Bryggen Kaffe & Bar", "Bergen", "NO", "5812", "NOK"),
    shop("Tromsø Hundesleder", "Tromsø", "NO", "7999", "NOK"),
    shop("Østkanten Sykler", "Oslo", "NO", "5940", "NOK"),
    shop("Nordlys Strøm", "Bodø", "NO", "4900", "NOK"),
    shop("Ægir Fiskebutikk", "Ålesund", "NO", "5499", "NOK"),
    shop("Smørrebrød & Co", "København", "DK", "5812", "DKK"),
    shop("Cykelhuset Nørrebro", "København", "DK", "5940", "DKK"),
    shop("Klitmøller Surf", "Thisted", "DK", "5941", "DKK"),
    shop("Bogladen Århus", "Aarhus", "DK", "5942", "DKK"),
    shop("Sommerhus Direkte", "Skagen", "DK", "7011", "DKK"),
    shop("Tivolibilletter.example", "København", "DK", "7996", "DKK"),
    shop("El-Kæden Odense", "Odense", "DK", "5732", "DKK"),
    shop("Rørvig Færgefart", "Rørvig", "DK", "4789", "DKK"),
    shop("Kaféet vid Ån", "Uppsala", "SE", "5814", "SEK"),
    shop("Nordpakke Sverige AB", "Malmö", "SE", "4215", "SEK"),
    shop("Göteborgs Skivhandel", "Göteborg", "SE", "5735", "SEK"),
    shop("Älvsbyn Möbler", "Älvsbyn", "SE", "5712", "SEK"),
    shop("Streamvik Plus", "Stockholm", "SE", "5815", "SEK"),
    shop("Västkust Resor", "Göteborg", "SE", "4722", "SEK"),
    shop("Saunatarvike Oy", "Tampere", "FI", "5039", "EUR"),
    shop("Järvimökit Vuokraus", "Kuopio", "FI", "7011", "EUR"),
    shop("Yöjuna Liput", "Helsinki", "FI", "4112", "EUR"),
    shop("Buchhandlung Grünwald", "München", "DE", "5942", "EUR"),
    shop("Fahrrad Weiß GmbH", "Köln", "DE", "5940", "EUR"),
    shop("Möbelhaus Süd", "Stuttgart", "DE", "5712", "EUR"),
    shop("Boulangerie Chez Amélie", "Lyon", "FR", "5462", "EUR"),
    shop("Hôtel du Vieux Port", "Marseille", "FR", "7011", "EUR"),
    shop("Éditions du Quai", "Paris", "FR", "5942", "EUR"),
    shop("Vélo Provençal", "Avignon", "FR", "5940", "EUR"),
    shop("Pastelería Niño", "Sevilla", "ES", "5462", "EUR"),
    shop("Alquiler Coche Sol", "Málaga", "ES", "7512", "EUR"),
    shop("Trattoria della Nonna", "Bologna", "IT", "5812", "EUR"),
    shop("Scarpe Online Srl", "Firenze", "IT", "5661", "EUR"),
    shop("Tulpenbeurs BV", "Lisse", "NL", "5992", "EUR"),
    shop("Fiets & Zo", "Utrecht", "NL", "5940", "EUR"),
    shop("Canal Tours Brugge", "Brugge", "BE", "4411", "EUR"),
    shop("Seaview Guest House", "Brighton", "GB", "7011", "GBP"),
    shop("Northern Tea Merchants", "York", "GB", "5499", "GBP"),
    shop("GadgetShed.example", "London", "GB", "5732", "GBP"),
    shop("Fitness Anywhere Ltd", "Leeds", "GB", "7997", "GBP"),
    shop("Cloudbox Storage Inc", "Austin", "US", "5734", "USD"),
    shop("Prairie Boots", "Denver", "US", "5661", "USD"),
    shop("Golden Gate Tickets", "San Francisco", "US", "7922", "USD"),
    shop("VPN Forever LLC", "Wilmington", "US", "5968", "USD"),
    shop("Sakura Ryokan", "Kyoto", "JP", "7011", "JPY"),
    shop("Akihabara Parts", "Tokyo", "JP", "5732", "JPY"),
    shop("Gulf Perfume House", "Kuwait City", "KW", "5977", "KWD"),
    shop("Souk Gold Trading", "Kuwait City", "KW", "5944", "KWD"),
];

pub static FIRST: &[&str] = &[
    "Anna", "Bjørn", "Camilla", "David", "Eir", "Freja", "Gustav", "Håkon", "Ingrid", "Jørgen", "Kåre", "Liv",
    "Maja", "Niels", "Oskar", "Pia", "Rasmus", "Søren", "Tuva", "Ulrik", "Vigdis", "Åse", "Zoé", "Øystein",
    "Élise", "Matti", "Aino", "Tomasz", "Fatima", "José",
];
pub static LAST: &[&str] = &[
    "Andersen",
    "Bjørnstad",
    "Christensen",
    "Dahl",
    "Eriksson",
    "Færgemand",
    "Gröndahl",
    "Hansen",
    "Iversen",
    "Johansson",
    "Kjærgaard",
    "Lindqvist",
    "Møller",
    "Nygård",
    "Olsen",
    "Pedersen",
    "Rønning",
    "Sørensen",
    "Thorsen",
    "Ulvestad",
    "Virtanen",
    "Wållberg",
    "Østby",
    "Åkesson",
    "Nowak",
    "Lefèvre",
    "Hassan",
    "Núñez",
];
pub static ANALYSTS: &[&str] = &["kmo", "tlu", "ank", "jsø", "pfr", "system"];

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Network {
    Visa,
    Mastercard,
    Dankort,
}

/// Which of the three reason members of the API a code belongs to.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Ground {
    Dispute,
    Fraud,
    Retrieval,
}

impl Network {
    /// By a card's first digits, for the networks that the sandbox has cases of.
    pub fn of(digits: &str) -> Option<Network> {
        let first = |count| digits.get(..count).and_then(|first| first.parse::<u32>().ok()).unwrap_or(0);
        match (first(1), first(2), first(4)) {
            (4, ..) => Some(Network::Visa),
            (_, _, 5019) => Some(Network::Dankort),
            (_, 51..=55, _) | (_, _, 2221..=2720) => Some(Network::Mastercard),
            _ => None,
        }
    }

    pub fn word(self) -> &'static str {
        match self {
            Network::Visa => "VISA",
            Network::Mastercard => "MASTERCARD",
            Network::Dankort => "DANKORT",
        }
    }

    pub fn reasons(self) -> &'static [(Ground, &'static str)] {
        use Ground::{Dispute, Fraud, Retrieval};
        match self {
            Network::Visa => &[
                (Dispute, "13.1"),
                (Dispute, "13.1"),
                (Dispute, "13.3"),
                (Dispute, "13.6"),
                (Dispute, "13.7"),
                (Dispute, "13.2"),
                (Dispute, "12.5"),
                (Dispute, "12.6.1"),
                (Dispute, "11.3"),
                (Fraud, "10.4"),
                (Fraud, "10.4"),
                (Fraud, "10.1"),
                (Retrieval, "30"),
            ],
            Network::Mastercard => &[
                (Dispute, "4853"),
                (Dispute, "4853"),
                (Dispute, "4834"),
                (Dispute, "4808"),
                (Fraud, "4837"),
                (Fraud, "4837"),
                (Fraud, "4870"),
                (Fraud, "4871"),
                (Retrieval, "6321"),
            ],
            Network::Dankort => &[(Dispute, "D02"), (Dispute, "D05"), (Fraud, "D11"), (Dispute, "D07")],
        }
    }
}

/// Card numbers that networks and gateways publish for testing. Only cases of these can be found by card.
pub static CARDS: &[(Network, &str)] = &[
    (Network::Visa, "4111111111111111"),
    (Network::Mastercard, "5555555555554444"),
    (Network::Visa, "4012888888881881"),
    (Network::Mastercard, "5105105105105100"),
    (Network::Dankort, "5019717010103742"),
    (Network::Visa, "4242424242424242"),
    (Network::Mastercard, "2223003122003222"),
    (Network::Visa, "4000056655665556"),
    (Network::Mastercard, "5200828282828210"),
];

/// First six digits of the cards that are shown masked only.
pub static PREFIXES: &[(Network, &str)] = &[
    (Network::Visa, "457199"),
    (Network::Visa, "492500"),
    (Network::Visa, "406013"),
    (Network::Mastercard, "519999"),
    (Network::Mastercard, "541333"),
    (Network::Mastercard, "222300"),
    (Network::Dankort, "501971"),
];

pub struct QueueWords {
    pub id: &'static str,
    pub name: &'static str,
    /// Of a thousand cases.
    pub share: u64,
    pub statuses: &'static [&'static str],
    /// Days from the world's birth to the deadline: earliest, latest.
    pub due: (i64, i64),
    /// How many of a hundred have a deadline at all.
    pub timed: u64,
    /// Inferred from the names: the API's text does not say which action fits where.
    pub actions: &'static [Action],
}

/// The seven queues of the API's text, and one that the text does not name: single cases name it.
pub static QUEUES: &[QueueWords] = &[
    QueueWords {
        id: "1000",
        name: "1st Line Issuer",
        share: 150,
        statuses: &["New claim", "Under review", "Waiting for cardholder"],
        due: (1, 40),
        timed: 90,
        actions: &[Submit, Close],
    },
    QueueWords {
        id: "2000",
        name: "1st Line NETS",
        share: 120,
        statuses: &["In progress at Nets", "Assigned"],
        due: (5, 45),
        timed: 70,
        actions: &[],
    },
    QueueWords {
        id: "3000",
        name: "Case Handling Not Possible",
        share: 60,
        statuses: &["Information missing", "Time limit exceeded", "Duplicate"],
        due: (-3, 12),
        timed: 80,
        actions: &[Submit, Close],
    },
    QueueWords {
        id: "4000",
        name: "Closed Supercase",
        share: 110,
        statuses: &["Closed - won", "Closed - lost", "Closed - withdrawn"],
        due: (0, 20),
        timed: 20,
        actions: &[AcknowledgeClosure],
    },
    QueueWords {
        id: "5000",
        name: "Awaiting Issuer Feedback",
        share: 160,
        statuses: &["Representment received", "Question from Nets", "Pre-arbitration received"],
        due: (-4, 18),
        timed: 98,
        actions: &[Submit, Reject, Close],
    },
    QueueWords {
        id: "6000",
        name: "Awaiting Dispute Submission",
        share: 240,
        statuses: &["Ready to submit", "Documents incomplete"],
        due: (-2, 25),
        timed: 97,
        actions: &[Submit, Close],
    },
    QueueWords {
        id: "7000",
        name: "Issuer Disputes",
        share: 140,
        statuses: &["Submitted", "Sent to acquirer", "Awaiting acquirer"],
        due: (10, 60),
        timed: 75,
        actions: &[Close],
    },
    QueueWords {
        id: "8100",
        name: "Migrated Cases",
        share: 20,
        statuses: &["Migrated"],
        due: (-30, 30),
        timed: 50,
        actions: Action::ALL,
    },
];
