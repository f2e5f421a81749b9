//! The shortest string that means the same.

mod meaning;
mod patterns;
mod rules;
mod search;

use alloc::borrow::ToOwned;
use alloc::collections::BTreeMap;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use meaning::{ChannelUse, as_patterns, channel_use, covers, root_channel_use, same_meaning};
use meaning::{skips_sanitizing, telling_selectors};
use patterns::Patterns;

use crate::access::KeyAccess;
use crate::catalog::Catalog;
use crate::dialect::{Dialect, NewChannels};
use crate::syntax::{AccessString, DatabaseIds, RuleKind, in_selector};
use crate::user::{ApplyErrors, ChannelSource, Channels, Commands, Databases, Keys, Selector, User};

/// An access string that means exactly what the user is, as short as was found, in the order in which people
/// write: `on ~key &channel -@all +@category +command (selector)`.
///
/// ```
/// use redis_acl::compare::simplify;
/// use redis_acl::{Dialect, Engine, User};
///
/// // what ElastiCache answered
/// let elasticache: Dialect = "elasticache".parse()?;
/// let user = User::parse(elasticache, "on ~app::* -@all +@read +@hash +@bitmap +@geo -setbit -bitfield -hset \
///     -hsetnx -hmset -hincrby -hincrbyfloat -hdel -bitop -geoadd -georadius -georadiusbymember")?;
/// assert_eq!(simplify(&user), "on ~app::* -@all +@read");
///
/// let rules = "on ~app:1 ~app:* +get +config -config|set (~app:2 +get)";
/// let user = User::parse(Engine::Redis7_2, rules)?;
/// assert_eq!(simplify(&user), "on ~app:* -@all +config +get -config|set");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// It is never longer than the canonical form, `user.to_string()`. Applied to a new user it gives the same login
/// and allows the same requests: each answer is read again and compared before it is given, and would be the
/// canonical form if it meant anything else. What it is not made for is to be told apart by rules that come
/// later: a `-get` takes with it what a dropped selector would still have allowed.
///
/// - `+@all` stays and `-@all` stays: the one grants commands to come, a list of all commands does not.
/// - Patterns go whose keys others reach with at least the same permission. A channel pattern goes only where
///   the selector does not allow `PSUBSCRIBE`, which asks for a pattern of that very text, nor commands to come.
/// - Selectors go that another one covers, or that allow nothing. The user's own keys and channels are written
///   also where no command looks at them: rules that come later build on them.
/// - A new user's defaults are not written: `sanitize-payload`, all databases, all channels or none.
/// - Where a canonical form cannot be read back (quotes, or a `)` at the end of a pattern, in a selector;
///   `%RW~*`), the answer may be longer than it. First arguments with white space, which only Redis before 7.2
///   takes, cannot be written on a line: then it is the canonical form.
#[must_use]
pub fn simplify(user: &User) -> String {
    let draft = Draft::of(user);
    draft.proven(user, draft.explicit()).unwrap_or(draft.canonical)
}

/// The same for a text, which is never made longer. Where it takes that, `off` or `-@all` is left out, or both:
/// new users begin with them. `off` goes first, unless the text itself says it. Where the text is still shorter,
/// it is the text.
///
/// Passwords are no part of the answer, their hashes are, and length is measured as if the text held these.
///
/// ```
/// use redis_acl::compare::simplify_string;
/// use redis_acl::{AccessString, Engine};
///
/// let simplified = |text| simplify_string(&AccessString::parse(text).unwrap(), Engine::Redis7_2);
/// assert_eq!(simplified("on allkeys resetkeys ~a +@read +get")?, "on ~a -@all +@read");
/// assert_eq!(simplified("on ~a +@read")?, "on ~a +@read");
/// # Ok::<(), redis_acl::ApplyErrors>(())
/// ```
///
/// # Errors
/// When the dialect refuses the text: see [`ApplyErrors`].
pub fn simplify_string(
    string: &AccessString<'_>,
    dialect: impl Into<Dialect>,
) -> Result<String, ApplyErrors> {
    let user = User::parse(dialect, string.text())?;
    let given = string.with_hashes();
    let draft = Draft::of(&user);
    let mut texts = [draft.explicit(), draft.without_off(), draft.without_base(), draft.without_defaults()];
    if string.rules().iter().any(|rule| rule.kind == RuleKind::Off) {
        texts.swap(1, 2);
    }
    let short_enough = texts.into_iter().filter(|text| text.len() <= given.len());
    let proven = short_enough.into_iter().find_map(|text| draft.proven(&user, text));
    Ok(proven.unwrap_or(match draft.canonical_is_same && draft.canonical.len() < given.len() {
        true => draft.canonical,
        false => given,
    }))
}

/// A user as rules.
struct Draft {
    switch: &'static str,
    /// Up to the command rules.
    head: Vec<String>,
    base: &'static str,
    /// Command rules and selectors.
    tail: Vec<String>,
    canonical: String,
    canonical_is_same: bool,
}

impl Draft {
    fn of(user: &User) -> Self {
        let canonical = user.to_string();
        let printed = User::parse_with(user.catalog(), &canonical).ok().filter(|printed| printed == user);
        let mut head = flags(user);
        head.extend(reach_of(user.root(), user, root_channel_use(user)));
        let mut tail = rules_of(user.root(), printed.as_ref().map(User::root), user.catalog());
        tail.extend(selectors(user, printed.as_ref()));
        Self {
            switch: if user.is_enabled() { "on" } else { "off" },
            head,
            base: base(&user.root().commands),
            tail,
            canonical,
            canonical_is_same: printed.is_some(),
        }
    }

    fn explicit(&self) -> String {
        self.joined([self.switch], [self.base])
    }

    fn without_off(&self) -> String {
        self.joined(given(self.switch, "off"), [self.base])
    }

    fn without_base(&self) -> String {
        self.joined([self.switch], given(self.base, "-@all"))
    }

    fn without_defaults(&self) -> String {
        self.joined(given(self.switch, "off"), given(self.base, "-@all"))
    }

    fn joined<'d>(
        &'d self,
        switch: impl IntoIterator<Item = &'d str>,
        base: impl IntoIterator<Item = &'d str>,
    ) -> String {
        let head = self.head.iter().map(String::as_str);
        let words: Vec<_> =
            switch.into_iter().chain(head).chain(base).chain(self.tail.iter().map(String::as_str)).collect();
        words.join(" ")
    }

    /// The text, if it means what the user is and is not longer than the canonical form.
    fn proven(&self, user: &User, text: String) -> Option<String> {
        let is_longer = self.canonical_is_same && text.len() > self.canonical.len();
        let means_the_same =
            || User::parse_with(user.catalog(), &text).is_ok_and(|again| same_meaning(user, &again));
        (!is_longer && means_the_same()).then_some(text)
    }
}

/// The word, unless a new user is so without it.
fn given<'w>(word: &'w str, default: &str) -> Option<&'w str> {
    Some(word).filter(|word| *word != default)
}

fn base(commands: &Commands) -> &'static str {
    if commands.allows_future() { "+@all" } else { "-@all" }
}

fn flags(user: &User) -> Vec<String> {
    let any_password = user.accepts_any_password().then(|| "nopass".to_owned());
    let skip = skips_sanitizing(user).then(|| "skip-sanitize-payload".to_owned());
    let hashes = user.password_hashes().map(|hash| format!("#{hash}"));
    any_password.into_iter().chain(skip).chain(hashes).collect()
}

/// Keys, channels and databases.
fn reach_of(selector: &Selector, user: &User, channel_use: ChannelUse) -> Vec<String> {
    let mut words = keys(&selector.keys);
    words.extend(channels(&selector.channels, user.dialect().quirks().new_channels, channel_use));
    words.extend(databases(&selector.databases));
    words
}

/// `*` is kept where it can be read: `SORT` looks for its text.
fn keys(keys: &Keys) -> Vec<String> {
    if keys.are_all() {
        return vec!["~*".to_owned()];
    }
    let is_needed = |pattern: &str, access: KeyAccess| pattern == "*" && access.includes(KeyAccess::Read);
    let needed = Patterns::new(keys.iter()).needed(is_needed).into_iter();
    let word = |(pattern, access)| match (pattern, access) {
        ("*", KeyAccess::ReadWrite) => "%RW~*".to_owned(), // `~*` also reaches the empty key
        (pattern, access) => format!("{}{pattern}", access.prefix()),
    };
    needed.map(word).collect()
}

fn channels(channels: &Channels, new: NewChannels, channel_use: ChannelUse) -> Vec<String> {
    let needed = match channel_use {
        ChannelUse::None => Vec::new(),
        ChannelUse::Matched => Patterns::new(as_patterns(channels)).needed(|_, _| false),
        ChannelUse::Compared => as_patterns(channels).collect(),
    };
    let patterns = needed.into_iter().map(|(pattern, _)| format!("&{pattern}"));
    match (new, channels.are_all()) {
        (NewChannels::Unchecked, _) | (NewChannels::All, true) => Vec::new(),
        // the cluster's setting can be changed: a string that names all channels goes on to do so
        (NewChannels::ByReadBack(_), true) if channels.source() == ChannelSource::Default => Vec::new(),
        (NewChannels::None | NewChannels::ByReadBack(_), true) if channel_use == ChannelUse::None => {
            Vec::new()
        }
        (NewChannels::None | NewChannels::ByReadBack(_), true) => vec!["&*".to_owned()],
        (NewChannels::None | NewChannels::ByReadBack(_), false) => patterns.collect(),
        (NewChannels::All, false) => core::iter::once("resetchannels".to_owned()).chain(patterns).collect(),
    }
}

fn databases(databases: &Databases) -> Option<String> {
    match databases {
        Databases::All => None,
        Databases::Listed(ids) if ids.is_empty() => Some("resetdbs".to_owned()),
        Databases::Listed(ids) => Some(RuleKind::Databases(DatabaseIds::new(ids.clone())).to_string()),
    }
}

fn rules_of(selector: &Selector, printed: Option<&Selector>, catalog: &Catalog) -> Vec<String> {
    let printed = printed.map(|printed| &printed.commands);
    let rules = rules::shortest(&selector.commands, printed, catalog);
    rules.iter().map(|rule| rules::text(rule, catalog)).collect()
}

// ---------------------------------------------------------------------------------------------------
// Selectors

/// How many pairs of selectors are compared at a time.
const PAIRS: usize = 20_000;

/// How often: what was too many pairs may be few when some are gone.
const ROUNDS: usize = 8;

/// The further selectors that allow what no other one does, each as a rule.
fn selectors(user: &User, printed: Option<&User>) -> Vec<String> {
    let mut needed = telling_selectors(user);
    for _ in 0..ROUNDS {
        if !drop_covered(&mut needed, user) {
            break;
        }
    }
    let printed = printed.map(User::further_selectors).unwrap_or_default().iter();
    let printed: BTreeMap<_, _> = printed.map(|selector| (selector.identity(), selector)).collect();
    let of = |selector: &Selector| printed.get(&selector.identity()).copied();
    needed.into_iter().map(|selector| selector_rule(selector, of(selector), user)).collect()
}

/// Drops selectors that another one or the user's own rules cover, the last ones first.
fn drop_covered(selectors: &mut Vec<&Selector>, user: &User) -> bool {
    let (count, mut pairs) = (selectors.len(), PAIRS);
    for place in (0..count).rev() {
        let others =
            selectors.iter().enumerate().filter(|(other, _)| *other != place).map(|(_, other)| *other);
        let mut others = core::iter::once(user.root()).chain(others).take(pairs);
        pairs = pairs.saturating_sub(selectors.len());
        if others.any(|by| covers(by, selectors[place], user.catalog())) {
            selectors.remove(place);
        }
    }
    selectors.len() < count
}

/// A selector begins with no commands, whoever the user is, so `-@all` is never written in it.
fn selector_rule(selector: &Selector, printed: Option<&Selector>, user: &User) -> String {
    let catalog = user.catalog();
    let mut words = reach_of(selector, user, channel_use(&selector.commands, catalog));
    words.extend(given(base(&selector.commands), "-@all").map(str::to_owned));
    words.extend(rules_of(selector, printed, catalog));
    let words: Vec<_> = words.into_iter().map(|word| in_selector(&word)).collect();
    format!("({})", words.join(" "))
}
