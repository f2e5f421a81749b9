//! The AWS CLI's shorthand for structures: `Key=team,Value=search`, `Type=password,Passwords=one,two`.

use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

/// Reads the shorthand, or JSON where the text begins with `{`. A value without a name belongs to the list
/// of the member before it; a member that is always a list is `Passwords`.
pub(crate) fn parse<T: DeserializeOwned>(text: &str) -> Result<T, String> {
    let value = if text.trim_start().starts_with('{') {
        serde_json::from_str(text).map_err(|error| error.to_string())?
    } else {
        Value::Object(members(text)?)
    };
    serde_json::from_value(value).map_err(|error| error.to_string())
}

fn members(text: &str) -> Result<Map<String, Value>, String> {
    let mut members = Map::new();
    let mut list: Option<String> = None;
    for part in text.split(',') {
        match (part.split_once('='), &list) {
            (Some((name, value)), _) if is_name(name) => {
                let value = if name == LIST { Value::from(vec![value]) } else { Value::from(value) };
                members.insert(name.to_owned(), value);
                list = (name == LIST).then(|| name.to_owned());
            }
            (_, Some(name)) => {
                members
                    .get_mut(name)
                    .and_then(Value::as_array_mut)
                    .into_iter()
                    .for_each(|list| list.push(part.into()));
            }
            (_, None) => return Err("not Name=value,Name=value".into()),
        }
    }
    Ok(members)
}

const LIST: &str = "Passwords";

fn is_name(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_ascii_alphabetic())
}

#[cfg(test)]
mod tests {
    use super::members;

    fn json(text: &str) -> String {
        members(text).map_or_else(|error| error, |members| serde_json::to_string(&members).expect("JSON"))
    }

    #[test]
    fn lists_and_values() {
        assert_eq!(json("Key=team,Value=a=b"), r#"{"Key":"team","Value":"a=b"}"#);
        assert_eq!(
            json("Type=password,Passwords=one,two"),
            r#"{"Passwords":["one","two"],"Type":"password"}"#
        );
        assert_eq!(json("Type=iam"), r#"{"Type":"iam"}"#);
        assert_eq!(json("password"), "not Name=value,Name=value");
    }
}
