//! An answer that comes in pages, made whole: asked page by page, a case that stands on two of them counted once, and held
//! against how many the provider says there are. It never opens a connection itself.

use std::collections::{HashMap, hash_map::Entry};

use crate::{
    case::{Case, CaseId, Fault, FaultKind, Settings},
    http::{Request, Response},
    provider::{Found, Provider, Want},
    text::Raw,
};

/// The most pages of one answer that are asked for.
const MOST_PAGES: usize = 1000;
/// The most cases that one answer is taken to have (our own choice: ten times the largest queue).
const MOST_CASES: usize = 200_000;
/// The most bytes of all its pages together.
const MOST_BYTES: usize = 256 << 20;

/// Asks and reads all pages. Every way it can fail is a fault.
///
/// While pages are read, cases move from one to another, and one that moves to a page that was read is on none that is
/// still to come: a list that came short is read once more, and is told as a part where it is short again.
pub async fn whole(
    provider: &dyn Provider,
    settings: &Settings,
    want: &Want,
    mut send: impl AsyncFnMut(&Request) -> Result<Response, Fault>,
) -> Result<Found, Fault> {
    let first = pages(provider, settings, want, &mut send).await?;
    if !first.is_short() {
        return Ok(first.found());
    }
    let again = pages(provider, settings, want, &mut send).await?;
    let Some(total) = again.total.filter(|_| again.is_short()) else { return Ok(again.found()) };
    let says = format!("only a part came: {} of {total}", again.cases.len()).into();
    let mut part = first;
    part.add(again.cases);
    Ok(Found::Part { cases: part.cases, says })
}

/// What came so far.
#[derive(Default)]
struct Pages {
    cases: Vec<Case>,
    places: HashMap<CaseId, usize>,
    /// What is no list of cases.
    other: Option<Found>,
    /// How many the provider says there are. Where pages differ the list moved meanwhile, and the most counts.
    total: Option<usize>,
}

async fn pages(
    provider: &dyn Provider,
    settings: &Settings,
    want: &Want,
    send: &mut impl AsyncFnMut(&Request) -> Result<Response, Fault>,
) -> Result<Pages, Fault> {
    let (mut read, mut bytes, mut next) = (Pages::default(), 0usize, Some(want.clone()));
    for _ in 0..MOST_PAGES {
        let Some(want) = next else { return Ok(read) };
        let answer = send(&provider.ask(&want, settings)?).await?;
        if !answer.is_success() {
            return Err(Fault { again: answer.again(), ..provider.refusal(&answer) });
        }
        let found = provider.read(&want, &answer, settings)?;
        next = provider.further(&want, &answer, &found, settings);
        read.total = read.total.max(provider.total(&want, &answer));
        bytes = bytes.saturating_add(answer.body.len());
        let is_first = !matches!(want, Want::Further { .. });
        match found {
            Found::Cases(more) => {
                // A page that brings nothing new would come for ever.
                if !read.add(more) && !provider.overlaps(&want) {
                    return Ok(read);
                }
            }
            other if is_first && next.is_none() => read.other = Some(other),
            _ => return Err(Fault::new(FaultKind::Unreadable, "something else than cases came in pages")),
        }
        if read.cases.len() > MOST_CASES || bytes > MOST_BYTES {
            let says = format!("more than {MOST_CASES} cases, or than {} MiB of them", MOST_BYTES >> 20);
            return Err(Fault::new(FaultKind::TooLarge, says));
        }
    }
    Err(Fault::new(FaultKind::TooLarge, format!("more than {MOST_PAGES} pages")))
}

impl Pages {
    /// Joins a page; of a case that was there the later reading counts. Whether it brought one that was not.
    fn add(&mut self, more: Vec<Case>) -> bool {
        let before = self.cases.len();
        for case in more {
            match self.places.entry(case.id.clone()) {
                Entry::Occupied(place) => self.cases[*place.get()] = case,
                Entry::Vacant(place) => {
                    place.insert(self.cases.len());
                    self.cases.push(case);
                }
            }
        }
        self.cases.len() > before
    }

    fn is_short(&self) -> bool {
        self.other.is_none() && self.total.is_some_and(|total| self.cases.len() < total)
    }

    fn found(self) -> Found {
        self.other.unwrap_or(Found::Cases(self.cases))
    }
}

/// A part of a list where nothing but the whole will do.
pub fn only_whole(found: Found) -> Result<Found, Fault> {
    match found {
        Found::Part { says, .. } => Err(short(says)),
        found => Ok(found),
    }
}

pub fn short(says: Raw) -> Fault {
    Fault::new(FaultKind::Unreadable, says)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        case::Moment,
        provider::{
            Asked, StandIn,
            rebilly::{
                Rebilly,
                sandbox::{API_KEY, BASE, World},
            },
        },
    };

    /// The list of the disputes that are won, in pages of ten, as a server has it that does `odd` things to its rows:
    /// which page is asked for (counted from 1 over both readings), and the rows as they are at that moment.
    struct Server {
        asked: usize,
        rows: Vec<usize>,
        told: Option<usize>,
        odd: fn(usize, &mut Vec<usize>),
        /// Sends the first page whatever is asked for.
        repeats: bool,
    }

    impl Server {
        fn of(rows: usize, odd: fn(usize, &mut Vec<usize>)) -> Server {
            Server { asked: 0, rows: (0..rows).collect(), told: None, odd, repeats: false }
        }

        fn answer(&mut self, request: &Request) -> Response {
            self.asked += 1;
            (self.odd)(self.asked, &mut self.rows);
            let named = |name: &str| {
                let (_, value) = request.query.iter().find(|(own, _)| own == name).unwrap();
                value.parse::<usize>().unwrap()
            };
            let (offset, limit) = (if self.repeats { 0 } else { named("offset") }, named("limit"));
            let row = |number: &usize| format!(r#"{{"id":"dp_{number}","status":"won"}}"#);
            let rows: Vec<_> = self.rows.iter().skip(offset).take(limit).map(row).collect();
            let total = self.told.unwrap_or(self.rows.len()).to_string();
            Response {
                status: 200,
                headers: vec![("pagination-total".into(), total)],
                body: format!("[{}]", rows.join(",")).into(),
                date: None,
            }
        }

        async fn read(&mut self) -> Result<Found, Fault> {
            let mut settings = Settings::of("rebilly");
            settings.table.insert("page.size".into(), "10".into());
            let want = Want::Queue("won".into());
            whole(&Rebilly, &settings, &want, async |request| Ok(self.answer(request))).await
        }
    }

    fn numbers(found: Result<Found, Fault>) -> Vec<String> {
        let Ok(Found::Cases(cases)) = found else { panic!("{found:?}") };
        cases.iter().map(|case| case.id.number.exact().to_owned()).collect()
    }

    fn part(found: Result<Found, Fault>) -> (usize, String) {
        let Ok(Found::Part { cases, says }) = found else { panic!("{found:?}") };
        (cases.len(), says.exact().to_owned())
    }

    #[tokio::test]
    async fn a_case_that_slips_onto_a_page_that_was_read_is_found_at_the_second_reading() {
        // The first row is gone when the second page is asked for: what was the eleventh is the tenth now.
        let mut server = Server::of(30, |asked, rows| {
            if asked == 2 {
                rows.remove(0);
            }
        });
        let read = numbers(server.read().await);
        assert_eq!((read.len(), server.asked), (29, 6));
        assert!(read.contains(&"dp_10".to_owned()) && !read.contains(&"dp_0".to_owned()));
    }

    #[tokio::test]
    async fn a_list_that_stays_short_is_told_as_a_part_with_all_that_came() {
        let mut server = Server::of(25, |asked, rows| rows.rotate_left(usize::from(asked == 4) * 3));
        server.told = Some(40);
        assert_eq!(part(server.read().await), (25, "only a part came: 25 of 40".into()));
        let mut shifts = Server::of(40, |asked, rows| {
            if asked.is_multiple_of(2) {
                rows.remove(0);
            }
        });
        let (came, says) = part(shifts.read().await);
        assert!(came >= 36 && says.starts_with("only a part came: "), "{came} {says}");
    }

    #[tokio::test]
    async fn a_page_that_comes_again_ends_the_reading() {
        let mut server = Server::of(25, |_, _| {});
        server.repeats = true;
        assert_eq!(part(server.read().await), (10, "only a part came: 10 of 25".into()));
        assert_eq!(server.asked, 4, "two readings of two pages");
    }

    #[tokio::test]
    async fn an_honest_list_is_read_once() {
        for rows in [0, 1, 10, 25] {
            let mut server = Server::of(rows, |_, _| {});
            assert_eq!(numbers(server.read().await).len(), rows);
            assert_eq!(server.asked, rows.div_ceil(10).max(1));
        }
    }

    #[tokio::test]
    async fn past_the_last_offset_pages_overlap_and_nothing_is_missing() {
        let born = Moment::parse("2026-11-22T07:00:00Z").unwrap();
        let (mut world, mut pages) = (World::with(born, 4400), 0);
        let mut send = async |request: &Request| {
            pages += 1;
            let url = reqwest::Url::parse_with_params("https://x/", &request.query).unwrap();
            let target = format!("{BASE}{}?{}", request.path, url.query().unwrap());
            let pass = vec![("reb-apikey".into(), API_KEY.into())];
            Ok(world.answer(&Asked::new("GET", &target, pass, Vec::new()), born))
        };
        let want = Want::Queue("response-needed".into());
        let mut settings = Settings::of("rebilly");
        settings.table.insert("page.size".into(), "1000".into());
        let read = whole(&Rebilly, &settings, &want, &mut send).await;
        assert_eq!((numbers(read).len(), pages), (2200, 3), "read once");
    }

    #[tokio::test]
    async fn a_list_without_end_is_given_up_before_it_fills_the_memory() {
        let (mut asked, mut pages) = (0usize, 0usize);
        let send = async |_: &Request| {
            pages += 1;
            let made = format!("2026-11-01T00:00:{pages:02}Z");
            let row = |at| format!(r#"{{"id":"dp_{at}","createdTime":"{made}"}}"#);
            let rows: Vec<_> = (asked..asked + 20_000).map(row).collect();
            asked += 20_000;
            Ok(Response {
                status: 200,
                headers: Vec::new(),
                body: format!("[{}]", rows.join(",")).into(),
                date: None,
            })
        };
        let want = Want::Group("txn_1".into());
        let fault = whole(&Rebilly, &Settings::of("rebilly"), &want, send).await.unwrap_err();
        assert_eq!((fault.kind, pages), (FaultKind::TooLarge, 1 + MOST_CASES / 20_000));
    }
}
