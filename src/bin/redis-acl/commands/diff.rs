//! `redis-acl diff`

mod of_files;
mod of_strings;
mod reports;

use std::io;
use std::path::{Path, PathBuf};

use crate::Outcome;
use crate::files::FileSize;
use crate::input::{self, Bounds, ChannelSetting, Engines, Stated};
use crate::output;
use crate::revision::{self, NOT_THERE, Named};

const EXAMPLES: &str = "\
Examples:
  redis-acl diff --dialect redis-7.2 'on ~app:* +@read' 'on ~app:* ~tmp:* +@read -keys'
  redis-acl diff @old.acl @new.acl                     # strings from files
  git show main:worker.acl | redis-acl diff - @worker.acl
  redis-acl diff main/users.tf users.tf                # two files with users: user by user
  redis-acl diff deployed infra                        # two folders
  redis-acl diff --since origin/main infra             # a git revision and the working tree
  terraform show -json plan.out > plan.json; redis-acl diff plan.json    # before and after a plan
  redis-acl diff --dialect redis-6.2 --to-dialect redis-7.2 'on ~* +@all' 'on ~* &* +@all'
A gate for CI, which fails if any user gains access, or if that cannot be ruled out:
  redis-acl diff --no-new-access --since origin/main .

Lines with + show what only NEW allows, lines with - what only OLD allows; the command after `for
example` proves it. The comparison is exact: it covers all commands, keys, channels and databases,
future commands (+@all) and logins. At the work limit it is inconclusive, which counts as
different and as new access.

Files with users (users.acl, redis.conf, ACL LIST text, Terraform, CloudFormation, manifests …)
are compared user by user: each is added, removed, wider (NEW allows more), narrower,
incomparable, undecided or equal. Users are matched by name or id, otherwise by their address in
the file. The `default` user of a server is included, even if no line defines it.
If the file does not state the engine of a user, the user is compared on every engine that can
read the file. A difference on one of them counts, and the output names that engine. --dialect, or
else `dialect` in the nearest redis-acl.toml, narrows the set of engines.
A user whose access string depends on a condition, or on a variable that selects it, is one user
per branch. Branches of conditions that are written alike are compared with each other, others
each with all. A user that may not exist in OLD is undecided.
An access string that is not statically known is unchecked if its text is unchanged, otherwise
undecided. With --no-new-access both fail, unless --allow-unchecked is given. Removed users pass;
added users pass if they have no permissions.
Exit codes: 0 no difference (with --no-new-access: no new access); 1 otherwise; 2 bad input; 141
the output was closed early.
JSON: {\"old\": {\"input\", \"dialect\"}, \"new\": …, \"change\", \"new_access\": \"none\"|\"some\"|\"undecided\",
      \"gained\": {\"commands\", \"extended\", \"keys\", \"channels\", \"witness\", …}, \"lost\": …}; the change
      is that of NEW: equal, wider (it allows more), narrower, incomparable, undecided. Bad
      strings have \"errors\" instead. For files {\"old\", \"new\", \"new_access\", \"unchecked\", \"users\":
      [{\"user\", \"change\", \"new_access\", \"on\", \"old\": {\"file\", \"address\", \"line\", \"column\",
      \"dialects\"}, \"new\", \"difference\", \"logins_gained\", \"logins_lost\", \"unknown\"}]}.";

#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Diff {
    /// The engines that can read the strings [default for strings: elasticache]; for files, the engines that can read
    /// users whose file does not state one. One dialect, or a set such as redis-6.2..8.0
    #[arg(long, short, value_name = "DIALECT")]
    dialect: Option<Stated>,
    /// The engines that read NEW, if they differ from those that read OLD
    #[arg(long, value_name = "DIALECT")]
    to_dialect: Option<Stated>,
    #[command(flatten)]
    setting: ChannelSetting,
    /// Compare the files below the paths (NEW) with the same files in a git revision (OLD)
    #[arg(long, value_name = "REV")]
    since: Option<String>,
    /// Exit with 1 only if NEW grants new access, or if that cannot be ruled out
    #[arg(long)]
    no_new_access: bool,
    /// With --no-new-access, accept values that are not statically known
    #[arg(long, requires = "no_new_access")]
    allow_unchecked: bool,
    /// Ignore changed passwords, for example after a rotation
    #[arg(long)]
    ignore_passwords: bool,
    #[command(flatten)]
    bounds: Bounds,
    #[command(flatten)]
    size: FileSize,
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    /// Print nothing; only set the exit code
    #[arg(long, short)]
    quiet: bool,
    /// An access string, a file or a folder; `@FILE` reads a string from a file, `-` from standard input. The JSON of a
    /// plan contains both sides, and is given alone. With --since: files and folders [default: the current folder]
    #[arg(allow_hyphen_values = true, value_name = "OLD|PATH")]
    old: Option<String>,
    /// The access string, file or folder to compare with
    #[arg(allow_hyphen_values = true, value_name = "NEW|PATH")]
    new: Option<String>,
    /// With --since: more files and folders
    #[arg(value_name = "PATH")]
    more: Vec<String>,
}

/// How changes are printed
#[derive(Clone, Copy, Default, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Format {
    /// For people
    #[default]
    Text,
    /// For programs: a JSON object
    Json,
    /// For pull requests: a table, followed by the changes of each user
    Markdown,
    /// For GitHub workflows: annotations next to the changed lines
    Github,
    /// For code scanning tools: SARIF 2.1.0
    Sarif,
}

impl Diff {
    /// What the flags say of the engines that read OLD.
    fn old_engines(&self) -> Engines {
        Engines::new(self.dialect.clone(), self.setting)
    }

    /// The same of NEW.
    fn new_engines(&self) -> Engines {
        let stated = self.to_dialect.clone().or_else(|| self.dialect.clone());
        Engines::new(stated, self.setting)
    }

    pub(crate) fn run(self) -> io::Result<Outcome> {
        if let Some(revision) = &self.since {
            return self.since(revision);
        }
        let (old, new) = match (&self.old, &self.new, &self.more[..]) {
            (Some(old), Some(new), []) => (old, new),
            (Some(plan), None, []) => return self.plan(plan),
            _ => return bad_usage(ARGUMENTS),
        };
        if old == "-" && new == "-" {
            return bad_usage("only one of the strings can come from standard input");
        }
        match (Named::at(old, self.size)?, Named::at(new, self.size)?) {
            (Some(Named::Files(old_files)), Some(Named::Files(new_files))) => {
                self.files((Path::new(old), old_files), (Path::new(new), new_files))
            }
            (Some(Named::Files(_)), other) => bad_usage(&one_file(old, new, other.is_some())),
            (other, Some(Named::Files(_))) => bad_usage(&one_file(new, old, other.is_some())),
            (of_old, of_new) => {
                let sides = [(old, of_old.is_some()), (new, of_new.is_some())];
                let problems: Vec<_> =
                    sides.iter().filter_map(|(side, exists)| not_a_string(side, *exists)).collect();
                match problems.is_empty() {
                    true => self.strings(old, new),
                    false => bad_usage(&format!("{}; {STRINGS}", problems.join(", and "))),
                }
            }
        }
    }

    /// The users before and after a plan.
    fn plan(&self, path: &str) -> io::Result<Outcome> {
        match Named::at(path, self.size)? {
            Some(Named::Files(sources)) => match &sources.files[..] {
                [source] => self.of_plan(source),
                _ => bad_usage(ARGUMENTS),
            },
            None if input::is_like_a_path(path) => {
                bad_usage(&format!("{}; {ARGUMENTS}", input::no_such_path(path)))
            }
            _ => bad_usage(ARGUMENTS),
        }
    }

    fn since(&self, revision: &str) -> io::Result<Outcome> {
        let given: Vec<_> = self.old.iter().chain(&self.new).chain(&self.more).collect();
        if let Some(flag) = given.iter().find(|path| path.starts_with("--")) {
            return bad_usage(&format!("flags go before the paths: `{flag}`"));
        }
        let paths: Vec<_> = match given.is_empty() {
            true => vec![PathBuf::from(".")],
            false => given.into_iter().map(PathBuf::from).collect(),
        };
        let old = revision::of_git(revision, &paths, self.size)?;
        let is_old = |path: &Path| old.files.iter().any(|source| source.label.starts_with(path));
        if let Some(missing) = paths.iter().find(|path| !path.exists() && !is_old(path)) {
            return bad_usage(&format!(
                "no such file or folder `{}`, neither now nor at {revision}",
                missing.display()
            ));
        }
        let there: Vec<_> = paths.iter().filter(|path| path.exists()).cloned().collect();
        let new = revision::present(&there, self.size)?;
        let name = paths.iter().map(|path| path.display().to_string()).collect::<Vec<_>>().join(" ");
        self.files((Path::new(revision), old), (Path::new(&name), new))
    }
}

const ARGUMENTS: &str = "give OLD and NEW, or the JSON of one plan (`terraform show -json`), or --since REV with files \
     and folders";

/// How to give strings.
const STRINGS: &str =
    "a string consists of rules, such as `on ~app:* +@read`; `@FILE` reads a string from a file";

/// Why an argument that names no file with users is no string either.
fn not_a_string(argument: &str, exists: bool) -> Option<String> {
    match (exists, input::is_no_rule(argument)) {
        (true, true) => Some(format!("`{argument}` is not a file with users")),
        (false, true) => Some(input::no_such_path(argument)),
        _ => None,
    }
}

/// One side is a file or folder, the other is not; it may be a string, with passwords.
fn one_file(path: &str, other: &str, other_exists: bool) -> String {
    let side = match () {
        () if path == NOT_THERE => "an empty file".to_owned(),
        () if Path::new(path).is_dir() => format!("the folder `{path}`"),
        () => format!("the file `{path}`"),
    };
    match not_a_string(other, other_exists) {
        Some(problem) => format!("{problem}; {side} can only be compared with another file or folder"),
        None => format!("{side} cannot be compared with a string; `@FILE` reads a string from a file"),
    }
}

fn bad_usage(message: &str) -> io::Result<Outcome> {
    output::error(message, None)?;
    Ok(Outcome::BadInput)
}
