/* SPDX-License-Identifier: Apache-2.0 */
/* Sessions: keys that older releases of Flink had are kept under those of today. */
#include "unit/unit.h"

#include "catalog/session.h"

static struct arena *arena;
static struct session *session;
static struct error error;

static int setup(void **state) {
    (void)state;
    error_clear(&error);
    arena = arena_new("test", 0);
    return arena == NULL || session_new(arena, &session, &error) != STATUS_OK;
}

static int teardown(void **state) {
    (void)state;
    arena_free(arena);
    return 0;
}

static const struct span nowhere = {0, 0};

static void an_old_key_sets_the_key_of_today(void **state) {
    (void)state;
    assert_int_equal(session_set(session, STR("state.checkpoints.dir"), STR("/data"), nowhere, &error), STATUS_OK);
    assert_true(session_get(session, "execution.checkpointing.dir").given);
    assert_true(str_equal(session_get(session, "execution.checkpointing.dir").text, STR("/data")));
    assert_int_equal(session_set(session, STR("execution.checkpointing.dir"), STR("/other"), nowhere, &error), STATUS_OK);
    assert_true(str_equal(session_get(session, "execution.checkpointing.dir").text, STR("/other")));
    assert_int_equal(session_reset(session, STR("state.checkpoints.dir"), &error), STATUS_OK);
    assert_false(session_get(session, "execution.checkpointing.dir").given);
}

static void an_unknown_key_stays_one(void **state) {
    (void)state;
    assert_true(session_known(STR("restart-strategy")));
    assert_true(str_equal(session_key(STR("parallelism.default")), STR("parallelism.default")));
    assert_int_equal(session_set(session, STR("state.checkpoint.dir"), STR("/data"), nowhere, &error), STATUS_OPTION);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(an_old_key_sets_the_key_of_today, setup, teardown),
        cmocka_unit_test_setup_teardown(an_unknown_key_stays_one, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
