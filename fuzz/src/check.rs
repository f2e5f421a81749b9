//! Laws of checks: any user and any request, any pattern and any text.

use redis_acl::glob::{self, Inclusion, Pattern};
use redis_acl::{Catalog, Service, User, Verdict};

/// The input is the name of a dialect, a line of rules, and the words of a request, one to a line. A first
/// line that names no dialect picks one by its first byte; characters up to U+00FF stand for single bytes.
pub fn check(input: &str) {
    let mut lines = input.split('\n');
    let dialect = super::dialect(lines.next().unwrap_or_default());
    let rules = lines.next().unwrap_or_default();
    let request: Vec<_> = lines.map(bytes).collect();

    let mut user = User::new(dialect);
    for rule in rules.split(' ') {
        // what is refused leaves the user as it was
        let _ = user.apply_arguments([rule]);
    }
    let verdict = user.check(&request);
    a_command_by_number_is_judged_alike(&user, &request, &verdict);
    a_verdict_can_be_told(&verdict);
    keys_are_arguments(user.catalog(), &request);
    more_rules_of_a_selector_never_matter_to_another(&user, &request, &verdict);
    if let [pattern, text, ..] = &request[..] {
        shapes_agree(pattern, text);
        automata_agree(pattern, text);
    }
}

pub(super) fn bytes(line: &str) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(line.len());
    for c in line.chars() {
        match u8::try_from(u32::from(c)) {
            Ok(byte) => bytes.push(byte),
            Err(_) => bytes.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes()),
        }
    }
    bytes
}

fn a_command_by_number_is_judged_alike(user: &User, request: &[Vec<u8>], verdict: &Verdict<'_>) {
    let Some(command) = user.catalog().of_request(request) else {
        return;
    };
    let by_number = user.check_command(command.id(), request);
    assert_eq!(format!("{by_number:?}"), format!("{verdict:?}"));
}

fn a_verdict_can_be_told(verdict: &Verdict<'_>) {
    assert_eq!(verdict.is_allowed(), verdict.server_message("u").is_none(), "{verdict:?}");
    let dryrun = verdict.dryrun("u");
    match verdict {
        Verdict::Allowed(allowed) => {
            assert!(dryrun.is_none_or(|answer| answer == "OK"));
            let _ = allowed.rule().map(|rule| rule.to_string());
        }
        Verdict::Denied(denied) => {
            assert!(!denied.to_string().is_empty());
            let _ = (denied.rule().map(|rule| rule.to_string()), denied.help(), denied.missing());
        }
    }
}

fn keys_are_arguments(catalog: &Catalog, request: &[Vec<u8>]) {
    for key in catalog.of_request(request).into_iter().flat_map(|command| command.keys(request)) {
        assert!(key.index > 0, "{key:?}");
        assert_eq!(key.key, request[key.index]);
    }
}

/// A user with one more selector, which allows nothing, may do the same. Not so in ElastiCache: a string with a selector
/// is read back with `resetchannels`, where no rule is about channels.
fn more_rules_of_a_selector_never_matter_to_another(user: &User, request: &[Vec<u8>], verdict: &Verdict<'_>) {
    if user.dialect().service() == Some(Service::ElastiCache) {
        return;
    }
    let mut more = user.clone();
    if more.apply_arguments(["(resetchannels)"]).is_ok() {
        assert_eq!(more.check(request).is_allowed(), verdict.is_allowed());
    }
}

/// The fast paths agree with the plain one.
fn shapes_agree(pattern: &[u8], text: &[u8]) {
    let prepared = Pattern::new(pattern);
    assert_eq!(prepared.matches(text), glob::matches(pattern, text), "{prepared:?} {text:?}");
}

/// A pattern matches a text exactly when it includes the text, taken literally.
fn automata_agree(pattern: &[u8], text: &[u8]) {
    let literal: Vec<u8> = text.iter().flat_map(|&byte| [b'\\', byte]).collect();
    let included = glob::inclusion(&literal, [pattern]) == Inclusion::Included;
    assert_eq!(included, glob::matches(pattern, text), "{pattern:?} {text:?}");
    // and what escapes, escapes
    if let Inclusion::Escapes(witness) = glob::inclusion(pattern, [text]) {
        assert!(
            glob::matches(pattern, &witness) && !glob::matches(text, &witness),
            "{pattern:?} {text:?} {witness:?}"
        );
    }
}
