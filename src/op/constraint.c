/* SPDX-License-Identifier: Apache-2.0 */
/*
 * constraint: Flink's ConstraintEnforcer before a sink: NOT NULL columns (error or drop, by
 * table.exec.sink.not-null-enforcer) and the lengths of CHAR, VARCHAR, BINARY and VARBINARY columns
 * (table.exec.sink.type-length-enforcer: trim and pad, or error). Lengths of texts count code points.
 */
#include "op/ops.h"

#include <assert.h>
#include <string.h>

struct constraint {
    struct op op;
    uint32_t *sel;
    struct vec **columns;
    struct vec **fixed;   /* registers for trimmed and padded columns, by length index */
    struct arena *heap;
};

static const struct constraint_params *params(const struct constraint *c) { return &c->op.node->as.constraint; }

static enum status constraint_open(struct op *op, struct error *e) {
    struct constraint *c = (struct constraint *)op;
    const struct constraint_params *p = params(c);
    struct arena *a = op->context.arena;
    (void)e;
    c->sel = ARENA_ARRAY(a, uint32_t, BATCH_ROWS_MAX);
    c->columns = ARENA_ARRAY(a, struct vec *, op->input_row->child_count);
    c->fixed = ARENA_ARRAY(a, struct vec *, p->length_count);
    c->heap = arena_new("constraint", 0);
    if (c->sel == NULL || c->columns == NULL || c->fixed == NULL || c->heap == NULL) return STATUS_NO_MEMORY;
    for (uint32_t i = 0; i < p->length_count; i++) {
        TRY(vec_new(a, c->heap, op->input_row->children[p->lengths[i]].type, BATCH_ROWS_MAX, &c->fixed[i]));
    }
    return STATUS_OK;
}

/* ---- NOT NULL -------------------------------------------------------------------------------------- */

static enum status check_row(struct constraint *c, const struct batch *b, uint32_t row, bool *ret_keep, struct error *e) {
    const struct constraint_params *p = params(c);
    for (uint32_t i = 0; i < p->not_null_count; i++) {
        uint32_t column = p->not_null[i];
        if (!vec_is_null(b->columns[column], row)) continue;
        *ret_keep = false;
        if (p->not_null_mode == ENFORCER_DROP) return STATUS_OK;
        error_set(e, STATUS_EVALUATION, "Column '%.*s' is NOT NULL, and a row holds NULL for it", STR_ARG(p->names[column]));
        return error_hint(e, "SET 'table.exec.sink.not-null-enforcer' = 'DROP' drops such rows");
    }
    *ret_keep = true;
    return STATUS_OK;
}

/* Columns without a validity bitmap hold no NULL: the usual case costs one look per column. */
static bool may_hold_nulls(const struct constraint *c, const struct batch *b) {
    const struct constraint_params *p = params(c);
    for (uint32_t i = 0; i < p->not_null_count; i++) {
        const struct vec *v = vec_base(b->columns[p->not_null[i]]);
        if (v->valid != NULL || v->type->root == TYPE_NULL) return true;
    }
    return false;
}

static enum status check_nulls(struct constraint *c, struct batch *out, struct error *e) {
    struct rows rows = batch_rows(out);
    if (rows.count == 0 || !may_hold_nulls(c, out)) return STATUS_OK;
    uint32_t n = 0;
    for (uint32_t i = 0; i < rows.count; i++) {
        bool keep = true;
        TRY(check_row(c, out, rows_at(&rows, i), &keep, e));
        if (keep) c->sel[n++] = rows_at(&rows, i);
    }
    if (n != rows.count) {
        out->sel = c->sel;
        out->sel_count = n;
    }
    return STATUS_OK;
}

/* ---- lengths ---------------------------------------------------------------------------------------- */

/* Length as the type counts it, and the byte length of its first `limit` units. */
static uint32_t count_units(const struct type *t, struct str s, uint32_t limit, size_t *ret_bytes) {
    uint32_t n = 0;
    *ret_bytes = s.size_bytes;
    if (type_is_bytes(t)) {
        if (s.size_bytes > limit) *ret_bytes = limit;
        return (uint32_t)s.size_bytes;
    }
    for (size_t i = 0; i < s.size_bytes; i++) {
        if (((unsigned char)s.at[i] & 0xc0) == 0x80) continue;
        if (n == limit) *ret_bytes = i;
        n++;
    }
    return n;
}

static enum status fit(struct constraint *c, uint32_t i, const struct type *t, uint32_t row, struct str s, struct error *e) {
    const struct constraint_params *p = params(c);
    uint32_t limit = (uint32_t)t->length;
    size_t bytes = 0;
    uint32_t units = count_units(t, s, limit, &bytes);
    bool fixed = t->root == TYPE_CHAR || t->root == TYPE_BINARY;
    bool fits = units <= limit && (!fixed || units == limit);
    if (!fits && p->length_mode == ENFORCER_ERROR) {
        return error_set(e, STATUS_EVALUATION,
                         "Column '%.*s' is %s(%u), however, a value of length %u is being written into it. You can "
                         "set job configuration 'table.exec.sink.type-length-enforcer' to control this behaviour.",
                         STR_ARG(p->names[p->lengths[i]]), type_root_name(t->root), limit, units);
    }
    size_t padding = fixed && units < limit ? limit - units : 0;
    char *out = arena_bytes(c->heap, bytes + padding + 1);
    if (out == NULL) return STATUS_NO_MEMORY;
    if (bytes != 0) memcpy(out, s.at, bytes);
    memset(out + bytes, type_is_bytes(t) ? 0 : ' ', padding);
    VEC_DATA(c->fixed[i], struct strv)[row] = strv_view((struct str){out, bytes + padding});
    return STATUS_OK;
}

static enum status fit_column(struct constraint *c, uint32_t i, struct batch *out, struct error *e) {
    const struct constraint_params *p = params(c);
    const struct vec *from = out->columns[p->lengths[i]];
    struct vec *to = c->fixed[i];
    struct rows rows = batch_rows(out);
    vec_reset(to);
    for (uint32_t k = 0; k < rows.count; k++) {
        uint32_t row = rows_at(&rows, k);
        if (vec_is_null(from, row)) {
            vec_set_null(to, row);
            continue;
        }
        struct strv v = VEC_VALUE(from, struct strv, row);
        TRY(fit(c, i, p->types[p->lengths[i]], row, strv_str(&v), e));
    }
    c->columns[p->lengths[i]] = to;
    return STATUS_OK;
}

static enum status constraint_push(struct op *op, uint32_t input, const struct batch *b, bool *ret_more, struct error *e) {
    (void)input;
    struct constraint *c = (struct constraint *)op;
    const struct constraint_params *p = params(c);
    *ret_more = false;
    struct batch out = *b;
    if (p->not_null_count > 0) TRY(check_nulls(c, &out, e));
    if (p->length_mode == ENFORCER_IGNORE || p->length_count == 0) return op_emit(op, &out, e);
    arena_reset(c->heap);
    memcpy(c->columns, out.columns, out.column_count * sizeof *c->columns);
    for (uint32_t i = 0; i < p->length_count; i++) TRY(fit_column(c, i, &out, e));
    out.columns = c->columns;
    return op_emit(op, &out, e);
}

static void constraint_close(struct op *op) { arena_free(((struct constraint *)op)->heap); }

const struct op_class op_class_constraint = {
    .kind = NODE_CONSTRAINT_ENFORCER,
    .marks = OP_MARKS_PASS,
    .size_bytes = sizeof(struct constraint),
    .open = constraint_open,
    .push = constraint_push,
    .close = constraint_close,
};
