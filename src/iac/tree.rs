//! What all formats come to: maps, lists and values, each with its place.

use alloc::borrow::Cow;
use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;
use core::ops::Range;

use super::finding::Why;
use super::quoting::Style;

/// A value and where it stands.
pub(super) struct Node<'a> {
    pub(super) at: Range<usize>,
    pub(super) kind: Kind<'a>,
}

pub(super) enum Kind<'a> {
    /// In the order of the file; a key may come more than once.
    Map(Vec<Entry<'a>>),
    List(Vec<Node<'a>>),
    Text(Text<'a>),
    Flag(bool),
    Null,
    Number,
    /// Something that a tool works out later, the values that it is made of, and how it is made of them.
    Computed {
        why: Why,
        parts: Vec<Node<'a>>,
        form: Form<'a>,
    },
}

/// How a value is computed, as far as this crate can evaluate it.
pub(super) enum Form<'a> {
    /// Only the tool can compute it.
    Opaque,
    /// A text with values between its literal pieces.
    Template(Vec<Piece<'a>>),
    /// `local.rules`, `each.value["reader"].access_string`.
    Reference { base: Base<'a>, steps: Vec<Step<'a>> },
    /// A function call. The parts are its arguments; `spread` says that the last one is a list of more arguments.
    Call { spread: bool },
    /// `condition ? part 0 : part 1`.
    Conditional(Box<Node<'a>>),
    /// `[for key, value in part 0 : part 1 if condition]`.
    For(Box<For<'a>>),
    /// `part 0 == part 1`, and the like.
    Binary(Operator),
    /// `!part 0`.
    Not,
}

/// A piece of a template.
pub(super) enum Piece<'a> {
    /// The bytes `span` of the value that the text says.
    Literal {
        text: Text<'a>,
        span: Range<usize>,
    },
    Value(Node<'a>),
}

/// What a reference starts from.
pub(super) enum Base<'a> {
    Name(String),
    Value(Box<Node<'a>>),
}

/// One step of a reference.
pub(super) enum Step<'a> {
    Name(String),
    Number(u64),
    Index(Node<'a>),
    /// `[*]`, `.*`
    Splat,
}

/// The variables and extra expressions of a `for`.
pub(super) struct For<'a> {
    pub(super) key: Option<String>,
    pub(super) value: String,
    /// Of `{for … : key => value}`.
    pub(super) new_key: Option<Node<'a>>,
    pub(super) condition: Option<Node<'a>>,
    /// `value...`
    pub(super) grouping: bool,
}

/// The operators that conditions over literals need.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Operator {
    Equal,
    NotEqual,
    And,
    Or,
}

pub(super) struct Entry<'a> {
    /// Empty where the key is computed or is not a text.
    pub(super) key: Cow<'a, str>,
    /// The expression of a computed key.
    pub(super) computed_key: Option<Node<'a>>,
    pub(super) value: Node<'a>,
}

impl<'a> Entry<'a> {
    pub(super) fn new(key: impl Into<Cow<'a, str>>, value: Node<'a>) -> Self {
        Self { key: key.into(), computed_key: None, value }
    }
}

/// A text that stands in the file as it is.
#[derive(Clone)]
pub(super) struct Text<'a> {
    pub(super) value: Cow<'a, str>,
    pub(super) style: Style<'a>,
    /// What a rewriting would replace: with the quotes, or the lines of a block.
    pub(super) token: Range<usize>,
    /// What may not come in by a rewriting, as it would no longer be a text.
    pub(super) forbidden: &'static [&'static str],
}

/// What template engines fill in, and CloudFormation where it resolves dynamic references.
pub(super) const TEMPLATE: &[&str] = &["{{"];

impl<'a> Kind<'a> {
    /// A value that only the tool can compute.
    pub(super) fn opaque(why: Why) -> Self {
        Self::Computed { why, parts: Vec::new(), form: Form::Opaque }
    }
}

impl<'a> Node<'a> {
    pub(super) fn computed(at: Range<usize>, why: Why) -> Self {
        Self { at, kind: Kind::opaque(why) }
    }

    /// The entries of a map; none of anything else.
    pub(super) fn entries(&self) -> &[Entry<'a>] {
        match &self.kind {
            Kind::Map(entries) => entries,
            _ => &[],
        }
    }

    /// The entries of a map, or those of all maps in a list: in Terraform's JSON a list of bodies is as good as
    /// one body.
    pub(super) fn bodies(&self) -> impl Iterator<Item = &Node<'a>> {
        let list = match &self.kind {
            Kind::List(nodes) => &nodes[..],
            _ => core::slice::from_ref(self),
        };
        list.iter().filter(|node| matches!(node.kind, Kind::Map(_)))
    }

    pub(super) fn items(&self) -> &[Node<'a>] {
        match &self.kind {
            Kind::List(nodes) => nodes,
            _ => &[],
        }
    }

    /// The value of a key that is there and not null. Of several, tools take the last one.
    pub(super) fn get(&self, key: &str) -> Option<&Node<'a>> {
        let entry = self.entries().iter().rev().find(|entry| entry.key == key);
        entry.map(|entry| &entry.value).filter(|node| !matches!(node.kind, Kind::Null))
    }

    pub(super) fn text(&self) -> Option<&str> {
        match &self.kind {
            Kind::Text(text) => Some(&text.value),
            _ => None,
        }
    }

    pub(super) fn text_of(&self, key: &str) -> Option<&str> {
        self.get(key)?.text()
    }

    /// The nodes right below this one, with the keys of those that have one.
    pub(super) fn children(&self) -> impl Iterator<Item = (Option<&str>, &Node<'a>)> {
        let parts = match &self.kind {
            Kind::List(nodes) | Kind::Computed { parts: nodes, .. } => &nodes[..],
            _ => &[],
        };
        let values = self.entries().iter().map(|entry| (Some(&*entry.key), &entry.value));
        values.chain(parts.iter().map(|node| (None, node)))
    }
}
