//! Users as text: the canonical forms of servers and services.

mod categories;

use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt::{self, Display, Formatter};

use crate::access::Effect;
use crate::catalog::Category;
use crate::dialect::{Algorithm, Dialect, Feature, Form, NewChannels};
use crate::user::{ChannelSource, Databases, LoggedRule, SanitizePayload, Selector, Subject, User};

/// A form cannot express what the user is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.message())]
pub struct FormError {
    form: Form,
    dialect: Dialect,
}

impl FormError {
    fn message(&self) -> String {
        let Self { form, dialect } = self;
        match form {
            Form::Documented => {
                format!("the {form} form has no channels, and {dialect} has; Redis 6.0 can be printed so")
            }
            _ => format!(
                "the {form} form has channels, and {dialect} has none; Redis 6.2 and later can be printed so"
            ),
        }
    }
}

impl User {
    /// The user in one of the canonical forms, whichever its dialect is.
    ///
    /// ```
    /// use redis_acl::{Engine, Form, User};
    ///
    /// let user = User::parse(Engine::Redis7_2, "on ~app:* +@read")?;
    /// assert_eq!(user.describe(Form::Server)?, "on sanitize-payload ~app:* resetchannels -@all +@read");
    /// assert_eq!(user.describe(Form::Observed)?, "on ~app:* -@all +@read");
    /// assert_eq!(user.describe(Form::MemoryDb)?, "on ~app:* resetchannels -@all +@read");
    /// assert!(user.describe(Form::Documented).is_err());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// When the form belongs to engines with channels and this one has none, or the other way round.
    pub fn describe(&self, form: Form) -> Result<String, FormError> {
        let (dialect, has_channels) = (self.dialect(), self.dialect().quirks().has(Feature::Channels));
        let fits = match form {
            Form::Server => true,
            Form::Documented => !has_channels,
            Form::Observed | Form::MemoryDb => has_channels,
        };
        if fits { Ok(self.in_form(form)) } else { Err(FormError { form, dialect }) }
    }

    fn in_form(&self, form: Form) -> String {
        let style = Style::of(form, self);
        let mut line = Line { text: String::with_capacity(512), begins: true };
        line.push(if self.is_enabled() { "on" } else { "off" });
        if self.accepts_any_password() {
            line.push("nopass");
        }
        match self.sanitize_payload() {
            Some(SanitizePayload::Skip) => line.push("skip-sanitize-payload"),
            Some(SanitizePayload::Sanitize) if style.sanitize => line.push("sanitize-payload"),
            _ => {}
        }
        for hash in self.password_hashes() {
            line.push_joined("#", &hash.to_string());
        }
        line.push_selector(self.root(), self, &style, style.root_channels);
        for selector in self.selectors().skip(1) {
            line.push("(");
            line.begins = true;
            line.push_selector(selector, self, &style, style.channels);
            line.text.push(')');
        }
        line.text
    }
}

impl Display for User {
    /// The canonical form of its dialect, [`Dialect::form`]: in `ACL LIST` what follows `user NAME `.
    ///
    /// Applied to a new user, the text gives the same user again, but for two things that servers
    /// themselves cannot write back: quotes, or a `)` at the end of a pattern, in a selector, and patterns
    /// behind `%RW~*`.
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.pad(&self.in_form(self.dialect().form()))
    }
}

/// What a form shows.
struct Style {
    /// Whether `sanitize-payload` is shown.
    sanitize: bool,
    root_channels: ShowChannels,
    /// In selectors.
    channels: ShowChannels,
    algorithm: Algorithm,
    /// Whether `alldbs` is shown.
    all_databases: bool,
}

#[derive(Clone, Copy, PartialEq)]
enum ShowChannels {
    /// The engine has none, or the cluster's `acl-pubsub-default` decides.
    Never,
    /// Not when there are no channel rules.
    IfAny,
    Always,
}

impl Style {
    fn of(form: Form, user: &User) -> Self {
        let quirks = user.dialect().quirks();
        let channels = match quirks.new_channels {
            NewChannels::Unchecked => ShowChannels::Never,
            _ => ShowChannels::Always,
        };
        let (root_channels, algorithm) = match form {
            Form::Server => (channels, quirks.algorithm),
            Form::Documented => (channels, Algorithm::A),
            // A reading of what was observed: a string that Redis 6.0 could read shows no channels.
            Form::Observed if user.needs_syntax_after_6_0() => (channels, Algorithm::D),
            Form::Observed if leaves_channels_to_cluster(user) => (ShowChannels::Never, Algorithm::D),
            Form::Observed => (ShowChannels::IfAny, Algorithm::D),
            Form::MemoryDb => (channels, Algorithm::D),
        };
        let is_server = form == Form::Server;
        let all_databases = is_server && quirks.prints_all_databases;
        Self { sanitize: is_server, root_channels, channels, algorithm, all_databases }
    }
}

/// Whether no rule names channels, and ElastiCache reads back none either.
fn leaves_channels_to_cluster(user: &User) -> bool {
    let by_read_back = matches!(user.dialect().quirks().new_channels, NewChannels::ByReadBack(_));
    by_read_back && user.root().channel_source() == ChannelSource::Default
}

/// Words with a space between them.
struct Line {
    text: String,
    /// Whether the next word is the first one, of all or between parentheses.
    begins: bool,
}

impl Line {
    /// A word, or the beginning of one.
    fn push(&mut self, word: &str) {
        self.space();
        self.text.push_str(word);
    }

    fn space(&mut self) {
        if !core::mem::take(&mut self.begins) {
            self.text.push(' ');
        }
    }

    /// A word of two parts.
    fn push_joined(&mut self, sign: &str, body: &str) {
        self.push(sign);
        self.text.push_str(body);
    }

    fn push_category(&mut self, effect: Effect, category: Category) {
        self.space();
        self.text.extend([effect.sign(), '@']);
        self.text.push_str(category.name());
    }

    fn push_command(&mut self, effect: Effect, name: &str) {
        self.space();
        self.text.push(effect.sign());
        self.text.push_str(name);
    }

    /// The first argument of the command before it.
    fn push_argument(&mut self, argument: &str) {
        self.text.push('|');
        self.text.push_str(argument);
    }

    /// `ACLDescribeSelector`
    fn push_selector(&mut self, selector: &Selector, user: &User, style: &Style, channels: ShowChannels) {
        self.push_keys(selector);
        self.push_channels(selector, channels);
        self.push_databases(selector, style);
        match style.algorithm {
            Algorithm::D => self.push_rules(selector, user),
            counted => categories::describe(self, &selector.commands, user.catalog(), counted),
        }
    }

    fn push_keys(&mut self, selector: &Selector) {
        if selector.keys.are_all() {
            self.push("~*");
        }
        for (pattern, access) in selector.keys.iter() {
            self.push_joined(access.prefix(), pattern);
        }
    }

    fn push_channels(&mut self, selector: &Selector, show: ShowChannels) {
        let patterns = selector.channels.iter();
        match show {
            ShowChannels::Never => return,
            _ if selector.channels.are_all() => return self.push("&*"),
            ShowChannels::IfAny if patterns.len() == 0 => return,
            _ => self.push("resetchannels"),
        }
        for pattern in patterns {
            self.push_joined("&", pattern);
        }
    }

    /// Nothing for all of them, except on Valkey 9.1.0.
    fn push_databases(&mut self, selector: &Selector, style: &Style) {
        let Databases::Listed(ids) = &selector.databases else {
            if style.all_databases {
                self.push("alldbs");
            }
            return;
        };
        let ids: Vec<_> = ids.iter().map(u32::to_string).collect();
        match ids.is_empty() {
            true => self.push("resetdbs"),
            false => self.push_joined("db=", &ids.join(",")),
        }
    }

    /// Algorithm D: the rules as they were given.
    fn push_rules(&mut self, selector: &Selector, user: &User) {
        let catalog = user.catalog();
        self.push_base(selector.commands.allows_future());
        for LoggedRule { effect, subject } in selector.commands.rules(catalog) {
            match subject {
                Subject::Category(category) => self.push_category(*effect, *category),
                Subject::Command(id) => self.push_command(*effect, catalog.name(*id)),
                Subject::FirstArgument(id, argument) => {
                    self.push_command(*effect, catalog.name(*id));
                    self.push_argument(argument);
                }
            }
        }
    }

    /// `+@all` or `-@all`, which every description begins with.
    fn push_base(&mut self, future: bool) {
        self.push(if future { "+@all" } else { "-@all" });
    }
}
