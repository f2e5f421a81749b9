//! SARIF 2.1.0: the Static Analysis Results Interchange Format of OASIS.

use std::io;

use redis_acl::lint::{self, Finding, Lint};
use redis_acl::{Level, syntax};
use serde_json::{Value, json};

use super::found::whole_message;
use redis_acl::document::{Document, Found, ProblemKind, What};

/// What stands before the results: the tool, and all that it can find.
pub(super) fn head() -> io::Result<String> {
    let version = env!("CARGO_PKG_VERSION");
    let rules: Vec<_> =
        Lint::all().map(rule_of_lint).chain(ProblemKind::ALL.iter().map(rule_of_problem)).collect();
    let driver =
        json!({ "name": "redis-acl", "version": version, "semanticVersion": version, "rules": rules });
    let driver = serde_json::to_string(&driver)?;
    Ok(format!(
        "{{\"$schema\":\"{SCHEMA}\",\"version\":\"2.1.0\",\"runs\":[{{\"tool\":{{\"driver\":{driver}}},\
         \"columnKind\":\"unicodeCodePoints\",\"results\":["
    ))
}

/// What stands behind the results.
pub(super) const TAIL: &str = "]}]}\n";

/// The name that the schema gives itself.
pub(crate) const SCHEMA: &str =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

fn rule_of_lint(lint: &'static Lint) -> Value {
    let client = lint.example_client().map(|client| format!(" for `{client}`")).unwrap_or_default();
    let markdown = format!(
        "**{}**\n\n{}\n\nOn {}{client}, instead of\n\n```\n{}\n```\n\nwrite\n\n```\n{}\n```\n\nSee `{}` of redis-acl.",
        lint.what(),
        lint.why(),
        lint.example_dialect(),
        lint.example(),
        lint.instead(),
        lint.page(),
    );
    json!({
        "id": lint.id(),
        "shortDescription": { "text": lint.what() },
        "fullDescription": { "text": lint.why() },
        "help": { "text": format!("{} Instead of {:?} write {:?}.", lint.why(), lint.example(), lint.instead()), "markdown": markdown },
        "defaultConfiguration": { "level": level(lint.level()) },
        "properties": { "tags": [lint.group().name()] },
    })
}

fn rule_of_problem(kind: &ProblemKind) -> Value {
    json!({
        "id": kind.id(),
        "shortDescription": { "text": kind.what() },
        "defaultConfiguration": { "level": level(kind.level()) },
        "properties": { "tags": ["file"] },
    })
}

const fn level(level: Level) -> &'static str {
    match level {
        Level::Error => "error",
        Level::Warning => "warning",
        Level::Hint => "note",
    }
}

/// A result, as JSON.
pub(super) fn result(found: &Found<'_>, path: &str, document: Option<&Document<'_>>) -> io::Result<String> {
    let uri = uri(path);
    let mut location = json!({
        "physicalLocation": { "artifactLocation": { "uri": uri }, "region": region(found) },
    });
    if !found.name.is_empty() {
        location["logicalLocations"] = json!([{ "fullyQualifiedName": found.name }]);
    }
    let mut result = json!({
        "ruleId": found.id(),
        "ruleIndex": index_of_rule(found),
        "level": level(found.level()),
        "message": { "text": whole_message(found) },
        "locations": [location],
    });
    if let (What::Lint { finding, entry }, Some(document)) = (&found.what, document) {
        if let Some(fix) = fix(finding, *entry, document, &uri) {
            result["fixes"] = json!([fix]);
        }
    }
    Ok(serde_json::to_string(&result)?)
}

fn region(found: &Found<'_>) -> Value {
    json!({
        "startLine": found.start.line,
        "startColumn": found.start.column,
        "endLine": found.end.line,
        "endColumn": found.end.column,
    })
}

fn index_of_rule(found: &Found<'_>) -> usize {
    let lints = Lint::all().count();
    match &found.what {
        What::Lint { finding, .. } => Lint::all().position(|lint| lint == finding.lint()),
        What::Problem(problem) => {
            ProblemKind::ALL.iter().position(|kind| *kind == problem.kind).map(|index| lints + index)
        }
    }
    .expect("every kind of finding is a rule")
}

/// What to write where. Strings with passwords have none, as the new text might repeat one.
fn fix(finding: &Finding, entry: usize, document: &Document<'_>, uri: &str) -> Option<Value> {
    finding.fix()?;
    let string = document.entries().get(entry).filter(|entry| !entry.is_fragment)?;
    let new = lint::apply_fixes(&string.text, [finding]);
    if [&string.text, &new].iter().any(|text| syntax::masked(text) != **text) {
        return None;
    }
    let (range, text) = document.edit(entry, &new)?;
    let (start, end) = (document.position_of_byte(range.start), document.position_of_byte(range.end));
    let help = finding.help().unwrap_or_else(|| finding.message());
    Some(json!({
        "description": { "text": format!("{help} (the same meaning)") },
        "artifactChanges": [{
            "artifactLocation": { "uri": uri },
            "replacements": [{
                "deletedRegion": {
                    "startLine": start.line,
                    "startColumn": start.column,
                    "endLine": end.line,
                    "endColumn": end.column,
                },
                "insertedContent": { "text": text },
            }],
        }],
    }))
}

/// A path as a reference that URIs allow: relative if it is.
pub(crate) fn uri(path: &str) -> String {
    let mut uri = String::new();
    if path.starts_with('/') {
        uri.push_str("file://");
    }
    for byte in path.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                uri.push(byte.into())
            }
            b'\\' if cfg!(windows) => uri.push('/'),
            byte => uri.push_str(&format!("%{byte:02X}")),
        }
    }
    uri
}
