"""The functions a chart's query may call, by dialect; whatever is not here is refused."""

from collections.abc import Mapping

from bridge24.charts.guard.lexer import Dialect

_BOTH = """
    count sum avg min max stddev stddev_pop stddev_samp variance var_pop var_samp
    row_number rank dense_rank percent_rank cume_dist ntile lag lead first_value last_value
    nth_value
    coalesce nullif greatest least
    abs ceil ceiling floor round sign sqrt power pow exp ln log log10 mod pi radians degrees
    sin cos tan atan atan2
    lower upper length char_length character_length octet_length concat concat_ws left right
    ltrim rtrim trim replace reverse substr substring position ascii repeat lpad rpad
    md5 grouping bit_and bit_or
    date now
"""
_POSTGRESQL = """
    array_agg string_agg bool_and bool_or every mode percentile_cont percentile_disc
    corr covar_pop covar_samp regr_slope regr_intercept regr_r2 regr_count
    cbrt trunc width_bucket div
    initcap btrim split_part strpos starts_with chr translate
    regexp_replace regexp_match regexp_like regexp_count regexp_substr regexp_instr
    date_trunc date_part date_bin age make_date make_timestamp make_interval justify_days
    justify_hours justify_interval to_char to_date to_timestamp to_number timezone
    clock_timestamp statement_timestamp transaction_timestamp isfinite
    array_length cardinality array_to_string string_to_array array_position unnest any_value
    json_array_length jsonb_array_length jsonb_array_elements jsonb_array_elements_text
    json_array_elements json_array_elements_text json_extract_path_text
    jsonb_extract_path_text jsonb_typeof json_typeof to_json to_jsonb
    num_nulls num_nonnulls generate_series
"""
_MYSQL = """
    std group_concat any_value json_arrayagg bit_xor median percentile_cont percentile_disc
    if ifnull isnull truncate crc32 conv field elt find_in_set instr locate mid lcase ucase
    substring_index format strcmp space sha1 sha2 hex cot asin acos log2
    regexp_replace regexp_substr regexp_instr regexp_like
    curdate curtime current_date current_time current_timestamp localtime localtimestamp
    sysdate utc_date utc_time utc_timestamp
    year quarter month week weekofyear day dayofmonth dayofweek dayofyear weekday yearweek hour
    minute second microsecond monthname dayname last_day makedate maketime
    date_format time_format str_to_date date_add date_sub adddate subdate addtime subtime
    datediff timediff timestampdiff timestampadd timestamp time to_days from_days to_seconds
    unix_timestamp from_unixtime convert_tz period_add period_diff sec_to_time time_to_sec
    extract
    json_extract json_unquote json_value json_length json_contains json_contains_path json_keys
    json_search json_valid json_type json_overlaps json_depth
"""

FUNCTIONS: Mapping[Dialect, frozenset[str]] = {
    "postgresql": frozenset((_BOTH + _POSTGRESQL).split()),
    "mysql": frozenset((_BOTH + _MYSQL).split()),
}

_SETS = """
    generate_series unnest jsonb_array_elements jsonb_array_elements_text json_array_elements
    json_array_elements_text
"""
SETS: frozenset[str] = frozenset(_SETS.split())
"""Functions that give rows: allowed in FROM only."""

LENGTH_AT: Mapping[str, int] = {"repeat": 1, "space": 0, "lpad": 1, "rpad": 1}
"""Functions that make long values, and which argument is the length."""

GROWING: frozenset[str] = frozenset({"replace", "regexp_replace"})
"""Functions that may make a text longer than it was."""

_AGGREGATES = """
    count sum avg min max stddev stddev_pop stddev_samp variance var_pop var_samp array_agg
    string_agg bool_and bool_or every mode percentile_cont percentile_disc corr covar_pop
    covar_samp regr_slope regr_intercept regr_r2 regr_count std group_concat any_value
    json_arrayagg bit_and bit_or bit_xor
"""
AGGREGATES: frozenset[str] = frozenset(_AGGREGATES.split())
"""Functions that make one row of many."""
