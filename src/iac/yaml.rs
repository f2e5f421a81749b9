//! YAML as `granit-parser` reads it, document by document.

use alloc::borrow::Cow;
use alloc::vec::Vec;
use core::ops::Range;

use granit_parser::{Event, Parser, ScalarStyle, ScanError, StrInput, StructureStyle, Tag, options};

use super::ReadError;
use super::finding::{NotLiteral, Place, Why};
use super::intrinsic;
use super::quoting::{Block, Chomp, Style, is_text_when_plain};
use super::source::Source;
use super::tree::{Entry, Kind, Node, TEMPLATE, Text};

/// So deep may collections be nested, of either kind.
const DEEPEST: usize = 128;

/// The documents of a file; and, where a template of Helm or the like is no YAML, what says so. The documents
/// before and behind that place are read.
pub(super) fn read<'a>(source: &Source<'a>) -> Result<(Vec<Node<'a>>, Option<NotLiteral>), ReadError> {
    let mut events = Events::of(source);
    let mut documents = Vec::new();
    let mut template = None;
    loop {
        let error = match events.documents(&mut documents) {
            Ok(()) => return Ok((documents, template)),
            Err(error) => error,
        };
        let offset = error.marker().byte_offset().unwrap_or_default();
        if !TEMPLATE.iter().any(|sign| source.text.contains(sign)) {
            return Err(source.error(offset, error.info()));
        }
        template.get_or_insert_with(|| is_a_template(source, offset));
        if !matches!(events.parser.proceed_next_document(), Ok(true)) {
            return Ok((documents, template));
        }
    }
}

/// The place is where the parser stopped.
fn is_a_template(source: &Source<'_>, offset: usize) -> NotLiteral {
    let place = Place { resource: "template".into(), ..Place::default() };
    let range = source.in_file(offset..offset);
    NotLiteral { place, why: Why::Template, range, position: source.position(offset) }
}

struct Events<'s, 'a> {
    source: &'s Source<'a>,
    parser: Parser<'a, StrInput<'a>>,
    /// Where the last event ended.
    end: usize,
    /// How many brackets and braces are open.
    flow: usize,
}

/// An event, its bytes, and where its tag begins.
type Next<'a> = (Event<'a>, Range<usize>, Option<usize>);

impl<'s, 'a> Events<'s, 'a> {
    fn of(source: &'s Source<'a>) -> Self {
        let options = options! {
            flow_nesting_limit: DEEPEST,
            block_nesting_limit: DEEPEST,
            emit_unresolved_aliases: true,
            emit_comments: false,
        };
        let parser = Parser::new_from_str_with_options(source.text, options);
        Self { source, parser, end: 0, flow: 0 }
    }

    fn next(&mut self) -> Result<Option<Next<'a>>, ScanError> {
        let Some(next) = self.parser.next() else { return Ok(None) };
        let (event, span) = next?;
        let at = span.byte_range().unwrap_or_default();
        let end = at.end.min(self.source.text.len());
        Ok(Some((event, at.start.min(end)..end, span.tag_start().and_then(|tag| tag.byte_offset()))))
    }

    /// Adds all documents that are left.
    fn documents(&mut self, documents: &mut Vec<Node<'a>>) -> Result<(), ScanError> {
        while let Some((event, at, _)) = self.next()? {
            if let Event::DocumentStart(..) = event {
                (self.end, self.flow) = (at.end, 0);
                documents.extend(self.node()?);
            }
        }
        Ok(())
    }

    /// The next node; none at the end of what it would be in.
    fn node(&mut self) -> Result<Option<Node<'a>>, ScanError> {
        let Some((event, at, tag_at)) = self.next()? else { return Ok(None) };
        let before = self.end;
        self.end = before.max(at.end);
        let start = tag_at.unwrap_or(at.start).min(at.start);
        let (node, tag) = match event {
            Event::Scalar(value, style, _, tag) => {
                let kind = self.scalar(value, (style, tag.is_some()), before, at.clone());
                (Node { at: start..at.end, kind }, tag)
            }
            Event::SequenceStart(style, _, tag) => {
                let items = self.within(style, |events| {
                    let mut items = Vec::new();
                    while let Some(item) = events.node()? {
                        items.push(item);
                    }
                    Ok(items)
                })?;
                (Node { at: start..self.content_end(start), kind: Kind::List(items) }, tag)
            }
            Event::MappingStart(style, _, tag) => {
                let entries = self.within(style, Self::entries)?;
                let at = start..self.content_end(start);
                let node = match self.source.text[at.clone()].starts_with("{{") {
                    true => Node::computed(at, Why::Template),
                    false => intrinsic::of_map(at, entries),
                };
                (node, tag)
            }
            Event::Alias(_) | Event::UnresolvedAlias(_) => (Node::computed(at, Why::Alias), None),
            _ => return Ok(None),
        };
        Ok(Some(tagged(node, tag.as_deref())))
    }

    /// Reads what is between the start and the end of a collection.
    fn within<T>(
        &mut self,
        style: StructureStyle,
        read: impl FnOnce(&mut Self) -> Result<T, ScanError>,
    ) -> Result<T, ScanError> {
        let deeper = usize::from(style == StructureStyle::Flow);
        self.flow += deeper;
        let content = read(self);
        self.flow -= deeper;
        content
    }

    fn entries(&mut self) -> Result<Vec<Entry<'a>>, ScanError> {
        let mut entries = Vec::new();
        while let Some(key) = self.node()? {
            let Some(value) = self.node()? else { break };
            entries.push(Entry::new(self.key(key), value));
        }
        Ok(entries)
    }

    /// A key is a text, also if it is a word such as `on`; others have no name here.
    fn key(&self, key: Node<'a>) -> Cow<'a, str> {
        match key.kind {
            Kind::Text(text) => text.value,
            Kind::Flag(_) | Kind::Null | Kind::Number => Cow::Borrowed(&self.source.text[key.at]),
            _ => Cow::Borrowed(""),
        }
    }

    /// Where a collection ends: its end event stands behind the white space that follows it.
    fn content_end(&self, start: usize) -> usize {
        start + self.source.text[start..self.end.max(start)].trim_end().len()
    }

    /// A scalar by its style, and by whether it has a tag, which decides what a plain one is.
    fn scalar(
        &self,
        value: Cow<'a, str>,
        (style, has_tag): (ScalarStyle, bool),
        before: usize,
        at: Range<usize>,
    ) -> Kind<'a> {
        if TEMPLATE.iter().any(|sign| value.contains(sign)) {
            return Kind::opaque(Why::Template);
        }
        if style == ScalarStyle::Plain && !has_tag && !is_text_when_plain(&value) {
            return plain_kind(&value);
        }
        let (style, token) = match style {
            ScalarStyle::SingleQuoted => (Style::YamlSingle, at),
            ScalarStyle::DoubleQuoted => (Style::YamlDouble, at),
            ScalarStyle::Literal | ScalarStyle::Folded if value.is_empty() => {
                (Style::Nothing, at.start..at.start)
            }
            ScalarStyle::Literal | ScalarStyle::Folded => match block(self.source, before, at.clone()) {
                Some((block, token)) => (Style::YamlBlock(block), token),
                None => (Style::Nothing, at),
            },
            _ => (Style::YamlPlain { flow: self.flow > 0 }, at),
        };
        Kind::Text(Text { value, style, token, forbidden: TEMPLATE })
    }
}

/// What a word without quotes is that is no text, to YAML 1.1 or 1.2.
fn plain_kind<'a>(value: &str) -> Kind<'a> {
    match &*value.to_ascii_lowercase() {
        "" | "~" | "null" => Kind::Null,
        "true" | "yes" | "on" => Kind::Flag(true),
        "false" | "no" | "off" => Kind::Flag(false),
        _ => Kind::Number,
    }
}

/// What CloudFormation's short forms and other tags make of a node.
fn tagged<'a>(node: Node<'a>, tag: Option<&Tag>) -> Node<'a> {
    match tag {
        None => node,
        Some(tag) if tag.is_yaml_core_schema_tag("str") => node,
        Some(tag) if tag.handle() == "!" => intrinsic::of_tag(tag.suffix(), node),
        Some(tag) if ["map", "seq"].iter().any(|core| tag.is_yaml_core_schema_tag(core)) => node,
        Some(_) => Node::computed(node.at, Why::NotText),
    }
}

/// The header of a block and its lines. The parser tells where the text of the first line that is not empty
/// begins; `before` is where what comes before the block ended.
fn block(source: &Source<'_>, before: usize, at: Range<usize>) -> Option<(Block, Range<usize>)> {
    let first = source.line_start(at.start);
    let indent = at.start - first;
    let lead = source.text.get(before..first)?;
    let lead = lead.trim_end_matches([' ', '\t', '\r', '\n']);
    let line = lead.rfind('\n').map_or(lead, |end| &lead[end + 1..]);
    let (folded, stated, chomp) = header(line)?;
    let lines = source.text[before + lead.len()..].find('\n')? + before + lead.len() + 1;
    let token = lines..block_end(source.text, (lines, at.end), indent, chomp);
    Some((Block { folded, indent, stated, chomp }, token))
}

/// The first `|` or `>` of a line, behind white space, with nothing but a comment behind it.
fn header(line: &str) -> Option<(bool, bool, Chomp)> {
    let signs = line.match_indices(['|', '>']);
    let mut headers = signs.filter(|(at, _)| line[..*at].chars().next_back().is_none_or(char::is_whitespace));
    headers.find_map(|(at, sign)| {
        let rest = &line[at + 1..];
        let marks = &rest[..rest.find(char::is_whitespace).unwrap_or(rest.len())];
        let behind = rest[marks.len()..].trim_start();
        let is_header = marks.len() <= 2
            && marks.chars().all(|mark| matches!(mark, '+' | '-' | '1'..='9'))
            && (behind.is_empty() || behind.starts_with('#'));
        let chomp = match (marks.contains('-'), marks.contains('+')) {
            (true, _) => Chomp::Strip,
            (_, true) => Chomp::Keep,
            _ => Chomp::Clip,
        };
        is_header.then(|| (sign == ">", marks.contains(|mark: char| mark.is_ascii_digit()), chomp))
    })
}

/// The end of the last line of a block, or of the last one that is not empty where the others say nothing.
fn block_end(text: &str, (start, end): (usize, usize), indent: usize, chomp: Chomp) -> usize {
    let end = end.max(start);
    let lines = &text[start..end];
    // the parser may have gone on into the indentation of what follows
    let behind = lines.rfind('\n').map_or(0, |last| last + 1);
    let is_indentation = lines.len() - behind <= indent && lines[behind..].trim_matches(' ').is_empty();
    let lines = if is_indentation { &lines[..behind] } else { lines };
    if chomp == Chomp::Keep {
        return start + lines.len();
    }
    let has_content = |line: &str| {
        let line = line.trim_end_matches(['\r', '\n']);
        line.len() > indent || !line.trim_matches(' ').is_empty()
    };
    let mut ends = 0;
    let content = lines.split_inclusive('\n').filter_map(|line| {
        ends += line.len();
        has_content(line).then_some(ends)
    });
    start + content.last().unwrap_or_default()
}
