/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Aggregation in two phases: local aggregates end their bundles where they must and keep nothing over a
 * barrier; global and incremental ones merge partial rows as if they had seen the rows themselves. Keys leave a bundle
 * in the order of Flink's map: b before a.
 */
#include "unit/op/harness.h"

#include "agg/agg.h"

static struct agg_call *count_and_sum(struct harness *h, bool retracts, bool delta) {
    struct agg_call *aggs = ARENA_ARRAY(h->arena, struct agg_call, 2);
    const struct type *big = type_simple(h->types, TYPE_BIGINT, true);
    struct error e = ERROR_INIT;
    aggs[0] = (struct agg_call){.func = agg_find(STR("COUNT")), .type = type_simple(h->types, TYPE_BIGINT, false), .filter = -1};
    aggs[1] = (struct agg_call){.func = agg_find(STR("SUM")), .type = big, .arg_count = 1, .args = {1}, .arg_types = {big}, .filter = -1};
    for (int i = 0; i < 2; i++) {
        aggs[i].retract = retracts;
        aggs[i].delta = delta;
        if (aggs[i].func->choose(&aggs[i], &aggs[i].impl, &e) != STATUS_OK) fail_msg("%s", e.message);
    }
    return aggs;
}

/* Fields k, then the partial columns of the calls. */
static const struct type *partial_row(struct harness *h, const struct agg_call *aggs, bool rows, uint32_t keys, bool slice) {
    struct type_field f[12];
    struct agg_partial *partials = NULL;
    uint32_t count = 0;
    struct error e = ERROR_INIT;
    assert_int_equal(agg_partials(h->arena, h->types, aggs, 2, rows, &partials, &count, &e), STATUS_OK);
    assert_true(keys + count + 1 <= 12);
    f[0] = (struct type_field){STR("k"), type_string(h->types, true), {0}};
    if (keys == 2) f[1] = (struct type_field){STR("bucket"), type_simple(h->types, TYPE_INT, true), {0}};
    for (uint32_t i = 0; i < count; i++) f[keys + i] = (struct type_field){partials[i].name, partials[i].type, {0}};
    f[keys + count] = (struct type_field){STR("$slice_end"), type_simple(h->types, TYPE_BIGINT, false), {0}};
    return type_row(h->types, f, keys + count + (slice ? 1 : 0), false);
}

static uint32_t *identity(struct harness *h, uint32_t count) {
    uint32_t *keys = ARENA_ARRAY(h->arena, uint32_t, count);
    for (uint32_t i = 0; i < count; i++) keys[i] = i;
    return keys;
}

static struct group_agg_params params(struct harness *h, bool retracts, bool delta, int64_t size) {
    return (struct group_agg_params){.keys = identity(h, 1), .key_count = 1, .aggs = count_and_sum(h, retracts, delta), .agg_count = 2,
                                     .emit_update_before = true, .input_retracts = retracts, .mini_batch = true, .mini_batch_rows = size};
}

/* Input (k STRING, v BIGINT). */
static struct harness *local_group(bool retracts, int64_t size) {
    struct harness *h = harness_new(NODE_LOCAL_GROUP_AGG);
    const struct type_field in[] = {{STR("k"), type_string(h->types, true), {0}}, {STR("v"), type_simple(h->types, TYPE_BIGINT, true), {0}}};
    harness_input(h, in, 2);
    h->node->as.group_agg = params(h, retracts, true, size);
    h->node->row = partial_row(h, h->node->as.group_agg.aggs, retracts, 1, false);
    return h;
}

static struct harness *global_group(bool retracts, int64_t size) {
    struct harness *h = harness_new(NODE_GLOBAL_GROUP_AGG);
    h->node->as.group_agg = params(h, retracts, false, size);
    const struct agg_call *aggs = h->node->as.group_agg.aggs;
    const struct type_field out[] = {{STR("k"), type_string(h->types, true), {0}}, {STR("n"), aggs[0].type, {0}}, {STR("s"), aggs[1].type, {0}}};
    h->input->row = partial_row(h, aggs, retracts, 1, false);
    h->node->row = type_row(h->types, out, 3, false);
    return h;
}

static void run_unbroken(struct harness *h, const char *script, const char *expected) {
    for (int way = WAY_ONE_BATCH; way <= WAY_HOLES; way++) harness_run_way(h, (enum harness_way)way, script, expected);
}

static void a_local_bundle_ends_at_its_size_at_watermarks_and_at_the_end(void **state) {
    (void)state;
    struct harness *h = local_group(false, 3);
    run_unbroken(h, "+I a 1\n+I b 2\n+I a 3\n+I a 4\n+I ~ 5\nw 7\n+I b ~\n+I ~ ~", "+I b 1 2\n+I a 2 4\n+I a 1 4\n+I null 1 5\nw 7\n+I b 1 null\n+I null 1 null\n");
    harness_free(h);
}

static void a_local_aggregate_keeps_nothing_over_a_barrier(void **state) {
    (void)state;
    struct harness *h = local_group(false, 1000);
    harness_run_way(h, WAY_RESTORED, "+I a 1\n+I a 2\nw 5", "+I a 1 1\n+I a 1 2\nw 5\n");
    run_unbroken(h, "+I a 1\n+I a 2\nw 5", "+I a 2 3\nw 5\n");
    harness_free(h);
}

static void retractions_of_earlier_rows_go_below_zero_locally(void **state) {
    (void)state;
    struct harness *h = local_group(true, 1000);
    run_unbroken(h, "-U a 1\n+U a 5\n-D b 2\nw 5", "+I b -1 -2 -1 -1\n+I a 0 4 0 0\nw 5\n");
    harness_free(h);
}

static void a_global_aggregate_sends_each_key_once_per_bundle(void **state) {
    (void)state;
    struct harness *h = global_group(false, 1000);
    run_unbroken(h, "+I a 2 4\n+I b 1 2\n+I a 1 ~\nw 5\n+I b 1 3\n+I a 0 0\nw 6", "+I b 1 2\n+I a 3 4\nw 5\n-U b 1 2\n+U b 2 5\nw 6\n");
    harness_run_way(h, WAY_RESTORED, "+I a 2 4\n+I a 1 ~\nw 5", "+I a 2 4\n-U a 2 4\n+U a 3 4\nw 5\n");
    harness_free(h);
}

static void a_group_goes_with_its_last_row(void **state) {
    (void)state;
    struct harness *h = global_group(true, 1000);
    run_unbroken(h, "+I a 1 4 1 1\n+I b 1 2 1 1\nw 5\n+I a -1 -4 -1 -1\n+I c 0 0 0 0\nw 6\n+I a 1 7 1 1\nw 7",
                 "+I b 1 2\n+I a 1 4\nw 5\n-D a 1 4\nw 6\n+I a 1 7\nw 7\n");
    harness_run_way(h, WAY_RESTORED, "+I a 1 4 1 1\n+I a -1 -4 -1 -1\n+I a 1 7 1 1", "+I a 1 4\n-D a 1 4\n+I a 1 7\n");
    harness_free(h);
}

static void global_bundles_count_partial_rows(void **state) {
    (void)state;
    struct harness *h = global_group(false, 2);
    run_unbroken(h, "+I a 5 1\n+I a 5 1\n+I a 5 1\n+I b 1 1\n+I b 1 1", "+I a 10 2\n+I b 1 1\n-U a 10 2\n+U a 15 3\n-U b 1 1\n+U b 2 2\n");
    harness_free(h);
}

/* Keys (k, bucket), sent per k. */
static void an_incremental_aggregate_adds_its_buckets_up(void **state) {
    (void)state;
    struct harness *h = harness_new(NODE_INCREMENTAL_GROUP_AGG);
    struct group_agg_params *p = &h->node->as.group_agg;
    *p = params(h, false, true, 1000);
    p->keys = identity(h, 2);
    p->key_count = 2;
    p->final_keys = identity(h, 1);
    p->final_key_count = 1;
    h->input->row = partial_row(h, p->aggs, false, 2, false);
    h->node->row = partial_row(h, p->aggs, false, 1, false);
    run_unbroken(h, "+I a 1 2 4\n+I b 1 1 2\n+I a 7 1 3\n+I a 1 1 ~\nw 5\n+I a ~ 4 4", "+I b 1 2\n+I a 4 7\nw 5\n+I a 4 4\n");
    harness_run_way(h, WAY_RESTORED, "+I a 1 2 4\n+I a 7 1 3", "+I a 2 4\n+I a 1 3\n");
    harness_free(h);
}

/* ---- windows ------------------------------------------------------------------------------------- */

static struct window_agg_params window_params(struct harness *h, bool delta) {
    struct agg_call *aggs = count_and_sum(h, false, delta);
    aggs[1].args[0] = 2;
    struct window_agg_params p = {.window = {.kind = WINDOW_TUMBLE, .size_ms = 10000, .slide_ms = 10000, .event_time = true, .time_column = 1},
                                  .attached_start = -1, .attached_end = -1, .keys = identity(h, 1), .key_count = 1, .aggs = aggs, .agg_count = 2};
    return p;
}

static void a_local_window_is_sent_when_a_watermark_passes_its_end(void **state) {
    (void)state;
    struct harness *h = harness_new(NODE_LOCAL_WINDOW_AGG);
    const struct type *big = type_simple(h->types, TYPE_BIGINT, true);
    const struct type_field in[] = {{STR("k"), type_string(h->types, true), {0}}, {STR("ts"), type_time(h->types, TYPE_TIMESTAMP, 3, true), {0}}, {STR("v"), big, {0}}};
    harness_input(h, in, 3);
    h->node->as.window_agg = window_params(h, true);
    h->node->row = partial_row(h, h->node->as.window_agg.aggs, false, 1, true);
    run_unbroken(h, "+I a 1000 1\n+I b 12000 2\n+I a 2000 3\nw 9998\n+I a 3000 4\nw 9999\n+I a 4000 5\nw 15000",
                 "w 9998\n+I a 3 8 10000\n+I b 1 2 20000\nw 9999\n+I a 1 5 10000\nw 15000\n");
    harness_run_way(h, WAY_RESTORED, "+I a 1000 1\n+I a 2000 3\nw 9999", "+I a 1 1 10000\n+I a 1 3 10000\nw 9999\n");
    harness_free(h);
}

static void a_global_window_merges_slices_and_drops_late_ones(void **state) {
    (void)state;
    struct harness *h = harness_new(NODE_GLOBAL_WINDOW_AGG);
    h->node->as.window_agg = window_params(h, false);
    h->node->as.window_agg.window.time_column = -1;
    h->node->as.window_agg.slice_column = 3;
    const struct agg_call *aggs = h->node->as.window_agg.aggs;
    const struct type_field out[] = {{STR("k"), type_string(h->types, true), {0}}, {STR("n"), aggs[0].type, {0}}, {STR("s"), aggs[1].type, {0}}};
    h->input->row = partial_row(h, aggs, false, 1, true);
    h->node->row = type_row(h->types, out, 3, false);
    harness_run(h, "+I a 3 8 10000\n+I b 1 2 20000\n+I a 1 1 10000\nw 9999\n+I a 1 5 10000\n+I b 2 ~ 20000\nw 30000", "+I a 4 9\nw 9999\n+I b 3 2\nw 30000\n");
    assert_true(h->late_rows > 0);
    harness_free(h);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_local_bundle_ends_at_its_size_at_watermarks_and_at_the_end),
        cmocka_unit_test(a_local_aggregate_keeps_nothing_over_a_barrier),
        cmocka_unit_test(retractions_of_earlier_rows_go_below_zero_locally),
        cmocka_unit_test(a_global_aggregate_sends_each_key_once_per_bundle),
        cmocka_unit_test(a_group_goes_with_its_last_row),
        cmocka_unit_test(global_bundles_count_partial_rows),
        cmocka_unit_test(an_incremental_aggregate_adds_its_buckets_up),
        cmocka_unit_test(a_local_window_is_sent_when_a_watermark_passes_its_end),
        cmocka_unit_test(a_global_window_merges_slices_and_drops_late_ones),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
