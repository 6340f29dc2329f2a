/* SPDX-License-Identifier: Apache-2.0 */
/*
 * History in a file: statements of several lines, between runs, bounded. And the names of commands.
 */
#include "unit/unit.h"

#include "shell/command.h"
#include "shell/history.h"

#include <string.h>

static struct env *env;
static struct arena *arena;
static struct str folder;

static int set_up(void **state) {
    (void)state;
    env = env_posix_new();
    arena = arena_new("test", 0);
    folder = arena_format(arena, "/tmp/weir-history-%016llx", (unsigned long long)env_random(env));
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    (void)env_remove_tree(env, folder, NULL);
    arena_free(arena);
    env_free(env);
    return 0;
}

static struct history *opened(struct str path) {
    struct history *h = NULL;
    assert_int_equal(history_new(env, path, &h, NULL), STATUS_OK);
    return h;
}

static void entries_come_back_whole(void **state) {
    (void)state;
    struct str path = arena_format(arena, "%.*s/deep/history", STR_ARG(folder));
    struct history *h = opened(path);
    assert_int_equal(history_add(h, STR("SELECT 1;"), NULL), STATUS_OK);
    assert_int_equal(history_add(h, STR("  SELECT\n  '\\n';\n"), NULL), STATUS_OK);
    assert_int_equal(history_add(h, STR("SELECT\n  '\\n';"), NULL), STATUS_OK);
    assert_int_equal(history_add(h, STR("  "), NULL), STATUS_OK);
    assert_int_equal(history_count(h), 2);
    history_free(h);
    h = opened(path);
    assert_int_equal(history_count(h), 2);
    assert_true(str_equal(history_at(h, 1), STR("SELECT\n  '\\n';")));
    history_free(h);
}

static void old_entries_go(void **state) {
    (void)state;
    struct str path = arena_format(arena, "%.*s/many", STR_ARG(folder));
    struct buf lines = BUF_INIT;
    struct env_file *f = NULL;
    for (int i = 0; i < 3 * HISTORY_ENTRIES_MAX; i++) buf_format(&lines, "SELECT %d;\n", i);
    assert_int_equal(env_mkdirs(env, folder, NULL), STATUS_OK);
    assert_int_equal(env_open(env, path, ENV_WRITE_NEW, &f, NULL), STATUS_OK);
    assert_int_equal(env_write(env, f, lines.at, lines.size_bytes, NULL), STATUS_OK);
    env_close(env, f);
    buf_deinit(&lines);
    struct history *h = opened(path);
    struct env_stat st;
    assert_int_equal(history_count(h), HISTORY_ENTRIES_MAX);
    assert_true(str_equal(history_at(h, HISTORY_ENTRIES_MAX - 1), STR("SELECT 14999;")));
    history_free(h);
    assert_int_equal(env_stat(env, path, &st, NULL), STATUS_OK);
    assert_true(st.size_bytes < 80 * 1024); /* written anew */
}

static void a_file_that_cannot_be_is_no_error(void **state) {
    (void)state;
    struct history *h = opened(STR("/proc/nowhere/history"));
    assert_int_equal(history_add(h, STR("SELECT 1;"), NULL), STATUS_OK);
    assert_int_equal(history_count(h), 1);
    history_free(h);
}

static void commands_are_told_from_sql(void **state) {
    (void)state;
    struct str name, argument;
    assert_true(command_split(STR(" \\d  orders ; "), &name, &argument));
    assert_true(str_equal(name, STR("\\d")) && str_equal(argument, STR("orders")));
    assert_true(command_split(STR(".mode csv"), &name, &argument));
    assert_true(command_split(STR("quit;"), &name, &argument));
    assert_true(command_split(STR("HELP"), &name, &argument));
    assert_true(command_split(STR("SOURCE 'a.sql';"), &name, &argument));
    assert_true(str_equal(argument, STR("'a.sql'")));
    assert_false(command_split(STR("HELP me"), &name, &argument));
    assert_false(command_split(STR("SELECT 1"), &name, &argument));
    assert_false(command_split(STR(".5"), &name, &argument));
    assert_false(command_split(STR("  "), &name, &argument));
    assert_int_equal(command_find(STR(".exit"))->id, SHELL_QUIT);
    assert_null(command_find(STR(".nothing")));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(entries_come_back_whole),
        cmocka_unit_test(old_entries_go),
        cmocka_unit_test(a_file_that_cannot_be_is_no_error),
        cmocka_unit_test(commands_are_told_from_sql),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
