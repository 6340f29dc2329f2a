/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Restart strategies: how many restarts there are, and after which delay.
 */
#include "unit/unit.h"

#include "runtime/restart.h"

struct fixture {
    struct env *env;
    struct arena *arena;
    struct session *session;
    struct restart restart;
    int64_t delay_ms;
};

static int setup(void **state) {
    static struct fixture f;
    f.env = env_posix_new();
    f.arena = arena_new("test", 0);
    assert_int_equal(session_new(f.arena, &f.session, NULL), STATUS_OK);
    *state = &f;
    return 0;
}

static int teardown(void **state) {
    struct fixture *f = *state;
    arena_free(f->arena);
    env_free(f->env);
    return 0;
}

static void set(struct fixture *f, const char *key, const char *value) {
    assert_int_equal(session_set(f->session, str_of(key), str_of(value), (struct span){0, 0}, NULL), STATUS_OK);
}

static void begin(struct fixture *f, bool checkpoints) {
    assert_int_equal(restart_init(&f->restart, f->arena, f->session, checkpoints, NULL), STATUS_OK);
}

static bool again(struct fixture *f, int64_t now_ms) { return restart_allowed(&f->restart, f->env, now_ms, &f->delay_ms); }

static void without_checkpoints_there_is_none(void **state) {
    struct fixture *f = *state;
    begin(f, false);
    assert_false(again(f, 0));
}

static void with_checkpoints_delays_grow_up_to_a_bound(void **state) {
    struct fixture *f = *state;
    set(f, "restart-strategy.exponential-delay.jitter-factor", "0");
    begin(f, true);
    const int64_t expected[] = {1000, 1500, 2250, 3375};
    for (int i = 0; i < 4; i++) {
        assert_true(again(f, i * 1000));
        assert_int_equal(f->delay_ms, expected[i]);
    }
    for (int i = 0; i < 20; i++) assert_true(again(f, 5000));
    assert_int_equal(f->delay_ms, 60000);
    assert_true(again(f, 5000 + 3600001));
    assert_int_equal(f->delay_ms, 1000);
}

static void fixed_delay_counts_its_attempts(void **state) {
    struct fixture *f = *state;
    set(f, "restart-strategy.type", "fixed-delay");
    set(f, "restart-strategy.fixed-delay.attempts", "2");
    set(f, "restart-strategy.fixed-delay.delay", "7 ms");
    begin(f, false);
    assert_true(again(f, 0));
    assert_int_equal(f->delay_ms, 7);
    assert_true(again(f, 0));
    assert_false(again(f, 0));
}

static void failure_rate_forgets_what_is_long_ago(void **state) {
    struct fixture *f = *state;
    set(f, "restart-strategy.type", "failure-rate");
    set(f, "restart-strategy.failure-rate.max-failures-per-interval", "2");
    set(f, "restart-strategy.failure-rate.failure-rate-interval", "10 s");
    begin(f, false);
    assert_true(again(f, 0));
    assert_true(again(f, 5000));
    assert_true(again(f, 10001));
    assert_false(again(f, 11000));
}

static void none_is_none_even_with_checkpoints(void **state) {
    struct fixture *f = *state;
    set(f, "restart-strategy.type", "none");
    begin(f, true);
    assert_false(again(f, 0));
}

int main(void) {
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        T(without_checkpoints_there_is_none),
        T(with_checkpoints_delays_grow_up_to_a_bound),
        T(fixed_delay_counts_its_attempts),
        T(failure_rate_forgets_what_is_long_ago),
        T(none_is_none_even_with_checkpoints),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
