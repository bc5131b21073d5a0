//! Which names buckets and objects may have.

use super::BucketError;

/// The bucket that shows the account's own logs, read-only.
pub(crate) const LOGS: &str = "glovebox-logs";

const MAX_SEGMENTS: usize = 100;

/// Checks a bucket's name by S3's rules.
pub fn check_bucket_name(name: &str) -> Result<(), BucketError> {
    let alphanumeric = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    let legal = (3..=63).contains(&name.len())
        && name.chars().all(|c| alphanumeric(c) || c == '.' || c == '-')
        && name.starts_with(alphanumeric)
        && name.ends_with(alphanumeric)
        && !["..", ".-", "-."].iter().any(|it| name.contains(it))
        && !is_address(name);
    if legal { Ok(()) } else { Err(BucketError::BadBucketName) }
}

/// Checks an object's key: see [`BucketError::BadKey`].
pub fn check_key(key: &str) -> Result<(), BucketError> {
    let legal = !key.is_empty()
        && key.len() <= 1024
        && !key.contains('\0')
        && key.split('/').count() <= MAX_SEGMENTS
        && key.split('/').all(|it| !it.is_empty() && it != "." && it != ".." && it.len() <= 255);
    if legal { Ok(()) } else { Err(BucketError::BadKey) }
}

/// The folders of a key, and its last segment.
pub(crate) fn split(key: &str) -> Result<(Vec<&str>, &str), BucketError> {
    check_key(key)?;
    let mut segments: Vec<&str> = key.split('/').collect();
    let leaf = segments.pop().ok_or(BucketError::BadKey)?;
    Ok((segments, leaf))
}

fn is_address(name: &str) -> bool {
    name.parse::<std::net::Ipv4Addr>().is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bucket_names_follow_the_rules_of_s3() {
        for good in ["abc", "my-bucket", "a.b.c", "123", LOGS, &"x".repeat(63)] {
            assert!(check_bucket_name(good).is_ok(), "{good}");
        }
        for bad in
            ["", "ab", "Abc", "a_b", "-ab", "ab-", "a..b", "a.-b", "10.0.0.1", "a/b", "..", "a\0b"]
        {
            assert!(check_bucket_name(bad).is_err(), "{bad:?}");
        }
        assert!(check_bucket_name(&"x".repeat(64)).is_err());
    }

    #[test]
    fn keys_that_climb_or_hide_are_refused() {
        for good in ["a", "a/b", "..a", "a..", ".a", "a b/ü/%2e%2e", &"x".repeat(255)] {
            assert!(check_key(good).is_ok(), "{good}");
        }
        for bad in ["", "/", "/a", "a/", "a//b", ".", "..", "a/..", "../a", "a/./b", "a\0"] {
            assert!(check_key(bad).is_err(), "{bad:?}");
        }
        assert!(check_key(&"x".repeat(256)).is_err());
        assert!(check_key(&"x/".repeat(101)).is_err());
    }
}
