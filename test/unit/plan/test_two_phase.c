/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which aggregates are planned in two phases, split by buckets or incrementally, and that this changes
 * neither the operator's id nor what it tells downstream.
 */
#include "unit/plan/plan_check.h"

#define MINI_BATCH                                                                                                                             \
    "SET 'table.exec.mini-batch.enabled' = 'true'; SET 'table.exec.mini-batch.allow-latency' = '1 s'; SET 'table.exec.mini-batch.size' = '10'; "
#define ONE_PHASE "SET 'table.optimizer.agg-phase-strategy' = 'ONE_PHASE'; "
#define SPLIT     "SET 'table.optimizer.distinct-agg.split.enabled' = 'true'; "

static const struct node *find(const struct fixture *f, enum node_kind kind) {
    for (uint32_t i = 0; i < f->plan->nodes.count; i++) {
        const struct node *n = f->plan->nodes.at[i];
        if (n->kind == kind) return n;
    }
    return NULL;
}

static void assert_kinds(const char *sql, enum node_kind there, enum node_kind not_there) {
    struct fixture f;
    assert_int_equal(fixture_run(&f, sql), STATUS_OK);
    if (find(&f, there) == NULL || find(&f, not_there) != NULL) fail_msg("another plan for %s", sql);
    fixture_free(&f);
}

static void groups_take_two_phases_in_mini_batches_only(void **state) {
    (void)state;
    assert_kinds("SELECT k, COUNT(*) FROM t GROUP BY k", NODE_GROUP_AGG, NODE_LOCAL_GROUP_AGG);
    assert_kinds(MINI_BATCH "SELECT k, COUNT(*) FROM t GROUP BY k", NODE_LOCAL_GROUP_AGG, NODE_GROUP_AGG);
    assert_kinds(MINI_BATCH ONE_PHASE "SELECT k, COUNT(*) FROM t GROUP BY k", NODE_GROUP_AGG, NODE_LOCAL_GROUP_AGG);
    assert_kinds(MINI_BATCH "SELECT k, FIRST_VALUE(v), COUNT(*) FROM t GROUP BY k", NODE_GROUP_AGG, NODE_LOCAL_GROUP_AGG);
    assert_kinds(MINI_BATCH "SELECT COUNT(DISTINCT v), LISTAGG(k) FROM t", NODE_GLOBAL_GROUP_AGG, NODE_GROUP_AGG);
}

static void windows_take_two_phases_in_event_time(void **state) {
    (void)state;
    static const char from[] = "FROM TABLE(TUMBLE(TABLE t, DESCRIPTOR(ts), INTERVAL '10' SECOND)) GROUP BY k, window_start, window_end";
    char sql[512];
    snprintf(sql, sizeof sql, "SELECT k, COUNT(*) %s", from);
    assert_kinds(sql, NODE_GLOBAL_WINDOW_AGG, NODE_WINDOW_AGG);
    snprintf(sql, sizeof sql, ONE_PHASE "SELECT k, COUNT(*) %s", from);
    assert_kinds(sql, NODE_WINDOW_AGG, NODE_LOCAL_WINDOW_AGG);
    snprintf(sql, sizeof sql, "SELECT k, LAST_VALUE(v) %s", from);
    assert_kinds(sql, NODE_WINDOW_AGG, NODE_LOCAL_WINDOW_AGG);
}

static void distinct_aggregates_are_split_by_buckets_where_asked(void **state) {
    (void)state;
    PLAN_HAS(SPLIT "SELECT k, COUNT(DISTINCT v) FROM t GROUP BY k", "partialFinalType=[FINAL], select=[k, $SUM0_RETRACT(", "MOD(HASH_CODE(v), 1024)");
    PLAN_HAS(SPLIT "SELECT COUNT(DISTINCT v), COUNT(DISTINCT k), COUNT(*) FROM t", "Expand(", "FILTER $g_1", "FILTER $g_2", "FILTER $g_3");
    assert_plan_lacks(SPLIT "SELECT k, COUNT(*), SUM(v) FROM t GROUP BY k", "HASH_CODE");
    assert_plan_lacks(SPLIT "SELECT k, COUNT(DISTINCT v), STDDEV_POP(v) FROM t GROUP BY k", "HASH_CODE");
    assert_plan_lacks("SELECT k, COUNT(DISTINCT v) FROM t GROUP BY k", "HASH_CODE");
}

static void split_aggregates_in_mini_batches_are_incremental(void **state) {
    (void)state;
    static const char query[] = "SELECT k, COUNT(DISTINCT v), SUM(v) FROM t GROUP BY k";
    char sql[512];
    snprintf(sql, sizeof sql, MINI_BATCH SPLIT "%s", query);
    assert_kinds(sql, NODE_INCREMENTAL_GROUP_AGG, NODE_GROUP_AGG);
    PLAN_HAS(sql, "IncrementalGroupAggregate(partialAggGrouping=[k, $f2], finalAggGrouping=[k], select=[k, COUNT(distinct$0 count$0) AS count$0, SUM(sum$1) AS sum$1]");
    snprintf(sql, sizeof sql, MINI_BATCH SPLIT "SET 'table.optimizer.incremental-agg-enabled' = 'false'; %s", query);
    assert_kinds(sql, NODE_GLOBAL_GROUP_AGG, NODE_INCREMENTAL_GROUP_AGG);
}

static void a_global_aggregate_is_the_one_phase_one_to_state_and_downstream(void **state) {
    (void)state;
    static const char query[] = "SELECT k, COUNT(*), SUM(v) FROM t WHERE v > 0 GROUP BY k";
    char sql[512];
    struct fixture one, two;
    snprintf(sql, sizeof sql, MINI_BATCH "%s", query);
    assert_int_equal(fixture_run(&one, query), STATUS_OK);
    assert_int_equal(fixture_run(&two, sql), STATUS_OK);
    const struct node *a = find(&one, NODE_GROUP_AGG), *b = find(&two, NODE_GLOBAL_GROUP_AGG);
    assert_non_null(a);
    assert_non_null(b);
    assert_true(str_equal(a->uid, b->uid));
    assert_int_equal(a->produces, b->produces);
    assert_int_equal(a->upsert_key_count, b->upsert_key_count);
    assert_true(node_has_state(b->kind) && !node_has_state(NODE_LOCAL_GROUP_AGG));
    fixture_free(&one);
    fixture_free(&two);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(groups_take_two_phases_in_mini_batches_only),
        cmocka_unit_test(windows_take_two_phases_in_event_time),
        cmocka_unit_test(distinct_aggregates_are_split_by_buckets_where_asked),
        cmocka_unit_test(split_aggregates_in_mini_batches_are_incremental),
        cmocka_unit_test(a_global_aggregate_is_the_one_phase_one_to_state_and_downstream),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
