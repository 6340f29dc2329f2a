/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WEIR_TEST_UNIT_PLAN_PLAN_CHECK_H
#define WEIR_TEST_UNIT_PLAN_PLAN_CHECK_H

#include "unit/unit.h"

#include "plan/plan.h"
#include "sql/parser.h"

#include <stdio.h>
#include <string.h>

/* A script's statements run one after the other in one session; the last one is planned. */
struct fixture {
    struct arena *arena;
    struct session *session;
    struct plan *plan;
    struct text_table table;
    struct error error;
};

#define TABLES                                                                                                        \
    "CREATE TABLE t (k STRING, v INT, n BIGINT NOT NULL, d DOUBLE, ts TIMESTAMP(3), r ROW<a INT, b ROW<c STRING>>, "   \
    "c2 AS v + 1, p AS PROCTIME(), WATERMARK FOR ts AS ts - INTERVAL '5' SECOND) "                                     \
    "WITH ('connector' = 'values', 'path' = '/nowhere/t');\n"                                                          \
    "CREATE TABLE up (id STRING, v INT, PRIMARY KEY (id) NOT ENFORCED) "                                               \
    "WITH ('connector' = 'values', 'path' = '/nowhere/u', 'changelog-mode' = 'I,UA,D');\n"                             \
    "CREATE TABLE cdc (id STRING, v INT, PRIMARY KEY (id) NOT ENFORCED) "                                              \
    "WITH ('connector' = 'values', 'path' = '/nowhere/c', 'changelog-mode' = 'I,UB,UA,D');\n"                          \
    "CREATE TABLE o (k STRING, n BIGINT) WITH ('connector' = 'values', 'path' = '/nowhere/o');\n"                      \
    "CREATE TABLE ok (k STRING, n BIGINT, PRIMARY KEY (k) NOT ENFORCED) "                                              \
    "WITH ('connector' = 'values', 'path' = '/nowhere/ok');\n"                                                         \
    "CREATE TABLE oi (k STRING, n BIGINT) WITH ('connector' = 'values', 'path' = '/nowhere/oi', 'sink-insert-only' = 'true');\n"

static inline enum status fixture_statement(struct fixture *f, const struct ast_statement *s, struct str sql) {
    switch (s->kind) {
    case AST_SELECT:
    case AST_INSERT:
    case AST_STATEMENT_SET:
    case AST_EXPLAIN: return plan_statement(f->session, f->arena, s, sql, 0, &f->plan, &f->error);
    case AST_SHOW:
    case AST_DESCRIBE: return plan_show(f->session, f->arena, s, &f->table, &f->error);
    default: return plan_execute_ddl(f->session, s, sql, &f->error);
    }
}

/* Runs TABLES and the script. The fixture's arena holds everything. */
static inline enum status fixture_run(struct fixture *f, const char *script) {
    *f = (struct fixture){.arena = arena_new("test", 0)};
    struct list statements = {0};
    struct str sql = arena_format(f->arena, "%s%s", TABLES, script);
    enum status status = session_new(f->arena, &f->session, &f->error);
    if (status == STATUS_OK) status = parse_script(f->arena, sql, &statements, &f->error);
    for (uint32_t i = 0; status == STATUS_OK && i < statements.count; i++) status = fixture_statement(f, statements.at[i], sql);
    return status;
}

static inline void fixture_free(struct fixture *f) { arena_free(f->arena); }

/* The operators with their changelog modes, one per line. */
static inline void fixture_print(const struct fixture *f, struct buf *out) {
    plan_print(out, f->plan, true);
    buf_char(out, '\0');
    assert_false(out->failed);
}

static inline void assert_plan_has(const char *script, const char *const *parts, size_t count) {
    struct fixture f;
    struct buf text = BUF_INIT;
    enum status status = fixture_run(&f, script);
    if (status != STATUS_OK) fail_msg("%s\n%s", script, f.error.message);
    fixture_print(&f, &text);
    for (size_t i = 0; i < count; i++) {
        if (strstr(text.at, parts[i]) == NULL) fail_msg("%s\nlacks: %s\n%s", script, parts[i], text.at);
    }
    buf_deinit(&text);
    fixture_free(&f);
}

static inline void assert_plan_lacks(const char *script, const char *part) {
    struct fixture f;
    struct buf text = BUF_INIT;
    enum status status = fixture_run(&f, script);
    if (status != STATUS_OK) fail_msg("%s\n%s", script, f.error.message);
    fixture_print(&f, &text);
    if (strstr(text.at, part) != NULL) fail_msg("%s\nmust not have: %s\n%s", script, part, text.at);
    buf_deinit(&text);
    fixture_free(&f);
}

#define PLAN_HAS(script, ...)                                                                       \
    do {                                                                                            \
        static const char *const parts_[] = {__VA_ARGS__};                                          \
        assert_plan_has(script, parts_, sizeof parts_ / sizeof *parts_);                            \
    } while (0)

static inline void assert_refused(const char *script, enum status status, const char *part) {
    struct fixture f;
    enum status got = fixture_run(&f, script);
    if (got != status) fail_msg("%s\ngave %s, not %s: %s", script, status_name(got), status_name(status), f.error.message);
    if (strstr(f.error.message, part) == NULL) fail_msg("%s\nsaid: %s\nnot: %s", script, f.error.message, part);
    fixture_free(&f);
}

/* The result's schema as "name TYPE [NOT NULL], ...". */
static inline void assert_schema(const char *script, const char *expected) {
    struct fixture f;
    struct buf text = BUF_INIT;
    enum status status = fixture_run(&f, script);
    if (status != STATUS_OK) fail_msg("%s\n%s", script, f.error.message);
    for (uint32_t i = 0; i < f.plan->result->child_count; i++) {
        buf_format(&text, "%s%.*s ", i > 0 ? ", " : "", STR_ARG(f.plan->result_names[i]));
        type_plain(&text, f.plan->result->children[i].type);
    }
    buf_char(&text, '\0');
    assert_string_equal(text.at, expected);
    buf_deinit(&text);
    fixture_free(&f);
}

#endif
