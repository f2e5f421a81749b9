//! Changes of users as Markdown, GitHub annotations and SARIF.

use std::fmt::Write as _;

use redis_acl::document::{Change, Compared, FileUser, GateAnswer, NewAccess};
use serde_json::{Value, json};

use super::of_files::visible;
use crate::commands::lint::{data, property, uri};

/// A table of the users that change, and what changes below it.
pub(super) fn markdown(compared: &[Compared<'_>], gate: GateAnswer) -> String {
    let changed: Vec<_> = compared.iter().filter(|compared| compared.change != Change::Equal).collect();
    let mut text = format!("### Access of users: {gate}\n");
    if changed.is_empty() {
        return text + "\nNo user changes.";
    }
    text += "\n| user | change | new access |\n|---|---|---|\n";
    for compared in &changed {
        let row = [compared.change.name(), answer(compared.gate_access())];
        let _ = writeln!(text, "| {} | {} | {} |", code(&visible(compared.address())), row[0], row[1]);
    }
    for compared in changed {
        let details = details(compared);
        if details.is_empty() {
            continue;
        }
        let place = compared.new.or(compared.old).map(place).unwrap_or_default();
        let _ = write!(
            text,
            "\n<details><summary>{}{place}</summary>\n\n```diff\n{}\n```\n\n</details>\n",
            escaped(&visible(compared.address())),
            details.replace("```", "` ` `")
        );
    }
    text.trim_end().to_owned()
}

/// A command of GitHub's workflows for each user with new access, and for those that are not known.
pub(super) fn github(compared: &[Compared<'_>]) -> String {
    let mut lines = Vec::new();
    for compared in compared {
        let Some((level, title)) = annotation(compared) else { continue };
        let user = compared.new.or(compared.old);
        let (line, column) = user.and_then(|user| user.position).map_or((1, 1), |at| (at.line, at.column));
        let file = user.map_or("", |user| &*user.file);
        let message = format!("{}: {}", visible(compared.address()), details(compared));
        lines.push(format!(
            "::{level} file={},line={line},col={column},title={}::{}",
            property(file),
            property(&format!("redis-acl: {title}")),
            data(message.trim_end())
        ));
    }
    lines.join("\n")
}

/// SARIF 2.1.0 with a result for each user with new access, and for those that are not known.
pub(super) fn sarif(compared: &[Compared<'_>]) -> Value {
    let rules = [
        ("new-access", "a user can do what it could not do before", "error"),
        ("unchecked-access", "what a user can do is not statically known", "warning"),
        ("lost-access", "a user can no longer do what it could do before", "note"),
    ];
    let results: Vec<_> = compared.iter().filter_map(result).collect();
    let rules = rules.map(|(id, text, level)| {
        json!({ "id": id, "shortDescription": { "text": text }, "defaultConfiguration": { "level": level } })
    });
    let version = env!("CARGO_PKG_VERSION");
    json!({
        "$schema": crate::commands::lint::SARIF_SCHEMA,
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": { "name": "redis-acl", "version": version, "semanticVersion": version, "rules": rules } },
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    })
}

fn result(compared: &Compared<'_>) -> Option<Value> {
    let (level, rule) = match annotation(compared)? {
        ("error", _) => ("error", "new-access"),
        ("warning", _) => ("warning", "unchecked-access"),
        _ => ("note", "lost-access"),
    };
    let user = compared.new.or(compared.old)?;
    let position = user.position;
    let message = format!("{}: {}", visible(compared.address()), details(compared));
    Some(json!({
        "ruleId": rule,
        "level": level,
        "message": { "text": message.trim_end() },
        "locations": [{ "physicalLocation": {
            "artifactLocation": { "uri": uri(&user.file) },
            "region": { "startLine": position.map_or(1, |at| at.line), "startColumn": position.map_or(1, |at| at.column) },
        } }],
    }))
}

/// How much a change matters to a reviewer, and what it is called.
fn annotation(compared: &Compared<'_>) -> Option<(&'static str, &'static str)> {
    match (compared.change, compared.new_access) {
        (_, NewAccess::Some) => Some(("error", "new access")),
        (_, NewAccess::Undecided) | (Change::Unchecked, _) => Some(("warning", "access is not known")),
        (Change::Narrower | Change::Removed, _) => Some(("notice", "less access")),
        _ => None,
    }
}

/// What changes, in lines that begin with + or -.
fn details(compared: &Compared<'_>) -> String {
    let mut lines = Vec::new();
    match (&compared.difference, compared.why) {
        (_, Some(why)) => lines.push(format!("not known: {why}")),
        (Some(difference), None) if !difference.comparison().is_equal() => {
            lines.extend(compared.on.map(|on| format!("on {on}")));
            // the change is named before
            lines.extend(difference.to_string().lines().skip(1).map(|line| line.trim_start().to_owned()));
        }
        _ => {}
    }
    lines.extend(compared.logins_gained.iter().map(|login| format!("+ {}", login.told())));
    lines.extend(compared.logins_lost.iter().map(|login| format!("- {}", login.told())));
    lines.join("\n")
}

fn place(user: &FileUser) -> String {
    let line = user.position.map(|at| format!(":{}", at.line)).unwrap_or_default();
    format!(" ({}{line})", escaped(&user.file))
}

fn answer(new_access: NewAccess) -> &'static str {
    match new_access {
        NewAccess::None => "no",
        NewAccess::Some => "**yes**",
        NewAccess::Undecided => "not known",
    }
}

/// A name as code in a table.
fn code(name: &str) -> String {
    format!("`{}`", name.replace('`', "'").replace('|', "\\|"))
}

/// A name in HTML.
fn escaped(name: &str) -> String {
    name.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
