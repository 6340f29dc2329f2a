/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the parser's tests share: parse a text, compare what the unparser makes of it, and parse that
 * again; or compare the error's status, the text under its span, and its message.
 */
#ifndef WEIR_TEST_UNIT_SQL_SQL_CHECK_H
#define WEIR_TEST_UNIT_SQL_SQL_CHECK_H

#include "unit/unit.h"

#include "sql/parser.h"
#include "sql/unparse.h"

#include <stdio.h>

struct sql_case {
    const char *sql;
    const char *expected; /* NULL: the text comes back as it is */
};

struct error_case {
    const char *sql;
    enum status status;
    const char *marked;  /* the text under the span */
    const char *message; /* a part of it */
};

static inline void sql_unparse(struct buf *out, const struct list *statements) {
    for (uint32_t i = 0; i < statements->count; i++) {
        if (i > 0) buf_text(out, "; ");
        unparse_statement(out, statements->at[i]);
    }
    buf_char(out, '\0');
    assert_false(out->failed);
}

static inline void sql_check_text(struct arena *arena, const char *sql, const char *expected, struct buf *out) {
    struct list statements = {0};
    struct error error = ERROR_INIT;
    if (parse_script(arena, str_of(sql), &statements, &error) != STATUS_OK) {
        fail_msg("%s\n  gave the error: %s", sql, error.message);
    }
    buf_reset(out);
    sql_unparse(out, &statements);
    assert_string_equal(out->at, expected);
}

static inline void sql_check(const struct sql_case *c) {
    const char *expected = c->expected == NULL ? c->sql : c->expected;
    struct arena *arena = arena_new("test", 0);
    struct buf out = BUF_INIT;
    assert_non_null(arena);
    sql_check_text(arena, c->sql, expected, &out);
    sql_check_text(arena, expected, expected, &out);
    buf_deinit(&out);
    arena_free(arena);
}

static inline void sql_check_all(const struct sql_case *cases, size_t count) {
    for (size_t i = 0; i < count; i++) sql_check(&cases[i]);
}

static inline void sql_check_error(const struct error_case *c) {
    struct arena *arena = arena_new("test", 0);
    struct list statements = {0};
    struct error error = ERROR_INIT;
    enum status s = parse_script(arena, str_of(c->sql), &statements, &error);
    if (s != c->status || error.status != s) fail_msg("%s\n  gave %s: %s", c->sql, status_name(s), error.message);
    size_t size = error.span.end - error.span.begin;
    if (error.span.end > strlen(c->sql) || size != strlen(c->marked) || memcmp(c->sql + error.span.begin, c->marked, size) != 0) {
        fail_msg("%s\n  marked [%u, %u), not '%s': %s", c->sql, error.span.begin, error.span.end, c->marked, error.message);
    }
    if (strstr(error.message, c->message) == NULL) fail_msg("%s\n  said: %s\n  not: %s", c->sql, error.message, c->message);
    arena_free(arena);
}

static inline void sql_check_errors(const struct error_case *cases, size_t count) {
    for (size_t i = 0; i < count; i++) sql_check_error(&cases[i]);
}

#define SQL_CHECK(cases) sql_check_all((cases), sizeof(cases) / sizeof *(cases))
#define SQL_CHECK_ERRORS(cases) sql_check_errors((cases), sizeof(cases) / sizeof *(cases))

#endif
