//! Gathering what is found.

use alloc::borrow::ToOwned;
use alloc::rc::Rc;
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::ops::Range;
use std::collections::{HashMap, HashSet};
use std::path::Path;

use super::candidates::{Candidates, Hints};
use super::eval::{Context, Evaluator};
use super::finding::{AccessStringAt, AclText, AclTextKind, Composed, Finding, NotLiteral, Place, Why};
use super::literal::Literal;
use super::module::Frame;
use super::request::{Marks, Names, Request, RequestKind};
use super::resolved::Resolved;
use super::source::Source;
use super::tree::{Kind, Node};
use super::value::{Site, Value};
use crate::dialect::Service;

/// The number of a file, and some bytes of it.
type Stretch = (usize, usize, usize);

pub(super) struct Search<'t, 'a> {
    pub(super) evaluator: &'t Evaluator<'t, 'a>,
    /// The file that is searched, and the copy of the module that it is looked at as.
    pub(super) context: Context<'t, 'a>,
    findings: Vec<(usize, Finding<'a>)>,
    uses: Vec<Use<'a>>,
    /// Whether all users have been searched: what is met then is found by its name.
    users_ended: bool,
    by_site: HashMap<Stretch, Vec<usize>>,
    /// Literals that are parts of other strings.
    parts: HashSet<Stretch>,
    /// Literals in the arguments of modules that are not in the scope.
    handed_on: HashSet<Stretch>,
    /// Values that were found not to be known.
    not_literal: HashSet<(Stretch, String)>,
}

/// A string that is used as an access string.
struct Use<'a> {
    site: Site<'a>,
    text: Resolved<'a>,
    place: Place,
    candidates: Candidates,
    is_of_user: bool,
}

fn stretch(file: usize, at: &Range<usize>) -> Stretch {
    (file, at.start, at.end)
}

impl<'t, 'a> Search<'t, 'a> {
    pub(super) fn new(evaluator: &'t Evaluator<'t, 'a>, context: Context<'t, 'a>) -> Self {
        Self {
            evaluator,
            context,
            findings: Vec::new(),
            uses: Vec::new(),
            users_ended: false,
            by_site: HashMap::new(),
            parts: HashSet::new(),
            handed_on: HashSet::new(),
            not_literal: HashSet::new(),
        }
    }

    /// Searches a file as this copy of its module.
    pub(super) fn look_at(&mut self, file: usize, frame: Rc<Frame<'t, 'a>>) {
        self.context = Context::new(file, frame);
    }

    /// What follows is there if a condition of CloudFormation holds.
    pub(super) fn under_condition(&mut self, condition: &Node<'a>) {
        let (file, evaluator) = (self.context.file, self.evaluator);
        let unknown = evaluator.unknown(Why::Expression, condition, &self.context);
        if let Value::Unknown(unknown) = unknown {
            let conditions = evaluator.condition(condition, &self.context, &unknown);
            self.look_at(file, self.context.frame.needing(conditions));
        }
    }

    pub(super) fn source(&self) -> &Arc<Source<'a>> {
        self.evaluator.source(self.context.file)
    }

    pub(super) fn add(&mut self, finding: Finding<'a>) {
        self.findings.push((self.context.file, finding));
    }

    /// The users that are found so far, with the number of the file that defines each.
    pub(super) fn requests(&self) -> impl Iterator<Item = (usize, &Request<'a>)> {
        self.findings.iter().filter_map(|(file, finding)| match finding {
            Finding::Request(request) => Some((*file, request)),
            _ => None,
        })
    }

    /// What was found in each of so many files, in the order of the file; what holds something before it.
    pub(super) fn into_findings(mut self, files: usize) -> Vec<Vec<Finding<'a>>> {
        for found in core::mem::take(&mut self.uses) {
            let file = found.site.file;
            let finding = self.finding(found);
            self.findings.push((file, finding));
        }
        let mut by_file: Vec<Vec<Finding<'a>>> = (0..files).map(|_| Vec::new()).collect();
        self.findings.into_iter().for_each(|(file, finding)| by_file[file].push(finding));
        for findings in &mut by_file {
            findings.sort_by_key(|finding| {
                let range = finding.range();
                (range.start, core::cmp::Reverse(range.end))
            });
        }
        by_file
    }

    fn finding(&self, found: Use<'a>) -> Finding<'a> {
        let Use { site, text, place, candidates, is_of_user } = found;
        let source = self.evaluator.source(site.file);
        match site.literal {
            Some(literal) => {
                let (file, token) = literal.key();
                let token = stretch(file, &token);
                let (is_part, is_handed_on) = (self.parts.contains(&token), self.handed_on.contains(&token));
                let text = Literal::clone(&literal);
                Finding::AccessString(AccessStringAt {
                    place,
                    candidates,
                    text,
                    is_part,
                    is_handed_on,
                    is_of_user,
                })
            }
            None if text.known().is_none() && text.certain_rules().is_empty() => {
                let range = source.in_file(site.at.clone());
                let position = source.position(site.at.start);
                Finding::NotLiteral(NotLiteral { place, why: Why::Interpolation, range, position })
            }
            None => {
                let range = source.in_file(site.at.clone());
                let position = source.position(site.at.start);
                Finding::Composed(Composed { place, candidates, text, is_of_user, range, position })
            }
        }
    }

    /// The text of a node, or a finding that it is none.
    fn literal(&mut self, place: &Place, node: &Node<'a>) -> Option<Literal<'a>> {
        let literal = match &node.kind {
            Kind::Text(text) => {
                Literal::of(self.source(), text, self.evaluator.written()).ok_or(Why::Unclear)
            }
            Kind::Computed { why, .. } => Err(why.clone()),
            _ => Err(Why::NotText),
        };
        literal.map_err(|why| self.not_literal(place.clone(), node, why)).ok()
    }

    /// A value that is not known is one finding, however often it is met.
    pub(super) fn not_literal(&mut self, place: Place, node: &Node<'a>, why: Why) {
        let key = (stretch(self.context.file, &node.at), format!("{why:?}"));
        if !self.not_literal.insert(key) {
            return;
        }
        let value = NotLiteral {
            place,
            why,
            range: self.source().in_file(node.at.clone()),
            position: self.source().position(node.at.start),
        };
        self.add(Finding::NotLiteral(value));
    }

    /// An access string, by the expression that gives it.
    pub(super) fn access_string(&mut self, place: Place, node: &Node<'a>, candidates: &Candidates) {
        for value in self.evaluator.values(node, &self.context) {
            let at = self.evaluator.at(node.at.clone(), &self.context);
            match value {
                Value::Null => {}
                Value::Unknown(unknown) => self.not_literal(place.clone(), node, unknown.why),
                Value::Text(text) => self.used(place.clone(), node, text.site, text.text, candidates),
                Value::Plain(_) if !matches!(node.kind, Kind::Number) => {
                    let site = Site { file: self.context.file, at: node.at.clone(), literal: None };
                    let text = value.to_text(&at).unwrap_or_else(Resolved::new);
                    self.used(place.clone(), node, site, text, candidates);
                }
                _ => self.not_literal(place.clone(), node, Why::NotText),
            }
        }
    }

    /// A string is one finding, where it is written, however often it is used.
    fn used(
        &mut self,
        place: Place,
        node: &Node<'a>,
        site: Site<'a>,
        text: Resolved<'a>,
        candidates: &Candidates,
    ) {
        if site.literal.is_none() {
            let literals = text.literals().map(|literal| literal.key());
            self.parts.extend(literals.map(|(file, token)| stretch(file, &token)));
        }
        let key = stretch(site.file, &site.at);
        let at_site = self.by_site.entry(key).or_default();
        let same = at_site.iter().copied().find(|found| self.uses[*found].text.shown() == text.shown());
        match same {
            Some(same) if self.users_ended && self.uses[same].is_of_user => return,
            Some(same) => return self.uses[same].candidates.add(candidates),
            None => {}
        }
        at_site.push(self.uses.len());
        let is_here =
            site.file == self.context.file && node.at.start <= site.at.start && site.at.end <= node.at.end;
        // the place of what is written elsewhere is found there
        let place = if is_here { place } else { Place { resource: String::new(), ..place } };
        let is_of_user = !self.users_ended;
        self.uses.push(Use { site, text, place, candidates: candidates.clone(), is_of_user });
    }

    /// The arguments of a module that is not in the scope: nobody knows what it makes of them.
    pub(super) fn hand_on(&mut self, call: &Node<'a>) {
        for entry in call.entries() {
            for value in self.evaluator.values(&entry.value, &self.context) {
                let literals = value.literals().into_iter().map(|literal| literal.key());
                self.handed_on.extend(literals.map(|(file, token)| stretch(file, &token)));
            }
            self.hand_on_within(&entry.value);
        }
    }

    /// The literals that are written in an argument, whose value may not be known.
    fn hand_on_within(&mut self, node: &Node<'a>) {
        if let Kind::Text(text) = &node.kind {
            self.handed_on.insert(stretch(self.context.file, &text.token));
        }
        node.children().for_each(|(_, child)| self.hand_on_within(child));
    }

    /// How much was found so far.
    pub(super) fn count(&self) -> usize {
        self.findings.len() + self.uses.len()
    }

    /// Whether it is the call of a module that is not in the scope.
    pub(super) fn is_unread(&self, call: &Node<'a>) -> bool {
        self.evaluator.modules.calls_of_others(self.context.file).any(|other| core::ptr::eq(other, call))
    }

    /// What users there are has been found: what follows is found by its name.
    pub(super) fn end_users(&mut self) {
        self.users_ended = true;
    }

    /// Whether a string that is written there is used, or a part of one that is.
    pub(super) fn is_used(&self, node: &Node<'a>) -> bool {
        self.by_site.contains_key(&stretch(self.context.file, &node.at)) || self.is_part(node)
    }

    fn is_part(&self, node: &Node<'a>) -> bool {
        match &node.kind {
            Kind::Text(text) => self.parts.contains(&stretch(self.context.file, &text.token)),
            _ => false,
        }
    }

    /// Sets the place of strings that are used elsewhere, and narrows their engines by what is stated near them.
    pub(super) fn place(&mut self, node: &Node<'a>, place: impl FnOnce() -> Place, hints: &Hints) {
        let Some(found) = self.by_site.get(&stretch(self.context.file, &node.at)) else { return };
        let near = (hints.engine.is_some() || hints.version.is_some()).then(|| hints.candidates());
        let place = place();
        for found in found {
            let found = &mut self.uses[*found];
            if found.place.resource.is_empty() {
                found.place = place.clone();
            }
            near.iter().for_each(|near| found.candidates.narrow(near));
        }
    }

    pub(super) fn acl_text(&mut self, place: Place, node: &Node<'a>, kind: AclTextKind) {
        if let Some(text) = self.literal(&place, node) {
            self.add(Finding::AclText(AclText { place, kind, text }));
        }
    }

    /// The folder of the root module that calls the module in which the search is.
    pub(super) fn root(&self) -> &Path {
        self.evaluator.modules.root_folder(&self.context.frame)
    }

    /// A request, and the access strings in it. No request is made of a body to which something is added
    /// later: a macro's result, a YAML merge key.
    pub(super) fn request(&mut self, kind: RequestKind, names: Names, place: Place, body: &Node<'a>) {
        if let Kind::Computed { why, .. } = &body.kind {
            return self.not_literal(place, body, why.clone());
        }
        let candidates = self.strings(kind.service(), names, &place, body);
        let is_added = |key: &str| key == "<<" || key.starts_with("Fn::");
        if !body.entries().iter().any(|entry| is_added(&entry.key)) {
            let request = Request::read(self, kind, names, place, body, candidates);
            self.add(Finding::Request(request));
        } else if body.get(names.spell("AccessString")).is_none() {
            self.not_literal(place, body, Why::Expression);
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
        let request = self.user_of_plan(kind, place, after, Marks { hidden: None, unknown });
        self.add(Finding::Request(request));
    }

    /// A user as a plan shows it, with what it says of members that it hides or that are known after apply.
    pub(super) fn user_of_plan(
        &self,
        kind: RequestKind,
        place: Place,
        values: &Node<'a>,
        marks: Marks<'_, 'a>,
    ) -> Request<'a> {
        let candidates = self.hints(kind.service(), Names::Terraform, values).candidates();
        Request::of_plan(self, kind, place, values, marks, candidates)
    }

    /// Finds the access strings of a user, and returns the engines that can read them.
    pub(super) fn strings(
        &mut self,
        service: Service,
        names: Names,
        place: &Place,
        body: &Node<'a>,
    ) -> Candidates {
        let candidates = self.hints(service, names, body).candidates();
        for member in ["AccessString", "AppendAccessString"] {
            let name = names.spell(member);
            if let Some(node) = body.get(name) {
                let place = Place { attribute: name.into(), ..place.clone() };
                self.access_string(place, node, &candidates);
            }
        }
        candidates
    }

    /// What a user's body and the call of its module say about what reads it.
    fn hints(&self, service: Service, names: Names, body: &Node<'a>) -> Hints {
        let text = |body: &Node<'a>, name: &str, context: &Context<'t, 'a>| {
            let value = self.evaluator.value(body.get(name)?, context);
            value.known().map(str::to_owned)
        };
        let of = |member| text(body, names.spell(member), &self.context);
        let own = Hints { service: Some(service), engine: of("Engine"), version: of("EngineVersion") };
        let Some((call, around)) = self.context.frame.call() else { return own };
        own.or(Hints { service: None, engine: None, version: text(call, "engine_version", around) })
    }
}
