//! Why nothing is asked: the API takes disputes and tells of them in the answer, and has no way to read one.

use crate::{
    case::{Fault, FaultKind},
    provider::Want,
};

pub fn ask(want: &Want) -> Fault {
    let says = match want {
        Want::Document(_) | Want::Papers(_) => "Qolo gives no documents back",
        Want::Queue(_) => "Qolo lists no disputes: the register is what was made or entered here",
        Want::Card(_) | Want::Group(_) => "Qolo cannot be asked for disputes",
        Want::Number(_) => "Qolo cannot be asked for a dispute: what is shown is what its last answer said",
        Want::Further { of, .. } => return ask(of),
    };
    Fault::new(FaultKind::Unprepared, says)
}
