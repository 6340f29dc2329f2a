/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Top-N in its three strategies, with and without the rank column; the changelogs are those that
 * Flink's rank functions give for the same input.
 */
#include "unit/op/harness.h"

static struct harness *top(enum rank_strategy strategy, int64_t n, bool with_rank, bool descending) {
    struct harness *h = harness_new(NODE_RANK);
    struct types *t = h->types;
    const struct type_field in[] = {{STR("k"), type_string(t, true), {0}}, {STR("v"), type_simple(t, TYPE_INT, true), {0}},
                                    {STR("rn"), type_simple(t, TYPE_BIGINT, false), {0}}};
    harness_input(h, in, 2);
    if (with_rank) h->node->row = type_row(h->types, in, 3, false);
    struct sort_column *order = ARENA_ARRAY(h->arena, struct sort_column, 1);
    order[0] = (struct sort_column){.column = 1, .descending = descending, .nulls_last = descending};
    uint32_t *key = ARENA_ARRAY(h->arena, uint32_t, 1);
    h->node->as.rank = (struct rank_params){.order = order, .order_count = 1, .from = 1, .to = n, .to_column = -1, .with_rank = with_rank,
                                            .strategy = strategy, .upsert_key = key, .upsert_key_count = 1, .emit_update_before = true};
    return h;
}

static void a_better_row_replaces_the_best(void **state) {
    (void)state;
    struct harness *h = top(RANK_APPEND_FAST, 1, false, true);
    harness_run(h, "+I a 1\n+I b 3\n+I c 2\n+I d 3", "+I a 1\n-U a 1\n+U b 3\n");
    harness_free(h);
}

static void without_rank_the_worst_leaves(void **state) {
    (void)state;
    struct harness *h = top(RANK_APPEND_FAST, 2, false, true);
    harness_run(h, "+I a 1\n+I b 2\n+I c 3\n+I d 1\n+I e 2", "+I a 1\n+I b 2\n-D a 1\n+I c 3\n");
    harness_free(h);
}

static void with_rank_the_others_move_down(void **state) {
    (void)state;
    struct harness *h = top(RANK_APPEND_FAST, 2, true, true);
    harness_run(h, "+I a 1\n+I b 2\n+I c 3", "+I a 1 1\n-U a 1 1\n+U b 2 1\n+I a 1 2\n-U b 2 1\n+U c 3 1\n-U a 1 2\n+U b 2 2\n");
    harness_free(h);
}

static void a_retraction_lets_the_next_row_in(void **state) {
    (void)state;
    struct harness *h = top(RANK_RETRACT, 2, false, false);
    harness_run(h, "+I a 1\n+I b 2\n+I c 3\n-D a 1\n-D x 9\n-D c 3\n+I d 0",
                "+I a 1\n+I b 2\n-D a 1\n+I c 3\n-D c 3\n+I d 0\n");
    harness_free(h);
}

static void a_retraction_moves_ranks_up(void **state) {
    (void)state;
    struct harness *h = top(RANK_RETRACT, 2, true, false);
    harness_run(h, "+I a 1\n+I b 2\n+I c 3\n-D a 1\n-D b 2",
                "+I a 1 1\n+I b 2 2\n-U a 1 1\n+U b 2 1\n-U b 2 2\n+U c 3 2\n-U b 2 1\n+U c 3 1\n-D c 3 2\n");
    harness_free(h);
}

static void an_update_moves_a_known_row_up(void **state) {
    (void)state;
    struct harness *h = top(RANK_UPDATE_FAST, 2, true, true);
    harness_run(h, "+I a 1\n+I b 1\n+U b 2\n+U a 2\n+U a 3",
                "+I a 1 1\n+I b 1 2\n-U a 1 1\n-U b 1 2\n+U b 2 1\n+U a 1 2\n-U a 1 2\n+U a 2 2\n-U b 2 1\n-U a 2 2\n+U a 3 1\n+U b 2 2\n");
    harness_free(h);
}

static void partitions_do_not_see_each_other(void **state) {
    (void)state;
    struct harness *h = top(RANK_APPEND_FAST, 1, false, false);
    uint32_t *partition = ARENA_ARRAY(h->arena, uint32_t, 1);
    h->node->as.rank.partition = partition;
    h->node->as.rank.partition_count = 1;
    harness_run(h, "+I a 5\n+I b 4\n+I a 3\n+I ~ ~\n+I ~ 1", "+I a 5\n+I b 4\n-U a 5\n+U a 3\n+I null null\n");
    harness_free(h);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_better_row_replaces_the_best),       cmocka_unit_test(without_rank_the_worst_leaves),
        cmocka_unit_test(with_rank_the_others_move_down),       cmocka_unit_test(a_retraction_lets_the_next_row_in),
        cmocka_unit_test(a_retraction_moves_ranks_up),          cmocka_unit_test(an_update_moves_a_known_row_up),
        cmocka_unit_test(partitions_do_not_see_each_other),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
