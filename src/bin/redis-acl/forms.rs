//! Access strings and files of users in another form, proven to mean the same.

use std::collections::BTreeMap;
use std::ops::Range;

use redis_acl::compare::simplify_string;
use redis_acl::file::{Format, Line, UserLine};
use redis_acl::quoting::quoted;
use redis_acl::{
    AccessString, AclFile, ApplyErrors, Catalog, Dialect, Form, PasswordHash, Rule, RuleKind, User, compare,
};

/// What texts are put into.
#[derive(Clone, Copy)]
pub(crate) struct Target {
    pub(crate) form: TargetForm,
    pub(crate) passwords: Passwords,
}

#[derive(Clone, Copy, PartialEq)]
pub(crate) enum TargetForm {
    /// What the server or service prints.
    Canonical,
    /// The shortest string that means the same.
    Simplified,
}

/// What becomes of passwords in clear.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Passwords {
    Kept,
    Hashed,
}

/// Why a text stays as it is.
#[derive(Debug)]
pub(crate) enum Left {
    /// The dialect refuses it.
    Refused(Box<ApplyErrors>),
    /// No text of the form was found that is read as the same user.
    NotProven,
}

/// So often a form may change when it is put into itself before it is given up.
const ROUNDS: usize = 4;

/// What stands around an access string and is no part of it.
const BLANKS: [char; 4] = [' ', '\t', '\r', '\n'];

impl Target {
    /// An access string in the form; what stands around it is kept. An empty one stays empty.
    pub(crate) fn string(self, text: &str, dialect: Dialect) -> Result<String, Left> {
        let mut settled = self.string_once(text, dialect)?;
        for _ in 0..ROUNDS {
            let again = self.string_once(&settled, dialect)?;
            if again == settled {
                return Ok(settled);
            }
            settled = again;
        }
        Err(Left::NotProven)
    }

    fn string_once(self, text: &str, dialect: Dialect) -> Result<String, Left> {
        let user = User::parse(dialect, text).map_err(|errors| Left::Refused(Box::new(errors)))?;
        let core = text.trim_matches(BLANKS);
        let string = AccessString::parse(core).map_err(|_| Left::NotProven)?;
        if string.rules().is_empty() {
            return Ok(text.to_owned());
        }
        let form = match self.form {
            TargetForm::Canonical => user.to_string(),
            TargetForm::Simplified => simplified(&string, dialect)?,
        };
        let written = self.written_passwords(string.rules(), |range| core.get(range));
        let form = with_passwords(&form, &written, str::to_owned);
        let (before, behind) = text.split_at(text.len() - text.trim_start_matches(BLANKS).len());
        let formed = format!("{before}{form}{}", &behind[core.len()..]);
        let is_same = User::parse(dialect, &formed).is_ok_and(|again| mean_the_same(&again, &user));
        if is_same { Ok(formed) } else { Err(Left::NotProven) }
    }

    /// The edits of a file that put the rules of its users into the form, and the lines whose rules stay as they
    /// are though they are not in it. The file must be without errors.
    pub(crate) fn file(self, bytes: &[u8], file: &AclFile, catalog: &Catalog) -> FileForm {
        let mut formed = FileForm::default();
        if file.format() == Format::List {
            return formed;
        }
        let mut lines: Vec<_> = (0..).zip(file.lines()).collect();
        lines.retain(|(_, line)| line.user().is_some());
        for (index, line) in lines {
            match self.line(bytes, file, line) {
                Ok(None) => {}
                Ok(Some(edit)) => formed.edits.push(LineEdit { index, line: line.number(), ..edit }),
                Err(_) => formed.left.push(line.number()),
            }
        }
        formed.keep_what_is_proven(bytes, file, catalog);
        formed
    }

    fn line(self, bytes: &[u8], file: &AclFile, line: &Line) -> Result<Option<LineEdit>, Left> {
        let Some((user_line, user)) = line.user().and_then(|of| Some((of, of.user()?))) else {
            return Ok(None);
        };
        let range = user_line.rules_span().range();
        let old = std::str::from_utf8(&bytes[range.clone()]).map_err(|_| Left::NotProven)?;
        if line_bytes(bytes, line).contains(&0) {
            return Err(Left::NotProven);
        }
        let form = match self.form {
            TargetForm::Canonical => server_form(user),
            TargetForm::Simplified if user_line.rules().is_empty() => return Ok(None),
            TargetForm::Simplified => self.simplified_line(user_line, file.dialect())?,
        };
        let word = |word: &str| match file.format() {
            Format::Config => quoted(word.as_bytes()),
            _ => word.to_owned(),
        };
        let written = self.written_passwords(user_line.rules(), |range| {
            std::str::from_utf8(bytes.get(range)?).ok()
        });
        let form = with_passwords(&form, &written, word);
        // where there are no rules they begin behind the name
        let form = if old.is_empty() { format!(" {form}") } else { form };
        Ok((form != old).then_some(LineEdit { range, text: form, line: 0, index: 0 }))
    }

    /// The rules without quotes and in their usual spelling are the text that is simplified.
    fn simplified_line(self, line: &UserLine, dialect: Dialect) -> Result<String, Left> {
        let rules: Vec<_> = line.rules().iter().map(without_password).collect();
        let mut text = rules.join(" ");
        for _ in 0..ROUNDS {
            let string = AccessString::parse(&text).map_err(|_| Left::NotProven)?;
            let again = simplified(&string, dialect)?;
            if again == text {
                return Ok(text);
            }
            text = again;
        }
        Err(Left::NotProven)
    }

    /// How each password is written, by its hash; nothing if hashes shall stand there.
    fn written_passwords<'t>(
        self,
        rules: &[Rule<'_>],
        text: impl Fn(Range<usize>) -> Option<&'t str>,
    ) -> BTreeMap<String, &'t str> {
        let written = |rule: &Rule<'_>| match &rule.kind {
            RuleKind::AddPassword(password) => Some((hash_rule(password.hash()), text(rule.span.range())?)),
            _ => None,
        };
        match self.passwords {
            Passwords::Hashed => BTreeMap::new(),
            Passwords::Kept => rules.iter().filter_map(written).collect(),
        }
    }
}

/// The edits of a file of users.
#[derive(Default)]
pub(crate) struct FileForm {
    pub(crate) edits: Vec<LineEdit>,
    /// The numbers of the lines that stay as they are, though they are not in the form.
    pub(crate) left: Vec<usize>,
}

/// Other rules for a line.
#[derive(Clone)]
pub(crate) struct LineEdit {
    pub(crate) range: Range<usize>,
    pub(crate) text: String,
    /// Its number.
    pub(crate) line: usize,
    /// Which of the lines it is.
    index: usize,
}

impl FileForm {
    /// The file with the edits made.
    pub(crate) fn applied(&self, bytes: &[u8]) -> Vec<u8> {
        let (mut written, mut at) = (Vec::with_capacity(bytes.len()), 0);
        for edit in &self.edits {
            written.extend_from_slice(&bytes[at..edit.range.start]);
            written.extend_from_slice(edit.text.as_bytes());
            at = edit.range.end;
        }
        written.extend_from_slice(&bytes[at..]);
        written
    }

    /// Takes back the edits of lines that are not read as the same user, until all that are left are.
    fn keep_what_is_proven(&mut self, bytes: &[u8], old: &AclFile, catalog: &Catalog) {
        while !self.edits.is_empty() {
            let written = self.applied(bytes);
            let new = AclFile::parse_with(&written, catalog, old.format());
            let is_proven = |index: usize| match (old.lines().get(index), new.lines().get(index)) {
                (Some(old), Some(new)) => same_line(old, new),
                _ => false,
            };
            let shape_is_kept = old.lines().len() == new.lines().len();
            let before = self.edits.len();
            let left = &mut self.left;
            self.edits.retain(|edit| {
                let is_kept = shape_is_kept && is_proven(edit.index);
                if !is_kept {
                    left.push(edit.line);
                }
                is_kept
            });
            if self.edits.len() == before {
                // all lines that were not edited too
                let all = (0..old.lines().len()).all(is_proven);
                if all {
                    break;
                }
                left.extend(self.edits.drain(..).map(|edit| edit.line));
            }
        }
        self.left.sort_unstable();
    }
}

fn same_line(old: &Line, new: &Line) -> bool {
    match (old.user(), new.user()) {
        (None, None) => new.errors().is_empty(),
        (Some(old), Some(new)) => {
            let users = old.user().zip(new.user());
            old.name() == new.name() && users.is_some_and(|(old, new)| mean_the_same(old, new))
        }
        _ => false,
    }
}

fn mean_the_same(a: &User, b: &User) -> bool {
    a == b || compare(a, b).is_equal()
}

fn line_bytes<'b>(bytes: &'b [u8], line: &Line) -> &'b [u8] {
    bytes.get(line.span().range()).unwrap_or_default()
}

/// What the services print is not for files.
fn server_form(user: &User) -> String {
    user.describe(Form::Server).unwrap_or_else(|_| user.to_string())
}

fn simplified(string: &AccessString<'_>, dialect: Dialect) -> Result<String, Left> {
    simplify_string(string, dialect).map_err(|errors| Left::Refused(Box::new(errors)))
}

fn without_password(rule: &Rule<'_>) -> String {
    match &rule.kind {
        RuleKind::AddPassword(password) => hash_rule(password.hash()),
        RuleKind::RemovePassword(password) => format!("!{}", password.hash()),
        kind => kind.to_string(),
    }
}

fn hash_rule(hash: PasswordHash) -> String {
    format!("#{hash}")
}

/// The form with passwords as they were written in the place of their hashes, and `word` made of all else.
fn with_passwords(form: &str, written: &BTreeMap<String, &str>, word: impl Fn(&str) -> String) -> String {
    let words = form.split(' ').map(|hash| match written.get(hash) {
        Some(password) => (*password).to_owned(),
        None => word(hash),
    });
    words.collect::<Vec<_>>().join(" ")
}
