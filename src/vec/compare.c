/* SPDX-License-Identifier: Apache-2.0 */
/*
 * compare: binary equality (what grouping and state use) and SQL order (what sorting and MIN/MAX
 * use) of values in vecs, for every physical kind, in one place.
 */
#include "type/int128.h"
#include "vec/vec.h"

#include <math.h>
#include <string.h>

static bool list_equal(const struct vec *a, struct list_ref x, const struct vec *b, struct list_ref y) {
    if (x.count != y.count) return false;
    for (uint32_t c = 0; c < a->child_count; c++) {
        for (uint32_t i = 0; i < x.count; i++) {
            if (!vec_value_equal(a->children[c], x.offset + i, b->children[c], y.offset + i)) return false;
        }
    }
    return true;
}

static bool valid_equal(const struct vec *a, uint32_t i, const struct vec *b, uint32_t j) {
    switch (a->type->phys) {
    case PHYS_STRING: return strv_equal(&VEC_DATA(a, struct strv)[i], &VEC_DATA(b, struct strv)[j]);
    case PHYS_LIST:
        return list_equal(a, VEC_DATA(a, struct list_ref)[i], b, VEC_DATA(b, struct list_ref)[j]);
    case PHYS_ROW:
        for (uint32_t c = 0; c < a->child_count; c++) {
            if (!vec_value_equal(a->children[c], i, b->children[c], j)) return false;
        }
        return true;
    case PHYS_NULL: return true;
    default: {
        size_t size = phys_size_bytes(a->type->phys);
        return memcmp((const char *)a->data + size * i, (const char *)b->data + size * j, size) == 0;
    }
    }
}

bool vec_value_equal(const struct vec *a, uint32_t a_row, const struct vec *b, uint32_t b_row) {
    bool a_null = vec_is_null(a, a_row), b_null = vec_is_null(b, b_row);
    if (a_null || b_null) return a_null == b_null;
    assert(vec_base(a)->type->phys == vec_base(b)->type->phys);
    return valid_equal(vec_base(a), vec_row(a, a_row), vec_base(b), vec_row(b, b_row));
}

/* Java's Double.compare: NaN above everything and equal to itself, -0.0 below 0.0. */
static int double_compare(double a, double b) {
    if (a < b) return -1;
    if (a > b) return 1;
    if (isnan(a) || isnan(b)) return (int)(isnan(a) != 0) - (int)(isnan(b) != 0);
    return (int)(signbit(b) != 0) - (int)(signbit(a) != 0);
}

static int compare_with_nulls(const struct vec *a, uint32_t i, const struct vec *b, uint32_t j) {
    bool a_null = vec_is_null(a, i), b_null = vec_is_null(b, j);
    if (a_null || b_null) return (int)b_null - (int)a_null;
    return vec_value_compare(a, i, b, j);
}

static int list_compare(const struct vec *a, struct list_ref x, const struct vec *b, struct list_ref y) {
    for (uint32_t i = 0; i < x.count && i < y.count; i++) {
        int c = compare_with_nulls(a->children[0], x.offset + i, b->children[0], y.offset + i);
        if (c != 0) return c;
    }
    return (x.count > y.count) - (x.count < y.count);
}

static int row_compare(const struct vec *a, uint32_t i, const struct vec *b, uint32_t j) {
    for (uint32_t c = 0; c < a->child_count; c++) {
        int order = compare_with_nulls(a->children[c], i, b->children[c], j);
        if (order != 0) return order;
    }
    return 0;
}

static int ts_order(struct ts a, struct ts b) {
    if (a.micros != b.micros) return a.micros < b.micros ? -1 : 1;
    return (a.nanos > b.nanos) - (a.nanos < b.nanos);
}

int vec_value_compare(const struct vec *va, uint32_t a_row, const struct vec *vb, uint32_t b_row) {
    const struct vec *a = vec_base(va), *b = vec_base(vb);
    uint32_t i = vec_row(va, a_row), j = vec_row(vb, b_row);
    assert(a->type->phys == b->type->phys);
#define ORDER(ctype)                                                                               \
    ((VEC_DATA(a, ctype)[i] > VEC_DATA(b, ctype)[j]) - (VEC_DATA(a, ctype)[i] < VEC_DATA(b, ctype)[j]))
    switch (a->type->phys) {
    case PHYS_BOOL: return ORDER(uint8_t);
    case PHYS_I8: return ORDER(int8_t);
    case PHYS_I16: return ORDER(int16_t);
    case PHYS_I32: return ORDER(int32_t);
    case PHYS_I64: return ORDER(int64_t);
    case PHYS_I128: return ORDER(i128);
    case PHYS_F32: return double_compare((double)VEC_DATA(a, float)[i], (double)VEC_DATA(b, float)[j]);
    case PHYS_F64: return double_compare(VEC_DATA(a, double)[i], VEC_DATA(b, double)[j]);
    case PHYS_TS: return ts_order(VEC_DATA(a, struct ts)[i], VEC_DATA(b, struct ts)[j]);
    case PHYS_STRING: return strv_compare(&VEC_DATA(a, struct strv)[i], &VEC_DATA(b, struct strv)[j]);
    case PHYS_LIST: return list_compare(a, VEC_DATA(a, struct list_ref)[i], b, VEC_DATA(b, struct list_ref)[j]);
    case PHYS_ROW: return row_compare(a, i, b, j);
    case PHYS_NULL: return 0;
    }
#undef ORDER
    assert(!"unknown physical kind");
    return 0;
}

struct ts vec_get_ts(const struct vec *v, uint32_t row) {
    const struct vec *b = vec_base(v);
    uint32_t i = vec_row(v, row);
    if (b->type->phys == PHYS_TS) return VEC_DATA(b, struct ts)[i];
    assert(b->type->phys == PHYS_I64);
    return (struct ts){.micros = VEC_DATA(b, int64_t)[i]};
}

void vec_set_ts(struct vec *v, uint32_t row, struct ts t) {
    assert(v->form != VEC_DICT && row < v->capacity);
    if (v->type->phys == PHYS_TS) {
        VEC_DATA(v, struct ts)[row] = t;
    } else {
        assert(v->type->phys == PHYS_I64);
        VEC_DATA(v, int64_t)[row] = t.micros;
    }
}

int64_t vec_get_millis(const struct vec *v, uint32_t row) {
    int64_t micros = vec_get_ts(v, row).micros;
    int64_t ms = micros / 1000;
    return micros % 1000 < 0 ? ms - 1 : ms;
}
