/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WEIR_CATALOG_OPTION_H
#define WEIR_CATALOG_OPTION_H

#include "base/arena.h"
#include "base/error.h"
#include "base/strmap.h"
#include "sql/ast.h"

#include <stdbool.h>
#include <stdint.h>

/*
 * option: typed configuration keys. Each connector, format and the session itself has a const table
 * of rows (key, type, default, doc); parsing, defaults, unknown-key errors with suggestions, and the
 * documentation are derived from the rows.
 */

enum option_type {
    OPTION_STRING,
    OPTION_BOOL,
    OPTION_INT,      /* 64 bit */
    OPTION_DOUBLE,
    OPTION_DURATION, /* Flink's: "10 s", "200ms", "1 min", ISO-8601 "PT10S"; value in ms */
    OPTION_MEMORY,   /* Flink's: "128MB"; value in bytes */
    OPTION_ENUM,     /* one of choices, case-insensitive; value is the index */
    OPTION_CHAR,     /* one character (csv delimiters; "\t" and unicode escapes as in Flink) */
    OPTION_LIST,     /* ';' separated strings */
    OPTION_PREFIX,   /* key is a prefix ("properties.", "fields."): any key below it, kept as text */
};

struct option {
    const char *key;
    enum option_type type;
    const char *def;        /* text of the default; NULL: none */
    const char *choices;    /* OPTION_ENUM: "a|b|c" */
    const char *doc;
    bool required;
};

struct option_value {
    bool given;             /* written by the user */
    bool present;           /* given or with a default */
    struct str text;
    int64_t number;         /* INT, BOOL, DURATION (ms), MEMORY (bytes), ENUM (index), CHAR (code point) */
    double real;
    struct span span;       /* of the value in the SQL text */
};

/* One set of parsed options over a table; index by the row's position in its table. */
struct options {
    const struct option *table;
    uint32_t count;
    struct option_value *values;
    struct strmap *raw;     /* every given key -> struct ast_option */
};

/* Parses one value. */
enum status option_parse(struct arena *a, const struct option *o, struct str text, struct span span, struct option_value *ret, struct error *e);
/*
 * Parses the given ast_options whose key starts with prefix (stripped) and belongs to table; keys
 * that fit no row are left for option_check_unknown. Missing required options are errors.
 */
enum status options_parse(struct arena *a, const struct option *table, uint32_t count, struct str prefix,
                          const struct list *given, struct options *ret, struct error *e);
/* The row of a key (a prefix row for keys below it); NULL when the table has none. */
const struct option *option_find(const struct option *table, uint32_t count, struct str key);
/* By key; the row must exist (our bug otherwise). */
const struct option_value *options_get(const struct options *o, const char *key);
/* Shorthands: number of a present value (0 when absent), text ("" when absent). */
int64_t options_number(const struct options *o, const char *key);
bool options_bool(const struct options *o, const char *key);
struct str options_text(const struct options *o, const char *key);
/* Text of a duration or size parse, shared with SET: false when malformed. */
bool duration_parse(struct str text, int64_t *ret_ms);
bool memory_parse(struct str text, int64_t *ret_bytes);

#endif
