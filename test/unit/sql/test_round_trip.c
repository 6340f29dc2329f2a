/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is printed parses again and prints the same: for every statement of the test suite and the examples, and for generated SQL of the
 * whole grammar. The full form, which views are kept in, does so too. Chains of AND and OR of any length cost no depth.
 */
#include "unit/sql/sql_check.h"

#include "env/env.h"
#include "unit/sql/sql_generator.h"

static bool round_trip(const char *sql, bool must_parse) {
    struct arena *arena = arena_new("test", 0);
    struct buf once = BUF_INIT, twice = BUF_INIT;
    struct list first = {0}, second = {0};
    struct error e = ERROR_INIT;
    bool parsed = parse_script(arena, str_of(sql), &first, &e) == STATUS_OK;
    if (!parsed && must_parse) fail_msg("%s\n  gave the error: %s", sql, e.message);
    if (parsed) {
        sql_unparse(&once, &first);
        if (parse_script(arena, str_of(once.at), &second, &e) != STATUS_OK) fail_msg("%s\n  printed: %s\n  gave the error: %s", sql, once.at, e.message);
        sql_unparse(&twice, &second);
        if (strcmp(once.at, twice.at) != 0) fail_msg("%s\n  printed: %s\n  and then: %s", sql, once.at, twice.at);
    }
    buf_deinit(&once);
    buf_deinit(&twice);
    arena_free(arena);
    return parsed;
}

static void generated_statements_survive(void **state) {
    (void)state;
    struct buf text = BUF_INIT;
    for (uint64_t seed = 1; seed <= 20000; seed++) {
        struct generator g = {.state = seed * UINT64_C(0x9e3779b97f4a7c15), .out = &text};
        buf_reset(&text);
        generate(&g, "statement", 9, 3 + (int)(seed % 5));
        buf_char(&text, '\0');
        assert_false(text.failed);
        (void)round_trip(text.at, true);
    }
    buf_deinit(&text);
}

/* The full form of a generated query parses to the same tree. */
static void full_forms_survive(void **state) {
    (void)state;
    struct buf text = BUF_INIT, full = BUF_INIT, again = BUF_INIT, plain = BUF_INIT;
    for (uint64_t seed = 1; seed <= 5000; seed++) {
        struct generator g = {.state = seed * UINT64_C(0xd1342543de82ef95), .out = &text};
        struct arena *arena = arena_new("test", 0);
        struct list first = {0}, second = {0};
        struct error e = ERROR_INIT;
        buf_reset(&text);
        buf_reset(&full);
        buf_reset(&again);
        buf_reset(&plain);
        generate(&g, "query", 5, 5);
        if (parse_script(arena, buf_view(&text), &first, &e) != STATUS_OK) fail_msg("%.*s\n  gave the error: %s", (int)text.size_bytes, text.at, e.message);
        unparse_query_full(&full, ((const struct ast_statement *)first.at[0])->query);
        if (parse_script(arena, buf_view(&full), &second, &e) != STATUS_OK) fail_msg("%.*s\n  gave the error: %s", (int)full.size_bytes, full.at, e.message);
        unparse_query_full(&again, ((const struct ast_statement *)second.at[0])->query);
        if (!str_equal(buf_view(&full), buf_view(&again))) fail_msg("%.*s\n  and then: %.*s", (int)full.size_bytes, full.at, (int)again.size_bytes, again.at);
        arena_free(arena);
    }
    buf_deinit(&text);
    buf_deinit(&full);
    buf_deinit(&again);
    buf_deinit(&plain);
}

/* ---- the corpus ---- */

static uint32_t file_statements(struct env *env, struct str path) {
    struct arena *arena = arena_new("test", 0);
    struct str text = {NULL, 0};
    struct error e = ERROR_INIT;
    struct buf sql = BUF_INIT;
    uint32_t count = 0;
    bool test = path.at[path.size_bytes - 1] == 't', on = !test;
    assert_int_equal(env_read_file(env, arena, path, 16 << 20, &text, &e), STATUS_OK);
    for (size_t i = 0; i <= text.size_bytes;) {
        const char *end = i < text.size_bytes ? memchr(text.at + i, '\n', text.size_bytes - i) : NULL;
        size_t n = end == NULL ? text.size_bytes - i : (size_t)(end - text.at) - i;
        bool directive = test && (n == 0 || text.at[i] == '%');
        if ((directive && n > 0) || i + n >= text.size_bytes) {
            buf_char(&sql, '\0');
            count += sql.size_bytes > 1 && round_trip(sql.at, false);
            buf_reset(&sql);
            on = !test || (n >= 4 && memcmp(text.at + i, "%sql", 4) == 0) || (n >= 6 && memcmp(text.at + i, "%query", 6) == 0);
        } else if (on) {
            buf_append(&sql, text.at + i, n);
            buf_char(&sql, '\n');
        }
        i += n + 1;
    }
    buf_deinit(&sql);
    arena_free(arena);
    return count;
}

static uint32_t folder_statements(struct env *env, struct arena *arena, struct str folder, const char *ending) {
    struct str *names = NULL;
    uint32_t count = 0, found = 0;
    struct error e = ERROR_INIT;
    assert_int_equal(env_list(env, arena, folder, &names, &count, &e), STATUS_OK);
    for (uint32_t i = 0; i < count; i++) {
        struct env_stat st;
        struct str path = arena_format(arena, "%.*s/%.*s", STR_ARG(folder), STR_ARG(names[i]));
        assert_int_equal(env_stat(env, path, &st, &e), STATUS_OK);
        size_t n = strlen(ending);
        if (st.kind == ENV_DIRECTORY) found += folder_statements(env, arena, path, ending);
        else if (path.size_bytes > n && memcmp(path.at + path.size_bytes - n, ending, n) == 0) found += file_statements(env, path);
    }
    return found;
}

static void the_suite_survives(void **state) {
    (void)state;
    struct arena *arena = arena_new("test", 0);
    struct env *env = env_posix_new();
    struct env_stat st = {.kind = ENV_MISSING};
    struct error e = ERROR_INIT;
    struct str suite = {NULL, 0}, examples = {NULL, 0};
    const char *above = "../../../../"; /* the tests run somewhere below the tree's root */
    for (size_t up = 0; up <= strlen(above) && st.kind != ENV_DIRECTORY; up += 3) {
        suite = arena_format(arena, "%.*stest/sql", (int)up, above);
        examples = arena_format(arena, "%.*sexamples", (int)up, above);
        assert_int_equal(env_stat(env, suite, &st, &e), STATUS_OK);
    }
    assert_true(folder_statements(env, arena, suite, ".test") > 1000);
    assert_true(folder_statements(env, arena, examples, ".sql") > 0);
    env_free(env);
    arena_free(arena);
}

/* ---- chains ---- */

static void chains_cost_no_depth(void **state) {
    (void)state;
    struct buf text = BUF_INIT;
    buf_text(&text, "SELECT a FROM t WHERE a = 0");
    for (int i = 1; i < 5000; i++) buf_format(&text, i % 3 == 0 ? " AND a = %d" : " OR a = %d", i);
    buf_text(&text, " OR (b = 1 AND (c = 2 OR d))");
    buf_char(&text, '\0');
    assert_true(round_trip(text.at, true));
    buf_deinit(&text);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(generated_statements_survive),
        cmocka_unit_test(full_forms_survive),
        cmocka_unit_test(the_suite_survives),
        cmocka_unit_test(chains_cost_no_depth),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
