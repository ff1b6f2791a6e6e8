//! One case into the tables: found by its keyed hash, compared by another, written only where it differs.

use rusqlite::{Connection, OptionalExtension, Statement, params};

use super::change::tally;
use super::columns::{Key, case_subject, plain, row_key, short};
use super::problem::StoreError;
use crate::case::{Case, Moment};
use crate::seal::InstallKey;

pub enum What {
    New,
    Changed,
    Same,
}

/// A case as it now stands in the tables.
pub struct Put {
    pub id: i64,
    pub what: What,
    /// Whether anything that the list shows was written.
    pub touched: bool,
    pub due: i64,
    pub num: String,
    /// Deadline and number before, where the case was there.
    pub was: Option<(i64, String)>,
    /// Whether deadline, number, opening or workability differ from before.
    pub facts_moved: bool,
    pub workable: bool,
    pub opened: Option<i64>,
}

/// The statements for taking in cases, prepared once for an answer.
pub struct Writer<'t> {
    key: &'t InstallKey,
    db: &'t Connection,
    find: Statement<'t>,
    body: Statement<'t>,
    insert: Statement<'t>,
    update: Statement<'t>,
    seal: Statement<'t>,
    reseal: Statement<'t>,
    back: Statement<'t>,
    seen: Statement<'t>,
    /// How many more cases there are now, and how many more that are gone.
    cases: i64,
    gone: i64,
}

struct Before {
    id: i64,
    content: Key,
    due: i64,
    num: String,
    gone: bool,
    open: bool,
    opened: Option<i64>,
}

impl<'t> Writer<'t> {
    pub fn new(db: &'t Connection, key: &'t InstallKey) -> Result<Writer<'t>, StoreError> {
        const VALUES: &str = "num, number, number_sealed, grp, queue, stage, status, network, card, cardholder, arn, \
            reason, merchant, minor, currency, opened, updated, due, documents, marked, open, gone, seen_at, content";
        let marks: Vec<String> = (3..=26).map(|at| format!("?{at}")).collect();
        let insert =
            format!("INSERT INTO dispute(key, profile, {VALUES}) VALUES (?1, ?2, {})", marks.join(", "));
        let update = format!(
            "UPDATE dispute SET key = ?1, profile = ?2, ({VALUES}) = ({}) WHERE id = ?27",
            marks.join(", ")
        );
        Ok(Writer {
            key,
            db,
            find: db.prepare("SELECT id, content, due, num, gone, open, opened FROM dispute WHERE key = ?1")?,
            body: db.prepare("SELECT body FROM sealed WHERE id = ?1")?,
            insert: db.prepare(&insert)?,
            update: db.prepare(&update)?,
            seal: db.prepare("INSERT INTO sealed(id, body) VALUES (?1, ?2)")?,
            reseal: db.prepare("UPDATE sealed SET body = ?2 WHERE id = ?1")?,
            back: db.prepare("UPDATE dispute SET gone = 0, open = ?2 WHERE id = ?1")?,
            seen: db.prepare("UPDATE dispute SET seen_at = ?2 WHERE id = ?1")?,
            cases: 0,
            gone: 0,
        })
    }

    pub fn finish(self) -> Result<(), StoreError> {
        tally(self.db, "cases", self.cases)?;
        tally(self.db, "gone", self.gone)
    }

    /// Keeps one case; what its answer left out stays as it was. `listed`: it came with a queue, so that it is not
    /// gone, and the queue remembers when it was read; otherwise the case itself does.
    pub fn put(&mut self, case: &Case, at: Moment, listed: bool) -> Result<Put, StoreError> {
        let row_key = row_key(self.key, &case.id);
        let (mut json, mut content) = self.written(case)?;
        let before = self
            .find
            .query_row([row_key], |row| {
                Ok(Before {
                    id: row.get(0)?,
                    content: row.get(1)?,
                    due: row.get(2)?,
                    num: row.get(3)?,
                    gone: row.get::<_, i64>(4)? != 0,
                    open: row.get::<_, i64>(5)? != 0,
                    opened: row.get(6)?,
                })
            })
            .optional()?;
        let mut filled = None;
        if let Some(before) = &before {
            if before.content != content && !case.silent.is_empty() {
                filled = self.filled(case, before.id)?;
            }
            if let Some(case) = &filled {
                (json, content) = self.written(case)?;
            }
            if before.content == content {
                return self.same(before, filled.as_ref().unwrap_or(case), at, listed);
            }
        }
        let case = filled.as_ref().unwrap_or(case);
        let opened = case.opened.map(|opened| opened.0);
        let plain = plain(case, self.key, &row_key)?;
        let gone = !listed && before.as_ref().is_some_and(|before| before.gone);
        let open = plain.workable && !gone;
        let values = params![
            row_key,
            case.id.profile,
            plain.num,
            plain.number,
            plain.number_sealed,
            plain.group.as_str(),
            plain.queue.as_str(),
            plain.stage,
            plain.status.as_str(),
            plain.network.as_str(),
            plain.card.as_str(),
            plain.cardholder.as_str(),
            plain.arn.as_str(),
            plain.reason.as_str(),
            plain.merchant.as_str(),
            case.amount.map(|amount| amount.minor),
            case.amount.and_then(|amount| amount.currency).map(String::from),
            opened,
            case.updated.map(|updated| updated.0),
            plain.due,
            plain.documents,
            plain.marked,
            open,
            gone,
            at.0,
            content,
        ];
        let (id, what) = match &before {
            None => {
                self.insert.execute(values)?;
                self.cases += 1;
                (self.db.last_insert_rowid(), What::New)
            }
            Some(before) => {
                let mut values = values.to_vec();
                values.push(&before.id);
                self.update.execute(&values[..])?;
                if before.gone && !gone {
                    self.gone -= 1;
                }
                (before.id, What::Changed)
            }
        };
        let sealed = self.key.seal(&case_subject(&case.id), &json)?;
        match what {
            What::New => self.seal.execute(params![id, sealed])?,
            What::Changed | What::Same => self.reseal.execute(params![id, sealed])?,
        };
        let moved = |before: &Before| {
            (before.due, &before.num, before.open, before.opened) != (plain.due, &plain.num, open, opened)
        };
        Ok(Put {
            id,
            what,
            touched: true,
            due: plain.due,
            facts_moved: before.as_ref().is_some_and(moved),
            num: plain.num,
            was: before.map(|before| (before.due, before.num)),
            workable: plain.workable,
            opened,
        })
    }

    /// A case as it is kept, and the hash by which it is compared.
    fn written(&self, case: &Case) -> Result<(Vec<u8>, Key), StoreError> {
        let json =
            serde_json::to_vec(case).map_err(|_| StoreError::Other("a case cannot be written".to_owned()))?;
        let content = short(self.key.keyed_hash("content", &json));
        Ok((json, content))
    }

    /// The case with what its answer left out as it is kept. `None` where that cannot be read any more: then the
    /// answer is all there is.
    fn filled(&mut self, case: &Case, id: i64) -> Result<Option<Case>, StoreError> {
        let sealed: Option<Vec<u8>> = self.body.query_row([id], |row| row.get(0)).optional()?;
        let json = sealed.and_then(|sealed| self.key.open(&case_subject(&case.id), &sealed).ok());
        let known = json.and_then(|json| serde_json::from_slice(&json).ok());
        Ok(known.map(|known| {
            let mut filled = case.clone();
            filled.fill_from(known);
            filled
        }))
    }

    fn same(&mut self, before: &Before, case: &Case, at: Moment, listed: bool) -> Result<Put, StoreError> {
        let returns = listed && before.gone;
        if returns {
            self.back.execute(params![before.id, case.stage.is_workable()])?;
            self.gone -= 1;
        }
        if !listed {
            self.seen.execute(params![before.id, at.0])?;
        }
        Ok(Put {
            id: before.id,
            what: What::Same,
            touched: returns,
            due: before.due,
            num: before.num.clone(),
            was: Some((before.due, before.num.clone())),
            facts_moved: false,
            workable: case.stage.is_workable(),
            opened: before.opened,
        })
    }
}
