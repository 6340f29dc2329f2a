/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bind_json: the SQL/JSON functions. Over a path, their clauses become a code, the values of DEFAULT
 * arguments, and RETURNING the call's target type (func/func_json.h). JSON_OBJECT and JSON_ARRAY get their NULL
 * clause as first argument; the aggregates collect texts that are JSON already.
 */
#include "func/func_json.h"
#include "plan/bind.h"

#include <assert.h>

struct clause {
    const char *text;
    bool on_error;
    enum json_on on;
};

static const struct clause clauses[] = {
    {"NULL ON EMPTY", false, JSON_ON_NULL},
    {"ERROR ON EMPTY", false, JSON_ON_ERROR},
    {"DEFAULT ON EMPTY", false, JSON_ON_DEFAULT},
    {"EMPTY ARRAY ON EMPTY", false, JSON_ON_EMPTY_ARRAY},
    {"EMPTY OBJECT ON EMPTY", false, JSON_ON_EMPTY_OBJECT},
    {"NULL ON ERROR", true, JSON_ON_NULL},
    {"UNKNOWN ON ERROR", true, JSON_ON_NULL},
    {"ERROR ON ERROR", true, JSON_ON_ERROR},
    {"DEFAULT ON ERROR", true, JSON_ON_DEFAULT},
    {"EMPTY ARRAY ON ERROR", true, JSON_ON_EMPTY_ARRAY},
    {"EMPTY OBJECT ON ERROR", true, JSON_ON_EMPTY_OBJECT},
    {"TRUE ON ERROR", true, JSON_ON_TRUE},
    {"FALSE ON ERROR", true, JSON_ON_FALSE},
};

struct json_clauses {
    enum json_on on_empty, on_error;
    enum json_wrapper wrapper;
};

static bool clause_read(struct str text, struct json_clauses *c) {
    for (size_t i = 0; i < sizeof clauses / sizeof clauses[0]; i++) {
        if (!str_equal(text, str_of(clauses[i].text))) continue;
        if (clauses[i].on_error) c->on_error = clauses[i].on;
        else c->on_empty = clauses[i].on;
        return true;
    }
    if (str_equal(text, STR("WITHOUT ARRAY WRAPPER"))) c->wrapper = JSON_WITHOUT_WRAPPER;
    else if (str_equal(text, STR("WITH CONDITIONAL ARRAY WRAPPER"))) c->wrapper = JSON_CONDITIONAL_WRAPPER;
    else if (str_equal(text, STR("WITH UNCONDITIONAL ARRAY WRAPPER"))) c->wrapper = JSON_WRAPPER;
    else return false;
    return true;
}

/* Clauses that belong to another of the three functions. */
static bool clauses_fit(const struct json_clauses *c, bool value, bool query) {
    bool truth = c->on_error == JSON_ON_TRUE || c->on_error == JSON_ON_FALSE;
    bool empty_json = c->on_empty >= JSON_ON_EMPTY_ARRAY || c->on_error == JSON_ON_EMPTY_ARRAY || c->on_error == JSON_ON_EMPTY_OBJECT;
    bool preset = c->on_empty == JSON_ON_DEFAULT || c->on_error == JSON_ON_DEFAULT;
    if (value) return !truth && !empty_json && c->wrapper == JSON_WITHOUT_WRAPPER;
    if (query) return !truth && !preset;
    return !empty_json && !preset && c->wrapper == JSON_WITHOUT_WRAPPER;
}

static enum status bind_default(struct expr_scope *s, const struct ast_expr *e, struct expr **ret) {
    struct rel_context *rel = &s->binder->rel;
    if (e != NULL) {
        TRY(bind_expr(s, e, ret));
        return bind_no_null(s, ret, 1);
    }
    *ret = expr_null(rel->arena, type_string(rel->types, true));
    return *ret == NULL ? error_no_memory(rel->error, sizeof **ret) : STATUS_OK;
}

static enum status bind_path_call(struct expr_scope *s, const struct ast_expr *e, struct expr **ret) {
    struct rel_context *rel = &s->binder->rel;
    bool value = str_equal(e->text, STR("JSON_VALUE")), query = str_equal(e->text, STR("JSON_QUERY"));
    bool exists = str_equal(e->text, STR("JSON_EXISTS"));
    struct json_clauses c = {JSON_ON_NULL, exists ? JSON_ON_FALSE : JSON_ON_NULL, JSON_WITHOUT_WRAPPER};
    for (uint32_t i = 0; i < e->json.count; i++) {
        const struct str *text = e->json.at[i];
        if (!clause_read(*text, &c)) return error_at(rel->error, STATUS_INVALID, e->span, "The clause '%.*s' is unknown", STR_ARG(*text));
    }
    if (!clauses_fit(&c, value, query)) {
        return error_at(rel->error, STATUS_INVALID, e->span, "A clause does not belong to %.*s", STR_ARG(e->text));
    }
    struct expr **args = ARENA_ARRAY(rel->arena, struct expr *, 5);
    if (args == NULL) return error_no_memory(rel->error, 5 * sizeof *args);
    assert(e->arguments.count == 2);
    TRY(bind_expr(s, e->arguments.at[0], &args[0]));
    TRY(bind_expr(s, e->arguments.at[1], &args[1]));
    TRY(bind_no_null(s, args, 2));
    args[2] = expr_i64(rel->arena, type_simple(rel->types, TYPE_INT, false), JSON_CODE(c.on_empty, c.on_error, c.wrapper));
    if (args[2] == NULL) return error_no_memory(rel->error, sizeof **args);
    TRY(bind_default(s, e->json_default_empty, &args[3]));
    TRY(bind_default(s, e->json_default_error, &args[4]));
    const struct type *target = NULL;
    if (e->type != NULL) TRY(bind_type(s->binder, e->type, &target));
    struct func_bind b = {.func = func_find(e->text), .arena = rel->arena, .types = rel->types, .session = &s->binder->session->eval,
                          .error = rel->error, .span = e->span, .args = args, .arg_count = 5, .target = target};
    if (b.func == NULL) return error_at(rel->error, STATUS_BUG, e->span, "The function table has no row '%.*s'", STR_ARG(e->text));
    return func_bind_call(&b, ret);
}

/* A value of a constructor: here, and only here, JSON(...) may stand. */
static enum status bind_value(struct expr_scope *s, const struct ast_expr *e, struct expr **ret) {
    struct rel_context *rel = &s->binder->rel;
    bool json = e->kind == AST_CALL && str_equal_ignore_case(e->text, STR("JSON")) && e->arguments.count == 1;
    if (!json) {
        TRY(bind_expr(s, e, ret));
        *ret = bind_plain(s->binder, *ret);
        return *ret == NULL ? error_no_memory(rel->error, sizeof **ret) : STATUS_OK;
    }
    TRY(bind_expr(s, e->arguments.at[0], ret));
    return bind_named(s, "JSON", e->span, ret, 1, ret);
}

static bool absent_on_null(const struct ast_expr *e, bool otherwise) {
    for (uint32_t i = 0; i < e->json.count; i++) otherwise = str_equal(*(const struct str *)e->json.at[i], STR("ABSENT ON NULL"));
    return otherwise;
}

static enum status bind_constructor(struct expr_scope *s, const struct ast_expr *e, struct expr **ret) {
    struct rel_context *rel = &s->binder->rel;
    bool object = str_equal(e->text, STR("JSON_OBJECT"));
    uint32_t n = e->arguments.count;
    struct expr **args = ARENA_ARRAY(rel->arena, struct expr *, (size_t)n + 1);
    if (args == NULL) return error_no_memory(rel->error, n * sizeof *args);
    args[0] = expr_bool(rel->arena, rel->types, absent_on_null(e, !object));
    if (args[0] == NULL) return error_no_memory(rel->error, sizeof **args);
    for (uint32_t i = 0; i < n; i++) {
        bool key = object && i % 2 == 0;
        TRY(key ? bind_expr(s, e->arguments.at[i], &args[i + 1]) : bind_value(s, e->arguments.at[i], &args[i + 1]));
    }
    return bind_named(s, object ? "JSON_OBJECT" : "JSON_ARRAY", e->span, args, n + 1, ret);
}

enum status bind_json_collected(struct expr_scope *s, const struct ast_expr *e, struct expr **args, uint32_t count) {
    struct rel_context *rel = &s->binder->rel;
    assert(count == 1 || count == 2);
    struct expr **value = &args[count - 1];
    if (count == 2 && !type_is_text(args[0]->type)) {
        return error_at(rel->error, STATUS_INVALID, args[0]->span, "Expected a character type for a key of JSON_OBJECTAGG");
    }
    return bind_named(s, absent_on_null(e, count == 1) ? "$JSON_VALUE" : "$JSON_VALUE_OR_NULL", e->span, value, 1, value);
}

enum status bind_json_call(struct expr_scope *s, const struct ast_expr *e, struct expr **ret) {
    const struct agg_func *agg = agg_find(e->text);
    if (agg != NULL) return bind_aggregate(s, e, agg, ret);
    bool constructor = str_equal(e->text, STR("JSON_OBJECT")) || str_equal(e->text, STR("JSON_ARRAY"));
    return constructor ? bind_constructor(s, e, ret) : bind_path_call(s, e, ret);
}
