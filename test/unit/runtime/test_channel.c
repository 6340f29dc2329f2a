/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Channels: order of rows, marks, barriers and the end; the byte budget; parcels that come back.
 */
#include "unit/unit.h"

#include "runtime/channel.h"

#include "type/type.h"

struct fixture {
    struct arena *arena;
    struct channel *channel;
    const struct type *types[1];
    struct batch_buffer *rows;
    uint32_t sel[8];
};

static int setup(void **state) {
    static struct fixture f;
    f.arena = arena_new("test", 0);
    f.types[0] = type_simple(types_new(f.arena), TYPE_BIGINT, false);
    f.channel = ARENA_NEW(f.arena, struct channel);
    channel_init(f.channel, NULL, f.types, 1, 4, 400);
    assert_int_equal(batch_buffer_new(f.arena, f.types, 1, 8, &f.rows), STATUS_OK);
    for (uint32_t i = 0; i < 8; i++) {
        f.sel[i] = i;
        VEC_DATA(f.rows->batch.columns[0], int64_t)[batch_buffer_row(f.rows, ROW_INSERT)] = i;
    }
    *state = &f;
    return 0;
}

static int teardown(void **state) {
    struct fixture *f = *state;
    channel_deinit(f->channel);
    batch_buffer_free(f->rows);
    arena_free(f->arena);
    return 0;
}

static void put(struct fixture *f, uint32_t from, uint32_t count) {
    assert_int_equal(channel_rows(f->channel, &f->rows->batch, f->sel + from, count, NULL), STATUS_OK);
}

static int64_t value(const struct parcel *p, uint32_t row) { return VEC_DATA(p->buffer->batch.columns[0], int64_t)[row]; }

static void rows_and_marks_keep_their_order(void **state) {
    struct fixture *f = *state;
    put(f, 0, 3);
    assert_int_equal(channel_mark(f->channel, &(struct mark){.kind = MARK_WATERMARK, .watermark_ms = 7}, NULL), STATUS_OK);
    put(f, 3, 2);
    assert_true(channel_flush(f->channel, true));
    struct parcel *p = channel_take(f->channel);
    assert_int_equal(p->buffer->batch.row_count, 4);
    assert_int_equal(p->buffer->batch.mark_count, 1);
    assert_int_equal(p->buffer->batch.marks[0].position, 3);
    assert_int_equal(value(p, 3), 3);
    assert_null(p->buffer->batch.kinds); /* all rows are inserts */
    channel_return(f->channel, p);
    p = channel_take(f->channel);
    assert_int_equal(p->buffer->batch.row_count, 1);
    assert_int_equal(value(p, 0), 4);
    channel_return(f->channel, p);
    assert_null(channel_take(f->channel));
}

static void a_barrier_stands_behind_the_rows_before_it(void **state) {
    struct fixture *f = *state;
    put(f, 0, 2);
    assert_int_equal(channel_barrier(f->channel, 5, 1, NULL), STATUS_OK);
    put(f, 2, 1);
    assert_int_equal(channel_end(f->channel, NULL), STATUS_OK);
    const enum parcel_kind expected[] = {PARCEL_BATCH, PARCEL_BARRIER, PARCEL_BATCH, PARCEL_END};
    for (int i = 0; i < 4; i++) {
        struct parcel *p = channel_take(f->channel);
        assert_non_null(p);
        assert_int_equal(p->kind, expected[i]);
        if (p->kind == PARCEL_BARRIER) assert_int_equal(p->epoch, 5);
        channel_return(f->channel, p);
    }
}

static void a_full_channel_has_no_room_until_parcels_come_back(void **state) {
    struct fixture *f = *state;
    assert_true(channel_has_room(f->channel));
    for (int i = 0; i < 100; i++) put(f, 0, 8); /* more than the ring holds */
    assert_false(channel_has_room(f->channel));
    uint32_t rows = 0;
    struct parcel *p = NULL;
    while (!channel_has_room(f->channel) && (p = channel_take(f->channel)) != NULL) {
        assert_int_equal(value(p, 0), (rows / 4) % 2 * 4);
        rows += p->buffer->batch.row_count;
        channel_return(f->channel, p);
    }
    while ((p = channel_take(f->channel)) != NULL) {
        rows += p->buffer->batch.row_count;
        channel_return(f->channel, p);
    }
    assert_int_equal(rows, 800);
    assert_true(channel_has_room(f->channel));
}

static void changes_keep_their_kinds(void **state) {
    struct fixture *f = *state;
    f->rows->kinds[1] = ROW_DELETE;
    put(f, 0, 2);
    channel_flush(f->channel, true);
    struct parcel *p = channel_take(f->channel);
    assert_int_equal(batch_kind(&p->buffer->batch, 0), ROW_INSERT);
    assert_int_equal(batch_kind(&p->buffer->batch, 1), ROW_DELETE);
    channel_return(f->channel, p);
}

static void half_a_parcel_waits_while_the_consumer_is_busy(void **state) {
    struct fixture *f = *state;
    put(f, 0, 5);
    assert_false(channel_flush(f->channel, false)); /* four rows lie in the ring */
    channel_return(f->channel, channel_take(f->channel));
    assert_true(channel_flush(f->channel, false));
}

int main(void) {
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        T(rows_and_marks_keep_their_order),
        T(a_barrier_stands_behind_the_rows_before_it),
        T(a_full_channel_has_no_room_until_parcels_come_back),
        T(changes_keep_their_kinds),
        T(half_a_parcel_waits_while_the_consumer_is_busy),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
