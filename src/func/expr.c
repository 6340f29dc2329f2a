/* SPDX-License-Identifier: Apache-2.0 */
/*
 * expr: constructors, properties and rewriting of bound expressions. Nodes are immutable and shared
 * freely; a rewrite copies only the path that changes.
 */
#include "func/expr.h"

#include "func/func.h"

#include <assert.h>

static struct expr *expr_new(struct arena *a, enum expr_kind kind, const struct type *type) {
    assert(type != NULL);
    struct expr *e = ARENA_NEW(a, struct expr);
    if (e == NULL) return NULL;
    e->kind = kind;
    e->type = type;
    return e;
}

struct expr *expr_input(struct arena *a, uint32_t index, const struct type *type) {
    struct expr *e = expr_new(a, EXPR_INPUT, type);
    if (e != NULL) e->index = index;
    return e;
}

/* A literal whose single value the caller still has to write. */
static struct expr *literal_new(struct arena *a, const struct type *type, struct vec **ret) {
    struct expr *e = expr_new(a, EXPR_LITERAL, type);
    struct vec *v = NULL;
    if (e == NULL || vec_new(a, a, type, 1, &v) != STATUS_OK) return NULL;
    v->form = VEC_CONST;
    e->value = v;
    *ret = v;
    return e;
}

struct expr *expr_literal(struct arena *a, const struct vec *value, uint32_t row, const struct type *type) {
    struct vec *v = NULL;
    struct expr *e = literal_new(a, type, &v);
    if (e == NULL || vec_copy_value(v, 0, value, row) != STATUS_OK) return NULL;
    return e;
}

struct expr *expr_null(struct arena *a, const struct type *type) {
    struct vec *v = NULL;
    struct expr *e = literal_new(a, type, &v);
    if (e != NULL) vec_set_null(v, 0);
    return e;
}

struct expr *expr_bool(struct arena *a, struct types *t, bool value) {
    const struct type *type = type_simple(t, TYPE_BOOLEAN, false);
    struct vec *v = NULL;
    struct expr *e = type == NULL ? NULL : literal_new(a, type, &v);
    if (e != NULL) VEC_DATA(v, uint8_t)[0] = value;
    return e;
}

struct expr *expr_i64(struct arena *a, const struct type *type, int64_t value) {
    struct vec *v = NULL;
    struct expr *e = literal_new(a, type, &v);
    if (e == NULL) return NULL;
    switch (type->phys) {
    case PHYS_I8: VEC_DATA(v, int8_t)[0] = (int8_t)value; break;
    case PHYS_I16: VEC_DATA(v, int16_t)[0] = (int16_t)value; break;
    case PHYS_I32: VEC_DATA(v, int32_t)[0] = (int32_t)value; break;
    case PHYS_I64: VEC_DATA(v, int64_t)[0] = value; break;
    default: assert(!"expr_i64 needs an integer-like type");
    }
    return e;
}

struct expr *expr_str(struct arena *a, const struct type *text_type, struct str value) {
    assert(text_type->phys == PHYS_STRING);
    struct vec *v = NULL;
    struct expr *e = literal_new(a, text_type, &v);
    return e == NULL || vec_set_str(v, 0, value) != STATUS_OK ? NULL : e;
}

struct expr *expr_special(struct arena *a, enum expr_kind kind, const struct type *type,
                          struct expr **args, uint32_t count) {
    assert(kind == EXPR_AND || kind == EXPR_OR || kind == EXPR_CASE || kind == EXPR_COALESCE ||
           kind == EXPR_FIELD);
    struct expr *e = expr_new(a, kind, type);
    struct expr **copy = ARENA_ARRAY(a, struct expr *, count);
    if (e == NULL || copy == NULL) return NULL;
    memcpy(copy, args, count * sizeof *copy);
    e->args = copy;
    e->arg_count = count;
    return e;
}

bool expr_is_literal(const struct expr *e) { return e->kind == EXPR_LITERAL; }

static uint32_t call_flags(const struct expr *e) {
    return e->kind == EXPR_CALL ? e->impl->flags : 0;
}

bool expr_is_constant(const struct expr *e) {
    if (e->kind == EXPR_INPUT || (call_flags(e) & FUNC_NOT_DETERMINISTIC) != 0) return false;
    for (uint32_t i = 0; i < e->arg_count; i++) {
        if (!expr_is_constant(e->args[i])) return false;
    }
    return true;
}

bool expr_is_deterministic(const struct expr *e) {
    if ((call_flags(e) & FUNC_NOT_DETERMINISTIC) != 0) return false;
    for (uint32_t i = 0; i < e->arg_count; i++) {
        if (!expr_is_deterministic(e->args[i])) return false;
    }
    return true;
}

bool expr_can_fail(const struct expr *e) {
    if ((call_flags(e) & FUNC_CAN_FAIL) != 0) return true;
    for (uint32_t i = 0; i < e->arg_count; i++) {
        if (expr_can_fail(e->args[i])) return true;
    }
    return false;
}

bool expr_equal(const struct expr *a, const struct expr *b) {
    if (a == b) return true;
    if (a->kind != b->kind || a->arg_count != b->arg_count || !type_same(a->type, b->type)) return false;
    switch (a->kind) {
    case EXPR_INPUT: return a->index == b->index;
    case EXPR_LITERAL: return a->type == b->type && vec_value_equal(a->value, 0, b->value, 0);
    case EXPR_FIELD:
        if (a->index != b->index) return false;
        break;
    case EXPR_CALL:
        if (a->func != b->func) return false;
        break;
    default: break;
    }
    for (uint32_t i = 0; i < a->arg_count; i++) {
        if (!expr_equal(a->args[i], b->args[i])) return false;
    }
    return true;
}

void expr_inputs(const struct expr *e, bool *used) {
    if (e->kind == EXPR_INPUT) used[e->index] = true;
    for (uint32_t i = 0; i < e->arg_count; i++) expr_inputs(e->args[i], used);
}

struct expr *expr_replace_inputs(struct arena *a, const struct expr *e, struct expr *const *inputs) {
    if (e->kind == EXPR_INPUT) return inputs[e->index];
    if (e->arg_count == 0) return (struct expr *)e;
    struct expr **args = ARENA_ARRAY(a, struct expr *, e->arg_count);
    struct expr *copy = ARENA_NEW(a, struct expr);
    if (args == NULL || copy == NULL) return NULL;
    bool changed = false;
    for (uint32_t i = 0; i < e->arg_count; i++) {
        args[i] = expr_replace_inputs(a, e->args[i], inputs);
        if (args[i] == NULL) return NULL;
        changed = changed || args[i] != e->args[i];
    }
    if (!changed) return (struct expr *)e;
    *copy = *e;
    copy->args = args;
    return copy;
}
