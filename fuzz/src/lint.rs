//! Laws of lints: any string, any dialect.

use redis_acl::lint::{self, Config, Finding, Level};
use redis_acl::{Catalog, Relation, User, compare};

/// So many fixes of a string are tried: each is linted again.
const FEW: usize = 4;

/// The input is the name of a dialect and a line of rules, then the names of clients, one to a line. A first line
/// that names no dialect picks one by its first byte.
pub fn lint(input: &str) {
    let mut lines = input.split('\n');
    let catalog = Catalog::from(super::dialect(lines.next().unwrap_or_default()));
    let text = lines.next().unwrap_or_default();
    let mut config = Config::new();
    for client in lines.take(FEW) {
        // what is no client is refused, and changes nothing
        let _ = config.add_client(client);
    }
    let findings = lint::lint(text, &catalog, &config);
    findings_are_sound(text, &findings);
    errors_are_the_refusals(text, &findings, &catalog);
    findings_tell_no_password(text, &findings, &catalog, &config);
    for finding in findings.iter().filter(|finding| finding.fix().is_some()).take(FEW) {
        a_fix_is_safe(text, finding, &findings, &catalog, &config);
    }
    let fixed = lint::apply_fixes(text, &findings);
    assert!(fixed.len() <= text.len() + findings.len(), "{text:?} becomes {fixed:?}");
}

/// Findings stand in order, none twice, with spans in the text and texts that can be shown.
pub fn findings_are_sound(text: &str, findings: &[Finding]) {
    assert!(findings.is_sorted_by_key(|finding| finding.span()), "in order: {findings:#?}");
    for (place, finding) in findings.iter().enumerate() {
        let again = findings[..place].iter().find(|other| {
            (other.lint(), other.span(), other.message())
                == (finding.lint(), finding.span(), finding.message())
        });
        assert!(again.is_none(), "twice: {finding:#?}");
        super::a_span_can_be_cut(finding.span(), text);
        finding.also().iter().for_each(|span| super::a_span_can_be_cut(*span, text));
        super::a_message_is_one_line(finding.message());
        super::a_report_is_drawn(&finding.report().to_string());
        assert!(finding.help().is_some(), "{} does not help: {finding:#?}", finding.lint().id());
        for edit in finding.fix().iter().flat_map(|fix| fix.edits()) {
            super::a_span_can_be_cut(edit.span, text);
        }
    }
}

/// A string has errors exactly if it is refused.
fn errors_are_the_refusals(text: &str, findings: &[Finding], catalog: &Catalog) {
    let refused = User::parse_with(catalog, text).err();
    let spans = refused.iter().flat_map(|errors| errors.iter().map(|error| error.span()));
    let errors = findings.iter().filter(|finding| finding.level() == Level::Error).map(Finding::span);
    assert!(spans.eq(errors), "{text:?}: {findings:#?}");
}

/// After a fix its finding is gone, and the user may do the same or, where the fix says so, less.
pub fn a_fix_is_safe(
    text: &str,
    finding: &Finding,
    findings: &[Finding],
    catalog: &Catalog,
    config: &Config,
) {
    let fix = finding.fix().expect("a fix");
    let fixed = lint::apply_fixes(text, [finding]);
    assert_ne!(fixed, text, "{finding:#?}");
    let left = lint::lint(&fixed, catalog, config);
    let alike = |findings: &[Finding]| findings.iter().filter(|other| other.lint() == finding.lint()).count();
    let is_it = |other: &&Finding| (other.lint(), other.message()) == (finding.lint(), finding.message());
    // passwords look alike, and one that is taken out can show what another rule does: what stood there must be gone
    let stood_there = |other: &Finding| place_before(other.span().start, fix.edits()) == finding.span().start;
    let taken_out = fix.edits().iter().all(|edit| edit.replacement.is_empty());
    let gone = match taken_out {
        true => !left.iter().filter(is_it).any(stood_there),
        false => !left.iter().any(|other| is_it(&other)),
    };
    assert!(
        gone || alike(&left) < alike(findings),
        "{text:?} becomes {fixed:?}: {finding:#?} is left: {left:#?}"
    );
    let errors =
        |findings: &[Finding]| findings.iter().filter(|finding| finding.level() == Level::Error).count();
    assert!(errors(&left) <= errors(findings), "{text:?} becomes {fixed:?}");
    if let Ok(user) = User::parse_with(catalog, text) {
        let after = User::parse_with(catalog, &fixed).expect("a fixed string applies");
        assert_eq!(compare(&user, &after).relation(), Relation::Equal, "{text:?} becomes {fixed:?}");
    }
}

/// Where a place stood before stretches were taken out.
fn place_before(place: usize, edits: &[lint::Edit]) -> usize {
    let mut edits: Vec<_> = edits.iter().map(|edit| edit.span).collect();
    edits.sort_by_key(|span| span.start);
    edits
        .iter()
        .fold(place, |place, span| if span.start <= place { place + span.end - span.start } else { place })
}

/// What is said is the same whatever the passwords are.
fn findings_tell_no_password(text: &str, findings: &[Finding], catalog: &Catalog, config: &Config) {
    let Some(other) = super::with_other_passwords(text) else { return };
    let shown = |findings: &[Finding]| format!("{findings:?}");
    assert_eq!(shown(findings), shown(&lint::lint(&other, catalog, config)), "{text:?} and {other:?}");
}
