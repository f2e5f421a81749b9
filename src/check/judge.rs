//! The check itself: each function is one the servers have.

use super::{Allowed, By, Denied, Reason, Verdict};
use crate::access::KeyAccess;
use crate::catalog::{ChannelArguments, Command, DATABASES, DatabaseArguments, FoundKeys, Request};
use crate::catalog::{c_text, strict_number};
use crate::dialect::{DatabaseChecks, Quirks};
use crate::user::{Databases, Selector, User};

/// One request of a known command, before the user's selectors.
pub(super) struct Judge<'a, A> {
    user: &'a User,
    command: Command<'a>,
    request: Request<'a, A>,
    database: u32,
    quirks: &'static Quirks,
    /// Found when the first selector asks for them.
    keys: Option<FoundKeys>,
}

/// What a selector refuses; greater ones are reported rather.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Refused {
    what: What,
    index: usize,
}

/// In the order of the servers' numbers for them (`ACL_DENIED_*`).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum What {
    Database,
    Command,
    Key,
    Channel,
}

impl<'a, A: AsRef<[u8]>> Judge<'a, A> {
    #[inline]
    pub(super) fn new(user: &'a User, command: Command<'a>, request: Request<'a, A>, database: u32) -> Self {
        let quirks = user.dialect().engine().quirks();
        Self { user, command, request, database, quirks, keys: None }
    }

    /// `ACLCheckAllUserCommandPerm`, behind the arity.
    #[inline]
    pub(super) fn verdict(&mut self) -> Verdict<'a> {
        if !self.command.takes(self.request.len()) {
            return self.denied(0, Reason::WrongArity);
        }
        match self.judge(self.user.root()) {
            Ok(()) => self.allowed(0),
            Err(refused) => self.verdict_of_others(refused),
        }
    }

    /// What the selectors in parentheses say when the user's own rules refuse.
    fn verdict_of_others(&mut self, by_root: Refused) -> Verdict<'a> {
        let (mut worst, mut by) = (by_root, 0);
        for (number, selector) in (1..).zip(self.user.further_selectors()) {
            match self.judge(selector) {
                Ok(()) => return self.allowed(number),
                Err(refused) if refused > worst => (worst, by) = (refused, number),
                Err(_) => {}
            }
        }
        let reason = self.reason(worst);
        self.denied(by, reason)
    }

    /// `ACLSelectorCheckCmd`
    #[inline]
    fn judge(&mut self, selector: &Selector) -> Result<(), Refused> {
        if let Databases::Listed(_) = selector.databases {
            self.judge_databases(&selector.databases)?;
        }
        if !selector.commands.allow(self.command.id(), || self.first_argument()) && !self.is_open_to_all() {
            return Err(Refused { what: What::Command, index: 0 });
        }
        if !selector.keys.are_all() {
            self.judge_keys(selector)?;
        }
        if !selector.channels.are_all() {
            self.judge_channels(selector)?;
        }
        Ok(())
    }

    /// The databases that are named, then the current one; some commands need all there are.
    fn judge_databases(&self, databases: &Databases) -> Result<(), Refused> {
        let allowed = |id: u32| id < DATABASES && databases.allow(id);
        let refused = |index| Err(Refused { what: What::Database, index });
        let named = self.command.database_arguments();
        if let Some(index) = named.refused(self.request, allowed) {
            return refused(named.reported(index));
        }
        let fine = match named {
            DatabaseArguments::All => (0..DATABASES).all(allowed),
            DatabaseArguments::None => !self.command.is_about_data() || allowed(self.database),
            _ if self.quirks.database_checks != DatabaseChecks::NamedAndCurrent => true,
            _ => !self.command.has_keys() || allowed(self.database),
        };
        if fine { Ok(()) } else { refused(0) }
    }

    /// What a rule `+command|first-argument` is compared with.
    #[inline]
    fn first_argument(&self) -> Option<&'a [u8]> {
        self.request.get(if self.command.is_subcommand() { 2 } else { 1 })
    }

    #[inline]
    fn is_open_to_all(&self) -> bool {
        self.command.is_open_to_all(self.quirks)
    }

    #[inline]
    fn judge_keys(&mut self, selector: &Selector) -> Result<(), Refused> {
        let (command, request) = (self.command, self.request);
        let runs = self.keys.get_or_insert_with(|| command.find_keys(request));
        for run in runs.as_slice() {
            let needs = run.flags.needs();
            for index in run.places() {
                let key = request.get(index).unwrap_or_default();
                if !selector.keys.allow(key, needs) {
                    return Err(Refused { what: What::Key, index });
                }
            }
        }
        Ok(())
    }

    /// `ACLCheckChannelAgainstList`: channels are matched, patterns must be equal.
    #[inline]
    fn judge_channels(&self, selector: &Selector) -> Result<(), Refused> {
        let arguments = self.command.channel_arguments();
        if arguments == ChannelArguments::None {
            return Ok(());
        }
        for index in arguments.places(self.request.len()) {
            let channel = self.request.get(index).unwrap_or_default();
            let allowed = match arguments {
                ChannelArguments::Patterns if self.quirks.channel_patterns_end_at_nul => {
                    selector.channels.hold(c_text(channel))
                }
                ChannelArguments::Patterns => selector.channels.hold(channel),
                _ => selector.channels.allow(channel),
            };
            if !allowed {
                return Err(Refused { what: What::Channel, index });
            }
        }
        Ok(())
    }

    #[inline]
    fn allowed(&mut self, selector: usize) -> Verdict<'a> {
        if self.command.is_sort() && self.quirks.sort_needs_all_keys {
            if let Some(reason) = self.sort_refuses() {
                return self.denied(selector, reason);
            }
        }
        let id = self.command.id();
        let open = self.is_open_to_all();
        let by = if open { By::Open(id) } else { By::Rules(id, self.first_argument()) };
        Verdict::Allowed(Allowed { user: self.user, selector, by })
    }

    /// `sortCommandGeneric`: reading keys by patterns takes a selector that allows the command and can read
    /// all keys (`ACLUserCheckCmdWithUnrestrictedPerms`).
    #[inline(never)]
    fn sort_refuses(&mut self) -> Option<Reason<'a>> {
        let reason = self.pattern_of_sort()?;
        let user = self.user;
        let allowed =
            user.selectors().any(|selector| selector.keys.can_all_be_read() && self.judge(selector).is_ok());
        (!allowed).then_some(reason)
    }

    /// The first option of `SORT` that reads other keys, unless an error stands before it.
    fn pattern_of_sort(&self) -> Option<Reason<'a>> {
        let (request, mut place) = (self.request, 2);
        while place < request.len() {
            let is = |word| request.is(place, word);
            let left = request.len() - place - 1;
            place += if is("asc") || is("desc") || is("alpha") {
                1
            } else if is("limit") && left >= 2 {
                let number = |place| request.get(place).and_then(strict_number);
                number(place + 1).and(number(place + 2))?;
                3
            } else if is("store") && left >= 1 && !self.command.is_sort_ro() {
                2
            } else if is("by") && left >= 1 {
                // a pattern without a star names no keys: it only says not to sort
                if c_text(request.get(place + 1)?).contains(&b'*') {
                    return Some(Reason::SortBy);
                }
                2
            } else if is("get") && left >= 1 {
                return Some(Reason::SortGet);
            } else {
                return None;
            };
        }
        None
    }

    #[cold]
    fn reason(&mut self, refused: Refused) -> Reason<'a> {
        let index = refused.index;
        let argument = self.request.get(index).unwrap_or_default();
        match refused.what {
            What::Database => Reason::Database { index, argument },
            What::Command => Reason::Command,
            What::Key => Reason::Key { index, key: argument, needs: self.needs_of(index) },
            What::Channel => Reason::Channel { index, channel: argument },
        }
    }

    /// What the first key spec with that argument needs that some selector refused: the most there is.
    fn needs_of(&mut self, index: usize) -> Option<KeyAccess> {
        let (command, request) = (self.command, self.request);
        let runs = self.keys.get_or_insert_with(|| command.find_keys(request));
        let of = runs.as_slice().iter().filter(|run| run.places().any(|place| place == index));
        of.filter_map(|run| run.flags.needs()).reduce(KeyAccess::with)
    }

    #[cold]
    fn denied(&self, selector: usize, reason: Reason<'a>) -> Verdict<'a> {
        let command = Some(self.command.id());
        Verdict::Denied(Denied { user: self.user, selector, command, reason })
    }
}
