/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WEIR_CONNECTOR_ARROW_ARROW_FIELD_H
#define WEIR_CONNECTOR_ARROW_ARROW_FIELD_H

#include "base/error.h"
#include "type/type.h"
#include "vec/vec.h"

#include "weir.h"

/*
 * arrow_field: one field of an Arrow schema, understood once: which type of ours it has and how its
 * buffers are read. A tree, as the schema is.
 */
enum arrow_kind {
    ARROW_NULL,
    ARROW_BOOL,
    ARROW_COPY,        /* the bytes of a value are ours: width */
    ARROW_INTEGER,     /* widened: width, is_signed */
    ARROW_HALF,
    ARROW_DECIMAL,     /* 128 bits */
    ARROW_SCALED,      /* 32 or 64 bits times multiplier or divided by divisor, floor */
    ARROW_NANOS,       /* timestamps in nanoseconds */
    ARROW_TEXT,        /* offsets of width 4 or 8 */
    ARROW_FIXED_BYTES, /* count bytes each */
    ARROW_LIST,        /* offsets of width 4 or 8; MAP too */
    ARROW_FIXED_LIST,  /* count elements each */
    ARROW_STRUCT,
    ARROW_DICTIONARY,  /* children[0]: the values; indexes of width, is_signed */
};

struct arrow_field {
    enum arrow_kind kind;
    const struct type *type;
    struct str name;
    uint32_t width, count;
    bool is_signed;
    int64_t multiplier, divisor;
    struct arrow_field **children;
    uint32_t child_count;
};

/* s is only looked at; names are copied. STATUS_UNSUPPORTED names what Weir has no type for. */
enum status arrow_field_new(struct arena *a, struct types *types, const struct ArrowSchema *s, struct arrow_field **ret, struct error *e);

/*
 * dst[dst_row ...] = values [from, from + count) of the array, which must have the field's schema. Texts are views of
 * the array's buffers: the array outlives what is made of dst.
 */
enum status arrow_field_read(const struct arrow_field *f, const struct ArrowArray *array, int64_t from, uint32_t count, struct vec *dst, uint32_t dst_row, struct error *e);

#endif
