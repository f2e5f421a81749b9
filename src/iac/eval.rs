//! Evaluates expressions from what the files of a folder state. The result is partial: a value that the files do not
//! state is unknown, and so is a value that would take too much work.

use alloc::borrow::ToOwned;
use alloc::rc::Rc;
use alloc::string::{String, ToString};
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::cell::RefCell;
use core::ops::Range;
use std::collections::HashMap;

use sha2::{Digest as _, Sha256};

use super::choices::Choices;
use super::conditions::{Conditions, told};
use super::finding::Why;
use super::functions;
use super::literal::{Literal, Written};
use super::module::{Frame, Modules};
use super::resolved::{At, Resolved, Unknown};
use super::source::Source;
use super::tree::{Base, Entry, For, Form, Kind, Node, Operator, Piece, Step, Text as Literally};
use super::value::{Item, Map, Pair, Site, Text, Value};

/// The number of expressions that are evaluated for one value.
const MOST_STEPS: usize = 20_000;

/// The number of expressions that are evaluated for all values of a scope.
const MOST_STEPS_IN_ALL: usize = 2_000_000;

/// The deepest nesting of expressions and references that is followed.
const DEEPEST: usize = 96;

/// The length of the longest text that is built.
const LONGEST: usize = 1 << 16;

/// The number of possible values of one expression that are looked at.
const MOST_VALUES: usize = 32;

/// Longer descriptions of unknown values are replaced by a digest.
const LONGEST_BASIS: usize = 256;

/// Where an expression is, and what its names mean there.
#[derive(Clone)]
pub(super) struct Context<'t, 'a> {
    pub(super) file: usize,
    pub(super) frame: Rc<Frame<'t, 'a>>,
    variables: Option<Rc<Variable<'a>>>,
}

/// A variable of a `for` around the expression.
struct Variable<'a> {
    name: String,
    value: Value<'a>,
    around: Option<Rc<Variable<'a>>>,
}

impl<'t, 'a> Context<'t, 'a> {
    pub(super) fn new(file: usize, frame: Rc<Frame<'t, 'a>>) -> Self {
        Self { file, frame, variables: None }
    }

    fn with(&self, name: &str, value: Value<'a>) -> Self {
        let variable = Variable { name: name.to_owned(), value, around: self.variables.clone() };
        Self { variables: Some(Rc::new(variable)), ..self.clone() }
    }

    fn variable(&self, name: &str) -> Option<&Value<'a>> {
        let mut variables =
            core::iter::successors(self.variables.as_deref(), |variable| variable.around.as_deref());
        variables.find(|variable| variable.name == name).map(|variable| &variable.value)
    }
}

pub(super) struct Evaluator<'t, 'a> {
    pub(super) modules: &'t Modules<'t, 'a>,
    written: Written,
    state: RefCell<State<'a>>,
}

#[derive(Default)]
struct State<'a> {
    /// Left of [`MOST_STEPS`] and of [`MOST_STEPS_IN_ALL`].
    steps: usize,
    steps_in_all: usize,
    depth: usize,
    /// Whether variables that anybody can override are unknown.
    is_open: bool,
    /// The values of locals and variables in this run that depend on choices.
    chosen: HashMap<Named, Rc<Value<'a>>>,
    /// Those that depend on none.
    settled: HashMap<Named, Rc<Value<'a>>>,
    choices: Choices,
}

/// A local or a variable of a frame, as a file refers to it, and whether variables are unknown.
type Named = (usize, usize, Name, String, bool);

/// What a name names.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Name {
    Local,
    Variable,
    Output,
}

impl<'t, 'a> Evaluator<'t, 'a> {
    pub(super) fn new(modules: &'t Modules<'t, 'a>, written: Written) -> Self {
        let state = State { steps_in_all: MOST_STEPS_IN_ALL, ..State::default() };
        Self { modules, written, state: RefCell::new(state) }
    }

    pub(super) fn source(&self, file: usize) -> &Arc<Source<'a>> {
        self.modules.source(file)
    }

    /// The value of an expression that has one; unknown if it has several.
    pub(super) fn value(&self, node: &Node<'a>, context: &Context<'t, 'a>) -> Value<'a> {
        self.start();
        self.eval(node, context)
    }

    /// The values that an expression can have. If there are too many, the last one is unknown and stands for the rest.
    pub(super) fn values(&self, node: &Node<'a>, context: &Context<'t, 'a>) -> Vec<Value<'a>> {
        self.variants(node, context).into_iter().map(|(value, _)| value).collect()
    }

    /// The values that an expression can have, each with the conditions under which it has it.
    pub(super) fn variants(
        &self,
        node: &Node<'a>,
        context: &Context<'t, 'a>,
    ) -> Vec<(Value<'a>, Conditions)> {
        let mut variants = Vec::new();
        self.state.borrow_mut().choices = Choices::allowed();
        loop {
            self.start();
            let value = self.eval(node, context);
            let mut state = self.state.borrow_mut();
            variants.push((value, state.choices.conditions()));
            if !state.choices.advance() {
                break;
            }
            if variants.len() == MOST_VALUES {
                variants.push((self.unknown(Why::TooMuch, node, context), Conditions::default()));
                break;
            }
        }
        self.state.borrow_mut().choices = Choices::default();
        variants
    }

    /// What is unknown of a value if anybody can override the variables of the root module.
    pub(super) fn open(&self, node: &Node<'a>, context: &Context<'t, 'a>) -> Option<Unknown<'a>> {
        self.start();
        self.eval_open(node, context).first_unknown().cloned()
    }

    /// The condition that holds where something depends on an unknown value.
    pub(super) fn condition(
        &self,
        node: &Node<'a>,
        context: &Context<'t, 'a>,
        by: &Unknown<'_>,
    ) -> Conditions {
        let mut conditions = Conditions::default();
        conditions.add(by.basis.clone(), 0, told(self.written_at(node, context)).into());
        conditions
    }

    fn start(&self) {
        let state = &mut *self.state.borrow_mut();
        state.steps = MOST_STEPS.min(state.steps_in_all);
        state.chosen.clear();
    }

    /// Spends steps, and returns whether there are any left.
    fn spend(&self, steps: usize) -> bool {
        let state = &mut *self.state.borrow_mut();
        state.steps_in_all = state.steps_in_all.saturating_sub(steps);
        state.steps = state.steps.saturating_sub(steps);
        state.steps > 0
    }

    /// An unknown value that depends on another value.
    pub(super) fn unknown_by(
        &self,
        why: Why,
        node: &Node<'a>,
        context: &Context<'t, 'a>,
        value: &Value<'a>,
    ) -> Value<'a> {
        Value::Unknown(self.unknown_from(why, node, context, &[value]))
    }

    pub(super) fn written(&self) -> Written {
        self.written
    }

    pub(super) fn at(&self, at: Range<usize>, context: &Context<'t, 'a>) -> At<'a> {
        At { source: self.source(context.file).clone(), range: at }
    }

    fn written_at(&self, node: &Node<'a>, context: &Context<'t, 'a>) -> &'a str {
        self.source(context.file).text.get(node.at.clone()).unwrap_or_default()
    }

    /// An unknown value that may depend on anything in the files.
    pub(super) fn unknown(&self, why: Why, node: &Node<'a>, context: &Context<'t, 'a>) -> Value<'a> {
        let written = self.written_at(node, context);
        Value::Unknown(self.unknown_of(why, node, context, &format!("{written}<{}>", self.modules.digest())))
    }

    /// An unknown value with a basis, which says all that it depends on.
    fn unknown_of(&self, why: Why, node: &Node<'a>, context: &Context<'t, 'a>, basis: &str) -> Unknown<'a> {
        let basis = match basis.len() {
            ..=LONGEST_BASIS => basis.into(),
            _ => Sha256::digest(basis).iter().map(|byte| format!("{byte:02x}")).collect::<String>().into(),
        };
        Unknown { why, at: self.at(node.at.clone(), context), basis }
    }

    /// An unknown value that depends on these values alone, and on how its expression is written.
    fn unknown_from(
        &self,
        why: Why,
        node: &Node<'a>,
        context: &Context<'t, 'a>,
        values: &[&Value<'a>],
    ) -> Unknown<'a> {
        let written = self.written_at(node, context);
        let values: Vec<_> = values.iter().map(|value| value.basis()).collect();
        self.unknown_of(why, node, context, &format!("{written}<{}>", values.join(";")))
    }

    fn eval(&self, node: &Node<'a>, context: &Context<'t, 'a>) -> Value<'a> {
        let depth = self.state.borrow().depth;
        if depth >= DEEPEST || !self.spend(1) {
            return self.unknown(Why::TooMuch, node, context);
        }
        self.state.borrow_mut().depth += 1;
        let value = self.eval_kind(node, context);
        self.state.borrow_mut().depth -= 1;
        value
    }

    /// The value of a part of something, which is given up when there are too many parts.
    fn eval_within(&self, node: &Node<'a>, context: &Context<'t, 'a>) -> Option<Value<'a>> {
        self.spend(0).then(|| self.eval(node, context))
    }

    fn eval_kind(&self, node: &Node<'a>, context: &Context<'t, 'a>) -> Value<'a> {
        match &node.kind {
            Kind::Null => Value::Null,
            Kind::Flag(flag) => match self.written_at(node, context).to_ascii_lowercase().as_str() {
                "true" | "false" => Value::Flag(*flag),
                // to YAML 1.2 `on` is a text
                _ => self.unknown(Why::NotText, node, context),
            },
            Kind::Number => Value::Plain(self.written_at(node, context).to_owned()),
            Kind::Text(text) => self.literal(text, node, context),
            Kind::List(items) => {
                let items: Option<Vec<_>> =
                    items.iter().map(|item| self.eval_within(item, context).map(Item::One)).collect();
                items.map_or_else(|| self.unknown(Why::TooMuch, node, context), Value::List)
            }
            Kind::Map(entries) => match self.map(entries, context) {
                Some(map) => Value::Map(map),
                None => self.unknown(Why::TooMuch, node, context),
            },
            Kind::Computed { why, parts, form } => self.computed(node, why, parts, form, context),
        }
    }

    fn literal(&self, text: &Literally<'a>, node: &Node<'a>, context: &Context<'t, 'a>) -> Value<'a> {
        let Some(literal) = Literal::of(self.source(context.file), text, self.written) else {
            return self.unknown(Why::Unclear, node, context);
        };
        let literal = Arc::new(literal);
        let text = Resolved::of_literal(&literal, 0..literal.value().len());
        let site = Site { file: context.file, at: node.at.clone(), literal: Some(literal) };
        Value::Text(Text { text, site })
    }

    fn map(&self, entries: &[Entry<'a>], context: &Context<'t, 'a>) -> Option<Map<'a>> {
        let mut map = Map::default();
        for entry in entries {
            let value = self.eval_within(&entry.value, context)?;
            let Some(key) = &entry.computed_key else {
                map.insert(entry.key.clone().into_owned(), value);
                continue;
            };
            let computed = self.eval(key, context);
            match (computed.known(), &computed) {
                (Some(key), _) => map.insert(key.to_owned(), value),
                (_, Value::Flag(flag)) => map.insert(flag.to_string(), value),
                _ => {
                    map.insert_unknown(self.unknown_from(Why::Expression, key, context, &[&computed, &value]))
                }
            }
        }
        Some(map)
    }

    fn computed(
        &self,
        node: &Node<'a>,
        why: &Why,
        parts: &[Node<'a>],
        form: &Form<'a>,
        context: &Context<'t, 'a>,
    ) -> Value<'a> {
        let give_up =
            |values: &[&Value<'a>]| Value::Unknown(self.unknown_from(why.clone(), node, context, values));
        match (form, parts) {
            (Form::Template(pieces), _) => self.template(pieces, why, node, context),
            (Form::Reference { base, steps }, _) => self.reference(base, steps, node, context),
            (Form::Call { spread }, arguments) => self.call(*spread, arguments, why, node, context),
            (Form::Conditional(condition), [yes, no]) => match self.holds(condition, context) {
                Some(true) => self.eval(yes, context),
                Some(false) => self.eval(no, context),
                None => {
                    let decided = self.eval_open(condition, context);
                    give_up(&[&decided, &self.eval(yes, context), &self.eval(no, context)])
                }
            },
            (Form::For(each), [collection, value]) => {
                let collection = self.eval(collection, context);
                self.for_each(each, &collection, value, context)
                    .unwrap_or_else(|| self.unknown(why.clone(), node, context))
            }
            (Form::Binary(operator), [left, right]) => {
                let (left, right) = (self.eval(left, context), self.eval(right, context));
                operate(*operator, &left, &right).map_or_else(|| give_up(&[&left, &right]), Value::Flag)
            }
            (Form::Not, [inner]) => match self.eval(inner, context) {
                Value::Flag(flag) => Value::Flag(!flag),
                other => give_up(&[&other]),
            },
            _ => self.unknown(why.clone(), node, context),
        }
    }

    /// The value if every variable of the root module is unknown: each has a default at most, which anybody can
    /// override.
    fn eval_open(&self, node: &Node<'a>, context: &Context<'t, 'a>) -> Value<'a> {
        let was_open = core::mem::replace(&mut self.state.borrow_mut().is_open, true);
        let value = self.eval(node, context);
        self.state.borrow_mut().is_open = was_open;
        value
    }

    /// A branch of what this basis decides; `None` where all of them count together.
    fn choose(&self, basis: &Arc<str>, told: impl FnOnce() -> Vec<Arc<str>>) -> Option<usize> {
        let state = &mut *self.state.borrow_mut();
        if state.is_open { None } else { state.choices.choose(basis, None, told) }
    }

    /// The same for branches that are identified by their descriptions: another file of values does not change them.
    fn choose_by_name(
        &self,
        basis: &Arc<str>,
        of: Arc<str>,
        told: impl FnOnce() -> Vec<Arc<str>>,
    ) -> Option<usize> {
        let state = &mut *self.state.borrow_mut();
        if state.is_open { None } else { state.choices.choose(basis, Some(of), told) }
    }

    /// Whether a condition holds in this run.
    fn holds(&self, condition: &Node<'a>, context: &Context<'t, 'a>) -> Option<bool> {
        if !self.spend(0) {
            return None;
        }
        match self.eval_open(condition, context) {
            Value::Flag(flag) => Some(flag),
            other => self
                .choose(&other.basis().into(), || self.told_of_condition(condition, context))
                .map(|branch| branch == 0),
        }
    }

    fn told_of_condition(&self, condition: &Node<'a>, context: &Context<'t, 'a>) -> Vec<Arc<str>> {
        let told = told(self.written_at(condition, context));
        let is_simple = !told.contains(' ');
        let not = if is_simple { format!("not {told}") } else { format!("not ({told})") };
        vec![told.into(), not.into()]
    }

    /// A template of one value and nothing else is that value.
    fn template(
        &self,
        pieces: &[Piece<'a>],
        why: &Why,
        node: &Node<'a>,
        context: &Context<'t, 'a>,
    ) -> Value<'a> {
        if let [Piece::Value(value)] = pieces {
            return self.eval(value, context);
        }
        let mut text = Resolved::new();
        for piece in pieces {
            let piece = match piece {
                Piece::Literal { text, span } => match self.piece(text, span.clone(), context) {
                    Some(piece) => piece,
                    None => return self.unknown(why.clone(), node, context),
                },
                Piece::Value(value) => self.text_of(value, why, context),
            };
            text.push(&piece);
        }
        self.made(text, node, context)
    }

    /// The text of a value; what has none is unknown.
    fn text_of(&self, node: &Node<'a>, why: &Why, context: &Context<'t, 'a>) -> Resolved<'a> {
        let value = self.eval(node, context);
        value
            .to_text(&self.at(node.at.clone(), context))
            .unwrap_or_else(|| Resolved::of_unknown(self.unknown_from(why.clone(), node, context, &[&value])))
    }

    /// `None` where the bytes of the piece cannot be followed.
    fn piece(
        &self,
        text: &Literally<'a>,
        span: Range<usize>,
        context: &Context<'t, 'a>,
    ) -> Option<Resolved<'a>> {
        let literal = Arc::new(Literal::of(self.source(context.file), text, self.written)?);
        // the parser dedents a heredoc in its own way, so that the spans may differ
        let span = if text.style.is_part() { 0..literal.value().len() } else { span };
        Some(Resolved::of_literal(&literal, span))
    }

    /// A text that an expression makes.
    fn made(&self, text: Resolved<'a>, node: &Node<'a>, context: &Context<'t, 'a>) -> Value<'a> {
        match text.len() > LONGEST {
            true => self.unknown(Why::TooMuch, node, context),
            false => {
                let site = Site { file: context.file, at: node.at.clone(), literal: None };
                Value::Text(Text { text, site })
            }
        }
    }

    fn call(
        &self,
        spread: bool,
        arguments: &[Node<'a>],
        why: &Why,
        node: &Node<'a>,
        context: &Context<'t, 'a>,
    ) -> Value<'a> {
        let Why::Function { name } = why else { return self.unknown(why.clone(), node, context) };
        let mut values = Vec::new();
        for argument in arguments {
            let Some(value) = self.eval_within(argument, context) else {
                return self.unknown(Why::TooMuch, node, context);
            };
            values.push(Item::One(value));
        }
        if spread {
            match values.pop() {
                Some(Item::One(Value::List(items))) => values.extend(items),
                Some(Item::One(Value::Unknown(unknown))) => values.push(Item::Some(unknown)),
                _ => return self.unknown(why.clone(), node, context),
            }
        }
        self.spend(values.len());
        let selected = match &**name {
            "lookup" | "element" => self.selected(&values, arguments, context),
            "coalesce" | "try" => self.first_of(name, &values, arguments, context),
            _ => None,
        };
        if let Some(selected) = selected {
            return selected;
        }
        let at = self.at(node.at.clone(), context);
        match functions::call(name, &values, &at) {
            Some(functions::Made::Text(text)) => self.made(text, node, context),
            Some(functions::Made::Value(value)) => value,
            None => Value::Unknown(self.unknown_from(why.clone(), node, context, &[&Value::List(values)])),
        }
    }

    /// `None` where the collection is not known.
    fn for_each(
        &self,
        each: &For<'a>,
        collection: &Value<'a>,
        value: &Node<'a>,
        context: &Context<'t, 'a>,
    ) -> Option<Value<'a>> {
        let (mut list, mut map) = (Vec::new(), Map::default());
        for pair in collection.pairs()? {
            let (key, item) = match pair {
                Pair::Known { key, value } => (key, value),
                Pair::Unknown(unknown) if each.new_key.is_some() => {
                    map.insert_unknown(unknown);
                    continue;
                }
                Pair::Unknown(unknown) => {
                    list.push(Item::Some(unknown));
                    continue;
                }
            };
            let mut inside = context.with(&each.value, item);
            if let Some(name) = &each.key {
                inside = inside.with(name, key);
            }
            let is_in = match &each.condition {
                None => true,
                Some(condition) => self.holds(condition, &inside)?,
            };
            if !is_in {
                continue;
            }
            let made = self.eval_within(value, &inside)?;
            match &each.new_key {
                None => list.push(Item::One(made)),
                Some(_) if each.grouping => return None,
                Some(key) => map.insert(self.eval(key, &inside).known()?.to_owned(), made),
            }
        }
        Some(if each.new_key.is_some() { Value::Map(map) } else { Value::List(list) })
    }

    // -----------------------------------------------------------------------------------------------
    // References

    fn reference(
        &self,
        base: &Base<'a>,
        steps: &[Step<'a>],
        node: &Node<'a>,
        context: &Context<'t, 'a>,
    ) -> Value<'a> {
        let unnamed = || self.unknown(Why::Reference, node, context);
        match (base, steps) {
            (Base::Value(value), steps) => {
                let value = self.eval(value, context);
                self.walk(&value, steps, node, context)
            }
            (Base::Name(name), steps) if context.variable(name).is_some() => {
                let value = context.variable(name).unwrap_or(&Value::Null);
                self.walk(value, steps, node, context)
            }
            (Base::Name(root), [Step::Name(module), Step::Name(output), rest @ ..]) if root == "module" => {
                match self.output(module, output, context) {
                    Some(value) => self.walk(&value, rest, node, context),
                    None => unnamed(),
                }
            }
            (Base::Name(root), [Step::Name(name), rest @ ..]) => {
                let value = match &**root {
                    "local" => self.local(name, context),
                    "var" => self.variable(name, context),
                    "each" => context.frame.each(name).cloned().map(Rc::new),
                    "count" if name == "index" => {
                        context.frame.count().map(|index| Rc::new(Value::Plain(index.to_string())))
                    }
                    _ => None,
                };
                match value {
                    Some(value) => self.walk(&value, rest, node, context),
                    None => self.external(root, steps, node, context).unwrap_or_else(unnamed),
                }
            }
            _ => unnamed(),
        }
    }

    /// A value that no file states, such as an attribute of a resource. It counts as the same value as long as it is
    /// written the same and the resource in the files is the same.
    fn external(
        &self,
        root: &str,
        steps: &[Step<'a>],
        node: &Node<'a>,
        context: &Context<'t, 'a>,
    ) -> Option<Value<'a>> {
        let is_of_files = ["local", "each", "count", "module"].contains(&root);
        (!is_of_files).then(|| {
            let mut basis = self.indices(steps, context);
            basis.extend(self.resource(root, steps, context));
            Value::Unknown(self.unknown_from(
                Why::Reference,
                node,
                context,
                &basis.iter().collect::<Vec<_>>(),
            ))
        })
    }

    /// The body of the resource that is referred to, if it is in this module.
    fn resource(&self, root: &str, steps: &[Step<'a>], context: &Context<'t, 'a>) -> Option<Value<'a>> {
        let names = steps.iter().map_while(|step| match step {
            Step::Name(name) => Some(&**name),
            _ => None,
        });
        let count = if root == "data" { 3 } else { 2 };
        let address = core::iter::once(root).chain(names).take(count).collect::<Vec<_>>().join(".");
        let (file, body) = self.modules.resource(context.frame.folder(), context.file, &address)?;
        Some(self.eval(body, &Context::new(file, context.frame.clone())))
    }

    /// The values of the indices among the steps.
    fn indices(&self, steps: &[Step<'a>], context: &Context<'t, 'a>) -> Vec<Value<'a>> {
        let index = |step: &Step<'a>| match step {
            Step::Index(index) => Some(self.eval(index, context)),
            _ => None,
        };
        steps.iter().filter_map(index).collect()
    }

    fn local(&self, name: &str, context: &Context<'t, 'a>) -> Option<Rc<Value<'a>>> {
        let (file, node) = self.modules.local(context.frame.folder(), context.file, name)?;
        self.named(Name::Local, name, context, || {
            Some(self.eval(node, &Context::new(file, context.frame.clone())))
        })
    }

    /// The output of a module that is in the scope and called once.
    fn output(&self, module: &str, output: &str, context: &Context<'t, 'a>) -> Option<Rc<Value<'a>>> {
        let name = format!("{module}.{output}");
        self.named(Name::Output, &name, context, || {
            let ((file, node), frame) = self.modules.output(&context.frame, module, output)?;
            Some(self.eval(node, &Context::new(file, frame)))
        })
    }

    /// The value of a variable: the argument of the module call, the value in a file of values, or the default.
    fn variable(&self, name: &str, context: &Context<'t, 'a>) -> Option<Rc<Value<'a>>> {
        self.named(Name::Variable, name, context, || {
            if let Some((node, around)) = context.frame.argument(name) {
                return Some(self.eval(node, &around));
            }
            let values = self.modules.values_of(&context.frame, context.file, name);
            let value = |(file, node): &(usize, &'t Node<'a>)| {
                self.eval(node, &Context::new(*file, context.frame.clone()))
            };
            let (file, last) = *values.last()?;
            let is_overridable = self.state.borrow().is_open && context.frame.call().is_none();
            let is_on_demand = self.modules.is_on_demand(context.frame.folder(), file);
            if values.len() == 1 && !is_overridable && !is_on_demand {
                return values.first().map(value);
            }
            let label = |(file, _): &(usize, _)| self.modules.label_of_values(&context.frame, *file);
            let files: Vec<_> = values.iter().map(label).collect();
            let told = || files.iter().map(|file| format!("var.{name} is set {file}").into()).collect();
            let basis = format!("var.{name}<{}>", files.join(";"));
            if let Some(chosen) = self.choose_by_name(&basis.into(), format!("var.{name}").into(), told) {
                return values.get(chosen).map(value);
            }
            let all: Vec<_> = values.iter().map(|given| value(given).basis()).collect();
            let around = Context::new(file, context.frame.clone());
            let basis = format!("var.{name}<{}>", all.join(";"));
            Some(Value::Unknown(self.unknown_of(Why::Reference, last, &around, &basis)))
        })
    }

    /// The value of a name, which is the same wherever it is used.
    fn named(
        &self,
        kind: Name,
        name: &str,
        context: &Context<'t, 'a>,
        work_out: impl FnOnce() -> Option<Value<'a>>,
    ) -> Option<Rc<Value<'a>>> {
        let is_open = self.state.borrow().is_open;
        let key = (context.frame.id(), context.file, kind, name.to_owned(), is_open);
        let asked = {
            let state = self.state.borrow();
            if let Some(value) = state.settled.get(&key).or_else(|| state.chosen.get(&key)) {
                return Some(value.clone());
            }
            state.choices.asked()
        };
        let value = Rc::new(work_out()?);
        let state = &mut *self.state.borrow_mut();
        let is_settled = state.choices.asked() == asked && state.steps > 0 && state.depth < DEEPEST / 2;
        let values = if is_settled { &mut state.settled } else { &mut state.chosen };
        values.insert(key, value.clone());
        Some(value)
    }

    /// Goes into a value step by step.
    fn walk(
        &self,
        value: &Value<'a>,
        steps: &[Step<'a>],
        node: &Node<'a>,
        context: &Context<'t, 'a>,
    ) -> Value<'a> {
        let mut at = value;
        for (number, step) in steps.iter().enumerate() {
            let next = match step {
                Step::Name(name) => attribute(at, name),
                Step::Number(number) => functions::element(at, &number.to_string()),
                Step::Index(index) => self.indexed(at, index, context),
                Step::Splat => {
                    let Value::List(items) = at else { return self.unknown(Why::Reference, node, context) };
                    let each = |item: &Item<'a>| match item {
                        Item::One(item) => Item::One(self.walk(item, &steps[number + 1..], node, context)),
                        Item::Some(unknown) => Item::Some(unknown.clone()),
                    };
                    return Value::List(items.iter().map(each).collect());
                }
            };
            let Some(next) = next else {
                let indices = self.indices(steps, context);
                let basis: Vec<_> = core::iter::once(at).chain(&indices).collect();
                return Value::Unknown(self.unknown_from(Why::Reference, node, context, &basis));
            };
            at = next;
        }
        self.spend(at.size());
        at.clone()
    }
}

impl<'t, 'a> Evaluator<'t, 'a> {
    /// An entry of a collection. Any of them, if anybody can decide which.
    fn indexed<'v>(
        &self,
        of: &'v Value<'a>,
        index: &Node<'a>,
        context: &Context<'t, 'a>,
    ) -> Option<&'v Value<'a>> {
        let decided = self.eval_open(index, context);
        if let Some(key) = decided.known() {
            return attribute(of, key).or_else(|| functions::element(of, key));
        }
        let entries: Vec<(String, &Value<'a>)> = match of {
            Value::Map(map) if map.rest().is_none() => {
                map.entries().iter().map(|(key, value)| (key.clone(), value)).collect()
            }
            Value::List(items) => {
                let item = |(number, item): (usize, &'v Item<'a>)| match item {
                    Item::One(value) => Some((number.to_string(), value)),
                    Item::Some(_) => None,
                };
                items.iter().enumerate().map(item).collect::<Option<_>>()?
            }
            _ => return None,
        };
        let keys: Vec<_> = entries.iter().map(|(key, _)| &**key).collect();
        self.choose_key(&decided, &keys, index, context).map(|chosen| entries[chosen].1)
    }

    /// The result of `coalesce` or `try`, if anybody can decide which argument it is. An argument that is null now can
    /// only become a value that no file states.
    fn first_of(
        &self,
        function: &str,
        values: &[Item<'a>],
        arguments: &[Node<'a>],
        context: &Context<'t, 'a>,
    ) -> Option<Value<'a>> {
        let (mut possible, mut decided) = (Vec::new(), Vec::new());
        for (value, argument) in values.iter().zip(arguments) {
            let Item::One(value) = value else { return None };
            let open = self.eval_open(argument, context);
            let is_decided = open.first_unknown().is_none();
            decided.push(Item::One(open));
            if function == "coalesce" && (matches!(value, Value::Null) || value.known() == Some("")) {
                continue;
            }
            possible.push(value);
            if is_decided {
                break;
            }
        }
        if possible.len() < 2 {
            return None;
        }
        let told = (1..=possible.len()).map(|number| format!("value {number} of {function} counts").into());
        let basis = format!("{function}<{}>", Value::List(decided).basis());
        self.choose(&basis.into(), || told.collect()).map(|chosen| possible[chosen].clone())
    }

    /// The result of `lookup` or `element`, if anybody can decide which entry it is.
    fn selected(
        &self,
        values: &[Item<'a>],
        arguments: &[Node<'a>],
        context: &Context<'t, 'a>,
    ) -> Option<Value<'a>> {
        let [Item::One(of), Item::One(_), default @ ..] = values else { return None };
        let index = arguments.get(1)?;
        let decided = self.eval_open(index, context);
        if decided.known().is_some() {
            return None;
        }
        match (of, default) {
            (Value::Map(map), [Item::One(default)]) if map.rest().is_none() => {
                let keys = map.entries().iter().map(|(key, _)| &**key);
                let keys: Vec<_> = keys.chain(core::iter::once("another key")).collect();
                let chosen = self.choose_key(&decided, &keys, index, context)?;
                Some(map.entries().get(chosen).map_or(default, |(_, value)| value).clone())
            }
            (of, []) => self.indexed(of, index, context).cloned(),
            _ => None,
        }
    }

    /// One of several keys, which a value decides that is not known.
    fn choose_key(
        &self,
        decided: &Value<'a>,
        keys: &[&str],
        index: &Node<'a>,
        context: &Context<'t, 'a>,
    ) -> Option<usize> {
        if keys.is_empty() {
            return None;
        }
        let written = told(self.written_at(index, context));
        let told = || keys.iter().map(|key| super::finding::told(&format!("{written} is {key}")).into());
        let basis = format!("{}<{}>", decided.basis(), keys.join(";"));
        self.choose(&basis.into(), || told().collect())
    }
}

/// The value of a key, if it is known.
fn attribute<'v, 'a>(value: &'v Value<'a>, name: &str) -> Option<&'v Value<'a>> {
    match value {
        Value::Map(map) => map.get(name).ok().flatten(),
        _ => None,
    }
}

fn operate(operator: Operator, left: &Value<'_>, right: &Value<'_>) -> Option<bool> {
    match (operator, left, right) {
        (Operator::Equal, left, right) => left.equals(right),
        (Operator::NotEqual, left, right) => left.equals(right).map(|equal| !equal),
        (Operator::And, Value::Flag(false), _) | (Operator::And, _, Value::Flag(false)) => Some(false),
        (Operator::Or, Value::Flag(true), _) | (Operator::Or, _, Value::Flag(true)) => Some(true),
        (Operator::And | Operator::Or, Value::Flag(left), Value::Flag(right)) if left == right => Some(*left),
        _ => None,
    }
}
