/* SPDX-License-Identifier: Apache-2.0 */
/*
 * GROUP BY without windows: the changelog row by row, retraction, suppression of unchanged results,
 * and mini-batches.
 */
#include "unit/op/harness.h"

#include "agg/agg.h"

static struct harness *counting(bool retracts, bool mini_batch) {
    struct harness *h = harness_new(NODE_GROUP_AGG);
    struct types *t = h->types;
    const struct type_field in[] = {{STR("k"), type_string(t, true), {0}}, {STR("v"), type_simple(t, TYPE_BIGINT, true), {0}}};
    harness_input(h, in, 2);
    struct agg_call *aggs = ARENA_ARRAY(h->arena, struct agg_call, 2);
    struct error e = ERROR_INIT;
    aggs[0] = (struct agg_call){.func = agg_find(STR("COUNT")), .type = type_simple(h->types, TYPE_BIGINT, false), .filter = -1, .retract = retracts};
    aggs[1] = (struct agg_call){.func = agg_find(STR("SUM")), .type = type_simple(h->types, TYPE_BIGINT, true), .arg_count = 1, .args = {1},
                                .arg_types = {in[1].type}, .filter = -1, .retract = retracts};
    for (int i = 0; i < 2; i++) {
        if (aggs[i].func->choose(&aggs[i], &aggs[i].impl, &e) != STATUS_OK) fail_msg("%s", e.message);
    }
    const struct type_field out[] = {in[0], {STR("n"), aggs[0].type, {0}}, {STR("s"), aggs[1].type, {0}}};
    h->node->row = type_row(h->types, out, 3, false);
    uint32_t *keys = ARENA_ARRAY(h->arena, uint32_t, 1);
    h->node->as.group_agg = (struct group_agg_params){.keys = keys, .key_count = 1, .aggs = aggs, .agg_count = 2, .emit_update_before = true,
                                                      .input_retracts = retracts, .mini_batch = mini_batch, .mini_batch_rows = 1000};
    return h;
}

static void each_row_updates_its_group(void **state) {
    (void)state;
    struct harness *h = counting(false, false);
    harness_run(h, "+I a 1\n+I b 2\n+I a 3\n+I ~ 4\n+I ~ 5\nw 10",
                "+I a 1 1\n+I b 1 2\n-U a 1 1\n+U a 2 4\n+I null 1 4\n-U null 1 4\n+U null 2 9\nw 10\n");
    harness_free(h);
}

static void the_last_retraction_deletes_and_an_unknown_one_is_ignored(void **state) {
    (void)state;
    struct harness *h = counting(true, false);
    harness_run(h, "-D a 1\n+I a 1\n+I a 2\n-U a 1\n+U a 5\n-D a 2\n-D a 5\n+I a 9",
                "+I a 1 1\n-U a 1 1\n+U a 2 3\n-U a 2 3\n+U a 1 2\n-U a 1 2\n+U a 2 7\n-U a 2 7\n+U a 1 5\n-D a 1 5\n+I a 1 9\n");
    harness_free(h);
}

static void a_mini_batch_sends_each_group_once(void **state) {
    (void)state;
    struct harness *h = counting(true, true);
    const char *script = "+I a 1\n+I b 2\n+I a 3\nw 5\n+I a 1\n-D b 2\n+I c 7\n-D c 7\nw 9";
    const char *expected = "+I b 1 2\n+I a 2 4\nw 5\n-D b 1 2\n-U a 2 4\n+U a 3 5\nw 9\n";
    harness_run_way(h, WAY_ONE_BATCH, script, expected);
    harness_run_way(h, WAY_ROW_BY_ROW, script, expected);
    harness_run_way(h, WAY_HOLES, script, expected);
    harness_free(h);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_row_updates_its_group),
        cmocka_unit_test(the_last_retraction_deletes_and_an_unknown_one_is_ignored),
        cmocka_unit_test(a_mini_batch_sends_each_group_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
