/* SPDX-License-Identifier: Apache-2.0 */
/*
 * func_cast: CAST and TRY_CAST.
 *
 * Binding checks the pair of types and builds a cast_plan; the kernel converts value by value through
 * it, except between plain numeric types, where a loop over the column does. A value without a form
 * in the target type fails the row, or makes it NULL under TRY_CAST; one nested in a ROW or ARRAY
 * does so to the whole value. Some conversions have a NULL as their regular result (a number too
 * large for a DECIMAL), even where the type says NOT NULL, as in Flink.
 */
#include "func/cast.h"
#include "func/kernel.h"
#include "type/number.h"
#include "vec/value.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>

/* ---- what may be cast --------------------------------------------------------------------- */

static bool is_nested(const struct type *t) { return t->root >= TYPE_ARRAY && t->root <= TYPE_ROW; }

static bool is_exact(const struct type *t) { return type_is_integer(t) || t->root == TYPE_DECIMAL; }

static bool children_ok(const struct type *from, const struct type *to, bool (*ok)(const struct type *, const struct type *))
{
    if (from->root != to->root || from->child_count != to->child_count) return false;
    for (uint32_t i = 0; i < from->child_count; i++) {
        if (!ok(from->children[i].type, to->children[i].type)) return false;
    }
    return true;
}

bool cast_explicit_ok(const struct type *from, const struct type *to)
{
    assert(from != NULL && to != NULL);
    if (from->root == TYPE_NULL || (from->root == to->root && !is_nested(from))) return true;
    if (type_is_text(to)) return true;
    if (is_nested(from) || is_nested(to)) return children_ok(from, to, cast_explicit_ok);
    switch (to->root) {
    case TYPE_BOOLEAN: return type_is_text(from) || type_is_numeric(from);
    case TYPE_BINARY: case TYPE_VARBINARY: return type_is_text(from) || type_is_bytes(from);
    case TYPE_DATE: case TYPE_TIME: return type_is_text(from) || type_is_timestamp(from);
    case TYPE_TIMESTAMP: case TYPE_TIMESTAMP_LTZ:
        return type_is_text(from) || type_is_timestamp(from) || from->root == TYPE_DATE || from->root == TYPE_TIME;
    case TYPE_INTERVAL_YM: case TYPE_INTERVAL_DT: return is_exact(from);
    default: return type_is_numeric(to) && (type_is_text(from) || type_is_numeric(from) || from->root == TYPE_BOOLEAN);
    }
}

/* Integers into wider integers, anything exact into DECIMAL and floating point, FLOAT into DOUBLE. */
static bool number_implicit_ok(const struct type *from, const struct type *to)
{
    if (to->root == TYPE_DECIMAL || to->root == TYPE_DOUBLE) return true;
    if (to->root == TYPE_FLOAT) return from->root != TYPE_DOUBLE;
    return type_is_integer(from) && from->root <= to->root;
}

bool cast_implicit_ok(const struct type *from, const struct type *to)
{
    assert(from != NULL && to != NULL);
    if (from->nullable && !to->nullable) return false;
    if (from->root == TYPE_NULL) return true;
    if (is_nested(from) || is_nested(to)) return children_ok(from, to, cast_implicit_ok);
    if (from->root == to->root) return true;
    if (type_is_numeric(from) && type_is_numeric(to)) return number_implicit_ok(from, to);
    if (type_is_timestamp(from) && type_is_timestamp(to)) return true;
    switch (to->root) {
    case TYPE_VARCHAR: return type_is_text(from);
    case TYPE_VARBINARY: return type_is_bytes(from);
    case TYPE_DATE: case TYPE_TIME: return from->root == TYPE_TIMESTAMP;
    default: return false;
    }
}

static enum status refuse_number_and_timestamp(struct func_bind *b, const struct type *from, const struct type *to)
{
    const char *name = to->root == TYPE_TIMESTAMP || from->root == TYPE_TIMESTAMP ? "TIMESTAMP" : "TIMESTAMP_LTZ";
    if (type_is_numeric(from)) {
        error_at(b->error, STATUS_INVALID, b->span, "There is no CAST from a number to %s", name);
        return error_hint(b->error, to->root == TYPE_TIMESTAMP ? "Write TO_TIMESTAMP(FROM_UNIXTIME(seconds))" : "Write TO_TIMESTAMP_LTZ(milliseconds, 3), or (seconds, 0)");
    }
    error_at(b->error, STATUS_INVALID, b->span, "There is no CAST from %s to a number", name);
    if (from->root == TYPE_TIMESTAMP) error_hint(b->error, "Write UNIX_TIMESTAMP(CAST(ts AS STRING)) for seconds");
    return STATUS_INVALID;
}

static enum status refuse(struct func_bind *b, const struct type *from, const struct type *to)
{
    if ((type_is_numeric(from) && type_is_timestamp(to)) || (type_is_timestamp(from) && type_is_numeric(to))) {
        return refuse_number_and_timestamp(b, from, to);
    }
    struct buf text = BUF_INIT;
    buf_text(&text, "There is no CAST from ");
    type_plain(&text, type_nullable(b->types, from, true));
    buf_text(&text, " to ");
    type_plain(&text, type_nullable(b->types, to, true));
    error_at(b->error, STATUS_INVALID, b->span, "%.*s", STR_ARG(buf_view(&text)));
    buf_deinit(&text);
    return STATUS_INVALID;
}

/* ---- one value ---------------------------------------------------------------------------- */

enum status cast_fail(struct cast_run *r, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    (void)vsnprintf(r->message, sizeof r->message, format, args);
    va_end(args);
    return STATUS_EVALUATION;
}

enum status cast_value(struct cast_run *r, const struct cast_plan *p, const struct vec *in, uint32_t in_row, struct vec *out, uint32_t out_row)
{
    if (vec_is_null(in, in_row)) {
        vec_set_null(out, out_row);
        return STATUS_OK;
    }
    vec_set_valid(out, out_row);
    return p->fn(r, p, in, in_row, out, out_row);
}

static enum status cast_null(struct cast_run *r, const struct cast_plan *p, const struct vec *in, uint32_t in_row, struct vec *out, uint32_t out_row)
{
    (void)r, (void)p, (void)in, (void)in_row;
    vec_set_null(out, out_row);
    return STATUS_OK;
}

static enum status cast_same(struct cast_run *r, const struct cast_plan *p, const struct vec *in, uint32_t in_row, struct vec *out, uint32_t out_row)
{
    (void)r, (void)p;
    return vec_copy_value(out, out_row, in, in_row);
}

static enum status cast_list(struct cast_run *r, const struct cast_plan *p, const struct vec *in, uint32_t in_row, struct vec *out, uint32_t out_row)
{
    struct list_ref from = VEC_VALUE(in, struct list_ref, in_row);
    const struct vec *base = vec_base(in);
    uint32_t offset;
    TRY(vec_list_extend(out, from.count, &offset));
    VEC_DATA(out, struct list_ref)[out_row] = (struct list_ref){offset, from.count};
    for (uint32_t c = 0; c < p->child_count; c++) {
        for (uint32_t i = 0; i < from.count; i++) {
            TRY(cast_value(r, p->children[c], base->children[c], from.offset + i, out->children[c], offset + i));
        }
    }
    return STATUS_OK;
}

static enum status cast_row(struct cast_run *r, const struct cast_plan *p, const struct vec *in, uint32_t in_row, struct vec *out, uint32_t out_row)
{
    const struct vec *base = vec_base(in);
    uint32_t at = vec_row(in, in_row);
    for (uint32_t c = 0; c < p->child_count; c++) TRY(cast_value(r, p->children[c], base->children[c], at, out->children[c], out_row));
    return STATUS_OK;
}

/* ---- plans -------------------------------------------------------------------------------- */

static enum status plan_new(struct func_bind *b, const struct type *from, const struct type *to, const struct cast_plan **ret);

static enum status plan_children(struct func_bind *b, struct cast_plan *p)
{
    p->fn = p->from->root == TYPE_ROW ? cast_row : cast_list;
    p->child_count = p->from->child_count;
    p->children = ARENA_ARRAY(b->arena, const struct cast_plan *, p->child_count);
    if (p->children == NULL) return error_no_memory(b->error, p->child_count * sizeof *p->children);
    for (uint32_t i = 0; i < p->child_count; i++) {
        TRY(plan_new(b, p->from->children[i].type, p->to->children[i].type, &p->children[i]));
        p->can_fail |= p->children[i]->can_fail;
    }
    return STATUS_OK;
}

static cast_fn scalar_fn(const struct type *from, const struct type *to, bool *ret_can_fail)
{
    if (from->root == TYPE_NULL) return cast_null;
    if (type_same(from, to)) return cast_same;
    if (type_is_text(to)) return cast_to_text(from, to);
    if (type_is_bytes(to)) return cast_to_bytes(from, to);
    if (type_is_numeric(to) || to->root == TYPE_BOOLEAN) return cast_to_number(from, to, ret_can_fail);
    return cast_to_temporal(from, to, ret_can_fail);
}

static enum status plan_new(struct func_bind *b, const struct type *from, const struct type *to, const struct cast_plan **ret)
{
    struct cast_plan *p = ARENA_NEW(b->arena, struct cast_plan);
    if (p == NULL) return error_no_memory(b->error, sizeof *p);
    p->from = from;
    p->to = to;
    p->legacy = b->session != NULL && b->session->legacy_casts;
    p->pads = !p->legacy || expr_is_constant(b->args[0]); /* the planner fills up a constant at any rate */
    if (is_nested(from) && is_nested(to)) {
        TRY(plan_children(b, p));
    } else {
        p->fn = scalar_fn(from, to, &p->can_fail);
        if (p->fn == NULL) return refuse(b, from, to);
    }
    *ret = p;
    return STATUS_OK;
}

/* ---- kernels and binding ------------------------------------------------------------------ */

static enum status cast_each(struct call *c, const struct rows *rows, const struct vec *const *args, struct vec *out, bool try_cast)
{
    const struct cast_plan *p = c->impl->prepared;
    struct cast_run r = {.call = c};
    for (uint32_t i = 0; i < rows->count; i++) {
        uint32_t row = rows_at(rows, i);
        enum status s = p->fn(&r, p, args[0], row, out, row);
        if (s == STATUS_OK) continue;
        if (s != STATUS_EVALUATION) return s;
        if (try_cast) {
            vec_set_null(out, row);
        } else {
            TRY(call_row_error(c, out, row, "%s", r.message));
        }
    }
    return STATUS_OK;
}

static enum status cast_kernel(struct call *c, const struct rows *rows, const struct vec *const *args, struct vec *out)
{
    return cast_each(c, rows, args, out, false);
}

static enum status try_cast_kernel(struct call *c, const struct rows *rows, const struct vec *const *args, struct vec *out)
{
    return cast_each(c, rows, args, out, true);
}

/* Flink's planner keeps the digits of a FLOAT made of a literal: CAST(CAST(1.1 AS FLOAT) AS DOUBLE) is 1.1. */
static enum status float_digits_kernel(struct call *c, const struct rows *rows, const struct vec *const *args, struct vec *out)
{
    for (uint32_t i = 0; i < rows->count; i++) {
        uint32_t row = rows_at(rows, i);
        buf_reset(c->text);
        float_print(c->text, ARG(args[0], float, row));
        if (!double_parse(buf_view(c->text), &VEC_DATA(out, double)[row])) return STATUS_NO_MEMORY;
    }
    return STATUS_OK;
}

/* A written decimal is read as a DOUBLE at once, while a column's is divided by a power of ten. */
static enum status decimal_digits_kernel(struct call *c, const struct rows *rows, const struct vec *const *args, struct vec *out)
{
    for (uint32_t i = 0; i < rows->count; i++) {
        uint32_t row = rows_at(rows, i);
        buf_reset(c->text);
        value_print_java(c->text, args[0], row);
        if (!double_parse(buf_view(c->text), &VEC_DATA(out, double)[row])) return STATUS_NO_MEMORY;
    }
    return STATUS_OK;
}

static bool is_float_of_literal(const struct expr *e)
{
    if (e->type->root != TYPE_FLOAT) return false;
    if (expr_is_literal(e)) return !vec_is_null(e->value, 0);
    return e->kind == EXPR_CALL && str_equal(e->func->name, STR("CAST")) && expr_is_literal(e->args[0]);
}

static enum status cast_bind(struct func_bind *b, bool try_cast)
{
    const struct type *from = b->args[0]->type, *to = b->target;
    const struct cast_plan *p;
    if (to == NULL) return error_at(b->error, STATUS_BUG, b->span, "CAST was bound without a type");
    if (!cast_explicit_ok(from, to)) return refuse(b, from, to);
    bool keeps_digits = !try_cast && is_float_of_literal(b->args[0]) && (to->root == TYPE_DOUBLE || to->root == TYPE_DECIMAL);
    if (keeps_digits && to->root == TYPE_DECIMAL) {
        TRY(bind_cast_arg(b, 0, type_simple(b->types, TYPE_DOUBLE, true)));
        from = b->args[0]->type;
    }
    TRY(plan_new(b, from, to, &p));
    b->type = type_nullable(b->types, to, try_cast || from->nullable);
    if (b->type == NULL) return error_no_memory(b->error, sizeof *b->type);
    b->impl.prepared = p;
    b->impl.kernel = keeps_digits && to->root == TYPE_DOUBLE ? float_digits_kernel : cast_number_kernel(from, to);
    if (to->root == TYPE_DOUBLE && from->root == TYPE_DECIMAL && expr_is_literal(b->args[0])) b->impl.kernel = decimal_digits_kernel;
    if (b->impl.kernel == NULL) b->impl.kernel = try_cast || p->legacy ? try_cast_kernel : cast_kernel;
    if (p->can_fail && !try_cast && !p->legacy) b->impl.flags |= FUNC_CAN_FAIL;
    return STATUS_OK;
}

static enum status bind_cast(struct func_bind *b) { return cast_bind(b, false); }

static enum status bind_try_cast(struct func_bind *b) { return cast_bind(b, true); }

static const struct func rows[] = {
    ROW_OF("CAST", 1, 1, FUNC_OPERATOR, cast, "CAST(value AS type) -> type", "The value in another type; fails when it has no such form.", "CAST('12' AS INT) = 12"),
    ROW_OF("TRY_CAST", 1, 1, FUNC_OPERATOR, try_cast, "TRY_CAST(value AS type) -> type", "The value in another type; NULL when it has no such form.", "TRY_CAST('x' AS INT) IS NULL"),
};

FAMILY(cast, rows);
