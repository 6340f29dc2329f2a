/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WEIR_FUNC_JSON_WRITE_H
#define WEIR_FUNC_JSON_WRITE_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/error.h"
#include "type/type.h"
#include "vec/vec.h"

/*
 * json_write: values of any type as JSON, for JSON_OBJECT, JSON_ARRAY, JSON_STRING and their
 * aggregates. Members of rows and maps come in the order of their names, as everywhere in Flink's JSON.
 */

/* Flink's error for a type that has no JSON form (dates, times, intervals, maps without text keys). */
enum status json_write_check(const struct type *t, struct span span, struct error *e);

struct json_write {
    struct buf *out;
    struct arena *scratch;
    bool refuse_nan;      /* else it is the text "NaN" */
    const char *failed;   /* set when a value has no JSON form */
};
/* Appends one value; a NULL is null. STATUS_OK with failed set: the row cannot be written. */
enum status json_write_value(struct json_write *w, const struct vec *v, uint32_t row);
void json_write_string(struct buf *out, struct str s);

/* One member of an object in the making. */
struct json_member {
    struct str key;
    uint32_t index; /* where it was written: of equal keys the last one counts */
};
/* In the order of their keys, of equal ones only the last; *io_count is what is left. */
void json_members_sort(struct json_member *members, uint32_t *io_count);

#endif
