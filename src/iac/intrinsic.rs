//! CloudFormation's intrinsic functions, in their long form `{"Fn::Sub": …}` and their short form `!Sub …`.

use alloc::borrow::ToOwned;
use alloc::boxed::Box;
use alloc::vec::Vec;
use core::ops::Range;

use super::finding::Why;
use super::tree::{Entry, Form, Kind, Node, Piece, Text};

/// What may not come into a text that `Fn::Sub` reads.
const SUBSTITUTED: &[&str] = &["{{", "${"];

/// A map, or what the function comes to whose call the map is: it has its name as the only key.
pub(super) fn of_map<'a>(at: Range<usize>, mut entries: Vec<Entry<'a>>) -> Node<'a> {
    let is_call = entries.len() == 1 && (entries[0].key == "Ref" || entries[0].key.starts_with("Fn::"));
    match entries.pop() {
        Some(call) if is_call => called(at, &call.key, call.value),
        last => {
            entries.extend(last);
            Node { at, kind: Kind::Map(entries) }
        }
    }
}

/// What the function comes to that a tag names; tags of other tools are functions of theirs.
pub(super) fn of_tag<'a>(tag: &str, argument: Node<'a>) -> Node<'a> {
    called(argument.at.clone(), &format!("!{tag}"), argument)
}

fn called<'a>(at: Range<usize>, name: &str, argument: Node<'a>) -> Node<'a> {
    let (why, form) = match name.trim_start_matches("Fn::").trim_start_matches('!') {
        "Sub" => return substituted(at, argument),
        "Join" => return joined(at, name, argument),
        "If" => return chosen(at, argument),
        // only the part of a `Ref` is the name of a resource
        "Ref" => (Why::Reference, Form::Opaque),
        "GetAtt" | "ImportValue" => return Node::computed(at, Why::Reference),
        _ => (Why::Function { name: name.to_owned() }, Form::Opaque),
    };
    Node { at, kind: Kind::Computed { why, parts: vec![argument], form } }
}

/// `Fn::Join` is a call of `join` with a separator and a list.
fn joined<'a>(at: Range<usize>, name: &str, argument: Node<'a>) -> Node<'a> {
    let why = Why::Function { name: name.to_owned() };
    let kind = match argument.kind {
        Kind::List(parts) if parts.len() == 2 => {
            Kind::Computed { why, parts, form: Form::Call { spread: false } }
        }
        kind => {
            let parts = vec![Node { at: argument.at, kind }];
            Kind::Computed { why, parts, form: Form::Opaque }
        }
    };
    Node { at, kind }
}

/// `Fn::If` is a choice between its second and third argument.
fn chosen<'a>(at: Range<usize>, argument: Node<'a>) -> Node<'a> {
    let why = Why::Function { name: "Fn::If".to_owned() };
    let kind = match argument.kind {
        Kind::List(mut parts) if parts.len() == 3 => {
            let condition = Node::computed(parts.remove(0).at, Why::Expression);
            Kind::Computed { why, parts, form: Form::Conditional(Box::new(condition)) }
        }
        kind => {
            let parts = vec![Node { at: argument.at, kind }];
            Kind::Computed { why, parts, form: Form::Opaque }
        }
    };
    Node { at, kind }
}

/// A text in which there is nothing to substitute is literal. The variables for it may come after it in a list.
fn substituted<'a>(at: Range<usize>, argument: Node<'a>) -> Node<'a> {
    let (text, variables) = match argument.kind {
        Kind::List(items) => {
            let mut items = items.into_iter();
            (items.next().map(|first| first.kind), items.next().map(|variables| variables.kind))
        }
        kind => (Some(kind), None),
    };
    let kind = match text {
        Some(Kind::Text(mut text)) if !text.value.contains("${") => {
            text.forbidden = SUBSTITUTED;
            Kind::Text(text)
        }
        Some(Kind::Text(text)) => {
            let variables = match variables {
                Some(Kind::Map(entries)) => entries,
                _ => Vec::new(),
            };
            let form = Form::Template(pieces(&at, &text, variables));
            Kind::Computed { why: Why::Interpolation, parts: Vec::new(), form }
        }
        Some(Kind::Computed { why, parts, form }) => Kind::Computed { why, parts, form },
        _ => Kind::opaque(Why::Interpolation),
    };
    Node { at, kind }
}

/// The pieces of a text with `${Name}` in it; `${!Name}` stands for `${Name}`.
fn pieces<'a>(at: &Range<usize>, text: &Text<'a>, mut variables: Vec<Entry<'a>>) -> Vec<Piece<'a>> {
    let literal = |span: Range<usize>| Piece::Literal { text: text.clone(), span };
    let value = &*text.value;
    let mut pieces = Vec::new();
    let mut from = 0;
    while let Some(start) = value[from..].find("${").map(|found| from + found) {
        let Some(end) = value[start..].find('}').map(|found| start + found) else { break };
        let name = &value[start + 2..end];
        if name.starts_with('!') {
            pieces.extend([literal(from..start + 2), literal(start + 3..end + 1)]);
        } else {
            pieces.push(literal(from..start));
            let given = variables.iter().position(|entry| entry.key == name.trim());
            let given = given.map(|given| variables.swap_remove(given).value);
            pieces.push(Piece::Value(given.unwrap_or_else(|| Node::computed(at.clone(), Why::Reference))));
        }
        from = end + 1;
    }
    pieces.push(literal(from..value.len()));
    pieces
}
