/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bind_query: queries as a whole: WITH, set operations, VALUES, LIMIT, and the names of output
 * columns. A name of WITH is bound anew at each use, with the names that were visible to it; equal
 * parts of the plan are found again later (reuse.c).
 */
#include "plan/bind.h"

#include "func/eval.h"

#include <assert.h>

/* "k", "k" -> "k", "k0": the first free number behind the name. */
enum status bind_unique_names(struct binder *b, struct str *names, uint32_t count) {
    struct strmap *seen = strmap_new(b->rel.arena);
    if (seen == NULL) return error_no_memory(b->rel.error, 64);
    for (uint32_t i = 0; i < count; i++) {
        struct str base = names[i];
        if (b->names_once && strmap_get(seen, base) != NULL) {
            error_set(b->rel.error, STATUS_INVALID, "Column '%.*s' stands twice in the view", STR_ARG(base));
            return error_hint(b->rel.error, "Give one of the two another name with AS");
        }
        for (uint32_t n = 0; strmap_get(seen, names[i]) != NULL; n++) {
            names[i] = arena_format(b->rel.arena, "%.*s%u", STR_ARG(base), n);
            if (names[i].at == NULL) return error_no_memory(b->rel.error, 64);
        }
        TRY(strmap_put(seen, names[i], &names[i]));
    }
    return STATUS_OK;
}

enum status bind_limit(struct binder *b, const struct ast_query *q, struct rel_sort *ret) {
    ret->limit = -1;
    ret->offset = 0;
    if (q->offset != NULL) TRY(bind_count(b, q->offset, "OFFSET", &ret->offset));
    if (q->limit != NULL) TRY(bind_count(b, q->limit, "LIMIT", &ret->limit));
    if (ret->offset > 0 && ret->limit < 0) {
        error_at(b->rel.error, STATUS_UNSUPPORTED, q->offset->span, "OFFSET needs a LIMIT: without one the rows behind it have no end");
        return error_hint(b->rel.error, "Add LIMIT n");
    }
    return STATUS_OK;
}

enum status bind_distinct(struct binder *b, struct rel *input, struct rel **ret) {
    uint32_t n = rel_width(input);
    struct rel_aggregate a = {.keys = ARENA_ARRAY(b->rel.arena, uint32_t, n), .key_count = n, .ttl_ms = -1};
    struct expr **exprs = ARENA_ARRAY(b->rel.arena, struct expr *, n);
    struct str *names = ARENA_ARRAY(b->rel.arena, struct str, n);
    if (a.keys == NULL || exprs == NULL || names == NULL) return error_no_memory(b->rel.error, n * 8);
    for (uint32_t i = 0; i < n; i++) {
        a.keys[i] = i;
        names[i] = rel_name(input, i);
        exprs[i] = bind_plain(b, rel_column(&b->rel, input, i));
        if (exprs[i] == NULL) return error_no_memory(b->rel.error, sizeof **exprs);
    }
    struct rel *r = rel_project(&b->rel, input, exprs, names, n);
    *ret = r == NULL ? NULL : rel_aggregate(&b->rel, r, &a);
    return *ret == NULL ? error_no_memory(b->rel.error, sizeof **ret) : STATUS_OK;
}

/* ORDER BY and LIMIT of a set operation or VALUES: over the output columns alone. */
enum status bind_sort(struct binder *b, const struct ast_query *q, bool top, struct rel *input, struct rel **ret) {
    struct rel_sort params = {.limit = -1};
    struct scope scope = {.row = input->row};
    struct expr_scope es = {.binder = b, .scope = &scope, .clause = "ORDER BY clause"};
    *ret = input;
    TRY(bind_limit(b, q, &params));
    bool sorted = top || params.limit >= 0 || params.offset > 0;
    params.order = ARENA_ARRAY(b->rel.arena, struct sort_column, q->order_by.count);
    if (params.order == NULL) return error_no_memory(b->rel.error, 64);
    for (uint32_t i = 0; sorted && i < q->order_by.count; i++) {
        const struct ast_order *o = q->order_by.at[i];
        int64_t n = 0;
        if (o->expr->kind == AST_LITERAL && o->expr->literal == AST_INTEGER) {
            TRY(bind_count(b, o->expr, "ORDER BY", &n));
            if (n < 1 || n > rel_width(input)) return error_at(b->rel.error, STATUS_INVALID, o->span, "There is no column number %lld: the query has %u", (long long)n, rel_width(input));
            n--;
        } else {
            struct expr *e = NULL;
            TRY(bind_expr(&es, o->expr, &e));
            if (e->kind != EXPR_INPUT) return bind_unsupported(b, o->span, "ORDER BY an expression over a set operation");
            n = e->index;
        }
        params.order[params.order_count++] = (struct sort_column){(uint32_t)n, o->descending, o->nulls == 0 ? o->descending : o->nulls == 2};
    }
    if (params.order_count == 0 && params.limit < 0 && params.offset == 0) return STATUS_OK;
    *ret = rel_over_input(&b->rel, REL_SORT, input, input->row);
    if (*ret == NULL) return error_no_memory(b->rel.error, sizeof **ret);
    (*ret)->as.sort = params;
    return STATUS_OK;
}

/* ---- set operations -------------------------------------------------------------------------- */

static enum status cast_side(struct binder *b, struct rel *side, const struct type *const *types, const struct str *names, struct rel **ret) {
    uint32_t n = rel_width(side);
    struct scope scope = {.row = side->row};
    struct expr_scope es = {.binder = b, .scope = &scope, .clause = "set operation"};
    struct expr **exprs = ARENA_ARRAY(b->rel.arena, struct expr *, n);
    bool changed = false;
    if (exprs == NULL) return error_no_memory(b->rel.error, n * 8);
    for (uint32_t i = 0; i < n; i++) {
        struct expr *e = rel_column(&b->rel, side, i);
        const struct type *t = type_nullable(b->rel.types, types[i], e->type->nullable);
        exprs[i] = e;
        if (type_same(e->type, t)) {
            if (e->type->time_attr != types[i]->time_attr) exprs[i] = expr_retype(b->rel.arena, e, type_nullable(b->rel.types, types[i], e->type->nullable));
        } else {
            TRY(bind_cast(&es, e, t, false, side->span, &exprs[i]));
        }
        changed |= exprs[i] != e;
    }
    *ret = side;
    if (changed) *ret = rel_project(&b->rel, side, exprs, names, n);
    return *ret == NULL ? error_no_memory(b->rel.error, sizeof **ret) : STATUS_OK;
}

static enum status column_mismatch(struct binder *b, const struct ast_query *q, struct rel *const sides[2], uint32_t column) {
    struct buf text = BUF_INIT;
    buf_format(&text, "'%.*s' ", STR_ARG(rel_name(sides[0], column)));
    type_plain(&text, rel_type(sides[0], column));
    buf_format(&text, " left, '%.*s' ", STR_ARG(rel_name(sides[1], column)));
    type_plain(&text, rel_type(sides[1], column));
    error_at(b->rel.error, STATUS_INVALID, q->right->span, "Column %u of %s has no common type: %.*s right", column + 1, q->all ? "UNION ALL" : "UNION", STR_ARG(buf_view(&text)));
    buf_deinit(&text);
    return error_hint(b->rel.error, "Write a CAST on one side");
}

static enum status common_columns(struct binder *b, const struct ast_query *q, struct rel *const sides[2], const struct type **types) {
    for (uint32_t i = 0; i < rel_width(sides[0]); i++) {
        const struct type *pair[2] = {rel_type(sides[0], i), rel_type(sides[1], i)};
        bool same_attr = pair[0]->time_attr == pair[1]->time_attr && type_same(pair[0], pair[1]);
        enum time_attr attr = same_attr ? pair[0]->time_attr : TIME_ATTR_NONE;
        for (int k = 0; k < 2; k++) pair[k] = type_time_attr(b->rel.types, pair[k], TIME_ATTR_NONE);
        TRY(type_common(b->rel.types, pair, 2, &types[i]));
        if (types[i] == NULL) return column_mismatch(b, q, sides, i);
        types[i] = type_time_attr(b->rel.types, types[i], attr);
    }
    return STATUS_OK;
}

static enum status union_input(struct binder *b, struct rel *u, struct rel *side) {
    if (side->kind != REL_UNION) return list_push(&u->inputs, b->rel.arena, side);
    for (uint32_t i = 0; i < side->inputs.count; i++) TRY(list_push(&u->inputs, b->rel.arena, side->inputs.at[i]));
    return STATUS_OK;
}

enum status bind_set(struct binder *b, const struct ast_query *q, struct rel **ret) {
    if (q->set_op != AST_UNION) return bind_unsupported(b, q->span, q->set_op == AST_INTERSECT ? "INTERSECT" : "EXCEPT");
    struct rel *sides[2] = {NULL, NULL};
    TRY(bind_query(b, q->left, false, &sides[0]));
    TRY(bind_query(b, q->right, false, &sides[1]));
    uint32_t n = rel_width(sides[0]);
    if (n != rel_width(sides[1])) {
        return error_at(b->rel.error, STATUS_INVALID, q->right->span, "Both sides of %s need the same number of columns: left there are %u, right %u", q->all ? "UNION ALL" : "UNION", n,
                        rel_width(sides[1]));
    }
    const struct type **types = ARENA_ARRAY(b->rel.arena, const struct type *, n);
    struct str *names = ARENA_ARRAY(b->rel.arena, struct str, n);
    if (types == NULL || names == NULL) return error_no_memory(b->rel.error, n * 8);
    for (uint32_t i = 0; i < n; i++) names[i] = rel_name(sides[0], i);
    TRY(common_columns(b, q, sides, types));
    struct rel *u = rel_new(&b->rel, REL_UNION, rel_row(&b->rel, names, types, n), q->span);
    if (u == NULL) return error_no_memory(b->rel.error, sizeof *u);
    for (int i = 0; i < 2; i++) {
        TRY(cast_side(b, sides[i], types, names, &sides[i]));
        TRY(union_input(b, u, sides[i]));
    }
    *ret = u;
    return q->all ? STATUS_OK : bind_distinct(b, u, ret);
}

/* ---- VALUES ------------------------------------------------------------------------------------ */

static enum status values_column(struct binder *b, struct expr **cells, uint32_t rows, const struct type *type, struct vec **ret) {
    TRY(vec_new(b->rel.arena, b->rel.arena, type, rows, ret));
    for (uint32_t i = 0; i < rows; i++) {
        struct vec *one = NULL;
        TRY(eval_constant(b->rel.arena, cells[i], &b->session->eval, &one, b->rel.error));
        TRY(vec_copy_value(*ret, i, one, 0));
    }
    return STATUS_OK;
}

static bool all_constant(struct expr ***cells, uint32_t width, uint32_t rows) {
    for (uint32_t c = 0; c < width; c++) {
        for (uint32_t r = 0; r < rows; r++) {
            if (!expr_is_constant(cells[c][r])) return false;
        }
    }
    return true;
}

/* Rows that are computed at run time: a union of projections over one row each. */
static enum status values_union(struct binder *b, const struct ast_query *q, struct expr ***cells, uint32_t width, const struct type *row, struct rel **ret) {
    struct rel *u = rel_new(&b->rel, REL_UNION, row, q->span);
    struct str *names = ARENA_ARRAY(b->rel.arena, struct str, width);
    if (u == NULL || names == NULL) return error_no_memory(b->rel.error, sizeof *u);
    for (uint32_t c = 0; c < width; c++) names[c] = row->children[c].name;
    for (uint32_t r = 0; r < q->rows.count; r++) {
        struct rel *one = NULL;
        struct expr **exprs = ARENA_ARRAY(b->rel.arena, struct expr *, width);
        if (exprs == NULL) return error_no_memory(b->rel.error, width * 8);
        for (uint32_t c = 0; c < width; c++) exprs[c] = cells[c][r];
        TRY(bind_one_row(b, q->span, &one));
        one = rel_project(&b->rel, one, exprs, names, width);
        if (one == NULL) return error_no_memory(b->rel.error, sizeof *one);
        TRY(list_push(&u->inputs, b->rel.arena, one));
    }
    *ret = u->inputs.count == 1 ? u->inputs.at[0] : u;
    return STATUS_OK;
}

enum status bind_values(struct binder *b, const struct ast_query *q, struct rel **ret) {
    uint32_t rows = q->rows.count;
    const struct ast_expr *first = q->rows.at[0];
    uint32_t width = first->arguments.count;
    struct scope scope = {0};
    struct expr_scope es = {.binder = b, .scope = &scope, .clause = "VALUES"};
    struct vec **columns = ARENA_ARRAY(b->rel.arena, struct vec *, width);
    const struct type **types = ARENA_ARRAY(b->rel.arena, const struct type *, width);
    struct str *names = ARENA_ARRAY(b->rel.arena, struct str, width);
    struct expr ***cells = ARENA_ARRAY(b->rel.arena, struct expr **, width);
    if (columns == NULL || types == NULL || names == NULL || cells == NULL) return error_no_memory(b->rel.error, rows * 8);
    for (uint32_t c = 0; c < width; c++) {
        cells[c] = ARENA_ARRAY(b->rel.arena, struct expr *, rows);
        if (cells[c] == NULL) return error_no_memory(b->rel.error, rows * 8);
        for (uint32_t r = 0; r < rows; r++) {
            const struct ast_expr *row = q->rows.at[r];
            if (row->arguments.count != width) return error_at(b->rel.error, STATUS_INVALID, row->span, "All rows of VALUES need the same number of columns: the first has %u, this one %u", width, row->arguments.count);
            TRY(bind_expr(&es, row->arguments.at[c], &cells[c][r]));
        }
        names[c] = arena_format(b->rel.arena, "EXPR$%u", c);
        TRY(bind_no_null(&es, cells[c], rows));
        TRY(bind_common(&es, "The rows of VALUES", q->span, cells[c], rows, &types[c]));
    }
    const struct type *row = rel_row(&b->rel, names, types, width);
    if (!all_constant(cells, width, rows)) return values_union(b, q, cells, width, row, ret);
    struct rel *v = rel_new(&b->rel, REL_VALUES, row, q->span);
    if (v == NULL) return error_no_memory(b->rel.error, sizeof *v);
    for (uint32_t c = 0; c < width; c++) TRY(values_column(b, cells[c], rows, types[c], &columns[c]));
    v->as.values.columns = columns;
    v->as.values.row_count = rows;
    *ret = v;
    return STATUS_OK;
}

/* ---- the whole ----------------------------------------------------------------------------------- */

static enum status push_ctes(struct binder *b, const struct ast_query *q) {
    if (q->with_recursive) return bind_unsupported(b, q->span, "WITH RECURSIVE");
    for (uint32_t i = 0; i < q->with.count; i++) {
        const struct ast_with *w = q->with.at[i];
        struct cte *c = ARENA_NEW(b->rel.arena, struct cte);
        if (c == NULL) return error_no_memory(b->rel.error, sizeof *c);
        *c = (struct cte){w->name, w, b->ctes.count};
        TRY(list_push(&b->ctes, b->rel.arena, c));
    }
    return STATUS_OK;
}

static enum status bind_body(struct binder *b, const struct ast_query *q, bool top, struct rel **ret) {
    if (q->kind == AST_QUERY_SELECT) return bind_select(b, q, top, ret);
    if (q->kind == AST_QUERY_VALUES) TRY(bind_values(b, q, ret));
    else TRY(bind_set(b, q, ret));
    return bind_sort(b, q, top, *ret, ret);
}

enum status bind_query(struct binder *b, const struct ast_query *q, bool top, struct rel **ret) {
    TRY(bind_deeper(b, q->span));
    struct list saved = b->ctes;
    TRY(push_ctes(b, q));
    enum status s = bind_body(b, q, top, ret);
    b->ctes = saved;
    b->depth--;
    return s;
}
