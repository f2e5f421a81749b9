//! HCL as `hcl-edit` reads it.

use alloc::borrow::{Cow, ToOwned};
use alloc::boxed::Box;
use alloc::string::ToString;
use alloc::vec::Vec;
use core::ops::Range;

use hcl_edit::Span;
use hcl_edit::expr::{
    BinaryOperator, Expression, ForExpr, FuncCall, ObjectKey, Traversal, TraversalOperator, UnaryOperator,
};
use hcl_edit::structure::{Block, Body, Structure};
use hcl_edit::template::{Directive, Element, HeredocTemplate, Strip, Template};

use super::ReadError;
use super::finding::Why;
use super::quoting::{Decoded, Style};
use super::source::Source;
use super::tree::{Base, Entry, For, Form, Kind, Node, Operator, Piece, Step, Text};

/// The file as its JSON form would have it: a block is a map in a map for each of its labels.
pub(super) fn read<'a>(source: &Source<'a>) -> Result<Node<'a>, ReadError> {
    let body = hcl_edit::parser::parse_body(source.text)
        .map_err(|error| source.error(error.location().offset(), error.message()))?;
    body_node(source, &body, 0..source.text.len())
}

/// The value of a template in a text of JSON, which `decoded` says and whose bytes are `token`.
pub(super) fn template_in_json<'a>(
    source: &Source<'a>,
    decoded: &Decoded,
    token: Range<usize>,
) -> Option<Kind<'a>> {
    let template = hcl_edit::parser::parse_template(&decoded.value).ok()?;
    let reader = Reader { source, places: Places::InJson { decoded, start: token.start } };
    Some(reader.template(&template, |_, _| Style::JsonTemplatePart))
}

/// So many labels may a block have; Terraform's have two.
const MOST_LABELS: usize = 16;

fn body_node<'a>(source: &Source<'a>, body: &Body, at: Range<usize>) -> Result<Node<'a>, ReadError> {
    let reader = Reader { source, places: Places::InFile };
    let entry = |structure: &Structure| match structure {
        Structure::Attribute(attribute) => {
            Ok(Entry::new(owned(attribute.key.as_str()), reader.expression(&attribute.value)))
        }
        Structure::Block(block) => block_entry(source, block),
    };
    let entries: Result<_, _> = body.iter().map(entry).collect();
    Ok(Node { at, kind: Kind::Map(entries?) })
}

fn block_entry<'a>(source: &Source<'a>, block: &Block) -> Result<Entry<'a>, ReadError> {
    let at = block.span().unwrap_or_default();
    if block.labels.len() > MOST_LABELS {
        let message =
            format!("a block with more than {MOST_LABELS} labels; Terraform's blocks have at most two");
        return Err(source.error(at.start, message));
    }
    let names = core::iter::once(block.ident.as_str()).chain(block.labels.iter().map(|label| label.as_str()));
    let mut names: Vec<_> = names.map(owned).collect();
    let mut value = body_node(source, &block.body, at.clone())?;
    while names.len() > 1 {
        let key = names.pop().unwrap_or_default();
        value = Node { at: at.clone(), kind: Kind::Map(vec![Entry::new(key, value)]) };
    }
    Ok(Entry::new(names.pop().unwrap_or_default(), value))
}

fn owned<'a>(name: &str) -> Cow<'a, str> {
    Cow::Owned(name.to_owned())
}

/// Reads expressions, whose places count from the start of the file or of the text that they are in.
struct Reader<'s, 'a> {
    source: &'s Source<'a>,
    places: Places<'s>,
}

/// What the parser's places count from.
enum Places<'s> {
    InFile,
    /// The value of a text of JSON that starts at `start`.
    InJson {
        decoded: &'s Decoded,
        start: usize,
    },
}

impl<'a> Reader<'_, 'a> {
    /// The bytes of the file.
    fn at(&self, span: Option<Range<usize>>) -> Range<usize> {
        let span = span.unwrap_or_default();
        match self.places {
            Places::InFile => span,
            Places::InJson { decoded, start } => {
                let token = decoded.token_of(span);
                start + token.start..start + token.end
            }
        }
    }

    fn expression(&self, of: &Expression) -> Node<'a> {
        let at = self.at(of.span());
        let kind = match of {
            Expression::Parenthesis(inner) => return self.expression(inner.inner()),
            Expression::Null(_) => Kind::Null,
            Expression::Bool(flag) => Kind::Flag(*flag.value()),
            Expression::Number(_) => Kind::Number,
            Expression::String(text) => Kind::Text(Text {
                value: Cow::Owned(text.value().clone()),
                style: match self.places {
                    Places::InFile => Style::HclQuoted,
                    Places::InJson { .. } => Style::HclQuotedInJson,
                },
                token: at.clone(),
                forbidden: &[],
            }),
            Expression::StringTemplate(template) => {
                self.template(template, |reader, _| match reader.places {
                    Places::InFile => Style::HclQuotedPart,
                    Places::InJson { .. } => Style::HclQuotedPartInJson,
                })
            }
            Expression::HeredocTemplate(heredoc) => self.heredoc(heredoc, at.clone()),
            Expression::Array(array) => Kind::List(array.iter().map(|item| self.expression(item)).collect()),
            Expression::Object(object) => {
                let entries = object.iter();
                Kind::Map(entries.map(|(key, value)| self.entry(key, value.expr())).collect())
            }
            Expression::Variable(name) => {
                let base = Base::Name(name.as_str().to_owned());
                computed(Why::Reference, Vec::new(), Form::Reference { base, steps: Vec::new() })
            }
            Expression::Traversal(traversal) => self.traversal(traversal),
            Expression::FuncCall(call) => self.call(call),
            Expression::Conditional(condition) => {
                let parts =
                    vec![self.expression(&condition.true_expr), self.expression(&condition.false_expr)];
                let form = Form::Conditional(Box::new(self.expression(&condition.cond_expr)));
                computed(Why::Expression, parts, form)
            }
            Expression::ForExpr(each) => self.for_each(each),
            Expression::UnaryOp(operation) => match operation.operator.value() {
                UnaryOperator::Not => {
                    computed(Why::Expression, vec![self.expression(&operation.expr)], Form::Not)
                }
                UnaryOperator::Neg => Kind::opaque(Why::Expression),
            },
            Expression::BinaryOp(operation) => match operator(*operation.operator.value()) {
                Some(operator) => {
                    let parts =
                        vec![self.expression(&operation.lhs_expr), self.expression(&operation.rhs_expr)];
                    computed(Why::Expression, parts, Form::Binary(operator))
                }
                None => Kind::opaque(Why::Expression),
            },
        };
        Node { at, kind }
    }

    /// A computed key has no name here.
    fn entry(&self, key: &ObjectKey, value: &Expression) -> Entry<'a> {
        let value = self.expression(value);
        match key {
            ObjectKey::Ident(name) => Entry::new(owned(name.as_str()), value),
            ObjectKey::Expression(Expression::String(text)) => Entry::new(owned(text.value()), value),
            ObjectKey::Expression(key) => {
                Entry { key: Cow::Borrowed(""), computed_key: Some(self.expression(key)), value }
            }
        }
    }

    fn call(&self, call: &FuncCall) -> Kind<'a> {
        let name = call.name.name.to_string();
        let parts = call.args.iter().map(|argument| self.expression(argument)).collect();
        let form = match call.name.is_namespaced() {
            true => Form::Opaque,
            false => Form::Call { spread: call.args.expand_final() },
        };
        computed(Why::Function { name }, parts, form)
    }

    fn for_each(&self, each: &ForExpr) -> Kind<'a> {
        let name = |name: &hcl_edit::Ident| name.as_str().to_owned();
        let form = For {
            key: each.intro.key_var.as_ref().map(|key| name(key)),
            value: name(&each.intro.value_var),
            new_key: each.key_expr.as_ref().map(|key| self.expression(key)),
            condition: each.cond.as_ref().map(|condition| self.expression(&condition.expr)),
            grouping: each.grouping,
        };
        let parts = vec![self.expression(&each.intro.collection_expr), self.expression(&each.value_expr)];
        computed(Why::Expression, parts, Form::For(Box::new(form)))
    }

    fn traversal(&self, traversal: &Traversal) -> Kind<'a> {
        let base = match &traversal.expr {
            Expression::Variable(name) => Base::Name(name.as_str().to_owned()),
            other => Base::Value(Box::new(self.expression(other))),
        };
        let step = |operator: &TraversalOperator| match operator {
            TraversalOperator::GetAttr(name) => Step::Name(name.as_str().to_owned()),
            TraversalOperator::LegacyIndex(number) => Step::Number(*number.value()),
            TraversalOperator::Index(index) => Step::Index(self.expression(index)),
            TraversalOperator::AttrSplat(_) | TraversalOperator::FullSplat(_) => Step::Splat,
        };
        let steps = traversal.operators.iter().map(|operator| step(operator.value())).collect();
        computed(Why::Reference, Vec::new(), Form::Reference { base, steps })
    }

    /// A template. `style` says how a literal piece is written, by its number and its bytes.
    fn template(&self, template: &Template, style: impl Fn(&Self, Range<usize>) -> Style<'a>) -> Kind<'a> {
        self.template_with(template, &style, Self::directive)
    }

    /// A template whose directives a function reads.
    fn template_with<S: Fn(&Self, Range<usize>) -> Style<'a>>(
        &self,
        template: &Template,
        style: &S,
        directive: fn(&Self, &Directive, &S) -> Option<Node<'a>>,
    ) -> Kind<'a> {
        let piece = |element: &Element| match element {
            Element::Literal(text) => {
                let token = self.at(text.span());
                let value = text.value().clone();
                let span = 0..value.len();
                let style = style(self, token.clone());
                let text = Text { value: Cow::Owned(value), style, token, forbidden: &[] };
                Some(Piece::Literal { text, span })
            }
            // `${~ x ~}` takes blanks away around it
            Element::Interpolation(value) if value.strip == Strip::None => {
                Some(Piece::Value(self.expression(&value.expr)))
            }
            Element::Interpolation(_) => None,
            Element::Directive(of) => directive(self, of, style).map(Piece::Value),
        };
        let form = match template.iter().map(piece).collect::<Option<Vec<_>>>() {
            Some(pieces) => Form::Template(pieces),
            None => Form::Opaque,
        };
        computed(Why::Interpolation, Vec::new(), form)
    }

    /// `%{ if condition }…%{ else }…%{ endif }` that takes no blanks away is a conditional of two templates.
    fn directive<S: Fn(&Self, Range<usize>) -> Style<'a>>(
        &self,
        directive: &Directive,
        style: &S,
    ) -> Option<Node<'a>> {
        let Directive::If(of) = directive else { return None };
        let strips =
            [of.if_expr.strip, of.else_expr.as_ref().map_or(Strip::None, |of| of.strip), of.endif_expr.strip];
        if strips.iter().any(|strip| *strip != Strip::None) {
            return None;
        }
        let at = self.at(of.span());
        let branch = |template: Option<&Template>| {
            let empty = || computed(Why::Interpolation, Vec::new(), Form::Template(Vec::new()));
            let kind = template.map_or_else(empty, |of| self.template_with(of, style, Self::directive));
            Node { at: at.clone(), kind }
        };
        let parts =
            vec![branch(Some(&of.if_expr.template)), branch(of.else_expr.as_ref().map(|of| &of.template))];
        let form = Form::Conditional(Box::new(self.expression(&of.if_expr.cond_expr)));
        Some(Node { at: at.clone(), kind: computed(Why::Expression, parts, form) })
    }

    /// Directives of a heredoc take line breaks and indentation away in ways of their own.
    fn no_directive<S>(&self, _: &Directive, _: &S) -> Option<Node<'a>> {
        None
    }

    fn heredoc(&self, heredoc: &HeredocTemplate, at: Range<usize>) -> Kind<'a> {
        if let Places::InJson { .. } = self.places {
            return Kind::opaque(Why::Unclear);
        }
        let written = self.source.text.get(at).unwrap_or_default();
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
            _ => {
                let indent = heredoc.indent().unwrap_or_default();
                let style = |reader: &Self, token: Range<usize>| Style::HeredocPart {
                    indent,
                    starts_line: reader.source.text[..token.start].ends_with('\n'),
                };
                return self.template_with(&heredoc.template, &style, Self::no_directive);
            }
        };
        let token = heredoc.template.span().unwrap_or_default();
        Kind::Text(Text { value, style: Style::Heredoc { flush, delimiter }, token, forbidden: &[] })
    }
}

fn computed<'a>(why: Why, parts: Vec<Node<'a>>, form: Form<'a>) -> Kind<'a> {
    Kind::Computed { why, parts, form }
}

fn operator(operator: BinaryOperator) -> Option<Operator> {
    match operator {
        BinaryOperator::Eq => Some(Operator::Equal),
        BinaryOperator::NotEq => Some(Operator::NotEqual),
        BinaryOperator::And => Some(Operator::And),
        BinaryOperator::Or => Some(Operator::Or),
        _ => None,
    }
}
