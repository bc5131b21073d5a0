//! Reading and writing typed values, after [`crate::validate`] has judged them.

use std::collections::BTreeMap;

use serde_json::{Map, Number, Value};

use crate::sensitive::Sensitive;
use crate::time::Timestamp;

/// A type that the wire can carry.
pub trait Wire: Sized {
    /// Reads a value that satisfies the shape's constraints; `None` if it does not fit the type.
    fn from_json(value: &Value) -> Option<Self>;

    /// The JSON of this value; absent members are left out.
    fn to_json(&self) -> Value;
}

impl Wire for String {
    fn from_json(value: &Value) -> Option<Self> {
        value.as_str().map(str::to_owned)
    }

    fn to_json(&self) -> Value {
        Value::String(self.clone())
    }
}

impl Wire for bool {
    fn from_json(value: &Value) -> Option<Self> {
        value.as_bool()
    }

    fn to_json(&self) -> Value {
        Value::Bool(*self)
    }
}

impl Wire for i32 {
    fn from_json(value: &Value) -> Option<Self> {
        value.as_i64()?.try_into().ok()
    }

    fn to_json(&self) -> Value {
        Value::from(*self)
    }
}

impl Wire for i64 {
    fn from_json(value: &Value) -> Option<Self> {
        value.as_i64()
    }

    fn to_json(&self) -> Value {
        Value::from(*self)
    }
}

impl Wire for f64 {
    fn from_json(value: &Value) -> Option<Self> {
        value.as_f64()
    }

    fn to_json(&self) -> Value {
        Number::from_f64(*self).map_or(Value::Null, Value::Number)
    }
}

impl Wire for Timestamp {
    fn from_json(value: &Value) -> Option<Self> {
        Self::from_json(value)
    }

    fn to_json(&self) -> Value {
        Self::to_json(*self)
    }
}

impl Wire for Value {
    fn from_json(value: &Value) -> Option<Self> {
        Some(value.clone())
    }

    fn to_json(&self) -> Value {
        self.clone()
    }
}

impl<T: Wire> Wire for Vec<T> {
    fn from_json(value: &Value) -> Option<Self> {
        value.as_array()?.iter().map(T::from_json).collect()
    }

    fn to_json(&self) -> Value {
        Value::Array(self.iter().map(T::to_json).collect())
    }
}

impl<T: Wire> Wire for BTreeMap<String, T> {
    fn from_json(value: &Value) -> Option<Self> {
        let entries = value.as_object()?.iter();
        entries.map(|(key, value)| Some((key.clone(), T::from_json(value)?))).collect()
    }

    fn to_json(&self) -> Value {
        Value::Object(self.iter().map(|(key, value)| (key.clone(), value.to_json())).collect())
    }
}

impl<T: Wire> Wire for Sensitive<T> {
    fn from_json(value: &Value) -> Option<Self> {
        T::from_json(value).map(Self)
    }

    fn to_json(&self) -> Value {
        self.0.to_json()
    }
}

pub(crate) fn read_required<T: Wire>(map: &Map<String, Value>, key: &str) -> Option<T> {
    T::from_json(map.get(key)?)
}

pub(crate) fn read_optional<T: Wire>(map: &Map<String, Value>, key: &str) -> Option<Option<T>> {
    match map.get(key) {
        None | Some(Value::Null) => Some(None),
        Some(value) => T::from_json(value).map(Some),
    }
}

pub(crate) fn write_required<T: Wire>(map: &mut Map<String, Value>, key: &str, value: &T) {
    map.insert(key.to_owned(), value.to_json());
}

pub(crate) fn write_optional<T: Wire>(map: &mut Map<String, Value>, key: &str, value: &Option<T>) {
    if let Some(value) = value {
        map.insert(key.to_owned(), value.to_json());
    }
}

/// The one member of a union that is there and not null.
pub(crate) fn only_member(value: &Value) -> Option<(&str, &Value)> {
    let mut present = value.as_object()?.iter().filter(|(_, value)| !value.is_null());
    let (key, value) = present.next()?;
    present.next().is_none().then_some((key.as_str(), value))
}

/// A structure: its type, its table, its [`Wire`].
macro_rules! structure {
    (plain $name:ident $table:ident {$($members:tt)*}) => {
        $crate::wire::structure!(@body [#[derive(Clone, Debug, PartialEq)]] $name $table {$($members)*});
    };
    (sensitive $name:ident $table:ident {$($members:tt)*}) => {
        $crate::wire::structure!(@body [#[derive(Clone, PartialEq)]] $name $table {$($members)*});

        impl ::std::fmt::Debug for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.write_str(stringify!($name))
            }
        }
    };
    (@body [$(#[$meta:meta])*] $name:ident $table:ident {
        $($field:ident $key:literal $need:ident $location:ident $type:ty => $shape:ident,)*
    }) => {
        $(#[$meta])*
        pub struct $name {
            $(pub $field: $crate::wire::structure!(@type $need $type),)*
        }

        pub(crate) static $table: $crate::shape::Shape = $crate::shape::Shape::structure(
            stringify!($name),
            &[$($crate::shape::Member {
                name: $key,
                required: $crate::wire::structure!(@required $need),
                location: $crate::wire::structure!(@location $location),
                shape: &$shape,
            },)*],
        );

        impl $crate::wire::Wire for $name {
            fn from_json(value: &::serde_json::Value) -> Option<Self> {
                let _map = value.as_object()?;
                Some(Self { $($field: $crate::wire::structure!(@read $need _map $key)?,)* })
            }

            fn to_json(&self) -> ::serde_json::Value {
                let mut _map = ::serde_json::Map::new();
                $($crate::wire::structure!(@write $need)(&mut _map, $key, &self.$field);)*
                ::serde_json::Value::Object(_map)
            }
        }
    };
    (@type required $type:ty) => { $type };
    (@type optional $type:ty) => { Option<$type> };
    (@required required) => { true };
    (@required optional) => { false };
    (@location body) => { $crate::shape::Location::Body };
    (@location label) => { $crate::shape::Location::Label };
    (@location query) => { $crate::shape::Location::Query };
    (@read required $map:ident $key:literal) => { $crate::wire::read_required($map, $key) };
    (@read optional $map:ident $key:literal) => { $crate::wire::read_optional($map, $key) };
    (@write required) => { $crate::wire::write_required };
    (@write optional) => { $crate::wire::write_optional };
}

/// A union: one variant per member.
macro_rules! union {
    ($name:ident $table:ident { $($variant:ident $key:literal $type:ty => $shape:ident,)* }) => {
        #[derive(Clone, Debug, PartialEq)]
        pub enum $name {
            $($variant($type),)*
        }

        pub(crate) static $table: $crate::shape::Shape = $crate::shape::Shape::union(
            stringify!($name),
            &[$($crate::shape::Member {
                name: $key,
                required: false,
                location: $crate::shape::Location::Body,
                shape: &$shape,
            },)*],
        );

        impl $crate::wire::Wire for $name {
            fn from_json(value: &::serde_json::Value) -> Option<Self> {
                let (key, value) = $crate::wire::only_member(value)?;
                match key {
                    $($key => $crate::wire::Wire::from_json(value).map(Self::$variant),)*
                    _ => None,
                }
            }

            fn to_json(&self) -> ::serde_json::Value {
                let mut map = ::serde_json::Map::new();
                match self {
                    $(Self::$variant(value) => {
                        map.insert($key.to_owned(), $crate::wire::Wire::to_json(value));
                    })*
                }
                ::serde_json::Value::Object(map)
            }
        }
    };
}

/// An enumeration of strings.
macro_rules! enumeration {
    ($name:ident $table:ident { $($variant:ident = $text:literal,)* }) => {
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name {
            $($variant,)*
        }

        impl $name {
            /// All values, in the model's order.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The value on the wire.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $text,)*
                }
            }

            /// The value of that text; `None` for any other text.
            #[must_use]
            pub fn from_text(text: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|value| value.as_str() == text)
            }
        }

        impl ::std::fmt::Display for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        pub(crate) static $table: $crate::shape::Shape =
            $crate::shape::Shape::choice(stringify!($name), &[$($text,)*]);

        impl $crate::wire::Wire for $name {
            fn from_json(value: &::serde_json::Value) -> Option<Self> {
                Self::from_text(value.as_str()?)
            }

            fn to_json(&self) -> ::serde_json::Value {
                ::serde_json::Value::from(self.as_str())
            }
        }
    };
}

pub(crate) use {enumeration, structure, union};
