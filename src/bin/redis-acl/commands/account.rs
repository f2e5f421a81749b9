//! `redis-acl create-user`, `modify-user`, `describe-users`: the AWS CLI's commands on an account in a file.

mod describe;
mod flags;
mod print;
mod query;
mod table;
mod text;
mod tree;
mod usage;
mod yaml;

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use redis_acl::aws::{Account, Answers, AuthenticationMode, CreateUser, Fault, ModifyUser, Place, Tag};
use redis_acl::{Password, Report};
use serde::Serialize;
use serde::de::DeserializeOwned;

use flags::{
    ANSWER_SKELETON, AnswersArgument, CREATE_USER_SKELETON, Common, GivenRequest, MODIFY_USER_SKELETON,
    Skeleton, State,
};
pub(crate) use flags::{CreateUserCommand, DescribeUsersCommand, ModifyUserCommand};
use print::Printer;
use tree::Tree;
pub(crate) use usage::usage_error;

use crate::shorthand;
use crate::{Outcome, files, output};

/// The account as it lies in a file.
struct Stored {
    account: Account,
    /// Where to write it back, and what is there; nothing if the file is yet to be made.
    save_to: Option<(PathBuf, Option<String>)>,
}

/// Why a command ends without an answer.
enum Stop {
    /// What was given cannot be read.
    BadInput(String),
    Fault(Box<Fault>),
    Output(io::Error),
}

impl From<io::Error> for Stop {
    fn from(error: io::Error) -> Self {
        Self::Output(error)
    }
}

impl From<String> for Stop {
    fn from(message: String) -> Self {
        Self::BadInput(message)
    }
}

impl From<Fault> for Stop {
    fn from(fault: Fault) -> Self {
        Self::Fault(Box::new(fault))
    }
}

impl CreateUserCommand {
    pub(crate) fn run(self) -> io::Result<Outcome> {
        finish(self.answer())
    }

    fn answer(self) -> Result<(), Stop> {
        let printer = self.printing.printer()?;
        if let Some(skeleton) = self.given.input_skeleton(CREATE_USER_SKELETON, REQUIRED_TO_CREATE)? {
            return Ok(output::line(skeleton)?);
        }
        let skeleton = self.given.generate_cli_skeleton;
        let mut stored = self.state.open()?;
        let user = stored.account.create_user(&self.request()?)?;
        if skeleton.is_some() {
            return print_skeleton(&printer, "CreateUser", ANSWER_SKELETON);
        }
        stored.save()?;
        printer.print("CreateUser", &user)
    }

    /// The parameters of the document; options take precedence over them.
    fn request(self) -> Result<CreateUser, Stop> {
        let Common { passwords, no_password, authentication_mode } = self.common;
        let json: CreateUser = self.given.read()?;
        let tags = self.tags.map(|tags| tags_of(&tags)).transpose()?;
        Ok(CreateUser {
            user_id: self.user_id.or(json.user_id),
            user_name: self.user_name.or(json.user_name),
            engine: self.engine.or(json.engine),
            passwords: passwords.map(passwords_of).transpose()?.or(json.passwords),
            access_string: self.access_string.map(Into::into).or(json.access_string),
            no_password_required: no_password.given().or(json.no_password_required),
            tags: tags.or(json.tags),
            authentication_mode: mode_of(authentication_mode)?.or(json.authentication_mode),
        })
    }
}

impl ModifyUserCommand {
    pub(crate) fn run(self) -> io::Result<Outcome> {
        finish(self.answer())
    }

    fn answer(self) -> Result<(), Stop> {
        let printer = self.printing.printer()?;
        if let Some(skeleton) = self.given.input_skeleton(MODIFY_USER_SKELETON, &["UserId"])? {
            return Ok(output::line(skeleton)?);
        }
        let skeleton = self.given.generate_cli_skeleton;
        let mut stored = self.state.open()?;
        let user = stored.account.modify_user(&self.request()?)?;
        if skeleton.is_some() {
            return print_skeleton(&printer, "ModifyUser", ANSWER_SKELETON);
        }
        stored.save()?;
        printer.print("ModifyUser", &user)
    }

    fn request(self) -> Result<ModifyUser, Stop> {
        let Common { passwords, no_password, authentication_mode } = self.common;
        let json: ModifyUser = self.given.read()?;
        Ok(ModifyUser {
            user_id: self.user_id.or(json.user_id),
            access_string: self.access_string.map(Into::into).or(json.access_string),
            append_access_string: self.append_access_string.map(Into::into).or(json.append_access_string),
            passwords: passwords.map(passwords_of).transpose()?.or(json.passwords),
            no_password_required: no_password.given().or(json.no_password_required),
            authentication_mode: mode_of(authentication_mode)?.or(json.authentication_mode),
            engine: self.engine.or(json.engine),
        })
    }
}

/// The parameters of CreateUser that the service model requires.
const REQUIRED_TO_CREATE: &[&str] = &["AccessString", "Engine", "UserId", "UserName"];

fn print_skeleton(printer: &Printer, operation: &str, skeleton: &str) -> Result<(), Stop> {
    printer.print(operation, &serde_json::from_str::<Tree>(skeleton).map_err(io::Error::from)?)
}

fn passwords_of(arguments: Vec<String>) -> Result<Vec<Password<'static>>, String> {
    let passwords = shorthand::texts(arguments).map_err(|error| format!("--passwords: {error}"))?;
    Ok(passwords.into_iter().map(Password::from).collect())
}

fn tags_of(texts: &[String]) -> Result<Vec<Tag>, String> {
    shorthand::parse_each(texts, &["Key", "Value"]).map_err(|error| format!("--tags: {error}"))
}

fn mode_of(text: Option<String>) -> Result<Option<AuthenticationMode>, Stop> {
    let read = |text: String| shorthand::parse(&text, &["Type", "Passwords"]);
    Ok(text.map(read).transpose().map_err(|error| format!("--authentication-mode: {error}"))?)
}

impl GivenRequest {
    /// The request in the document; an empty request if there is no document.
    fn read<T: DeserializeOwned + Default>(self) -> Result<T, Stop> {
        if let Some(yaml) = self.cli_input_yaml {
            let named = |error: String| format!("--cli-input-yaml: {error}");
            let value = yaml::read(&document(yaml)?).map_err(named)?;
            return Ok(serde_json::from_value(value).map_err(|error| named(error.to_string()))?);
        }
        let Some(json) = self.cli_input_json else { return Ok(T::default()) };
        Ok(serde_json::from_str(&document(json)?).map_err(|error| format!("--cli-input-json: {error}"))?)
    }

    /// The skeleton of a request, if the user wants one. In YAML it marks the required parameters.
    fn input_skeleton(&self, json: &str, required: &[&str]) -> Result<Option<String>, Stop> {
        match self.generate_cli_skeleton {
            Some(Skeleton::Input) => Ok(Some(json.to_owned())),
            Some(Skeleton::YamlInput) => {
                let tree: Tree = serde_json::from_str(json).map_err(io::Error::from)?;
                let marked = |line: &str| match line.split_once(':') {
                    Some((name, _)) if required.contains(&name) => format!("{line}  # [REQUIRED]"),
                    _ => line.to_owned(),
                };
                Ok(Some(yaml::lines(&tree).lines().map(marked).collect::<Vec<_>>().join("\n")))
            }
            Some(Skeleton::Output) | None => Ok(None),
        }
    }
}

/// The argument itself, or the contents of the file that `file://` names.
fn document(argument: String) -> Result<String, String> {
    match argument.strip_prefix("file://") {
        Some(path) => fs::read_to_string(path).map_err(|error| format!("{path}: {error}")),
        None => Ok(argument),
    }
}

impl State {
    fn open(&self) -> Result<Stored, String> {
        let text = match &self.state {
            None => None,
            Some(path) => read_state(path, self.save)?,
        };
        let mut account = match (&self.state, &text) {
            (Some(path), Some(text)) => parse_account(path, text)?,
            _ => Account::default(),
        };
        if let (Some(region), account_id) = (&self.region, &self.account_id) {
            account = account.with_place(Place {
                region: region.clone(),
                account_id: account_id.clone().unwrap_or(Place::default().account_id),
                ..Place::default()
            });
        }
        let answers = match self.answers {
            AnswersArgument::Documented => Answers::Documented,
            AnswersArgument::Observed => Answers::Observed,
        };
        let save_to = self.state.clone().filter(|_| self.save).map(|path| (path, text));
        Ok(Stored { account: account.with_answers(answers), save_to })
    }
}

/// A file that is to be written may still be missing.
fn read_state(path: &Path, to_be_written: bool) -> Result<Option<String>, String> {
    match fs::read_to_string(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound && to_be_written => Ok(None),
        text => text.map(Some).map_err(|error| format!("{}: {error}", path.display())),
    }
}

fn parse_account(path: &Path, text: &str) -> Result<Account, String> {
    serde_json::from_str(text).map_err(|error| {
        format!("{}: {error}; it should be what `aws elasticache describe-users` prints", path.display())
    })
}

impl Stored {
    /// Writes the account as it will be once its changes are through: all of it, or not at all.
    fn save(mut self) -> Result<(), String> {
        let Some((path, old)) = self.save_to else { return Ok(()) };
        self.account.settle();
        let save = |text: String| match old {
            Some(old) => files::rewrite(&path, old.as_bytes(), text.as_bytes()),
            None => files::create(&path, text.as_bytes()),
        };
        aws_text(&self.account).and_then(save).map_err(|error| format!("{}: {error}", path.display()))
    }
}

/// As the AWS CLI prints it: four spaces of indentation.
fn aws_text(value: &impl Serialize) -> io::Result<String> {
    let mut text = Vec::new();
    let formatter = serde_json::ser::PrettyFormatter::with_indent(b"    ");
    value.serialize(&mut serde_json::Serializer::with_formatter(&mut text, formatter))?;
    text.push(b'\n');
    String::from_utf8(text).map_err(io::Error::other)
}

/// Prints AWS's line as the AWS CLI does, after a caveat if the text was not observed. Then come all problems, each
/// with its place and certainty.
fn finish(answered: Result<(), Stop>) -> io::Result<Outcome> {
    match answered {
        Ok(()) => Ok(Outcome::Fine),
        Err(Stop::Output(error)) => Err(error),
        Err(Stop::BadInput(message)) => {
            output::error(message, None)?;
            Ok(Outcome::BadInput)
        }
        Err(Stop::Fault(fault)) => {
            print_fault(&fault)?;
            Ok(if fault.code().is_some() { Outcome::Fault } else { Outcome::NotSent })
        }
    }
}

fn print_fault(fault: &Fault) -> io::Result<()> {
    let mut to = anstream::stderr().lock();
    if let Some(caveat) = fault.problems().first().certainty().caveat() {
        writeln!(to, "{caveat}")?;
    }
    writeln!(to, "\n{fault}\n")?;
    for problem in fault.problems().iter() {
        let code = problem.code().map_or("not sent".into(), |code| format!("{code:?}"));
        let certainty = format!("{:?}", problem.certainty()).to_lowercase();
        writeln!(to, "{}: {problem}", problem.member())?;
        writeln!(to, "  = {code}, {certainty}")?;
        match (problem.report(), problem.help()) {
            (Some(report), _) => writeln!(to, "{}", indented(&report))?,
            (None, Some(help)) => writeln!(to, "  = help: {help}")?,
            (None, None) => {}
        }
    }
    Ok(())
}

fn indented(report: &Report) -> String {
    format!("  {}", format!("{report:#}").replace('\n', "\n  "))
}
