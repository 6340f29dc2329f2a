/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WEIR_CONNECTOR_INFER_GUESS_H
#define WEIR_CONNECTOR_INFER_GUESS_H

#include "base/arena.h"
#include "format/json_token.h"
#include "type/type.h"

/* guess: what the values seen of one column have in common. */
enum guess_bits {
    GUESS_BOOL = 1, GUESS_INT = 2, GUESS_REAL = 4, GUESS_TEXT = 8, GUESS_DATE = 16,
    GUESS_SQL_TIME = 32,   /* 2020-12-31 12:34:56.789 */
    GUESS_ISO_TIME = 64,   /* the same with T */
    GUESS_SQL_ZULU = 128,  /* ... and Z */
    GUESS_ISO_ZULU = 256,
    GUESS_OBJECT = 512, GUESS_ARRAY = 1024,
    GUESS_WIDE = 2048,     /* a number that neither BIGINT nor DOUBLE holds exactly */
    GUESS_EXPONENT = 4096, /* a number such as 1e300, which DECIMAL does not hold */
};

struct guess {
    uint32_t bits;
    uint32_t digits;           /* most fraction digits of a timestamp */
    uint32_t whole_digits, fraction_digits; /* most of a number */
    struct guess_field *fields, *last_field; /* of objects, in order of appearance */
    struct guess *element;     /* of arrays */
};

struct guess_field {
    struct str name;
    struct guess guess;
    struct guess_field *next;
};

/* A text without quotes (CSV) or of a JSON string. */
void guess_text(struct guess *g, struct str s, bool quoted);
/* The JSON value at tape[at]. false: no memory or nested too deeply. */
bool guess_json(struct arena *a, struct guess *g, const struct json_token *tape, uint32_t at, uint32_t depth);
/* Which standards of timestamps occur below. */
uint32_t guess_standards(const struct guess *g);
/* The type; iso: timestamps are ISO-8601 ones, those of the other standard stay texts. NULL: no memory. */
const struct type *guess_type(struct arena *a, struct types *types, const struct guess *g, bool iso);

#endif
