//! Reading e-mails and web pages: what the merchant wrote, what he attached, and what hostile ones may not do.

mod leaf;

use std::time::{Duration, Instant};

use casedesk::document::{Kind, Limits, sniff};
use leaf::{fact, lines, member_named, notes, opened, text};
use proptest::prelude::*;

/// A merchant's answer with the invoice attached, in the usual dress.
const ANSWER: &str = "From: =?utf-8?q?B=C3=BCro_M=C3=BCller?= <service@merchant.example>\r
To: \"Disputes, Desk\" <disputes@bank.example>, ann@bank.example\r
Cc: legal@merchant.example\r
Reply-To: orders@merchant.example\r
Date: Tue, 3 Mar 2026 14:05:11 +0100\r
Subject: =?utf-8?B?UmU6IEthZmZlZW1hc2NoaW5lIOKAkyBPcmRlcg==?=\r
 4711\r
Authentication-Results: mx.bank.example;\r
 spf=pass smtp.mailfrom=merchant.example; dkim=pass\r
MIME-Version: 1.0\r
Content-Type: multipart/mixed; boundary=\"outer\"\r
\r
This is not shown.\r
--outer\r
Content-Type: text/plain; charset=iso-8859-1\r
Content-Transfer-Encoding: quoted-printable\r
\r
Sehr geehrte Damen und Herren,=20\r
die Maschine wurde am 12. Februar an die T=FCr geliefert und vom Empf=E4n=\r
ger unterschrieben.\r
--outer\r
Content-Type: application/pdf; name=\"ignored.pdf\"\r
Content-Disposition: attachment; filename*=UTF-8''Rechnung%20M%C3%A4rz.pdf\r
Content-Transfer-Encoding: base64\r
\r
JVBERi0xLjcKMSAwIG9iago=\r
--outer--\r
Nor is this.\r
";

#[test]
fn a_merchants_answer_is_read_with_its_head_and_its_invoice() {
    let mut mail = opened(ANSWER);
    assert_eq!(
        lines(&mut *mail, 0),
        [
            "From:     Büro Müller <service@merchant.example>",
            "To:       Disputes, Desk <disputes@bank.example>, ann@bank.example",
            "Cc:       legal@merchant.example",
            "Reply-To: orders@merchant.example",
            "Date:     2026-03-03 14:05:11 +01:00",
            "Subject:  Re: Kaffeemaschine – Order 4711",
            "",
            "Sehr geehrte Damen und Herren,",
            "die Maschine wurde am 12. Februar an die Tür geliefert und vom Empfänger unterschrieben.",
            "",
            "[file 1: Rechnung März.pdf, application/pdf, 17 bytes]",
        ]
    );
    assert_eq!(fact(&*mail, "date"), "2026-03-03 14:05:11 +01:00");
    assert_eq!(fact(&*mail, "from"), "Büro Müller <service@merchant.example>");
    assert_eq!(fact(&*mail, "attachments"), "1");
    assert!(fact(&*mail, "authentication, as the mail has it").contains("spf=pass"), "{:?}", mail.facts());
    let invoice = member_named(&mut *mail, "Rechnung März.pdf");
    assert_eq!(invoice.bytes, b"%PDF-1.7\n1 0 obj\n");
    assert_eq!(invoice.claimed.exact(), "application/pdf");
}

fn forwarded(depth: usize) -> String {
    let mut mail =
        "From: cardholder@home.example\nSubject: the first\n\nI never ordered this kettle.\n".to_owned();
    for level in 0..depth {
        mail = format!(
            "From: agent{level}@bank.example\nSubject: Fwd {level}\nMIME-Version: 1.0\nContent-Type: multipart/mixed; \
             boundary=b{level}\n\n--b{level}\n\nSee below, says agent {level}.\n--b{level}\nContent-Type: \
             message/rfc822\n\n{mail}\n--b{level}--\n"
        );
    }
    mail
}

#[test]
fn a_forwarded_mail_stands_where_it_was_forwarded_and_opens_by_itself() {
    let mut mail = opened(forwarded(2));
    let all = text(&mut *mail, 0);
    let order = ["agent1@", "says agent 1", "agent0@", "says agent 0", "cardholder@", "this kettle"];
    let places: Vec<_> = order.iter().map(|words| all.find(words).expect(words)).collect();
    assert!(places.is_sorted(), "{all}");
    let names: Vec<_> = mail.members().into_iter().map(|member| member.name).collect();
    assert_eq!(names, ["message 2.eml", "message 3.eml"]);
    let inner = member_named(&mut *mail, "message 3.eml");
    assert_eq!(sniff(&inner.bytes), Kind::Email);
    assert!(text(&mut *opened(inner.bytes), 0).ends_with("I never ordered this kettle.\n"));
}

#[test]
fn mails_within_mails_end_at_the_limit_and_say_so() {
    let mut mail = opened(forwarded(Limits::DEPTH * 3));
    assert!(notes(&mut *mail, 0).iter().any(|note| note.contains("too deeply")), "{:?}", notes(&mut *mail, 0));
    assert!(!text(&mut *mail, 0).contains("this kettle"));
    // What was not gone into is a file all the same.
    let last = mail.members().len() - 1;
    let inner = mail.member(last).unwrap();
    assert!(String::from_utf8_lossy(&inner.bytes).contains("this kettle"));
}

fn alternative(plain: &str, html: &str) -> String {
    format!(
        "From: a@shop.example\nSubject: your order\nContent-Type: multipart/alternative; boundary=x\n\n--x\n\
         Content-Type: text/html; charset=utf-8\n\n{html}\n--x\nContent-Type: text/plain\n\n{plain}\n--x--\n"
    )
}

#[test]
fn of_two_forms_the_plain_one_is_shown_and_the_other_is_a_file() {
    let mut mail = opened(alternative("Thank you for order 12.", "<p>Thank you for <b>order</b> 12.</p>"));
    assert_eq!(text(&mut *mail, 0).matches("Thank you").count(), 1);
    assert_eq!(fact(&*mail, "attachments"), "0");
    assert_eq!(member_named(&mut *mail, "file 1.html").bytes, b"<p>Thank you for <b>order</b> 12.</p>");
}

#[test]
fn of_two_forms_the_one_that_says_more_is_not_kept_from_the_reader() {
    let html = "<p>The goods were <a href=\"https://shop.example/t/9\">delivered</a> on 3 March, signed by a \
                neighbour.</p><table><tr><td>Kettle</td><td>79.00</td></tr></table>";
    let mut mail = opened(alternative("Please view this mail as HTML.", html));
    let all = text(&mut *mail, 0);
    for words in ["Please view", "signed by a neighbour", "Kettle", "79.00", "[1]: https://shop.example/t/9"] {
        assert!(all.contains(words), "{words}\n{all}");
    }
    let mut only = opened(alternative("", html));
    assert!(text(&mut *only, 0).contains("neighbour"));
}

#[test]
fn words_in_any_alphabet_are_read() {
    let table: &[(&str, &str, &[u8], &str)] = &[
        ("shift_jis", "8bit", b"\x8d\xc5\x91\x4f", "最前"),
        ("gb2312", "base64", b"zcu79Q==", "退货"),
        ("koi8-r", "quoted-printable", b"=D7=CF=DA=D7=D2=C1=D4", "возврат"),
        ("utf-7", "7bit", b"Gr+APw-e", "Grüe"),
        ("us-ascii", "8bit", "Gebühr".as_bytes(), "Gebühr"),
        ("no-such-charset", "8bit", b"Geb\xfchr f\xfcr die R\xfccksendung", "Gebühr für die Rücksendung"),
        ("cp850", "8bit", b"Geb\x81hr", "Gebühr"),
    ];
    for (charset, encoding, body, wanted) in table {
        let head = format!(
            "From: a@b.example\nSubject: x\nContent-Type: text/plain; charset={charset}\n\
             Content-Transfer-Encoding: {encoding}\n\n"
        );
        let mut mail = opened([head.as_bytes(), body].concat());
        assert!(text(&mut *mail, 0).contains(wanted), "{charset}: {}", text(&mut *mail, 0));
    }
}

#[test]
fn heads_that_break_the_rules_are_read_all_the_same() {
    let mail = b"Subject: =?iso-8859-1?Q?Die_Fr\xf6sche?= und mehr\nTo: Heinz M\xfcller <h@b.example>\nContent-Type: \
                 multipart/mixed; boundary=\n\t\"x y\"\n\n--x y\nContent-Type: text/plain; charset=utf-16le\n\nH\0i\0\n--x y--\n";
    let mut mail = opened(mail);
    assert_eq!(
        lines(&mut *mail, 0),
        ["To:       Heinz Müller <h@b.example>", "Subject:  Die Frösche und mehr", "", "Hi"]
    );
}

#[test]
fn lines_that_were_broken_for_the_way_are_whole_again() {
    let mail = "From: a@b.example\nTo: c@d.example\nContent-Type: text/plain; format=flowed\n\n\
                I ordered a kettle and \nreceived a toaster.\n> Which order was \n> that?\n>> None.\n from the \nshop\n-- \nAnn\n";
    assert_eq!(
        lines(&mut *opened(mail), 0)[3..],
        [
            "I ordered a kettle and received a toaster.",
            "> Which order was that?",
            ">> None.",
            "from the shop",
            "--",
            "Ann"
        ]
    );
}

#[test]
fn damaged_attachments_give_what_is_sound_of_them() {
    let mail = |encoding: &str, body: &str| {
        format!(
            "From: a@b.example\nSubject: x\nContent-Type: application/octet-stream; name=a.bin\n\
             Content-Transfer-Encoding: {encoding}\n\n{body}"
        )
    };
    let bytes = |encoding, body| member_named(&mut *opened(mail(encoding, body)), "a.bin").bytes;
    assert_eq!(bytes("base64", "aGVsb*G8=\nIHdv!\ncmxk"), b"hello world");
    assert_eq!(bytes("BASE64 (a comment)", "aGVsbG8=aGVsbG8="), b"hellohello");
    assert_eq!(bytes("base64", "aGVsbG8gd"), b"hello ");
    assert_eq!(bytes("quoted-printable", "100=25 =zz =\nend="), b"100% =zz end");
    assert_eq!(bytes("x-uuencode", "begin 644 a\n%:&5L;&\\\n`\nend\n"), b"hello");
    assert_eq!(bytes("8bit", "as it is\n"), b"as it is\n");
}

#[test]
fn a_page_shows_its_words_tables_and_links_and_runs_nothing() {
    let page = "<!DOCTYPE html><html><head><title>Refund policy</title><meta charset=\"iso-8859-1\"><style>p{x:y}</style>\
                <script>alert('gone')</script></head><body><h1>R\u{fc}ckgabe</h1><p>See <a href=\"https://shop.example/r\">\
                the terms</a>.</p><table><tr><td>Within</td><td>30 days</td></tr></table><img src=\"https://x.example/p.gif\">";
    let latin: Vec<u8> = page.chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect();
    let mut page = opened(latin);
    let all = text(&mut *page, 0);
    for words in ["# Rückgabe", "[the terms][1]", "[1]: https://shop.example/r", "Within│30 days"] {
        assert!(all.contains(words), "{words}\n{all}");
    }
    for words in ["alert", "x:y", "p.gif"] {
        assert!(!all.contains(words), "{words}\n{all}");
    }
    assert_eq!(fact(&*page, "title"), "Refund policy");
}

#[test]
fn a_page_of_endless_boxes_is_not_laid_out_but_its_words_are_there() {
    for boxes in ["<div>", "<b><p>", "<table><tr><td>", "<span><i>", "<ul><li>"] {
        let page = format!(
            "<html><body>first<!-- a remark --><script>run()</script> {}the words &amp; more{}",
            boxes.repeat(300_000),
            "</div>".repeat(300_000)
        );
        let began = Instant::now();
        let mut page = opened(page);
        let all = text(&mut *page, 0);
        assert!(began.elapsed() < Duration::from_secs(5), "{boxes}: {:?}", began.elapsed());
        assert!(all.contains("the words & more"), "{boxes}: {all}");
        assert!(!all.contains("remark") && !all.contains("run"), "{boxes}: {all}");
        assert!(notes(&mut *page, 0)[0].contains("nested too deeply"), "{boxes}");
    }
}

#[test]
fn a_page_that_would_take_too_long_is_not_laid_out_but_its_words_are_there() {
    let pages = [
        format!("<html><table>{}", "<tr><td colspan=100000 rowspan = '65000'>a word<td>b".repeat(5_000)),
        format!("<html>{}", "<a href=x>a word</a> ".repeat(100_000)),
        format!("<html><p>{}", "a word &amp; ".repeat(200_000)),
    ];
    for page in pages {
        let began = Instant::now();
        let mut page = opened(page);
        assert!(text(&mut *page, 0).contains("a word"));
        assert!(notes(&mut *page, 0)[0].contains("too long"));
        assert!(began.elapsed() < Duration::from_secs(20), "{:?}", began.elapsed());
    }
}

#[test]
fn a_mail_of_more_html_than_is_laid_out_keeps_the_rest_as_files() {
    let part = format!("--x\nContent-Type: text/html\n\n<p>{}\n", "a word ".repeat(130_000));
    let head = "From: a@b.example\nSubject: x\nContent-Type: multipart/mixed; boundary=x\n\n";
    let mut mail = opened(format!("{head}{}--x--\n", part.repeat(5)));
    assert!(notes(&mut *mail, 0)[0].contains("the rest are files"), "{:?}", notes(&mut *mail, 0));
    assert_eq!(mail.members().len(), 4);
    assert!(mail.member(2).unwrap().bytes.ends_with(b"a word "));
}

#[test]
fn a_mail_of_endless_parts_ends_at_the_limit() {
    let part = "--x\nContent-Type: text/plain\n\nword\n";
    let head = "From: a@b.example\nSubject: x\nContent-Type: multipart/mixed; boundary=x\n\n";
    let mut mail = opened(format!("{head}{}", part.repeat(Limits::PARTS * 3)));
    assert!(text(&mut *mail, 0).matches("word").count() <= Limits::PARTS);
    assert!(notes(&mut *mail, 0)[0].contains("parts"), "{:?}", notes(&mut *mail, 0));
}

#[test]
fn a_mail_that_was_cut_anywhere_is_read_as_far_as_it_goes() {
    let mail = forwarded(2) + ANSWER;
    for source in [ANSWER, &mail] {
        for end in 0..source.len() {
            if let Some(bytes) = source.as_bytes().get(..end) {
                leaf::read_all(bytes.to_vec());
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn a_mail_may_be_anything(changes in leaf::changes()) {
        leaf::read_all(leaf::changed(ANSWER.as_bytes(), &changes));
        leaf::read_all(leaf::changed(forwarded(2).as_bytes(), &changes));
    }

    #[test]
    fn a_page_may_be_anything(parts in proptest::collection::vec(leaf::markup(), 0..60)) {
        leaf::read_all(format!("<html>{}", parts.concat()).into_bytes());
    }
}
