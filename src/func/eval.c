/* SPDX-License-Identifier: Apache-2.0 */
/*
 * eval: expressions compiled to steps with one register each.
 *
 * A step computes its node for the rows asked for, at the rows' own positions. Equal deterministic
 * nodes that cannot fail are one shared step, computed once per batch for all rows of the first
 * run; every other step is computed for exactly the rows that reach it. Registers are made once;
 * a batch number tells which of them are fresh, so beginning a batch costs one increment.
 *
 * The rows of later runs of one batch must be among those of the first run: selections only
 * shrink.
 */
#include "func/eval.h"

#include "base/alloc.h"
#include "base/list.h"

#include <assert.h>

struct step {
    const struct expr *e;
    struct step **args;
    const struct vec **arg_vecs;
    struct vec **flat_args; /* registers for flattened DICT arguments, made on demand */
    struct vec *out;        /* the register; NULL for inputs and literals */
    struct arena *heap;     /* strings of out */
    struct vec view;        /* FIELD: the child seen through its parent */
    uint64_t *view_valid;
    uint32_t *sel;          /* rows that are computed / still open */
    uint32_t *sel_taken;    /* CASE, COALESCE: rows of the current branch */
    uint64_t batch;         /* when out was computed last */
    uint64_t state;         /* see struct call */
    bool shared;
    struct vec *result;     /* of this batch, once computed */
};

struct program {
    struct arena *arena;
    struct eval_context *context;
    struct list steps;      /* all, for sharing and release */
    struct step **outputs;
    uint32_t output_count;
    uint32_t capacity;
    uint64_t batch;
    struct vec *const *columns;
    struct rows base_rows;  /* of the first run of this batch */
    uint64_t base_batch;
    struct arena *scratch;
    struct buf text;
    struct row_errors *row_errors;
};

/* ---- compiling ----------------------------------------------------------------------------- */

static bool can_share(const struct expr *e) {
    return e->kind != EXPR_LITERAL && expr_is_deterministic(e) && !expr_can_fail(e);
}

static struct step *find_shared(const struct program *p, const struct expr *e) {
    for (uint32_t i = 0; i < p->steps.count; i++) {
        struct step *s = p->steps.at[i];
        if (expr_equal(s->e, e)) return s;
    }
    return NULL;
}

static bool needs_heap(const struct type *t) {
    if (t->phys == PHYS_STRING || t->phys == PHYS_LIST) return true;
    for (uint32_t i = 0; t->phys == PHYS_ROW && i < t->child_count; i++) {
        if (needs_heap(t->children[i].type)) return true;
    }
    return false;
}

static enum status step_register(struct program *p, struct step *s) {
    if (s->e->kind == EXPR_INPUT || s->e->kind == EXPR_LITERAL) return STATUS_OK;
    s->sel = ARENA_ARRAY(p->arena, uint32_t, p->capacity);
    s->sel_taken = ARENA_ARRAY(p->arena, uint32_t, p->capacity);
    s->view_valid = ARENA_ARRAY(p->arena, uint64_t, BITS_WORDS(p->capacity));
    if (s->sel == NULL || s->sel_taken == NULL || s->view_valid == NULL) return STATUS_NO_MEMORY;
    if (s->e->kind == EXPR_FIELD) return STATUS_OK;
    if (needs_heap(s->e->type)) {
        s->heap = arena_new("register", 0);
        if (s->heap == NULL) return STATUS_NO_MEMORY;
    }
    return vec_new(p->arena, s->heap, s->e->type, p->capacity, &s->out);
}

static enum status compile(struct program *p, const struct expr *e, struct step **ret) {
    bool share = can_share(e);
    struct step *s = share ? find_shared(p, e) : NULL;
    if (s != NULL) {
        s->shared = true;
        *ret = s;
        return STATUS_OK;
    }
    s = ARENA_NEW(p->arena, struct step);
    if (s == NULL) return STATUS_NO_MEMORY;
    s->e = e;
    s->args = ARENA_ARRAY(p->arena, struct step *, e->arg_count);
    s->arg_vecs = ARENA_ARRAY(p->arena, const struct vec *, e->arg_count);
    s->flat_args = ARENA_ARRAY(p->arena, struct vec *, e->arg_count);
    if (s->args == NULL || s->arg_vecs == NULL || s->flat_args == NULL) return STATUS_NO_MEMORY;
    for (uint32_t i = 0; i < e->arg_count; i++) TRY(compile(p, e->args[i], &s->args[i]));
    TRY(list_push(&p->steps, p->arena, s));
    TRY(step_register(p, s));
    *ret = s;
    return STATUS_OK;
}

static enum status program_make(struct arena *arena, struct expr *const *exprs, uint32_t count,
                                uint32_t capacity, struct eval_context *context, struct program **ret) {
    struct program *p = ARENA_NEW(arena, struct program);
    if (p == NULL) return STATUS_NO_MEMORY;
    *ret = p;
    p->arena = arena;
    p->context = context;
    p->capacity = capacity;
    p->batch = 1;
    p->text = (struct buf)BUF_INIT;
    p->output_count = count;
    p->outputs = ARENA_ARRAY(arena, struct step *, count);
    p->scratch = arena_new("expressions", 0);
    if (p->outputs == NULL || p->scratch == NULL) return STATUS_NO_MEMORY;
    for (uint32_t i = 0; i < count; i++) TRY(compile(p, exprs[i], &p->outputs[i]));
    return STATUS_OK;
}

enum status program_new(struct arena *arena, struct expr *const *exprs, uint32_t count,
                        struct eval_context *context, struct program **ret, struct error *e) {
    struct program *p = NULL;
    enum status s = program_make(arena, exprs, count, BATCH_ROWS_MAX, context, &p);
    if (s != STATUS_OK) {
        program_free(p);
        return s == STATUS_NO_MEMORY ? error_no_memory(e, sizeof *p) : s;
    }
    *ret = p;
    return STATUS_OK;
}

void program_free(struct program *p) {
    if (p == NULL) return;
    for (uint32_t i = 0; i < p->steps.count; i++) {
        struct step *s = p->steps.at[i];
        arena_free(s->heap);
        s->heap = NULL;
    }
    arena_free(p->scratch);
    p->scratch = NULL;
    buf_deinit(&p->text);
}

void program_set_row_errors(struct program *p, struct row_errors *errors) {
    assert(p != NULL);
    p->row_errors = errors;
}

void program_begin(struct program *p) {
    assert(p != NULL && p->scratch != NULL);
    p->batch++;
    arena_reset(p->scratch);
}

/* ---- running ------------------------------------------------------------------------------- */

static enum status run_step(struct program *p, struct step *s, const struct rows *rows, struct vec **ret, struct error *e);

static void step_begin(struct program *p, struct step *s) {
    if (s->out != NULL && s->batch != p->batch) {
        vec_reset(s->out);
        if (s->heap != NULL) arena_reset(s->heap);
    }
    s->batch = p->batch;
}

/* DICT to FLAT for the given rows; FLAT and CONST as they are. */
static enum status flatten(struct program *p, struct step *s, uint32_t i, struct vec *v, const struct rows *rows) {
    if (v->form != VEC_DICT) {
        s->arg_vecs[i] = v;
        return STATUS_OK;
    }
    if (s->flat_args[i] == NULL) {
        TRY(vec_new(p->arena, p->scratch, v->type, p->capacity, &s->flat_args[i]));
    }
    struct vec *flat = s->flat_args[i];
    vec_reset(flat);
    for (uint32_t k = 0; k < rows->count; k++) {
        uint32_t row = rows_at(rows, k);
        TRY(vec_copy_value(flat, row, v, row));
    }
    s->arg_vecs[i] = flat;
    return STATUS_OK;
}

/* Rows where every argument is not null; the others become NULL in out. */
static struct rows strict_rows(struct step *s, const struct rows *rows) {
    struct rows left = *rows;
    for (uint32_t i = 0; i < s->e->arg_count && left.count > 0; i++) {
        const struct vec *v = s->arg_vecs[i];
        if (v->valid == NULL && v->type->root != TYPE_NULL) continue;
        uint32_t n = 0;
        for (uint32_t k = 0; k < left.count; k++) {
            uint32_t row = rows_at(&left, k);
            if (vec_is_null(v, row)) {
                vec_set_null(s->out, row);
            } else {
                s->sel[n++] = row;
            }
        }
        left = (struct rows){s->sel, n};
    }
    return left;
}

static enum status run_call(struct program *p, struct step *s, const struct rows *rows, struct error *e) {
    for (uint32_t i = 0; i < s->e->arg_count; i++) {
        struct vec *v = NULL;
        TRY(run_step(p, s->args[i], rows, &v, e));
        TRY(flatten(p, s, i, v, rows));
    }
    bool strict = (s->e->impl->flags & FUNC_NOT_STRICT) == 0;
    struct rows left = strict ? strict_rows(s, rows) : *rows;
    if (left.count == 0) return STATUS_OK;
    for (uint32_t k = 0; s->out->valid != NULL && k < left.count; k++) vec_set_valid(s->out, rows_at(&left, k));
    buf_reset(&p->text);
    struct call c = {.impl = s->e->impl, .type = s->e->type, .context = p->context, .scratch = p->scratch,
                     .text = &p->text, .row_errors = p->row_errors, .error = e, .span = s->e->span, .state = &s->state};
    enum status status = s->e->impl->kernel(&c, &left, s->arg_vecs, s->out);
    if (status != STATUS_OK && e->status != STATUS_OK && e->span.end == 0) e->span = s->e->span; /* a message from deeper down */
    return status;
}

/* out[row] = src[row] for rows; strings are shared, since src's register lives as long as the batch. */
static enum status take(struct vec *out, const struct vec *src, const struct rows *rows) {
    if (out->type->phys != PHYS_STRING) {
        for (uint32_t k = 0; k < rows->count; k++) {
            uint32_t row = rows_at(rows, k);
            TRY(vec_copy_value(out, row, src, row));
        }
        return STATUS_OK;
    }
    for (uint32_t k = 0; k < rows->count; k++) {
        uint32_t row = rows_at(rows, k);
        if (vec_is_null(src, row)) {
            vec_set_null(out, row);
        } else {
            vec_set_valid(out, row);
            VEC_DATA(out, struct strv)[row] = VEC_VALUE(src, struct strv, row);
        }
    }
    return STATUS_OK;
}

enum truth { TRUTH_FALSE, TRUTH_TRUE, TRUTH_NULL };

static enum truth truth_at(const struct vec *v, uint32_t row) {
    if (vec_is_null(v, row)) return TRUTH_NULL;
    return VEC_VALUE(v, uint8_t, row) != 0 ? TRUTH_TRUE : TRUTH_FALSE;
}

/* AND and OR: `stop` decides a row at once (FALSE for AND, TRUE for OR). */
static enum status run_logic(struct program *p, struct step *s, const struct rows *rows, struct error *e) {
    enum truth stop = s->e->kind == EXPR_AND ? TRUTH_FALSE : TRUTH_TRUE;
    for (uint32_t k = 0; k < rows->count; k++) {
        uint32_t row = rows_at(rows, k);
        VEC_DATA(s->out, uint8_t)[row] = stop == TRUTH_FALSE;
        vec_set_valid(s->out, row);
    }
    struct rows open = *rows;
    for (uint32_t i = 0; i < s->e->arg_count && open.count > 0; i++) {
        struct vec *v = NULL;
        TRY(run_step(p, s->args[i], &open, &v, e));
        uint32_t n = 0;
        for (uint32_t k = 0; k < open.count; k++) {
            uint32_t row = rows_at(&open, k);
            enum truth t = truth_at(v, row);
            if (t == stop) {
                VEC_DATA(s->out, uint8_t)[row] = stop == TRUTH_TRUE;
                vec_set_valid(s->out, row);
                continue;
            }
            if (t == TRUTH_NULL) vec_set_null(s->out, row);
            s->sel[n++] = row;
        }
        open = (struct rows){s->sel, n};
    }
    return STATUS_OK;
}

/* Splits open into rows for which the condition is TRUE (sel_taken) and the rest (sel). */
static void split_rows(struct step *s, const struct vec *condition, const struct rows *open,
                       struct rows *ret_taken, struct rows *ret_rest) {
    uint32_t taken = 0, rest = 0;
    for (uint32_t k = 0; k < open->count; k++) {
        uint32_t row = rows_at(open, k);
        if (truth_at(condition, row) == TRUTH_TRUE) {
            s->sel_taken[taken++] = row;
        } else {
            s->sel[rest++] = row;
        }
    }
    *ret_taken = (struct rows){s->sel_taken, taken};
    *ret_rest = (struct rows){s->sel, rest};
}

static enum status run_case(struct program *p, struct step *s, const struct rows *rows, struct error *e) {
    struct rows open = *rows;
    uint32_t pairs = s->e->arg_count / 2;
    for (uint32_t i = 0; i < pairs && open.count > 0; i++) {
        struct vec *condition = NULL, *value = NULL;
        struct rows taken;
        TRY(run_step(p, s->args[2 * i], &open, &condition, e));
        split_rows(s, condition, &open, &taken, &open);
        if (taken.count == 0) continue;
        TRY(run_step(p, s->args[2 * i + 1], &taken, &value, e));
        TRY(take(s->out, value, &taken));
    }
    if (open.count == 0) return STATUS_OK;
    struct vec *value = NULL;
    TRY(run_step(p, s->args[2 * pairs], &open, &value, e));
    return take(s->out, value, &open);
}

static enum status run_coalesce(struct program *p, struct step *s, const struct rows *rows, struct error *e) {
    struct rows open = *rows;
    for (uint32_t k = 0; k < rows->count; k++) vec_set_null(s->out, rows_at(rows, k));
    for (uint32_t i = 0; i < s->e->arg_count && open.count > 0; i++) {
        struct vec *v = NULL;
        TRY(run_step(p, s->args[i], &open, &v, e));
        uint32_t taken = 0, rest = 0;
        for (uint32_t k = 0; k < open.count; k++) {
            uint32_t row = rows_at(&open, k);
            if (vec_is_null(v, row)) {
                s->sel[rest++] = row;
            } else {
                s->sel_taken[taken++] = row;
            }
        }
        TRY(take(s->out, v, &(struct rows){s->sel_taken, taken}));
        open = (struct rows){s->sel, rest};
    }
    return STATUS_OK;
}

/* The child column seen through its parent: NULL where the parent is. No copy of values. */
static enum status run_field(struct program *p, struct step *s, const struct rows *rows, struct error *e) {
    struct vec *v = NULL;
    TRY(run_step(p, s->args[0], rows, &v, e));
    TRY(flatten(p, s, 0, v, rows));
    const struct vec *parent = s->arg_vecs[0];
    assert(s->e->index < parent->child_count);
    s->view = *parent->children[s->e->index];
    s->view.form = parent->form;
    if (parent->valid != NULL) {
        uint32_t rows_held = parent->capacity < p->capacity ? parent->capacity : p->capacity;
        uint32_t words = (uint32_t)BITS_WORDS(rows_held);
        for (uint32_t w = 0; w < words; w++) {
            s->view_valid[w] = parent->valid[w] & (s->view.valid == NULL ? ~UINT64_C(0) : s->view.valid[w]);
        }
        s->view.valid = s->view_valid;
    }
    s->result = &s->view;
    return STATUS_OK;
}

static enum status compute(struct program *p, struct step *s, const struct rows *rows, struct error *e) {
    step_begin(p, s);
    s->result = s->out;
    switch (s->e->kind) {
    case EXPR_CALL: return run_call(p, s, rows, e);
    case EXPR_AND:
    case EXPR_OR: return run_logic(p, s, rows, e);
    case EXPR_CASE: return run_case(p, s, rows, e);
    case EXPR_COALESCE: return run_coalesce(p, s, rows, e);
    case EXPR_FIELD: return run_field(p, s, rows, e);
    case EXPR_INPUT:
    case EXPR_LITERAL: break;
    }
    assert(!"inputs and literals are not computed");
    return STATUS_BUG;
}

static enum status run_step(struct program *p, struct step *s, const struct rows *rows, struct vec **ret, struct error *e) {
    if (s->e->kind == EXPR_INPUT) {
        *ret = p->columns[s->e->index];
        return STATUS_OK;
    }
    if (s->e->kind == EXPR_LITERAL) {
        *ret = (struct vec *)s->e->value;
        return STATUS_OK;
    }
    if (!s->shared || s->batch != p->batch) TRY(compute(p, s, s->shared ? &p->base_rows : rows, e));
    *ret = s->result;
    return STATUS_OK;
}

static void run_begin(struct program *p, struct vec *const *columns, const struct rows *rows) {
    p->columns = columns;
    if (p->base_batch != p->batch) {
        p->base_batch = p->batch;
        p->base_rows = *rows;
    }
}

enum status program_run(struct program *p, uint32_t index, struct vec *const *columns,
                        const struct rows *rows, struct vec **ret, struct error *e) {
    assert(index < p->output_count && rows->count <= p->capacity);
    run_begin(p, columns, rows);
    return run_step(p, p->outputs[index], rows, ret, e);
}

static enum status filter_step(struct program *p, struct step *s, const struct rows *rows, uint32_t *sel,
                               uint32_t *ret_count, struct error *e) {
    struct vec *v = NULL;
    TRY(run_step(p, s, rows, &v, e));
    uint32_t n = 0;
    if (v->form == VEC_FLAT && v->valid == NULL) {
        for (uint32_t k = 0; k < rows->count; k++) {
            uint32_t row = rows_at(rows, k);
            sel[n] = row;
            n += VEC_DATA(v, uint8_t)[row];
        }
    } else {
        for (uint32_t k = 0; k < rows->count; k++) {
            uint32_t row = rows_at(rows, k);
            if (truth_at(v, row) == TRUTH_TRUE) sel[n++] = row;
        }
    }
    *ret_count = n;
    return STATUS_OK;
}

enum status program_filter(struct program *p, uint32_t index, struct vec *const *columns,
                           const struct rows *rows, uint32_t *sel, uint32_t *ret_count, struct error *e) {
    assert(index < p->output_count && rows->count <= p->capacity);
    run_begin(p, columns, rows);
    struct step *s = p->outputs[index];
    if (s->e->kind != EXPR_AND || s->shared) return filter_step(p, s, rows, sel, ret_count, e);
    struct rows left = *rows;
    for (uint32_t i = 0; i < s->e->arg_count && left.count > 0; i++) {
        uint32_t n = 0;
        TRY(filter_step(p, s->args[i], &left, sel, &n, e));
        left = (struct rows){sel, n};
    }
    *ret_count = left.count;
    return STATUS_OK;
}

/* ---- constants ----------------------------------------------------------------------------- */

enum { CONSTANT_CAPACITY = 1 };

enum status eval_constant(struct arena *arena, struct expr *x, struct eval_context *context,
                          struct vec **ret, struct error *error) {
    struct arena *temporary = arena_new("constant", 0);
    if (temporary == NULL) return error_no_memory(error, sizeof *x);
    struct program *p = NULL;
    struct vec *v = NULL, *out = NULL;
    struct rows one = {NULL, 1};
    enum status s = program_make(temporary, &x, 1, CONSTANT_CAPACITY, context, &p);
    if (s == STATUS_OK) s = program_run(p, 0, NULL, &one, &v, error);
    if (s == STATUS_OK) s = vec_new(arena, arena, x->type, 1, &out);
    if (s == STATUS_OK) {
        out->form = VEC_CONST;
        s = vec_copy_value(out, 0, v, 0);
    }
    program_free(p);
    arena_free(temporary);
    if (s == STATUS_NO_MEMORY) error_no_memory(error, sizeof *x);
    if (s == STATUS_OK) *ret = out;
    return s;
}

static struct expr *fold_args(struct arena *arena, struct expr *x, struct eval_context *context) {
    struct expr **args = ARENA_ARRAY(arena, struct expr *, x->arg_count);
    struct expr *copy = ARENA_NEW(arena, struct expr);
    if (args == NULL || copy == NULL) return x;
    bool changed = false;
    for (uint32_t i = 0; i < x->arg_count; i++) {
        args[i] = expr_fold(arena, x->args[i], context);
        changed = changed || args[i] != x->args[i];
    }
    if (!changed) return x;
    *copy = *x;
    copy->args = args;
    return copy;
}

/* A literal's year has four digits. */
static int32_t four_digits(int32_t days) {
    struct civil c = date_to_civil(days);
    return c.year <= 9999 ? days : date_from_civil(c.year % 10000, c.month, c.day);
}

static struct ts ts_floor(struct ts t, int32_t precision) {
    int32_t days;
    int64_t nanos, unit = 1;
    for (int32_t p = 9; p > precision; p--) unit *= 10;
    ts_to_parts(t, &days, &nanos);
    return ts_from_parts(four_digits(days), nanos - nanos % unit);
}

/*
 * What a literal of Flink's planner cannot hold: a negative zero, and the digits of a time behind its
 * precision. A column keeps both.
 */
static void literal_trim(struct vec *v) {
    if (vec_is_null(v, 0)) return;
    switch (v->type->root) {
    case TYPE_FLOAT: VEC_DATA(v, float)[0] += 0.0F; break;
    case TYPE_DOUBLE: VEC_DATA(v, double)[0] += 0.0; break;
    case TYPE_DATE: VEC_DATA(v, int32_t)[0] = four_digits(VEC_DATA(v, int32_t)[0]); break;
    case TYPE_TIME:
        for (int32_t unit = 1, p = 3; p > v->type->precision; p--) {
            unit *= 10;
            VEC_DATA(v, int32_t)[0] -= VEC_DATA(v, int32_t)[0] % unit;
        }
        break;
    case TYPE_TIMESTAMP:
    case TYPE_TIMESTAMP_LTZ: vec_set_ts(v, 0, ts_floor(vec_get_ts(v, 0), v->type->precision)); break;
    default: break;
    }
}

struct expr *expr_fold(struct arena *arena, struct expr *x, struct eval_context *context) {
    if (x->kind == EXPR_INPUT || x->kind == EXPR_LITERAL) return x;
    if (expr_is_constant(x)) {
        struct error ignored = ERROR_INIT;
        struct vec *v = NULL;
        x = fold_args(arena, x, context); /* what is inside becomes a literal, too */
        if (eval_constant(arena, x, context, &v, &ignored) == STATUS_OK) {
            literal_trim(v);
            struct expr *literal = expr_literal(arena, v, 0, x->type);
            if (literal != NULL) {
                literal->span = x->span;
                return literal;
            }
        }
    }
    return fold_args(arena, x, context);
}
