/* SPDX-License-Identifier: Apache-2.0 */
/*
 * list_kernel: building lists in the children of an output vec. Looking for an element is a walk over
 * the list: arrays in rows are short.
 */
#include "func/list_kernel.h"

#include <assert.h>

enum status list_open(struct list_build *l, struct vec *out, uint32_t row, uint32_t room)
{
    assert(out->type->phys == PHYS_LIST);
    *l = (struct list_build){.out = out, .row = row};
    return vec_list_extend(out, room, &l->offset);
}

enum status list_add(struct list_build *l, const struct vec *src, uint32_t at)
{
    assert(l->offset + l->count < l->out->element_count);
    return vec_copy_value(l->out->children[0], l->offset + l->count++, src, at);
}

enum status list_put(struct list_build *l, const struct vec *keys, uint32_t key, const struct vec *values, uint32_t value)
{
    struct list_view so_far = {l->out->children[0], NULL, l->offset, l->count};
    uint32_t at = list_find(&so_far, keys, key);
    if (at == UINT32_MAX) {
        at = l->count;
        TRY(list_add(l, keys, key));
    }
    return vec_copy_value(l->out->children[1], l->offset + at, values, value);
}

bool list_has(const struct list_build *l, const struct vec *src, uint32_t at)
{
    struct list_view so_far = {l->out->children[0], NULL, l->offset, l->count};
    return list_find(&so_far, src, at) != UINT32_MAX;
}

static bool lists_equal(const struct vec *a, struct list_ref x, const struct vec *b, struct list_ref y)
{
    if (x.count != y.count) return false;
    bool map = a->child_count > 1;
    for (uint32_t i = 0; i < x.count; i++) {
        uint32_t at = i;
        if (map) {
            struct list_view other = {b->children[0], b->children[1], y.offset, y.count};
            at = list_find(&other, a->children[0], x.offset + i);
        }
        const struct vec *p = a->children[map], *q = b->children[map];
        if (at == UINT32_MAX || !list_value_equal(p, x.offset + i, q, y.offset + at)) return false;
    }
    return true;
}

bool list_value_equal(const struct vec *a, uint32_t i, const struct vec *b, uint32_t k)
{
    bool null_a = vec_is_null(a, i), null_b = vec_is_null(b, k);
    if (null_a || null_b) return null_a && null_b;
    const struct vec *x = vec_base(a), *y = vec_base(b);
    uint32_t at_x = vec_row(a, i), at_y = vec_row(b, k);
    switch (a->type->phys) {
    case PHYS_F32: return VEC_DATA(x, const float)[at_x] == VEC_DATA(y, const float)[at_y];
    case PHYS_F64: return VEC_DATA(x, const double)[at_x] == VEC_DATA(y, const double)[at_y];
    case PHYS_LIST: return lists_equal(x, VEC_DATA(x, const struct list_ref)[at_x], y, VEC_DATA(y, const struct list_ref)[at_y]);
    case PHYS_ROW:
        for (uint32_t c = 0; c < x->child_count; c++) {
            if (!list_value_equal(x->children[c], at_x, y->children[c], at_y)) return false;
        }
        return true;
    default: return vec_value_equal(a, i, b, k);
    }
}

uint32_t list_find(const struct list_view *l, const struct vec *src, uint32_t at)
{
    for (uint32_t i = 0; i < l->count; i++) {
        if (list_value_equal(l->elements, l->offset + i, src, at)) return i;
    }
    return UINT32_MAX;
}

enum status list_close(struct list_build *l)
{
    l->out->element_count = l->offset + l->count;
    VEC_DATA(l->out, struct list_ref)[l->row] = (struct list_ref){l->offset, l->count};
    return STATUS_OK;
}

/* Same values in memory: nothing but lengths and nullability differ. */
static bool same_layout(const struct type *a, const struct type *b)
{
    if (a->phys != b->phys || a->child_count != b->child_count) return false;
    bool text = type_is_text(a) && type_is_text(b), bytes = type_is_bytes(a) && type_is_bytes(b);
    if (!text && !bytes && (a->root != b->root || a->precision != b->precision || a->scale != b->scale)) return false;
    for (uint32_t i = 0; i < a->child_count; i++) {
        if (!same_layout(a->children[i].type, b->children[i].type)) return false;
    }
    return true;
}

enum status bind_list_common(struct func_bind *b, uint32_t first, uint32_t step, const struct type **ret)
{
    uint32_t count = 0;
    const struct type **types = ARENA_ARRAY(b->arena, const struct type *, b->arg_count);
    if (types == NULL) return error_no_memory(b->error, b->arg_count * sizeof *types);
    for (uint32_t i = first; i < b->arg_count; i += step) types[count++] = b->args[i]->type;
    const struct type *common = types[0];
    if (count > 1) TRY(type_common(b->types, types, count, &common));
    if (common == NULL) return bind_wrong_types(b);
    for (uint32_t i = first; i < b->arg_count; i += step) {
        if (!same_layout(b->args[i]->type, common)) TRY(bind_cast_arg(b, i, common));
    }
    *ret = common;
    return STATUS_OK;
}

enum status bind_element(struct func_bind *b, uint32_t i, const struct type *t)
{
    const struct type *from = b->args[i]->type;
    bool shorter = (type_is_text(t) || type_is_bytes(t)) && (t->root == TYPE_CHAR || t->root == TYPE_BINARY || t->length < from->length);
    if (same_layout(from, t) && !(shorter && (t->length != from->length || t->root != from->root))) return STATUS_OK;
    bool texts = type_is_text(from) && type_is_text(t) && (t->root != TYPE_CHAR || from->root == TYPE_CHAR);
    if (from->root != TYPE_NULL && !texts && !cast_implicit_ok(from, t)) return bind_wrong_types(b);
    const struct type *to = type_nullable(b->types, t, true);
    return to == NULL ? error_no_memory(b->error, sizeof *to) : bind_cast_arg(b, i, to);
}
