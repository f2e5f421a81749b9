//! Laws of requests to AWS.

use std::fmt::{Debug, Write as _};

use redis_acl::aws::{Account, CreateUser, ModifyUser, Problems, memorydb};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::turned;

/// The input is a request as JSON, of whatever operation, and also an account.
pub fn create_user(input: &str) {
    what_is_not_sent_is_what_the_model_refuses(input);
    a_new_user_is_stored(input);
    an_account_is_written_as_it_is_read(input);
    if let Ok(document) = serde_json::from_str(input) {
        no_password_is_told(&document);
    }
}

// ---------------------------------------------------------------------------------------------------
// The service model

fn what_is_not_sent_is_what_the_model_refuses(input: &str) {
    let Ok(request) = serde_json::from_str::<CreateUser>(input) else { return };
    let document = serde_json::from_str(input).expect("a request is JSON");
    let validated = request.validate();
    let is_sent = !validated.as_ref().is_err_and(|problems| problems.first().code().is_none());
    assert_eq!(is_sent, model_allows(&document), "{input}: {validated:?}");
}

/// What botocore's service model says of CreateUser, read from it once more.
fn model_allows(document: &Value) -> bool {
    let required = ["UserId", "UserName", "Engine", "AccessString"];
    is_structure(document, |name, value| match name {
        "UserId" => is_text(value, |id| {
            id.starts_with(|c: char| c.is_ascii_alphabetic())
                && id.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
        }),
        "UserName" => is_text(value, |name| !name.is_empty()),
        "Engine" => is_text(value, |engine| engine.chars().all(|c| c.is_ascii_alphabetic())),
        "AccessString" => is_text(value, |string| string.chars().any(|c| !c.is_whitespace())),
        "Passwords" => is_passwords(value),
        "NoPasswordRequired" => value.is_boolean(),
        "Tags" => value.as_array().is_some_and(|tags| tags.iter().all(is_tag)),
        "AuthenticationMode" => is_structure(value, |name, value| match name {
            "Type" => is_text(value, |kind| ["password", "no-password-required", "iam"].contains(&kind)),
            "Passwords" => is_passwords(value),
            _ => false,
        }),
        _ => false,
    }) && required.iter().all(|name| document.get(name).is_some())
}

fn is_structure(value: &Value, is_member: impl Fn(&str, &Value) -> bool) -> bool {
    let mut members = value.as_object().into_iter().flatten();
    value.is_object() && members.all(|(name, value)| is_member(name, value))
}

fn is_text(value: &Value, is_valid: impl Fn(&str) -> bool) -> bool {
    value.as_str().is_some_and(is_valid)
}

fn is_passwords(value: &Value) -> bool {
    value.as_array().is_some_and(|list| !list.is_empty() && list.iter().all(Value::is_string))
}

fn is_tag(value: &Value) -> bool {
    is_structure(value, |name, value| ["Key", "Value"].contains(&name) && value.is_string())
}

// ---------------------------------------------------------------------------------------------------
// The account

/// The answer is what is listed from then on, and an account is the same after it was written and read.
fn a_new_user_is_stored(input: &str) {
    let Ok(request) = serde_json::from_str::<CreateUser>(input) else { return };
    let mut account = Account::default();
    let Ok(user) = account.create_user(&request) else {
        return assert_eq!(account, Account::default(), "a fault changes nothing");
    };
    assert_eq!(account.describe_users(Some(&user.user_id)).expect("the user"), [user]);
    survives_being_written(&account);
}

fn an_account_is_written_as_it_is_read(input: &str) {
    let has_fraction = || serde_json::from_str(input).is_ok_and(|document| has_fraction(&document));
    match serde_json::from_str::<Account>(input) {
        // reading one is not exact to the last digit
        Ok(account) if !has_fraction() => survives_being_written(&account),
        _ => {}
    }
}

fn survives_being_written(account: &Account) {
    let written = serde_json::to_string(account).expect("JSON");
    let read: Account = serde_json::from_str(&written).unwrap_or_else(|error| panic!("{written}: {error}"));
    assert_eq!(read.users(), account.users());
    assert_eq!(serde_json::to_string(&read).expect("JSON"), written);
}

fn has_fraction(value: &Value) -> bool {
    match value {
        Value::Array(items) => items.iter().any(has_fraction),
        Value::Object(members) => members.values().any(has_fraction),
        value => value.is_f64(),
    }
}

// ---------------------------------------------------------------------------------------------------
// Passwords

/// All that can be seen of a request and its outcome is the same whatever the passwords in it are.
fn no_password_is_told(document: &Value) {
    let mut other = document.clone();
    turn_passwords(&mut other);
    if other != *document {
        assert_eq!(told(&document.to_string()), told(&other.to_string()), "{document} and {other}");
    }
}

/// Replaces all texts in the members that hold passwords, by others of the same kinds of characters.
fn turn_passwords(request: &mut Value) {
    let Some(members) = request.as_object_mut() else { return };
    members.get_mut("Passwords").into_iter().for_each(turn_texts);
    match members.get_mut("AuthenticationMode") {
        Some(Value::Object(mode)) => mode.get_mut("Passwords").into_iter().for_each(turn_texts),
        mode => mode.into_iter().for_each(turn_texts), // no mode, but likely to hold one
    }
}

fn turn_texts(value: &mut Value) {
    match value {
        Value::String(text) => *text = turned(text),
        Value::Array(items) => items.iter_mut().for_each(turn_texts),
        Value::Object(members) => {
            let turned_member = |(name, mut value): (String, Value)| {
                turn_texts(&mut value);
                (turned(&name), value)
            };
            *members = std::mem::take(members).into_iter().map(turned_member).collect::<Map<_, _>>();
        }
        _ => {}
    }
}

/// All that this library says of the request, read as that of each operation.
fn told(document: &str) -> String {
    let mut all = String::new();
    let mut account = Account::default();
    read(&mut all, document, |all, request: CreateUser| {
        tell_outcome(all, request.validate());
        let answer = account.create_user(&request);
        tell(all, &answer);
        answer.iter().for_each(|user| tell(all, &serde_json::to_string(user)));
        answer.err().iter().for_each(|fault| all.push_str(&fault.to_string()));
        tell(all, &account);
        tell(all, &serde_json::to_string(&account));
    });
    read(&mut all, document, |all, request: ModifyUser| {
        let mut account = with_user1();
        tell_outcome(all, request.validate(account.users().last().expect("user1")));
        tell(all, &account.modify_user(&request));
        tell(all, &serde_json::to_string(&account));
    });
    read(&mut all, document, |all, request: memorydb::CreateUser| tell_outcome(all, request.validate()));
    read(&mut all, document, |all, request: memorydb::UpdateUser| tell_outcome(all, request.validate()));
    all
}

/// An account with a user whom a request may change.
fn with_user1() -> Account {
    let mut account = Account::default();
    let request = CreateUser {
        user_id: Some("user1".into()),
        user_name: Some("user1".into()),
        engine: Some("redis".into()),
        access_string: Some("on ~app:* +@read".into()),
        no_password_required: Some(true),
        ..CreateUser::default()
    };
    account.create_user(&request).expect("nothing is wrong with it");
    account
}

fn read<T: DeserializeOwned + Debug>(all: &mut String, document: &str, with: impl FnOnce(&mut String, T)) {
    let request = serde_json::from_str::<T>(document);
    tell(all, &request);
    match request {
        Ok(request) => with(all, request),
        Err(error) => all.push_str(&error.to_string()),
    }
}

fn tell_outcome(all: &mut String, outcome: Result<impl Debug, Problems>) {
    tell(all, &outcome);
    for problem in outcome.err().iter().flat_map(Problems::iter) {
        let report = problem.report().map(|report| report.to_string());
        tell(all, &(problem.to_string(), problem.member(), problem.help(), report));
    }
}

fn tell(all: &mut String, value: &impl Debug) {
    writeln!(all, "{value:?}").expect("a text takes all");
}
