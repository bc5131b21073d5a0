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

/// CSV files.
pub(super) const CSV: &[Case] = &[
    Case {
        name: "cleartext_longest",
        input: include_bytes!("../../tests/vectors/files/cleartext_longest/input.csv"),
        schema: include_bytes!("../../tests/vectors/files/cleartext_longest/schema.json"),
        meta: include_str!("../../tests/vectors/files/cleartext_longest/meta.json"),
        encrypted: Some(include_bytes!(
            "../../tests/vectors/files/cleartext_longest/encrypted.csv"
        )),
        decrypted: Some(include_bytes!(
            "../../tests/vectors/files/cleartext_longest/decrypted.csv"
        )),
    },
    Case {
        name: "csv_dialect_lf",
        input: include_bytes!("../../tests/vectors/files/csv_dialect_lf/input.csv"),
        schema: include_bytes!("../../tests/vectors/files/csv_dialect_lf/schema.json"),
        meta: include_str!("../../tests/vectors/files/csv_dialect_lf/meta.json"),
        encrypted: Some(include_bytes!("../../tests/vectors/files/csv_dialect_lf/encrypted.csv")),
        decrypted: Some(include_bytes!("../../tests/vectors/files/csv_dialect_lf/decrypted.csv")),
    },
    Case {
        name: "csv_input_null_blank",
        input: include_bytes!("../../tests/vectors/files/csv_input_null_blank/input.csv"),
        schema: include_bytes!("../../tests/vectors/files/csv_input_null_blank/schema.json"),
        meta: include_str!("../../tests/vectors/files/csv_input_null_blank/meta.json"),
        encrypted: Some(include_bytes!(
            "../../tests/vectors/files/csv_input_null_blank/encrypted.csv"
        )),
        decrypted: Some(include_bytes!(
            "../../tests/vectors/files/csv_input_null_blank/decrypted.csv"
        )),
    },
    Case {
        name: "csv_input_null_qq_in_single",
        input: include_bytes!("../../tests/vectors/files/csv_input_null_qq_in_single/input.csv"),
        schema: include_bytes!("../../tests/vectors/files/csv_input_null_qq_in_single/schema.json"),
        meta: include_str!("../../tests/vectors/files/csv_input_null_qq_in_single/meta.json"),
        encrypted: Some(include_bytes!(
            "../../tests/vectors/files/csv_input_null_qq_in_single/encrypted.csv"
        )),
        decrypted: Some(include_bytes!(
            "../../tests/vectors/files/csv_input_null_qq_in_single/decrypted.csv"
        )),
    },
    Case {
        name: "csv_input_null_quotedNULL",
        input: include_bytes!("../../tests/vectors/files/csv_input_null_quotedNULL/input.csv"),
        schema: include_bytes!("../../tests/vectors/files/csv_input_null_quotedNULL/schema.json"),
        meta: include_str!("../../tests/vectors/files/csv_input_null_quotedNULL/meta.json"),
        encrypted: Some(include_bytes!(
            "../../tests/vectors/files/csv_input_null_quotedNULL/encrypted.csv"
        )),
        decrypted: Some(include_bytes!(
            "../../tests/vectors/files/csv_input_null_quotedNULL/decrypted.csv"
        )),
    },
    Case {
        name: "csv_input_null_unset",
        input: include_bytes!("../../tests/vectors/files/csv_input_null_unset/input.csv"),
        schema: include_bytes!("../../tests/vectors/files/csv_input_null_unset/schema.json"),
        meta: include_str!("../../tests/vectors/files/csv_input_null_unset/meta.json"),
        encrypted: Some(include_bytes!(
            "../../tests/vectors/files/csv_input_null_unset/encrypted.csv"
        )),
        decrypted: Some(include_bytes!(
            "../../tests/vectors/files/csv_input_null_unset/decrypted.csv"
        )),
    },
    Case {
        name: "csv_output_null_NULL",
        input: include_bytes!("../../tests/vectors/files/csv_output_null_NULL/input.csv"),
        schema: include_bytes!("../../tests/vectors/files/csv_output_null_NULL/schema.json"),
        meta: include_str!("../../tests/vectors/files/csv_output_null_NULL/meta.json"),
        encrypted: Some(include_bytes!(
            "../../tests/vectors/files/csv_output_null_NULL/encrypted.csv"
        )),
        decrypted: Some(include_bytes!(
            "../../tests/vectors/files/csv_output_null_NULL/decrypted.csv"
        )),
    },
    Case {
        name: "csv_output_null_qq4",
        input: include_bytes!("../../tests/vectors/files/csv_output_null_qq4/input.csv"),
        schema: include_bytes!("../../tests/vectors/files/csv_output_null_qq4/schema.json"),
        meta: include_str!("../../tests/vectors/files/csv_output_null_qq4/meta.json"),
        encrypted: Some(include_bytes!(
            "../../tests/vectors/files/csv_output_null_qq4/encrypted.csv"
        )),
        decrypted: Some(include_bytes!(
            "../../tests/vectors/files/csv_output_null_qq4/decrypted.csv"
        )),
    },
    Case {
        name: "csv_output_null_space",
        input: include_bytes!("../../tests/vectors/files/csv_output_null_space/input.csv"),
        schema: include_bytes!("../../tests/vectors/files/csv_output_null_space/schema.json"),
        meta: include_str!("../../tests/vectors/files/csv_output_null_space/meta.json"),
        encrypted: Some(include_bytes!(
            "../../tests/vectors/files/csv_output_null_space/encrypted.csv"
        )),
        decrypted: Some(include_bytes!(
            "../../tests/vectors/files/csv_output_null_space/decrypted.csv"
        )),
    },
    Case {
        name: "csv_output_null_unset",
        input: include_bytes!("../../tests/vectors/files/csv_output_null_unset/input.csv"),
        schema: include_bytes!("../../tests/vectors/files/csv_output_null_unset/schema.json"),
        meta: include_str!("../../tests/vectors/files/csv_output_null_unset/meta.json"),
        encrypted: Some(include_bytes!(
            "../../tests/vectors/files/csv_output_null_unset/encrypted.csv"
        )),
        decrypted: Some(include_bytes!(
            "../../tests/vectors/files/csv_output_null_unset/decrypted.csv"
        )),
    },
    Case {
        name: "dups_in_sealed_ok",
        input: include_bytes!("../../tests/vectors/files/dups_in_sealed_ok/input.csv"),
        schema: include_bytes!("../../tests/vectors/files/dups_in_sealed_ok/schema.json"),
        meta: include_str!("../../tests/vectors/files/dups_in_sealed_ok/meta.json"),
        encrypted: Some(include_bytes!(
            "../../tests/vectors/files/dups_in_sealed_ok/encrypted.csv"
        )),
        decrypted: Some(include_bytes!(
            "../../tests/vectors/files/dups_in_sealed_ok/decrypted.csv"
        )),
    },
    Case {
        name: "err_bad_header",
        input: include_bytes!("../../tests/vectors/files/err_bad_header/input.csv"),
        schema: include_bytes!("../../tests/vectors/files/err_bad_header/schema.json"),
        meta: include_str!("../../tests/vectors/files/err_bad_header/meta.json"),
        encrypted: None,
        decrypted: None,
    },
    Case {
        name: "err_cleartext_not_allowed",
        input: include_bytes!("../../tests/vectors/files/err_cleartext_not_allowed/input.csv"),
        schema: include_bytes!("../../tests/vectors/files/err_cleartext_not_allowed/schema.json"),
        meta: include_str!("../../tests/vectors/files/err_cleartext_not_allowed/meta.json"),
        encrypted: None,
        decrypted: None,
    },
    Case {
        name: "err_cleartext_too_long",
        input: include_bytes!("../../tests/vectors/files/err_cleartext_too_long/input.csv"),
        schema: include_bytes!("../../tests/vectors/files/err_cleartext_too_long/schema.json"),
        meta: include_str!("../../tests/vectors/files/err_cleartext_too_long/meta.json"),
        encrypted: None,
        decrypted: None,
    },
    Case {
        name: "err_dup_nulls",
        input: include_bytes!("../../tests/vectors/files/err_dup_nulls/input.csv"),
        schema: include_bytes!("../../tests/vectors/files/err_dup_nulls/schema.json"),
        meta: include_str!("../../tests/vectors/files/err_dup_nulls/meta.json"),
        encrypted: None,
        decrypted: None,
    },
    Case {
        name: "err_dup_target",
        input: include_bytes!("../../tests/vectors/files/err_dup_target/input.csv"),
        schema: include_bytes!("../../tests/vectors/files/err_dup_target/schema.json"),
        meta: include_str!("../../tests/vectors/files/err_dup_target/meta.json"),
        encrypted: None,
        decrypted: None,
    },
    Case {
        name: "err_duplicates",
        input: include_bytes!("../../tests/vectors/files/err_duplicates/input.csv"),
        schema: include_bytes!("../../tests/vectors/files/err_duplicates/schema.json"),
        meta: include_str!("../../tests/vectors/files/err_duplicates/meta.json"),
        encrypted: None,
        decrypted: None,
    },
    Case {
        name: "err_fixed_too_small",
        input: include_bytes!("../../tests/vectors/files/err_fixed_too_small/input.csv"),
        schema: include_bytes!("../../tests/vectors/files/err_fixed_too_small/schema.json"),
        meta: include_str!("../../tests/vectors/files/err_fixed_too_small/meta.json"),
        encrypted: None,
        decrypted: None,
    },
    Case {
        name: "err_fixed_zero_empty",
        input: include_bytes!("../../tests/vectors/files/err_fixed_zero_empty/input.csv"),
        schema: include_bytes!("../../tests/vectors/files/err_fixed_zero_empty/schema.json"),
        meta: include_str!("../../tests/vectors/files/err_fixed_zero_empty/meta.json"),
        encrypted: None,
        decrypted: None,
    },
    Case {
        name: "err_missing_source",
        input: include_bytes!("../../tests/vectors/files/err_missing_source/input.csv"),
        schema: include_bytes!("../../tests/vectors/files/err_missing_source/schema.json"),
        meta: include_str!("../../tests/vectors/files/err_missing_source/meta.json"),
        encrypted: None,
        decrypted: None,
    },
    Case {
        name: "err_non_utf8",
        input: include_bytes!("../../tests/vectors/files/err_non_utf8/input.csv"),
        schema: include_bytes!("../../tests/vectors/files/err_non_utf8/schema.json"),
        meta: include_str!("../../tests/vectors/files/err_non_utf8/meta.json"),
        encrypted: None,
        decrypted: None,
    },
    Case {
        name: "err_positional_column_count",
        input: include_bytes!("../../tests/vectors/files/err_positional_column_count/input.csv"),
        schema: include_bytes!("../../tests/vectors/files/err_positional_column_count/schema.json"),
        meta: include_str!("../../tests/vectors/files/err_positional_column_count/meta.json"),
        encrypted: None,
        decrypted: None,
    },
    Case {
        name: "err_too_few",
        input: include_bytes!("../../tests/vectors/files/err_too_few/input.csv"),
        schema: include_bytes!("../../tests/vectors/files/err_too_few/schema.json"),
        meta: include_str!("../../tests/vectors/files/err_too_few/meta.json"),
        encrypted: None,
        decrypted: None,
    },
    Case {
        name: "err_too_long_none",
        input: include_bytes!("../../tests/vectors/files/err_too_long_none/input.csv"),
        schema: include_bytes!("../../tests/vectors/files/err_too_long_none/schema.json"),
        meta: include_str!("../../tests/vectors/files/err_too_long_none/meta.json"),
        encrypted: None,
        decrypted: None,
    },
    Case {
        name: "fingerprint_of_long",
        input: include_bytes!("../../tests/vectors/files/fingerprint_of_long/input.csv"),
        schema: include_bytes!("../../tests/vectors/files/fingerprint_of_long/schema.json"),
        meta: include_str!("../../tests/vectors/files/fingerprint_of_long/meta.json"),
        encrypted: Some(include_bytes!(
            "../../tests/vectors/files/fingerprint_of_long/encrypted.csv"
        )),
        decrypted: Some(include_bytes!(
            "../../tests/vectors/files/fingerprint_of_long/decrypted.csv"
        )),
    },
    Case {
        name: "fixed_exact",
        input: include_bytes!("../../tests/vectors/files/fixed_exact/input.csv"),
        schema: include_bytes!("../../tests/vectors/files/fixed_exact/schema.json"),
        meta: include_str!("../../tests/vectors/files/fixed_exact/meta.json"),
        encrypted: Some(include_bytes!("../../tests/vectors/files/fixed_exact/encrypted.csv")),
        decrypted: Some(include_bytes!("../../tests/vectors/files/fixed_exact/decrypted.csv")),
    },
    Case {
        name: "header_case_and_space",
        input: include_bytes!("../../tests/vectors/files/header_case_and_space/input.csv"),
        schema: include_bytes!("../../tests/vectors/files/header_case_and_space/schema.json"),
        meta: include_str!("../../tests/vectors/files/header_case_and_space/meta.json"),
        encrypted: Some(include_bytes!(
            "../../tests/vectors/files/header_case_and_space/encrypted.csv"
        )),
        decrypted: Some(include_bytes!(
            "../../tests/vectors/files/header_case_and_space/decrypted.csv"
        )),
    },
    Case {
        name: "header_only",
        input: include_bytes!("../../tests/vectors/files/header_only/input.csv"),
        schema: include_bytes!("../../tests/vectors/files/header_only/schema.json"),
        meta: include_str!("../../tests/vectors/files/header_only/meta.json"),
        encrypted: Some(include_bytes!("../../tests/vectors/files/header_only/encrypted.csv")),
        decrypted: Some(include_bytes!("../../tests/vectors/files/header_only/decrypted.csv")),
    },
    Case {
        name: "longest_none",
        input: include_bytes!("../../tests/vectors/files/longest_none/input.csv"),
        schema: include_bytes!("../../tests/vectors/files/longest_none/schema.json"),
        meta: include_str!("../../tests/vectors/files/longest_none/meta.json"),
        encrypted: Some(include_bytes!("../../tests/vectors/files/longest_none/encrypted.csv")),
        decrypted: Some(include_bytes!("../../tests/vectors/files/longest_none/decrypted.csv")),
    },
    Case {
        name: "looks_encrypted_cleartext",
        input: include_bytes!("../../tests/vectors/files/looks_encrypted_cleartext/input.csv"),
        schema: include_bytes!("../../tests/vectors/files/looks_encrypted_cleartext/schema.json"),
        meta: include_str!("../../tests/vectors/files/looks_encrypted_cleartext/meta.json"),
        encrypted: Some(include_bytes!(
            "../../tests/vectors/files/looks_encrypted_cleartext/encrypted.csv"
        )),
        decrypted: None,
    },
    Case {
        name: "looks_fingerprint_cleartext",
        input: include_bytes!("../../tests/vectors/files/looks_fingerprint_cleartext/input.csv"),
        schema: include_bytes!("../../tests/vectors/files/looks_fingerprint_cleartext/schema.json"),
        meta: include_str!("../../tests/vectors/files/looks_fingerprint_cleartext/meta.json"),
        encrypted: Some(include_bytes!(
            "../../tests/vectors/files/looks_fingerprint_cleartext/encrypted.csv"
        )),
        decrypted: None,
    },
    Case {
        name: "max_12000",
        input: include_bytes!("../../tests/vectors/files/max_12000/input.csv"),
        schema: include_bytes!("../../tests/vectors/files/max_12000/schema.json"),
        meta: include_str!("../../tests/vectors/files/max_12000/meta.json"),
        encrypted: Some(include_bytes!("../../tests/vectors/files/max_12000/encrypted.csv")),
        decrypted: Some(include_bytes!("../../tests/vectors/files/max_12000/decrypted.csv")),
    },
    Case {
        name: "max_all_null_pad0_nopreserve",
        input: include_bytes!("../../tests/vectors/files/max_all_null_pad0_nopreserve/input.csv"),
        schema: include_bytes!(
            "../../tests/vectors/files/max_all_null_pad0_nopreserve/schema.json"
        ),
        meta: include_str!("../../tests/vectors/files/max_all_null_pad0_nopreserve/meta.json"),
        encrypted: None,
        decrypted: None,
    },
    Case {
        name: "max_all_null_pad1_nopreserve",
        input: include_bytes!("../../tests/vectors/files/max_all_null_pad1_nopreserve/input.csv"),
        schema: include_bytes!(
            "../../tests/vectors/files/max_all_null_pad1_nopreserve/schema.json"
        ),
        meta: include_str!("../../tests/vectors/files/max_all_null_pad1_nopreserve/meta.json"),
        encrypted: Some(include_bytes!(
            "../../tests/vectors/files/max_all_null_pad1_nopreserve/encrypted.csv"
        )),
        decrypted: Some(include_bytes!(
            "../../tests/vectors/files/max_all_null_pad1_nopreserve/decrypted.csv"
        )),
    },
    Case {
        name: "max_null_and_value_nopreserve",
        input: include_bytes!("../../tests/vectors/files/max_null_and_value_nopreserve/input.csv"),
        schema: include_bytes!(
            "../../tests/vectors/files/max_null_and_value_nopreserve/schema.json"
        ),
        meta: include_str!("../../tests/vectors/files/max_null_and_value_nopreserve/meta.json"),
        encrypted: Some(include_bytes!(
            "../../tests/vectors/files/max_null_and_value_nopreserve/encrypted.csv"
        )),
        decrypted: Some(include_bytes!(
            "../../tests/vectors/files/max_null_and_value_nopreserve/decrypted.csv"
        )),
    },
    Case {
        name: "ok_single_null_no_dups",
        input: include_bytes!("../../tests/vectors/files/ok_single_null_no_dups/input.csv"),
        schema: include_bytes!("../../tests/vectors/files/ok_single_null_no_dups/schema.json"),
        meta: include_str!("../../tests/vectors/files/ok_single_null_no_dups/meta.json"),
        encrypted: Some(include_bytes!(
            "../../tests/vectors/files/ok_single_null_no_dups/encrypted.csv"
        )),
        decrypted: Some(include_bytes!(
            "../../tests/vectors/files/ok_single_null_no_dups/decrypted.csv"
        )),
    },
    Case {
        name: "sealed_of_ciphertext",
        input: include_bytes!("../../tests/vectors/files/sealed_of_ciphertext/input.csv"),
        schema: include_bytes!("../../tests/vectors/files/sealed_of_ciphertext/schema.json"),
        meta: include_str!("../../tests/vectors/files/sealed_of_ciphertext/meta.json"),
        encrypted: Some(include_bytes!(
            "../../tests/vectors/files/sealed_of_ciphertext/encrypted.csv"
        )),
        decrypted: Some(include_bytes!(
            "../../tests/vectors/files/sealed_of_ciphertext/decrypted.csv"
        )),
    },
    Case {
        name: "settings_c0d0j0n0",
        input: include_bytes!("../../tests/vectors/files/settings_c0d0j0n0/input.csv"),
        schema: include_bytes!("../../tests/vectors/files/settings_c0d0j0n0/schema.json"),
        meta: include_str!("../../tests/vectors/files/settings_c0d0j0n0/meta.json"),
        encrypted: Some(include_bytes!(
            "../../tests/vectors/files/settings_c0d0j0n0/encrypted.csv"
        )),
        decrypted: Some(include_bytes!(
            "../../tests/vectors/files/settings_c0d0j0n0/decrypted.csv"
        )),
    },
    Case {
        name: "settings_c0d0j0n1",
        input: include_bytes!("../../tests/vectors/files/settings_c0d0j0n1/input.csv"),
        schema: include_bytes!("../../tests/vectors/files/settings_c0d0j0n1/schema.json"),
        meta: include_str!("../../tests/vectors/files/settings_c0d0j0n1/meta.json"),
        encrypted: Some(include_bytes!(
            "../../tests/vectors/files/settings_c0d0j0n1/encrypted.csv"
        )),
        decrypted: Some(include_bytes!(
            "../../tests/vectors/files/settings_c0d0j0n1/decrypted.csv"
        )),
    },
    Case {
        name: "settings_c0d0j1n0",
        input: include_bytes!("../../tests/vectors/files/settings_c0d0j1n0/input.csv"),
        schema: include_bytes!("../../tests/vectors/files/settings_c0d0j1n0/schema.json"),
        meta: include_str!("../../tests/vectors/files/settings_c0d0j1n0/meta.json"),
        encrypted: Some(include_bytes!(
            "../../tests/vectors/files/settings_c0d0j1n0/encrypted.csv"
        )),
        decrypted: Some(include_bytes!(
            "../../tests/vectors/files/settings_c0d0j1n0/decrypted.csv"
        )),
    },
    Case {
        name: "settings_c0d0j1n1",
        input: include_bytes!("../../tests/vectors/files/settings_c0d0j1n1/input.csv"),
        schema: include_bytes!("../../tests/vectors/files/settings_c0d0j1n1/schema.json"),
        meta: include_str!("../../tests/vectors/files/settings_c0d0j1n1/meta.json"),
        encrypted: Some(include_bytes!(
            "../../tests/vectors/files/settings_c0d0j1n1/encrypted.csv"
        )),
        decrypted: Some(include_bytes!(
            "../../tests/vectors/files/settings_c0d0j1n1/decrypted.csv"
        )),
    },
    Case {
        name: "settings_c0d1j1n0",
        input: include_bytes!("../../tests/vectors/files/settings_c0d1j1n0/input.csv"),
        schema: include_bytes!("../../tests/vectors/files/settings_c0d1j1n0/schema.json"),
        meta: include_str!("../../tests/vectors/files/settings_c0d1j1n0/meta.json"),
        encrypted: Some(include_bytes!(
            "../../tests/vectors/files/settings_c0d1j1n0/encrypted.csv"
        )),
        decrypted: Some(include_bytes!(
            "../../tests/vectors/files/settings_c0d1j1n0/decrypted.csv"
        )),
    },
    Case {
        name: "settings_c0d1j1n1",
        input: include_bytes!("../../tests/vectors/files/settings_c0d1j1n1/input.csv"),
        schema: include_bytes!("../../tests/vectors/files/settings_c0d1j1n1/schema.json"),
        meta: include_str!("../../tests/vectors/files/settings_c0d1j1n1/meta.json"),
        encrypted: Some(include_bytes!(
            "../../tests/vectors/files/settings_c0d1j1n1/encrypted.csv"
        )),
        decrypted: Some(include_bytes!(
            "../../tests/vectors/files/settings_c0d1j1n1/decrypted.csv"
        )),
    },
    Case {
        name: "settings_c1d0j0n1",
        input: include_bytes!("../../tests/vectors/files/settings_c1d0j0n1/input.csv"),
        schema: include_bytes!("../../tests/vectors/files/settings_c1d0j0n1/schema.json"),
        meta: include_str!("../../tests/vectors/files/settings_c1d0j0n1/meta.json"),
        encrypted: Some(include_bytes!(
            "../../tests/vectors/files/settings_c1d0j0n1/encrypted.csv"
        )),
        decrypted: Some(include_bytes!(
            "../../tests/vectors/files/settings_c1d0j0n1/decrypted.csv"
        )),
    },
    Case {
        name: "settings_c1d0j1n0",
        input: include_bytes!("../../tests/vectors/files/settings_c1d0j1n0/input.csv"),
        schema: include_bytes!("../../tests/vectors/files/settings_c1d0j1n0/schema.json"),
        meta: include_str!("../../tests/vectors/files/settings_c1d0j1n0/meta.json"),
        encrypted: Some(include_bytes!(
            "../../tests/vectors/files/settings_c1d0j1n0/encrypted.csv"
        )),
        decrypted: Some(include_bytes!(
            "../../tests/vectors/files/settings_c1d0j1n0/decrypted.csv"
        )),
    },
    Case {
        name: "settings_c1d1j0n0",
        input: include_bytes!("../../tests/vectors/files/settings_c1d1j0n0/input.csv"),
        schema: include_bytes!("../../tests/vectors/files/settings_c1d1j0n0/schema.json"),
        meta: include_str!("../../tests/vectors/files/settings_c1d1j0n0/meta.json"),
        encrypted: Some(include_bytes!(
            "../../tests/vectors/files/settings_c1d1j0n0/encrypted.csv"
        )),
        decrypted: Some(include_bytes!(
            "../../tests/vectors/files/settings_c1d1j0n0/decrypted.csv"
        )),
    },
    Case {
        name: "settings_c1d1j0n1",
        input: include_bytes!("../../tests/vectors/files/settings_c1d1j0n1/input.csv"),
        schema: include_bytes!("../../tests/vectors/files/settings_c1d1j0n1/schema.json"),
        meta: include_str!("../../tests/vectors/files/settings_c1d1j0n1/meta.json"),
        encrypted: Some(include_bytes!(
            "../../tests/vectors/files/settings_c1d1j0n1/encrypted.csv"
        )),
        decrypted: Some(include_bytes!(
            "../../tests/vectors/files/settings_c1d1j0n1/decrypted.csv"
        )),
    },
    Case {
        name: "settings_c1d1j1n0",
        input: include_bytes!("../../tests/vectors/files/settings_c1d1j1n0/input.csv"),
        schema: include_bytes!("../../tests/vectors/files/settings_c1d1j1n0/schema.json"),
        meta: include_str!("../../tests/vectors/files/settings_c1d1j1n0/meta.json"),
        encrypted: Some(include_bytes!(
            "../../tests/vectors/files/settings_c1d1j1n0/encrypted.csv"
        )),
        decrypted: Some(include_bytes!(
            "../../tests/vectors/files/settings_c1d1j1n0/decrypted.csv"
        )),
    },
    Case {
        name: "single_column_nulls",
        input: include_bytes!("../../tests/vectors/files/single_column_nulls/input.csv"),
        schema: include_bytes!("../../tests/vectors/files/single_column_nulls/schema.json"),
        meta: include_str!("../../tests/vectors/files/single_column_nulls/meta.json"),
        encrypted: Some(include_bytes!(
            "../../tests/vectors/files/single_column_nulls/encrypted.csv"
        )),
        decrypted: Some(include_bytes!(
            "../../tests/vectors/files/single_column_nulls/decrypted.csv"
        )),
    },
    Case {
        name: "single_sealed_nulls",
        input: include_bytes!("../../tests/vectors/files/single_sealed_nulls/input.csv"),
        schema: include_bytes!("../../tests/vectors/files/single_sealed_nulls/schema.json"),
        meta: include_str!("../../tests/vectors/files/single_sealed_nulls/meta.json"),
        encrypted: Some(include_bytes!(
            "../../tests/vectors/files/single_sealed_nulls/encrypted.csv"
        )),
        decrypted: Some(include_bytes!(
            "../../tests/vectors/files/single_sealed_nulls/decrypted.csv"
        )),
    },
    Case {
        name: "single_sealed_nulls_preserved",
        input: include_bytes!("../../tests/vectors/files/single_sealed_nulls_preserved/input.csv"),
        schema: include_bytes!(
            "../../tests/vectors/files/single_sealed_nulls_preserved/schema.json"
        ),
        meta: include_str!("../../tests/vectors/files/single_sealed_nulls_preserved/meta.json"),
        encrypted: Some(include_bytes!(
            "../../tests/vectors/files/single_sealed_nulls_preserved/encrypted.csv"
        )),
        decrypted: Some(include_bytes!(
            "../../tests/vectors/files/single_sealed_nulls_preserved/decrypted.csv"
        )),
    },
];

/// Parquet files.
pub(super) const PARQUET: &[Case] = &[
    Case {
        name: "parquet_all_null_int_nopreserve",
        input: include_bytes!(
            "../../tests/vectors/files/parquet_all_null_int_nopreserve/input.parquet"
        ),
        schema: include_bytes!(
            "../../tests/vectors/files/parquet_all_null_int_nopreserve/schema.json"
        ),
        meta: include_str!("../../tests/vectors/files/parquet_all_null_int_nopreserve/meta.json"),
        encrypted: Some(include_bytes!(
            "../../tests/vectors/files/parquet_all_null_int_nopreserve/encrypted.parquet"
        )),
        decrypted: Some(include_bytes!(
            "../../tests/vectors/files/parquet_all_null_int_nopreserve/decrypted.parquet"
        )),
    },
    Case {
        name: "parquet_binary_as_string",
        input: include_bytes!("../../tests/vectors/files/parquet_binary_as_string/input.parquet"),
        schema: include_bytes!("../../tests/vectors/files/parquet_binary_as_string/schema.json"),
        meta: include_str!("../../tests/vectors/files/parquet_binary_as_string/meta.json"),
        encrypted: Some(include_bytes!(
            "../../tests/vectors/files/parquet_binary_as_string/encrypted.parquet"
        )),
        decrypted: Some(include_bytes!(
            "../../tests/vectors/files/parquet_binary_as_string/decrypted.parquet"
        )),
    },
    Case {
        name: "parquet_err_cleartext_decimal_flba",
        input: include_bytes!(
            "../../tests/vectors/files/parquet_err_cleartext_decimal_flba/input.parquet"
        ),
        schema: include_bytes!(
            "../../tests/vectors/files/parquet_err_cleartext_decimal_flba/schema.json"
        ),
        meta: include_str!(
            "../../tests/vectors/files/parquet_err_cleartext_decimal_flba/meta.json"
        ),
        encrypted: None,
        decrypted: None,
    },
    Case {
        name: "parquet_err_csv_option",
        input: include_bytes!("../../tests/vectors/files/parquet_err_csv_option/input.parquet"),
        schema: include_bytes!("../../tests/vectors/files/parquet_err_csv_option/schema.json"),
        meta: include_str!("../../tests/vectors/files/parquet_err_csv_option/meta.json"),
        encrypted: None,
        decrypted: None,
    },
    Case {
        name: "parquet_err_fingerprint_Db",
        input: include_bytes!("../../tests/vectors/files/parquet_err_fingerprint_Db/input.parquet"),
        schema: include_bytes!("../../tests/vectors/files/parquet_err_fingerprint_Db/schema.json"),
        meta: include_str!("../../tests/vectors/files/parquet_err_fingerprint_Db/meta.json"),
        encrypted: None,
        decrypted: None,
    },
    Case {
        name: "parquet_err_fingerprint_De9",
        input: include_bytes!(
            "../../tests/vectors/files/parquet_err_fingerprint_De9/input.parquet"
        ),
        schema: include_bytes!("../../tests/vectors/files/parquet_err_fingerprint_De9/schema.json"),
        meta: include_str!("../../tests/vectors/files/parquet_err_fingerprint_De9/meta.json"),
        encrypted: None,
        decrypted: None,
    },
    Case {
        name: "parquet_err_fingerprint_F",
        input: include_bytes!("../../tests/vectors/files/parquet_err_fingerprint_F/input.parquet"),
        schema: include_bytes!("../../tests/vectors/files/parquet_err_fingerprint_F/schema.json"),
        meta: include_str!("../../tests/vectors/files/parquet_err_fingerprint_F/meta.json"),
        encrypted: None,
        decrypted: None,
    },
    Case {
        name: "parquet_err_fingerprint_Tus",
        input: include_bytes!(
            "../../tests/vectors/files/parquet_err_fingerprint_Tus/input.parquet"
        ),
        schema: include_bytes!("../../tests/vectors/files/parquet_err_fingerprint_Tus/schema.json"),
        meta: include_str!("../../tests/vectors/files/parquet_err_fingerprint_Tus/meta.json"),
        encrypted: None,
        decrypted: None,
    },
    Case {
        name: "parquet_err_positional",
        input: include_bytes!("../../tests/vectors/files/parquet_err_positional/input.parquet"),
        schema: include_bytes!("../../tests/vectors/files/parquet_err_positional/schema.json"),
        meta: include_str!("../../tests/vectors/files/parquet_err_positional/meta.json"),
        encrypted: None,
        decrypted: None,
    },
    Case {
        name: "parquet_header_space",
        input: include_bytes!("../../tests/vectors/files/parquet_header_space/input.parquet"),
        schema: include_bytes!("../../tests/vectors/files/parquet_header_space/schema.json"),
        meta: include_str!("../../tests/vectors/files/parquet_header_space/meta.json"),
        encrypted: Some(include_bytes!(
            "../../tests/vectors/files/parquet_header_space/encrypted.parquet"
        )),
        decrypted: Some(include_bytes!(
            "../../tests/vectors/files/parquet_header_space/decrypted.parquet"
        )),
    },
    Case {
        name: "parquet_int96_cleartext",
        input: include_bytes!("../../tests/vectors/files/parquet_int96_cleartext/input.parquet"),
        schema: include_bytes!("../../tests/vectors/files/parquet_int96_cleartext/schema.json"),
        meta: include_str!("../../tests/vectors/files/parquet_int96_cleartext/meta.json"),
        encrypted: None,
        decrypted: None,
    },
    Case {
        name: "parquet_list_present_unused",
        input: include_bytes!(
            "../../tests/vectors/files/parquet_list_present_unused/input.parquet"
        ),
        schema: include_bytes!("../../tests/vectors/files/parquet_list_present_unused/schema.json"),
        meta: include_str!("../../tests/vectors/files/parquet_list_present_unused/meta.json"),
        encrypted: None,
        decrypted: None,
    },
    Case {
        name: "parquet_multi_row_group",
        input: include_bytes!("../../tests/vectors/files/parquet_multi_row_group/input.parquet"),
        schema: include_bytes!("../../tests/vectors/files/parquet_multi_row_group/schema.json"),
        meta: include_str!("../../tests/vectors/files/parquet_multi_row_group/meta.json"),
        encrypted: Some(include_bytes!(
            "../../tests/vectors/files/parquet_multi_row_group/encrypted.parquet"
        )),
        decrypted: Some(include_bytes!(
            "../../tests/vectors/files/parquet_multi_row_group/decrypted.parquet"
        )),
    },
    Case {
        name: "parquet_sealed_other_types",
        input: include_bytes!("../../tests/vectors/files/parquet_sealed_other_types/input.parquet"),
        schema: include_bytes!("../../tests/vectors/files/parquet_sealed_other_types/schema.json"),
        meta: include_str!("../../tests/vectors/files/parquet_sealed_other_types/meta.json"),
        encrypted: Some(include_bytes!(
            "../../tests/vectors/files/parquet_sealed_other_types/encrypted.parquet"
        )),
        decrypted: None,
    },
    Case {
        name: "parquet_types_j0n0",
        input: include_bytes!("../../tests/vectors/files/parquet_types_j0n0/input.parquet"),
        schema: include_bytes!("../../tests/vectors/files/parquet_types_j0n0/schema.json"),
        meta: include_str!("../../tests/vectors/files/parquet_types_j0n0/meta.json"),
        encrypted: Some(include_bytes!(
            "../../tests/vectors/files/parquet_types_j0n0/encrypted.parquet"
        )),
        decrypted: Some(include_bytes!(
            "../../tests/vectors/files/parquet_types_j0n0/decrypted.parquet"
        )),
    },
    Case {
        name: "parquet_types_j1n1",
        input: include_bytes!("../../tests/vectors/files/parquet_types_j1n1/input.parquet"),
        schema: include_bytes!("../../tests/vectors/files/parquet_types_j1n1/schema.json"),
        meta: include_str!("../../tests/vectors/files/parquet_types_j1n1/meta.json"),
        encrypted: Some(include_bytes!(
            "../../tests/vectors/files/parquet_types_j1n1/encrypted.parquet"
        )),
        decrypted: Some(include_bytes!(
            "../../tests/vectors/files/parquet_types_j1n1/decrypted.parquet"
        )),
    },
    Case {
        name: "parquet_unsupported_bin_sealed",
        input: include_bytes!(
            "../../tests/vectors/files/parquet_unsupported_bin_sealed/input.parquet"
        ),
        schema: include_bytes!(
            "../../tests/vectors/files/parquet_unsupported_bin_sealed/schema.json"
        ),
        meta: include_str!("../../tests/vectors/files/parquet_unsupported_bin_sealed/meta.json"),
        encrypted: None,
        decrypted: None,
    },
    Case {
        name: "parquet_unsupported_i8_cleartext",
        input: include_bytes!(
            "../../tests/vectors/files/parquet_unsupported_i8_cleartext/input.parquet"
        ),
        schema: include_bytes!(
            "../../tests/vectors/files/parquet_unsupported_i8_cleartext/schema.json"
        ),
        meta: include_str!("../../tests/vectors/files/parquet_unsupported_i8_cleartext/meta.json"),
        encrypted: Some(include_bytes!(
            "../../tests/vectors/files/parquet_unsupported_i8_cleartext/encrypted.parquet"
        )),
        decrypted: Some(include_bytes!(
            "../../tests/vectors/files/parquet_unsupported_i8_cleartext/decrypted.parquet"
        )),
    },
    Case {
        name: "parquet_unsupported_i8_sealed",
        input: include_bytes!(
            "../../tests/vectors/files/parquet_unsupported_i8_sealed/input.parquet"
        ),
        schema: include_bytes!(
            "../../tests/vectors/files/parquet_unsupported_i8_sealed/schema.json"
        ),
        meta: include_str!("../../tests/vectors/files/parquet_unsupported_i8_sealed/meta.json"),
        encrypted: None,
        decrypted: None,
    },
    Case {
        name: "parquet_unsupported_lst_cleartext",
        input: include_bytes!(
            "../../tests/vectors/files/parquet_unsupported_lst_cleartext/input.parquet"
        ),
        schema: include_bytes!(
            "../../tests/vectors/files/parquet_unsupported_lst_cleartext/schema.json"
        ),
        meta: include_str!("../../tests/vectors/files/parquet_unsupported_lst_cleartext/meta.json"),
        encrypted: None,
        decrypted: None,
    },
    Case {
        name: "parquet_unsupported_lst_sealed",
        input: include_bytes!(
            "../../tests/vectors/files/parquet_unsupported_lst_sealed/input.parquet"
        ),
        schema: include_bytes!(
            "../../tests/vectors/files/parquet_unsupported_lst_sealed/schema.json"
        ),
        meta: include_str!("../../tests/vectors/files/parquet_unsupported_lst_sealed/meta.json"),
        encrypted: None,
        decrypted: None,
    },
    Case {
        name: "parquet_unsupported_time_cleartext",
        input: include_bytes!(
            "../../tests/vectors/files/parquet_unsupported_time_cleartext/input.parquet"
        ),
        schema: include_bytes!(
            "../../tests/vectors/files/parquet_unsupported_time_cleartext/schema.json"
        ),
        meta: include_str!(
            "../../tests/vectors/files/parquet_unsupported_time_cleartext/meta.json"
        ),
        encrypted: Some(include_bytes!(
            "../../tests/vectors/files/parquet_unsupported_time_cleartext/encrypted.parquet"
        )),
        decrypted: Some(include_bytes!(
            "../../tests/vectors/files/parquet_unsupported_time_cleartext/decrypted.parquet"
        )),
    },
    Case {
        name: "parquet_unsupported_time_sealed",
        input: include_bytes!(
            "../../tests/vectors/files/parquet_unsupported_time_sealed/input.parquet"
        ),
        schema: include_bytes!(
            "../../tests/vectors/files/parquet_unsupported_time_sealed/schema.json"
        ),
        meta: include_str!("../../tests/vectors/files/parquet_unsupported_time_sealed/meta.json"),
        encrypted: None,
        decrypted: None,
    },
    Case {
        name: "parquet_unsupported_u32_cleartext",
        input: include_bytes!(
            "../../tests/vectors/files/parquet_unsupported_u32_cleartext/input.parquet"
        ),
        schema: include_bytes!(
            "../../tests/vectors/files/parquet_unsupported_u32_cleartext/schema.json"
        ),
        meta: include_str!("../../tests/vectors/files/parquet_unsupported_u32_cleartext/meta.json"),
        encrypted: Some(include_bytes!(
            "../../tests/vectors/files/parquet_unsupported_u32_cleartext/encrypted.parquet"
        )),
        decrypted: Some(include_bytes!(
            "../../tests/vectors/files/parquet_unsupported_u32_cleartext/decrypted.parquet"
        )),
    },
    Case {
        name: "parquet_unsupported_u32_sealed",
        input: include_bytes!(
            "../../tests/vectors/files/parquet_unsupported_u32_sealed/input.parquet"
        ),
        schema: include_bytes!(
            "../../tests/vectors/files/parquet_unsupported_u32_sealed/schema.json"
        ),
        meta: include_str!("../../tests/vectors/files/parquet_unsupported_u32_sealed/meta.json"),
        encrypted: None,
        decrypted: None,
    },
    Case {
        name: "parquet_unsupported_u8_cleartext",
        input: include_bytes!(
            "../../tests/vectors/files/parquet_unsupported_u8_cleartext/input.parquet"
        ),
        schema: include_bytes!(
            "../../tests/vectors/files/parquet_unsupported_u8_cleartext/schema.json"
        ),
        meta: include_str!("../../tests/vectors/files/parquet_unsupported_u8_cleartext/meta.json"),
        encrypted: Some(include_bytes!(
            "../../tests/vectors/files/parquet_unsupported_u8_cleartext/encrypted.parquet"
        )),
        decrypted: Some(include_bytes!(
            "../../tests/vectors/files/parquet_unsupported_u8_cleartext/decrypted.parquet"
        )),
    },
    Case {
        name: "parquet_unsupported_u8_sealed",
        input: include_bytes!(
            "../../tests/vectors/files/parquet_unsupported_u8_sealed/input.parquet"
        ),
        schema: include_bytes!(
            "../../tests/vectors/files/parquet_unsupported_u8_sealed/schema.json"
        ),
        meta: include_str!("../../tests/vectors/files/parquet_unsupported_u8_sealed/meta.json"),
        encrypted: None,
        decrypted: None,
    },
];
