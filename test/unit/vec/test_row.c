/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rows as bytes: every type goes in and comes out, equal values are equal bytes, and the order of
 * sort keys is the order of the values.
 */
#include "type/int128.h"
#include "unit/unit.h"
#include "vec/batch.h"
#include "vec/row.h"

#include <math.h>
#include <string.h>

struct fixture {
    struct arena *arena;
    struct types *types;
};

static int set_up(void **state) {
    static struct fixture f;
    f.arena = arena_new("test", 0);
    f.types = types_new(f.arena);
    *state = &f;
    return 0;
}

static int tear_down(void **state) {
    arena_free(((struct fixture *)*state)->arena);
    return 0;
}

static struct vec *column(struct fixture *f, const struct type *t) {
    struct vec *v = NULL;
    assert_int_equal(vec_new(f->arena, f->arena, t, 64, &v), STATUS_OK);
    return v;
}

/* Row r of `in` to bytes and back into row 0 of fresh columns. */
static void round_trip(struct fixture *f, struct vec *const *in, uint32_t count, uint32_t r, struct vec **out) {
    const struct type *types[8];
    for (uint32_t i = 0; i < count; i++) types[i] = in[i]->type;
    struct row_layout *l = NULL;
    assert_int_equal(row_layout_new(f->arena, types, count, &l), STATUS_OK);
    uint32_t size = row_size_bytes(l, (const struct vec *const *)in, r);
    assert_int_equal(size % 8, 0);
    char *bytes = arena_alloc(f->arena, size);
    memset(bytes, 0xee, size);
    assert_int_equal(row_write(l, (const struct vec *const *)in, r, bytes), size);
    char *again = arena_alloc(f->arena, size);
    memset(again, 0x11, size);
    row_write(l, (const struct vec *const *)in, r, again);
    assert_memory_equal(bytes, again, size);
    for (uint32_t i = 0; i < count; i++) {
        out[i] = column(f, types[i]);
        assert_int_equal(row_read(l, bytes, i, out[i], 0), STATUS_OK);
    }
}

static void plain_values_and_nulls_come_back(void **state) {
    struct fixture *f = *state;
    struct vec *in[4] = {column(f, type_simple(f->types, TYPE_BIGINT, true)), column(f, type_string(f->types, true)),
                         column(f, type_decimal(f->types, 38, 2, true)), column(f, type_time(f->types, TYPE_TIMESTAMP, 9, true))};
    VEC_DATA(in[0], int64_t)[3] = -42;
    vec_set_str(in[1], 3, STR("a text that is longer than twelve bytes"));
    VEC_DATA(in[2], i128)[3] = (i128)1 << 100;
    VEC_DATA(in[3], struct ts)[3] = (struct ts){-5, 999, 0};
    struct vec *out[4];
    round_trip(f, in, 4, 3, out);
    for (int i = 0; i < 4; i++) assert_true(vec_value_equal(in[i], 3, out[i], 0));
    vec_set_null(in[1], 3);
    vec_set_null(in[2], 3);
    round_trip(f, in, 4, 3, out);
    assert_true(vec_is_null(out[1], 0) && vec_is_null(out[2], 0));
    assert_false(vec_is_null(out[0], 0) || vec_is_null(out[3], 0));
}

static void nested_values_come_back(void **state) {
    struct fixture *f = *state;
    const struct type_field fields[] = {{STR("a"), type_simple(f->types, TYPE_INT, true), {0}}, {STR("b"), type_string(f->types, true), {0}}};
    const struct type *row = type_row(f->types, fields, 2, true);
    struct vec *in[2] = {column(f, type_array(f->types, row, true)), column(f, type_map(f->types, type_string(f->types, false), type_simple(f->types, TYPE_DOUBLE, true), true))};
    uint32_t at = 0;
    assert_int_equal(vec_list_extend(in[0], 2, &at), STATUS_OK);
    VEC_DATA(in[0], struct list_ref)[0] = (struct list_ref){at, 2};
    VEC_DATA(in[0]->children[0]->children[0], int32_t)[at] = 7;
    vec_set_str(in[0]->children[0]->children[1], at, STR("a string of more than twelve"));
    vec_set_null(in[0]->children[0], at + 1);
    assert_int_equal(vec_list_extend(in[1], 1, &at), STATUS_OK);
    VEC_DATA(in[1], struct list_ref)[0] = (struct list_ref){at, 1};
    vec_set_str(in[1]->children[0], at, STR("k"));
    VEC_DATA(in[1]->children[1], double)[at] = -0.0;
    struct vec *out[2];
    round_trip(f, in, 2, 0, out);
    assert_true(vec_value_equal(in[0], 0, out[0], 0));
    assert_true(vec_value_equal(in[1], 0, out[1], 0));
    assert_true(vec_is_null(out[0]->children[0], 1));
}

static void keys_of_a_batch_are_equal_where_values_are(void **state) {
    struct fixture *f = *state;
    struct vec *v = column(f, type_simple(f->types, TYPE_DOUBLE, true));
    const double values[] = {1.5, 0.0, -0.0, 1.5};
    memcpy(v->data, values, sizeof values);
    struct row_layout *l = NULL;
    assert_int_equal(row_layout_new(f->arena, &v->type, 1, &l), STATUS_OK);
    struct row_keys k = {0};
    struct rows rows = {NULL, 4};
    const struct vec *columns[] = {v};
    assert_int_equal(row_keys_encode(&k, l, columns, &rows), STATUS_OK);
    assert_true(str_equal(row_keys_at(&k, 0), row_keys_at(&k, 3)));
    assert_int_equal(k.hashes[0], k.hashes[3]);
    assert_false(str_equal(row_keys_at(&k, 1), row_keys_at(&k, 2)));
    vec_set_null(v, 1);
    vec_set_null(v, 2);
    assert_int_equal(row_keys_encode(&k, l, columns, &rows), STATUS_OK);
    assert_true(str_equal(row_keys_at(&k, 1), row_keys_at(&k, 2)));
    row_keys_deinit(&k);
}

/* Row i must sort before row i + 1. */
static void check_order(struct vec *v, uint32_t count, struct sort_column by) {
    struct buf a = BUF_INIT, b = BUF_INIT;
    const struct vec *columns[] = {v};
    for (uint32_t i = 0; i + 1 < count; i++) {
        buf_reset(&a);
        buf_reset(&b);
        assert_int_equal(sort_key_append(&a, &by, 1, columns, i), STATUS_OK);
        assert_int_equal(sort_key_append(&b, &by, 1, columns, i + 1), STATUS_OK);
        int c = str_compare(buf_view(&a), buf_view(&b));
        if (by.descending) c = -c;
        if (c >= 0) fail_msg("row %u does not sort before row %u", i, i + 1);
    }
    buf_deinit(&a);
    buf_deinit(&b);
}

static void sort_keys_have_the_order_of_the_values(void **state) {
    struct fixture *f = *state;
    struct vec *d = column(f, type_simple(f->types, TYPE_DOUBLE, true));
    const double doubles[] = {-INFINITY, -1e300, -1.5, -0.0, 0.0, 1e-300, 2, INFINITY, NAN};
    memcpy(d->data, doubles, sizeof doubles);
    struct vec *s = column(f, type_string(f->types, true));
    const struct str texts[] = {STR(""), {"\0", 1}, {"\0a", 2}, STR("a"), {"a\0", 2}, STR("aa"), STR("b"), STR("\xc3\xa4")};
    for (uint32_t i = 0; i < 8; i++) vec_set_str(s, i, texts[i]);
    struct vec *n = column(f, type_decimal(f->types, 38, 0, true));
    const i128 numbers[] = {-((i128)1 << 90), -1, 0, 1, (i128)1 << 64, (i128)1 << 100};
    memcpy(n->data, numbers, sizeof numbers);
    for (int descending = 0; descending < 2; descending++) {
        struct sort_column by = {0, descending != 0, false};
        check_order(d, 9, by);
        check_order(s, 8, by);
        check_order(n, 6, by);
    }
}

static void nulls_sort_where_asked(void **state) {
    struct fixture *f = *state;
    struct vec *v = column(f, type_simple(f->types, TYPE_INT, true));
    vec_set_null(v, 0);
    VEC_DATA(v, int32_t)[1] = INT32_MIN;
    check_order(v, 2, (struct sort_column){0, false, false});
    struct buf null = BUF_INIT, value = BUF_INIT;
    const struct vec *columns[] = {v};
    struct sort_column last = {0, true, true};
    sort_key_append(&null, &last, 1, columns, 0);
    sort_key_append(&value, &last, 1, columns, 1);
    assert_true(str_compare(buf_view(&null), buf_view(&value)) > 0);
    buf_deinit(&null);
    buf_deinit(&value);
}

static void copying_rows_keeps_values_kinds_and_nulls(void **state) {
    struct fixture *f = *state;
    const struct type *types[] = {type_simple(f->types, TYPE_INT, true), type_string(f->types, true)};
    struct batch_buffer *from = NULL, *to = NULL;
    assert_int_equal(batch_buffer_new(f->arena, types, 2, 8, &from), STATUS_OK);
    assert_int_equal(batch_buffer_new(f->arena, types, 2, 8, &to), STATUS_OK);
    uint32_t row = batch_buffer_row(from, ROW_DELETE);
    VEC_DATA(from->batch.columns[0], int32_t)[row] = 5;
    vec_set_null(from->batch.columns[1], row);
    assert_int_equal(batch_buffer_copy_row(to, &from->batch, row, batch_kind(&from->batch, row)), STATUS_OK);
    assert_int_equal(batch_kind(&to->batch, 0), ROW_DELETE);
    assert_int_equal(VEC_DATA(to->batch.columns[0], int32_t)[0], 5);
    assert_true(vec_is_null(to->batch.columns[1], 0));
    for (int i = 0; i < 50; i++) assert_int_equal(batch_buffer_mark(to, MARK_WATERMARK, i), STATUS_OK);
    assert_int_equal(to->batch.marks[49].watermark_ms, 49);
    assert_int_equal(to->batch.marks[0].position, 1);
    batch_buffer_reset(to);
    assert_int_equal(to->batch.row_count, 0);
    batch_buffer_row(to, ROW_INSERT);
    assert_false(vec_is_null(to->batch.columns[1], 0));
    batch_buffer_free(from);
    batch_buffer_free(to);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(plain_values_and_nulls_come_back, set_up, tear_down),
        cmocka_unit_test_setup_teardown(nested_values_come_back, set_up, tear_down),
        cmocka_unit_test_setup_teardown(keys_of_a_batch_are_equal_where_values_are, set_up, tear_down),
        cmocka_unit_test_setup_teardown(sort_keys_have_the_order_of_the_values, set_up, tear_down),
        cmocka_unit_test_setup_teardown(nulls_sort_where_asked, set_up, tear_down),
        cmocka_unit_test_setup_teardown(copying_rows_keeps_values_kinds_and_nulls, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
