//! Nets Dispute Case Management.

use super::{Found, Manifest, Provider, Want};
use crate::{
    case::{Fault, Settings},
    http::{Request, Response},
};

pub struct Nets;

impl Provider for Nets {
    fn manifest(&self) -> &'static Manifest {
        todo!()
    }
    fn ask(&self, _want: &Want, _settings: &Settings) -> Result<Request, Fault> {
        todo!()
    }
    fn read(&self, _want: &Want, _answer: &Response, _settings: &Settings) -> Result<Found, Fault> {
        todo!()
    }
    fn refusal(&self, _answer: &Response) -> Fault {
        todo!()
    }
    fn check(&self, _settings: &Settings) -> Vec<String> {
        todo!()
    }
}
