/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Changelog inference: which kinds of change each operator sends, who asks for -U, strategies of
 * ranks, normalisation of upserts, and what stands before sinks.
 */
#include "unit/plan/plan_check.h"

static void a_group_aggregate_updates_and_deletes_only_over_retractions(void **state) {
    (void)state;
    PLAN_HAS("SELECT k, COUNT(*) FROM t GROUP BY k", "GroupAggregate(groupBy=[k], select=[k, COUNT(*) AS EXPR$1], changelogMode=[I,UB,UA]");
    PLAN_HAS("SELECT v, COUNT(*) FROM cdc GROUP BY v", "GroupAggregate(groupBy=[v], select=[v, COUNT_RETRACT(*) AS EXPR$1], changelogMode=[I,UB,UA,D]");
}

static void a_keyed_sink_needs_no_update_before(void **state) {
    (void)state;
    PLAN_HAS("INSERT INTO ok SELECT k, COUNT(*) FROM t GROUP BY k", "changelogMode=[I,UA], upsertKeys=[[k]]");
    PLAN_HAS("INSERT INTO o SELECT k, COUNT(*) FROM t GROUP BY k", "changelogMode=[I,UB,UA], upsertKeys=[[k]]");
    PLAN_HAS("INSERT INTO ok SELECT k, c FROM (SELECT k, COUNT(*) AS c FROM t GROUP BY k) WHERE c > 1", "changelogMode=[I,UB,UA]");
}

static void update_before_of_a_source_is_dropped_where_nobody_needs_it(void **state) {
    (void)state;
    PLAN_HAS("INSERT INTO ok SELECT id, v FROM cdc", "DropUpdateBefore(changelogMode=[I,UA,D]");
    assert_plan_lacks("INSERT INTO o SELECT id, v FROM cdc", "DropUpdateBefore");
}

static void upserts_are_normalised_where_old_rows_matter(void **state) {
    (void)state;
    PLAN_HAS("SELECT * FROM up", "ChangelogNormalize(key=[id], changelogMode=[I,UB,UA,D]", "Exchange(distribution=[hash[id]]");
    assert_plan_lacks("INSERT INTO ok SELECT id, v FROM up", "ChangelogNormalize");
}

static void filters_on_keys_go_below_the_normalisation_and_others_inside(void **state) {
    (void)state;
    PLAN_HAS("SELECT * FROM up WHERE v > 3", "ChangelogNormalize(key=[id], condition=[(v > 3)]");
    PLAN_HAS("SELECT * FROM up WHERE id = 'a'", "where=[(id = 'a')]", "ChangelogNormalize(key=[id], changelogMode");
}

static void duplicate_changes_are_normalised_on_demand(void **state) {
    (void)state;
    PLAN_HAS("SET 'table.exec.source.cdc-events-duplicate' = 'true'; SELECT * FROM cdc", "ChangelogNormalize(key=[id]", "DropUpdateBefore");
}

static void an_insert_only_sink_refuses_updates(void **state) {
    (void)state;
    assert_refused("INSERT INTO oi SELECT k, COUNT(*) FROM t GROUP BY k", STATUS_INVALID, "takes no updates, which GroupAggregate(groupBy=[k]");
    assert_refused("INSERT INTO oi SELECT id, v FROM cdc", STATUS_INVALID, "takes no updates and deletes");
}

static void windows_of_ranks_take_inserts_only(void **state) {
    (void)state;
    assert_refused("SELECT * FROM (SELECT k, c, ROW_NUMBER() OVER (PARTITION BY k ORDER BY c) AS rn FROM (SELECT k, ts, COUNT(*) AS c FROM t GROUP BY k, ts)) WHERE rn < 0", STATUS_INVALID, "keeps no row");
}

static void ranks_choose_their_strategy(void **state) {
    (void)state;
    PLAN_HAS("SELECT * FROM (SELECT k, v, ROW_NUMBER() OVER (PARTITION BY k ORDER BY v DESC) AS rn FROM t) WHERE rn <= 3", "Rank(strategy=[AppendFastStrategy]", "rankRange=[rankStart=1, rankEnd=3]");
    PLAN_HAS("SELECT * FROM (SELECT k, c, ROW_NUMBER() OVER (ORDER BY c DESC) AS rn FROM (SELECT k, COUNT(*) AS c FROM t GROUP BY k)) WHERE rn <= 3", "Rank(strategy=[UpdateFastStrategy[0]]");
    PLAN_HAS("SELECT * FROM (SELECT k, c, ROW_NUMBER() OVER (ORDER BY c ASC) AS rn FROM (SELECT k, COUNT(*) AS c FROM t GROUP BY k)) WHERE rn <= 3", "Rank(strategy=[RetractStrategy]");
}

static void the_first_of_a_time_attribute_is_a_deduplication(void **state) {
    (void)state;
    PLAN_HAS("SELECT k, v FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY k ORDER BY ts DESC) AS rn FROM t) WHERE rn = 1", "Deduplicate(keep=[LastRow], key=[k], order=[ROWTIME], changelogMode=[I,UB,UA,D]");
    PLAN_HAS("SELECT k, v FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY k ORDER BY p) AS rn FROM t) WHERE rn = 1", "Deduplicate(keep=[FirstRow], key=[k], order=[PROCTIME], changelogMode=[I]");
}

static void a_first_row_rank_counts_as_inserts_as_in_flink(void **state) {
    (void)state;
    PLAN_HAS("SELECT k, v FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY k ORDER BY v) AS rn FROM t) WHERE rn = 1", "select=[k, v], changelogMode=[I]");
    PLAN_HAS("SELECT k, v FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY k ORDER BY v DESC) AS rn FROM t) WHERE rn = 1", "select=[k, v], changelogMode=[I,UB,UA,D]");
}

static void unequal_keys_need_on_conflict(void **state) {
    (void)state;
    static const char q[] = "INSERT INTO ok SELECT k, c FROM (SELECT k, v, COUNT(*) AS c FROM t GROUP BY k, v)";
    assert_refused(q, STATUS_INVALID, "upsert key that differs from the primary key");
    PLAN_HAS("INSERT INTO ok SELECT k, c FROM (SELECT k, v, COUNT(*) AS c FROM t GROUP BY k, v) ON CONFLICT DO DEDUPLICATE", "SinkMaterializer(primaryKey=[k], conflictStrategy=[DEDUPLICATE]", "upsertMaterialize=[true]");
    PLAN_HAS("SET 'table.exec.sink.require-on-conflict' = 'false'; INSERT INTO ok SELECT k, c FROM (SELECT k, v, COUNT(*) AS c FROM t GROUP BY k, v)", "SinkMaterializer");
    assert_refused("INSERT INTO o SELECT k, n FROM t ON CONFLICT DO NOTHING", STATUS_INVALID, "only allowed for upsert sinks");
}

static void constraints_are_enforced_before_the_sink(void **state) {
    (void)state;
    PLAN_HAS("CREATE TABLE nn (a INT NOT NULL) WITH ('connector' = 'values', 'path' = '/nowhere/n'); INSERT INTO nn SELECT v FROM t", "ConstraintEnforcer(NotNullEnforcer(ERROR)=[a]");
    PLAN_HAS("SET 'table.exec.sink.type-length-enforcer' = 'TRIM_PAD'; CREATE TABLE nn (a VARCHAR(3)) WITH ('connector' = 'values', 'path' = '/nowhere/n'); INSERT INTO nn SELECT k FROM t", "LengthEnforcer(TRIM_PAD)=[a]");
}

static void a_group_of_one_row_is_no_aggregate(void **state) {
    (void)state;
    assert_plan_lacks("SELECT id, MAX(v) FROM cdc GROUP BY id", "GroupAggregate");
    PLAN_HAS("SELECT id, COUNT(v) FROM cdc GROUP BY id", "GroupAggregate");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_group_aggregate_updates_and_deletes_only_over_retractions),
        cmocka_unit_test(a_keyed_sink_needs_no_update_before),
        cmocka_unit_test(update_before_of_a_source_is_dropped_where_nobody_needs_it),
        cmocka_unit_test(upserts_are_normalised_where_old_rows_matter),
        cmocka_unit_test(filters_on_keys_go_below_the_normalisation_and_others_inside),
        cmocka_unit_test(duplicate_changes_are_normalised_on_demand),
        cmocka_unit_test(an_insert_only_sink_refuses_updates),
        cmocka_unit_test(windows_of_ranks_take_inserts_only),
        cmocka_unit_test(ranks_choose_their_strategy),
        cmocka_unit_test(the_first_of_a_time_attribute_is_a_deduplication),
        cmocka_unit_test(a_first_row_rank_counts_as_inserts_as_in_flink),
        cmocka_unit_test(unequal_keys_need_on_conflict),
        cmocka_unit_test(constraints_are_enforced_before_the_sink),
        cmocka_unit_test(a_group_of_one_row_is_no_aggregate),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
