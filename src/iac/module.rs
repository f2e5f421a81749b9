//! Terraform's modules: what the names in the files of a folder mean, and which module calls which.

use alloc::borrow::ToOwned;
use alloc::rc::Rc;
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::cell::Cell;
use std::collections::{HashMap, HashSet};
use std::path::{Component, Path, PathBuf};

use sha2::{Digest as _, Sha256};

use super::conditions::{Conditions, Existence};
use super::eval::{Context, Evaluator};
use super::source::Source;
use super::tree::Node;
use super::value::{Pair, Value};

/// The number of copies of a module or of a resource that are looked at one by one.
const MOST_COPIES: usize = 64;

/// The number of calls that are followed to find the copies of a module.
const MOST_CALLS: usize = 1024;

/// The deepest chain of module calls that is followed.
const DEEPEST: usize = 8;

/// An expression and the number of the file that it is in.
pub(super) type InFile<'t, 'a> = (usize, &'t Node<'a>);

/// The folders of a scope.
pub(super) struct Modules<'t, 'a> {
    sources: Vec<Arc<Source<'a>>>,
    folders: Vec<Folder<'t, 'a>>,
    digest: String,
    frames: Cell<usize>,
}

/// What the files of a folder define.
#[derive(Default)]
struct Folder<'t, 'a> {
    path: PathBuf,
    /// Each name has one definition; a copy of a file beside it has others, which are its own.
    locals: HashMap<String, Vec<InFile<'t, 'a>>>,
    /// Whether there is configuration, so that the folder is a module.
    is_module: bool,
    /// The names of the variables.
    declared: HashSet<String>,
    /// The defaults of variables.
    defaults: HashMap<String, Vec<InFile<'t, 'a>>>,
    /// What files of values say, by the name of the variable.
    values: HashMap<String, Vec<Given<'t, 'a>>>,
    /// Resources by `type.name`, and data sources by `data.type.name`.
    resources: HashMap<String, Vec<InFile<'t, 'a>>>,
    outputs: HashMap<String, Vec<InFile<'t, 'a>>>,
    calls: Vec<Call<'t, 'a>>,
    /// The folders and the numbers of the calls that use this folder as a module.
    callers: Vec<(usize, usize)>,
}

/// A value of a variable in a file of values.
#[derive(Clone, Copy)]
struct Given<'t, 'a> {
    value: InFile<'t, 'a>,
    load: Load,
}

/// When Terraform reads a file of values; what is read later counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Load {
    /// Only if `-var-file` names it.
    OnDemand,
    /// `terraform.tfvars`.
    First,
    /// `*.auto.tfvars`, in the order of their names.
    Second,
}

/// The call of a module.
struct Call<'t, 'a> {
    name: String,
    file: usize,
    body: &'t Node<'a>,
    /// The folder of the module, if it is in the scope.
    module: Option<usize>,
}

/// A file that is read, with its path and its tree.
pub(super) struct ReadFile<'t, 'a> {
    pub(super) source: Arc<Source<'a>>,
    pub(super) root: &'t Node<'a>,
}

/// Whether a file holds values of variables and no configuration.
pub(super) fn holds_values(path: &Path) -> bool {
    Load::of(path).is_some()
}

impl Load {
    /// `None` of a file with configuration.
    fn of(path: &Path) -> Option<Self> {
        let name = path.file_name()?.to_str()?;
        let name = name.strip_suffix(".json").unwrap_or(name);
        let stem = name.strip_suffix(".tfvars")?;
        Some(match stem {
            "terraform" => Self::First,
            stem if stem.ends_with(".auto") => Self::Second,
            _ => Self::OnDemand,
        })
    }
}

impl<'t, 'a> Modules<'t, 'a> {
    /// The modules of these files. The number of a file is its index.
    pub(super) fn of(files: &[ReadFile<'t, 'a>], digest: String) -> Self {
        let mut modules = Self {
            sources: files.iter().map(|file| file.source.clone()).collect(),
            folders: Vec::new(),
            digest,
            frames: Cell::new(0),
        };
        let mut order: Vec<_> = files.iter().enumerate().collect();
        order.sort_by(|a, b| a.1.source.path.cmp(&b.1.source.path));
        for (number, file) in order {
            let folder = modules.folder_of(number);
            modules.folders[folder].add(number, file);
        }
        modules.link();
        modules.share_values();
        modules
    }

    /// The folder of the root module that a copy of a module belongs to.
    pub(super) fn root_folder(&self, frame: &Frame<'t, 'a>) -> &Path {
        match &frame.caller {
            Some((_, context)) => self.root_folder(&context.frame),
            None => &self.folders[frame.folder].path,
        }
    }

    /// The folder of a file, which is made if there is none.
    fn folder_of(&mut self, file: usize) -> usize {
        let path = simple_path(self.sources[file].path.parent().unwrap_or(Path::new("")));
        let found = self.folders.iter().position(|folder| folder.path == path);
        found.unwrap_or_else(|| {
            self.folders.push(Folder { path, ..Folder::default() });
            self.folders.len() - 1
        })
    }

    fn link(&mut self) {
        let mut links = Vec::new();
        for (number, folder) in self.folders.iter().enumerate() {
            for (call, called) in folder.calls.iter().enumerate() {
                let source = called.body.text_of("source").filter(|source| source.starts_with(['.', '/']));
                let path = source.map(|source| simple_path(&folder.path.join(source)));
                let target = path.and_then(|path| self.folders.iter().position(|folder| folder.path == path));
                let target = target.filter(|target| self.folders[*target].is_module);
                links.extend(target.map(|target| (target, (number, call))));
            }
        }
        for (target, caller) in links {
            self.folders[target].callers.push(caller);
            self.folders[caller.0].calls[caller.1].module = Some(target);
        }
    }

    /// Gives the values in folders without configuration, `env/prod.tfvars`, to the modules that `-var-file` can name
    /// them to: those above that declare the variable, or else every root module that does.
    fn share_values(&mut self) {
        let mut shared = Vec::new();
        for folder in self.folders.iter().filter(|folder| !folder.is_module) {
            for (name, given) in &folder.values {
                let on_demand = given.iter().map(|given| Given { load: Load::OnDemand, ..*given });
                let on_demand: Vec<_> = on_demand.collect();
                let modules = self.modules_of_values(&folder.path, name).into_iter();
                shared.extend(modules.map(|module| (module, name.clone(), on_demand.clone())));
            }
        }
        for (module, name, given) in shared {
            self.folders[module].values.entry(name).or_default().extend(given);
        }
    }

    fn modules_of_values(&self, path: &Path, variable: &str) -> Vec<usize> {
        let modules = self.folders.iter().enumerate();
        let modules = modules.filter(|(_, module)| module.is_module && module.declared.contains(variable));
        let (above, others): (Vec<_>, Vec<_>) =
            modules.partition(|(_, module)| path.starts_with(&module.path));
        let roots = others.into_iter().filter(|(_, module)| module.callers.is_empty());
        let all = if above.is_empty() { roots.collect() } else { above };
        all.into_iter().map(|(number, _)| number).collect()
    }

    pub(super) fn source(&self, file: usize) -> &Arc<Source<'a>> {
        &self.sources[file]
    }

    /// The number of the folder that a file is in.
    pub(super) fn folder(&self, file: usize) -> usize {
        let path = simple_path(self.sources[file].path.parent().unwrap_or(Path::new("")));
        self.folders.iter().position(|folder| folder.path == path).unwrap_or_default()
    }

    /// A digest of everything in the files that can decide a value.
    pub(super) fn digest(&self) -> &str {
        &self.digest
    }

    /// The calls in a file of modules that are not in the scope.
    pub(super) fn calls_of_others(&self, file: usize) -> impl Iterator<Item = &'t Node<'a>> + '_ {
        let calls = &self.folders[self.folder(file)].calls;
        calls.iter().filter(move |call| call.file == file && call.module.is_none()).map(|call| call.body)
    }

    /// The definition of a local that a file refers to.
    pub(super) fn local(&self, folder: usize, file: usize, name: &str) -> Option<InFile<'t, 'a>> {
        self.the_one(self.folders.get(folder)?.locals.get(name)?, file)
    }

    /// The body of a resource or of a data source that a file refers to.
    pub(super) fn resource(&self, folder: usize, file: usize, address: &str) -> Option<InFile<'t, 'a>> {
        let bodies = self.folders.get(folder)?.resources.get(address)?;
        // a resource that is overridden is put together from several bodies
        let is_overridden = bodies.iter().any(|(file, _)| self.is_override(*file));
        if is_overridden { None } else { self.the_one(bodies, file) }
    }

    /// The definition in the last file that overrides others; else the only definition, or the only one in the file that
    /// refers to it.
    fn the_one(&self, definitions: &[InFile<'t, 'a>], file: usize) -> Option<InFile<'t, 'a>> {
        if let Some(last) = definitions.iter().rev().find(|(of, _)| self.is_override(*of)) {
            return Some(*last);
        }
        let mut here = definitions.iter().filter(|(of, _)| *of == file);
        match (definitions, here.next(), here.next()) {
            ([one], ..) => Some(*one),
            (_, Some(one), None) => Some(*one),
            _ => None,
        }
    }

    /// Whether Terraform loads the file after the others and puts its definitions over theirs.
    fn is_override(&self, file: usize) -> bool {
        let name = self.sources[file].path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        let stem = name.strip_suffix(".json").unwrap_or(name);
        let stem = stem.strip_suffix(".tf").or(stem.strip_suffix(".tofu")).unwrap_or(stem);
        stem == "override" || stem.ends_with("_override")
    }

    /// The values of a variable that no caller sets: the value that Terraform loads by itself or else the default, and
    /// the values in files that `-var-file` can name.
    pub(super) fn values_of(&self, frame: &Frame<'t, 'a>, file: usize, name: &str) -> Vec<InFile<'t, 'a>> {
        let Some(folder) = self.folders.get(frame.folder) else { return Vec::new() };
        let default = folder.defaults.get(name).and_then(|defaults| self.the_one(defaults, file));
        if frame.caller.is_some() {
            return default.into_iter().collect();
        }
        let given = folder.values.get(name).map(Vec::as_slice).unwrap_or_default();
        let read = given.iter().filter(|given| given.load > Load::OnDemand).max_by_key(|given| given.load);
        let first = read.map(|given| given.value).or(default);
        let others = given.iter().filter(|given| given.load == Load::OnDemand).map(|given| given.value);
        first.into_iter().chain(others).collect()
    }

    /// What makes the value in a file count: the name of the file where `-var-file` has to name it.
    pub(super) fn label_of_values(&self, frame: &Frame<'t, 'a>, file: usize) -> String {
        let path = simple_path(&self.sources[file].path);
        if !self.is_on_demand(frame.folder, file) {
            return "without -var-file".to_owned();
        }
        let mut ours = self.folders[frame.folder].path.components().peekable();
        let mut theirs = path.components().peekable();
        while ours.peek().is_some() && ours.peek() == theirs.peek() {
            ours.next();
            theirs.next();
        }
        let path: PathBuf = theirs.collect();
        format!("by {}", super::finding::told(&path.to_string_lossy()))
    }

    /// Whether `-var-file` has to name a file for its values to count.
    pub(super) fn is_on_demand(&self, folder: usize, file: usize) -> bool {
        let is_other = self.folder(file) != folder;
        Load::of(&self.sources[file].path).is_some_and(|load| is_other || load == Load::OnDemand)
    }

    fn new_id(&self) -> usize {
        self.frames.set(self.frames.get() + 1);
        self.frames.get()
    }

    // -----------------------------------------------------------------------------------------------
    // Copies

    /// The folder as a root module.
    pub(super) fn root(&self, folder: usize) -> Rc<Frame<'t, 'a>> {
        Rc::new(Frame {
            folder,
            id: self.new_id(),
            address: String::new(),
            caller: None,
            each: Each::Nothing,
            existence: Existence::default(),
        })
    }

    /// The copies of the module that a folder is: one for each call, and each of its copies; or the root module.
    pub(super) fn frames(&self, evaluator: &Evaluator<'t, 'a>, folder: usize) -> Vec<Rc<Frame<'t, 'a>>> {
        let mut frames = Vec::new();
        self.add_frames(evaluator, folder, DEEPEST, &Cell::new(MOST_CALLS), &mut frames);
        if frames.is_empty() {
            frames.push(self.root(folder));
        }
        frames
    }

    fn add_frames(
        &self,
        evaluator: &Evaluator<'t, 'a>,
        folder: usize,
        depth: usize,
        work: &Cell<usize>,
        frames: &mut Vec<Rc<Frame<'t, 'a>>>,
    ) {
        let Some(depth) = depth.checked_sub(1) else { return };
        for (caller, call) in &self.folders[folder].callers {
            let Some(left) = work.get().checked_sub(1) else { return };
            work.set(left);
            let call = &self.folders[*caller].calls[*call];
            let mut around = Vec::new();
            self.add_frames(evaluator, *caller, depth, work, &mut around);
            if around.is_empty() && self.folders[*caller].callers.is_empty() {
                around.push(self.root(*caller));
            }
            for frame in around {
                for copy in self.copies(evaluator, call.file, call.body, &frame) {
                    if frames.len() == MOST_COPIES {
                        return;
                    }
                    frames.push(self.called(folder, call, copy));
                }
            }
        }
    }

    /// A module as it is called from a copy of the block that calls it.
    fn called(&self, folder: usize, call: &Call<'t, 'a>, copy: Rc<Frame<'t, 'a>>) -> Rc<Frame<'t, 'a>> {
        Rc::new(Frame {
            folder,
            id: self.new_id(),
            address: format!("{}module.{}{}.", copy.address, call.name, copy.each.key()),
            existence: copy.existence.clone(),
            caller: Some((call.body, Context::new(call.file, copy))),
            each: Each::Nothing,
        })
    }

    /// The value of an output of a module that a folder calls once, and the module as it is called there.
    pub(super) fn output(
        &self,
        frame: &Rc<Frame<'t, 'a>>,
        module: &str,
        output: &str,
    ) -> Option<(InFile<'t, 'a>, Rc<Frame<'t, 'a>>)> {
        let mut calls = self.folders[frame.folder].calls.iter().filter(|call| call.name == module);
        let (Some(call), None) = (calls.next(), calls.next()) else { return None };
        let is_repeated = ["for_each", "count"].iter().any(|name| call.body.get(name).is_some());
        let folder = call.module.filter(|_| !is_repeated)?;
        let [value] = self.folders[folder].outputs.get(output)?[..] else { return None };
        Some((value, self.called(folder, call, frame.clone())))
    }

    /// The copies that `for_each` or `count` makes of a block, each with the conditions under which it is there; one
    /// where they are not known. A block without copies has one too, which is absent.
    pub(super) fn copies(
        &self,
        evaluator: &Evaluator<'t, 'a>,
        file: usize,
        body: &'t Node<'a>,
        frame: &Rc<Frame<'t, 'a>>,
    ) -> Vec<Rc<Frame<'t, 'a>>> {
        let context = Context::new(file, frame.clone());
        // OpenTofu has a switch for a resource that has one copy at most
        let enabled = || body.get("lifecycle")?.bodies().find_map(|rules| rules.get("enabled"));
        let argument = match (body.get("for_each"), body.get("count"), enabled()) {
            (Some(node), ..) => Some((Repeats::ForEach, node)),
            (None, Some(node), _) => Some((Repeats::Count, node)),
            (None, None, node) => node.map(|node| (Repeats::Enabled, node)),
        };
        let copies = match argument {
            Some((by, node)) => Repetition { evaluator, by, node, context: &context }.copies(),
            None => vec![(Each::Nothing, Existence::default())],
        };
        let copy = |(each, existence): (Each<'a>, Existence)| {
            Rc::new(Frame {
                folder: frame.folder,
                id: frame.id,
                address: frame.address.clone(),
                caller: frame.caller.clone(),
                each,
                existence: existence.within(&frame.existence),
            })
        };
        copies.into_iter().map(copy).collect()
    }
}

/// What says how many copies of a block there are.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Repeats {
    ForEach,
    Count,
    Enabled,
}

impl Repeats {
    /// The copies; `None` where not all of them are known, or there are too many.
    fn known<'a>(self, value: &Value<'a>) -> Option<Vec<Each<'a>>> {
        match self {
            Self::ForEach => known_copies(value),
            Self::Count => known_count(value),
            Self::Enabled => known_switch(value),
        }
    }
}

/// An argument that says how many copies of a block there are.
struct Repetition<'r, 't, 'a> {
    evaluator: &'r Evaluator<'t, 'a>,
    by: Repeats,
    node: &'t Node<'a>,
    context: &'r Context<'t, 'a>,
}

impl<'a> Repetition<'_, '_, 'a> {
    /// The copies that it makes. Conditions that anybody can turn by a variable are followed both ways; apart from
    /// that a variable has its default, unless that makes no copies.
    fn copies(&self) -> Vec<(Each<'a>, Existence)> {
        let variants = self.evaluator.variants(self.node, self.context);
        let made = variants.iter().map(|(value, conditions)| Some((self.by.known(value)?, conditions)));
        let made = made.collect::<Option<Vec<_>>>();
        let made =
            made.filter(|made| made.iter().map(|(copies, _)| copies.len()).sum::<usize>() <= MOST_COPIES);
        let Some(made) = made else { return vec![self.unknown_copy(&variants[0].0, Existence::default())] };
        if made.iter().all(|(copies, _)| copies.is_empty()) {
            return vec![self.unknown_copy(&variants[0].0, Existence::absent())];
        }
        let is_everywhere =
            |key: &str| made.iter().all(|(copies, _)| copies.iter().any(|copy| copy.key() == key));
        let existence = |key: &str, conditions: &Conditions| match is_everywhere(key) {
            true => Existence { conditions: conditions.clone(), ..Existence::default() },
            false => Existence::needing(conditions.clone()),
        };
        let copies = made.iter().flat_map(|(copies, conditions)| {
            copies.iter().map(|copy| (copy.clone(), existence(&copy.key(), conditions)))
        });
        copies.collect()
    }

    /// The only copy, whose key is not known. It is there if what decides makes one, or else as it is `otherwise`.
    fn unknown_copy(&self, value: &Value<'a>, otherwise: Existence) -> (Each<'a>, Existence) {
        let Self { evaluator, node, context, .. } = self;
        let existence = match evaluator.open(node, context) {
            Some(unknown) => Existence::needing(evaluator.condition(node, context, &unknown)),
            None => otherwise,
        };
        if self.by != Repeats::ForEach {
            return (Each::Nothing, existence);
        }
        let unknown = || match value {
            unknown @ Value::Unknown(_) => unknown.clone(),
            other => evaluator.unknown_by(super::finding::Why::Expression, node, context, other),
        };
        (Each::Of(unknown(), unknown()), existence)
    }
}

fn known_copies<'a>(collection: &Value<'a>) -> Option<Vec<Each<'a>>> {
    let is_list = matches!(collection, Value::List(_));
    let pairs = collection.pairs().filter(|pairs| pairs.len() <= MOST_COPIES)?;
    let each = |pair| match pair {
        // the items of a set are their own keys
        Pair::Known { value, .. } if is_list => {
            value.known().is_some().then(|| Each::Of(value.clone(), value))
        }
        Pair::Known { key, value } => Some(Each::Of(key, value)),
        Pair::Unknown(_) => None,
    };
    pairs.into_iter().map(each).collect()
}

fn known_switch<'a>(enabled: &Value<'a>) -> Option<Vec<Each<'a>>> {
    match enabled {
        Value::Flag(true) => Some(vec![Each::Nothing]),
        Value::Flag(false) => Some(Vec::new()),
        _ => None,
    }
}

fn known_count<'a>(count: &Value<'a>) -> Option<Vec<Each<'a>>> {
    let count = count.known()?.parse().ok().filter(|count| *count <= MOST_COPIES)?;
    Some((0..count).map(Each::Number).collect())
}

impl<'t, 'a> Folder<'t, 'a> {
    fn add(&mut self, number: usize, file: &ReadFile<'t, 'a>) {
        if let Some(load) = Load::of(&file.source.path) {
            for entry in file.root.entries() {
                let given = Given { value: (number, &entry.value), load };
                self.values.entry(entry.key.clone().into_owned()).or_default().push(given);
            }
            return;
        }
        self.is_module = true;
        for block in file.root.entries() {
            match &*block.key {
                "locals" => block.value.bodies().flat_map(Node::entries).for_each(|entry| {
                    let local = (number, &entry.value);
                    self.locals.entry(entry.key.clone().into_owned()).or_default().push(local);
                }),
                "variable" => named(&block.value).for_each(|(name, body)| {
                    self.declared.insert(name.to_owned());
                    let default = body.entries().iter().rev().find(|entry| entry.key == "default");
                    if let Some(default) = default {
                        self.defaults.entry(name.to_owned()).or_default().push((number, &default.value));
                    }
                }),
                "output" => named(&block.value).for_each(|(name, body)| {
                    let value = body.get("value").map(|value| (number, value));
                    self.outputs.entry(name.to_owned()).or_default().extend(value);
                }),
                "resource" => self.add_resources(number, "", &block.value),
                "data" => self.add_resources(number, "data.", &block.value),
                "module" => named(&block.value).for_each(|(name, body)| {
                    self.calls.push(Call { name: name.to_owned(), file: number, body, module: None });
                }),
                _ => {}
            }
        }
    }
}

impl<'t, 'a> Folder<'t, 'a> {
    fn add_resources(&mut self, number: usize, prefix: &str, blocks: &'t Node<'a>) {
        for entry in blocks.bodies().flat_map(Node::entries) {
            for (name, body) in named(&entry.value) {
                let address = format!("{prefix}{}.{name}", entry.key);
                self.resources.entry(address).or_default().push((number, body));
            }
        }
    }
}

/// The bodies of blocks with their last label.
pub(super) fn named<'n, 'a>(blocks: &'n Node<'a>) -> impl Iterator<Item = (&'n str, &'n Node<'a>)> {
    let entries = blocks.bodies().flat_map(Node::entries);
    entries.flat_map(|entry| entry.value.bodies().map(|body| (&*entry.key, body)))
}

/// A path without `.` and, as far as it can be, without `..`: two modules with the same one are the same module. Links are
/// not looked at.
///
/// ```
/// use std::path::Path;
///
/// assert_eq!(redis_acl::iac::simple_path(Path::new("./a/../b/./c")), Path::new("b/c"));
/// assert_eq!(redis_acl::iac::simple_path(Path::new("../a")), Path::new("../a"));
/// ```
#[must_use]
pub fn simple_path(path: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for component in path.components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir if plain.file_name().is_some() => {
                plain.pop();
            }
            other => plain.push(other),
        }
    }
    plain
}

/// The digest of what is given, as it comes into the basis of an unknown value.
pub(super) fn digest<'b>(parts: impl IntoIterator<Item = &'b [u8]>) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update(part.len().to_le_bytes());
        hash.update(part);
    }
    hash.finalize().iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}

/// A copy of a module, or of a block in it.
pub(super) struct Frame<'t, 'a> {
    folder: usize,
    /// The copies of a block have that of the module that they are in: locals and variables are the same in all of them.
    id: usize,
    /// `module.cache["a"].`, empty of the root module.
    address: String,
    caller: Option<(&'t Node<'a>, Context<'t, 'a>)>,
    each: Each<'a>,
    existence: Existence,
}

/// Which copy of a block it is.
#[derive(Clone)]
enum Each<'a> {
    /// The only one.
    Nothing,
    /// The key and the value of `for_each`.
    Of(Value<'a>, Value<'a>),
    /// The number of `count`.
    Number(usize),
}

impl Each<'_> {
    /// The key as it follows a name in an address.
    fn key(&self) -> String {
        match self {
            Self::Nothing => String::new(),
            Self::Of(key, _) => {
                key.known().map(|key| format!("[\"{}\"]", super::finding::told(key))).unwrap_or_default()
            }
            Self::Number(number) => format!("[{number}]"),
        }
    }
}

impl<'t, 'a> Frame<'t, 'a> {
    pub(super) fn folder(&self) -> usize {
        self.folder
    }

    pub(super) fn id(&self) -> usize {
        self.id
    }

    pub(super) fn address(&self) -> &str {
        &self.address
    }

    /// Whether the copy is there.
    pub(super) fn existence(&self) -> &Existence {
        &self.existence
    }

    /// The same copy if it needs something else to be there.
    pub(super) fn needing(&self, conditions: Conditions) -> Rc<Self> {
        let existence = Existence::needing(conditions).within(&self.existence);
        let (address, caller) = (self.address.clone(), self.caller.clone());
        Rc::new(Self {
            folder: self.folder,
            id: self.id,
            address,
            caller,
            each: self.each.clone(),
            existence,
        })
    }

    /// The key of the copy as it comes after a name: `["reader"]`, `[0]`.
    pub(super) fn key(&self) -> String {
        self.each.key()
    }

    /// `each.key`, `each.value`.
    pub(super) fn each(&self, name: &str) -> Option<&Value<'a>> {
        match (&self.each, name) {
            (Each::Of(key, _), "key") => Some(key),
            (Each::Of(_, value), "value") => Some(value),
            _ => None,
        }
    }

    /// `count.index`.
    pub(super) fn count(&self) -> Option<usize> {
        match self.each {
            Each::Number(number) => Some(number),
            _ => None,
        }
    }

    /// The argument of the module call for a variable.
    pub(super) fn argument(&self, name: &str) -> Option<(&'t Node<'a>, Context<'t, 'a>)> {
        let (body, context) = self.caller.as_ref()?;
        body.get(name).map(|node| (node, context.clone()))
    }

    /// The body of the call that this copy comes from.
    pub(super) fn call(&self) -> Option<(&'t Node<'a>, &Context<'t, 'a>)> {
        self.caller.as_ref().map(|(body, context)| (*body, context))
    }
}
