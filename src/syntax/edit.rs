//! Access strings with other rules, and as little other text as possible.

use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::{String, ToString};

use super::{AccessString, Rule};
use crate::span::Span;

/// Edits keep what they do not touch byte for byte, passwords and blanks included.
impl AccessString<'_> {
    /// The place of the first rule that says the same, wherever and however it is written.
    ///
    /// ```
    /// # use redis_acl::{AccessString, Rule};
    /// let string = AccessString::parse("on allkeys +@read")?;
    /// assert_eq!(string.position(&Rule::parse("~*").unwrap()), Some(1));
    /// # Ok::<(), redis_acl::ParseErrors>(())
    /// ```
    #[must_use]
    pub fn position(&self, rule: &Rule<'_>) -> Option<usize> {
        self.rules().iter().position(|other| other.kind == rule.kind)
    }

    /// The string without a rule, and without the blanks before it.
    ///
    /// ```
    /// # use redis_acl::AccessString;
    /// let string = AccessString::parse("on  ~a* +get")?;
    /// assert_eq!(string.without(1).text(), "on +get");
    /// # Ok::<(), redis_acl::ParseErrors>(())
    /// ```
    ///
    /// # Panics
    /// When there is no such rule.
    #[must_use]
    pub fn without(&self, place: usize) -> AccessString<'static> {
        let rules = self.rules();
        let span = match place {
            0 => {
                Span::new(rules[0].span.start, rules.get(1).map_or(rules[0].span.end, |next| next.span.start))
            }
            _ => Span::new(rules[place - 1].span.end, rules[place].span.end),
        };
        self.edited(span, "")
    }

    /// The string with another rule in the place of one.
    ///
    /// ```
    /// # use redis_acl::{AccessString, Rule};
    /// let string = AccessString::parse("on  ~a* +get")?;
    /// assert_eq!(string.with(1, &Rule::parse("%R~a*").unwrap()).text(), "on  %R~a* +get");
    /// # Ok::<(), redis_acl::ParseErrors>(())
    /// ```
    ///
    /// # Panics
    /// When there is no such rule.
    #[must_use]
    pub fn with(&self, place: usize, rule: &Rule<'_>) -> AccessString<'static> {
        self.edited(self.rules()[place].span, &rule.to_string())
    }

    /// The string with a rule more, before the one at that place; at the end where the place is the number of rules.
    ///
    /// ```
    /// # use redis_acl::{AccessString, Rule};
    /// let string = AccessString::parse("on +get")?;
    /// let rule = Rule::parse("~a*").unwrap();
    /// assert_eq!(string.with_inserted(1, &rule).text(), "on ~a* +get");
    /// assert_eq!(string.with_inserted(2, &rule).text(), "on +get ~a*");
    /// # Ok::<(), redis_acl::ParseErrors>(())
    /// ```
    ///
    /// # Panics
    /// When the place is behind the end.
    #[must_use]
    pub fn with_inserted(&self, place: usize, rule: &Rule<'_>) -> AccessString<'static> {
        let rules = self.rules();
        match (rules.get(place), rules.last()) {
            (Some(next), _) => self.edited(Span::new(next.span.start, next.span.start), &format!("{rule} ")),
            (None, Some(last)) => {
                assert!(place == rules.len(), "{} rules have no place {place}", rules.len());
                self.edited(Span::new(last.span.end, last.span.end), &format!(" {rule}"))
            }
            (None, None) => self.edited(Span::new(0, self.text().len()), &rule.to_string()),
        }
    }

    fn edited(&self, span: Span, new: &str) -> AccessString<'static> {
        let mut text: String = self.text().to_owned();
        text.replace_range(span.range(), new);
        let (string, errors) = AccessString::scan(&text);
        debug_assert!(errors.is_empty(), "a rule takes the place of a rule");
        string.into_owned()
    }
}
