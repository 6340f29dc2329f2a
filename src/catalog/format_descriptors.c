/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Descriptors of the formats json, csv and raw: Flink's option keys and defaults, and which row
 * types each can carry. Implementations are in src/format.
 */
#include "catalog/connectors.h"

static const struct option json_options[] = {
    {"fail-on-missing-field", OPTION_BOOL, "false", NULL, "A field that is absent is an error; else NULL.", false},
    {"ignore-parse-errors", OPTION_BOOL, "false", NULL, "Skip what cannot be read; a field becomes NULL.", false},
    {"map-null-key.mode", OPTION_ENUM, "FAIL", "FAIL|DROP|LITERAL", "What writing does with a NULL key of a map.", false},
    {"map-null-key.literal", OPTION_STRING, "null", NULL, "The key written in mode LITERAL.", false},
    {"timestamp-format.standard", OPTION_ENUM, "SQL", "SQL|ISO-8601", "Text form of timestamps.", false},
    {"encode.decimal-as-plain-number", OPTION_BOOL, "false", NULL, "Write decimals without exponent.", false},
    {"encode.ignore-null-fields", OPTION_BOOL, "false", NULL, "Leave NULL fields out.", false},
    {"decode.json-parser.enabled", OPTION_BOOL, "true", NULL, "false: of equal names in an object the last one counts.", false},
};

static const struct option csv_options[] = {
    {"field-delimiter", OPTION_CHAR, ",", NULL, "Between fields.", false},
    {"disable-quote-character", OPTION_BOOL, "false", NULL, "Quotes have no meaning.", false},
    {"quote-character", OPTION_CHAR, NULL, NULL, "Encloses a field (default \").", false},
    {"allow-comments", OPTION_BOOL, "false", NULL, "Lines that begin with # are skipped.", false},
    {"ignore-parse-errors", OPTION_BOOL, "false", NULL, "Skip what cannot be read; a field becomes NULL.", false},
    {"array-element-delimiter", OPTION_STRING, ";", NULL, "Between elements of an array or row.", false},
    {"escape-character", OPTION_CHAR, NULL, NULL, "Escapes the next character.", false},
    {"null-literal", OPTION_STRING, NULL, NULL, "Text that means NULL.", false},
    {"write-bigdecimal-in-scientific-notation", OPTION_BOOL, "true", NULL, "Write decimals with exponent where Java does.", false},
    {"trim-spaces", OPTION_BOOL, "false", NULL, "Drop blanks around unquoted fields.", false},
    {"ignore-trailing-unmappable", OPTION_BOOL, "false", NULL, "Drop fields behind the last column.", false},
    {"allow-trailing-comma", OPTION_BOOL, "true", NULL, "A delimiter may stand behind the last field.", false},
    {"fail-on-missing-columns", OPTION_BOOL, "false", NULL, "A row with too few fields is an error.", false},
    {"empty-string-as-null", OPTION_BOOL, "false", NULL, "An empty field is NULL.", false},
    {"header", OPTION_BOOL, "false", NULL, "Weir's own: the first line of each file names the columns and is skipped.", false},
};

static const struct option raw_options[] = {
    {"charset", OPTION_STRING, "UTF-8", NULL, "Charset of text.", false},
    {"endianness", OPTION_ENUM, "big-endian", "big-endian|little-endian", "Byte order of numbers.", false},
    {"line-delimiter", OPTION_STRING, NULL, NULL, "Between the records of one message; files are always read by lines, as in Flink.", false},
};

static enum status check_json_type(const struct type *t, struct error *e) {
    if (t->root == TYPE_MAP && !type_is_text(t->children[0].type))
        return error_set(e, STATUS_UNSUPPORTED, "JSON format doesn't support non-string as key type of map.");
    if (t->root == TYPE_MULTISET && !type_is_text(t->children[0].type))
        return error_set(e, STATUS_UNSUPPORTED, "JSON format doesn't support non-string as element type of multiset.");
    for (uint32_t i = 0; i < t->child_count; i++) TRY(check_json_type(t->children[i].type, e));
    return STATUS_OK;
}

static enum status check_json(const struct options *o, const struct type *row, struct error *e) {
    if (options_bool(o, "fail-on-missing-field") && options_bool(o, "ignore-parse-errors"))
        return error_set(e, STATUS_OPTION, "fail-on-missing-field and ignore-parse-errors shouldn't both be true.");
    return check_json_type(row, e);
}

static enum status check_csv_type(const struct type *t, struct str column, uint32_t depth, struct error *e) {
    if (t->root == TYPE_MAP || t->root == TYPE_MULTISET || (depth > 1 && t->child_count > 0))
        return error_set(e, STATUS_UNSUPPORTED, "CSV format cannot carry column '%.*s': only scalars, and arrays and rows of scalars.", STR_ARG(column));
    for (uint32_t i = 0; i < t->child_count; i++) TRY(check_csv_type(t->children[i].type, column, depth + 1, e));
    return STATUS_OK;
}

static enum status check_csv(const struct options *o, const struct type *row, struct error *e) {
    if (options_bool(o, "disable-quote-character") && options_get(o, "quote-character")->given)
        return error_set(e, STATUS_OPTION, "Format cannot define a quote character and disabled quote character at the same time.");
    for (uint32_t i = 0; i < row->child_count; i++) TRY(check_csv_type(row->children[i].type, row->children[i].name, 1, e));
    return STATUS_OK;
}

static enum status check_raw(const struct options *o, const struct type *row, struct error *e) {
    (void)o;
    if (row->child_count != 1)
        return error_set(e, STATUS_UNSUPPORTED, "The format 'raw' carries one column, the table has %u", row->child_count);
    const struct type *t = row->children[0].type;
    switch (t->root) {
    case TYPE_CHAR: case TYPE_VARCHAR: case TYPE_BINARY: case TYPE_VARBINARY: case TYPE_BOOLEAN: case TYPE_TINYINT:
    case TYPE_SMALLINT: case TYPE_INT: case TYPE_BIGINT: case TYPE_FLOAT: case TYPE_DOUBLE: return STATUS_OK;
    default: return error_set(e, STATUS_UNSUPPORTED, "The 'raw' format doesn't supports '%s' as column type.", type_root_name(t->root));
    }
}

const struct format format_json = {
    .name = "json", .reads = true, .writes = true, .options = json_options, .option_count = OPTION_COUNT(json_options),
    .changelog = CHANGE_I, .doc = "One JSON object per line.", .check = check_json,
};
const struct format format_csv = {
    .name = "csv", .reads = true, .writes = true, .options = csv_options, .option_count = OPTION_COUNT(csv_options),
    .changelog = CHANGE_I, .doc = "Comma-separated values.", .check = check_csv,
};
const struct format format_raw = {
    .name = "raw", .reads = true, .writes = true, .options = raw_options, .option_count = OPTION_COUNT(raw_options),
    .changelog = CHANGE_I, .doc = "A single column's plain bytes.", .check = check_raw,
};
