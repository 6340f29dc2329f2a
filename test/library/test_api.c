/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_api: the library through its header alone: statements, results, errors with their places,
 * ends from another thread, and that handles may be freed in any order.
 */
#include <weir.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>
#include <pthread.h>

/* Order of includes: cmocka wants the standard headers before it. */

static weir_session *open_session(void) {
    weir_session *s = NULL;
    assert_int_equal(weir_session_new(&s, NULL), WEIR_OK);
    return s;
}

/* error by address: an argument may be read before the call beside it. */
static void must(weir_status status, weir_error **error) {
    if (status == WEIR_OK) return;
    print_message("%s\n", weir_error_text(*error));
    fail();
}

static weir_result *query(weir_session *s, const char *sql) {
    weir_error *error = NULL;
    weir_result *r = NULL;
    must(weir_execute(s, sql, &r, &error), &error);
    return r;
}

static void define(weir_session *s, const char *sql) {
    weir_error *error = NULL;
    must(weir_execute(s, sql, NULL, &error), &error);
}

static const char *text_at(const struct ArrowArray *a, int64_t row, char *out, size_t size) {
    const int32_t *offsets = a->buffers[1];
    snprintf(out, size, "%.*s", (int)(offsets[row + 1] - offsets[row]), (const char *)a->buffers[2] + offsets[row]);
    return out;
}

/* All rows of a result with columns of text: "a,b;c,d;". */
static void rows_text(weir_result *r, char *out, size_t size) {
    weir_error *error = NULL;
    struct ArrowArray rows;
    char cell[256];
    size_t at = 0;
    out[0] = '\0';
    for (;;) {
        must(weir_result_next(r, &rows, &error), &error);
        if (rows.release == NULL) return;
        for (int64_t i = 0; i < rows.length; i++) {
            for (int64_t c = 0; c < rows.n_children; c++) at += (size_t)snprintf(out + at, size - at, "%s%s", c == 0 ? "" : ",", text_at(rows.children[c], i, cell, sizeof cell));
            at += (size_t)snprintf(out + at, size - at, ";");
        }
        rows.release(&rows);
    }
}

static void an_error_knows_its_place(void **state) {
    (void)state;
    weir_session *s = open_session();
    weir_error *error = NULL;
    uint32_t begin = 0, end = 0;
    static const char sql[] = "CREATE TEMPORARY VIEW v AS SELECT 1 AS a;\nSELECT a,\n       bb FROM v";
    assert_int_equal(weir_execute(s, sql, NULL, &error), WEIR_NOT_FOUND);
    assert_int_equal(weir_error_line(error), 3);
    assert_int_equal(weir_error_column(error), 8);
    weir_error_span(error, &begin, &end);
    assert_memory_equal(sql + begin, "bb", end - begin);
    assert_string_equal(weir_status_name(weir_error_status(error)), "NOT_FOUND");
    assert_non_null(strstr(weir_error_text(error), "^^"));
    weir_error_free(error);
    assert_int_equal(weir_execute(s, "SELEC 1", NULL, &error), WEIR_SYNTAX);
    weir_session_free(s);
    assert_non_null(strstr(weir_error_text(error), "SELECT"));
    weir_error_free(error);
    weir_error_free(NULL);
}

static void a_text_is_cut_into_statements(void **state) {
    (void)state;
    static const char sql[] = " -- one\nSET 'parallelism.default' = '1'; ; SELECT ';' AS a /* ; */; -- end\n";
    weir_session *s = open_session();
    weir_error *error = NULL;
    size_t at = 0, used = 0;
    int count = 0, jobs = 0;
    for (;;) {
        weir_statement *statement = NULL;
        must(weir_statement_parse(s, sql + at, strlen(sql) - at, &statement, &used, &error), &error);
        if (statement == NULL) break;
        at += used;
        count++;
        jobs += weir_statement_makes_job(statement);
        weir_statement_free(statement);
    }
    assert_int_equal(count, 2);
    assert_int_equal(jobs, 1);
    weir_session_free(s);
}

static void a_statement_runs_again(void **state) {
    (void)state;
    weir_session *s = open_session();
    weir_statement *statement = NULL;
    weir_result *first = NULL, *second = NULL;
    char rows[64];
    assert_int_equal(weir_statement_parse(s, "SELECT UPPER('x') AS a", 22, &statement, NULL, NULL), WEIR_OK);
    assert_int_equal(weir_statement_execute(statement, &first, NULL), WEIR_OK);
    assert_int_equal(weir_statement_execute(statement, &second, NULL), WEIR_OK);
    weir_statement_free(statement);
    weir_session_free(s); /* the results keep it */
    rows_text(first, rows, sizeof rows);
    assert_string_equal(rows, "X;");
    weir_result_free(first);
    rows_text(second, rows, sizeof rows);
    assert_string_equal(rows, "X;");
    weir_result_free(second);
}

static void texts_come_as_rows(void **state) {
    (void)state;
    weir_session *s = open_session();
    char rows[8192];
    define(s, "CREATE TABLE t (a INT) WITH ('connector' = 'datagen'); CREATE VIEW v AS SELECT a FROM t");
    weir_result *r = query(s, "SHOW TABLES");
    assert_true(weir_result_has_rows(r) && weir_result_ends(r) && !weir_result_updates(r));
    rows_text(r, rows, sizeof rows);
    assert_string_equal(rows, "t;v;");
    weir_result_free(r);
    r = query(s, "EXPLAIN SELECT a + 1 FROM t");
    rows_text(r, rows, sizeof rows);
    assert_non_null(strstr(rows, "Optimized Physical Plan"));
    weir_result_free(r);
    r = query(s, "DROP VIEW v");
    assert_false(weir_result_has_rows(r));
    assert_int_equal(weir_result_finish(r, NULL), WEIR_OK);
    assert_int_equal(weir_result_next(r, &(struct ArrowArray){0}, NULL), WEIR_INVALID);
    weir_result_free(r);
    weir_session_free(s);
}

static void the_schema_names_types(void **state) {
    (void)state;
    static const char *const formats[] = {"u", "i", "d:10,2", "tsu:", "+l", "+m", "+s", "tdD"};
    weir_session *s = open_session();
    weir_result *r = query(s, "SELECT 'x' AS a, 1 AS b, CAST(1 AS DECIMAL(10, 2)) AS c, TIMESTAMP '2024-01-01 00:00:00' AS d, ARRAY[1] AS e, MAP['a', 1] AS f, "
                              "ROW(1) AS g, CAST(NULL AS DATE) AS h");
    struct ArrowSchema schema;
    assert_int_equal(weir_result_schema(r, &schema, NULL), WEIR_OK);
    assert_string_equal(schema.format, "+s");
    assert_int_equal(schema.n_children, 8);
    for (int i = 0; i < 8; i++) {
        assert_string_equal(schema.children[i]->format, formats[i]);
        assert_int_equal(schema.children[i]->name[0], 'a' + i);
        assert_int_equal(schema.children[i]->flags, i == 7 ? ARROW_FLAG_NULLABLE : 0);
    }
    /* A child that was moved out lives on. */
    struct ArrowSchema moved = *schema.children[5];
    schema.children[5]->release = NULL;
    schema.release(&schema);
    assert_string_equal(moved.children[0]->children[0]->name, "key");
    moved.release(&moved);
    weir_result_free(r);
    weir_session_free(s);
}

static void a_changelog_is_asked_for_before_rows(void **state) {
    (void)state;
    static const char sql[] = "SELECT k, CAST(COUNT(*) AS STRING) AS c FROM (VALUES ('a'), ('b'), ('a')) AS t (k) GROUP BY k";
    weir_session *s = open_session();
    char rows[256];
    weir_result *r = query(s, sql);
    assert_true(weir_result_updates(r));
    rows_text(r, rows, sizeof rows);
    assert_string_equal(rows, "a,2;b,1;");
    assert_int_equal(weir_result_changelog(r, NULL), WEIR_INVALID);
    weir_result_free(r);
    r = query(s, sql);
    assert_int_equal(weir_result_changelog(r, NULL), WEIR_OK);
    rows_text(r, rows, sizeof rows);
    assert_string_equal(rows, "+I,a,1;+I,b,1;-U,a,1;+U,a,2;");
    weir_metrics m = {.struct_bytes = sizeof m};
    weir_result_metrics(r, &m);
    assert_int_equal(m.rows_in, 3);
    weir_result_free(r);
    weir_session_free(s);
}

static void what_never_ends_has_no_final_table(void **state) {
    (void)state;
    weir_session *s = open_session();
    define(s, "CREATE TABLE t (a INT) WITH ('connector' = 'datagen', 'rows-per-second' = '100')");
    weir_result *r = query(s, "SELECT COUNT(*) AS c FROM t");
    assert_false(weir_result_ends(r));
    assert_int_equal(weir_result_next(r, &(struct ArrowArray){0}, NULL), WEIR_INVALID);
    assert_int_equal(weir_result_changelog(r, NULL), WEIR_OK);
    struct ArrowArray rows; /* a first batch arrives although the query goes on for ever */
    assert_int_equal(weir_result_next(r, &rows, NULL), WEIR_OK);
    assert_true(rows.length > 0);
    rows.release(&rows);
    weir_result_free(r);
    weir_session_free(s);
}

static void wait_a_little(void) { nanosleep(&(struct timespec){.tv_nsec = 100 * 1000 * 1000}, NULL); }

static void *end_soon(void *argument) {
    wait_a_little();
    weir_result_cancel(argument);
    return NULL;
}

static void *stop_soon(void *argument) {
    wait_a_little();
    weir_result_stop(argument);
    return NULL;
}

static void another_thread_ends_a_job(void **state) {
    (void)state;
    for (int stop = 0; stop < 2; stop++) {
        for (int parallel = 0; parallel < 2; parallel++) {
            weir_session *s = open_session();
            weir_session_parallelism(s, parallel ? 2 : 1);
            define(s, "CREATE TABLE t (a INT) WITH ('connector' = 'datagen', 'rows-per-second' = '50'); CREATE TABLE sink (a INT) WITH ('connector' = 'blackhole')");
            weir_result *r = query(s, "INSERT INTO sink SELECT a FROM t");
            pthread_t thread;
            assert_int_equal(pthread_create(&thread, NULL, stop ? stop_soon : end_soon, r), 0);
            weir_error *error = NULL;
            weir_status status = weir_result_finish(r, &error);
            pthread_join(thread, NULL);
            assert_int_equal(status, stop ? WEIR_OK : WEIR_CANCELLED);
            weir_error_free(error);
            weir_result_free(r);
            weir_session_free(s);
        }
    }
}

static void standard_streams_are_the_programs(void **state) {
    (void)state;
    weir_session *s = open_session();
    weir_error *error = NULL;
    assert_int_equal(weir_execute(s, "SELECT * FROM stdin", NULL, &error), WEIR_NOT_FOUND);
    weir_error_free(error);
    define(s, "CREATE TABLE p (a INT) WITH ('connector' = 'print')");
    assert_int_equal(weir_execute(s, "INSERT INTO p VALUES (1)", NULL, &error), WEIR_INVALID);
    assert_non_null(strstr(weir_error_message(error), "print"));
    weir_error_free(error);
    weir_session_free(s);
}

static void a_failed_row_stays_failed(void **state) {
    (void)state;
    weir_session *s = open_session();
    weir_result *r = query(s, "SELECT CAST(x AS INT) AS n FROM (VALUES ('1'), ('one')) AS t (x)");
    for (int i = 0; i < 2; i++) {
        weir_error *error = NULL;
        struct ArrowArray rows = {0};
        weir_status status = WEIR_OK;
        do {
            status = weir_result_next(r, &rows, &error);
            if (status == WEIR_OK && rows.release != NULL) rows.release(&rows);
        } while (status == WEIR_OK && rows.length > 0);
        assert_int_equal(status, WEIR_EVALUATION);
        assert_non_null(strstr(weir_error_message(error), "one"));
        weir_error_free(error);
    }
    weir_result_free(r);
    weir_session_free(s);
}

static void settings_and_sessions_are_apart(void **state) {
    (void)state;
    weir_session *a = open_session(), *b = open_session();
    weir_error *error = NULL;
    must(weir_session_set(a, "table.local-time-zone", "Asia/Tokyo", &error), &error);
    must(weir_session_set(b, "table.local-time-zone", "UTC", &error), &error);
    assert_int_equal(weir_session_set(a, "table.local-time-zon", "UTC", &error), WEIR_OPTION);
    assert_non_null(strstr(weir_error_hint(error), "table.local-time-zone"));
    weir_error_free(error);
    char rows[64];
    weir_result *in_a = query(a, "SELECT CAST(TO_TIMESTAMP_LTZ(0, 3) AS STRING) AS t"), *in_b = query(b, "SELECT CAST(TO_TIMESTAMP_LTZ(0, 3) AS STRING) AS t");
    rows_text(in_a, rows, sizeof rows);
    assert_string_equal(rows, "1970-01-01 09:00:00.000;");
    rows_text(in_b, rows, sizeof rows);
    assert_string_equal(rows, "1970-01-01 00:00:00.000;");
    weir_result_free(in_a);
    weir_result_free(in_b);
    weir_session_free(a);
    weir_session_free(b);
}

static void *count_words(void *failures) {
    for (int i = 0; i < 20; i++) {
        weir_session *s = open_session();
        weir_result *r = NULL;
        struct ArrowArray rows = {0};
        weir_session_parallelism(s, i % 2 == 0 ? 1 : 2);
        weir_status st = weir_execute(s, "SELECT w, COUNT(*) AS n FROM (VALUES ('a'), ('b'), ('a')) AS t (w) WHERE REGEXP(w, '[ab]') GROUP BY w", &r, NULL);
        if (st == WEIR_OK) st = weir_result_next(r, &rows, NULL);
        if (st != WEIR_OK || rows.release == NULL || rows.length != 2) (*(int *)failures)++;
        if (st == WEIR_OK && rows.release != NULL) rows.release(&rows);
        weir_result_free(r);
        weir_session_free(s);
    }
    return NULL;
}

static void sessions_run_side_by_side(void **state) {
    (void)state;
    enum { THREADS = 4 };
    pthread_t threads[THREADS];
    int failures[THREADS] = {0};
    for (int i = 0; i < THREADS; i++) assert_int_equal(pthread_create(&threads[i], NULL, count_words, &failures[i]), 0);
    for (int i = 0; i < THREADS; i++) {
        pthread_join(threads[i], NULL);
        assert_int_equal(failures[i], 0);
    }
}

static void a_stream_outlives_its_result(void **state) {
    (void)state;
    weir_session *s = open_session();
    struct ArrowArrayStream stream;
    struct ArrowArray rows;
    char cell[16];
    weir_result *r = query(s, "SELECT 'kept' AS a");
    assert_int_equal(weir_result_stream(r, &stream, NULL), WEIR_OK);
    weir_result_free(r);
    weir_session_free(s);
    assert_int_equal(stream.get_next(&stream, &rows), 0);
    stream.release(&stream);
    assert_string_equal(text_at(rows.children[0], 0, cell, sizeof cell), "kept"); /* and an array its stream */
    rows.release(&rows);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_error_knows_its_place),
        cmocka_unit_test(a_text_is_cut_into_statements),
        cmocka_unit_test(a_statement_runs_again),
        cmocka_unit_test(texts_come_as_rows),
        cmocka_unit_test(the_schema_names_types),
        cmocka_unit_test(a_changelog_is_asked_for_before_rows),
        cmocka_unit_test(what_never_ends_has_no_final_table),
        cmocka_unit_test(another_thread_ends_a_job),
        cmocka_unit_test(standard_streams_are_the_programs),
        cmocka_unit_test(a_failed_row_stays_failed),
        cmocka_unit_test(settings_and_sessions_are_apart),
        cmocka_unit_test(sessions_run_side_by_side),
        cmocka_unit_test(a_stream_outlives_its_result),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
