/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bind_call: function calls. A name is an aggregate function, COALESCE or NULLIF (which evaluate
 * lazily), or a row of the function table.
 * PROCTIME makes a time attribute; CURRENT_WATERMARK is the one function that sees one.
 */
#include "plan/bind.h"

#include "sql/foreign.h"

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

/* Flink's group windows of old and what reads their bounds: TUMBLE, HOP_START, SESSION_ROWTIME, ... */
static bool is_group_window(struct str name) {
    static const char *const windows[] = {"TUMBLE", "HOP", "SESSION"}, *const parts[] = {"", "_START", "_END", "_ROWTIME", "_PROCTIME"};
    for (size_t w = 0; w < 3; w++) {
        size_t n = strlen(windows[w]);
        if (name.size_bytes < n || !str_equal_ignore_case((struct str){name.at, n}, str_of(windows[w]))) continue;
        for (size_t p = 0; p < 5; p++)
            if (str_equal_ignore_case((struct str){name.at + n, name.size_bytes - n}, str_of(parts[p]))) return true;
    }
    return false;
}

static const char *signature_of(struct str name) {
    const struct func *f = func_find(name);
    const struct agg_func *agg = agg_find(name);
    assert(f != NULL || agg != NULL);
    return agg != NULL ? agg->signature : f->signature;
}

static enum status unknown_function(struct binder *b, const struct ast_expr *e) {
    if (str_equal_ignore_case(e->text, STR("SOURCE_WATERMARK"))) return bind_unsupported(b, e->span, "SOURCE_WATERMARK (no connector here makes watermarks of its own)");
    if (is_group_window(e->text)) {
        bind_unsupported(b, e->span, "the group windows of old (GROUP BY TUMBLE, HOP, SESSION)");
        return error_hint(b->rel.error, "Write FROM TABLE(TUMBLE(TABLE t, DESCRIPTOR(ts), size)) ... GROUP BY window_start, window_end");
    }
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
    error_at(b->rel.error, STATUS_NOT_FOUND, e->op_span, "There is no function '%.*s'", STR_ARG(e->text));
    if (foreign_function(e->text) != NULL) return error_hint(b->rel.error, "%s", foreign_function(e->text));
    if (near.size_bytes > 0) error_hint(b->rel.error, "Did you mean %.*s? Write %s", STR_ARG(near), signature_of(near));
    return STATUS_NOT_FOUND;
}

/* COALESCE merges TIMESTAMP and TIMESTAMP_LTZ to the latter, unlike CASE. */
static enum status coalesce_zones(struct expr_scope *s, struct expr **args, uint32_t n) {
    struct binder *b = s->binder;
    const struct type *local = NULL;
    for (uint32_t i = 0; i < n; i++) {
        if (args[i]->type->root == TYPE_TIMESTAMP_LTZ && (local == NULL || args[i]->type->precision > local->precision)) local = args[i]->type;
    }
    for (uint32_t i = 0; local != NULL && i < n; i++) {
        const struct type *t = args[i]->type;
        if (t->root != TYPE_TIMESTAMP) continue;
        int32_t p = t->precision > local->precision ? t->precision : local->precision;
        TRY(bind_cast(s, args[i], type_time(b->rel.types, TYPE_TIMESTAMP_LTZ, p, t->nullable), false, args[i]->span, &args[i]));
    }
    return STATUS_OK;
}

/* It merges DATE and TIMESTAMP to DATE. */
static enum status coalesce_dates(struct expr_scope *s, struct expr **args, uint32_t n) {
    uint32_t dates = 0, times = 0;
    for (uint32_t i = 0; i < n; i++) {
        dates += args[i]->type->root == TYPE_DATE;
        times += args[i]->type->root == TYPE_TIMESTAMP;
    }
    for (uint32_t i = 0; dates > 0 && times > 0 && i < n; i++) {
        if (args[i]->type->root != TYPE_TIMESTAMP) continue;
        TRY(bind_cast(s, args[i], type_simple(s->binder->rel.types, TYPE_DATE, args[i]->type->nullable), false, args[i]->span, &args[i]));
    }
    return STATUS_OK;
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
    TRY(coalesce_zones(s, args, n));
    TRY(coalesce_dates(s, args, n));
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

static enum status bind_current_watermark(struct expr_scope *s, const struct ast_expr *e, const struct func *f, struct expr **ret) {
    struct binder *b = s->binder;
    struct expr **args = NULL;
    TRY(call_arguments(s, e, &args));
    if (e->arguments.count != 1 || args[0]->type->time_attr != TIME_ATTR_ROWTIME) {
        error_at(b->rel.error, STATUS_INVALID, e->span, "CURRENT_WATERMARK takes one time attribute: a column that a WATERMARK is declared for");
        return error_hint(b->rel.error, "Declare WATERMARK FOR the column in CREATE TABLE");
    }
    return func_call(b->rel.arena, b->rel.types, &b->session->eval, f, e->span, args, 1, ret, b->rel.error);
}

static enum status check_plain_call(struct binder *b, const struct ast_expr *e) {
    if (e->distinct) return error_at(b->rel.error, STATUS_INVALID, e->span, "DISTINCT stands in aggregate functions only, and %.*s is none", STR_ARG(e->text));
    if (e->filter != NULL) return error_at(b->rel.error, STATUS_INVALID, e->filter->span, "FILTER stands behind aggregate functions only, and %.*s is none", STR_ARG(e->text));
    return STATUS_OK;
}

static enum status bind_scalar_call(struct expr_scope *s, const struct ast_expr *e, struct expr **ret) {
    struct binder *b = s->binder;
    struct expr **args = NULL;
    if (str_equal_ignore_case(e->text, STR("COALESCE"))) return bind_coalesce(s, e, ret);
    if (str_equal_ignore_case(e->text, STR("NULLIF"))) return bind_nullif(s, e, ret);
    const struct func *f = func_find(e->text);
    if (f != NULL && str_equal(f->name, STR("JSON"))) {
        return error_at(b->rel.error, STATUS_INVALID, e->span, "JSON() is only possible as a value of JSON_OBJECT or JSON_ARRAY, as in JSON_ARRAY(JSON('[1]'))");
    }
    bool structured = str_equal_ignore_case(e->text, STR("OBJECT_OF")) || str_equal_ignore_case(e->text, STR("OBJECT_UPDATE"));
    if (structured) return bind_unsupported(b, e->span, "OBJECT_OF and OBJECT_UPDATE, that is structured types; ROW and CAST to a ROW type have the same fields,");
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
    if (is_over_function(e->text)) {
        error_at(b->rel.error, STATUS_INVALID, e->span, "%.*s needs an OVER clause", STR_ARG(e->text));
        return error_hint(b->rel.error, "Write %.*s() OVER (PARTITION BY ... ORDER BY ...)", STR_ARG(e->text));
    }
    if (str_equal_ignore_case(e->text, STR("GROUPING")) || str_equal_ignore_case(e->text, STR("GROUPING_ID")) ||
        str_equal_ignore_case(e->text, STR("GROUP_ID"))) {
        return bind_grouping_call(s, e, ret);
    }
    const struct agg_func *agg = agg_find(e->text);
    if (agg != NULL) return bind_aggregate(s, e, agg, ret);
    return bind_scalar_call(s, e, ret);
}
