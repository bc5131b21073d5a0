//! Opaque page tokens: a position in a list, authenticated, bound to operation, caller and scope.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::constraints::FieldError;
use crate::error::ApiError;
use crate::generated::operations::Operation;

/// The format's version, the first byte of every token.
const VERSION: u8 = 1;
const TAG: usize = 32;
/// No longer token is read, in characters; no longer position fits.
const LONGEST: usize = 4096;

/// Makes and reads the page tokens of one house.
#[derive(Clone)]
pub struct Pages {
    key: [u8; 64],
}

impl std::fmt::Debug for Pages {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Pages")
    }
}

/// What a token belongs to: it is refused anywhere else.
#[derive(Clone, Copy, Debug)]
pub struct Listing<'a> {
    /// The operation that lists.
    pub operation: Operation,
    /// The account that calls.
    pub caller: &'a str,
    /// The path's labels and the filters, in a fixed order: a token of one collaboration or one
    /// filter is not valid for another.
    pub scope: &'a [&'a str],
}

impl Pages {
    /// With a key of 32 bytes, the same for as long as tokens shall live.
    #[must_use]
    pub fn new(key: &[u8; 32]) -> Self {
        let mut block = [0; 64];
        block.iter_mut().zip(key).for_each(|(to, from)| *to = *from);
        Self { key: block }
    }

    /// The token that goes on after this position.
    #[must_use]
    pub fn token(&self, listing: &Listing<'_>, position: &str) -> String {
        let tag: [u8; TAG] = self.mac(listing, position.as_bytes()).finalize().into_bytes().into();
        URL_SAFE_NO_PAD.encode([&[VERSION], &tag[..], position.as_bytes()].concat())
    }

    /// The position of a token.
    ///
    /// # Errors
    /// ValidationException if this house did not make the token for this listing.
    pub fn position(&self, listing: &Listing<'_>, token: &str) -> Result<String, ApiError> {
        self.open(listing, token).ok_or_else(|| {
            let (name, message) =
                ("nextToken".to_owned(), "Member is not a valid token".to_owned());
            ApiError::fields(vec![FieldError { name, message }])
        })
    }

    fn open(&self, listing: &Listing<'_>, token: &str) -> Option<String> {
        if token.len() > LONGEST {
            return None;
        }
        let bytes = URL_SAFE_NO_PAD.decode(token).ok()?;
        let (&version, rest) = bytes.split_first()?;
        let (tag, position) = rest.split_at_checked(TAG)?;
        self.mac(listing, position).verify_slice(tag).ok().filter(|()| version == VERSION)?;
        String::from_utf8(position.to_vec()).ok()
    }

    /// Every part goes in with its length, so that no two listings write the same bytes.
    fn mac(&self, listing: &Listing<'_>, position: &[u8]) -> Hmac<Sha256> {
        let mut mac = Hmac::<Sha256>::new(&self.key.into());
        let parts =
            [b"glovebox page", listing.operation.name().as_bytes(), listing.caller.as_bytes()];
        let scope = listing.scope.iter().map(|part| part.as_bytes());
        for part in parts.into_iter().chain(scope).chain([position]) {
            mac.update(&(part.len() as u64).to_be_bytes());
            mac.update(part);
        }
        mac
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn listing<'a>(operation: Operation, caller: &'a str, scope: &'a [&'a str]) -> Listing<'a> {
        Listing { operation, caller, scope }
    }

    #[test]
    fn a_token_goes_on_where_it_was_made() {
        let pages = Pages::new(&[7; 32]);
        let here = listing(Operation::ListMembers, "111122223333", &["c1"]);
        let token = pages.token(&here, "2026-11-23|abc");
        assert_eq!(pages.position(&here, &token).unwrap(), "2026-11-23|abc");
    }

    #[test]
    fn a_token_is_good_for_nothing_else() {
        let pages = Pages::new(&[7; 32]);
        let token = pages.token(&listing(Operation::ListMembers, "1", &["c1", "d"]), "x");
        for (key, operation, caller, scope) in [
            (8, Operation::ListMembers, "1", &["c1", "d"][..]),
            (7, Operation::ListSchemas, "1", &["c1", "d"]),
            (7, Operation::ListMembers, "2", &["c1", "d"]),
            (7, Operation::ListMembers, "1", &["c2", "d"]),
            (7, Operation::ListMembers, "1", &["c1d"]),
            (7, Operation::ListMembers, "1", &["c1"]),
        ] {
            let refused =
                Pages::new(&[key; 32]).position(&listing(operation, caller, scope), &token);
            assert_eq!(refused.unwrap_err().name(), "ValidationException");
        }
    }

    proptest! {
        #[test]
        fn forged_tokens_are_refused(token in "\\PC{0,120}") {
            let here = listing(Operation::ListMembers, "1", &[]);
            prop_assert!(Pages::new(&[7; 32]).position(&here, &token).is_err());
        }

        #[test]
        fn a_changed_character_is_seen(position in "\\PC{0,40}", at in any::<prop::sample::Index>(), to in "[A-Za-z0-9_-]") {
            let pages = Pages::new(&[7; 32]);
            let here = listing(Operation::ListMembers, "1", &[]);
            let token = pages.token(&here, &position);
            let at = at.index(token.len());
            let mut changed = token.clone();
            changed.replace_range(at..=at, &to);
            prop_assert_eq!(pages.position(&here, &changed).is_ok(), changed == token);
        }
    }
}
