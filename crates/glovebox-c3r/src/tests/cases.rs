//! The whole-file cases: what went into the Java client and what came out.

/// One case.
pub(super) struct Case {
    pub(super) name: &'static str,
    pub(super) input: &'static [u8],
    pub(super) schema: &'static [u8],
    pub(super) meta: &'static str,
    pub(super) encrypted: Option<&'static [u8]>,
    pub(super) decrypted: Option<&'static [u8]>,
}

/// A file of a case's folder.
macro_rules! file {
    ($name:literal, $file:literal, $ending:literal) => {
        include_bytes!(concat!("../../tests/vectors/files/", $name, "/", $file, ".", $ending))
    };
}

/// A case by the name of its folder, the ending of its files, and how far the client came.
macro_rules! case {
    (@ $name:literal, $ending:literal, $encrypted:expr, $decrypted:expr) => {
        Case {
            name: $name,
            input: file!($name, "input", $ending),
            schema: file!($name, "schema", "json"),
            meta: include_str!(concat!("../../tests/vectors/files/", $name, "/meta.json")),
            encrypted: $encrypted,
            decrypted: $decrypted,
        }
    };
    ($name:literal, $ending:literal, refused) => {
        case!(@ $name, $ending, None, None)
    };
    ($name:literal, $ending:literal, encrypted) => {
        case!(@ $name, $ending, Some(file!($name, "encrypted", $ending)), None)
    };
    ($name:literal, $ending:literal, decrypted) => {
        case!(
            @ $name,
            $ending,
            Some(file!($name, "encrypted", $ending)),
            Some(file!($name, "decrypted", $ending))
        )
    };
}

/// CSV files.
pub(super) const CSV: &[Case] = &[
    case!("cleartext_longest", "csv", decrypted),
    case!("csv_dialect_lf", "csv", decrypted),
    case!("csv_input_null_blank", "csv", decrypted),
    case!("csv_input_null_qq_in_single", "csv", decrypted),
    case!("csv_input_null_quotedNULL", "csv", decrypted),
    case!("csv_input_null_unset", "csv", decrypted),
    case!("csv_output_null_NULL", "csv", decrypted),
    case!("csv_output_null_qq4", "csv", decrypted),
    case!("csv_output_null_space", "csv", decrypted),
    case!("csv_output_null_unset", "csv", decrypted),
    case!("dups_in_sealed_ok", "csv", decrypted),
    case!("err_bad_header", "csv", refused),
    case!("err_cleartext_not_allowed", "csv", refused),
    case!("err_cleartext_too_long", "csv", refused),
    case!("err_dup_nulls", "csv", refused),
    case!("err_dup_target", "csv", refused),
    case!("err_duplicates", "csv", refused),
    case!("err_fixed_too_small", "csv", refused),
    case!("err_fixed_zero_empty", "csv", refused),
    case!("err_missing_source", "csv", refused),
    case!("err_non_utf8", "csv", refused),
    case!("err_positional_column_count", "csv", refused),
    case!("err_too_few", "csv", refused),
    case!("err_too_long_none", "csv", refused),
    case!("fingerprint_of_long", "csv", decrypted),
    case!("fixed_exact", "csv", decrypted),
    case!("header_case_and_space", "csv", decrypted),
    case!("header_only", "csv", decrypted),
    case!("longest_none", "csv", decrypted),
    case!("looks_encrypted_cleartext", "csv", encrypted),
    case!("looks_fingerprint_cleartext", "csv", encrypted),
    case!("max_12000", "csv", decrypted),
    case!("max_all_null_pad0_nopreserve", "csv", refused),
    case!("max_all_null_pad1_nopreserve", "csv", decrypted),
    case!("max_null_and_value_nopreserve", "csv", decrypted),
    case!("ok_single_null_no_dups", "csv", decrypted),
    case!("sealed_of_ciphertext", "csv", decrypted),
    case!("settings_c0d0j0n0", "csv", decrypted),
    case!("settings_c0d0j0n1", "csv", decrypted),
    case!("settings_c0d0j1n0", "csv", decrypted),
    case!("settings_c0d0j1n1", "csv", decrypted),
    case!("settings_c0d1j1n0", "csv", decrypted),
    case!("settings_c0d1j1n1", "csv", decrypted),
    case!("settings_c1d0j0n1", "csv", decrypted),
    case!("settings_c1d0j1n0", "csv", decrypted),
    case!("settings_c1d1j0n0", "csv", decrypted),
    case!("settings_c1d1j0n1", "csv", decrypted),
    case!("settings_c1d1j1n0", "csv", decrypted),
    case!("single_column_nulls", "csv", decrypted),
    case!("single_sealed_nulls", "csv", decrypted),
    case!("single_sealed_nulls_preserved", "csv", decrypted),
];

/// Parquet files.
pub(super) const PARQUET: &[Case] = &[
    case!("parquet_all_null_int_nopreserve", "parquet", decrypted),
    case!("parquet_binary_as_string", "parquet", decrypted),
    case!("parquet_err_cleartext_decimal_flba", "parquet", refused),
    case!("parquet_err_csv_option", "parquet", refused),
    case!("parquet_err_fingerprint_Db", "parquet", refused),
    case!("parquet_err_fingerprint_De9", "parquet", refused),
    case!("parquet_err_fingerprint_F", "parquet", refused),
    case!("parquet_err_fingerprint_Tus", "parquet", refused),
    case!("parquet_err_positional", "parquet", refused),
    case!("parquet_header_space", "parquet", decrypted),
    case!("parquet_int96_cleartext", "parquet", refused),
    case!("parquet_list_present_unused", "parquet", refused),
    case!("parquet_multi_row_group", "parquet", decrypted),
    case!("parquet_sealed_other_types", "parquet", encrypted),
    case!("parquet_types_j0n0", "parquet", decrypted),
    case!("parquet_types_j1n1", "parquet", decrypted),
    case!("parquet_unsupported_bin_sealed", "parquet", refused),
    case!("parquet_unsupported_i8_cleartext", "parquet", decrypted),
    case!("parquet_unsupported_i8_sealed", "parquet", refused),
    case!("parquet_unsupported_lst_cleartext", "parquet", refused),
    case!("parquet_unsupported_lst_sealed", "parquet", refused),
    case!("parquet_unsupported_time_cleartext", "parquet", decrypted),
    case!("parquet_unsupported_time_sealed", "parquet", refused),
    case!("parquet_unsupported_u32_cleartext", "parquet", decrypted),
    case!("parquet_unsupported_u32_sealed", "parquet", refused),
    case!("parquet_unsupported_u8_cleartext", "parquet", decrypted),
    case!("parquet_unsupported_u8_sealed", "parquet", refused),
];
