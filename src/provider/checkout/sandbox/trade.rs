//! The invented shops of the sandbox, and the words in which people there ask, justify and reject. Data only.

#[derive(Debug)]
pub struct Shop {
    pub name: &'static str,
    pub city: &'static str,
    pub country: &'static str,
    pub category: &'static str,
    pub currency: &'static str,
}

const fn shop(
    name: &'static str,
    city: &'static str,
    country: &'static str,
    category: &'static str,
    currency: &'static str,
) -> Shop {
    Shop { name, city, country, category, currency }
}

pub static SHOPS: &[Shop] = &[
    shop("Hurtigkiosken Lofoten", "Svolvær", "NO", "5331", "NOK"),
    shop("Brødrene Ås Sykkel", "Trondheim", "NO", "5940", "NOK"),
    shop("Gåsehuden Dyner", "Stavanger", "NO", "5719", "NOK"),
    shop("Vesterbro Plader", "København", "DK", "5735", "DKK"),
    shop("Ærø Sommerhuse", "Ærøskøbing", "DK", "7011", "DKK"),
    shop("Smeden i Ribe", "Ribe", "DK", "5251", "DKK"),
    shop("Östermalms Ost", "Stockholm", "SE", "5451", "SEK"),
    shop("Gotlands Cykeluthyrning", "Visby", "SE", "7999", "SEK"),
    shop("Kiruna Skidor", "Kiruna", "SE", "5941", "SEK"),
    shop("Hämeen Huonekalut", "Hämeenlinna", "FI", "5712", "EUR"),
    shop("Lappi Lahjat Oy", "Rovaniemi", "FI", "5947", "EUR"),
    shop("Bäckerei Knäuel", "Bremen", "DE", "5462", "EUR"),
    shop("Gärtnerei Überlingen", "Überlingen", "DE", "5261", "EUR"),
    shop("Crêperie du Phare", "Brest", "FR", "5812", "EUR"),
    shop("Librería Ñandú", "Valencia", "ES", "5942", "EUR"),
    shop("Grachtenfiets", "Amsterdam", "NL", "5940", "EUR"),
    shop("Żagle i Wiatr", "Gdańsk", "PL", "5551", "PLN"),
    shop("Uhren Zürisee", "Zürich", "CH", "5944", "CHF"),
    shop("Cornish Kites", "Falmouth", "GB", "5945", "GBP"),
    shop("Loch Wool Mill", "Inverness", "GB", "5651", "GBP"),
    shop("Bayou Guitars", "New Orleans", "US", "5733", "USD"),
    shop("Quick Lube Online", "Reno", "US", "5533", "USD"),
];

/// Those whose money has no decimals, or three.
pub static ODD_SHOPS: &[Shop] = &[
    shop("Kyoto Kimono Rental", "Kyoto", "JP", "7296", "JPY"),
    shop("Reykjavík Ullarvörur", "Reykjavík", "IS", "5651", "ISK"),
    shop("Busan Seafood Market", "Busan", "KR", "5499", "KRW"),
    shop("Muscat Oud House", "Muscat", "OM", "5977", "OMR"),
    shop("Kuwait Falcon Supplies", "Kuwait City", "KW", "5995", "KWD"),
];

pub static REASONS: &[&str] = &["4853", "4834", "4808", "4841", "4855", "4860"];
pub static FRAUD_REASONS: &[&str] = &["4837", "4871", "4870", "4863"];

pub static JUSTIFICATIONS: &[&str] = &[
    "Goods never arrived, merchant does not answer.",
    "Charged twice for one purchase.",
    "Cancelled in time, charged all the same.",
    "Not as described, returned on the 3rd.",
    "Cardholder did not take part in this.",
];

pub static PAPERS: &[&str] = &[
    "Cardholder letter",
    "Order confirmation",
    "Mail to the merchant",
    "Photograph of the parcel",
    "Statement of the cardholder",
    "Police report",
];

pub static MERCHANT_PAPERS: &[&str] =
    &["Proof of delivery", "Terms accepted at checkout", "Authentication record", "Refund receipt"];

pub static ASKED_CHANGES: &[&str] = &[
    "The amount is higher than the goods in dispute. Correct it, or explain the difference.",
    "The reason does not fit the cardholder's letter. Use 4853, or send a letter that fits.",
    "Black out the other cardholder's address on page 2 of the letter.",
];

pub static ASKED_EVIDENCE: &[&str] = &[
    "The scheme could not read the letter. Send it again as PDF with at least 200 dpi.",
    "Evidence of the attempt to settle it with the merchant is missing.",
    "The letter is not signed. Send a signed one.",
];
