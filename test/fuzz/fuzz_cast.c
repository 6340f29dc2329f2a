/* SPDX-License-Identifier: Apache-2.0 */
/*
 * TRY_CAST of any text to every type neither fails nor reads beyond the text, and what it makes of a text is what
 * it makes of that value's own text: CAST to STRING and back is the identity on it.
 */
#include "func/eval.h"
#include "format/json_token.h"
#include "func/func.h"
#include "vec/vec.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct type *type_of(struct types *p, uint8_t which) {
    static const enum type_root simple[] = {TYPE_BOOLEAN, TYPE_TINYINT, TYPE_SMALLINT, TYPE_INT, TYPE_BIGINT, TYPE_FLOAT, TYPE_DOUBLE, TYPE_DATE};
    int32_t p10 = which / 16;
    switch (which % 16) {
    case 8: return type_time(p, TYPE_TIME, p10 % 4, true);
    case 9: return type_time(p, TYPE_TIMESTAMP, p10 % 10, true);
    case 10: return type_time(p, TYPE_TIMESTAMP_LTZ, p10 % 10, true);
    case 11: return type_decimal(p, 1 + p10, p10 / 2, true);
    case 12: return type_decimal(p, 23 + p10, p10, true);
    case 13: return type_text(p, TYPE_CHAR, 1 + p10, true);
    case 14: return type_text(p, TYPE_VARCHAR, 1 + p10, true);
    case 15: return type_text(p, TYPE_VARBINARY, 1 + p10, true);
    default: return type_simple(p, simple[which % 16], true);
    }
}

static struct vec *cast(struct arena *a, struct types *types, struct eval_context *c, struct vec *in, const struct type *to, bool try_cast) {
    struct error e = ERROR_INIT;
    struct expr *x = expr_input(a, 0, in->type), *y = NULL;
    struct program *p = NULL;
    struct vec *v = NULL, *out = NULL;
    struct rows one = {NULL, 1};
    if (func_cast(a, types, c, x, to, try_cast, (struct span){0, 0}, &y, &e) != STATUS_OK) abort();
    if (y == x) return in;
    if (program_new(a, &y, 1, c, &p, &e) != STATUS_OK) abort();
    program_begin(p);
    if (program_run(p, 0, &in, &one, &v, &e) != STATUS_OK) abort();
    if (vec_new(a, a, to, 1, &out) != STATUS_OK || vec_copy_value(out, 0, v, 0) != STATUS_OK) abort();
    program_free(p);
    error_clear(&e);
    return out;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size < 1 || size > 4096) return 0;
    struct arena *a = arena_new("fuzz", 0);
    struct types *types = types_new(a);
    struct error e = ERROR_INIT;
    struct eval_context c = {0};
    struct vec *text = NULL;
    if (zone_open(a, STR("UTC"), &c.zone, &e) != STATUS_OK) abort();
    const struct type *to = type_of(types, data[0]), *string = type_string(types, true);
    if (vec_new(a, a, string, 1, &text) != STATUS_OK) abort();
    if (vec_set_str(text, 0, (struct str){(const char *)data + 1, size - 1}) != STATUS_OK) abort();
    struct vec *value = cast(a, types, &c, text, to, true);
    if (!vec_is_null(value, 0)) {
        struct vec *own = cast(a, types, &c, value, string, false);
        struct vec *again = cast(a, types, &c, own, to, true);
        bool texts = to->root == TYPE_CHAR || to->root == TYPE_VARCHAR || to->root == TYPE_VARBINARY;
        bool same = !texts || json_utf8_valid((const char *)data + 1, size - 1); /* what is no UTF-8 may become another text */
        /* A clock with an offset may lie outside of the day, as in Flink, and is printed as if it did not. */
        if (to->root == TYPE_TIME) same = memchr(data + 1, '-', size - 1) == NULL && memchr(data + 1, '+', size - 1) == NULL;
        /* A short text may round to one digit more than a short DECIMAL has, as in Flink; that text is then too long. */
        if (to->root == TYPE_DECIMAL && vec_is_null(again, 0)) same = false;
        if (same && to->root != TYPE_VARBINARY) assert(!vec_is_null(again, 0) && vec_value_equal(value, 0, again, 0));
    }
    arena_free(a);
    return 0;
}
