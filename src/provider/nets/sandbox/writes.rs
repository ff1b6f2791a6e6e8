//! The two writes of the API, and what somebody else does past it. A write has its whole effect or none, and it has
//! had it by the time it is answered.

use serde_json::{Value, json};

use super::{
    Action, Addition, Answer, Change, Keep, Sent, World, cases, complaint, members, method, not_there,
    overlay::READY,
    said,
    strict::{self, Complaints},
    trade,
};
use crate::{case::Moment, http::Response, provider::asked::Asked};

/// The name is the sister API's, in lower case as [`Asked`] has it.
const KEY: &str = "idempotency-key";
/// For complaints.
const KEY_HEADER: &str = "Idempotency-Key";

impl World {
    pub(super) fn dispute(&mut self, asked: &Asked, now: Moment, keep: &mut Keep) -> Answer {
        method(asked, &["POST", "PUT"])?;
        if let Some((name, _)) = asked.query.first() {
            return Err(complaint(400, name, "There is no such parameter."));
        }
        match asked.method.as_str() {
            "POST" => self.create(asked, now, keep),
            _ => self.update(asked, now, keep),
        }
    }

    /// Somebody else does something to a case, past the API. Refuses what the API would refuse.
    pub fn colleague(
        &mut self,
        case: &str,
        action: Action,
        now: Moment,
        keep: &mut Keep,
    ) -> Result<(), Response> {
        self.act(case, action, Addition::default(), None, now, keep).map(drop)
    }

    fn create(&mut self, asked: &Asked, now: Moment, keep: &mut Keep) -> Answer {
        let members = members(asked)?;
        let sent = Sent::new(asked.header(KEY), &asked.body);
        if let Some(answer) = self.again(&sent, now) {
            return answer;
        }
        let mut complaints = Complaints::default();
        if sent.key.as_deref().is_some_and(|key| !strict::is_key(key)) {
            complaints
                .add(KEY_HEADER, "Must have 1 to 64 characters of A-Z, a-z, 0-9, \".\", \"_\" and \"-\".");
        }
        let Some(dispute) = strict::dispute(members, self.open_card, &mut complaints) else {
            return Err(refused(complaints));
        };
        let index = self.make(Change::Created { at: now, sent, dispute: Box::new(dispute) }, keep)?;
        Ok(self.created(index))
    }

    /// What a key that is remembered answers for: the same create, and no other.
    fn again(&mut self, sent: &Sent, now: Moment) -> Option<Answer> {
        let key = sent.key.as_deref()?;
        let (change, index) = self.overlay.remembered(key, &self.origin.changes, now)?;
        match self.origin.changes.get(change) {
            Some(Change::Created { sent: first, .. }) if first.body_sha256 == sent.body_sha256 => {
                self.overlay.repeat(&cases::number(index), sent, now);
                Some(Ok(self.created(index)))
            }
            _ => Some(Err(complaint(422, KEY_HEADER, "Was used for another request."))),
        }
    }

    /// How a create is answered, now and for as long as its key is remembered.
    fn created(&self, index: usize) -> Response {
        let (number, group) = self.new_case(index).map(|case| (&case.number, &case.group)).unzip();
        said(201, json!({"caseNumber": number, "caseGroupNumber": group, "queueId": "6000", "status": READY}))
    }

    fn update(&mut self, asked: &Asked, now: Moment, keep: &mut Keep) -> Answer {
        let mut complaints = Complaints::default();
        let Some(update) = strict::update(members(asked)?, &mut complaints) else {
            return Err(refused(complaints));
        };
        let sent = Some(Sent::new(asked.header(KEY), &asked.body));
        let index = self.act(&update.case, update.action, update.addition, sent, now, keep)?;
        let later = self.overlay.later(index);
        let queue = later.and_then(|later| later.queue).and_then(|queue| trade::QUEUES.get(queue));
        let (queue, status) = (queue.map(|queue| queue.id), later.map(|later| later.status));
        Ok(said(200, json!({"caseNumber": update.case, "queueId": queue, "status": status})))
    }

    fn act(
        &mut self,
        case: &str,
        action: Action,
        addition: Addition,
        sent: Option<Sent>,
        at: Moment,
        keep: &mut Keep,
    ) -> Result<usize, Response> {
        let Some(index) = cases::index(case, self.count()) else {
            return Err(not_there("There is no case with this number."));
        };
        let queue = self.overlay.queue(index, &self.plans);
        if action.leads(queue).is_none() {
            let place = queue.and_then(|queue| trade::QUEUES.get(queue));
            let place = place.map_or("that is archived".into(), |queue| format!("in queue {}", queue.id));
            return Err(complaint(422, "action", &format!("{} does not fit a case {place}.", action.token())));
        }
        self.make(Change::Updated { at, sent, case: case.to_owned(), action, addition }, keep)
    }

    /// Keeps a change, then lets it have its effect: whoever reads it has what is kept. Returns the case's index.
    fn make(&mut self, change: Change, keep: &mut Keep) -> Result<usize, Response> {
        let place = self.origin.changes.len();
        self.origin.changes.push(change);
        if keep(&self.origin).is_err() {
            self.origin.changes.truncate(place);
            return Err(not_kept());
        }
        let laid = self.origin.changes.get(place);
        laid.and_then(|change| self.overlay.lay(place, change, &self.plans, self.open_card))
            .ok_or_else(not_kept)
    }
}

fn refused(complaints: Complaints) -> Response {
    said(422, json!({"errors": complaints.told()}))
}

fn not_kept() -> Response {
    let body: Value = json!({"code": "500", "message": "The change could not be kept", "source": "CBK"});
    said(500, body)
}
