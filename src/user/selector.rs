//! One set of permissions: keys, channels, databases and commands, judged together.

use alloc::string::String;
use alloc::vec::Vec;

use super::channel_source::ChannelSource;
use super::commands::{Commands, CommandsIdentity};
use super::error::{ApplyErrorKind, Refusal};
use super::patterns::{Channels, Keys};
use crate::access::{Effect, KeyAccess};
use crate::catalog::{Catalog, CommandId, CommandSet};
use crate::dialect::{Dialect, NewChannels, Quirks};
use crate::span::Span;
use crate::syntax::{ParseErrorKind, Rule, RuleKind};

/// What a user may do by one selector: its own rules, or those of one pair of parentheses.
///
/// A request must be allowed by one selector all by itself; they never combine. Two selectors are equal
/// when they mean the same, however the rules were written.
#[derive(Clone, Debug, PartialEq)]
pub struct Selector {
    pub(crate) keys: Keys,
    pub(crate) channels: Channels,
    pub(crate) databases: Databases,
    pub(crate) commands: Commands,
}

/// All that tells selectors apart, which does not depend on the order of the rules: with it a long list of them is
/// compared without comparing each with each.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct SelectorIdentity<'s> {
    keys: Option<Vec<(&'s str, KeyAccess)>>,
    channels: Option<Vec<&'s str>>,
    databases: Option<&'s [u32]>,
    commands: CommandsIdentity<'s>,
}

/// What databases a selector reaches (Valkey 9.1 and later; elsewhere all).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Databases {
    All,
    /// Sorted, each once.
    Listed(Vec<u32>),
}

impl Databases {
    pub(crate) fn allow(&self, id: u32) -> bool {
        match self {
            Self::All => true,
            Self::Listed(ids) => ids.binary_search(&id).is_ok(),
        }
    }
}

impl Selector {
    /// A new selector: no keys, no commands, all databases, and channels as `acl-pubsub-default` has it.
    pub(super) fn new(quirks: &Quirks) -> Self {
        let channels = match quirks.new_channels {
            NewChannels::Unchecked => Channels::all_by(ChannelSource::Engine),
            NewChannels::All => Channels::all_by(ChannelSource::Default),
            NewChannels::None => Channels::none_by(ChannelSource::Default),
            // a string with a selector needs newer syntax; the user's own channels are settled after each rule
            NewChannels::ByReadBack(_) => Channels::none_by(ChannelSource::ReadBack),
        };
        Self { keys: Keys::default(), channels, databases: Databases::All, commands: Commands::default() }
    }

    pub(crate) fn identity(&self) -> SelectorIdentity<'_> {
        SelectorIdentity {
            keys: self.key_patterns().map(sorted),
            channels: self.channel_patterns().map(sorted),
            databases: self.databases(),
            commands: self.commands.identity(),
        }
    }

    /// The commands and subcommands that are allowed as a whole.
    #[must_use]
    pub fn commands(&self) -> &CommandSet {
        self.commands.allowed()
    }

    /// Whether commands that a later server or a module brings are allowed too: what `+@all` gives, and a
    /// list of every command does not.
    #[must_use]
    pub fn allows_future_commands(&self) -> bool {
        self.commands.allows_future()
    }

    /// The first arguments with which a command is allowed that is not allowed as a whole:
    /// `+select|0`. In the order of the commands' numbers.
    pub fn first_arguments(&self) -> impl Iterator<Item = (CommandId, &str)> {
        let allowed = self.commands.allowed();
        let telling = self.commands.first_arguments().filter(|(id, _)| !allowed.contains(*id));
        telling.flat_map(|(id, arguments)| arguments.iter().map(move |argument| (id, argument)))
    }

    /// Those of one command.
    pub(crate) fn first_arguments_of(&self, command: CommandId) -> impl Iterator<Item = &str> {
        self.first_arguments().filter(move |(id, _)| *id == command).map(|(_, argument)| argument)
    }

    /// The key patterns and what each allows; `None` where all keys are allowed.
    #[must_use]
    pub fn key_patterns(&self) -> Option<impl ExactSizeIterator<Item = (&str, KeyAccess)>> {
        (!self.keys.are_all()).then(|| self.keys.iter())
    }

    /// The channel patterns; `None` where all channels are allowed.
    #[must_use]
    pub fn channel_patterns(&self) -> Option<impl ExactSizeIterator<Item = &str>> {
        (!self.channels.are_all()).then(|| self.channels.iter())
    }

    /// What decides which channels are allowed.
    ///
    /// ```
    /// use redis_acl::{ChannelSource, Engine, User};
    ///
    /// for (rules, source) in [("+publish", ChannelSource::Default), ("+publish &*", ChannelSource::Rules)] {
    ///     let user = User::parse(Engine::Redis7_0, rules)?;
    ///     assert!(user.selectors().all(|selector| selector.channel_source() == source));
    /// }
    /// # Ok::<(), redis_acl::ApplyErrors>(())
    /// ```
    #[must_use]
    pub fn channel_source(&self) -> ChannelSource {
        self.channels.source()
    }

    /// Why it allows all channels or none where no rule names any.
    pub(crate) fn channel_note(&self, dialect: Dialect) -> Option<String> {
        let reason = self.channels.source().reason(dialect)?;
        let channels = if self.channels.are_all() { "all channels" } else { "no channels" };
        Some(format!("no channel rule: {channels}, {reason}"))
    }

    /// The databases, sorted; `None` where all are allowed.
    #[must_use]
    pub fn databases(&self) -> Option<&[u32]> {
        match &self.databases {
            Databases::All => None,
            Databases::Listed(ids) => Some(ids),
        }
    }
}

impl Selector {
    /// `ACLSetSelector`; `whole` is what the server echoes, for a rule in parentheses all of these.
    pub(super) fn apply_rule(
        &mut self,
        rule: &Rule<'_>,
        whole: Span,
        catalog: &Catalog,
        quirks: &Quirks,
    ) -> Result<(), Refusal> {
        let refuse = |kind| Err(Refusal { kind, span: rule.span, rule: whole });
        match &rule.kind {
            RuleKind::AllKeys => self.keys.set_all(),
            RuleKind::ResetKeys => self.keys = Default::default(),
            RuleKind::Key { permission: Some(_), .. } if !quirks.key_permissions => {
                return refuse(ApplyErrorKind::NeedsKeyPermissions);
            }
            RuleKind::Key { permission, pattern } => {
                let added = self.keys.add(pattern, permission.unwrap_or(KeyAccess::ReadWrite));
                return added.or_else(|_| refuse(ApplyErrorKind::KeysAlreadyAll));
            }
            RuleKind::AllChannels | RuleKind::ResetChannels | RuleKind::Channel { .. }
                if quirks.new_channels == NewChannels::Unchecked =>
            {
                return refuse(ApplyErrorKind::NeedsChannels);
            }
            RuleKind::AllChannels => self.channels.set_all(),
            RuleKind::ResetChannels => self.channels = Default::default(),
            RuleKind::Channel { pattern } => {
                if let (NewChannels::ByReadBack(_), ChannelSource::Default) =
                    (quirks.new_channels, self.channels.source())
                {
                    self.channels = Channels::default();
                }
                let added = self.channels.add(pattern);
                return added.or_else(|_| refuse(ApplyErrorKind::ChannelsAlreadyAll));
            }
            RuleKind::AllDatabases | RuleKind::ResetDatabases | RuleKind::Databases(_)
                if !quirks.databases =>
            {
                return refuse(ApplyErrorKind::NeedsDatabases);
            }
            RuleKind::AllDatabases => self.databases = Databases::All,
            RuleKind::ResetDatabases => self.databases = Databases::Listed(Vec::new()),
            RuleKind::Databases(ids) => self.databases = Databases::Listed(ids.to_vec()),
            RuleKind::AllCommands => self.commands.set_all(Effect::Allow, catalog),
            RuleKind::NoCommands => self.commands.set_all(Effect::Deny, catalog),
            RuleKind::Category { effect, name } => match catalog.category(name) {
                Some(category) => self.commands.set_category(*effect, category, catalog),
                None => return refuse_body(rule, whole, ApplyErrorKind::UnknownCategory),
            },
            RuleKind::Command { .. } if quirks.subcommands => {
                return self.apply_command(rule, whole, catalog, quirks);
            }
            RuleKind::Command { .. } => return self.apply_command_of_6(rule, whole, catalog, quirks),
            // the grammar lets no other rule into a selector, and the user takes those of its own
            _ => return refuse(ApplyErrorKind::Syntax(ParseErrorKind::NotInSelector)),
        }
        Ok(())
    }

    /// A command rule of Redis 6: what follows the first `|` is a first argument, whatever it is.
    fn apply_command_of_6(
        &mut self,
        rule: &Rule<'_>,
        whole: Span,
        catalog: &Catalog,
        quirks: &Quirks,
    ) -> Result<(), Refusal> {
        let RuleKind::Command { effect, name, argument } = &rule.kind else { return Ok(()) };
        let refuse = |kind| refuse_body(rule, whole, kind);
        let Some(command) = catalog.command(name) else {
            return refuse_name(rule, whole, name);
        };
        match (effect, argument.as_deref()) {
            (_, None) => self.commands.set_command(*effect, command.id(), catalog),
            (Effect::Deny, Some(_)) => return refuse(ApplyErrorKind::NeedsSubcommands),
            (Effect::Allow, Some("")) => return refuse(ApplyErrorKind::EmptyFirstArgument),
            (Effect::Allow, Some(argument)) => {
                let added = self.commands.add_first_argument(
                    command.id(),
                    argument,
                    quirks.first_argument_of_allowed,
                );
                return added.or_else(|_| refuse(ApplyErrorKind::FirstArgumentOfAllowed));
            }
        }
        Ok(())
    }

    /// A command rule of Redis 7 and Valkey: a subcommand if there is one of that name, else what follows
    /// the last `|` is a first argument.
    fn apply_command(
        &mut self,
        rule: &Rule<'_>,
        whole: Span,
        catalog: &Catalog,
        quirks: &Quirks,
    ) -> Result<(), Refusal> {
        let RuleKind::Command { effect, name, argument } = &rule.kind else { return Ok(()) };
        let refuse = |kind| refuse_body(rule, whole, kind);
        let found = match argument {
            None => catalog.command(name),
            Some(argument) => catalog.subcommand(name, argument),
        };
        if let Some(command) = found {
            self.commands.set_command(*effect, command.id(), catalog);
            return Ok(());
        }
        let (Some(argument), Some(command)) = (argument, catalog.command(name)) else {
            return refuse_name(rule, whole, name);
        };
        let (command, first_argument) = match argument.rsplit_once('|') {
            None => (Some(command), &**argument),
            Some((subcommand, first_argument)) => (catalog.subcommand(name, subcommand), first_argument),
        };
        let Some(command) = command else { return refuse(ApplyErrorKind::UnknownSubcommand) };
        match effect {
            Effect::Deny if command.is_container() => refuse(ApplyErrorKind::UnknownSubcommand),
            Effect::Deny => refuse(ApplyErrorKind::FirstArgumentDenied),
            Effect::Allow if command.container().is_some() => {
                refuse(ApplyErrorKind::FirstArgumentOfSubcommand)
            }
            Effect::Allow if first_argument.is_empty() => refuse(ApplyErrorKind::EmptyFirstArgument),
            Effect::Allow if command.is_container() => refuse(ApplyErrorKind::UnknownSubcommand),
            Effect::Allow if quirks.first_argument_kills && breaks_a_rule_text(first_argument) => {
                refuse(ApplyErrorKind::FirstArgumentKills)
            }
            Effect::Allow => {
                let added = self.commands.add_first_argument(
                    command.id(),
                    first_argument,
                    quirks.first_argument_of_allowed,
                );
                added.or_else(|_| refuse(ApplyErrorKind::FirstArgumentOfAllowed))
            }
        }
    }
}

fn sorted<T: Ord>(items: impl Iterator<Item = T>) -> Vec<T> {
    let mut items: Vec<_> = items.collect();
    items.sort_unstable();
    items
}

/// Whether a server that keeps rules as text, and splits them again, would not get this back.
fn breaks_a_rule_text(first_argument: &str) -> bool {
    first_argument.contains(|c: char| matches!(c, ' ' | '"' | '\'' | '\t'..='\r'))
}

/// Points at what follows the signs.
fn refuse_body(rule: &Rule<'_>, whole: Span, kind: ApplyErrorKind) -> Result<(), Refusal> {
    Err(Refusal { kind, span: rule.name_span(), rule: whole })
}

/// Points at the command's name.
fn refuse_name(rule: &Rule<'_>, whole: Span, name: &str) -> Result<(), Refusal> {
    let start = rule.body.start;
    let span = Span::new(start, (start + name.len()).min(rule.body.end));
    Err(Refusal { kind: ApplyErrorKind::UnknownCommand, span, rule: whole })
}
