//! Access strings as people write them, on every dialect: a canonical form that means the same, or an
//! error that explains itself.

use redis_acl::{Dialect, User};

#[test]
fn every_string_on_every_dialect() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/corpus/wild-strings.txt");
    let text = std::fs::read_to_string(path).expect("the strings");
    let (mut good, mut bad) = (0, 0);
    for string in text.lines() {
        for dialect in Dialect::all() {
            match User::parse(dialect, string) {
                Ok(user) => {
                    good += 1;
                    reapplies(&user, string);
                }
                Err(errors) => {
                    bad += 1;
                    explains(&errors, string);
                }
            }
        }
    }
    println!("{good} canonical forms, {bad} refusals");
    assert!(good > 3000 && bad > 1000, "{good} canonical forms, {bad} refusals");
}

fn reapplies(user: &User, string: &str) {
    let canonical = user.to_string();
    let again = User::parse(user.dialect(), &canonical)
        .unwrap_or_else(|errors| panic!("{string} on {}: {canonical}: {errors}", user.dialect()));
    assert_eq!(again.to_string(), canonical, "{string} on {}", user.dialect());
    assert_eq!(&again, user, "{string} on {}", user.dialect());
}

fn explains(errors: &redis_acl::ApplyErrors, string: &str) {
    for error in errors.iter() {
        assert!(string.get(error.span().range()).is_some(), "{string}: {error} points outside");
        assert!(!error.to_string().is_empty() && !error.to_string().contains('\n'), "{string}: {error}");
        assert!(error.report().to_string().contains('^'));
        let service = error.dialect().service().is_some();
        assert!(service || error.server_message().is_some(), "{string}: {error}: the server has no words");
    }
}
