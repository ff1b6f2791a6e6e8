//! The enumerations of the current API, each value with its meaning. On the wire they carry their prefixes; other values
//! may come.

pub const REASONS: &[(&str, &str)] = &[
    ("DISPUTE_REASON_UNAUTH", "not authorised by the cardholder"),
    ("DISPUTE_REASON_ACH_ISSUE", "ACH"),
    ("DISPUTE_REASON_ATM_ISSUE_CASH_NOT_DISPENSED", "ATM: no cash came"),
    ("DISPUTE_REASON_ATM_ISSUE_PARTIAL_CASH", "ATM: only a part of the cash came"),
    ("DISPUTE_REASON_ATM_ISSUE_CASH_NOT_DEPOSITED", "ATM: cash paid in was not booked"),
    ("DISPUTE_REASON_MERCHANT_ISSUE_GOODS_OR_SERVICES_NOT_RECEIVED", "merchant: not received"),
    ("DISPUTE_REASON_MERCHANT_ISSUE_GOODS_OR_SERVICES_NOT_AS_DESCRIBED", "merchant: not as described"),
    ("DISPUTE_REASON_MERCHANT_ISSUE_RETURNED", "merchant: returned"),
    ("DISPUTE_REASON_MERCHANT_ISSUE_CANCELED_SUBSCRIPTION", "merchant: subscription was cancelled"),
    ("DISPUTE_REASON_MERCHANT_ISSUE_REFUND_NOT_RECEIVED", "merchant: refund did not come"),
    ("DISPUTE_REASON_MERCHANT_ISSUE_CHARGED_INCORRECT_AMOUNT", "merchant: wrong amount"),
    ("DISPUTE_REASON_MERCHANT_ISSUE_PAID_BY_OTHER_MEANS", "merchant: paid by other means"),
    ("DISPUTE_REASON_MERCHANT_ISSUE_DUPLICATE_CHARGE", "merchant: charged twice"),
    ("DISPUTE_REASON_TRANSFER_ISSUE_NOT_RECEIVED", "transfer: not received"),
    ("DISPUTE_REASON_TRANSFER_ISSUE_INCORRECT_RECIPIENT", "transfer: wrong recipient"),
    ("DISPUTE_REASON_TRANSFER_ISSUE_INCORRECT_AMOUNT", "transfer: wrong amount"),
    ("DISPUTE_REASON_TRANSFER_ISSUE_DUPLICATE_CHARGE", "transfer: charged twice"),
    ("DISPUTE_REASON_TRANSFER_ISSUE_FAILED_CANCELLATION", "transfer: cancelled and yet made"),
    ("DISPUTE_REASON_MERCHANT_ISSUE", "merchant (deprecated)"),
    ("DISPUTE_REASON_ATM_ISSUE", "ATM (deprecated)"),
    ("DISPUTE_REASON_TRANSFER_ISSUE", "transfer (deprecated)"),
    ("DISPUTE_REASON_UNKNOWN", "unknown"),
];

pub const TYPES: &[(&str, &str)] = &[
    ("TRANSACTION_TYPE_DEBIT_CARD", "debit card"),
    ("TRANSACTION_TYPE_CREDIT_CARD", "credit card"),
    ("TRANSACTION_TYPE_ATM", "ATM"),
    ("TRANSACTION_TYPE_ACH", "ACH"),
    ("TRANSACTION_TYPE_TRANSFER", "transfer"),
    ("TRANSACTION_TYPE_CREDIT_ATM", "ATM, by credit"),
    ("TRANSACTION_TYPE_CREDIT_ACH", "ACH, by credit"),
    ("TRANSACTION_TYPE_CREDIT_TRANSFER", "transfer, by credit"),
    ("TRANSACTION_TYPE_UNKNOWN", "unknown"),
];

pub const NETWORKS: &[(&str, &str)] = &[
    ("TRANSACTION_NETWORK_VISA", "Visa"),
    ("TRANSACTION_NETWORK_MASTERCARD", "Mastercard"),
    ("TRANSACTION_NETWORK_AMEX", "American Express"),
    ("TRANSACTION_NETWORK_UNKNOWN", "unknown"),
];

pub const STATUSES: &[(&str, &str)] = &[
    ("TRANSACTION_STATUS_PENDING", "pending"),
    ("TRANSACTION_STATUS_SETTLED", "settled"),
    ("TRANSACTION_STATUS_UNKNOWN", "unknown"),
];

pub const CARD_TYPES: &[(&str, &str)] =
    &[("CARD_TYPE_PHYSICAL", "physical"), ("CARD_TYPE_VIRTUAL", "virtual"), ("CARD_TYPE_UNKNOWN", "unknown")];

/// A value without the prefix of its enumeration.
pub fn bare<'a>(value: &'a str, prefix: &str) -> &'a str {
    value.strip_prefix(prefix).unwrap_or(value)
}

/// A dispute's status without its prefix: "OPEN", "CLOSED".
pub fn status(value: &str) -> &str {
    bare(value, "DISPUTE_STATUS_")
}
