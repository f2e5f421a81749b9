//! Whether a simplified user is the same, and what of a user can be left out; what is not known is different.

use alloc::collections::BTreeSet;
use alloc::string::String;
use alloc::vec::Vec;

use super::patterns::Patterns;
use crate::access::KeyAccess;
use crate::catalog::{Catalog, ChannelArguments, Command, CommandId};
use crate::compare::compare;
use crate::user::{Channels, Commands, Databases, Keys, SanitizePayload, Selector, User};

/// Whether two users log in alike and may send the same requests. The users' own keys and channels are compared
/// also where they allow no command, as later rules build on them.
pub(super) fn same_meaning(a: &User, b: &User) -> bool {
    let (a_root, b_root, catalog) = (a.root(), b.root(), a.catalog());
    let same_root = covers(a_root, b_root, catalog) && covers(b_root, a_root, catalog);
    let channel_use = root_channel_use(a);
    same_root
        && channels_cover(&a_root.channels, &b_root.channels, channel_use)
        && channels_cover(&b_root.channels, &a_root.channels, channel_use)
        && compare(a, b).is_equal()
}

pub(super) fn skips_sanitizing(user: &User) -> bool {
    user.sanitize_payload() == Some(SanitizePayload::Skip)
}

/// The further selectors that may allow a request: those that allow a command, and all of them where a command
/// that nobody is refused has keys.
pub(super) fn telling_selectors(user: &User) -> Vec<&Selector> {
    let further = user.further_selectors();
    let quirks = user.dialect().quirks();
    let is_open = |command: Command<'_>| command.is_open_to_all(&quirks) && command.is_about_data();
    let open_command_has_keys = !further.is_empty() && user.catalog().commands().any(is_open);
    further.iter().filter(|selector| open_command_has_keys || !selector.commands.are_none()).collect()
}

/// Whether one selector allows every request that another one allows.
pub(super) fn covers(by: &Selector, what: &Selector, catalog: &Catalog) -> bool {
    commands_cover(&by.commands, &what.commands)
        && databases_cover(&by.databases, &what.databases)
        && channels_cover(&by.channels, &what.channels, channel_use(&what.commands, catalog))
        && keys_cover(&by.keys, &what.keys)
}

fn commands_cover(by: &Commands, what: &Commands) -> bool {
    let known: BTreeSet<_> = folded_arguments(by).collect();
    what.allowed().is_subset(by.allowed())
        && (by.allows_future() || !what.allows_future())
        && folded_arguments(what)
            .all(|argument| by.allowed().contains(argument.0) || known.contains(&argument))
}

/// First arguments as servers compare them, without case.
fn folded_arguments(commands: &Commands) -> impl Iterator<Item = (CommandId, String)> {
    let folded = |id| move |argument: &str| (id, argument.to_ascii_lowercase());
    commands.first_arguments().flat_map(move |(id, arguments)| arguments.iter().map(folded(id)))
}

fn databases_cover(by: &Databases, what: &Databases) -> bool {
    match (by, what) {
        (Databases::All, _) => true,
        (Databases::Listed(_), Databases::All) => false,
        (by @ Databases::Listed(_), Databases::Listed(ids)) => ids.iter().all(|id| by.allow(*id)),
    }
}

/// `SORT` looks for a pattern `*`, by its text.
fn keys_cover(by: &Keys, what: &Keys) -> bool {
    if by.are_all() {
        return true;
    }
    let mut patterns = Patterns::new(by.iter());
    !what.are_all()
        && (by.can_all_be_read() || !what.can_all_be_read())
        && what.iter().all(|(pattern, access)| patterns.include(pattern, access))
}

// ---------------------------------------------------------------------------------------------------
// Channels

/// How the commands of a selector look at its channel patterns.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum ChannelUse {
    /// No command does.
    None,
    /// A channel must be matched.
    Matched,
    /// A pattern must be one of them: `PSUBSCRIBE`, and for all that is known a command to come.
    Compared,
}

pub(super) fn channel_use(commands: &Commands, catalog: &Catalog) -> ChannelUse {
    if commands.allows_future() {
        return ChannelUse::Compared;
    }
    let in_part = commands.first_arguments().map(|(id, _)| id);
    let arguments = commands.allowed().iter().chain(in_part).filter_map(|id| catalog.get(id));
    let uses = arguments.map(|command| match command.channel_arguments() {
        ChannelArguments::None => ChannelUse::None,
        ChannelArguments::Patterns => ChannelUse::Compared,
        ChannelArguments::First | ChannelArguments::All => ChannelUse::Matched,
    });
    uses.max().unwrap_or(ChannelUse::None)
}

/// The user's own channels count also where no command looks at them.
pub(super) fn root_channel_use(user: &User) -> ChannelUse {
    channel_use(&user.root().commands, user.catalog()).max(ChannelUse::Matched)
}

fn channels_cover(by: &Channels, what: &Channels, channel_use: ChannelUse) -> bool {
    if by.are_all() {
        return true;
    }
    match channel_use {
        ChannelUse::None => true,
        _ if what.are_all() => false,
        ChannelUse::Matched => {
            let mut patterns = Patterns::new(as_patterns(by));
            what.iter().all(|pattern| patterns.include(pattern, KeyAccess::ReadWrite))
        }
        ChannelUse::Compared => what.iter().all(|pattern| by.hold(pattern.as_bytes())),
    }
}

/// Channel patterns as patterns that all allow the same.
pub(super) fn as_patterns(channels: &Channels) -> impl Iterator<Item = (&str, KeyAccess)> {
    channels.iter().map(|pattern| (pattern, KeyAccess::ReadWrite))
}

#[cfg(test)]
mod tests {
    use super::same_meaning;
    use crate::dialect::Engine;
    use crate::user::User;

    /// Every string is held to it before it is given, so nothing may pass that it should have stopped.
    #[test]
    fn what_logs_in_otherwise_or_is_more_for_later_rules_is_not_the_same() {
        let user = |rules| User::parse(Engine::Valkey9_1, rules).expect("good rules");
        for rules in ["", "on ~a +get", "~a", "&a +publish", "~a +get|x", "~a +get (~b +set)", "db=1 ~a +get"]
        {
            assert!(same_meaning(&user(rules), &user(rules)), "{rules}");
        }
        for (less, more) in [
            ("~a", "~a ~b"),
            ("%R~a", "~a"),
            ("~a +get", "~a ~b +get"),
            ("~a +get", "~a +get +set"),
            ("&a", "&a &b"),
            ("&a +publish", "&* +publish"),
            ("~a +get|x", "~a +get|x +get|y"),
            ("db=1", "db=1,2"),
            ("db=1 ~a +get", "~a +get"),
            ("~a +get (~b +set)", "~a +get (~b +set) (~c +set)"),
            ("off", "on"),
            (">x", "nopass"),
            ("+@all -keys", "+@all"),
        ] {
            assert!(!same_meaning(&user(less), &user(more)), "{less} / {more}");
            assert!(!same_meaning(&user(more), &user(less)), "{more} / {less}");
        }
    }
}
