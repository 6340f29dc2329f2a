/* SPDX-License-Identifier: Apache-2.0 */
/*
 * weir_statement: one statement of a text. What it is executed with lives elsewhere: definitions in
 * the session's memory, everything else in the result's, so a statement may be freed at any time.
 */
#include "api/handles.h"

#include "api/implicit.h"
#include "base/alloc.h"
#include "sql/parser.h"

#include <assert.h>

/* Blanks but for line ends: what stands before a statement moves no line. */
static void blank_out(char *text, size_t size_bytes) {
    for (size_t i = 0; i < size_bytes; i++)
        if (text[i] != '\n') text[i] = ' ';
}

/* The first statement behind `from`; *ret_kind is valid when *ret_found. Positions count from the text's begin. */
static enum status parse_first(struct arena *a, struct str sql, size_t from, struct str *ret_text, size_t *ret_end, enum ast_statement_kind *ret_kind, bool *ret_found,
                               struct error *e) {
    *ret_found = false;
    while (from < sql.size_bytes && !*ret_found) {
        size_t size = parse_statement_end((struct str){sql.at + from, sql.size_bytes - from});
        size_t end = size == 0 ? sql.size_bytes : from + size;
        struct str text = arena_str(a, (struct str){sql.at, end});
        struct list statements = {0};
        if (text.at == NULL) return error_no_memory(e, end);
        blank_out((char *)text.at, from);
        *ret_text = text;
        *ret_end = from = end;
        TRY(parse_script(a, text, &statements, e));
        if (statements.count == 0) continue;
        *ret_kind = ((const struct ast_statement *)statements.at[0])->kind;
        *ret_found = true;
    }
    *ret_end = from;
    return STATUS_OK;
}

static enum status statement_fill(weir_statement *s, struct str sql, size_t from, size_t *ret_end, bool *ret_found, struct error *e) {
    s->arena = arena_new("statement", 0);
    if (s->arena == NULL) return error_no_memory(e, 0);
    if (sql.size_bytes > PARSER_TEXT_MAX) return error_set(e, STATUS_LIMIT, "The text is larger than %d bytes", PARSER_TEXT_MAX);
    return parse_first(s->arena, sql, from, &s->sql, ret_end, &s->kind, ret_found, e);
}

/* *ret NULL: nothing is left. */
static weir_status statement_new(weir_session *session, struct str sql, size_t from, weir_statement **ret, size_t *ret_end, weir_error **error) {
    struct error e = ERROR_INIT;
    bool found = false;
    size_t end = sql.size_bytes;
    weir_statement *s = mem_calloc(1, sizeof *s);
    if (s != NULL) s->session = session_ref(session);
    enum status st = s == NULL ? error_no_memory(&e, sizeof *s) : statement_fill(s, sql, from, &end, &found, &e);
    weir_status given = st == STATUS_OK ? WEIR_OK : error_give(error, &e, sql);
    if (given != WEIR_OK || !found) {
        weir_statement_free(s);
        s = NULL;
    }
    if (given != WEIR_OK) return given;
    *ret = s;
    *ret_end = end;
    return WEIR_OK;
}

weir_status weir_statement_parse(weir_session *session, const char *sql, size_t sql_bytes, weir_statement **ret_statement,
                                 size_t *ret_used_bytes, weir_error **error) {
    size_t end = 0;
    weir_status st = statement_new(session, (struct str){sql, sql_bytes}, 0, ret_statement, &end, error);
    if (st == WEIR_OK && ret_used_bytes != NULL) *ret_used_bytes = end;
    return st;
}

void weir_statement_free(weir_statement *statement) {
    if (statement == NULL) return;
    arena_free(statement->arena);
    session_unref(statement->session);
    mem_free(statement);
}

int weir_statement_makes_job(const weir_statement *s) { return s->kind == AST_SELECT || s->kind == AST_INSERT || s->kind == AST_STATEMENT_SET; }

static bool only_reads(enum ast_statement_kind k) {
    return k == AST_SELECT || k == AST_INSERT || k == AST_STATEMENT_SET || k == AST_EXPLAIN || k == AST_SHOW || k == AST_DESCRIBE;
}

static enum status execute_in(weir_statement *s, struct arena *a, struct arena *result, weir_result **ret, struct error *e) {
    weir_session *session = s->session;
    struct list statements = {0};
    struct outcome o;
    struct str sql = arena_str(a, s->sql);
    if (sql.at == NULL) return error_no_memory(e, s->sql.size_bytes);
    TRY(parse_script(a, sql, &statements, e));
    assert(statements.count == 1);
    const struct ast_statement *ast = statements.at[0];
    TRY(implicit_tables(session->session, session->env, sql, ast->span, session->stdio, e));
    TRY(client_execute(session->session, a, ast, sql, session->parallelism, &o, e));
    return result_new(session, result, &o, sql, ret, e);
}

weir_status weir_statement_execute(weir_statement *statement, weir_result **ret_result, weir_error **error) {
    struct error e = ERROR_INIT;
    struct arena *result = arena_new("result", 0);
    struct arena *a = only_reads(statement->kind) ? result : statement->session->arena;
    enum status st = result == NULL ? error_no_memory(&e, 0) : execute_in(statement, a, result, ret_result, &e);
    if (st == STATUS_OK) return WEIR_OK;
    arena_free(result);
    return error_give(error, &e, statement->sql);
}

/* ---- whole texts ----------------------------------------------------------------------------------------- */

static weir_status run_to_end(weir_result *r, weir_error **error) {
    weir_status st = weir_result_finish(r, error);
    weir_result_free(r);
    return st;
}

weir_status weir_execute(weir_session *session, const char *sql, weir_result **ret_result, weir_error **error) {
    struct str text = str_of(sql);
    weir_result *last = NULL;
    size_t at = 0;
    for (;;) {
        weir_statement *s = NULL;
        weir_status st = statement_new(session, text, at, &s, &at, error);
        if (st == WEIR_OK && s != NULL && last != NULL) {
            st = run_to_end(last, error);
            last = NULL;
        }
        if (st == WEIR_OK && s != NULL) st = weir_statement_execute(s, &last, error);
        bool done = st != WEIR_OK || s == NULL;
        weir_statement_free(s);
        if (!done) continue;
        if (st != WEIR_OK) {
            weir_result_free(last);
            return st;
        }
        break;
    }
    if (ret_result == NULL) return last == NULL ? WEIR_OK : run_to_end(last, error);
    if (last == NULL) {
        struct error e = ERROR_INIT;
        error_set(&e, STATUS_SYNTAX, "The text holds no statement");
        return error_give(error, &e, text);
    }
    *ret_result = last;
    return WEIR_OK;
}
