/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_run: steps of a case in order. A query's answer (or error) is held until the %expect or
 * %fails behind it looks at it. Time is virtual: the job is stepped until nothing is runnable, then
 * the clock jumps to the next timer.
 *
 * Under another configuration than the default one (parallelism, batch size, threads, checkpoints)
 * sequences may differ where Flink promises none, so answers compare as final tables.
 */
#include "cli/test_run.h"

#include "cli/result.h"
#include "cli/script.h"
#include "plan/plan.h"
#include "runtime/runtime.h"
#include "sql/parser.h"

#include <assert.h>

enum { STEPS_MAX = 50 * 1000 * 1000 };

struct run {
    struct arena *arena;
    struct env *env;
    const struct args *args;
    struct session *session;
    struct str dir;
    struct comparison compare;
    struct comparison query_compare; /* with the keys of the last query's upsert result */
    struct comparison output_compare; /* with the primary key of the last INSERT's table */
    struct list answer;              /* lines of the last query */
    bool failed;                     /* the last statement failed, with this error */
    struct str unsupported;          /* the next statement must be refused by name, with this text */
    bool over;                       /* the rest of the case is not looked at */
    bool refused;                    /* the last statement was: what Flink answers is not looked at */
    struct error error;
    struct test_outcome *outcome;
    bool needs_order;            /* %needs order: one subtask, whatever the configuration */
};

/* ---- answers ------------------------------------------------------------------------------------ */

static enum status add_line(struct run *r, struct str text) {
    struct str *line = ARENA_NEW(r->arena, struct str);
    if (line == NULL) return STATUS_NO_MEMORY;
    *line = arena_str(r->arena, text);
    return line->at == NULL ? STATUS_NO_MEMORY : list_push(&r->answer, r->arena, line);
}

static enum status take_batch(void *context, const struct batch *b, struct error *e) {
    struct run *r = context;
    struct rows rows = batch_rows(b);
    struct buf line = BUF_INIT;
    enum status s = STATUS_OK;
    for (uint32_t i = 0; s == STATUS_OK && i < rows.count; i++) {
        buf_reset(&line);
        result_print_change(&line, b, rows_at(&rows, i));
        s = line.failed ? STATUS_NO_MEMORY : add_line(r, buf_view(&line));
    }
    buf_deinit(&line);
    return s == STATUS_NO_MEMORY ? error_no_memory(e, 0) : s;
}

static enum status schema_line(struct run *r, const struct plan *plan) {
    struct buf line = BUF_INIT;
    result_print_schema(&line, plan);
    enum status s = line.failed ? STATUS_NO_MEMORY : add_line(r, buf_view(&line));
    buf_deinit(&line);
    return s;
}

bool test_configuration_is_default(const struct args *a) {
    return a->parallelism <= 1 && a->batch_rows == 0 && !a->threads && !a->checkpoint_every_batch && a->settings.count == 0;
}

/* ---- running jobs ----------------------------------------------------------------------------------- */

static enum status step_to_end(struct run *r, struct job *job, struct error *e) {
    enum job_progress p = JOB_PROGRESS;
    for (int64_t i = 0; i < STEPS_MAX; i++) {
        TRY(job_step(job, &p, e));
        if (p == JOB_DONE) return STATUS_OK;
        if (p != JOB_IDLE) continue;
        int64_t wake = job_wake_ms(job);
        if (wake == INT64_MAX) return error_set(e, STATUS_TIMEOUT, "The job waits for something that never comes");
        env_set_virtual_us(r->env, wake * 1000);
    }
    return error_set(e, STATUS_TIMEOUT, "The job did not end within %d steps", STEPS_MAX);
}

static enum status run_plan(struct run *r, const struct plan *plan, struct error *e) {
    struct job_config config = JOB_CONFIG_INIT(r->env);
    struct job *job = NULL;
    config.result = (struct result_sink){.batch = take_batch, .context = r};
    config.batch_rows = r->args->batch_rows;
    config.checkpoint_every_batch = r->args->checkpoint_every_batch;
    if (r->args->checkpoint_every_batch) {
        config.checkpoint_dir = arena_format(r->arena, "%.*s/.checkpoints", STR_ARG(r->dir));
    }
    TRY(job_new(plan, &config, &job, e));
    enum status s = r->args->threads ? job_run(job, e) : step_to_end(r, job, e);
    job_free(job);
    return s;
}

/* The case's comparison; final under another configuration, then by key if there is one. */
static struct comparison keyed_comparison(const struct run *r, const uint32_t *keys, uint32_t count) {
    struct comparison c = r->compare;
    if (!test_configuration_is_default(r->args)) c.mode = COMPARE_FINAL;
    if (c.mode != COMPARE_FINAL || count == 0 || count > 16) return c;
    c.upsert = true;
    c.key_count = count;
    for (uint32_t i = 0; i < count; i++) c.keys[i] = keys[i];
    return c;
}

static void note_keys(struct run *r, const struct plan *plan) {
    const struct sink_params *p = &((const struct node *)plan->sinks.at[0])->as.sink;
    if (plan->result != NULL) {
        r->query_compare = keyed_comparison(r, p->upsert_keys, p->upsert_key_count);
    } else if (plan->sinks.count == 1) {
        r->output_compare = keyed_comparison(r, p->table->key, p->table->key_count);
    }
}

static enum status run_query(struct run *r, const struct ast_statement *stmt, struct str sql, struct error *e) {
    struct plan *plan = NULL;
    uint32_t parallelism = r->args->parallelism == 0 || r->needs_order ? 1 : r->args->parallelism;
    TRY(plan_statement(r->session, r->arena, stmt, sql, parallelism, &plan, e));
    note_keys(r, plan);
    if (plan->result != NULL) TRY(schema_line(r, plan));
    return run_plan(r, plan, e);
}

/* A line's end inside of a cell is written as \n, so that a row is a line. */
static void add_cell(struct buf *out, struct str cell) {
    for (size_t i = 0; i < cell.size_bytes; i++) {
        if (cell.at[i] == '\n') buf_text(out, "\\n");
        else buf_char(out, cell.at[i]);
    }
}

static enum status show(struct run *r, const struct ast_statement *stmt, struct error *e) {
    struct text_table t = {0};
    TRY(plan_show(r->session, r->arena, stmt, &t, e));
    struct buf line = BUF_INIT;
    buf_text(&line, "-- ");
    for (uint32_t c = 0; c < t.column_count; c++) buf_format(&line, "%s%.*s %s", c == 0 ? "" : ", ", STR_ARG(t.names[c]), t.booleans[c] ? "BOOLEAN" : "STRING");
    enum status s = add_line(r, buf_view(&line));
    for (uint32_t i = 0; s == STATUS_OK && i < t.rows.count; i++) {
        const struct str *row = t.rows.at[i];
        buf_reset(&line);
        buf_text(&line, "+I[");
        for (uint32_t c = 0; c < t.column_count; c++) {
            if (c != 0) buf_text(&line, ", ");
            struct str cell = row[c].at == NULL ? STR("null") : row[c];
            if (t.booleans[c]) cell = str_equal(cell, STR("TRUE")) ? STR("true") : STR("false"); /* as Row.toString */
            add_cell(&line, cell);
        }
        buf_char(&line, ']');
        s = line.failed ? STATUS_NO_MEMORY : add_line(r, buf_view(&line));
    }
    buf_deinit(&line);
    return s;
}

static enum status statement(struct run *r, const struct ast_statement *stmt, struct str sql, struct error *e) {
    switch (stmt->kind) {
    case AST_SELECT:
    case AST_INSERT:
    case AST_STATEMENT_SET: return run_query(r, stmt, sql, e);
    case AST_SHOW:
    case AST_DESCRIBE: return show(r, stmt, e);
    case AST_EXPLAIN: {
        struct plan *plan = NULL;
        return plan_statement(r->session, r->arena, stmt->statements.at[0], sql, 1, &plan, e);
    }
    case AST_CREATE_TABLE: {
        struct ast_statement *insert = NULL;
        if (stmt->query == NULL) return plan_execute_ddl(r->session, stmt, sql, e);
        TRY(plan_create_as(r->session, stmt, sql, false, &insert, e));
        return run_query(r, insert, sql, e);
    }
    default: return plan_execute_ddl(r->session, stmt, sql, e);
    }
}

static enum status run_sql(struct run *r, struct str sql, struct error *e) {
    struct list statements = {0};
    r->answer = (struct list){0};
    TRY(parse_script(r->arena, sql, &statements, e));
    for (uint32_t i = 0; i < statements.count; i++) {
        r->answer.count = 0;
        TRY(statement(r, statements.at[i], sql, e));
    }
    return STATUS_OK;
}

/* ---- steps ----------------------------------------------------------------------------------------------- */

static void fail(struct run *r, uint32_t line, const char *what) {
    r->outcome->failed = true;
    buf_format(&r->outcome->report, "  line %u: %s\n", line, what);
}

static void fail_error(struct run *r, uint32_t line) {
    fail(r, line, "the statement failed");
    buf_format(&r->outcome->report, "    %s: %s\n", status_name(r->error.status), r->error.message);
    if (r->error.hint[0] != '\0') buf_format(&r->outcome->report, "    %s\n", r->error.hint);
}

static struct str path_in(struct run *r, struct str name) {
    return arena_format(r->arena, "%.*s/%.*s", STR_ARG(r->dir), STR_ARG(name));
}

static struct str expand_dir(struct run *r, struct str text) {
    struct list none = {0}, uses = {0};
    struct setting dir = {STR("dir"), r->dir};
    struct str out = text;
    struct error ignored = ERROR_INIT;
    if (list_push(&none, r->arena, &dir) == STATUS_OK) script_variables(r->arena, text, &none, r->env, &out, &uses, &ignored);
    return out;
}

static enum status write_file(struct run *r, const struct test_step *s, struct error *e) {
    struct env_file *f = NULL;
    struct str path = path_in(r, s->argument);
    for (size_t i = path.size_bytes; i > r->dir.size_bytes; i--) {
        if (path.at[i - 1] != '/') continue;
        TRY(env_mkdirs(r->env, (struct str){path.at, i - 1}, e));
        break;
    }
    struct list lines = {0};
    TRY(test_lines(r->arena, s->body, &lines));
    struct buf out = BUF_INIT;
    struct str body = s->body;
    while (body.size_bytes > 1 && body.at[body.size_bytes - 1] == '\n' && body.at[body.size_bytes - 2] == '\n') body.size_bytes--;
    TRY(env_open(r->env, path, ENV_WRITE_NEW, &f, e));
    enum status st = env_write(r->env, f, body.at, body.size_bytes, e);
    env_close(r->env, f);
    buf_deinit(&out);
    return st;
}

static void keep_actual(struct run *r, const struct test_step *s, const struct list *lines) {
    struct test_actual *a = ARENA_NEW(r->arena, struct test_actual);
    if (a == NULL) return;
    *a = (struct test_actual){s, *lines};
    (void)list_push(&r->outcome->actual, r->arena, a);
}

static enum status expect(struct run *r, const struct test_step *s) {
    struct list lines = {0};
    if (r->failed) {
        fail_error(r, s->line);
        r->failed = false;
        return STATUS_OK;
    }
    TRY(test_lines(r->arena, s->body, &lines));
    struct buf why = BUF_INIT;
    if (!compare_lines(r->arena, &r->query_compare, &lines, &r->answer, &why)) {
        fail(r, s->line, "another result");
        buf_str(&r->outcome->report, buf_view(&why));
    }
    buf_deinit(&why);
    keep_actual(r, s, &r->answer);
    return STATUS_OK;
}

static bool contains(const char *text, struct str part) {
    return part.size_bytes == 0 || memmem(text, strlen(text), part.at, part.size_bytes) != NULL;
}

static enum status expect_failure(struct run *r, const struct test_step *s) {
    struct list lines = {0};
    TRY(test_lines(r->arena, s->body, &lines));
    if (!r->failed) {
        fail(r, s->line, "the statement should have failed");
        return STATUS_OK;
    }
    r->failed = false;
    for (uint32_t i = 0; i < lines.count; i++) {
        struct str part = *(struct str *)lines.at[i];
        if (contains(r->error.message, part) || contains(r->error.hint, part)) continue;
        fail(r, s->line, "another error");
        buf_format(&r->outcome->report, "    expected %.*s\n    actual   %s\n", STR_ARG(part), r->error.message);
    }
    return STATUS_OK;
}

static enum status expect_output(struct run *r, const struct test_step *s, struct error *e) {
    struct list expected = {0}, actual = {0};
    struct str text = STR("");
    struct env_stat st;
    TRY(env_stat(r->env, path_in(r, s->argument), &st, e));
    if (st.kind == ENV_FILE) TRY(env_read_file(r->env, r->arena, path_in(r, s->argument), UINT32_MAX, &text, e));
    TRY(test_lines(r->arena, s->body, &expected));
    TRY(test_lines(r->arena, text, &actual));
    struct buf why = BUF_INIT;
    if (!compare_lines(r->arena, &r->output_compare, &expected, &actual, &why)) {
        fail(r, s->line, "another output");
        buf_str(&r->outcome->report, buf_view(&why));
    }
    buf_deinit(&why);
    keep_actual(r, s, &actual);
    return STATUS_OK;
}

/* %unsupported: the statement is refused by name; once it is not, the directive has to go. */
static void expect_refusal(struct run *r, const struct test_step *s) {
    bool named = r->failed && r->error.status == STATUS_UNSUPPORTED && contains(r->error.message, r->unsupported);
    if (!named && r->failed) fail_error(r, s->line);
    if (!named && !r->failed) fail(r, s->line, "is supported now: take %unsupported out");
    r->failed = false;
    r->refused = true;
    r->over = s->kind == STEP_SQL; /* what was to be set up is not there */
    r->unsupported.at = NULL;
}

static enum status run_step(struct run *r, const struct test_step *s, struct error *e) {
    if (r->refused && (s->kind == STEP_EXPECT || s->kind == STEP_FAILS || s->kind == STEP_OUTPUT)) return STATUS_OK;
    bool judges = s->kind == STEP_EXPECT || s->kind == STEP_FAILS;
    if (r->failed && !judges) {
        fail_error(r, s->line);
        r->failed = false;
    }
    switch (s->kind) {
    case STEP_COMPARE: return comparison_parse(s->argument, &r->compare, e);
    case STEP_FILE: return write_file(r, s, e);
    case STEP_EXPECT: return expect(r, s);
    case STEP_FAILS: return expect_failure(r, s);
    case STEP_OUTPUT: return expect_output(r, s, e);
    case STEP_UNSUPPORTED: r->unsupported = s->argument; return STATUS_OK;
    case STEP_NEEDS:
        r->needs_order = r->needs_order || str_equal(s->argument, STR("order"));
        return STATUS_OK;
    case STEP_ORIGIN: return STATUS_OK;
    case STEP_SQL:
    case STEP_QUERY: break;
    }
    error_clear(&r->error);
    r->query_compare = r->output_compare = keyed_comparison(r, NULL, 0);
    r->refused = false;
    r->failed = run_sql(r, expand_dir(r, s->body), &r->error) != STATUS_OK;
    if (r->unsupported.at != NULL) expect_refusal(r, s);
    return STATUS_OK;
}

enum status test_case_run(struct arena *a, struct env *env, const struct args *args, const struct test_case *c,
                          struct test_outcome *ret, struct error *e) {
    struct run r = {.arena = a, .env = env, .args = args, .outcome = ret};
    struct str tmp = env_variable(env, "TMPDIR");
    r.dir = arena_format(a, "%.*s/weir-test-%016llx", STR_ARG(tmp.at == NULL ? STR("/tmp") : tmp), (unsigned long long)env_random(env));
    TRY(env_mkdirs(env, r.dir, e));
    enum status s = session_new(a, &r.session, e);
    if (s == STATUS_OK) r.session->env = env;
    if (s == STATUS_OK) s = session_set(r.session, STR("table.local-time-zone"), STR("UTC"), (struct span){0, 0}, e);
    if (s == STATUS_OK) s = script_settings(r.session, &args->settings, e);
    if (s == STATUS_OK && args->checkpoint_every_batch) {
        s = session_set(r.session, STR("restart-strategy.type"), STR("none"), (struct span){0, 0}, e);
    }
    if (!args->threads) env_set_virtual_us(env, env_wall_us(env));
    for (uint32_t i = 0; s == STATUS_OK && !r.over && i < c->steps.count; i++) s = run_step(&r, c->steps.at[i], e);
    if (s == STATUS_OK && r.failed) fail_error(&r, c->line);
    struct error ignored = ERROR_INIT;
    env_remove_tree(env, r.dir, &ignored);
    return s;
}
