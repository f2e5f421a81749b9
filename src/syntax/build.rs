//! Rules from parts. Each is read by the grammar, so that what is built is what is meant.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::sync::Arc;
use alloc::vec::Vec;

use super::grammar::Problem;
use super::{AccessString, ParseError, ParseErrorKind, Rule, RuleKind};
use crate::access::{Effect, KeyAccess};
use crate::secret::{PasswordHash, mask};
use crate::span::Span;

/// Rules without a text that they were read from. Their spans are those of their own printed text.
impl Rule<'static> {
    /// A rule that gives access to keys: `~pattern`, `%R~pattern`, `%W~pattern`.
    ///
    /// The pattern is a glob: [`glob::escape`](crate::glob::escape) makes one for a literal key. `*` for reading and
    /// writing is [`RuleKind::AllKeys`].
    ///
    /// ```
    /// use redis_acl::{KeyAccess, Rule, glob};
    ///
    /// assert_eq!(Rule::key(KeyAccess::Read, "app:*")?.to_string(), "%R~app:*");
    /// assert_eq!(Rule::key(KeyAccess::ReadWrite, &glob::escape("a*"))?.to_string(), r"~a\*");
    /// assert!(Rule::key(KeyAccess::ReadWrite, "a +@all").is_err());
    /// # Ok::<(), redis_acl::ParseError>(())
    /// ```
    ///
    /// # Errors
    /// When the pattern holds white space, or a NUL: no rule can carry it.
    pub fn key(access: KeyAccess, pattern: &str) -> Result<Self, ParseError> {
        built(format!("{}{pattern}", access.prefix()))
    }

    /// A rule that gives access to channels: `&pattern`.
    ///
    /// # Errors
    /// When the pattern holds white space, or a NUL.
    pub fn channel(pattern: &str) -> Result<Self, ParseError> {
        built(format!("&{pattern}"))
    }

    /// A rule about a command: `+get`, `-config|set`, `+select|0`.
    ///
    /// ```
    /// use redis_acl::{Effect, Rule};
    ///
    /// assert_eq!(Rule::command(Effect::Deny, "config|set")?.to_string(), "-config|set");
    /// assert!(Rule::command(Effect::Allow, "@read").is_err() && Rule::command(Effect::Allow, "get ~*").is_err());
    /// # Ok::<(), redis_acl::ParseError>(())
    /// ```
    ///
    /// # Errors
    /// When the name is empty, is a category's, or holds white space. No name is looked up: that needs an engine.
    pub fn command(effect: Effect, name: &str) -> Result<Self, ParseError> {
        let rule = built(format!("{}{name}", effect.sign()))?;
        match rule.kind {
            RuleKind::Command { .. } => Ok(rule),
            _ => Err(error(ParseErrorKind::UnknownRule, &rule.to_string())),
        }
    }

    /// A rule about a category: `+@read`, `-@dangerous`. The name is written without its `@`; `all` is
    /// [`RuleKind::AllCommands`] or [`RuleKind::NoCommands`].
    ///
    /// # Errors
    /// When the name is empty or holds white space.
    pub fn category(effect: Effect, name: &str) -> Result<Self, ParseError> {
        built(format!("{}@{name}", effect.sign()))
    }

    /// A rule that adds a password: `>password`; where a line cannot carry the password, the rule `#hash` of the same
    /// meaning.
    ///
    /// ```
    /// use redis_acl::Rule;
    ///
    /// assert_eq!(Rule::password("secret").to_string(), ">secret");
    /// assert!(Rule::password("two words").to_string().starts_with('#'));
    /// ```
    #[must_use]
    pub fn password(password: &str) -> Self {
        built(format!(">{password}")).unwrap_or_else(|_| Self::hash(PasswordHash::of(password.as_bytes())))
    }

    /// A rule that adds a password by its hash: `#…`.
    #[must_use]
    pub fn hash(hash: PasswordHash) -> Self {
        let text = format!("#{hash}");
        Self { span: Span::new(0, text.len()), body: Span::new(1, text.len()), kind: RuleKind::AddHash(hash) }
    }

    /// A rule that gives access to databases: `db=0,3` (Valkey 9.1).
    ///
    /// # Errors
    /// When there are no databases, or one has a number that no server has.
    pub fn databases(ids: impl IntoIterator<Item = u32>) -> Result<Self, ParseError> {
        let ids: Vec<_> = ids.into_iter().map(|id| id.to_string()).collect();
        built(format!("db={}", ids.join(",")))
    }

    /// A selector: `(~app:* +@read)`.
    ///
    /// ```
    /// use redis_acl::{Effect, KeyAccess, Rule};
    ///
    /// let rules = [Rule::key(KeyAccess::ReadWrite, "a)")?, Rule::command(Effect::Allow, "get")?];
    /// assert_eq!(Rule::selector(&rules)?.to_string(), r#"("~a)" +get)"#);
    /// # Ok::<(), redis_acl::ParseError>(())
    /// ```
    ///
    /// # Errors
    /// When one of the rules does not belong in a selector: `on`, a password, another selector.
    pub fn selector(rules: &[Rule<'_>]) -> Result<Self, ParseError> {
        let words: Vec<_> = rules.iter().map(|rule| super::in_selector(&rule.to_string())).collect();
        built(format!("({})", words.join(" ")))
    }

    /// A rule that is one word, or has only a hash: `on`, `allkeys`, `+@all`.
    ///
    /// ```
    /// use redis_acl::{Rule, RuleKind};
    ///
    /// assert_eq!(Rule::new(RuleKind::On).to_string(), "on");
    /// ```
    #[must_use]
    pub fn new(kind: RuleKind<'static>) -> Self {
        let whole = Span::new(0, kind.to_string().len());
        Self { span: whole, body: whole, kind }
    }
}

/// The one rule that a line holds.
fn built(text: String) -> Result<Rule<'static>, ParseError> {
    match AccessString::parse(&text) {
        Ok(string) => match string.rules() {
            [rule] if rule.span == Span::new(0, text.len()) => Ok(rule.clone().into_owned()),
            _ => Err(error(ParseErrorKind::SpaceInPattern, &text)),
        },
        Err(errors) => Err(errors.first().clone()),
    }
}

fn error(kind: ParseErrorKind, text: &str) -> ParseError {
    let whole = Span::new(0, text.len());
    ParseError::new(Problem { kind, span: whole, rule: whole }, Arc::from(mask(text)))
}

impl AccessString<'static> {
    /// A string of these rules, one blank between two.
    ///
    /// ```
    /// use redis_acl::{AccessString, Effect, KeyAccess, Rule, RuleKind};
    ///
    /// let rules = [Rule::new(RuleKind::On), Rule::key(KeyAccess::ReadWrite, "app:*")?, Rule::category(Effect::Allow, "read")?];
    /// assert_eq!(AccessString::from_rules(&rules).text(), "on ~app:* +@read");
    /// # Ok::<(), redis_acl::ParseError>(())
    /// ```
    #[must_use]
    pub fn from_rules(rules: &[Rule<'_>]) -> Self {
        let text = rules.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ");
        let (string, _) = AccessString::scan(&text);
        string.into_owned()
    }
}
