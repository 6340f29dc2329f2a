/* SPDX-License-Identifier: Apache-2.0 */
/*
 * func_common: the common type of several types, as Flink's planner finds it for CASE, COALESCE, set
 * operations, VALUES, IN and comparisons.
 *
 * Types merge pairwise from left to right. A bare NULL merges with anything. Two families never merge;
 * TIMESTAMP and TIMESTAMP_LTZ do, to the first of them.
 */
#include "func/func.h"

#include <assert.h>

static int32_t max_i32(int32_t a, int32_t b) { return a > b ? a : b; }

static int32_t min_i32(int32_t a, int32_t b) { return a < b ? a : b; }

/* An integer as the decimal that holds its values. */
static void exact_digits(const struct type *t, int32_t *ret_precision, int32_t *ret_scale)
{
    static const int32_t digits[4] = {3, 5, 10, 19};
    *ret_precision = t->root == TYPE_DECIMAL ? t->precision : digits[t->root - TYPE_TINYINT];
    *ret_scale = t->root == TYPE_DECIMAL ? t->scale : 0;
}

static const struct type *common_decimal(struct types *p, const struct type *a, const struct type *b, bool nullable)
{
    int32_t ap, as, bp, bs;
    exact_digits(a, &ap, &as);
    exact_digits(b, &bp, &bs);
    int32_t whole = max_i32(ap - as, bp - bs), scale = max_i32(as, bs);
    int32_t precision = min_i32(whole + scale, TYPE_DECIMAL_PRECISION_MAX);
    return type_decimal(p, precision, min_i32(scale, max_i32(precision - whole, min_i32(scale, 6))), nullable);
}

static const struct type *common_number(struct types *p, const struct type *a, const struct type *b, bool nullable)
{
    bool decimal = a->root == TYPE_DECIMAL || b->root == TYPE_DECIMAL;
    if (type_is_integer(a) && type_is_integer(b)) return type_simple(p, a->root > b->root ? a->root : b->root, nullable);
    bool approximate = a->root >= TYPE_FLOAT || b->root >= TYPE_FLOAT;
    if (!approximate) return common_decimal(p, a, b, nullable);
    bool wide = decimal || a->root == TYPE_DOUBLE || b->root == TYPE_DOUBLE;
    return type_simple(p, wide ? TYPE_DOUBLE : TYPE_FLOAT, nullable);
}

static const struct type *common_text(struct types *p, const struct type *a, const struct type *b, enum type_root fixed,
                                      enum type_root varying, bool nullable)
{
    bool same = a->root == fixed && b->root == fixed && a->length == b->length;
    int32_t length = max_i32(a->length, b->length);
    return type_text(p, same ? fixed : varying, length > 0 ? length : 1, nullable);
}

static enum status merge(struct types *p, const struct type *a, const struct type *b, const struct type **ret);

static enum status merge_nested(struct types *p, const struct type *a, const struct type *b, bool nullable, const struct type **ret)
{
    enum { FIELDS_MAX = 1024 };
    struct type_field fields[FIELDS_MAX];
    *ret = NULL;
    if (a->child_count != b->child_count) return STATUS_OK;
    if (a->child_count > FIELDS_MAX) return STATUS_LIMIT;
    for (uint32_t i = 0; i < a->child_count; i++) {
        fields[i] = a->children[i];
        TRY(merge(p, a->children[i].type, b->children[i].type, &fields[i].type));
        if (fields[i].type == NULL) return STATUS_OK;
    }
    switch (a->root) {
    case TYPE_ARRAY: *ret = type_array(p, fields[0].type, nullable); break;
    case TYPE_MULTISET: *ret = type_multiset(p, fields[0].type, nullable); break;
    case TYPE_MAP: *ret = type_map(p, fields[0].type, fields[1].type, nullable); break;
    default: *ret = type_row(p, fields, a->child_count, nullable); break;
    }
    return *ret == NULL ? STATUS_NO_MEMORY : STATUS_OK;
}

/* *ret stays NULL when the two have nothing in common. */
static enum status merge(struct types *p, const struct type *a, const struct type *b, const struct type **ret)
{
    bool nullable = a->nullable || b->nullable;
    const struct type *t = NULL;
    if (a->root == TYPE_NULL || b->root == TYPE_NULL) {
        t = type_nullable(p, a->root == TYPE_NULL ? b : a, true);
    } else if (type_same(a, b)) {
        t = type_nullable(p, a, nullable);
    } else if (type_is_numeric(a) && type_is_numeric(b)) {
        t = common_number(p, a, b, nullable);
    } else if (type_is_text(a) && type_is_text(b)) {
        t = common_text(p, a, b, TYPE_CHAR, TYPE_VARCHAR, nullable);
    } else if (type_is_bytes(a) && type_is_bytes(b)) {
        t = common_text(p, a, b, TYPE_BINARY, TYPE_VARBINARY, nullable);
    } else if ((type_is_timestamp(a) && type_is_timestamp(b)) || (a->root == TYPE_TIME && b->root == TYPE_TIME)) {
        t = type_time(p, a->root, max_i32(a->precision, b->precision), nullable);
    } else if (type_is_interval(a) && a->root == b->root) {
        t = type_nullable(p, a, nullable);
    } else if (a->root >= TYPE_ARRAY && a->root <= TYPE_ROW && a->root == b->root) {
        return merge_nested(p, a, b, nullable, ret);
    } else {
        *ret = NULL;
        return STATUS_OK;
    }
    *ret = t;
    return t == NULL ? STATUS_NO_MEMORY : STATUS_OK;
}

enum status type_common(struct types *p, const struct type *const *t, uint32_t count, const struct type **ret)
{
    assert(count > 0 && ret != NULL);
    const struct type *common = t[0];
    for (uint32_t i = 1; i < count; i++) {
        TRY(merge(p, common, t[i], &common));
        if (common == NULL) break;
    }
    *ret = common;
    return STATUS_OK;
}
