/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bind_json: the SQL/JSON functions over a path: their clauses become a code, the values of DEFAULT
 * arguments, and RETURNING the call's target type (func/func_json.h).
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
    if (e != NULL) return bind_expr(s, e, ret);
    *ret = expr_null(rel->arena, type_string(rel->types, true));
    return *ret == NULL ? error_no_memory(rel->error, sizeof **ret) : STATUS_OK;
}

enum status bind_json_call(struct expr_scope *s, const struct ast_expr *e, struct expr **ret) {
    struct rel_context *rel = &s->binder->rel;
    bool value = str_equal(e->text, STR("JSON_VALUE")), query = str_equal(e->text, STR("JSON_QUERY"));
    bool exists = str_equal(e->text, STR("JSON_EXISTS"));
    if (!value && !query && !exists) return bind_unsupported(s->binder, e->span, "JSON_OBJECT, JSON_ARRAY and their aggregates");
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
