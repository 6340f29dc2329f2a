/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bind_call: function calls. A name is an aggregate function, one of the few the binder expands
 * itself because they evaluate lazily (COALESCE, NULLIF, IF), or a row of the function table.
 * PROCTIME makes a time attribute; CURRENT_WATERMARK is the one function that sees one.
 */
#include "plan/bind.h"

#include <assert.h>

enum { CALL_ARGUMENTS_MAX = 4096 };

static enum status call_arguments(struct expr_scope *s, const struct ast_expr *e, struct expr ***ret) {
    struct binder *b = s->binder;
    uint32_t n = e->arguments.count;
    if (n > CALL_ARGUMENTS_MAX) return error_at(b->rel.error, STATUS_LIMIT, e->span, "More than %d arguments", CALL_ARGUMENTS_MAX);
    struct expr **args = ARENA_ARRAY(b->rel.arena, struct expr *, n);
    if (args == NULL) return error_no_memory(b->rel.error, n * sizeof *args);
    for (uint32_t i = 0; i < n; i++) TRY(bind_expr(s, e->arguments.at[i], &args[i]));
    *ret = args;
    return STATUS_OK;
}

static enum status unknown_function(struct binder *b, const struct ast_expr *e) {
    struct str near = func_nearest(e->text);
    uint32_t count = 0;
    const struct agg_func *const *aggs = agg_table(&count);
    unsigned best = near.size_bytes == 0 ? 4 : str_distance(e->text, near, 8);
    for (uint32_t i = 0; i < count; i++) {
        unsigned d = str_distance(e->text, aggs[i]->name, 8);
        if (d >= best || d > 1 + e->text.size_bytes / 3) continue;
        best = d;
        near = aggs[i]->name;
    }
    error_at(b->rel.error, STATUS_NOT_FOUND, e->span, "There is no function '%.*s'", STR_ARG(e->text));
    if (near.size_bytes > 0) error_hint(b->rel.error, "Did you mean %.*s?", STR_ARG(near));
    return STATUS_NOT_FOUND;
}

static enum status bind_coalesce(struct expr_scope *s, const struct ast_expr *e, struct expr **ret) {
    struct binder *b = s->binder;
    struct expr **args = NULL;
    const struct type *t = NULL;
    uint32_t n = e->arguments.count;
    if (n == 0) return error_at(b->rel.error, STATUS_INVALID, e->span, "COALESCE needs at least one argument");
    TRY(call_arguments(s, e, &args));
    bool nullable = true;
    for (uint32_t i = 0; i < n; i++) nullable &= args[i]->type->nullable;
    TRY(bind_common(s, "The arguments of COALESCE", e->span, args, n, &t));
    t = type_nullable(b->rel.types, t, nullable);
    *ret = t == NULL ? NULL : expr_special(b->rel.arena, EXPR_COALESCE, t, args, n);
    return STATUS_OK;
}

/* NULLIF(a, b): CASE WHEN a = b THEN NULL ELSE a END, of a's type. */
static enum status bind_nullif(struct expr_scope *s, const struct ast_expr *e, struct expr **ret) {
    struct binder *b = s->binder;
    struct expr **a = NULL, *arms[3];
    if (e->arguments.count != 2) return error_at(b->rel.error, STATUS_INVALID, e->span, "NULLIF needs two arguments");
    TRY(call_arguments(s, e, &a));
    struct expr *pair[2] = {a[0], a[1]};
    TRY(bind_named(s, "=", e->span, pair, 2, &arms[0]));
    a[0] = bind_plain(b, a[0]);
    const struct type *t = a[0] == NULL ? NULL : type_nullable(b->rel.types, a[0]->type, true);
    if (t == NULL) return error_no_memory(b->rel.error, sizeof *t);
    arms[1] = expr_null(b->rel.arena, t);
    arms[2] = a[0];
    *ret = arms[1] == NULL ? NULL : expr_special(b->rel.arena, EXPR_CASE, t, arms, 3);
    return STATUS_OK;
}

/* IF(c, a, b) as CASE; the function table has no row for it. */
static enum status bind_if(struct expr_scope *s, const struct ast_expr *e, struct expr **ret) {
    struct binder *b = s->binder;
    struct expr **a = NULL;
    const struct type *t = NULL;
    if (e->arguments.count != 3) return error_at(b->rel.error, STATUS_INVALID, e->span, "IF needs three arguments");
    TRY(call_arguments(s, e, &a));
    if (a[0]->type->root != TYPE_BOOLEAN) return error_at(b->rel.error, STATUS_INVALID, a[0]->span, "IF needs a condition");
    TRY(bind_common(s, "The branches of IF", e->span, a + 1, 2, &t));
    t = type_nullable(b->rel.types, t, t->nullable || a[0]->type->nullable);
    *ret = t == NULL ? NULL : expr_special(b->rel.arena, EXPR_CASE, t, a, 3);
    return STATUS_OK;
}

static enum status bind_ifnull(struct expr_scope *s, const struct ast_expr *e, struct expr **ret) {
    if (e->arguments.count != 2) return error_at(s->binder->rel.error, STATUS_INVALID, e->span, "IFNULL needs two arguments");
    return bind_coalesce(s, e, ret);
}

struct lazy_row {
    const char *name;
    enum status (*bind)(struct expr_scope *s, const struct ast_expr *e, struct expr **ret);
};

static const struct lazy_row lazy_rows[] = {
    {"COALESCE", bind_coalesce}, {"NULLIF", bind_nullif}, {"IF", bind_if}, {"IFNULL", bind_ifnull},
};

static enum status bind_current_watermark(struct expr_scope *s, const struct ast_expr *e, const struct func *f, struct expr **ret) {
    struct binder *b = s->binder;
    struct expr **args = NULL;
    TRY(call_arguments(s, e, &args));
    if (e->arguments.count != 1 || args[0]->type->time_attr != TIME_ATTR_ROWTIME) {
        error_at(b->rel.error, STATUS_INVALID, e->span, "CURRENT_WATERMARK() must be called with a single rowtime attribute argument");
        return error_hint(b->rel.error, "The column needs a WATERMARK in its table");
    }
    return func_call(b->rel.arena, b->rel.types, &b->session->eval, f, e->span, args, 1, ret, b->rel.error);
}

static enum status check_plain_call(struct binder *b, const struct ast_expr *e) {
    if (e->distinct) return error_at(b->rel.error, STATUS_INVALID, e->span, "DISTINCT is for aggregate functions only");
    if (e->filter != NULL) return error_at(b->rel.error, STATUS_INVALID, e->filter->span, "FILTER is for aggregate functions only");
    return STATUS_OK;
}

static enum status bind_scalar_call(struct expr_scope *s, const struct ast_expr *e, struct expr **ret) {
    struct binder *b = s->binder;
    struct expr **args = NULL;
    for (size_t i = 0; i < sizeof lazy_rows / sizeof *lazy_rows; i++) {
        if (str_equal_ignore_case(e->text, str_of(lazy_rows[i].name))) return lazy_rows[i].bind(s, e, ret);
    }
    const struct func *f = func_find(e->text);
    if (f == NULL || (f->flags & (FUNC_OPERATOR | FUNC_INTERNAL)) != 0) return unknown_function(b, e);
    TRY(check_plain_call(b, e));
    if (str_equal(f->name, STR("CURRENT_WATERMARK"))) return bind_current_watermark(s, e, f, ret);
    TRY(call_arguments(s, e, &args));
    for (uint32_t i = 0; i < e->arguments.count; i++) {
        args[i] = bind_plain(b, args[i]);
        if (args[i] == NULL) return error_no_memory(b->rel.error, sizeof **args);
    }
    TRY(func_call(b->rel.arena, b->rel.types, &b->session->eval, f, e->span, args, e->arguments.count, ret, b->rel.error));
    if (!str_equal(f->name, STR("PROCTIME"))) return STATUS_OK;
    const struct type *t = type_time_attr(b->rel.types, (*ret)->type, TIME_ATTR_PROCTIME);
    *ret = t == NULL ? NULL : expr_retype(b->rel.arena, *ret, t);
    return STATUS_OK;
}

static bool is_over_function(struct str name) {
    static const char *const names[] = {"ROW_NUMBER", "RANK", "DENSE_RANK", "LAG", "LEAD", "NTILE", "CUME_DIST", "PERCENT_RANK"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (str_equal_ignore_case(name, str_of(names[i]))) return true;
    }
    return false;
}

enum status bind_call(struct expr_scope *s, const struct ast_expr *e, struct expr **ret) {
    struct binder *b = s->binder;
    if (e->name != NULL && e->name->count > 1) return bind_unsupported(b, e->span, "functions of catalogs");
    if (e->over != NULL) return bind_over(s, e, ret);
    if (is_over_function(e->text)) return error_at(b->rel.error, STATUS_INVALID, e->span, "%.*s needs an OVER clause", STR_ARG(e->text));
    if (str_equal_ignore_case(e->text, STR("GROUPING")) || str_equal_ignore_case(e->text, STR("GROUPING_ID")) ||
        str_equal_ignore_case(e->text, STR("GROUP_ID"))) {
        return bind_grouping_call(s, e, ret);
    }
    const struct agg_func *agg = agg_find(e->text);
    if (agg != NULL) return bind_aggregate(s, e, agg, ret);
    return bind_scalar_call(s, e, ret);
}
