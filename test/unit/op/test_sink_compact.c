/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ON CONFLICT DO ERROR | NOTHING: changes of one primary key are applied when the watermark has
 * passed their epoch (the last column), opposites of one epoch cancel out, and only one row may be left.
 */
#include "unit/op/harness.h"

#define BEGIN "-9223372036854775808"

/* Columns: the query's key, the primary key, the epoch. */
static struct harness *compacting(bool error, bool with_query_key) {
    struct harness *h = harness_new(NODE_SINK_COMPACTOR);
    struct types *t = h->types;
    const struct type_field in[] = {{STR("k"), type_string(t, true), {0}}, {STR("n"), type_simple(t, TYPE_INT, true), {0}},
                                    {STR("$epoch"), type_simple(t, TYPE_BIGINT, false), {0}}};
    harness_input(h, in, 3);
    h->node->row = type_row(t, in, 2, false);
    uint32_t *columns = ARENA_ARRAY(h->arena, uint32_t, 2);
    columns[0] = 1;
    h->node->as.materialize = (struct materialize_params){.key = columns, .key_count = 1, .conflict_error = error};
    if (with_query_key) {
        h->node->as.materialize.upsert_key = columns + 1;
        h->node->as.materialize.upsert_key_count = 1;
    }
    return h;
}

static void changes_wait_for_the_next_watermark(void **state) {
    (void)state;
    struct harness *h = compacting(true, true);
    harness_run(h, "+I a 1 " BEGIN "\n+I b 2 " BEGIN "\nw 1000\n-U a 1 1000\n+U a 3 1000\nw 2000\n+I c 9 2000",
                "+I a 1\n+I b 2\nw 1000\n-D a 1\n+I a 3\nw 2000\n");
    harness_free(h);
}

static void opposites_of_an_epoch_cancel_out(void **state) {
    (void)state;
    struct harness *h = compacting(true, true);
    harness_run(h, "+I a 1 " BEGIN "\n-U a 1 " BEGIN "\n+U a 2 " BEGIN "\n+I b 1 " BEGIN "\nw 1000\n-D z 7 1000\n+I z 7 1000\nw 2000",
                "+I b 1\n+I a 2\nw 1000\nw 2000\n");
    harness_free(h);
}

static void the_first_row_stays_and_the_next_one_takes_its_place(void **state) {
    (void)state;
    struct harness *h = compacting(false, true);
    harness_run(h, "+I a 1 " BEGIN "\n+I b 1 " BEGIN "\nw 1000\n+I c 1 1000\nw 2000\n-D a 1 2000\nw 3000",
                "+I a 1\nw 1000\nw 2000\n-D a 1\nw 3000\n");
    harness_free(h);
}

static void without_a_key_of_the_query_rows_are_told_apart_whole(void **state) {
    (void)state;
    struct harness *h = compacting(false, false);
    harness_run(h, "+I a 1 " BEGIN "\nw 1000\n-U a 1 1000\n+U ~ 1 1000\nw 2000\n+I d ~ 2000\nw 3000\n-D d ~ 3000\nw 4000",
                "+I a 1\nw 1000\n+U null 1\nw 2000\n+I d null\nw 3000\n-D d null\nw 4000\n");
    harness_free(h);
}

static void two_claimants_are_an_error_that_names_the_key(void **state) {
    (void)state;
    struct harness *h = compacting(true, true);
    struct error e = ERROR_INIT;
    bool more = false;
    h->state = harness_state();
    h->eval = (struct eval_context){.watermark_ms = WATERMARK_MIN};
    harness_open(h);
    const struct type *const types[] = {type_string(h->types, true), type_simple(h->types, TYPE_INT, true), type_simple(h->types, TYPE_BIGINT, false)};
    assert_int_equal(batch_buffer_new(h->arena, types, 3, 4, &h->rows), STATUS_OK);
    for (uint32_t i = 0; i < 2; i++) {
        uint32_t row = batch_buffer_row(h->rows, ROW_INSERT);
        assert_int_equal(vec_set_str(h->rows->batch.columns[0], row, i == 0 ? STR("a") : STR("b")), STATUS_OK);
        VEC_DATA(h->rows->batch.columns[1], int32_t)[row] = 5;
        VEC_DATA(h->rows->batch.columns[2], int64_t)[row] = WATERMARK_MIN;
    }
    assert_int_equal(op_push(h->op, 0, &h->rows->batch, &more, &e), STATUS_OK);
    const struct mark m = {.kind = MARK_WATERMARK, .watermark_ms = 1000};
    assert_int_equal(op_mark(h->op, &m, &more, &e), STATUS_EVALUATION);
    assert_non_null(strstr(e.message, "Conflicting key: [n=5]"));
    op_free(h->op);
    batch_buffer_free(h->rows);
    state_free(h->state);
    harness_free(h);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(changes_wait_for_the_next_watermark),
        cmocka_unit_test(opposites_of_an_epoch_cancel_out),
        cmocka_unit_test(the_first_row_stays_and_the_next_one_takes_its_place),
        cmocka_unit_test(without_a_key_of_the_query_rows_are_told_apart_whole),
        cmocka_unit_test(two_claimants_are_an_error_that_names_the_key),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
