//! Files that are read together.

use alloc::collections::BTreeSet;
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::fmt;
use std::path::Path;
use std::sync::OnceLock;

use super::eval::{Context, Evaluator};
use super::finding::Finding;
use super::literal::Written;
use super::module::{Modules, ReadFile, digest, holds_values, named};
use super::plan::Plan;
use super::search::Search;
use super::source::Source;
use super::tree::Node;
use super::{
    Document, Format, ReadError, acl_text, cloudformation, hcl, json, may_hold_users, plan, request_file,
    terraform, yaml,
};

/// Files that are read together: those of a folder of Terraform, and those of the modules that it calls.
///
/// Values are evaluated from all of them: `local.rules`, the arguments of a module with a local source, files of values
/// (`terraform.tfvars`, `*.auto.tfvars`). The scope does not access the disk. A file of another format is read by
/// itself.
///
/// ```
/// use redis_acl::iac::{Format, Scope};
/// let locals = br#"locals { reader = "on ~app:* +@raed" }"#;
/// let users = br#"resource "aws_memorydb_user" "reader" { access_string = local.reader }"#;
/// let mut scope = Scope::new();
/// scope.add("infra/locals.tf".as_ref(), Format::Terraform, locals);
/// scope.add("infra/users.tf".as_ref(), Format::Terraform, users);
///
/// // the string is found where it is written
/// let document = scope.read("infra/locals.tf".as_ref())?;
/// let found = document.access_strings().next().unwrap();
/// assert_eq!(found.text.value(), "on ~app:* +@raed");
/// assert_eq!(found.candidates.dialects.to_string(), "memorydb/any");
///
/// // and the user knows it
/// let document = scope.read("infra/users.tf".as_ref())?;
/// let request = document.requests().next().unwrap();
/// assert_eq!(request.strings("AccessString")[0].known(), Some("on ~app:* +@raed"));
/// # Ok::<(), redis_acl::iac::ReadError>(())
/// ```
#[derive(Default)]
pub struct Scope<'a> {
    files: Arc<Vec<ScopeFile<'a>>>,
    /// What was found in each file of Terraform.
    found: OnceLock<Vec<Result<Vec<Finding<'a>>, ReadError>>>,
}

/// A file of a scope.
#[derive(Clone)]
pub(super) struct ScopeFile<'a> {
    pub(super) path: Arc<Path>,
    pub(super) format: Format,
    pub(super) bytes: &'a [u8],
}

impl fmt::Debug for ScopeFile<'_> {
    /// Not the bytes, which may hold passwords.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ScopeFile({}, {:?}, {} bytes)", self.path.display(), self.format, self.bytes.len())
    }
}

impl fmt::Debug for Scope<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Scope").field(&self.files).finish()
    }
}

impl<'a> Scope<'a> {
    /// A scope without files.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a file, or replaces the one of that path. Files in the same folder are one module.
    pub fn add(&mut self, path: &Path, format: Format, bytes: &'a [u8]) {
        let files = Arc::make_mut(&mut self.files);
        let file = ScopeFile { path: path.into(), format, bytes };
        match files.iter_mut().find(|other| *other.path == *path) {
            Some(old) => *old = file,
            None => files.push(file),
        }
        self.found = OnceLock::new();
    }

    /// The paths of the files.
    pub fn paths(&self) -> impl Iterator<Item = &Path> {
        self.files.iter().map(|file| &*file.path)
    }

    /// What is in one of the files. The work that concerns all files is done once.
    ///
    /// # Errors
    /// When the file is not text in UTF-8, or not of its format, or not in the scope. What is wrong with other files
    /// is no error: what they would say is not known.
    pub fn read(&self, path: &Path) -> Result<Document<'a>, ReadError> {
        let Some(number) = self.files.iter().position(|file| *file.path == *path) else {
            return Err(ReadError::new(
                super::Position { line: 1, column: 1 },
                "the file is not in the scope",
            ));
        };
        let file = &self.files[number];
        let (findings, plan) = match file.format {
            Format::Terraform | Format::TerraformJson => {
                (self.found.get_or_init(|| terraform_files(&self.files))[number].clone()?, None)
            }
            Format::Json | Format::Yaml => file_by_itself(file)?,
        };
        Ok(Document { files: self.files.clone(), file: number, findings, plan })
    }
}

/// The document of a file with other bytes.
pub(super) fn read_with<'b>(
    files: &[ScopeFile<'b>],
    number: usize,
    bytes: &'b [u8],
) -> Result<Document<'b>, ReadError> {
    let mut files = files.to_vec();
    files[number].bytes = bytes;
    let path = files[number].path.clone();
    Scope { files: Arc::new(files), found: OnceLock::new() }.read(&path)
}

/// The sources of the modules in other folders that a file of Terraform calls, as they are written: `./modules/cache`.
/// Their files belong to the same [`Scope`].
///
/// ```
/// use redis_acl::iac::{Format, local_modules};
/// let file = br#"module "cache" { source = "./modules/cache" }"#;
/// assert_eq!(local_modules(Format::Terraform, file), ["./modules/cache"]);
/// ```
#[must_use]
pub fn local_modules(format: Format, bytes: &[u8]) -> Vec<String> {
    let Ok(source) = Source::of(bytes, 0, Path::new("").into()) else { return Vec::new() };
    if !["module", "source", "./"].iter().all(|word| source.text.contains(word)) {
        return Vec::new();
    }
    let root = match format {
        Format::Terraform => hcl::read(&source),
        Format::TerraformJson => json::read_terraform(&source),
        Format::Json | Format::Yaml => return Vec::new(),
    };
    let Ok(root) = root else { return Vec::new() };
    let calls = root.entries().iter().filter(|block| block.key == "module");
    let sources = calls.flat_map(|block| named(&block.value)).filter_map(|(_, body)| body.text_of("source"));
    sources.filter(|source| source.starts_with("./") || source.starts_with("../")).map(String::from).collect()
}

// ---------------------------------------------------------------------------------------------------
// Terraform

/// The findings of each file, which are empty for files of other formats.
fn terraform_files<'a>(files: &[ScopeFile<'a>]) -> Vec<Result<Vec<Finding<'a>>, ReadError>> {
    let mut sources = Vec::new();
    let mut results = Vec::new();
    for (number, file) in files.iter().enumerate() {
        let source = match file.format.is_terraform() {
            true => Source::of(file.bytes, number, file.path.clone()),
            false => Source::of(b"", number, file.path.clone()),
        };
        results.push(source.as_ref().map(|_| Vec::new()).map_err(ReadError::clone));
        sources.push(Arc::new(
            source
                .or_else(|_| Source::of(b"", number, file.path.clone()))
                .unwrap_or_else(|_| unreachable!("no bytes are text")),
        ));
    }
    // what names no user in any file is not parsed
    if !sources.iter().any(|source| may_hold_users(source.text)) {
        return results;
    }
    let mut roots = Vec::new();
    for ((file, source), result) in files.iter().zip(&sources).zip(&mut results) {
        let root = match file.format {
            Format::Terraform => hcl::read(source),
            Format::TerraformJson if source.text.is_empty() => Ok(nothing()),
            // values are no templates
            Format::TerraformJson if holds_values(&file.path) => json::read(source),
            Format::TerraformJson => json::read_terraform(source),
            Format::Json | Format::Yaml => Ok(nothing()),
        };
        // what it defines may decide the users of the other files of its folder
        let is_near_users = || {
            let beside = sources.iter().filter(|other| other.path.parent() == source.path.parent());
            beside.into_iter().any(|other| may_hold_users(other.text))
        };
        roots.push(root.unwrap_or_else(|error| {
            if result.is_ok() && is_near_users() {
                *result = Err(error);
            }
            nothing()
        }));
    }
    let read: Vec<_> =
        sources.iter().zip(&roots).map(|(source, root)| ReadFile { source: source.clone(), root }).collect();
    let modules = Modules::of(&read, digest(files.iter().map(|file| file.bytes)));
    let evaluator = Evaluator::new(&modules, Written::ByPeople);
    let mut search = Search::new(&evaluator, Context::new(0, modules.root(0)));
    let numbered: Vec<_> = roots.iter().enumerate().collect();
    terraform::find(&mut search, &numbered);
    for (result, findings) in results.iter_mut().zip(search.into_findings(files.len())) {
        if let Ok(result) = result {
            *result = findings;
        }
    }
    results
}

fn nothing<'a>() -> Node<'a> {
    Node { at: 0..0, kind: super::tree::Kind::Map(Vec::new()) }
}

// ---------------------------------------------------------------------------------------------------
// Other formats

type Found<'a> = (Vec<Finding<'a>>, Option<Plan<'a>>);

fn file_by_itself<'a>(file: &ScopeFile<'a>) -> Result<Found<'a>, ReadError> {
    let source = Arc::new(Source::of(file.bytes, 0, file.path.clone())?);
    if !may_hold_users(source.text) {
        return Ok((Vec::new(), None));
    }
    let (roots, template) = match file.format {
        Format::Yaml => yaml::read(&source)?,
        _ => (vec![json::read(&source)?], None),
    };
    let written = match roots.iter().any(plan::is_one) {
        true => Written::ByTools,
        false => Written::ByPeople,
    };
    let read: Vec<_> =
        roots.first().map(|root| ReadFile { source: source.clone(), root }).into_iter().collect();
    if read.is_empty() {
        return Ok((template.map(Finding::NotLiteral).into_iter().collect(), None));
    }
    let modules = Modules::of(&read, sections_of_template(&source, &roots));
    let evaluator = Evaluator::new(&modules, written);
    let mut search = Search::new(&evaluator, Context::new(0, modules.root(0)));
    template.into_iter().for_each(|template| search.add(Finding::NotLiteral(template)));
    roots.iter().for_each(|root| find_by_content(&mut search, root));
    let plan = roots.iter().filter(|root| plan::is_one(root)).find_map(|root| plan::users(&search, root));
    Ok((search.into_findings(1).pop().unwrap_or_default(), plan))
}

/// A digest of the sections that CloudFormation's functions refer to: they decide the unknown values.
fn sections_of_template(source: &Source<'_>, roots: &[Node<'_>]) -> String {
    const SECTIONS: [&str; 3] = ["Parameters", "Mappings", "Conditions"];
    let sections = roots.iter().flat_map(|root| SECTIONS.iter().filter_map(|section| root.get(section)));
    let texts: BTreeSet<_> = sections.filter_map(|section| source.text.get(section.at.clone())).collect();
    digest(texts.into_iter().map(str::as_bytes))
}

fn find_by_content<'a>(search: &mut Search<'_, 'a>, root: &Node<'a>) {
    if plan::is_one(root) {
        return plan::find(search, root);
    }
    cloudformation::find(search, root);
    request_file::find(search, root);
    acl_text::find(search, root);
}
