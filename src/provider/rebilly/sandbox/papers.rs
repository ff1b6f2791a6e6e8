//! The papers that lie beside the disputes of a new world: an invoice, and often a proof of delivery as a picture.

use serde_json::{Value, json};

use super::{
    File,
    dice::{Dice, id},
    dispute::Dispute,
};
use crate::{case::moment::HOUR, provider::stand_in::pdf};

/// The numbers of what is uploaded later are below.
const BORN: usize = 2_000_000;

/// A grey dot, the least there is of a GIF.
const DOT: &[u8] = b"GIF89a\x01\0\x01\0\x80\0\0\x80\x80\x80\xff\xff\xff,\0\0\0\0\x01\0\x01\0\0\x02\x02D\x01\0;";

/// Files and attachments. One dispute in three has none.
pub fn papers(disputes: &[Dispute]) -> (Vec<File>, Vec<Value>) {
    let (mut files, mut attachments) = (Vec::new(), Vec::new());
    for dispute in disputes.iter().filter(|dispute| dispute.number % 3 != 2) {
        let mut put = |name: &str, bytes: Vec<u8>| {
            let (number, at) = (BORN + files.len(), dispute.created.plus(HOUR));
            let (file, attachment) = (id("file", number), id("att", number));
            attachments.push(json!({
                "id": attachment,
                "fileId": file,
                "relatedId": dispute.id,
                "relatedType": "dispute",
                "name": name,
                "createdTime": at.rfc3339(),
                "updatedTime": at.rfc3339(),
            }));
            files.push(File { id: file, name: name.to_owned(), description: Value::Null, bytes, at });
        };
        put("invoice.pdf", invoice(dispute));
        if Dice::of(dispute.number).below(2) == 0 {
            put("delivery.gif", DOT.to_vec());
        }
    }
    (files, attachments)
}

fn invoice(dispute: &Dispute) -> Vec<u8> {
    let (amount, currency) = (&dispute.given["amount"], dispute.text("currency"));
    let lines = [
        format!("Invoice {}", 40_000 + dispute.number),
        format!("Transaction {}", dispute.text("transactionId")),
        format!("Total {amount} {currency}"),
        "Thank you for your order.".to_owned(),
    ];
    pdf::file(&[lines.to_vec()])
}
