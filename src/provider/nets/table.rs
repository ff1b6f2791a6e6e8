//! The one visible table of paths, names and tokens that the public text does not settle. Each row is a default that
//! a profile may override; nothing in this folder spells such a name a second time.

use crate::{
    case::Settings,
    provider::table::{
        self, Kind,
        Kind::{Name, OneOf, Path, Pointers},
        Row,
        Source::{Inferred, Seed},
        alias, row,
    },
};

/// Where the API's text names a member of the create request, its name stands first among the answer's names.
pub static TABLE: &[Row] = &[
    row("path.create", "/dispute", "creates a dispute (POST); the reference page says /disputes", Seed, Path),
    row("path.update", "/dispute", "submits, closes, rejects, acknowledges (PUT)", Seed, Path),
    row("path.disputes", "/disputes", "finds cases by number, group or card", Seed, Path),
    row("path.queue", "/disputeQueue", "lists the cases of a queue (GET)", Seed, Path),
    row("path.document", "/disputes/document/{documentId}", "fetches a document (GET)", Seed, DOCUMENT_PATH),
    row(
        "method.disputes",
        "POST",
        "how cases are found; GET cannot ask by card",
        Inferred,
        OneOf(&["POST", "GET"]),
    ),
    row("query.queue", "queueId", "the queue's parameter", Inferred, Name),
    row("request.group", "caseGroupNumber", "asks for a group of cases", Inferred, Name),
    row("request.number", "caseNumber", "asks for one case", Inferred, Name),
    row("request.card", "cardNumber", "asks for the cases of a sealed card number", Inferred, Name),
    row("request.action", "action", "says which of the four updates it is", Inferred, Name),
    row("token.submit", "SUBMIT", "the word for submitting", Inferred, Name),
    row("token.close", "CLOSE", "the word for closing", Inferred, Name),
    row("token.reject", "REJECT", "the word for rejecting", Inferred, Name),
    row("token.acknowledge", "ACKNOWLEDGE_CLOSURE", "the word for acknowledging a closure", Inferred, Name),
    row(
        "header.key",
        "Idempotency-Key",
        "the header of a create's key, as the sister API has it",
        Inferred,
        Name,
    ),
    row(
        "proof.number",
        "/caseNumber,/case/caseNumber,/cases/0/caseNumber",
        "where the answer to a write names the case (JSON pointers)",
        Inferred,
        Pointers,
    ),
    row(
        "unit.amount",
        "major",
        "whether 12.50 or 1250 is twelve and a half",
        Inferred,
        OneOf(&["major", "minor"]),
    ),
    alias("answer.cases", "cases,disputeCases,disputes,caseList,disputeList,disputeQueue", "the list of cases"),
    alias("answer.errors", "errors,error,faults,fault", "what went wrong; with it the answer is refused"),
    alias(
        "answer.remarks",
        "messages,warnings,message,warning,notices",
        "what is said of the answer; no cases",
    ),
    alias(
        "answer.count",
        "totalCount,total,count,totalElements,totalItems,totalResults,totalRecords,totalCases,caseCount,numberOfCases",
        "how many cases there are; with fewer the answer is refused",
    ),
    alias("answer.pages", "totalPages,pageCount,numberOfPages", "how many pages there are; only one is read"),
    alias(
        "answer.next",
        "nextPage,next,nextLink,nextPageToken,nextCursor,hasMore,hasNext,hasNextPage,moreResults,@odata.nextLink",
        "that there is another page; with it the answer is refused",
    ),
    alias(
        "case.number",
        "caseNumber,caseNo,caseId,disputeCaseNumber,disputeNumber,disputeId",
        "the case's number",
    ),
    alias("case.group", "caseGroupNumber,caseGroupNo,caseGroupId,caseGroup,groupNumber", "its group"),
    alias("case.queue", "queueId,queue,claimQueueId,claimQueue,queueNumber", "the id of the queue it is in"),
    alias("case.status", "status,caseStatus,disputeStatus,state", "the provider's words for where it stands"),
    alias("case.network", "cardScheme,scheme,network,cardBrand,brand", "the card network"),
    alias("case.card", "cardNumber,maskedCardNumber,cardNumberMasked,maskedPan", "the card number, masked"),
    alias("case.cardholder", "cardHolderName,cardholderName,cardHolder,cardholder", "the cardholder's name"),
    alias("case.arn", "acqReferenceData,acquirerReferenceData,acquirerReferenceNumber,arn,ard", "ARN or ARD"),
    alias(
        "case.reason.dispute",
        "cardSchemeDisputeReasonCode,disputeReasonCode,reasonCode",
        "the dispute reason",
    ),
    alias("case.reason.fraud", "cardSchemeFraudReasonCode,fraudReasonCode", "the fraud reason"),
    alias(
        "case.reason.retrieval",
        "cardSchemeRetrvRequestReasonCode,cardSchemeRetrievalRequestReasonCode,retrievalReasonCode",
        "the retrieval reason",
    ),
    alias("case.merchant", "merchantName,merchant,cardAcceptorName", "the merchant's name"),
    alias("case.merchant.city", "merchantCity,merchantLocation,cardAcceptorCity", "the merchant's town"),
    alias(
        "case.merchant.country",
        "merchantCountry,merchantCountryCode,cardAcceptorCountry",
        "the merchant's country",
    ),
    alias("case.merchant.category", "merchantCategoryCode,mcc,merchantCategory", "the merchant's category"),
    alias("case.amount", "disputeAmount,disputedAmount,claimAmount,amount", "what is disputed"),
    alias(
        "case.currency",
        "disputeCurrency,disputeCurrencyCode,claimCurrency,currency,currencyCode",
        "its currency",
    ),
    alias("case.transaction.amount", "transactionAmount,originalAmount,presentedAmount", "what was presented"),
    alias(
        "case.transaction.currency",
        "transactionCurrency,transactionCurrencyCode,originalCurrency",
        "its currency",
    ),
    alias(
        "case.transaction.at",
        "transactionDate,transactionDateTime,purchaseDate",
        "when the purchase was made",
    ),
    alias(
        "case.opened",
        "createdDate,caseCreatedDate,createdAt,openedDate,registrationDate",
        "when it was opened",
    ),
    alias(
        "case.updated",
        "updatedDate,lastUpdatedDate,lastUpdated,modifiedDate,updatedAt",
        "when it last changed",
    ),
    alias("case.due", "dueDate,deadline,responseDueDate,actionDueDate,expiryDate", "by when we must act"),
    alias("case.documents", "documents,documentList,disputeDocuments,attachments", "its documents"),
    alias("case.history", "history,caseHistory,events,auditTrail", "what happened to it"),
    alias("case.notes", "notes,caseNotes,comments", "what was written about it; shown with the history"),
    alias("money.amount", "value,amount", "the number in an amount that is an object"),
    alias("money.currency", "currency,currencyCode", "the currency in an amount that is an object"),
    alias("document.id", "documentId,id,documentNumber", "a document's id"),
    alias("document.name", "fileName,documentName,name,title", "its file name"),
    alias("document.type", "mimeType,contentType,documentType,type", "the media type it claims"),
    alias("document.side", "source,side,party,origin", "who put it there, issuer or merchant"),
    alias("document.by", "uploadedBy,createdBy,addedBy,user", "the person who put it there"),
    alias("document.at", "uploadedDate,createdDate,addedDate,date", "when"),
    alias("document.content", "content,fileContent,documentContent,data,base64", "its bytes in base64"),
    alias("history.at", "date,dateTime,timestamp,createdDate,at", "when it happened"),
    alias("history.who", "user,userName,by,author,createdBy", "who did it"),
    alias("history.what", "text,note,description,action,event,comment,message", "what was done"),
    alias("side.issuer", "issuer,cardholder,bank", "words that mean our side, anywhere in the text"),
    alias("side.merchant", "merchant,acquirer,seller", "words that mean the other side"),
];

/// Stands in `path.document` for the document's id.
pub const DOCUMENT: &str = "{documentId}";
const DOCUMENT_PATH: Kind = Kind::PathWith(DOCUMENT);

/// The value of a row for this profile.
pub fn value<'a>(settings: &'a Settings, name: &str) -> &'a str {
    table::value(TABLE, settings, name)
}

/// The names of a comma list, in order.
pub fn names<'a>(settings: &'a Settings, name: &str) -> impl Iterator<Item = &'a str> {
    table::names(TABLE, settings, name)
}

/// One line for each override that cannot be meant.
pub fn check(settings: &Settings) -> Vec<String> {
    table::check(TABLE, settings)
}
