/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The watermark of several inputs: minimum over the active ones, idleness and return from it.
 */
#include "unit/unit.h"

#include "runtime/valve.h"

struct fixture {
    struct arena *arena;
    struct valve valve;
    struct mark out[2];
};

static int setup(void **state) {
    static struct fixture f;
    f.arena = arena_new("test", 0);
    assert_int_equal(valve_init(&f.valve, f.arena, 3), STATUS_OK);
    *state = &f;
    return 0;
}

static int teardown(void **state) {
    arena_free(((struct fixture *)*state)->arena);
    return 0;
}

static uint32_t put(struct fixture *f, uint32_t input, enum mark_kind kind, int64_t ms) {
    return valve_mark(&f->valve, input, &(struct mark){.kind = kind, .watermark_ms = ms}, f->out);
}

static void the_minimum_goes_out_when_it_rises(void **state) {
    struct fixture *f = *state;
    assert_int_equal(put(f, 0, MARK_WATERMARK, 10), 0);
    assert_int_equal(put(f, 1, MARK_WATERMARK, 20), 0);
    assert_int_equal(put(f, 2, MARK_WATERMARK, 5), 1);
    assert_int_equal(f->out[0].watermark_ms, 5);
    assert_int_equal(put(f, 2, MARK_WATERMARK, 30), 1);
    assert_int_equal(f->out[0].watermark_ms, 10);
    assert_int_equal(put(f, 2, MARK_WATERMARK, 25), 0);
}

static void an_idle_input_holds_nothing_back(void **state) {
    struct fixture *f = *state;
    put(f, 0, MARK_WATERMARK, 10);
    put(f, 1, MARK_WATERMARK, 20);
    assert_int_equal(put(f, 2, MARK_IDLE, 0), 1);
    assert_int_equal(f->out[0].kind, MARK_WATERMARK);
    assert_int_equal(f->out[0].watermark_ms, 10);
}

static void a_returning_input_counts_when_it_has_caught_up(void **state) {
    struct fixture *f = *state;
    put(f, 0, MARK_WATERMARK, 10);
    put(f, 1, MARK_WATERMARK, 20);
    put(f, 2, MARK_IDLE, 0);
    assert_int_equal(put(f, 2, MARK_ACTIVE, 0), 0);
    assert_int_equal(put(f, 0, MARK_WATERMARK, 15), 1);
    assert_int_equal(f->out[0].watermark_ms, 15);
    assert_int_equal(put(f, 2, MARK_WATERMARK, 16), 0);
    assert_int_equal(put(f, 0, MARK_WATERMARK, 19), 1);
    assert_int_equal(f->out[0].watermark_ms, 16);
}

static void the_last_to_go_idle_lets_the_highest_out(void **state) {
    struct fixture *f = *state;
    put(f, 0, MARK_WATERMARK, 10);
    put(f, 1, MARK_WATERMARK, 20);
    put(f, 2, MARK_WATERMARK, 5);
    put(f, 1, MARK_IDLE, 0);
    assert_int_equal(put(f, 2, MARK_IDLE, 0), 1);
    assert_int_equal(f->out[0].watermark_ms, 10);
    assert_int_equal(put(f, 0, MARK_IDLE, 0), 2);
    assert_int_equal(f->out[0].watermark_ms, 20);
    assert_int_equal(f->out[1].kind, MARK_IDLE);
    assert_int_equal(put(f, 0, MARK_ACTIVE, 0), 1);
    assert_int_equal(f->out[0].kind, MARK_ACTIVE);
}

static void the_end_of_an_idle_input_counts(void **state) {
    struct fixture *f = *state;
    for (uint32_t i = 0; i < 3; i++) put(f, i, MARK_IDLE, 0);
    assert_int_equal(put(f, 0, MARK_WATERMARK, WATERMARK_MAX), 2);
    assert_int_equal(f->out[0].kind, MARK_ACTIVE);
    assert_int_equal(f->out[1].watermark_ms, WATERMARK_MAX);
}

int main(void) {
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        T(the_minimum_goes_out_when_it_rises),
        T(an_idle_input_holds_nothing_back),
        T(a_returning_input_counts_when_it_has_caught_up),
        T(the_last_to_go_idle_lets_the_highest_out),
        T(the_end_of_an_idle_input_counts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
