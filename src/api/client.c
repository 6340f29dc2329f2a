/* SPDX-License-Identifier: Apache-2.0 */
/*
 * client: one statement of a session, by its kind. What a statement prints is returned, not printed:
 * the callers differ in where they show it (a terminal, a pipe, an Arrow batch). The plan of a job is
 * made here, the job is the caller's.
 */
#include "api/client.h"

#include "base/buf.h"

#include <assert.h>

/* What TZ says, else what /etc/timezone names. A name that is no zone counts as none. */
static void system_zone(struct session *s, struct arena *a, struct env *env) {
    enum { NAME_MAX_BYTES = 256 };
    struct error ignored = ERROR_INIT;
    struct str name = env_variable(env, "TZ");
    if (name.at == NULL && env_read_file(env, a, STR("/etc/timezone"), NAME_MAX_BYTES, &name, &ignored) != STATUS_OK) return;
    while (name.size_bytes > 0 && (unsigned char)name.at[name.size_bytes - 1] <= ' ') name.size_bytes--;
    const struct zone *zone = NULL;
    error_clear(&ignored);
    if (name.size_bytes > 0 && zone_open(a, name, &zone, &ignored) == STATUS_OK) s->eval.zone = zone;
}

enum status client_session_new(struct arena *a, struct env *env, struct session **ret, struct error *e) {
    assert(a != NULL && env != NULL);
    struct session *s = NULL;
    TRY(session_new(a, &s, e));
    s->cores = env_cores(env);
    s->env = env;
    system_zone(s, a, env);
    *ret = s;
    return STATUS_OK;
}

/* The table that AS would make is there only while its INSERT is planned. */
static enum status explain_as(struct session *s, struct arena *a, const struct ast_statement *create, const struct ast_statement *stmt, struct str sql,
                              uint32_t parallelism, struct buf *out, struct error *e) {
    struct ast_statement *insert = NULL;
    struct plan *plan = NULL;
    if (create->query == NULL) {
        error_at(e, STATUS_INVALID, create->span, "EXPLAIN CREATE TABLE must define a query using the AS clause");
        return error_hint(e, "A table without AS SELECT makes no plan");
    }
    enum status st = plan_create_as(s, create, sql, true, &insert, e);
    if (st == STATUS_OK) st = plan_statement(s, a, insert, sql, parallelism, &plan, e);
    if (st == STATUS_OK) st = plan_explain(plan, stmt, out, e);
    if (insert != NULL) plan_forget_as(s, create);
    return st;
}

enum status client_explain(struct session *s, struct arena *a, const struct ast_statement *stmt, struct str sql, uint32_t parallelism,
                           struct buf *out, struct error *e) {
    const struct ast_statement *query = stmt;
    if (stmt->kind == AST_EXPLAIN) {
        assert(stmt->statements.count == 1);
        query = stmt->statements.at[0];
    }
    struct plan *plan = NULL;
    if (query->kind == AST_CREATE_TABLE) return explain_as(s, a, query, stmt, sql, parallelism, out, e);
    TRY(plan_statement(s, a, query, sql, parallelism, &plan, e));
    return plan_explain(plan, stmt, out, e);
}

static enum status explain(struct session *s, struct arena *a, const struct ast_statement *stmt, struct str sql, uint32_t parallelism,
                           struct outcome *ret, struct error *e) {
    struct buf out = BUF_INIT;
    enum status st = client_explain(s, a, stmt, sql, parallelism, &out, e);
    if (st == STATUS_OK) ret->text = out.failed ? (struct str){NULL, 0} : arena_str(a, buf_view(&out));
    buf_deinit(&out);
    if (st == STATUS_OK && ret->text.at == NULL) return error_no_memory(e, 0);
    return st;
}

static enum status create_as(struct session *s, struct arena *a, const struct ast_statement *stmt, struct str sql, uint32_t parallelism,
                             struct outcome *ret, struct error *e) {
    struct ast_statement *insert = NULL;
    TRY(plan_create_as(s, stmt, sql, false, &insert, e));
    ret->kind = OUTCOME_JOB;
    return plan_statement(s, a, insert, sql, parallelism, &ret->plan, e);
}

enum status client_execute(struct session *s, struct arena *a, const struct ast_statement *stmt, struct str sql, uint32_t parallelism,
                           struct outcome *ret, struct error *e) {
    assert(s != NULL && a != NULL && stmt != NULL);
    *ret = (struct outcome){.kind = OUTCOME_DONE};
    switch (stmt->kind) {
    case AST_SELECT:
    case AST_INSERT:
    case AST_STATEMENT_SET: ret->kind = OUTCOME_JOB; return plan_statement(s, a, stmt, sql, parallelism, &ret->plan, e);
    case AST_CREATE_TABLE: return stmt->query == NULL ? plan_execute_ddl(s, stmt, sql, e) : create_as(s, a, stmt, sql, parallelism, ret, e);
    case AST_EXPLAIN: ret->kind = OUTCOME_TEXT; return explain(s, a, stmt, sql, parallelism, ret, e);
    case AST_SHOW:
    case AST_DESCRIBE: ret->kind = OUTCOME_TABLE; return plan_show(s, a, stmt, &ret->table, e);
    case AST_SET:
        if (stmt->key.at != NULL) return plan_execute_ddl(s, stmt, sql, e);
        ret->kind = OUTCOME_TABLE;
        return plan_show(s, a, stmt, &ret->table, e);
    default: return plan_execute_ddl(s, stmt, sql, e);
    }
}
