/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The real environment: files, folders, wait objects, pool and virtual time, as the engine uses them.
 */
#include "unit/unit.h"

#include "env/env.h"

#include <stdatomic.h>
#include <string.h>

struct fixture {
    struct env *env;
    struct arena *arena;
    struct str dir;
};

static int fixture_setup(void **state) {
    static struct fixture f;
    f.env = env_posix_new();
    f.arena = arena_new("test", 0);
    f.dir = arena_format(f.arena, "test_env.%llx", (unsigned long long)env_random(f.env));
    assert_int_equal(env_mkdirs(f.env, f.dir, NULL), STATUS_OK);
    *state = &f;
    return 0;
}

static int fixture_teardown(void **state) {
    struct fixture *f = *state;
    assert_int_equal(env_remove_tree(f->env, f->dir, NULL), STATUS_OK);
    struct env_stat st;
    assert_int_equal(env_stat(f->env, f->dir, &st, NULL), STATUS_OK);
    assert_int_equal(st.kind, ENV_MISSING);
    arena_free(f->arena);
    env_free(f->env);
    return 0;
}

static struct str in_dir(struct fixture *f, const char *name) { return arena_format(f->arena, "%.*s/%s", STR_ARG(f->dir), name); }

static void write_file(struct fixture *f, const char *name, struct str text, enum env_open how) {
    struct env_file *file = NULL;
    assert_int_equal(env_open(f->env, in_dir(f, name), how, &file, NULL), STATUS_OK);
    assert_int_equal(env_write(f->env, file, text.at, text.size_bytes, NULL), STATUS_OK);
    assert_int_equal(env_sync(f->env, file, NULL), STATUS_OK);
    env_close(f->env, file);
}

static void what_is_written_is_read_back(void **state) {
    struct fixture *f = *state;
    write_file(f, "a", STR("hello "), ENV_WRITE_NEW);
    write_file(f, "a", STR("world"), ENV_APPEND);
    struct str text;
    assert_int_equal(env_read_file(f->env, f->arena, in_dir(f, "a"), 100, &text, NULL), STATUS_OK);
    assert_true(str_equal(text, STR("hello world")));
    struct error e = ERROR_INIT;
    assert_int_equal(env_read_file(f->env, f->arena, in_dir(f, "a"), 5, &text, &e), STATUS_LIMIT);
    assert_non_null(strstr(e.message, "11 bytes"));
}

static void truncating_moves_the_write_position(void **state) {
    struct fixture *f = *state;
    struct env_file *file = NULL;
    assert_int_equal(env_open(f->env, in_dir(f, "t"), ENV_WRITE_NEW, &file, NULL), STATUS_OK);
    assert_int_equal(env_write(f->env, file, "abcdef", 6, NULL), STATUS_OK);
    assert_int_equal(env_truncate(f->env, file, 2, NULL), STATUS_OK);
    assert_int_equal(env_write(f->env, file, "X", 1, NULL), STATUS_OK);
    uint64_t size = 0;
    assert_int_equal(env_file_size(f->env, file, &size, NULL), STATUS_OK);
    env_close(f->env, file);
    struct str text;
    assert_int_equal(env_read_file(f->env, f->arena, in_dir(f, "t"), 100, &text, NULL), STATUS_OK);
    assert_true(str_equal(text, STR("abX")));
    assert_int_equal(size, 3);
}

static void a_missing_file_is_named_in_the_message(void **state) {
    struct fixture *f = *state;
    struct env_file *file = NULL;
    struct error e = ERROR_INIT;
    assert_int_equal(env_open(f->env, in_dir(f, "none"), ENV_READ, &file, &e), STATUS_NOT_FOUND);
    assert_non_null(strstr(e.message, "none': No such file"));
    assert_int_equal(env_open(f->env, (struct str){"a\0b", 3}, ENV_READ, &file, NULL), STATUS_INVALID);
}

static void a_folder_lists_its_names_in_order(void **state) {
    struct fixture *f = *state;
    assert_int_equal(env_mkdirs(f->env, in_dir(f, "d/e"), NULL), STATUS_OK);
    assert_int_equal(env_mkdirs(f->env, in_dir(f, "d/e"), NULL), STATUS_OK);
    write_file(f, "d/z", STR("1"), ENV_WRITE_NEW);
    write_file(f, "d/b", STR("22"), ENV_WRITE_NEW);
    assert_int_equal(env_rename(f->env, in_dir(f, "d/z"), in_dir(f, "d/a"), NULL), STATUS_OK);
    struct str *names = NULL;
    uint32_t count = 0;
    assert_int_equal(env_list(f->env, f->arena, in_dir(f, "d"), &names, &count, NULL), STATUS_OK);
    assert_int_equal(count, 3);
    assert_true(str_equal(names[0], STR("a")) && str_equal(names[1], STR("b")) && str_equal(names[2], STR("e")));
    assert_int_equal(env_remove(f->env, in_dir(f, "d/none"), NULL), STATUS_OK);
}

struct ping {
    struct env *env;
    struct env_wait *here, *there;
    int rounds;
};

static void ping_main(void *argument) {
    struct ping *p = argument;
    for (int i = 0; i < 1000; i++) {
        env_wait_sleep(p->env, p->there, -1);
        p->rounds++;
        env_wait_wake(p->env, p->here);
    }
}

static void no_wake_is_lost(void **state) {
    struct fixture *f = *state;
    struct ping p = {.env = f->env, .here = env_wait_new(f->env), .there = env_wait_new(f->env)};
    struct env_thread *t = NULL;
    assert_int_equal(env_thread_start(f->env, "ping", ping_main, &p, &t, NULL), STATUS_OK);
    for (int i = 0; i < 1000; i++) {
        env_wait_wake(f->env, p.there);
        env_wait_sleep(f->env, p.here, -1);
    }
    env_thread_join(f->env, t);
    assert_int_equal(p.rounds, 1000);
    env_wait_free(f->env, p.here);
    env_wait_free(f->env, p.there);
}

static void a_sleep_ends_by_its_timeout(void **state) {
    struct fixture *f = *state;
    struct env_wait *w = env_wait_new(f->env);
    int64_t begin = env_monotonic_ns(f->env);
    env_wait_sleep(f->env, w, 3000000);
    assert_true(env_monotonic_ns(f->env) - begin >= 3000000);
    env_wait_free(f->env, w);
}

static void count_up(void *argument) { atomic_fetch_add((atomic_int *)argument, 1); }

static void the_pool_finishes_what_is_queued(void **state) {
    struct fixture *f = *state;
    atomic_int n = 0;
    struct env_pool *pool = NULL;
    assert_int_equal(env_pool_new(f->env, 3, &pool, NULL), STATUS_OK);
    for (int i = 0; i < 500; i++) assert_int_equal(env_pool_submit(pool, count_up, &n, NULL), STATUS_OK);
    env_pool_free(f->env, pool);
    assert_int_equal(n, 500);
}

static void virtual_time_stands_still(void **state) {
    struct fixture *f = *state;
    assert_false(env_is_virtual(f->env));
    assert_true(env_wall_us(f->env) > INT64_C(1600000000000000));
    env_set_virtual_us(f->env, 5);
    assert_true(env_is_virtual(f->env));
    assert_int_equal(env_wall_us(f->env), 5);
}

static void a_command_reads_what_is_written(void **state) {
    struct fixture *f = *state;
    struct error e = ERROR_INIT;
    struct env_command *c = NULL;
    struct env_file *input = NULL;
    struct str path = arena_format(f->arena, "%.*s/copy", STR_ARG(f->dir)), text;
    struct str command = arena_format(f->arena, "cat > '%.*s'; exit 7", STR_ARG(path));
    int code = 0;
    assert_int_equal(env_command_start(f->env, command, &c, &input, &e), STATUS_OK);
    assert_int_equal(env_write(f->env, input, "some text", 9, &e), STATUS_OK);
    assert_int_equal(env_command_end(f->env, c, input), 7);
    assert_int_equal(env_read_file(f->env, f->arena, path, 100, &text, &e), STATUS_OK);
    assert_true(str_equal(text, STR("some text")));
    assert_int_equal(env_make_private(f->env, path, &e), STATUS_OK);
    assert_int_equal(env_command_run(f->env, STR("exit 3"), &code, &e), STATUS_OK);
    assert_int_equal(code, 3);
}

struct counting { struct env_lock *lock; int sum; };

static void count_locked(void *argument) {
    struct counting *c = argument;
    for (int i = 0; i < 10000; i++) {
        env_lock_take(c->lock);
        c->sum++;
        env_lock_give(c->lock);
    }
}

static void a_lock_lets_one_in(void **state) {
    struct fixture *f = *state;
    struct error e = ERROR_INIT;
    struct counting c = {env_lock_new(f->env), 0};
    struct env_thread *t = NULL;
    assert_non_null(c.lock);
    assert_int_equal(env_thread_start(f->env, "count", count_locked, &c, &t, &e), STATUS_OK);
    count_locked(&c);
    env_thread_join(f->env, t);
    assert_int_equal(c.sum, 20000);
    env_lock_free(f->env, c.lock);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_is_written_is_read_back, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(truncating_moves_the_write_position, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(a_missing_file_is_named_in_the_message, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(a_folder_lists_its_names_in_order, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(no_wake_is_lost, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(a_sleep_ends_by_its_timeout, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(the_pool_finishes_what_is_queued, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(a_command_reads_what_is_written, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(a_lock_lets_one_in, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(virtual_time_stands_still, fixture_setup, fixture_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
