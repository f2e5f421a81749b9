//! The AWS CLI's shorthand for structures and lists: `Key=team,Value=search`,
//! `Type=password,Passwords=one,two`, `Passwords=["o,ne",two]`. JSON is taken in the same places.
//!
//! Errors never repeat the text: it may hold passwords.

use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

/// A structure with members of these names; `Passwords` and `Values` are lists, all others are texts.
pub(crate) fn parse<T: DeserializeOwned>(text: &str, names: &[&str]) -> Result<T, String> {
    let value = match text.trim_start().starts_with('{') {
        true => serde_json::from_str(text).map_err(|error| error.to_string())?,
        false => Value::Object(members(text, names)?),
    };
    serde_json::from_value(value).map_err(|error| error.to_string())
}

/// Structures, each an argument by itself, or all of them in one JSON list.
pub(crate) fn parse_each<T: DeserializeOwned>(texts: &[String], names: &[&str]) -> Result<Vec<T>, String> {
    match texts {
        [list] if is_json_list(list) => serde_json::from_str(list).map_err(|error| error.to_string()),
        texts => texts.iter().map(|text| parse(text, names)).collect(),
    }
}

/// Texts, each an argument by itself, or all of them in one JSON list.
pub(crate) fn texts(arguments: Vec<String>) -> Result<Vec<String>, String> {
    match &arguments[..] {
        [list] if is_json_list(list) => {
            serde_json::from_str(list).map_err(|_| "not a JSON list of texts".to_owned())
        }
        _ => Ok(arguments),
    }
}

fn is_json_list(text: &str) -> bool {
    text.trim_start().starts_with('[')
}

const LISTS: [&str; 2] = ["Passwords", "Values"];

/// ```abnf
/// members = member *( "," member )
/// member  = name "=" value / "Passwords=" ( "[" values "]" / values )
/// values  = value *( "," value )
/// ```
fn members(text: &str, names: &[&str]) -> Result<Map<String, Value>, String> {
    let mut members = Map::new();
    let mut rest = text;
    loop {
        let unknown = || format!("not Name=value,Name=value with the names {}", names.join(" and "));
        let (name, behind) =
            rest.split_once('=').filter(|(name, _)| names.contains(name)).ok_or_else(unknown)?;
        let (value, behind) = match (LISTS.contains(&name), behind.strip_prefix('[')) {
            (false, _) => value(behind, &[',']).map(|(value, behind)| (Value::from(value), behind))?,
            (true, Some(list)) => bracketed(list)?,
            (true, None) => values(behind)?,
        };
        members.insert(name.to_owned(), value);
        match behind.strip_prefix(',') {
            Some(next) => rest = next,
            None if behind.is_empty() => return Ok(members),
            None => return Err("nothing but a comma may follow a quoted or bracketed value".into()),
        }
    }
}

/// Values up to the end, or to the next member. As in the AWS CLI only the first value can contain `=`.
fn values(mut rest: &str) -> Result<(Value, &str), String> {
    let mut list = Vec::new();
    loop {
        let (value, behind) = value(rest, &[','])?;
        list.push(Value::from(value));
        let is_quoted = |next: &str| next.starts_with(['"', '\'']);
        let is_member =
            |next: &str| !is_quoted(next) && next.split(',').next().is_some_and(|item| item.contains('='));
        match behind.strip_prefix(',') {
            Some(next) if !is_member(next) => rest = next,
            _ => return Ok((Value::from(list), behind)),
        }
    }
}

fn bracketed(mut rest: &str) -> Result<(Value, &str), String> {
    let mut list = Vec::new();
    loop {
        let (value, behind) = value(rest, &[',', ']'])?;
        list.push(Value::from(value));
        match (behind.strip_prefix(','), behind.strip_prefix(']')) {
            (Some(next), _) => rest = next,
            (None, Some(behind)) => return Ok((Value::from(list), behind)),
            (None, None) => return Err("a list that is not closed".into()),
        }
    }
}

/// A text between quotes, where a backslash escapes them, or up to one of the ends.
fn value<'t>(text: &'t str, ends: &[char]) -> Result<(String, &'t str), String> {
    let Some(quote) = text.chars().next().filter(|c| matches!(c, '"' | '\'')) else {
        let end = text.find(ends).unwrap_or(text.len());
        return Ok((text[..end].to_owned(), &text[end..]));
    };
    let (mut value, mut chars) = (String::new(), text[1..].char_indices());
    while let Some((place, c)) = chars.next() {
        match c {
            _ if c == quote => return Ok((value, &text[place + 2..])),
            '\\' => value.extend(chars.next().map(|(_, escaped)| escaped)),
            _ => value.push(c),
        }
    }
    Err("a quote that is not closed".into())
}

#[cfg(test)]
mod tests {
    use super::{members, texts};

    fn json(text: &str) -> String {
        let names = ["Type", "Passwords", "Key", "Value"];
        members(text, &names)
            .map_or_else(|error| error, |members| serde_json::to_string(&members).expect("JSON"))
    }

    #[test]
    fn lists_and_values() {
        assert_eq!(json("Key=team,Value=a=b"), r#"{"Key":"team","Value":"a=b"}"#);
        assert_eq!(
            json("Type=password,Passwords=one,two"),
            r#"{"Passwords":["one","two"],"Type":"password"}"#
        );
        assert_eq!(json("Passwords=one,two,Type=iam"), r#"{"Passwords":["one","two"],"Type":"iam"}"#);
        // as in the AWS CLI: what has `=` is a member, known or not
        assert!(json("Passwords=one,x=two").starts_with("not Name=value"));
        assert_eq!(json("Passwords=a=b,\"x=two\""), r#"{"Passwords":["a=b","x=two"]}"#);
        assert_eq!(json("Passwords=[one,two],Type=iam"), r#"{"Passwords":["one","two"],"Type":"iam"}"#);
        assert_eq!(json(r#"Key="a,b",Value='c\'d'"#), r#"{"Key":"a,b","Value":"c'd"}"#);
    }

    #[test]
    fn what_is_neither_is_not_repeated() {
        for text in
            ["secret", "Type=iam,Secret=x", "Passwords=[secret", "Passwords=\"secret", "Key=\"a\"secret"]
        {
            assert!(!json(text).contains("ecret") && !json(text).starts_with('{'), "{text}: {}", json(text));
        }
    }

    #[test]
    fn one_argument_may_be_a_json_list() {
        assert_eq!(texts(vec![r#"["a","b"]"#.into()]), Ok(vec!["a".to_owned(), "b".into()]));
        assert_eq!(texts(vec!["[".into(), "b".into()]), Ok(vec!["[".to_owned(), "b".into()]));
        assert!(texts(vec!["[secret".into()]).is_err_and(|error| !error.contains("secret")));
    }
}
