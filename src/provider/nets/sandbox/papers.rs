//! The sandbox's documents: letters, lists, mails and PDFs that tell their case's facts, and sample files for the
//! kinds that cannot be written in a few lines. The bytes of a document never change.

use base64::{Engine, engine::general_purpose::STANDARD};

use super::{
    cases::{Facts, Listed},
    dice::Dice,
    trade::Ground,
};
use crate::{case::moment::HOUR, provider::stand_in::pdf};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Letter,
    /// In ISO-8859-1, as older mainframes write.
    LatinLetter,
    Transactions,
    Mail,
    Invoice,
    OrderPage,
    Chat,
    Receipt,
    Label,
    Form,
    Bundle,
    Response,
    Log,
    /// Claims to be a PDF and is a web page.
    Mislabelled,
    /// No bytes at all.
    Empty,
}

impl Kind {
    /// Those that any case may have.
    pub const ALL: &[Kind] = &[
        Kind::Invoice,
        Kind::Form,
        Kind::Mail,
        Kind::Receipt,
        Kind::Transactions,
        Kind::OrderPage,
        Kind::Response,
        Kind::Bundle,
        Kind::Chat,
        Kind::Log,
        Kind::Label,
        Kind::LatinLetter,
    ];

    pub fn claimed(self) -> &'static str {
        match self {
            Kind::Letter => "text/plain; charset=utf-8",
            Kind::LatinLetter => "text/plain; charset=iso-8859-1",
            Kind::Transactions => "text/csv",
            Kind::Mail => "message/rfc822",
            Kind::Invoice | Kind::Mislabelled | Kind::Empty => "application/pdf",
            Kind::OrderPage | Kind::Chat => "image/png",
            Kind::Receipt | Kind::Label => "image/jpeg",
            Kind::Form => "image/tiff",
            Kind::Bundle => "application/zip",
            Kind::Response => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            Kind::Log => "application/json",
        }
    }

    pub fn is_from_the_issuer(self) -> bool {
        !matches!(self, Kind::Invoice | Kind::Response | Kind::Label | Kind::Log | Kind::Mislabelled)
    }
}

pub fn name(kind: Kind, facts: &Facts, place: usize) -> String {
    let stem = match kind {
        Kind::Letter => "cardholder letter.txt",
        Kind::LatinLetter => "kortholderbrev.txt",
        Kind::Transactions => "transactions.csv",
        Kind::Mail => "Re order.eml",
        // A name whose end is shown first: it must be seen for what it is.
        Kind::Invoice if facts.index.is_multiple_of(24) && facts.index > 0 => {
            return "invoice_\u{202e}fdp.exe".into();
        }
        Kind::Invoice => "faktura.pdf",
        Kind::OrderPage => "order page.png",
        Kind::Chat => "chat.png",
        Kind::Receipt => "kvittering.jpg",
        Kind::Label => "parcel-label.jpg",
        Kind::Form => "dispute-form.tif",
        Kind::Bundle => "evidence.zip",
        Kind::Response => "merchant-response.docx",
        Kind::Log => "delivery-log.json",
        Kind::Mislabelled => "invoice.pdf",
        Kind::Empty => "scan.pdf",
    };
    match facts.index {
        3 if place == 0 => format!("brev \u{202e}txt.{stem}"),
        5 if place == 0 => format!("../../{stem}"),
        _ => format!("{}-{} {stem}", facts.number, place + 1),
    }
}

pub fn bytes(facts: &Facts, listed: &Listed) -> Vec<u8> {
    match listed.kind {
        Kind::Letter => letter(facts, listed).join("\n").into_bytes(),
        Kind::LatinLetter => latin(&letter(facts, listed).join("\r\n")),
        Kind::Transactions => transactions(facts).into_bytes(),
        Kind::Mail => mail(facts, listed).into_bytes(),
        Kind::Invoice => pdf::file(&invoice(facts, listed)),
        Kind::OrderPage => include_bytes!("../../../../assets/documents/order-page.png").to_vec(),
        Kind::Chat => CHAT.to_vec(),
        Kind::Receipt => include_bytes!("../../../../assets/documents/receipt.jpg").to_vec(),
        Kind::Label => include_bytes!("../../../../assets/documents/parcel-label.jpg").to_vec(),
        Kind::Form => include_bytes!("../../../../assets/documents/dispute-form.tif").to_vec(),
        Kind::Bundle => include_bytes!("../../../../assets/documents/evidence.zip").to_vec(),
        Kind::Response => include_bytes!("../../../../assets/documents/merchant-response.docx").to_vec(),
        Kind::Log => log(facts).into_bytes(),
        Kind::Mislabelled => {
            b"<!DOCTYPE html><html><head><title>Sign in</title></head><body>Session ended</body></html>"
                .to_vec()
        }
        Kind::Empty => Vec::new(),
    }
}

const CHAT: &[u8] = include_bytes!("../../../../assets/documents/chat.png");

fn latin(text: &str) -> Vec<u8> {
    text.chars().map(|letter| u8::try_from(u32::from(letter)).unwrap_or(b'?')).collect()
}

/// One to three pages of 60 lines, most of them the cardholder's own calendar of what happened.
fn letter(facts: &Facts, listed: &Listed) -> Vec<String> {
    let mut dice = Dice::of(facts.seed, "letter", facts.index as u64);
    let mut lines = vec![
        facts.holder.clone(),
        String::new(),
        format!("{}, case {}", listed.at.day(), facts.number),
        String::new(),
        "To my bank's card department".into(),
        String::new(),
        format!("I do not accept the charge of {} from", facts.presented),
        format!("{} in {}, made on {}", facts.shop.name, facts.shop.city, facts.bought.day()),
        format!("with my card {}. The amount I dispute is {}.", facts.card, facts.disputed),
        String::new(),
    ];
    lines.extend(grounds(facts).iter().map(|line| (*line).to_owned()));
    lines.extend([String::new(), "What happened, as I wrote it down:".into(), String::new()]);
    let mut at = facts.bought;
    let pace = *dice.pick(&[16, 48, 120, 240]);
    for _ in 0..150 {
        at = at.plus(dice.between(1, pace) * HOUR);
        if at > listed.at {
            break;
        }
        lines.push(format!("  {}  {}", at.minute(), dice.pick(HAPPENED)));
    }
    lines.extend([
        String::new(),
        "Kind regards / Med vennlig hilsen".into(),
        facts.holder.clone(),
        String::new(),
    ]);
    lines
}

const HAPPENED: &[&str] = &[
    "wrote to the shop, no answer",
    "called, waited 25 minutes, line dropped",
    "answer: \"please wait another ten days\"",
    "parcel shop knows of no parcel",
    "sent photos of the damage",
    "asked again for my money back",
    "fikk beskjed om at refusjon er på vei",
    "butikken svarte at ordren er sendt",
    "jag skickade en påminnelse",
    "skrev til kundeservice på ny",
    "the chat told me that the order is closed",
];

fn grounds(facts: &Facts) -> &'static [&'static str] {
    match (facts.ground, facts.reason) {
        (Ground::Fraud, _) => &[
            "I did not make this purchase and nobody did with my leave. The card was with me the",
            "whole time. I have blocked it and have never dealt with this shop.",
        ],
        (_, "13.3" | "4853" | "D07") => &[
            "What I received is not what was described: it came damaged, and one part is missing.",
            "I offered to send it back; the shop did not answer.",
        ],
        (_, "13.6" | "13.7" | "D05") => &[
            "I cancelled in time and have the confirmation. The shop promised the money back",
            "within fourteen days; it has not come.",
        ],
        (_, "12.5" | "12.6.1" | "4834" | "D02") => &[
            "I was charged more than I agreed to. The receipt shows the right amount; the",
            "statement shows another.",
        ],
        (Ground::Retrieval, _) => &["I do not recognise this charge and ask for a copy of the receipt."],
        _ => &[
            "The goods have not come. They were promised within a week of the order, and I have",
            "reminded the shop twice.",
        ],
    }
}

fn transactions(facts: &Facts) -> String {
    let mut dice = Dice::of(facts.seed, "transactions", facts.index as u64);
    let mut text = String::from("date;time;merchant;country;amount;currency;entry;disputed\n");
    let count = dice.between(8, 60);
    let disputed = dice.between(0, count - 1);
    for line in 0..count {
        let ours = line == disputed;
        let at = facts.bought.plus((line - disputed) * 5 * HOUR);
        let shop = if ours { facts.shop } else { dice.pick(super::trade::SHOPS) };
        let amount = crate::case::Money {
            minor: if ours { facts.presented.minor } else { dice.between(500, 60_000) },
            currency: crate::case::Currency::parse(shop.currency),
        };
        let entry = dice.pick(&["chip", "contactless", "e-commerce", "recurring"]);
        let (day, clock, amount, currency) = (at.day(), at.clock(), amount.major(), shop.currency);
        let name = if shop.name.contains(['"', ';']) { "?" } else { shop.name };
        let mark = if ours { "yes" } else { "" };
        text += &format!("{day};{clock};{name};{};{amount};{currency};{entry};{mark}\n", shop.country);
    }
    text
}

/// A mail with a text and a picture (RFC 5322, RFC 2045).
fn mail(facts: &Facts, listed: &Listed) -> String {
    let words = [
        format!("Dear {},", facts.shop.name),
        String::new(),
        format!("On {} you charged me {}.", facts.bought.day(), facts.presented),
        format!("I ask you to refund {} at once.", facts.disputed),
        "A picture of our chat is attached. I shall otherwise turn to my bank.".into(),
        String::new(),
        facts.holder.clone(),
    ];
    let subject = STANDARD.encode(format!("Order of {}: refund – påminnelse", facts.bought.day()));
    let from = STANDARD.encode(&facts.holder);
    let mut lines = vec![
        format!("From: =?UTF-8?B?{from}?= <cardholder@example.com>"),
        "To: <service@shop.example>".into(),
        format!("Subject: =?UTF-8?B?{subject}?="),
        format!("Date: {} +0000", mail_date(listed.at)),
        format!("Message-ID: <{}@example.com>", listed.id),
        "MIME-Version: 1.0".into(),
        "Content-Type: multipart/mixed; boundary=\"=_part\"".into(),
        String::new(),
        "--=_part".into(),
        "Content-Type: text/plain; charset=utf-8".into(),
        "Content-Transfer-Encoding: 8bit".into(),
        String::new(),
    ];
    lines.extend(words);
    lines.extend([
        "--=_part".into(),
        "Content-Type: image/png; name=\"chat.png\"".into(),
        "Content-Disposition: attachment; filename=\"chat.png\"".into(),
        "Content-Transfer-Encoding: base64".into(),
        String::new(),
    ]);
    let picture = STANDARD.encode(CHAT);
    let mut rest = picture.as_str();
    while !rest.is_empty() {
        let (line, later) = rest.split_at(rest.len().min(76));
        lines.push(line.to_owned());
        rest = later;
    }
    lines.extend(["--=_part--".into(), String::new()]);
    lines.join("\r\n")
}

/// "3 Oct 2026 09:41:00".
fn mail_date(at: crate::case::Moment) -> String {
    const MONTHS: [&str; 12] =
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let day = at.day();
    let mut parts = day.split('-');
    let year = parts.next().unwrap_or("1970");
    let month = parts.next().and_then(|month| month.parse::<usize>().ok()).unwrap_or(1);
    let date = parts.next().unwrap_or("01");
    format!("{date} {} {year} {}:00", MONTHS[month.clamp(1, 12) - 1], at.clock())
}

fn invoice(facts: &Facts, listed: &Listed) -> Vec<Vec<String>> {
    let mut dice = Dice::of(facts.seed, "invoice", facts.index as u64);
    let mut lines = vec![
        facts.shop.name.to_owned(),
        format!("{}, {}", facts.shop.city, facts.shop.country),
        String::new(),
        format!("INVOICE {}", 40_000 + dice.below(50_000)),
        format!("Date: {}    Customer: {}", facts.bought.day(), facts.holder),
        format!("Paid with {} {}", facts.network.word(), facts.card),
        String::new(),
    ];
    for line in 1..=dice.between(2, 110) {
        let what = dice.pick(&["Item", "Vare", "Artikel", "Service fee", "Frakt", "Accessory"]);
        lines.push(format!("{line:>4}  {what} no. {:05}   {} pcs", dice.below(99_999), dice.between(1, 4)));
    }
    let terms = "Goods may be returned within 14 days in their original packing.";
    lines.extend([String::new(), format!("TOTAL {}", facts.presented), String::new(), terms.into()]);
    lines.push(format!("Sent to the acquirer on {} for case {}.", listed.at.day(), facts.number));
    lines.chunks(pdf::LINES).map(<[String]>::to_vec).collect()
}

fn log(facts: &Facts) -> String {
    let mut dice = Dice::of(facts.seed, "log", facts.index as u64);
    let mut at = facts.bought;
    let mut events = Vec::new();
    for event in ["announced", "received from sender", "sorted", "loaded", "delivery attempted", "delivered"] {
        at = at.plus(dice.between(2, 30) * HOUR);
        events.push(format!("    {{\"at\": \"{}\", \"event\": \"{event}\"}}", at.rfc3339()));
    }
    let parcel = dice.below(1_000_000_000);
    format!("{{\n  \"parcel\": \"NP{parcel:09}\",\n  \"events\": [\n{}\n  ]\n}}\n", events.join(",\n"))
}
