//! The sandbox's cases as they were born: each is made anew from the world's seed and its index. Kept in memory is only
//! who belongs together.

use super::{
    dice::Dice,
    papers::{self, Kind},
    sheet::paper_id,
    trade::{self, Ground, Network, QueueWords, Shop},
};
use crate::case::{
    Currency, Moment, Money,
    moment::{DAY, HOUR, MINUTE},
};

/// Who belongs together: 12 bytes a case.
#[derive(Clone, Copy)]
pub struct Plan {
    pub group: u32,
    /// Below the number of published test cards it is one of them.
    pub card: u32,
    /// Into [`trade::QUEUES`].
    pub queue: u32,
}

/// Sizes of the first groups. With the first cases in one queue each, the last two put the queue that the API's text
/// does not name beside one that it does: so it is met.
const FIRST_SIZES: [usize; 6] = [1, 1, 1, 1, 2, 2];

/// Groups of one to four disputes of one cardholder; cards with one group or several. The first cases fill every
/// queue, so that a small world has no empty one.
pub fn plan(seed: u64, cases: usize) -> Vec<Plan> {
    let mut dice = Dice::of(seed, "plan", 0);
    let cards = (cases as u64 / 2).max(trade::CARDS.len() as u64);
    let mut plans = Vec::with_capacity(cases);
    let mut group = 0u32;
    while plans.len() < cases {
        let usual = *dice.pick(&[1, 1, 1, 1, 2, 2, 3, 4]);
        let size = FIRST_SIZES.get(group as usize).copied().unwrap_or(usual);
        let published = (group as usize) < 2 * trade::CARDS.len();
        let card = if published { group as u64 % trade::CARDS.len() as u64 } else { dice.below(cards) };
        for _ in 0..size {
            let queue = if plans.len() < trade::QUEUES.len() { plans.len() } else { queue(&mut dice) };
            plans.push(Plan { group, card: card as u32, queue: queue as u32 });
        }
        group += 1;
    }
    plans.truncate(cases);
    plans
}

fn queue(dice: &mut Dice) -> usize {
    let mut left = dice.below(trade::QUEUES.iter().map(|queue| queue.share).sum());
    for (at, queue) in trade::QUEUES.iter().enumerate() {
        if left < queue.share {
            return at;
        }
        left -= queue.share;
    }
    0
}

const FIRST_NUMBER: u64 = 2_600_410_001;
const STEP: u64 = 7;

pub fn number(index: usize) -> String {
    (FIRST_NUMBER + STEP * index as u64).to_string()
}

/// The index of a case number, if it is one of `cases`.
pub fn index(number: &str, cases: usize) -> Option<usize> {
    let plain = number.len() == 10 && number.bytes().all(|byte| byte.is_ascii_digit());
    let past = plain.then(|| number.parse::<u64>().ok()).flatten()?.checked_sub(FIRST_NUMBER)?;
    let index = usize::try_from(past / STEP).ok()?;
    (past.is_multiple_of(STEP) && index < cases).then_some(index)
}

pub fn group(group: u32) -> String {
    format!("G26{:06}", group + 1)
}

/// What a case and its papers tell alike.
pub struct Facts {
    pub index: usize,
    pub number: String,
    pub group: String,
    pub queue: &'static QueueWords,
    pub status: &'static str,
    pub network: Network,
    pub card: String,
    pub holder: String,
    pub arn: String,
    pub ground: Ground,
    pub reason: &'static str,
    pub shop: &'static Shop,
    pub shop_name: String,
    pub presented: Money,
    pub disputed: Money,
    pub bought: Moment,
    pub opened: Moment,
    pub updated: Moment,
    pub due: Option<String>,
    pub papers: Vec<Listed>,
    pub seed: u64,
}

/// A document as the case lists it.
pub struct Listed {
    pub id: String,
    pub kind: Kind,
    pub name: String,
    pub issuer: bool,
    pub at: Moment,
}

pub fn facts(seed: u64, born: Moment, index: usize, plan: Plan) -> Facts {
    let mut of_card = Dice::of(seed, "card", plan.card.into());
    let mut of_group = Dice::of(seed, "group", plan.group.into());
    let mut dice = Dice::of(seed, "case", index as u64);
    let (network, card) = card(&mut of_card, plan.card as usize);
    let holder = format!("{} {}", of_card.pick(trade::FIRST), of_card.pick(trade::LAST));
    let shop = of_group.pick(trade::SHOPS);
    let queue = &trade::QUEUES[plan.queue as usize];
    let &(ground, reason) = dice.pick(network.reasons());
    let born = Moment(born.0.div_euclid(MINUTE) * MINUTE);
    let opened = born.plus(-dice.between(4 * DAY, 60 * DAY) / MINUTE * MINUTE);
    let updated = opened.plus(dice.between(0, born.since(opened)) / MINUTE * MINUTE);
    let bought = opened.plus(-dice.between(2 * DAY, 70 * DAY) / MINUTE * MINUTE);
    let (presented, disputed) = amounts(&mut dice, shop);
    let &status = dice.pick(queue.statuses);
    let mut facts = Facts {
        index,
        number: number(index),
        group: group(plan.group),
        queue,
        status,
        network,
        card,
        holder,
        arn: arn(&mut dice, network, bought),
        ground,
        reason,
        shop,
        shop_name: shop_name(index, shop),
        presented,
        disputed,
        bought,
        opened,
        updated,
        due: due(&mut dice, queue, born),
        papers: Vec::new(),
        seed,
    };
    facts.papers = papers(&mut dice, &facts);
    facts
}

fn card(dice: &mut Dice, card: usize) -> (Network, String) {
    if let Some((network, digits)) = trade::CARDS.get(card) {
        return (*network, format!("{}******{}", &digits[..6], &digits[digits.len() - 4..]));
    }
    let &(network, prefix) = dice.pick(trade::PREFIXES);
    (network, format!("{prefix}******{:04}", dice.below(10_000)))
}

/// 23 digits: a format digit, the acquirer's six, the day as YDDD, eleven of the acquirer's own, a Luhn digit. The
/// domestic scheme has none.
fn arn(dice: &mut Dice, network: Network, bought: Moment) -> String {
    let (format, acquirer) = match network {
        Network::Dankort => return String::new(),
        Network::Visa => (7, 455_020 + dice.below(9)),
        Network::Mastercard => (2, 527_330 + dice.below(9)),
    };
    let day = bought.0.div_euclid(DAY).rem_euclid(365) + 1;
    let year = bought.day().as_bytes().get(3).map_or('6', |byte| char::from(*byte));
    let digits = format!("{format}{acquirer:06}{year}{day:03}{:011}", dice.below(100_000_000_000));
    let check = luhn(&digits);
    format!("{digits}{check}")
}

fn luhn(digits: &str) -> u32 {
    let sum: u32 = digits
        .chars()
        .rev()
        .enumerate()
        .filter_map(|(place, digit)| {
            let digit = digit.to_digit(10)?;
            Some(if place % 2 == 1 { digit } else { digit * 2 / 10 + digit * 2 % 10 })
        })
        .sum();
    (10 - sum % 10) % 10
}

/// Presented and disputed; now and then only a part is disputed.
fn amounts(dice: &mut Dice, shop: &Shop) -> (Money, Money) {
    let currency = Currency::parse(shop.currency);
    let (low, high) = match shop.currency {
        "JPY" => (900, 180_000),
        "KWD" => (2_500, 400_000),
        "EUR" | "USD" | "GBP" => (450, 90_000),
        _ => (3_900, 900_000),
    };
    let spread = if dice.percent(85) { (low, high / 6) } else { (high / 6, high) };
    let presented = dice.between(spread.0, spread.1);
    let disputed = if dice.percent(20) { presented * dice.between(20, 90) / 100 } else { presented };
    (Money { minor: presented, currency }, Money { minor: disputed, currency })
}

/// A bare date mostly, sometimes with a time.
fn due(dice: &mut Dice, queue: &QueueWords, born: Moment) -> Option<String> {
    let day = born.start_of_day().plus_days(dice.between(queue.due.0, queue.due.1));
    let at = day.plus(dice.between(8, 17) * HOUR);
    let (timed, bare) = (dice.percent(queue.timed), dice.percent(70));
    timed.then(|| if bare { day.day() } else { at.rfc3339() })
}

/// A few names try what terminals do not like.
fn shop_name(index: usize, shop: &Shop) -> String {
    match index {
        4 => format!("{}\u{1b}[2J\u{1b}[31m", shop.name),
        10 => format!("{} {}", shop.name, "och dotterbolag i Norden ".repeat(12).trim_end()),
        12 => "חנות הספרים 1234".into(),
        14 => format!("{}\u{200b}\u{202e}", shop.name),
        _ => shop.name.into(),
    }
}

/// One to five. The second goes through all kinds in turn, so that a small world has every one.
fn papers(dice: &mut Dice, facts: &Facts) -> Vec<Listed> {
    let count = *dice.pick(&[1, 2, 2, 3, 3, 4, 5]);
    let mut papers = Vec::with_capacity(count);
    for place in 0..count.max(if facts.index < 2 * Kind::ALL.len() { 2 } else { 1 }) {
        let kind = match place {
            0 if facts.index == 9 => Kind::Empty,
            0 if facts.index == 8 => Kind::Mislabelled,
            0 if dice.percent(12) => Kind::LatinLetter,
            0 => Kind::Letter,
            1 => Kind::ALL[facts.index % Kind::ALL.len()],
            _ => *dice.pick(Kind::ALL),
        };
        let issuer = kind.is_from_the_issuer();
        let day = dice.between(0, facts.updated.since(facts.opened).max(0));
        papers.push(Listed {
            id: paper_id(&facts.number, place),
            kind,
            name: papers::name(kind, facts, place),
            issuer,
            at: facts.opened.plus(day / MINUTE * MINUTE),
        });
    }
    papers
}

/// When, who, what.
pub fn history(facts: &Facts) -> Vec<(Moment, &'static str, String)> {
    let mut dice = Dice::of(facts.seed, "history", facts.index as u64);
    let mut lines =
        vec![(facts.opened, *dice.pick(trade::ANALYSTS), format!("Case created: {}", facts.reason))];
    if dice.percent(60) {
        let note = dice.pick(&[
            "Cardholder called, asks for the state of the case",
            "Ny dokumentation modtaget fra kortholder",
            "Kortinnehavaren har kontaktat butiken utan svar",
            "Merchant's terms checked, cancellation was in time",
            "Avventer svar fra kortholder",
        ]);
        let between = facts.updated.since(facts.opened);
        lines.push((facts.opened.plus(between / 2), *dice.pick(trade::ANALYSTS), (*note).to_owned()));
    }
    if facts.index == 6 {
        // Somebody always types a card number into a note. This one is a published test number.
        let note = "Cardholder confirms card 4111 1111 1111 1111 was in her possession";
        lines.push((facts.updated, trade::ANALYSTS[0], note.to_owned()));
    }
    lines.push((facts.updated, *dice.pick(trade::ANALYSTS), format!("Moved to {}", facts.queue.name)));
    lines
}
