//! CloudFormation's intrinsic functions, in their long form `{"Fn::Sub": …}` and their short form `!Sub …`.

use alloc::borrow::ToOwned;
use alloc::vec::Vec;
use core::ops::Range;

use super::finding::Why;
use super::tree::{Entry, Kind, Node};

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
    let why = match name.trim_start_matches("Fn::").trim_start_matches('!') {
        "Sub" => return substituted(at, argument),
        // what is referred to is the part of a reference; it has no part where that is no resource's id
        "Ref" => Why::Reference,
        "GetAtt" | "ImportValue" => return Node::computed(at, Why::Reference),
        _ => Why::Function { name: name.to_owned() },
    };
    Node { at, kind: Kind::Computed { why, parts: vec![argument] } }
}

/// A text in which there is nothing to substitute is literal. The variables for it may stand behind it in a list.
fn substituted<'a>(at: Range<usize>, argument: Node<'a>) -> Node<'a> {
    let text = match argument.kind {
        Kind::List(items) => items.into_iter().next().map(|first| first.kind),
        kind => Some(kind),
    };
    let kind = match text {
        Some(Kind::Text(mut text)) if !text.value.contains("${") => {
            text.forbidden = SUBSTITUTED;
            Kind::Text(text)
        }
        Some(Kind::Computed { why, parts }) => Kind::Computed { why, parts },
        _ => Kind::Computed { why: Why::Interpolation, parts: Vec::new() },
    };
    Node { at, kind }
}
