/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rules and graphs: pruning, nested fields, windows inlined and attached, reuse of equal parts, stable
 * operator ids, chains, edges and the choice of parallelism.
 */
#include "unit/plan/plan_check.h"

static struct str uid_of(const struct fixture *f, enum node_kind kind) {
    for (uint32_t i = 0; i < f->plan->nodes.count; i++) {
        const struct node *n = f->plan->nodes.at[i];
        if (n->kind == kind) return n->uid;
    }
    fail_msg("no such operator");
    return (struct str){0};
}

static uint32_t count_of(const struct fixture *f, enum node_kind kind) {
    uint32_t count = 0;
    for (uint32_t i = 0; i < f->plan->nodes.count; i++) count += ((const struct node *)f->plan->nodes.at[i])->kind == kind;
    return count;
}

static void scans_read_what_is_needed(void **state) {
    (void)state;
    PLAN_HAS("SELECT k FROM t WHERE v > 1", "fields=[k, v, ts]");
    PLAN_HAS("SELECT COUNT(*) FROM t", "fields=[ts]");
    PLAN_HAS("SELECT v FROM up", "fields=[id, v]");
}

static void fields_of_rows_become_columns_of_json_sources(void **state) {
    (void)state;
    static const char ddl[] = "CREATE TABLE j (r ROW<a INT, b ROW<c STRING, d STRING>>, s STRING) WITH ('connector' = 'filesystem', 'path' = '/nowhere/j', 'format' = 'json'); ";
    char sql[512];
    struct fixture f;
    snprintf(sql, sizeof sql, "%sSELECT r.a + 1, r.b.c FROM j WHERE r.a > 0", ddl);
    assert_int_equal(fixture_run(&f, sql), STATUS_OK);
    const struct node *scan = f.plan->nodes.at[0];
    assert_int_equal(scan->kind, NODE_SCAN);
    assert_int_equal(scan->as.scan.column_count, 2);
    assert_int_equal(scan->as.scan.path_counts[0] + scan->as.scan.path_counts[1], 3);
    fixture_free(&f);
    snprintf(sql, sizeof sql, "%sSELECT r, r.a FROM j", ddl);
    assert_int_equal(fixture_run(&f, sql), STATUS_OK);
    scan = f.plan->nodes.at[0];
    assert_int_equal(scan->as.scan.column_count, 1);
    assert_int_equal(scan->as.scan.path_counts[0], 0);
    fixture_free(&f);
}

static void windows_are_inlined_or_attached(void **state) {
    (void)state;
    static const char from[] = "FROM TABLE(TUMBLE(TABLE t, DESCRIPTOR(ts), INTERVAL '10' SECOND)) ";
    char sql[512];
    snprintf(sql, sizeof sql, "SELECT window_start, k, COUNT(*) %sGROUP BY window_start, window_end, k", from);
    PLAN_HAS(sql, "WindowAggregate(groupBy=[k], window=[TUMBLE(time_col=[ts], size=[10 s])]", "changelogMode=[I]");
    assert_plan_lacks(sql, "WindowTableFunction");
    snprintf(sql, sizeof sql, "SELECT window_start, MAX(window_time) %sGROUP BY window_start, window_end", from);
    PLAN_HAS(sql, "win_start=[window_start], win_end=[window_end]", "WindowTableFunction");
    snprintf(sql, sizeof sql, "SELECT window_start, COUNT(*) %sGROUP BY window_start", from);
    PLAN_HAS(sql, "GroupAggregate(groupBy=[window_start]", "WindowTableFunction");
}

static void window_top_n_ranks_per_window(void **state) {
    (void)state;
    PLAN_HAS("SELECT * FROM (SELECT k, v, window_start, window_end, ROW_NUMBER() OVER (PARTITION BY window_start, window_end, k ORDER BY v DESC) AS rn "
             "FROM TABLE(TUMBLE(TABLE t, DESCRIPTOR(ts), INTERVAL '10' SECOND))) WHERE rn <= 3",
             "WindowRank(", "partitionBy=[k]", "Exchange(distribution=[hash[k]]");
    PLAN_HAS("SELECT k FROM (SELECT k, window_start, window_end, ROW_NUMBER() OVER (PARTITION BY window_start, window_end, k ORDER BY ts DESC) AS rn "
             "FROM TABLE(TUMBLE(TABLE t, DESCRIPTOR(ts), INTERVAL '10' SECOND))) WHERE rn = 1",
             "WindowDeduplicate(keep=[LastRow]");
}

static void equal_parts_of_a_statement_set_run_once(void **state) {
    (void)state;
    struct fixture f;
    assert_int_equal(fixture_run(&f, "EXECUTE STATEMENT SET BEGIN INSERT INTO o SELECT k, COUNT(*) FROM t GROUP BY k; INSERT INTO ok SELECT k, COUNT(*) FROM t GROUP BY k; END"), STATUS_OK);
    assert_int_equal(count_of(&f, NODE_SCAN), 1);
    assert_int_equal(count_of(&f, NODE_SINK), 2);
    assert_int_equal(count_of(&f, NODE_GROUP_AGG), 2); /* one sends -U, the other does not */
    fixture_free(&f);
}

static void ids_survive_edits_that_do_not_concern_them(void **state) {
    (void)state;
    struct fixture a, b, c;
    assert_int_equal(fixture_run(&a, "SELECT k, COUNT(*) FROM t GROUP BY k"), STATUS_OK);
    assert_int_equal(fixture_run(&b, "SET 'table.exec.state.ttl' = '1 h'; SELECT UPPER(k), c + 1 FROM (SELECT k, COUNT(*) AS c FROM t /*+ OPTIONS('path' = '/else') */ GROUP BY k)"), STATUS_OK);
    assert_int_equal(fixture_run(&c, "SELECT k, SUM(v) FROM t GROUP BY k"), STATUS_OK);
    assert_true(str_equal(uid_of(&a, NODE_GROUP_AGG), uid_of(&b, NODE_GROUP_AGG)));
    assert_false(str_equal(uid_of(&a, NODE_GROUP_AGG), uid_of(&c, NODE_GROUP_AGG)));
    assert_true(str_equal(uid_of(&a, NODE_SCAN), uid_of(&c, NODE_SCAN)));
    assert_int_equal(uid_of(&a, NODE_SCAN).size_bytes, 32);
    fixture_free(&a);
    fixture_free(&b);
    fixture_free(&c);
}

static void chains_end_at_exchanges(void **state) {
    (void)state;
    struct fixture f;
    assert_int_equal(fixture_run(&f, "SET 'parallelism.default' = '4'; INSERT INTO ok SELECT k, COUNT(*) FROM t GROUP BY k"), STATUS_OK);
    assert_int_equal(f.plan->parallelism, 4);
    assert_int_equal(f.plan->vertices.count, 3); /* values has one reader and one writer */
    const struct vertex *source = f.plan->vertices.at[0], *agg = f.plan->vertices.at[1], *sink = f.plan->vertices.at[2];
    assert_int_equal(source->parallelism, 1);
    assert_int_equal(agg->parallelism, 4);
    assert_int_equal(sink->parallelism, 1);
    const struct edge *e = source->outputs.at[0];
    assert_int_equal(e->distribution, DISTRIBUTION_HASH);
    assert_int_equal(e->key_count, 1);
    assert_ptr_equal(e->to, agg);
    fixture_free(&f);
}

static void a_union_becomes_edges(void **state) {
    (void)state;
    struct fixture f;
    assert_int_equal(fixture_run(&f, "INSERT INTO o SELECT k, n FROM t UNION ALL SELECT id, v FROM cdc UNION ALL SELECT 'x', 1"), STATUS_OK);
    const struct vertex *sink = f.plan->vertices.at[f.plan->vertices.count - 1];
    assert_int_equal(sink->inputs.count, 3);
    for (uint32_t i = 0; i < 3; i++) assert_int_equal(((const struct edge *)sink->inputs.at[i])->to_input, 0);
    fixture_free(&f);
}

static void order_dependent_jobs_run_with_parallelism_one(void **state) {
    (void)state;
    static const char *const cases[] = {
        "SELECT k FROM t LIMIT 3",
        "SELECT k, LISTAGG(k) FROM t GROUP BY k",
        "SELECT SUM(d) FROM t",
        "SELECT k, v FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY k ORDER BY v) AS rn FROM t) WHERE rn <= 2",
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct fixture f;
        assert_int_equal(fixture_run(&f, cases[i]), STATUS_OK);
        assert_int_equal(f.plan->parallelism, 1);
        assert_non_null(memmem(f.plan->parallelism_reason.at, f.plan->parallelism_reason.size_bytes, "depends on the order", 20));
        fixture_free(&f);
    }
}

static void mini_batches_begin_above_the_watermark(void **state) {
    (void)state;
    static const char on[] = "SET 'table.exec.mini-batch.enabled' = 'true'; SET 'table.exec.mini-batch.allow-latency' = '5 s'; SET 'table.exec.mini-batch.size' = '10'; ";
    char sql[512];
    snprintf(sql, sizeof sql, "%sSELECT k, COUNT(*) FROM t GROUP BY k", on);
    PLAN_HAS(sql, "MiniBatchAssigner(interval=[5000ms], mode=[ProcTime]");
    assert_refused("SET 'table.exec.mini-batch.enabled' = 'true'; SELECT 1", STATUS_OPTION, "allow-latency");
}

static void explain_shows_all_graphs(void **state) {
    (void)state;
    struct fixture f;
    struct buf text = BUF_INIT;
    struct ast_statement explain = {.explain_advice = true, .explain_json = true, .explain_cost = true};
    assert_int_equal(fixture_run(&f, "SELECT k, COUNT(*) FROM t GROUP BY k"), STATUS_OK);
    assert_int_equal(plan_explain(f.plan, &explain, &text, &f.error), STATUS_OK);
    buf_char(&text, '\0');
    static const char *const parts[] = {"== Abstract Syntax Tree ==", "LogicalAggregate(group=[{0}]", "== Optimized Physical Plan With Advice ==", "== JobGraph ==",
                                        "== ExecutionGraph ==", "\"nodes\" : [", "advice[1]", "rowcount = "};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) assert_non_null(strstr(text.at, parts[i]));
    buf_deinit(&text);
    fixture_free(&f);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(scans_read_what_is_needed),
        cmocka_unit_test(fields_of_rows_become_columns_of_json_sources),
        cmocka_unit_test(windows_are_inlined_or_attached),
        cmocka_unit_test(window_top_n_ranks_per_window),
        cmocka_unit_test(equal_parts_of_a_statement_set_run_once),
        cmocka_unit_test(ids_survive_edits_that_do_not_concern_them),
        cmocka_unit_test(chains_end_at_exchanges),
        cmocka_unit_test(a_union_becomes_edges),
        cmocka_unit_test(order_dependent_jobs_run_with_parallelism_one),
        cmocka_unit_test(mini_batches_begin_above_the_watermark),
        cmocka_unit_test(explain_shows_all_graphs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
