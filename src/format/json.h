/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WEIR_FORMAT_JSON_H
#define WEIR_FORMAT_JSON_H

#include "base/buf.h"
#include "format/formats.h"
#include "format/json_token.h"
#include "format/text_time.h"
#include "io/codec.h"
#include "vec/batch.h"

/*
 * What the parts of the json decoder share: values (json_value.c), the wanted shape of records
 * (json_shape.c), the general path over a tape (json_general.c), the predicted path
 * (kernels_json.c), and the decoder that joins them (json_decoder.c).
 */

/* Decoded form of an escaped string (checked before by json_string_scan). */
void json_unescape(struct buf *out, struct str raw);

/* A string in quotes, escaped as Jackson writes it. */
void json_print_string(struct buf *out, struct str s);

/* ---- values ---- */

struct json_convert {
    enum time_standard standard;
    bool from_tree;            /* decode.json-parser.enabled = false: as from a tree, the last of equal names counts */
    bool lenient;              /* a value that cannot be converted becomes NULL */
    uint64_t nulled;           /* how many did, since reset by the decoder */
    struct buf text;           /* unescaped strings */
    struct buf tree;           /* texts of nested values */
    const char *bad;           /* what was wrong with the value that failed last */
};

/* v[row] = the scalar; false: it cannot be converted (bad says why). NULL-literals set NULL. */
bool json_convert_scalar(struct json_convert *c, const struct json_token *t, const struct type *type, struct vec *v, uint32_t row);
/* v[row] = the value at tape[at], of any type, by Flink's rules; lenient: failures inside become NULL. */
bool json_convert_value(struct json_convert *c, const struct json_token *tape, uint32_t at, const struct type *type, struct vec *v, uint32_t row);
/* Is the name token this name? */
bool json_name_is(struct json_convert *c, const struct json_token *t, struct str name);
/* The last member of that name in the object at tape[at]: index of its name; 0: none. */
uint32_t json_last_member(struct json_convert *c, const struct json_token *tape, uint32_t at, struct str name);
/* NULL for v[row] and, where it is a ROW, all below. */
void json_set_null(struct vec *v, uint32_t row);

/* ---- the wanted shape ---- */

enum json_leaf {
    JSON_LEAF_NONE,    /* an object to look into (below) */
    JSON_LEAF_I64, JSON_LEAF_I32, JSON_LEAF_F64, JSON_LEAF_BOOL, JSON_LEAF_STRING,
    JSON_LEAF_TIMESTAMP, /* SQL standard, physical microseconds */
    JSON_LEAF_SCALAR,  /* any other scalar: lexed, then json_convert_scalar */
    JSON_LEAF_NESTED,  /* ARRAY, MAP, MULTISET: general path */
};

struct json_shape;

struct json_field {
    struct str name;
    enum json_leaf leaf;
    const struct type *type;
    int32_t output;            /* decoder's output column; -1 inside of a ROW column or above a nested path */
    struct vec *vec;           /* bound for one decode call; NULL above a nested path */
    struct json_shape *below;
    int32_t keep_digits;       /* TIMESTAMP: its precision */
    bool day_known;            /* TIMESTAMP: day is set; no text says so, since input may hold any bytes */
    char day[16];              /* text of the minute seen last ... */
    int64_t day_micros;        /* ... and its value */
};

enum { JSON_MEMBERS_MAX = 64, JSON_KEY_MAX = 48, JSON_FAST_FIELDS_MAX = 64 };

/* One predicted member: the bytes from behind '{' or ',' up to the value. */
struct json_member {
    char text[JSON_KEY_MAX];
    uint32_t size;
    int32_t field;             /* -1: not wanted */
};

struct json_shape {
    struct json_field *fields;
    uint32_t count;
    struct vec *row;           /* the ROW column that this shape fills; NULL: a path only */
    int32_t row_output;
    struct json_member *members;
    uint32_t member_count;
    uint32_t misses;           /* mispredictions since the layout was learnt */
};

enum status json_shape_new(struct arena *a, const struct decode_target *t, enum time_standard standard, struct json_shape **ret, bool *ret_fast, struct error *e);
/* Points the fields at the columns of out. */
void json_shape_bind(struct json_shape *s, struct batch_buffer *out);
void json_shape_set_null(const struct json_shape *s, uint32_t row);

/* ---- the predicted path ---- */

struct json_fast {
    struct json_convert *convert;
    struct arena *heap;        /* of the batch being filled */
    char *heap_at, *heap_end;  /* room for string bytes */
    bool fail_on_missing;
};

/*
 * Parses the object whose '{' is at p[-1] into row `row`. Returns behind its '}', or NULL when the
 * record is not plainly good: the general path then decides. The byte at end is '\n' and JSON_PADDING
 * bytes behind it are readable.
 */
typedef const char *(*json_fast_fn)(struct json_fast *f, struct json_shape *s, const char *p, const char *end, uint32_t row);

/* The best version for this machine, or the one of the level named ("v2", "v3", "v4", "portable"); NULL when the machine lacks it. */
json_fast_fn json_fast_choose(const char *level);

/* ---- the general path ---- */

struct json_general;
/* Takes its settings from the target. */
enum status json_general_new(struct arena *a, struct json_convert *convert, bool fail_on_missing, struct json_general **ret);
void json_general_free(struct json_general *g);
/*
 * Decodes one record into rows of out from its row_count on. 0 rows is possible (an empty array).
 * STATUS_BAD_RECORD: *r says what (rows are taken back). STATUS_LIMIT: the record is an array and out
 * is full; *rows_given of its rows have been given by now, and the next call with the same record
 * goes on behind them. Else *rows_given is 0 afterwards.
 */
enum status json_general_record(struct json_general *g, struct json_shape *s, struct str record, struct batch_buffer *out, uint32_t *rows_given,
                                struct bad_record *r, struct error *e);

extern const struct decoder_ops json_decoder_ops;
/* Test hook: which paths may be used. */
void json_decoder_force(struct decoder *d, bool general_only, json_fast_fn fast);

#endif
