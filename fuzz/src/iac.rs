//! Laws of infrastructure files.

use std::ops::Range;

use redis_acl::iac::{self, Document, Edit, Finding, Format, Given, Literal, Resolved, Scope};
use redis_acl::{AccessString, Span};

use super::{a_message_is_one_line, is_password, turned};

/// The input is the name of a format on a line, and a file.
pub fn iac(input: &str) {
    let (name, file) = input.split_once('\n').unwrap_or((input, ""));
    a_file_keeps_the_laws(format(name), file.as_bytes());
}

/// All laws of a file, which may be anything.
pub fn a_file_keeps_the_laws(format: Format, file: &[u8]) {
    match iac::read(format, file) {
        Err(error) => {
            a_message_is_one_line(error.message());
            assert!(error.position().line >= 1 && error.position().column >= 1, "{error:?}");
        }
        Ok(document) => {
            findings_stand_in_order(&document, file);
            literals(&document).for_each(|literal| each_character_has_its_place(literal, file));
            texts(&document).for_each(|text| a_text_is_of_its_parts(text, file));
            problems_stand_in_their_request(&document);
            other_files_change_nothing(&document, file, format);
            literals(&document)
                .for_each(|literal| a_replacement_is_read_again(&document, literal, file, format));
            no_password_is_told(format, &document, file);
        }
    }
}

/// `tf`, `tf.json`, `json`, or anything else for YAML.
fn format(name: &str) -> Format {
    match name.trim() {
        "tf" => Format::Terraform,
        "tf.json" => Format::TerraformJson,
        "json" => Format::Json,
        _ => Format::Yaml,
    }
}

fn literal<'d, 'a>(finding: &'d Finding<'a>) -> Option<&'d Literal<'a>> {
    match finding {
        Finding::AccessString(found) => Some(&found.text),
        Finding::AclText(found) => Some(&found.text),
        _ => None,
    }
}

fn literals<'d, 'a>(document: &'d Document<'a>) -> impl Iterator<Item = &'d Literal<'a>> {
    document.findings().iter().filter_map(literal)
}

// ---------------------------------------------------------------------------------------------------
// Places

fn findings_stand_in_order(document: &Document<'_>, file: &[u8]) {
    let mut start = 0;
    for finding in document.findings() {
        let range = finding.range();
        assert!(start <= range.start, "in order: {finding:?}");
        is_in(&range, file);
        start = range.start;
        a_message_is_one_line(&format!("-{}", finding.place()));
        if let Finding::NotLiteral(value) = finding {
            a_message_is_one_line(&value.why.to_string());
            assert_eq!((value.position.line, value.position.column), line_and_column(file, range.start));
        }
    }
}

fn is_in(range: &Range<usize>, file: &[u8]) {
    let text = std::str::from_utf8(file).expect("what was read is text");
    assert!(text.get(range.clone()).is_some(), "{range:?} of {} bytes", file.len());
}

fn line_and_column(file: &[u8], at: usize) -> (usize, usize) {
    let before = std::str::from_utf8(&file[..at]).expect("a boundary of characters");
    let before = before.strip_prefix('\u{feff}').unwrap_or(before);
    let line = before.rsplit('\n').next().unwrap_or_default();
    (before.matches('\n').count() + 1, line.chars().count() + 1)
}

/// A character is where its own bytes are, or where an escape, a folded line or an added line end is. Its line
/// and column are those of its first byte, and all follow one another.
fn each_character_has_its_place(literal: &Literal<'_>, file: &[u8]) {
    let value = literal.value();
    let whole = literal.whole();
    let mut last = whole.start;
    for (at, c) in value.char_indices() {
        let span = Span::new(at, at + c.len_utf8());
        let range = literal.range(span);
        is_in(&range, file);
        assert!(whole.start <= range.start && range.end <= whole.end, "{range:?} in {whole:?}");
        assert!(last <= range.start, "{c:?} of {literal:?} at {range:?}, behind {last}");
        last = range.start;
        let written = std::str::from_utf8(&file[range.clone()]).expect("text");
        let is_other = written.starts_with(['\\', '$', '%', '\'', '\r']) || written.trim().is_empty();
        assert!(written == c.to_string() || is_other, "{c:?} of {literal:?} is {written:?}");
        let position = literal.position(span);
        assert_eq!((position.line, position.column), line_and_column(file, range.start));
    }
    let ranges = literal.ranges(Span::new(0, value.len()));
    assert!(ranges.windows(2).all(|pair| pair[0].end <= pair[1].start), "{ranges:?}");
    let end = Span::new(value.len(), value.len());
    is_in(&literal.range(end), file);
}

// ---------------------------------------------------------------------------------------------------
// Texts that are worked out

fn texts<'d, 'a>(document: &'d Document<'a>) -> impl Iterator<Item = &'d Resolved<'a>> {
    let of_requests = document
        .requests()
        .flat_map(|request| ["AccessString", "AppendAccessString"].map(|member| request.strings(member)))
        .flatten();
    document.composed().map(|found| &found.text).chain(of_requests)
}

/// Each character comes from some bytes of the file; what is known has no unknown part, and a certain rule is known.
fn a_text_is_of_its_parts(text: &Resolved<'_>, file: &[u8]) {
    let shown = text.shown();
    assert_eq!(text.known().is_some(), text.unknown().next().is_none());
    for (at, c) in shown.char_indices() {
        let location = text.location(Span::new(at, at + c.len_utf8()));
        is_in(&location.range, file);
        let position = (location.position.line, location.position.column);
        assert_eq!(position, line_and_column(file, location.range.start));
    }
    for (why, location) in text.unknown() {
        a_message_is_one_line(&why.to_string());
        is_in(&location.range, file);
    }
    for rule in text.certain_rules() {
        let known = rule.known().expect("a certain rule is known");
        assert!(!known.is_empty() && shown.contains(known), "{known:?} of {shown:?}");
        is_in(&rule.location(Span::new(0, known.len())).range, file);
    }
}

/// A file that is read among others that say nothing is read as by itself; and so is each value again.
fn other_files_change_nothing(document: &Document<'_>, file: &[u8], format: Format) {
    let mut scope = Scope::new();
    scope.add("a/main.tf".as_ref(), format, file);
    scope.add("a/other.tf".as_ref(), Format::Terraform, b"locals {}\n");
    scope.add("b/other.tf".as_ref(), Format::Terraform, b"locals { other = 1 }\n");
    let again = scope.read("a/main.tf".as_ref()).expect("what was read is read");
    let texts =
        |document: &Document<'_>| texts(document).map(|text| text.shown().to_owned()).collect::<Vec<_>>();
    let places = |document: &Document<'_>| {
        let findings = document.findings().iter();
        findings.map(|finding| (finding.range(), finding.place().clone())).collect::<Vec<_>>()
    };
    assert_eq!(places(document), places(&again));
    assert_eq!(texts(document), texts(&again));
}

// ---------------------------------------------------------------------------------------------------
// Requests

fn problems_stand_in_their_request(document: &Document<'_>) {
    for request in document.requests() {
        for member in request.members() {
            assert!(member.range.start <= member.range.end, "{member:?}");
        }
        for found in request.problems() {
            assert!(found.range.start <= found.range.end, "{found:?}");
            a_message_is_one_line(&found.problem.to_string());
        }
    }
}

// ---------------------------------------------------------------------------------------------------
// Replacement

/// What was replaced is read again as what it was replaced by, and nothing else changed; put back, it is what
/// it was.
fn a_replacement_is_read_again(document: &Document<'_>, literal: &Literal<'_>, file: &[u8], format: Format) {
    let old = literal.value();
    for new in others(old) {
        let Some(edit) = literal.replace(&new) else { continue };
        assert_eq!(edit.range, literal.whole());
        let Some(written) = document.apply(std::slice::from_ref(&edit)) else {
            assert!(
                may_be_found_no_more(document, literal, &new)
                    || others_depend_on_it(document, literal, format),
                "{new:?} in the place of {old:?}: {edit:?} is not applied"
            );
            continue;
        };
        assert_eq!(written[..edit.range.start], file[..edit.range.start]);
        assert_eq!(written[edit.range.start + edit.text.len()..], file[edit.range.end..]);

        let again = iac::read(format, &written).expect("what is written is read");
        let number = literals(document).position(|other| other.whole() == literal.whole());
        let found = number.and_then(|number| literals(&again).nth(number));
        let found = found.expect("the text where it was");
        assert_eq!(found.value(), new);
        if let Some(back) = found.replace(old) {
            restored(&again, &back, format, old);
        }
    }
}

fn restored(document: &Document<'_>, back: &Edit, format: Format, old: &str) {
    let Some(written) = document.apply(std::slice::from_ref(back)) else { return };
    let read = iac::read(format, &written).expect("what is written is read");
    assert!(literals(&read).any(|literal| literal.value() == old), "{old:?} is back");
}

/// Texts to put in the place of one: with more at its end, with something in its middle, and others that need
/// escapes.
fn others(old: &str) -> Vec<String> {
    let end = old.trim_end().len();
    let middle = (0..=end / 2).rev().find(|&at| old.is_char_boundary(at)).unwrap_or_default();
    vec![
        old.to_owned(),
        format!("{} +get{}", &old[..end], &old[end..]),
        format!("{}é\"'\\ #: {}", &old[..middle], &old[middle..]),
        format!("user x on ~x:* +@all{}", &old[end..]),
        format!("on ~a\t${{x}} {{{{%{{\u{7}&*{}", &old[end..]),
        String::new(),
        "user a on\nuser b on ~*\n".to_owned(),
    ]
}

/// A text without a key that tells what it is is found by what it says: well-formed lines of users.
fn may_be_found_no_more(document: &Document<'_>, literal: &Literal<'_>, new: &str) -> bool {
    let is_acl_text = document.acl_texts().any(|found| found.text.whole() == literal.whole());
    let is_user = |line: &str| {
        let rules = line.strip_prefix("user ").and_then(|user| user.split_once(' '));
        rules
            .is_some_and(|(_, rules)| AccessString::parse(rules).is_ok_and(|rules| !rules.rules().is_empty()))
    };
    is_acl_text && (new.is_empty() || !new.lines().all(is_user))
}

/// In Terraform a text outside of a user is found by what it says or by who uses it, and a text may also decide how many
/// users there are.
fn others_depend_on_it(document: &Document<'_>, literal: &Literal<'_>, format: Format) -> bool {
    let is_terraform = matches!(format, Format::Terraform | Format::TerraformJson);
    let whole = literal.whole();
    let is_inside = |range: Range<usize>| range.start <= whole.start && whole.end <= range.end;
    let copies = document.requests().filter(|request| is_inside(request.range())).count();
    is_terraform && copies != 1
}

// ---------------------------------------------------------------------------------------------------
// Passwords

/// What is shown of a file is the same whatever the passwords in it are.
fn no_password_is_told(format: Format, document: &Document<'_>, file: &[u8]) {
    let mut other = file.to_vec();
    for request in document.requests() {
        for member in request.members() {
            let Given::Password(password) = &member.given else { continue };
            // one that is written elsewhere is left as it is
            let written = String::from_utf8_lossy(&file[member.range.clone()]).into_owned();
            if written.trim_matches(['"', '\'']) == password.expose() {
                turn(&mut other, member.range.clone());
            }
        }
    }
    for literal in literals(document).filter(|literal| !literal.value().contains(['"', '\''])) {
        let value = literal.value();
        for word in value.split(|c| matches!(c, ' ' | '\t'..='\r' | '\0')).filter(|word| is_password(word)) {
            let start = word.as_ptr() as usize - value.as_ptr() as usize;
            turn(&mut other, literal.range(Span::new(start, start + word.len())));
        }
    }
    let Ok(read) = iac::read(format, &other) else { return };
    let is_same = |(a, b): (&Finding<'_>, &Finding<'_>)| a.range() == b.range();
    if read.findings().len() == document.findings().len()
        && read.findings().iter().zip(document.findings()).all(is_same)
    {
        assert_eq!(told(&read), told(document));
    }
}

/// Turns the letters and digits, where there is no escape among them.
fn turn(file: &mut [u8], range: Range<usize>) {
    let Ok(text) = std::str::from_utf8(&file[range.clone()]) else { return };
    if !text.contains(['\\', '$', '%', '\n']) {
        let turned = turned(text);
        file[range].copy_from_slice(turned.as_bytes());
    }
}

fn told(document: &Document<'_>) -> String {
    let problems: Vec<_> = document.requests().map(|request| request.problems()).collect();
    let texts = problems.iter().flatten().map(|found| found.problem.to_string());
    let debugged = format!("{:?}", document.findings());
    format!("{debugged}\n{problems:?}\n{}", texts.collect::<Vec<_>>().join("\n"))
}
