//! The invented people and shops of the stand-in, and the currencies they deal in. Data only.

pub static PEOPLE: &[(&str, &str)] = &[
    ("Øystein Bråten", "oystein.braten@mail.example"),
    ("Åse Lindqvist", "ase.lindqvist@mail.example"),
    ("Søren Kjærgaard", "soren.kjaergaard@mail.example"),
    ("Þórdís Jónsdóttir", "thordis@mail.example"),
    ("Aino Mäkelä", "aino.makela@mail.example"),
    ("Zoé Lefèvre", "zoe.lefevre@mail.example"),
    ("Jürgen Weiß", "juergen.weiss@mail.example"),
    ("Łukasz Wójcik", "lukasz.wojcik@mail.example"),
    ("Noor Al-Sabah", "noor.alsabah@mail.example"),
    ("佐藤 花子", "hanako.sato@mail.example"),
    ("Nguyễn Thị Mai", "mai.nguyen@mail.example"),
    ("Maria O'Leary", "maria.oleary@mail.example"),
];

/// Name, town, currency.
pub static SHOPS: &[(&str, &str, &str)] = &[
    ("Fjellvær Sport AS", "Tromsø", "NOK"),
    ("Tivoli Bøger ApS", "Odense", "DKK"),
    ("Växjö Cykel AB", "Växjö", "SEK"),
    ("Hólmavík Harðfiskur", "Hólmavík", "ISK"),
    ("Kahvila Käpylä", "Helsinki", "EUR"),
    ("Pâtisserie du Château", "Nantes", "EUR"),
    ("Żabka Express", "Gdańsk", "PLN"),
    ("Shinjuku Camera", "Tokyo", "JPY"),
    ("Hanoi Silk House", "Hanoi", "USD"),
    ("Al Mubarakiya Spices", "Kuwait City", "KWD"),
    ("Prairie Wind Outfitters", "Omaha", "USD"),
    ("Streambox Online", "Dublin", "EUR"),
    ("Harbour Ferries Ltd", "Bristol", "GBP"),
];

pub static REASONS: &[&str] = &[
    "DISPUTE_REASON_UNAUTH",
    "DISPUTE_REASON_MERCHANT_ISSUE_GOODS_OR_SERVICES_NOT_RECEIVED",
    "DISPUTE_REASON_MERCHANT_ISSUE_GOODS_OR_SERVICES_NOT_AS_DESCRIBED",
    "DISPUTE_REASON_MERCHANT_ISSUE_RETURNED",
    "DISPUTE_REASON_MERCHANT_ISSUE_CANCELED_SUBSCRIPTION",
    "DISPUTE_REASON_MERCHANT_ISSUE_REFUND_NOT_RECEIVED",
    "DISPUTE_REASON_MERCHANT_ISSUE_CHARGED_INCORRECT_AMOUNT",
    "DISPUTE_REASON_MERCHANT_ISSUE_DUPLICATE_CHARGE",
    "DISPUTE_REASON_ATM_ISSUE_CASH_NOT_DISPENSED",
    "DISPUTE_REASON_ATM_ISSUE_PARTIAL_CASH",
    "DISPUTE_REASON_ACH_ISSUE",
    "DISPUTE_REASON_TRANSFER_ISSUE_NOT_RECEIVED",
];

pub static AGENTS: &[(&str, &str)] =
    &[("Ingrid Nygård", "ingrid.nygard@bank.example"), ("Tomás Oliveira", "tomas.oliveira@bank.example")];
