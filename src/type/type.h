/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WEIR_TYPE_TYPE_H
#define WEIR_TYPE_TYPE_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/status.h"

#include <stdbool.h>
#include <stdint.h>

/*
 * type: Flink's logical types, interned in a pool: two equal types of one pool are one pointer.
 * A type carries its nullability and, for timestamps, whether the column is a time attribute
 * (rowtime or proctime), since Flink decides by it what a query may do.
 */

enum type_root {
    TYPE_CHAR, TYPE_VARCHAR, TYPE_BOOLEAN, TYPE_BINARY, TYPE_VARBINARY, TYPE_DECIMAL,
    TYPE_TINYINT, TYPE_SMALLINT, TYPE_INT, TYPE_BIGINT, TYPE_FLOAT, TYPE_DOUBLE,
    TYPE_DATE, TYPE_TIME, TYPE_TIMESTAMP, TYPE_TIMESTAMP_LTZ, TYPE_INTERVAL_YM, TYPE_INTERVAL_DT,
    TYPE_ARRAY, TYPE_MULTISET, TYPE_MAP, TYPE_ROW, TYPE_NULL,
};

/* How a value lies in memory. */
enum phys {
    PHYS_BOOL,   /* uint8_t 0 or 1 */
    PHYS_I8,
    PHYS_I16,
    PHYS_I32,    /* INT, DATE (days since 1970-01-01), TIME (ms of day), INTERVAL YEAR TO MONTH (months) */
    PHYS_I64,    /* BIGINT, DECIMAL p <= 18 (unscaled), TIMESTAMP and LTZ p <= 6 (microseconds since the epoch),
                    INTERVAL DAY TO SECOND (milliseconds) */
    PHYS_F32,
    PHYS_F64,
    PHYS_I128,   /* DECIMAL p > 18 (unscaled), __int128, 16-byte aligned */
    PHYS_TS,     /* TIMESTAMP and LTZ p 7..9: struct ts */
    PHYS_STRING, /* CHAR VARCHAR BINARY VARBINARY: struct strv */
    PHYS_LIST,   /* ARRAY (1 child), MULTISET and MAP (2 children): struct list_ref into the children */
    PHYS_ROW,    /* children at the same row positions, no data of its own */
    PHYS_NULL,   /* the type of a bare NULL: no data */
};

enum time_attr { TIME_ATTR_NONE, TIME_ATTR_ROWTIME, TIME_ATTR_PROCTIME };

enum {
    TYPE_LENGTH_MAX = 2147483647, /* STRING = VARCHAR(max), BYTES = VARBINARY(max) */
    TYPE_DECIMAL_PRECISION_MAX = 38,
    TYPE_DEPTH_MAX = 64,
};

/* Which fields an interval type has; the physical value does not depend on it, its text does. */
enum interval_range {
    INTERVAL_YEAR, INTERVAL_YEAR_TO_MONTH, INTERVAL_MONTH,
    INTERVAL_DAY, INTERVAL_DAY_TO_HOUR, INTERVAL_DAY_TO_MINUTE, INTERVAL_DAY_TO_SECOND,
    INTERVAL_HOUR, INTERVAL_HOUR_TO_MINUTE, INTERVAL_HOUR_TO_SECOND,
    INTERVAL_MINUTE, INTERVAL_MINUTE_TO_SECOND, INTERVAL_SECOND,
};

struct ts {
    int64_t micros; /* microseconds since 1970-01-01T00:00:00, floor */
    int32_t nanos;  /* 0..999, below the microsecond */
    int32_t zero;   /* padding kept 0, so that bytes compare */
};

struct type;

struct type_field {
    struct str name;
    const struct type *type;
    struct str comment; /* at == NULL: none */
};

struct type {
    enum type_root root;
    enum phys phys;
    bool nullable;
    enum time_attr time_attr;
    enum interval_range interval;
    int32_t length;    /* CHAR VARCHAR BINARY VARBINARY */
    int32_t precision; /* DECIMAL TIME TIMESTAMP LTZ; leading precision of intervals */
    int32_t scale;     /* DECIMAL; fractional second precision of intervals */
    uint32_t child_count;
    const struct type_field *children; /* ROW fields; ARRAY "element"; MAP "key","value"; MULTISET "element","count" (INT NOT NULL) */
    const struct type *flipped;        /* private: the same with the other nullability, once asked for */
};

struct types;

/* The pool lives in the arena; no release. NULL when out of memory. Not thread-safe. */
struct types *types_new(struct arena *a);

/*
 * Constructors return NULL only when out of memory; arguments out of Flink's ranges are our bug
 * (the binder checks the user's text first: type_*_ok below).
 */
const struct type *type_simple(struct types *p, enum type_root root, bool nullable); /* no parameters; TIME(0) for TYPE_TIME */
const struct type *type_string(struct types *p, bool nullable);                      /* VARCHAR(max) */
const struct type *type_text(struct types *p, enum type_root root, int32_t length, bool nullable);
const struct type *type_decimal(struct types *p, int32_t precision, int32_t scale, bool nullable);
const struct type *type_time(struct types *p, enum type_root root, int32_t precision, bool nullable); /* TIME TIMESTAMP LTZ */
const struct type *type_interval(struct types *p, enum interval_range range, int32_t precision, int32_t scale, bool nullable);
const struct type *type_array(struct types *p, const struct type *element, bool nullable);
const struct type *type_multiset(struct types *p, const struct type *element, bool nullable);
const struct type *type_map(struct types *p, const struct type *key, const struct type *value, bool nullable);
const struct type *type_row(struct types *p, const struct type_field *fields, uint32_t count, bool nullable);
const struct type *type_null(struct types *p);

const struct type *type_nullable(struct types *p, const struct type *t, bool nullable);
const struct type *type_time_attr(struct types *p, const struct type *t, enum time_attr attr);

/* Equal but for nullability at the top and time attributes. */
bool type_same(const struct type *a, const struct type *b);
bool type_is_numeric(const struct type *t);      /* incl. DECIMAL */
bool type_is_integer(const struct type *t);
bool type_is_text(const struct type *t);         /* CHAR VARCHAR */
bool type_is_bytes(const struct type *t);        /* BINARY VARBINARY */
bool type_is_timestamp(const struct type *t);    /* TIMESTAMP LTZ */
bool type_is_interval(const struct type *t);

/* Bytes of one value in a flat vector: 1 2 4 8 16; 8 for PHYS_LIST; 0 for PHYS_ROW and PHYS_NULL. */
uint32_t phys_size_bytes(enum phys p);

/*
 * Flink's texts. Summary: "STRING", "DECIMAL(10, 2) NOT NULL", "ROW<`a` INT>" (LogicalType.asSummaryString,
 * with " NOT NULL" behind a not-null type; time attributes print "TIMESTAMP(3) *ROWTIME*").
 * Plain leaves the time attribute's mark out.
 */
void type_summary(struct buf *out, const struct type *t);
void type_plain(struct buf *out, const struct type *t);
/* asSerializableString: VARCHAR(2147483647), TIMESTAMP(3) WITH LOCAL TIME ZONE. */
void type_serializable(struct buf *out, const struct type *t);
/* Name of a root as in error messages: "VARCHAR", "INTEGER", ... */
const char *type_root_name(enum type_root root);

#endif
