//! What is known of every operation.

use serde_json::Value;

use crate::generated::errors::ErrorKind;
use crate::generated::operations::Operation;
use crate::shape::Shape;
use crate::wire::Wire;

/// What the model says of one operation.
#[derive(Debug)]
pub struct Facts {
    /// AWS's name.
    pub name: &'static str,
    /// The HTTP method.
    pub method: &'static str,
    /// The path with its labels in braces.
    pub uri: &'static str,
    /// The status code of success.
    pub success: u16,
    /// The input's shape.
    pub input: &'static Shape,
    /// The output's shape.
    pub output: &'static Shape,
    /// The modelled errors.
    pub errors: &'static [ErrorKind],
    /// A repeat has no further effect.
    pub idempotent: bool,
    /// Nothing changes.
    pub readonly: bool,
}

impl Operation {
    /// AWS's name.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.facts().name
    }

    /// The operation of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|operation| operation.name() == name)
    }
}

pub(crate) fn retype<T: Wire>(value: &Value) -> Option<Value> {
    T::from_json(value).map(|typed| typed.to_json())
}

/// The enumeration of operations, their facts and [`crate::Input`] for each.
macro_rules! operations {
    ($($name:ident $method:ident $uri:literal $success:literal $input:ident $input_shape:ident
       $output:ident $output_shape:ident [$($error:ident)*] $idempotent:literal $readonly:literal,)*
    ) => {
        /// An operation of AWS Clean Rooms.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Operation {
            $($name,)*
        }

        impl Operation {
            /// All operations, in the model's order.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// What the model says of it.
            #[must_use]
            pub fn facts(self) -> &'static $crate::operation::Facts {
                match self {
                    $(Self::$name => {
                        static FACTS: $crate::operation::Facts = $crate::operation::Facts {
                            name: stringify!($name),
                            method: stringify!($method),
                            uri: $uri,
                            success: $success,
                            input: &$input_shape,
                            output: &$output_shape,
                            errors: &[$($crate::generated::errors::ErrorKind::$error,)*],
                            idempotent: $idempotent,
                            readonly: $readonly,
                        };
                        &FACTS
                    })*
                }
            }

            /// Reads JSON as the operation's typed input and gives what that writes; `None` if it
            /// does not fit. For tests and fuzzing: valid JSON always fits.
            #[must_use]
            pub fn retype_input(self, value: &::serde_json::Value) -> Option<::serde_json::Value> {
                match self {
                    $(Self::$name => $crate::operation::retype::<$input>(value),)*
                }
            }

            /// The same for its output.
            #[must_use]
            pub fn retype_output(self, value: &::serde_json::Value) -> Option<::serde_json::Value> {
                match self {
                    $(Self::$name => $crate::operation::retype::<$output>(value),)*
                }
            }
        }

        $(impl $crate::input::Input for $input {
            const OPERATION: Operation = Operation::$name;
            type Output = $output;
        })*
    };
}

pub(crate) use operations;
