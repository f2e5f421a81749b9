//! HCL as `hcl-edit` reads it.

use alloc::borrow::{Cow, ToOwned};
use alloc::string::ToString;
use alloc::vec::Vec;
use core::ops::Range;

use hcl_edit::Span;
use hcl_edit::expr::{Expression, ObjectKey};
use hcl_edit::structure::{Block, Body, Structure};
use hcl_edit::template::{Element, HeredocTemplate};

use super::ReadError;
use super::finding::Why;
use super::quoting::Style;
use super::source::Source;
use super::tree::{Entry, Kind, Node, Text};

/// The file as its JSON form would have it: a block is a map in a map for each of its labels.
pub(super) fn read<'a>(source: &Source<'a>) -> Result<Node<'a>, ReadError> {
    let body = hcl_edit::parser::parse_body(source.text)
        .map_err(|error| source.error(error.location().offset(), error.message()))?;
    body_node(source, &body, 0..source.text.len())
}

/// So many labels may a block have; Terraform's have two.
const MOST_LABELS: usize = 16;

fn body_node<'a>(source: &Source<'a>, body: &Body, at: Range<usize>) -> Result<Node<'a>, ReadError> {
    let entry = |structure: &Structure| match structure {
        Structure::Attribute(attribute) => {
            Ok(Entry { key: owned(attribute.key.as_str()), value: expression(source, &attribute.value) })
        }
        Structure::Block(block) => block_entry(source, block),
    };
    let entries: Result<_, _> = body.iter().map(entry).collect();
    Ok(Node { at, kind: Kind::Map(entries?) })
}

fn block_entry<'a>(source: &Source<'a>, block: &Block) -> Result<Entry<'a>, ReadError> {
    let at = block.span().unwrap_or_default();
    if block.labels.len() > MOST_LABELS {
        let message = format!("a block with more than {MOST_LABELS} labels; Terraform's have two at most");
        return Err(source.error(at.start, message));
    }
    let names = core::iter::once(block.ident.as_str()).chain(block.labels.iter().map(|label| label.as_str()));
    let mut names: Vec<_> = names.map(owned).collect();
    let mut value = body_node(source, &block.body, at.clone())?;
    while names.len() > 1 {
        let key = names.pop().unwrap_or_default();
        value = Node { at: at.clone(), kind: Kind::Map(vec![Entry { key, value }]) };
    }
    Ok(Entry { key: names.pop().unwrap_or_default(), value })
}

fn owned<'a>(name: &str) -> Cow<'a, str> {
    Cow::Owned(name.to_owned())
}

fn expression<'a>(source: &Source<'a>, of: &Expression) -> Node<'a> {
    let at = of.span().unwrap_or_default();
    let computed = |why, parts| Kind::Computed { why, parts };
    let node = |of: &Expression| expression(source, of);
    let kind = match of {
        Expression::Parenthesis(inner) => return node(inner.inner()),
        Expression::Null(_) => Kind::Null,
        Expression::Bool(flag) => Kind::Flag(*flag.value()),
        Expression::Number(_) => Kind::Number,
        Expression::String(text) => Kind::Text(Text {
            value: Cow::Owned(text.value().clone()),
            style: Style::HclQuoted,
            token: at.clone(),
            forbidden: &[],
        }),
        Expression::StringTemplate(_) => computed(Why::Interpolation, Vec::new()),
        Expression::HeredocTemplate(heredoc) => heredoc_kind(source, heredoc, at.clone()),
        Expression::Array(array) => Kind::List(array.iter().map(node).collect()),
        Expression::Object(object) => {
            let entries = object.iter();
            Kind::Map(
                entries
                    .map(|(key, value)| Entry { key: object_key(key), value: node(value.expr()) })
                    .collect(),
            )
        }
        Expression::Variable(_) | Expression::Traversal(_) => computed(Why::Reference, Vec::new()),
        Expression::FuncCall(call) => {
            computed(Why::Function { name: call.name.name.to_string() }, call.args.iter().map(node).collect())
        }
        Expression::Conditional(condition) => {
            computed(Why::Expression, vec![node(&condition.true_expr), node(&condition.false_expr)])
        }
        Expression::ForExpr(each) => {
            computed(Why::Expression, vec![node(&each.intro.collection_expr), node(&each.value_expr)])
        }
        Expression::UnaryOp(_) | Expression::BinaryOp(_) => computed(Why::Expression, Vec::new()),
    };
    Node { at, kind }
}

/// A key that is worked out has no name here.
fn object_key<'a>(key: &ObjectKey) -> Cow<'a, str> {
    match key {
        ObjectKey::Ident(name) => owned(name.as_str()),
        ObjectKey::Expression(Expression::String(text)) => owned(text.value()),
        ObjectKey::Expression(_) => Cow::Borrowed(""),
    }
}

fn heredoc_kind<'a>(source: &Source<'a>, heredoc: &HeredocTemplate, at: Range<usize>) -> Kind<'a> {
    let written = source.text.get(at).unwrap_or_default();
    let (header, _) = written.split_once('\n').unwrap_or((written, ""));
    let delimiter = header.trim_end().trim_start_matches("<<");
    let (flush, delimiter) = match delimiter.strip_prefix('-') {
        Some(delimiter) => (true, delimiter),
        None => (false, delimiter),
    };
    let elements: Vec<_> = heredoc.template.iter().collect();
    let value = match elements[..] {
        [] => Cow::Borrowed(""),
        [Element::Literal(text)] => Cow::Owned(text.value().clone()),
        _ => return Kind::Computed { why: Why::Interpolation, parts: Vec::new() },
    };
    let token = heredoc.template.span().unwrap_or_default();
    Kind::Text(Text { value, style: Style::Heredoc { flush, delimiter }, token, forbidden: &[] })
}
