//! Recorded cases in which the Java client is at fault, what we do instead, and why.

/// A case and our own expectation.
pub(super) struct Fault {
    pub(super) case: &'static str,
    pub(super) instead: Instead,
    pub(super) reason: &'static str,
}

/// What we do instead.
pub(super) enum Instead {
    /// What the client encrypted decrypts to this.
    Decrypts(&'static str),
    /// Encrypting and decrypting gives these lines, rows sorted.
    RoundTrip(&'static [&'static str]),
    /// Encrypting works.
    Encrypts,
    /// Encrypting fails, but with a reason.
    Refuses(&'static [&'static str]),
}

const LOST_ROW: &str = "the client writes a NULL in the only column as a blank line, which every \
                        reader skips: the row is lost. We write \"\", which it reads as NULL.";

pub(super) const FAULTS: &[Fault] = &[
    Fault {
        case: "single_column_nulls",
        instead: Instead::RoundTrip(&["a", "\"\"", "x", "y"]),
        reason: LOST_ROW,
    },
    Fault {
        case: "single_sealed_nulls",
        instead: Instead::RoundTrip(&["a_s", "\"\"", "x", "y"]),
        reason: LOST_ROW,
    },
    Fault {
        case: "single_sealed_nulls",
        instead: Instead::Decrypts("a_s\nx\ny\n\"\"\n"),
        reason: LOST_ROW,
    },
    Fault {
        case: "single_sealed_nulls_preserved",
        instead: Instead::RoundTrip(&["a_s", "\"\"", "x", "y"]),
        reason: LOST_ROW,
    },
    Fault {
        case: "max_all_null_pad1_nopreserve",
        instead: Instead::RoundTrip(&["a_s", "\"\"", "\"\""]),
        reason: LOST_ROW,
    },
    Fault {
        case: "max_all_null_pad1_nopreserve",
        instead: Instead::Decrypts("a_s\n\"\"\n\"\"\n"),
        reason: LOST_ROW,
    },
    Fault {
        case: "max_null_and_value_nopreserve",
        instead: Instead::RoundTrip(&["a_s", "\"\"", "b", "h\u{e9}\u{e9}"]),
        reason: LOST_ROW,
    },
    Fault {
        case: "max_null_and_value_nopreserve",
        instead: Instead::Decrypts("a_s\n\"\"\nb\nh\u{e9}\u{e9}\n"),
        reason: LOST_ROW,
    },
    Fault {
        case: "looks_fingerprint_cleartext",
        instead: Instead::Decrypts("a\nfoxhmac:bar\n"),
        reason: "as with `enc:`: a cleartext value could stop whoever runs with \
                 --failOnFingerprintColumns.",
    },
    Fault {
        case: "looks_encrypted_cleartext",
        instead: Instead::Decrypts("a\nfoxenc:bar\n"),
        reason: "the client takes any three characters before `enc:` for a version and gives up: \
                 who writes cleartext into a table could stop its receiver. We look at the version.",
    },
    Fault {
        case: "max_all_null_pad0_nopreserve",
        instead: Instead::Encrypts,
        reason: "the client has no room for the info byte if all values are NULL; we measure NULL \
                 values, too.",
    },
    Fault {
        case: "parquet_err_cleartext_decimal_flba",
        instead: Instead::Encrypts,
        reason: "the client loses the length of fixed-length bytes, which is how Spark and pyarrow \
                 write decimals of more than 18 digits.",
    },
    Fault {
        case: "parquet_list_present_unused",
        instead: Instead::Encrypts,
        reason: "the client refuses a file with a nested column even if the schema does not use \
                 it; we leave the column out.",
    },
    Fault {
        case: "parquet_int96_cleartext",
        instead: Instead::Refuses(&["`ts`"]),
        reason: "INT96 is obsolete and means different things to different writers; the client \
                 fails, too, but with the name of a Java class.",
    },
    Fault {
        case: "parquet_unsupported_lst_cleartext",
        instead: Instead::Refuses(&["`lst`"]),
        reason: "nested columns cannot be encrypted; the client does not say which it is.",
    },
    Fault {
        case: "parquet_unsupported_lst_sealed",
        instead: Instead::Refuses(&["`lst_s`"]),
        reason: "nested columns cannot be encrypted; the client does not say which it is.",
    },
];
