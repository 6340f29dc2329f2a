/* SPDX-License-Identifier: Apache-2.0 */
/*
 * script: one session, statement after statement. Definitions change the session; SELECT, INSERT
 * and statement sets become jobs that run to their end before the next statement; SHOW, DESCRIBE
 * and EXPLAIN print. The first error ends the script.
 */
#include "cli/script.h"

#include "cli/implicit.h"
#include "cli/result.h"
#include "cli/run_job.h"
#include "cli/talk.h"
#include "sql/parser.h"
#include "sql/unparse.h"

#include <assert.h>

struct script {
    struct arena *arena;
    struct env *env;
    const struct args *args;
    struct str name;
    struct session *session;
    struct job_control control;
};

/* table.local-time-zone is the system's zone by default: TZ, or what /etc/timezone names; else UTC. */
static void system_zone(struct script *s) {
    enum { NAME_MAX_BYTES = 256 };
    struct error ignored = ERROR_INIT;
    struct str name = env_variable(s->env, "TZ");
    if (name.at == NULL && env_read_file(s->env, s->arena, STR("/etc/timezone"), NAME_MAX_BYTES, &name, &ignored) != STATUS_OK) return;
    while (name.size_bytes > 0 && (unsigned char)name.at[name.size_bytes - 1] <= ' ') name.size_bytes--;
    const struct zone *zone = NULL;
    error_clear(&ignored);
    if (name.size_bytes > 0 && zone_open(s->arena, name, &zone, &ignored) == STATUS_OK) s->session->eval.zone = zone;
}

enum status script_new(struct arena *a, struct env *env, const struct args *args, struct str name, struct script **ret, struct error *e) {
    struct script *s = ARENA_NEW(a, struct script);
    if (s == NULL) return error_no_memory(e, sizeof *s);
    s->arena = a;
    s->env = env;
    s->args = args;
    s->name = name;
    TRY(session_new(a, &s->session, e));
    s->session->cores = env_cores(env);
    system_zone(s);
    TRY(script_settings(s->session, &args->settings, e));
    *ret = s;
    return STATUS_OK;
}

void script_free(struct script *s) { (void)s; }

void script_stop(struct script *s) { job_control_stop(&s->control); }

static enum status show(struct script *s, const struct ast_statement *stmt, struct error *e) {
    struct text_table t = {0};
    struct buf out = BUF_INIT;
    TRY(plan_show(s->session, s->arena, stmt, &t, e));
    result_print_table(&out, t.names, t.column_count, (struct str *const *)t.rows.at, t.rows.count);
    enum status st = talk_out(s->env, &out, e);
    buf_deinit(&out);
    return st;
}

static enum status explain(struct script *s, const struct ast_statement *stmt, struct str sql, struct error *e) {
    const struct ast_statement *query = stmt;
    if (stmt->kind == AST_EXPLAIN) {
        assert(stmt->statements.count == 1);
        query = stmt->statements.at[0];
    }
    struct plan *plan = NULL;
    struct buf out = BUF_INIT;
    TRY(plan_statement(s->session, s->arena, query, sql, s->args->parallelism, &plan, e));
    if (s->args->command == COMMAND_EXPLAIN) {
        buf_text(&out, "-- ");
        unparse_statement(&out, query);
        buf_char(&out, '\n');
    }
    enum status st = plan_explain(plan, stmt, &out, e);
    if (st == STATUS_OK) st = talk_out(s->env, &out, e);
    buf_deinit(&out);
    return st;
}

static enum status run(struct script *s, const struct ast_statement *stmt, struct str sql, struct error *e) {
    if (s->args->command == COMMAND_EXPLAIN) return explain(s, stmt, sql, e);
    struct plan *plan = NULL;
    TRY(plan_statement(s->session, s->arena, stmt, sql, s->args->parallelism, &plan, e));
    return run_job(s->arena, s->env, s->args, plan, &s->control, e);
}

static enum status one(struct script *s, const struct ast_statement *stmt, struct str sql, struct error *e) {
    TRY(implicit_tables(s->session, s->env, sql, stmt->span, e));
    switch (stmt->kind) {
    case AST_SELECT:
    case AST_INSERT:
    case AST_STATEMENT_SET: return run(s, stmt, sql, e);
    case AST_EXPLAIN: return explain(s, stmt, sql, e);
    case AST_SHOW:
    case AST_DESCRIBE: return show(s, stmt, e);
    case AST_SET:
        if (stmt->key.at == NULL) return show(s, stmt, e);
        return plan_execute_ddl(s->session, stmt, sql, e);
    default: return plan_execute_ddl(s->session, stmt, sql, e);
    }
}

static enum status run_all(struct script *s, struct str sql, struct error *e) {
    struct list statements = {0};
    TRY(parse_script(s->arena, sql, &statements, e));
    for (uint32_t i = 0; i < statements.count; i++) {
        TRY(one(s, statements.at[i], sql, e));
        if (s->control.stopped) break;
    }
    return STATUS_OK;
}

enum status script_run(struct script *s, struct str text) {
    struct error e = ERROR_INIT;
    struct str sql = text;
    enum status st = script_variables(s->arena, text, &s->args->variables, s->env, &sql, &e);
    if (st == STATUS_OK) st = run_all(s, sql, &e);
    if (st == STATUS_CLOSED) return STATUS_OK;
    if (st != STATUS_OK) talk_error(s->env, &e, s->name, sql);
    return st;
}
