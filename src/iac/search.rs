//! Gathering what is found.

use alloc::sync::Arc;
use alloc::vec::Vec;

use super::finding::{AccessStringAt, AclText, AclTextKind, Finding, NotLiteral, Place, Why};
use super::literal::{Literal, Written};
use super::request::{Names, Request, RequestKind};
use super::source::Source;
use super::tree::{Kind, Node};
use crate::dialect::{Dialect, Service};

pub(super) struct Search<'a> {
    pub(super) source: Arc<Source<'a>>,
    pub(super) written: Written,
    pub(super) findings: Vec<Finding<'a>>,
}

impl<'a> Search<'a> {
    pub(super) fn new(source: Arc<Source<'a>>) -> Self {
        Self { source, written: Written::ByPeople, findings: Vec::new() }
    }

    /// In the order of the file, what holds something before it.
    pub(super) fn into_findings(mut self) -> Vec<Finding<'a>> {
        self.findings.sort_by_key(|finding| {
            let range = finding.range();
            (range.start, core::cmp::Reverse(range.end))
        });
        self.findings
    }

    /// The text of a node, or a finding that it is none.
    fn literal(&mut self, place: &Place, node: &Node<'a>) -> Option<Literal<'a>> {
        let literal = literal(&self.source, node, self.written);
        literal.map_err(|why| self.not_literal(place.clone(), node, why)).ok()
    }

    pub(super) fn not_literal(&mut self, place: Place, node: &Node<'a>, why: Why) {
        let value = NotLiteral {
            place,
            why,
            range: self.source.in_file(node.at.clone()),
            position: self.source.position(node.at.start),
        };
        self.findings.push(Finding::NotLiteral(value));
    }

    pub(super) fn access_string(&mut self, place: Place, node: &Node<'a>, dialect: Option<Dialect>) {
        if let Some(text) = self.literal(&place, node) {
            self.findings.push(Finding::AccessString(AccessStringAt { place, dialect, text }));
        }
    }

    pub(super) fn acl_text(&mut self, place: Place, node: &Node<'a>, kind: AclTextKind) {
        if let Some(text) = self.literal(&place, node) {
            self.findings.push(Finding::AclText(AclText { place, kind, text }));
        }
    }

    /// A request, and the access strings in it. No request is made of a body to which something is added
    /// later: a macro's result, a YAML merge key.
    pub(super) fn request(&mut self, kind: RequestKind, names: Names, place: Place, body: &Node<'a>) {
        if let Kind::Computed { why, .. } = &body.kind {
            return self.not_literal(place, body, why.clone());
        }
        self.strings(kind.service(), names, &place, body);
        let is_added = |key: &str| key == "<<" || key.starts_with("Fn::");
        if !body.entries().iter().any(|entry| is_added(&entry.key)) {
            let request = Request::read(self, kind, names, place, body, None);
            self.findings.push(Finding::Request(request));
        }
    }

    /// A request of a plan, with what the plan says of it that is known after apply. Its access strings are
    /// found with the others of the plan.
    pub(super) fn planned(
        &mut self,
        kind: RequestKind,
        place: Place,
        after: &Node<'a>,
        unknown: Option<&Node<'a>>,
    ) {
        let request = Request::read(self, kind, Names::Terraform, place, after, unknown);
        self.findings.push(Finding::Request(request));
    }

    /// The access strings of a user.
    pub(super) fn strings(&mut self, service: Service, names: Names, place: &Place, body: &Node<'a>) {
        let dialect = dialect_of(service, names, body);
        for member in ["AccessString", "AppendAccessString"] {
            let name = names.spell(member);
            if let Some(node) = body.get(name) {
                self.access_string(Place { attribute: name.into(), ..place.clone() }, node, dialect);
            }
        }
    }
}

/// The text of a node, or why there is none.
pub(super) fn literal<'a>(
    source: &Arc<Source<'a>>,
    node: &Node<'a>,
    written: Written,
) -> Result<Literal<'a>, Why> {
    match &node.kind {
        Kind::Text(text) => Literal::of(source, text, written).ok_or(Why::Unclear),
        Kind::Computed { why, .. } => Err(why.clone()),
        _ => Err(Why::NotText),
    }
}

fn dialect_of(service: Service, names: Names, body: &Node<'_>) -> Option<Dialect> {
    let text = |member| body.text_of(names.spell(member));
    dialect(service, text("Engine"), text("EngineVersion"))
}

/// The dialect that a service has for this engine; see the module's documentation.
pub(super) fn dialect(service: Service, engine: Option<&str>, version: Option<&str>) -> Option<Dialect> {
    let engine = engine.map(str::to_ascii_lowercase);
    let (engine, oldest) = match (service, engine.as_deref()) {
        (Service::ElastiCache, Some("redis")) => ("redis", "elasticache"),
        (Service::ElastiCache, Some("valkey")) => ("valkey", "elasticache/valkey-7.2"),
        (Service::MemoryDb, Some("redis") | None) => ("redis", "memorydb"),
        (Service::MemoryDb, Some("valkey")) => ("valkey", "memorydb/valkey-7.2"),
        _ => return None,
    };
    let named = version.and_then(|version| format!("{}/{engine}-{version}", service.name()).parse().ok());
    named.or_else(|| oldest.parse().ok())
}
