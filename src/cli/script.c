/* SPDX-License-Identifier: Apache-2.0 */
/*
 * script: one session, statement after statement. Definitions change the session; SELECT, INSERT
 * and statement sets become jobs that run to their end before the next statement; SHOW, DESCRIBE
 * and EXPLAIN print. The first error ends the script.
 */
#include "cli/script.h"

#include "api/client.h"
#include "api/implicit.h"
#include "cli/result.h"
#include "cli/run_job.h"
#include "cli/talk.h"
#include "cli/view.h"
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
    struct view *view;      /* NULL: nobody watches */
    bool talks;
};

enum status script_new(struct arena *a, struct env *env, const struct args *args, struct str name, struct script **ret, struct error *e) {
    struct script *s = ARENA_NEW(a, struct script);
    if (s == NULL) return error_no_memory(e, sizeof *s);
    s->arena = a;
    s->env = env;
    s->args = args;
    s->name = name;
    TRY(client_session_new(a, env, &s->session, e));
    TRY(script_settings(s->session, &args->settings, e));
    *ret = s;
    return STATUS_OK;
}

void script_free(struct script *s) { (void)s; }

void script_watch(struct script *s, struct view *view, bool talks) {
    s->view = view;
    s->talks = talks;
}

struct session *script_session(struct script *s) { return s->session; }

void script_stop(struct script *s) { job_control_stop(&s->control); }

static enum status print_table(struct script *s, const struct text_table *t, struct error *e) {
    struct buf out = BUF_INIT;
    if (s->view != NULL) return view_table(s->view, t, e);
    result_print_table(&out, t->names, t->column_count, (struct str *const *)t->rows.at, t->rows.count);
    enum status st = talk_out(s->env, &out, e);
    buf_deinit(&out);
    return st;
}

static enum status print_text(struct script *s, struct str text, struct error *e) {
    return text.size_bytes == 0 ? STATUS_OK : env_write(s->env, env_stdout(s->env), text.at, text.size_bytes, e);
}

static enum status print_done(struct script *s, struct error *e) { return s->talks ? print_text(s, STR("OK\n"), e) : STATUS_OK; }

/* `weir explain`: jobs are shown, with their text, and not run. */
static enum status explain_only(struct script *s, const struct ast_statement *stmt, struct str sql, struct error *e) {
    struct buf out = BUF_INIT;
    buf_text(&out, "-- ");
    unparse_statement(&out, stmt->kind == AST_EXPLAIN ? stmt->statements.at[0] : stmt);
    buf_char(&out, '\n');
    enum status st = client_explain(s->session, s->arena, stmt, sql, s->args->parallelism, &out, e);
    if (st == STATUS_OK) st = talk_out(s->env, &out, e);
    buf_deinit(&out);
    return st;
}

static bool makes_job(const struct ast_statement *stmt) {
    return stmt->kind == AST_SELECT || stmt->kind == AST_INSERT || stmt->kind == AST_STATEMENT_SET || stmt->kind == AST_EXPLAIN;
}

/* kept: `a` belongs to the view now. */
static enum status execute(struct script *s, struct arena *a, const struct ast_statement *stmt, struct str sql, bool *ret_kept, struct error *e) {
    struct outcome o;
    TRY(client_execute(s->session, a, stmt, sql, s->args->parallelism, &o, e));
    switch (o.kind) {
    case OUTCOME_DONE: return print_done(s, e);
    case OUTCOME_TABLE: return print_table(s, &o.table, e);
    case OUTCOME_TEXT: return print_text(s, o.text, e);
    case OUTCOME_JOB: return run_job(a, s->env, s->args, o.plan, &s->control, s->view, s->talks, ret_kept, e);
    }
    assert(!"unknown kind of outcome");
    return STATUS_BUG;
}

static enum status one(struct script *s, const struct ast_statement *stmt, struct str sql, struct error *e) {
    TRY(implicit_tables(s->session, s->env, sql, stmt->span, true, e));
    bool made = stmt->kind == AST_CREATE_TABLE && stmt->query != NULL;
    if (s->args->command == COMMAND_EXPLAIN && (made || makes_job(stmt))) {
        struct ast_statement *insert = NULL; /* not run, but its table is there for what follows */
        TRY(explain_only(s, stmt, sql, e));
        return made ? plan_create_as(s->session, stmt, sql, false, &insert, e) : STATUS_OK;
    }
    bool kept = true; /* by the script */
    if (s->view == NULL || !makes_job(stmt)) return execute(s, s->arena, stmt, sql, &kept, e);
    struct arena *a = arena_new("statement", 0); /* a session before a person has many of them */
    if (a == NULL) return error_no_memory(e, 0);
    kept = false;
    enum status st = execute(s, a, stmt, sql, &kept, e);
    if (!kept) arena_free(a);
    return st;
}

/* An error without a place of its own is the statement's: its first line shows which one. */
static void place_at_statement(const struct ast_statement *stmt, struct str sql, struct error *e) {
    if (e->status == STATUS_OK || e->span.end > 0) return;
    uint32_t end = stmt->span.begin;
    while (end < stmt->span.end && sql.at[end] != '\n' && sql.at[end] != '\r') end++;
    e->span = (struct span){stmt->span.begin, end};
}

static enum status run_all(struct script *s, struct str sql, struct error *e) {
    struct list statements = {0};
    TRY(parse_script(s->arena, sql, &statements, e));
    for (uint32_t i = 0; i < statements.count; i++) {
        enum status st = one(s, statements.at[i], sql, e);
        if (st != STATUS_OK) place_at_statement(statements.at[i], sql, e);
        TRY(st);
        if (s->control.stopped) break;
    }
    return STATUS_OK;
}

static enum status run_named(struct script *s, struct str name, struct str text) {
    struct error e = ERROR_INIT;
    struct str sql = text;
    struct list uses = {0};
    if (s->talks) job_control_reset(&s->control);
    enum status st = script_variables(s->arena, text, &s->args->variables, s->env, &sql, &uses, &e);
    if (st == STATUS_OK) {
        st = run_all(s, sql, &e);
        if (st != STATUS_OK) script_place(&e, sql, &uses);
    }
    if (st == STATUS_CLOSED) return STATUS_OK;
    if (st != STATUS_OK) talk_error(s->env, &e, name, text);
    return st;
}

enum status script_run(struct script *s, struct str text) { return run_named(s, s->name, text); }

enum status script_run_part(struct script *s, struct str name, struct str all, size_t from, size_t size) {
    struct buf text = BUF_INIT;
    assert(from + size <= all.size_bytes);
    for (size_t i = 0; i < from; i++) {
        if (all.at[i] == '\n') buf_char(&text, '\n');
    }
    buf_append(&text, all.at + from, size);
    struct str copy = text.failed ? (struct str){NULL, 0} : arena_str(s->arena, buf_view(&text));
    buf_deinit(&text);
    return copy.at == NULL ? STATUS_NO_MEMORY : run_named(s, name.at == NULL ? s->name : name, copy);
}
