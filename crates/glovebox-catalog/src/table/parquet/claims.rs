//! What a footer claims, compared with its bytes before anything believes it.
//!
//! The decoder of footers makes room for as many row groups as a list says that it has, and goes
//! down as deep as a schema is nested: a file of a hundred bytes would end the process that looks
//! at it, and that may be the house. So the bytes are walked once, with nothing kept.

/// Elements of a footer's lists that become something large: nodes of the schema, row groups, chunks
/// of columns and a writer's own notes, in all. A thousand columns in five hundred row groups.
pub(super) const MOST_PARTS: usize = 1 << 19;
/// Structures within each other; those of a footer are six deep.
const DEEPEST: usize = 32;
/// Groups of a schema within each other.
const DEEPEST_SCHEMA: usize = 64;

/// Places of the lists: `FileMetaData.schema`, `.row_groups` and `.key_value_metadata`,
/// `RowGroup.columns`, `SchemaElement.num_children`.
const SCHEMA: i64 = 2;
const ROW_GROUPS: i64 = 4;
const KEYS: i64 = 5;
const COLUMNS: i64 = 1;
const CHILDREN: i64 = 5;

/// Why a footer is not decoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unbelievable {
    /// It is no footer: it ends too soon, or lies about how much there is.
    Broken,
    /// It has more parts than a table is read with.
    TooMany,
}

use Unbelievable::{Broken, TooMany};

/// Looks through a footer without its last eight bytes.
pub(super) fn believable(footer: &[u8]) -> Result<(), Unbelievable> {
    let mut walk = Walk { rest: footer, parts: 0, schema: Schema::default() };
    walk.structure(Within::File, 0)?;
    // A schema that promises more than it has is no schema.
    if walk.schema.left.is_empty() { Ok(()) } else { Err(Broken) }
}

/// Which structure is walked: of few it matters what stands in them.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Within {
    File,
    SchemaNode,
    RowGroup,
    Other,
}

/// The nodes of the schema, as they come: how many children are left to each group that is open.
#[derive(Default)]
struct Schema {
    left: Vec<u64>,
    is_begun: bool,
}

impl Schema {
    fn node(&mut self, children: i64) -> Result<(), Unbelievable> {
        match self.left.last_mut() {
            Some(left) => *left = left.saturating_sub(1),
            // There is one root.
            None if self.is_begun => return Err(Broken),
            None => {}
        }
        self.is_begun = true;
        let children = u64::try_from(children).map_err(|_| Broken)?;
        if children > 0 {
            self.left.push(children);
        }
        if self.left.len() > DEEPEST_SCHEMA {
            return Err(TooMany);
        }
        while self.left.last() == Some(&0) {
            self.left.pop();
        }
        Ok(())
    }
}

struct Walk<'a> {
    rest: &'a [u8],
    parts: usize,
    schema: Schema,
}

/// The types of Thrift's compact protocol.
mod kind {
    pub(super) const STOP: u8 = 0;
    pub(super) const TRUE: u8 = 1;
    pub(super) const FALSE: u8 = 2;
    pub(super) const BYTE: u8 = 3;
    pub(super) const I16: u8 = 4;
    pub(super) const I64: u8 = 6;
    pub(super) const DOUBLE: u8 = 7;
    pub(super) const BINARY: u8 = 8;
    pub(super) const LIST: u8 = 9;
    pub(super) const SET: u8 = 10;
    pub(super) const MAP: u8 = 11;
    pub(super) const STRUCT: u8 = 12;
    pub(super) const UUID: u8 = 13;
}

impl Walk<'_> {
    fn byte(&mut self) -> Result<u8, Unbelievable> {
        let (first, rest) = self.rest.split_first().ok_or(Broken)?;
        self.rest = rest;
        Ok(*first)
    }

    fn skip(&mut self, count: u64) -> Result<(), Unbelievable> {
        let count = usize::try_from(count).map_err(|_| Broken)?;
        self.rest = self.rest.get(count..).ok_or(Broken)?;
        Ok(())
    }

    fn number(&mut self) -> Result<u64, Unbelievable> {
        let mut number = 0_u64;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            number |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Ok(number);
            }
        }
        Err(Broken)
    }

    fn signed(&mut self) -> Result<i64, Unbelievable> {
        let number = self.number()?;
        let half = i64::try_from(number >> 1).map_err(|_| Broken)?;
        Ok(if number & 1 == 0 { half } else { !half })
    }

    /// The fields of a structure, to its end.
    fn structure(&mut self, within: Within, depth: usize) -> Result<(), Unbelievable> {
        if depth > DEEPEST {
            return Err(Broken);
        }
        let (mut id, mut children) = (0_i64, 0);
        loop {
            let header = self.byte()?;
            let kind = header & 0x0f;
            if kind == kind::STOP {
                break;
            }
            id = match header >> 4 {
                0 => self.signed()?,
                delta => id.saturating_add(delta.into()),
            };
            match (within, id, kind) {
                (Within::SchemaNode, CHILDREN, kind::I16..=kind::I64) => {
                    children = self.signed()?
                }
                (Within::File, SCHEMA, kind::LIST) => self.list(Within::SchemaNode, depth)?,
                (Within::File, ROW_GROUPS, kind::LIST) => self.list(Within::RowGroup, depth)?,
                (Within::File, KEYS, kind::LIST) | (Within::RowGroup, COLUMNS, kind::LIST) => {
                    self.list(Within::Other, depth)?
                }
                // Of any other type they are no footer's, whatever a decoder makes of them.
                (Within::File, SCHEMA | ROW_GROUPS | KEYS, _)
                | (Within::RowGroup, COLUMNS, _)
                | (Within::SchemaNode, CHILDREN, _) => return Err(Broken),
                // A boolean of a structure stands in its header.
                (_, _, kind::TRUE | kind::FALSE) => {}
                _ => self.value(kind, depth)?,
            }
        }
        match within {
            Within::SchemaNode => self.schema.node(children),
            Within::File | Within::RowGroup | Within::Other => Ok(()),
        }
    }

    /// A list whose elements become something large.
    fn list(&mut self, within: Within, depth: usize) -> Result<(), Unbelievable> {
        let (count, kind) = self.list_header()?;
        self.parts = self.parts.saturating_add(count);
        if self.parts > MOST_PARTS {
            return Err(TooMany);
        }
        for _ in 0..count {
            match kind {
                kind::STRUCT => self.structure(within, depth + 1)?,
                _ => self.element(kind, depth + 1)?,
            }
        }
        Ok(())
    }

    /// How many elements a list has, of which type: not more than bytes are left.
    fn list_header(&mut self) -> Result<(usize, u8), Unbelievable> {
        let header = self.byte()?;
        let count = match header >> 4 {
            15 => self.number()?,
            few => few.into(),
        };
        let count = usize::try_from(count).map_err(|_| Broken)?;
        if count > self.rest.len() { Err(Broken) } else { Ok((count, header & 0x0f)) }
    }

    fn element(&mut self, kind: u8, depth: usize) -> Result<(), Unbelievable> {
        match kind {
            kind::TRUE | kind::FALSE => self.skip(1),
            _ => self.value(kind, depth),
        }
    }

    fn value(&mut self, kind: u8, depth: usize) -> Result<(), Unbelievable> {
        if depth > DEEPEST {
            return Err(Broken);
        }
        match kind {
            kind::BYTE => self.skip(1),
            kind::I16..=kind::I64 => self.number().map(drop),
            kind::DOUBLE => self.skip(8),
            kind::UUID => self.skip(16),
            kind::BINARY => {
                let length = self.number()?;
                self.skip(length)
            }
            kind::STRUCT => self.structure(Within::Other, depth + 1),
            kind::LIST | kind::SET => {
                let (count, kind) = self.list_header()?;
                (0..count).try_for_each(|_| self.element(kind, depth + 1))
            }
            kind::MAP => {
                let count = usize::try_from(self.number()?).map_err(|_| Broken)?;
                if count == 0 {
                    return Ok(());
                }
                if count > self.rest.len() {
                    return Err(Broken);
                }
                let kinds = self.byte()?;
                (0..count).try_for_each(|_| {
                    self.element(kinds >> 4, depth + 1)?;
                    self.element(kinds & 0x0f, depth + 1)
                })
            }
            _ => Err(Broken),
        }
    }
}

#[cfg(test)]
mod tests;
