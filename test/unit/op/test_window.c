/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Windows: firing at the watermark, late rows, shared slices of HOP and CUMULATE, processing time.
 */
#include "unit/op/harness.h"

#include "agg/agg.h"

/* Input (k STRING, ts TIMESTAMP(3), v BIGINT); output k, SUM(v), window_start, window_end. */
static struct harness *windowed(struct window w) {
    struct harness *h = harness_new(NODE_WINDOW_AGG);
    struct types *t = h->types;
    const struct type *ts = type_time(t, TYPE_TIMESTAMP, 3, true), *big = type_simple(t, TYPE_BIGINT, true);
    const struct type_field in[] = {{STR("k"), type_string(t, true), {0}}, {STR("ts"), ts, {0}}, {STR("v"), big, {0}}};
    harness_input(h, in, 3);
    struct agg_call *agg = ARENA_ARRAY(h->arena, struct agg_call, 1);
    struct error e = ERROR_INIT;
    *agg = (struct agg_call){.func = agg_find(STR("SUM")), .type = big, .arg_count = 1, .args = {2}, .arg_types = {big}, .filter = -1};
    if (agg->func->choose(agg, &agg->impl, &e) != STATUS_OK) fail_msg("%s", e.message);
    const struct type_field out[] = {in[0], {STR("s"), big, {0}}, {STR("ws"), ts, {0}}, {STR("we"), ts, {0}}};
    h->node->row = type_row(t, out, 4, false);
    struct window_agg_params *p = &h->node->as.window_agg;
    *p = (struct window_agg_params){.window = w, .attached_start = -1, .attached_end = -1, .key_count = 1, .aggs = agg, .agg_count = 1, .property_count = 2};
    p->keys = ARENA_ARRAY(h->arena, uint32_t, 1);
    p->properties = arena_calloc(h->arena, 2, sizeof *p->properties);
    p->properties[0].kind = WINDOW_PROPERTY_START;
    p->properties[1].kind = WINDOW_PROPERTY_END;
    return h;
}

#define EPOCH "1970-01-01T00:00"
#define AT(seconds) EPOCH ":" seconds

static void a_tumbling_window_fires_once_and_late_rows_are_counted(void **state) {
    (void)state;
    struct harness *h = windowed((struct window){.kind = WINDOW_TUMBLE, .size_ms = 10000, .slide_ms = 10000, .event_time = true, .time_column = 1});
    harness_run(h, "+I a 1000 1\n+I b 9999 2\n+I a 10000 4\nw 9998\n+I a 5000 8\nw 9999\n+I a 9000 16\n+I a 19999 32\nw 30000",
                "w 9998\n+I a 9 " EPOCH " " AT("10") "\n+I b 2 " EPOCH " " AT("10") "\nw 9999\n"
                "+I a 36 " AT("10") " " AT("20") "\nw 30000\n");
    assert_true(h->late_rows > 0);
    harness_free(h);
}

static void hopping_windows_share_slices(void **state) {
    (void)state;
    struct harness *h = windowed((struct window){.kind = WINDOW_HOP, .size_ms = 10000, .slide_ms = 5000, .event_time = true, .time_column = 1});
    harness_run(h, "+I a 1000 1\n+I a 6000 2\nw 4999\n+I a 2000 4\nw 9999\n+I a 3000 8\nw 20000",
                "+I a 1 1969-12-31T23:59:55 " AT("05") "\nw 4999\n+I a 7 " EPOCH " " AT("10") "\nw 9999\n"
                "+I a 2 " AT("05") " " AT("15") "\nw 20000\n");
    harness_free(h);
}

static void cumulating_windows_grow_by_the_step(void **state) {
    (void)state;
    struct harness *h = windowed((struct window){.kind = WINDOW_CUMULATE, .size_ms = 15000, .slide_ms = 5000, .event_time = true, .time_column = 1});
    harness_run(h, "+I a 1000 1\n+I a 11000 2\nw 9999\n+I a 2000 4\nw 40000",
                "+I a 1 " EPOCH " " AT("05") "\n+I a 1 " EPOCH " " AT("10") "\nw 9999\n+I a 7 " EPOCH " " AT("15") "\nw 40000\n");
    harness_free(h);
}

static void processing_time_windows_fire_by_the_clock(void **state) {
    (void)state;
    struct harness *h = windowed((struct window){.kind = WINDOW_TUMBLE, .size_ms = 10000, .slide_ms = 10000, .time_column = -1});
    harness_run(h, "t 1000\n+I a ~ 1\n+I a ~ 2\nt 9000\nt 9999\nt 12000\n+I a ~ 4", "+I a 3 " EPOCH " " AT("10") "\n");
    harness_free(h);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_tumbling_window_fires_once_and_late_rows_are_counted),
        cmocka_unit_test(hopping_windows_share_slices),
        cmocka_unit_test(cumulating_windows_grow_by_the_step),
        cmocka_unit_test(processing_time_windows_fire_by_the_clock),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
