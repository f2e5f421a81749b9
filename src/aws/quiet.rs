//! Reading requests: only objects are taken for structures, and what stands in the place of a password or a
//! structure is never repeated in an error.

use alloc::borrow::ToOwned;
use alloc::vec::Vec;
use core::fmt;
use core::marker::PhantomData;

use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};

use super::request::AuthenticationMode;
use crate::secret::Password;

/// serde would also read a structure from a list of its members' values; AWS does not. The types derive
/// their reading with `remote = "Self"`, which makes it a function; this makes it the trait's for objects.
macro_rules! only_objects {
    ($($of:ty),*) => {$(
        impl<'de> serde::Deserialize<'de> for $of {
            fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                struct AnObject;
                impl<'de> serde::de::Visitor<'de> for AnObject {
                    type Value = $of;
                    fn expecting(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                        f.write_str("an object")
                    }
                    fn visit_map<A: serde::de::MapAccess<'de>>(self, object: A) -> Result<$of, A::Error> {
                        <$of>::deserialize(serde::de::value::MapAccessDeserializer::new(object))
                    }
                }
                from.deserialize_map(AnObject)
            }
        }
    )*};
}
pub(super) use only_objects;

/// A member that is there: `null` is no value, to AWS's tools as here. One that is not there has its default.
pub(super) fn given<'de, T: Deserialize<'de>, D: Deserializer<'de>>(from: D) -> Result<Option<T>, D::Error> {
    T::deserialize(from).map(Some)
}

/// A list of passwords.
pub(super) fn passwords<'de, D: Deserializer<'de>>(
    from: D,
) -> Result<Option<Vec<Password<'static>>>, D::Error> {
    let texts: Option<Vec<Text>> = from.deserialize_any(Quiet::expecting("a list of passwords"))?;
    Ok(texts.map(|texts| texts.into_iter().map(|text| text.0).collect()))
}

/// An authentication mode.
pub(super) fn mode<'de, D: Deserializer<'de>>(from: D) -> Result<Option<AuthenticationMode>, D::Error> {
    from.deserialize_any(Quiet::expecting("an object with Type and Passwords"))
}

/// A password that stands in a list.
struct Text(Password<'static>);

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct AText;
        impl Visitor<'_> for AText {
            type Value = Text;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a text")
            }
            fn visit_str<E: Error>(self, text: &str) -> Result<Text, E> {
                Ok(Text(text.to_owned().into()))
            }
            fn visit_u64<E: Error>(self, _: u64) -> Result<Text, E> {
                Err(E::custom("a password is a text"))
            }
            fn visit_i64<E: Error>(self, _: i64) -> Result<Text, E> {
                Err(E::custom("a password is a text"))
            }
            fn visit_f64<E: Error>(self, _: f64) -> Result<Text, E> {
                Err(E::custom("a password is a text"))
            }
        }
        from.deserialize_any(AText)
    }
}

/// Takes a list or an object for what it is, and anything else for an error that does not tell it.
struct Quiet<T> {
    expected: &'static str,
    read: PhantomData<T>,
}

impl<T> Quiet<T> {
    fn expecting(expected: &'static str) -> Self {
        Self { expected, read: PhantomData }
    }

    fn refuse<E: Error>(&self) -> Result<Option<T>, E> {
        Err(E::custom(format_args!("expected {}", self.expected)))
    }
}

impl<'de, T: Deserialize<'de>> Visitor<'de> for Quiet<T> {
    type Value = Option<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.expected)
    }

    fn visit_unit<E: Error>(self) -> Result<Option<T>, E> {
        self.refuse()
    }

    fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<Option<T>, A::Error> {
        T::deserialize(SeqAccessDeserializer::new(list)).map(Some)
    }

    fn visit_map<A: MapAccess<'de>>(self, object: A) -> Result<Option<T>, A::Error> {
        T::deserialize(MapAccessDeserializer::new(object)).map(Some)
    }

    fn visit_str<E: Error>(self, _: &str) -> Result<Option<T>, E> {
        self.refuse()
    }

    fn visit_u64<E: Error>(self, _: u64) -> Result<Option<T>, E> {
        self.refuse()
    }

    fn visit_i64<E: Error>(self, _: i64) -> Result<Option<T>, E> {
        self.refuse()
    }

    fn visit_f64<E: Error>(self, _: f64) -> Result<Option<T>, E> {
        self.refuse()
    }
}
