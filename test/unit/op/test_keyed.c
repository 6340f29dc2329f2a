/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Operators that keep one or more rows per key: deduplicate, changelog normalise, the upsert
 * materializer, and sorting by rowtime.
 */
#include "unit/op/harness.h"

static struct harness *keyed(enum node_kind kind) {
    struct harness *h = harness_new(kind);
    struct types *t = h->types;
    const struct type_field in[] = {{STR("k"), type_string(t, true), {0}}, {STR("v"), type_simple(t, TYPE_INT, true), {0}},
                                    {STR("ts"), type_time(t, TYPE_TIMESTAMP, 3, true), {0}}};
    harness_input(h, in, 3);
    return h;
}

static struct harness *deduplicating(bool rowtime, bool keep_last) {
    struct harness *h = keyed(NODE_DEDUPLICATE);
    uint32_t *keys = ARENA_ARRAY(h->arena, uint32_t, 1);
    h->node->as.deduplicate = (struct deduplicate_params){.keys = keys, .key_count = 1, .rowtime = rowtime, .time_column = 2, .keep_last = keep_last,
                                                          .emit_insert = true, .emit_update_before = true};
    return h;
}

#define T(seconds) " 1970-01-01T00:00:" seconds

static void the_first_row_by_processing_time(void **state) {
    (void)state;
    struct harness *h = deduplicating(false, false);
    harness_run(h, "+I a 1 0\n+I b 2 0\n+I a 3 0", "+I a 1 1970-01-01T00:00\n+I b 2 1970-01-01T00:00\n");
    harness_free(h);
}

static void the_last_row_by_event_time(void **state) {
    (void)state;
    struct harness *h = deduplicating(true, true);
    harness_run(h, "+I a 1 5000\n+I a 2 3000\n+I a 3 5000", "+I a 1" T("05") "\n-U a 1" T("05") "\n+U a 3" T("05") "\n");
    harness_free(h);
}

static void the_first_row_by_event_time_waits_for_the_watermark(void **state) {
    (void)state;
    struct harness *h = deduplicating(true, false);
    harness_run(h, "+I a 1 5000\n+I a 2 3000\n+I b 3 4000\nw 3000\n+I a 4 3500\n+I b 5 3999\nw 9000\n+I c 6 8000",
                "+I a 2" T("03") "\nw 3000\n+I b 5 1970-01-01T00:00:03.999\nw 9000\n");
    assert_true(h->late_rows > 0);
    harness_free(h);
}

static void an_upsert_stream_becomes_a_changelog(void **state) {
    (void)state;
    struct harness *h = keyed(NODE_CHANGELOG_NORMALIZE);
    uint32_t *keys = ARENA_ARRAY(h->arena, uint32_t, 1);
    h->node->as.normalize = (struct normalize_params){.keys = keys, .key_count = 1, .emit_update_before = true};
    harness_run(h, "-D a 0 0\n+U a 1 1000\n+I a 1 1000\n+U a 2 1000\n-D a ~ 0\n+I a 3 1000",
                "+I a 1" T("01") "\n-U a 1" T("01") "\n+U a 2" T("01") "\n-D a 2" T("01") "\n+I a 3" T("01") "\n");
    harness_free(h);
}

static void the_materializer_shows_the_last_row_of_a_key(void **state) {
    (void)state;
    struct harness *h = keyed(NODE_SINK_MATERIALIZER);
    uint32_t *keys = ARENA_ARRAY(h->arena, uint32_t, 1);
    h->node->as.materialize = (struct materialize_params){.key = keys, .key_count = 1};
    harness_run(h, "+I a 1 1000\n+I a 2 1000\n-D a 1 1000\n+I a 3 1000\n-D a 3 1000\n-D a 9 1000\n-D a 2 1000",
                "+I a 1" T("01") "\n+U a 2" T("01") "\n+U a 3" T("01") "\n+U a 2" T("01") "\n-D a 2" T("01") "\n");
    harness_free(h);
}

static void rows_are_sorted_up_to_the_watermark(void **state) {
    (void)state;
    struct harness *h = keyed(NODE_TEMPORAL_SORT);
    struct sort_column *order = ARENA_ARRAY(h->arena, struct sort_column, 2);
    order[0] = (struct sort_column){.column = 2};
    order[1] = (struct sort_column){.column = 1, .descending = true};
    h->node->as.sort = (struct sort_params){.order = order, .order_count = 2, .limit = -1, .rowtime = true, .time_column = 2};
    harness_run(h, "+I a 1 2000\n+I b 2 1000\n+I c 3 2000\nw 2000\n+I d 4 2000\n+I e 5 3000\nw 5000",
                "+I b 2" T("01") "\n+I c 3" T("02") "\n+I a 1" T("02") "\nw 2000\n+I e 5" T("03") "\nw 5000\n");
    harness_free(h);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_row_by_processing_time),
        cmocka_unit_test(the_last_row_by_event_time),
        cmocka_unit_test(the_first_row_by_event_time_waits_for_the_watermark),
        cmocka_unit_test(an_upsert_stream_becomes_a_changelog),
        cmocka_unit_test(the_materializer_shows_the_last_row_of_a_key),
        cmocka_unit_test(rows_are_sorted_up_to_the_watermark),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
