//! What the public types can do: shared between threads, printed, compared, hashed, read from text.

use std::error::Error;
use std::fmt::{Debug, Display};
use std::hash::Hash;
use std::panic::{RefUnwindSafe, UnwindSafe};
use std::str::FromStr;

use redis_acl::*;

/// Every public type goes to another thread, is looked at by several, and can be shown by `assert_eq`.
fn shared<T: Send + Sync + Unpin + UnwindSafe + RefUnwindSafe + Debug>() {}
fn owned<T: Clone + 'static>() {}
fn compared<T: Clone + Eq + Debug>() {}
/// Small values are copied, and can be keys of a map.
fn small<T: Copy + Eq + Hash + 'static>() {}
fn ordered<T: Ord>() {}
fn error<T: Error + Display + Clone + Eq + Send + Sync + 'static>() {}
fn named<T: FromStr + Display + Copy + Eq + Hash>()
where
    T::Err: Error + Send + Sync + 'static,
{
}

/// The bodies of `TYPES` name each type with all that it promises.
macro_rules! types {
    ($($type:ty: $($promise:ident)+;)+) => {
        fn promises() -> Vec<&'static str> {
            $($(let _: fn() = $promise::<$type>;)+)+
            vec![$(stringify!($type)),+]
        }
    };
}

types! {
    // access.rs, span.rs, report.rs, secret.rs, quoting.rs
    Effect: shared small;
    KeyAccess: shared small ordered;
    Span: shared small ordered;
    Level: shared small ordered;
    Report: shared owned compared;
    Password<'_>: shared compared;
    PasswordHash: shared small ordered named;
    NotAPasswordHash: shared error;
    quoting::Splitter: shared small ordered;
    quoting::Word: shared owned compared;
    quoting::Unbalanced: shared error;
    // dialect, glob
    Engine: shared small ordered named;
    Evidence: shared small;
    Process: shared small;
    Project: shared small;
    Service: shared small ordered named;
    Module: shared small;
    Form: shared small named;
    Dialect: shared small ordered named;
    Dialects: shared owned compared;
    DefaultChannels: shared small ordered named;
    DialectError: shared error;
    glob::Shape: shared small;
    glob::Pattern: shared owned;
    glob::Inclusion: shared owned compared;
    // syntax
    AccessString<'_>: shared compared;
    Rule<'_>: shared compared;
    RuleKind<'_>: shared compared;
    SelectorRule<'_>: shared compared;
    Quoting: shared owned compared;
    syntax::RuleText<'_>: shared compared ordered;
    syntax::DatabaseIds: shared compared ordered;
    ParseError: shared error;
    ParseErrorKind: shared small;
    ParseErrors: shared error;
    // catalog
    Catalog: shared owned compared;
    Category: shared small ordered;
    Command<'_>: shared;
    CommandId: shared small ordered;
    CommandSet: shared small;
    catalog::CommandGroup: shared owned compared;
    catalog::Keys: shared;
    KeySpec: shared small;
    StartSearch: shared small;
    FindKeys: shared small;
    KeyFlags: shared small;
    KeyRef: shared owned compared;
    NewCommand: shared owned compared;
    NewCommandError: shared error;
    catalog::NewCommandErrorKind: shared error;
    // user, describe, check
    User: shared owned compared;
    Selector: shared owned;
    ChannelSource: shared small;
    ApplyError: shared error;
    ApplyErrorKind: shared owned compared;
    ApplyErrors: shared error;
    FormError: shared error;
    Verdict<'_>: shared;
    Allowed<'_>: shared;
    Denied<'_>: shared;
    Reason<'_>: shared;
    check::DecidingRule<'_>: shared;
    check::UnknownCommand<'_>: shared;
    // compare
    Relation: shared small;
    Comparison: shared owned compared;
    Excess: shared owned compared;
    Witness: shared owned compared;
    compare::Difference: shared owned compared;
    compare::Change: shared owned compared;
    compare::Upgrade: shared owned;
    compare::Replacement: shared owned;
    compare::Transition: shared owned compared;
    compare::Inexpressible: shared error;
    // claims
    Claims: shared owned;
    claims::Claim: shared owned;
    claims::Answer<'_>: shared;
    claims::Failure: shared owned compared;
    claims::ClaimError: shared error;
    claims::ClaimErrorKind: shared owned compared;
    claims::ClaimErrors: shared error;
    // explain
    Explanation: shared owned compared;
    explain::Login: shared owned compared;
    explain::Grant: shared owned compared;
    explain::CategoryCount: shared owned compared;
    explain::Part: shared owned compared;
    explain::KeyPattern: shared owned compared;
    explain::Denials: shared owned compared;
    explain::Step: shared owned compared;
    explain::CommandChange: shared owned compared;
    explain::Moved: shared owned compared;
    explain::FirstArgumentChange: shared owned compared;
    explain::KeyChange: shared owned compared;
    explain::ChannelChange: shared owned compared;
    // file
    AclFile: shared owned;
    file::Format: shared small;
    file::Line: shared owned;
    file::UserLine: shared owned;
    FileError: shared error;
    FileErrorKind: shared owned compared;
    BadChannelDefault: shared small;
    FileErrors: shared error;
    file::NotReadBack: shared error;
    // lint
    lint::Client: shared;
    lint::Need: shared owned compared;
    lint::Consequence: shared small;
    lint::Config: shared owned;
    lint::Setting: shared small;
    lint::ConfigError: shared error;
    lint::Finding: shared owned compared;
    lint::Fix: shared owned compared;
    lint::Edit: shared owned compared;
    lint::Lint: shared;
    lint::Group: shared small;
}

#[cfg(feature = "iac")]
mod of_files_and_services {
    use std::fs;
    use std::path::Path;

    use super::*;

    types! {
        aws::Answers: shared small;
        aws::Account: shared owned;
        aws::Place: shared owned compared;
        aws::AuthenticationType: shared small;
        aws::Accepted: shared owned compared;
        aws::memorydb::UpdateUser: shared owned compared;
        aws::memorydb::Updated: shared owned compared;
        aws::Certainty: shared small ordered;
        aws::SchemaRule: shared small;
        aws::UserGroup: shared owned compared;
        aws::GroupMember: shared owned compared;
        aws::FaultCode: shared small;
        aws::Operation: shared small;
        aws::ProblemKind: shared owned compared;
        aws::Problem: shared error;
        aws::Problems: shared error;
        aws::Fault: shared error;
        aws::RequestedString: shared owned compared;
        aws::CreateUser: shared owned compared;
        aws::ModifyUser: shared owned compared;
        aws::DeleteUser: shared owned compared;
        aws::AuthenticationMode: shared owned compared;
        aws::Tag: shared owned compared;
        aws::User: shared owned;
        aws::Authentication: shared owned compared;
        aws::Status: shared owned compared;
        iac::Document<'_>: shared;
        iac::Finding<'_>: shared;
        iac::AccessStringAt<'_>: shared;
        iac::Composed<'_>: shared;
        iac::Candidates: shared owned compared;
        iac::Stated: shared small ordered;
        iac::Resolved<'_>: shared;
        iac::Location: shared owned compared;
        iac::Scope<'_>: shared;
        iac::Plan<'_>: shared;
        iac::AclText<'_>: shared;
        iac::AclTextKind: shared small;
        iac::NotLiteral: shared owned compared;
        iac::Why: shared error;
        iac::Literal<'_>: shared;
        iac::Position: shared small ordered;
        iac::ReadError: shared error;
        iac::Request<'_>: shared;
        iac::RequestKind: shared small;
        iac::Member: shared owned compared;
        iac::Given: shared owned compared;
        iac::UserGroup: shared owned compared;
        iac::RequestProblem: shared owned compared;
        document::Document<'_>: shared;
        document::Entry<'_>: shared;
        document::Change: shared compared ordered;
        document::NewAccess: shared compared;
    document::GateAnswer: shared compared;
        document::Directive: shared compared;
        document::Compared<'_>: shared;
        document::CompareOptions: shared compared;
        document::PasswordChanges: shared compared;
        document::AccessChange: shared;
        document::Target: shared;
        document::TargetForm: shared compared;
        document::Passwords: shared compared;
        document::Left: shared error;
        document::LeftEntry: shared;
        document::Formatted: shared;
        document::Found<'_>: shared;
        document::What<'_>: shared;
        document::Kind: shared compared;
        document::Problem: shared;
        document::ProblemKind: shared compared;
        document::Refusal: shared;
        document::FileUser: shared;
        document::Access: shared;
        document::Login: shared compared ordered;
        document::Rewritten: shared;
    }

    #[test]
    fn no_public_type_is_forgotten() {
        let told: Vec<_> = super::promises().into_iter().chain(promises()).map(name).collect();
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
        let mut known = 0;
        for file in crate::floors::rust_files(&source) {
            if file.starts_with(source.join("bin")) {
                continue;
            }
            let text = fs::read_to_string(&file).expect("a source file");
            for declared in text.lines().filter_map(declared) {
                assert!(told.contains(&declared), "{declared} of {} promises nothing", file.display());
                known += 1;
            }
        }
        assert!(known > 120, "only {known} public types were found");
    }
}

/// Where several things can be wrong, all are told, and each can be taken; in one line stands the first, and how many
/// follow.
#[track_caller]
fn listed<T, E>(errors: T, count: usize)
where
    T: IntoIterator<Item = E> + Error,
    E: Error + PartialEq + Clone + 'static,
    for<'e> &'e T: IntoIterator<Item = &'e E>,
{
    let taken_by_reference: Vec<E> = (&errors).into_iter().cloned().collect();
    let line = match count - 1 {
        0 => taken_by_reference[0].to_string(),
        others => format!("{} (and {others} more)", taken_by_reference[0]),
    };
    assert_eq!((errors.to_string(), taken_by_reference.len()), (line, count));
    assert_eq!(errors.into_iter().collect::<Vec<_>>(), taken_by_reference);
}

#[test]
fn lists_of_errors_are_gone_through_alike() {
    for (rules, count) in [("on nosuch", 1), ("on nosuch %Q~x", 2), ("on nosuch %Q~x db=", 3)] {
        listed(AccessString::parse(rules).unwrap_err(), count);
        listed(User::parse(Engine::Valkey9_1, rules).unwrap_err(), count);
        let file = AclFile::parse(
            format!("user a {}\n", rules.replace(' ', "\nuser b ")).as_bytes(),
            Engine::Redis6_2,
        );
        listed(file.users().unwrap_err(), count);
        listed(Claims::parse(&rules.replace(' ', "\n")).unwrap_err(), count + 1);
    }
    #[cfg(feature = "aws")]
    {
        let request =
            |text: &str| serde_json::from_str::<aws::memorydb::CreateUser>(text).expect("a request");
        listed(request("{}").validate().unwrap_err(), 3);
        let user = "{\"UserName\": \"u\", \"AccessString\": \"on +nosuch\", \"AuthenticationMode\": {\"Type\": \"iam\"}}";
        listed(request(user).validate().unwrap_err(), 1);
    }
    let errors = AccessString::parse("on nosuch %Q~x").unwrap_err();
    assert_eq!(errors.iter().collect::<Vec<_>>(), (&errors).into_iter().collect::<Vec<_>>());
    assert_eq!((errors.first(), errors.iter().len()), (&errors.clone().into_iter().next().unwrap(), 2));
}

#[test]
fn the_types_keep_their_promises() {
    assert!(promises().len() > 80); // that it compiles is the test
}

/// `Finding` of `iac::Finding<'_>`.
#[cfg(feature = "iac")]
fn name(path: &'static str) -> &'static str {
    let path = path.split('<').next().unwrap_or(path);
    path.rsplit("::").next().unwrap_or(path).trim()
}

/// The type that a line declares.
#[cfg(feature = "iac")]
fn declared(line: &str) -> Option<&str> {
    let rest = line.strip_prefix("pub struct ").or_else(|| line.strip_prefix("pub enum "))?;
    rest.split(|c: char| !c.is_alphanumeric()).next()
}
