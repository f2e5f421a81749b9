//! `redis-acl lint`

mod found;
mod of_files;
mod sarif;

pub(crate) use found::{data, property};
pub(crate) use sarif::{SCHEMA as SARIF_SCHEMA, uri};

use std::io;
use std::path::{Path, PathBuf};

use redis_acl::Dialects;
use redis_acl::lint::{self, Client, Config, Finding, Level};
use serde::Serialize;

use crate::Outcome;
use crate::files::FileSize;
use crate::input::{self, ChannelSetting, Engines, Item, Stated};
use crate::output;
use crate::settings::{FailOn, Settings, SettingsFile};

const EXAMPLES: &str = "\
Examples:
  redis-acl lint --dialect redis-7.2 'on ~app:* +@read +keys -@dangerous'
  redis-acl lint --client ioredis --client bullmq 'on ~bull:* +@all -@dangerous'
  redis-acl lint --allow key-names --deny too-wide --format github - < strings.txt
  redis-acl lint --fix 'on ~app:* ~app:1 +@read +get'    # prints: on ~app:* +@read
  redis-acl lint .                                       # every file with users below this folder
  redis-acl lint --format sarif infra users.acl > redis-acl.sarif
  redis-acl lint --fix --dry-run infra                   # without --dry-run the files are changed
  redis-acl lint --list                                  # every lint
  redis-acl lint --client list                           # every client

Each lint has an id and belongs to a group; docs/lints.md explains each lint and what to write
instead.
An argument that names an existing file or folder is a path, any other argument is a string. In
folders, these files are checked: ACL files (*.acl, and files that contain only `user` lines);
*.conf of Redis and Valkey; Terraform and OpenTofu (.tf, .tofu, .tfvars, plans and states as
JSON); CloudFormation, AWS requests, Kubernetes manifests and Helm values (.json, .yaml, .yml,
.template). Files that are hidden, ignored by .gitignore, or larger than --max-file-size are
skipped.
The engine of a string is the one that its file states (engine, engine_version); --dialect, or
else redis-acl.toml, narrows what the file leaves open. Without either, a string is checked on
every engine that can read it; a finding on only some of them is a hint that names them.
--fix changes only the strings. A file is replaced as a whole or not at all, and a fix is made
only if the new string is proven to be equivalent on every engine that can read it. Remedies that
change what the user can do, or of which there are several, are help text and are never applied.
The output of --fix contains the passwords of the string; no other output does.

Settings come from the nearest redis-acl.toml, in the folder of each file or a parent folder up to
the root of the repository, or from --config. Command-line flags take precedence:
  dialect = \"redis-7.2\"
  [lint]
  allow = [\"key-names\"]
  warn = []
  deny = [\"too-wide\"]
  clients = [\"ioredis\"]
  next = \"valkey-8.1\"
  fail-on = \"error\"

JSON, one line per string: {\"input\", \"dialect\", \"findings\": [{\"lint\", \"group\", \"level\", \"span\",
      \"also\", \"message\", \"notes\", \"help\", \"fix\": {\"edits\": [{\"span\", \"replacement\"}]}, \"page\"}]};
      a fix is there only if --fix makes it
      For files, one line per finding: {\"file\", \"line\", \"column\", \"end_line\", \"end_column\",
      \"range\", \"name\", \"dialect\", and the fields of a finding}. The range is in bytes of the file;
      spans are positions in the string. Problems that are not lints have no spans: rejected
      lines, requests that AWS would reject, values that are not statically known.
Exit codes: 0 no findings at or above --fail-on; 1 some; 2 bad usage, or a file cannot be read.";

#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Lint {
    /// The engines that can read strings whose file does not state one: redis-7.2, or a set such as elasticache/redis,
    /// redis-6.2..8.0, valkey, a list with commas; `redis-acl dialects` lists the names [default: elasticache; for files
    /// every engine that can read them, for a users.acl every server]
    #[arg(long, short, value_name = "DIALECT")]
    dialect: Option<Stated>,
    #[command(flatten)]
    setting: ChannelSetting,
    /// A client library, framework or tool that logs in as this user; `list` prints all known names
    #[arg(long, value_name = "NAME")]
    client: Vec<String>,
    /// Do not report this lint or group
    #[arg(long, value_name = "ID")]
    allow: Vec<String>,
    /// Report this lint or group as a warning
    #[arg(long, value_name = "ID")]
    warn: Vec<String>,
    /// Report this lint or group as an error
    #[arg(long, value_name = "ID")]
    deny: Vec<String>,
    /// The dialect to check upgrades against, exactly one, or `none` [default: the engine's next major version]
    #[arg(long, value_name = "DIALECT")]
    next: Option<String>,
    /// Read the settings from this file instead of redis-acl.toml
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// The lowest level that makes the exit code 1 [default: warning]
    #[arg(long, value_enum, value_name = "LEVEL")]
    fail_on: Option<FailOn>,
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    /// Apply all fixes: print the fixed string, and the remaining findings on standard error; for files, rewrite the
    /// strings in place
    #[arg(long, conflicts_with = "format")]
    fix: bool,
    /// Show what --fix would change in files, and change nothing
    #[arg(long, requires = "fix")]
    dry_run: bool,
    #[command(flatten)]
    size: FileSize,
    /// List every lint
    #[arg(long)]
    list: bool,
    /// Treat every argument as a string, even if a file or folder has that name
    #[arg(long)]
    string: bool,
    /// An access string, a file or a folder; or `-` to read one string per line from standard input
    #[arg(allow_hyphen_values = true, value_name = "STRING|PATH", required_unless_present_any = ["list", "client"])]
    given: Option<String>,
    /// More strings, or more files and folders
    #[arg(value_name = "STRING|PATH")]
    more: Vec<String>,
}

/// How findings are printed
#[derive(Clone, Copy, Default, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Format {
    /// For people
    #[default]
    Text,
    /// For programs: one JSON object per string, or for files, per finding
    Json,
    /// For GitHub workflows: annotations next to the changed lines
    Github,
    /// For code scanning tools: SARIF 2.1.0, for files only
    Sarif,
}

/// What was found in one string, in JSON.
#[derive(Serialize)]
struct Findings<'a> {
    input: &'a str,
    dialect: &'a Dialects,
    findings: &'a [Finding],
}

/// How many findings there were of each level.
#[derive(Clone, Copy, Default)]
struct Tally {
    errors: usize,
    warnings: usize,
    hints: usize,
}

/// What one run of the command over strings needs to know.
struct Run {
    config: Config,
    dialects: Dialects,
    fail_on: Level,
    format: Format,
}

/// What is to be looked at.
enum Given {
    Strings(Vec<String>),
    Paths(Vec<PathBuf>),
}

/// What the flags say, which counts more than what files say.
struct Flags {
    engines: Engines,
    settings: Settings,
    /// The file of settings that is named.
    file: Option<PathBuf>,
    size: FileSize,
}

/// How strings are looked at where these settings hold.
struct Rules {
    config: Config,
    /// What the flags say.
    flags: Engines,
    file: SettingsFile,
    fail_on: Level,
}

impl Lint {
    pub(crate) fn run(self) -> io::Result<Outcome> {
        if self.client.iter().any(|name| name == "list") {
            return list_clients();
        }
        if self.list {
            return list_lints();
        }
        let given = match self.given() {
            Ok(given) => given,
            Err(message) => return bad_usage(&message),
        };
        let Self {
            dialect: stated,
            setting,
            client,
            allow,
            warn,
            deny,
            next,
            config: file,
            fail_on,
            format,
            fix,
            dry_run,
            size,
            ..
        } = self;
        let settings = Settings { allow, warn, deny, clients: client, next, fail_on };
        let flags = Flags { engines: Engines::new(stated, setting), settings, file, size };
        match given {
            Given::Strings(_) if format == Format::Sarif => bad_usage("--format sarif works on files only"),
            Given::Strings(_) if dry_run => bad_usage("--dry-run works on files only"),
            Given::Strings(strings) => {
                let is_path = |given: &&String| !self.string && input::is_no_rule(given);
                let missing = strings.iter().filter(is_path).map(|path| input::no_such_path(path));
                missing
                    .map(|message| format!("note: {message}, so it is read as a string"))
                    .try_for_each(output::note)?;
                lint_strings(strings, &flags, format, fix)
            }
            Given::Paths(paths) => {
                let change = match (fix, dry_run) {
                    (false, _) => of_files::Change::Nothing,
                    (true, true) => of_files::Change::Shown,
                    (true, false) => of_files::Change::Written,
                };
                of_files::run(&paths, flags, format, change)
            }
        }
    }

    fn given(&self) -> Result<Given, String> {
        let Some(first) = &self.given else {
            return Err("no access string to check for the client; give one, or `-` to read strings from standard input".into());
        };
        let all: Vec<_> = std::iter::once(first).chain(&self.more).cloned().collect();
        let exists = |given: &String| !self.string && given != "-" && Path::new(given).exists();
        if all.iter().all(exists) {
            return Ok(Given::Paths(all.into_iter().map(PathBuf::from).collect()));
        }
        let missing = |given: &&String| !self.string && input::is_like_a_path(given);
        let is_mixed = all.iter().any(exists);
        let string = all.iter().find(|given| !exists(given)).filter(|_| is_mixed);
        match (string, all.iter().find(missing)) {
            (Some(string), _) => Err(format!(
                "{}; files and strings cannot be linted together (--string reads every argument as a string)",
                input::no_such_path(string)
            )),
            (None, Some(path)) => {
                Err(format!("{}; add --string to lint it as a string", input::no_such_path(path)))
            }
            (None, None) => Ok(Given::Strings(all)),
        }
    }
}

impl Flags {
    /// How strings in a folder are looked at.
    ///
    /// The error is that of a file with settings, or of the flags.
    fn rules_in(&self, folder: &Path) -> io::Result<Rules> {
        let file = SettingsFile::of_folder(folder, self.file.as_deref())?;
        let mut config = Config::new();
        let filled = file.lint.put_into(&mut config).and_then(|()| self.settings.put_into(&mut config));
        filled.map_err(|message| io::Error::new(io::ErrorKind::InvalidInput, message))?;
        let fail_on = self.settings.fail_on.or(file.lint.fail_on).unwrap_or(FailOn::Warning).level();
        Ok(Rules { config, flags: self.engines.clone(), file, fail_on })
    }
}

impl Rules {
    fn engines_of(&self, path: &Path) -> Engines {
        self.flags.or(self.file.engines_of(path))
    }
}

fn lint_strings(strings: Vec<String>, flags: &Flags, format: Format, fix: bool) -> io::Result<Outcome> {
    let Rules { config, flags, file, fail_on } = match flags.rules_in(Path::new(".")) {
        Ok(rules) => rules,
        Err(error) if error.kind() == io::ErrorKind::InvalidInput => return bad_usage(&error.to_string()),
        Err(error) => return Err(error),
    };
    let dialects = flags.or(file.engines()).of_string()?;
    let run = Run { config, dialects, fail_on, format };
    let (mut outcome, mut tally) = (Outcome::Fine, Tally::default());
    for string in strings {
        input::for_each(string, |item| {
            let one = if fix { run.fix(&item)? } else { run.lint(&item, &mut tally)? };
            outcome = outcome.max(one);
            Ok(())
        })?;
    }
    if format == Format::Text && !fix {
        tally.tell()?;
    }
    Ok(outcome)
}

impl Run {
    fn lint(&self, item: &Item, tally: &mut Tally) -> io::Result<Outcome> {
        let text = match self.text_of(item)? {
            Ok(text) => text,
            Err(outcome) => return Ok(outcome),
        };
        let findings = lint::lint_on(text, &self.dialects, &self.config);
        findings.iter().for_each(|finding| tally.add(finding.level()));
        match self.format {
            Format::Text => {
                findings.iter().try_for_each(|finding| output::finding(&finding.report(), item.line))?
            }
            Format::Json => {
                let input = redis_acl::syntax::masked(text);
                output::json(&Findings { input: &input, dialect: &self.dialects, findings: &findings })?;
            }
            Format::Github => {
                findings.iter().try_for_each(|finding| output::line(workflow(finding, item.line)))?
            }
            Format::Sarif => {}
        }
        Ok(self.outcome(&findings))
    }

    fn fix(&self, item: &Item) -> io::Result<Outcome> {
        let text = match self.text_of(item)? {
            Ok(text) => text,
            Err(outcome) => return Ok(outcome),
        };
        let fixed = lint::fixed_on(text, &self.dialects, &self.config);
        output::line(&fixed)?;
        let left = lint::lint_on(&fixed, &self.dialects, &self.config);
        left.iter().try_for_each(|finding| output::report(&finding.report(), item.line))?;
        Ok(self.outcome(&left))
    }

    /// The text of the item; what is no text is reported.
    fn text_of<'i>(&self, item: &'i Item) -> io::Result<Result<&'i str, Outcome>> {
        let format = match self.format {
            Format::Json => output::Format::Json,
            Format::Text | Format::Github | Format::Sarif => output::Format::Text,
        };
        item.text_or_report(self.dialects.single(), format)
    }

    fn outcome(&self, findings: &[Finding]) -> Outcome {
        match findings.iter().any(|finding| finding.level() >= self.fail_on) {
            true => Outcome::Negative,
            false => Outcome::Fine,
        }
    }
}

/// A command of GitHub's workflows, which shows the finding beside the change.
fn workflow(finding: &Finding, line: Option<usize>) -> String {
    let place = line.map(|line| format!("string {line}: ")).unwrap_or_default();
    let text = format!("{place}{}", with_notes(finding.message(), finding.notes(), finding.help()));
    let title = found::property(&format!("redis-acl: {}", finding.lint().id()));
    format!("::{} title={title}::{}", found::workflow_level(finding.level()), found::data(&text))
}

/// A message, and a line for each thing more there is to say.
fn with_notes(message: &str, notes: &[String], help: Option<&str>) -> String {
    let notes = notes.iter().map(|note| format!("\nnote: {note}"));
    let help = help.map(|help| format!("\nhelp: {help}"));
    std::iter::once(message.to_owned()).chain(notes).chain(help).collect()
}

impl Tally {
    fn add(&mut self, level: Level) {
        match level {
            Level::Error => self.errors += 1,
            Level::Warning => self.warnings += 1,
            Level::Hint => self.hints += 1,
        }
    }

    fn add_all(&mut self, other: Self) {
        self.errors += other.errors;
        self.warnings += other.warnings;
        self.hints += other.hints;
    }

    /// `1 error, 2 warnings`; nothing where there was nothing.
    fn tell(&self) -> io::Result<()> {
        let count = |number: usize, what: &str| match number {
            0 => None,
            1 => Some(format!("1 {what}")),
            _ => Some(format!("{number} {what}s")),
        };
        let counts =
            [count(self.errors, "error"), count(self.warnings, "warning"), count(self.hints, "hint")];
        let counts: Vec<_> = counts.into_iter().flatten().collect();
        if counts.is_empty() { Ok(()) } else { output::line(counts.join(", ")) }
    }
}

fn bad_usage(message: &str) -> io::Result<Outcome> {
    output::error(message, None)?;
    Ok(Outcome::BadInput)
}

fn list_clients() -> io::Result<Outcome> {
    for client in Client::all() {
        let evidence = if client.is_measured() { "measured" } else { "from source" };
        output::line(format_args!(
            "{:28} {:46} {:10} {evidence}",
            client.name(),
            client.title(),
            client.language()
        ))?;
    }
    Ok(Outcome::Fine)
}

fn list_lints() -> io::Result<Outcome> {
    for lint in lint::Lint::all() {
        output::line(format_args!("{:24} {:9} {:8} {}", lint.id(), lint.group(), lint.level(), lint.what()))?;
    }
    Ok(Outcome::Fine)
}
