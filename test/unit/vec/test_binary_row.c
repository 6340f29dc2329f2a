/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The hash codes of Flink's binary rows. The expected numbers are what BinaryRowData.hashCode of Flink
 * 2.3.0 gave for rows that its BinaryRowWriter wrote.
 */
#include "type/int128.h"
#include "unit/unit.h"
#include "vec/batch.h"
#include "vec/binary_row.h"

#include <string.h>

struct fixture {
    struct arena *arena;
    struct types *types;
    struct vec *columns[4];
    uint32_t count;
    struct buf scratch;
};

static int set_up(void **state) {
    static struct fixture f;
    f = (struct fixture){.arena = arena_new("test", 0), .scratch = BUF_INIT};
    f.types = types_new(f.arena);
    *state = &f;
    return 0;
}

static int tear_down(void **state) {
    struct fixture *f = *state;
    buf_deinit(&f->scratch);
    arena_free(f->arena);
    return 0;
}

static struct vec *add(struct fixture *f, const struct type *t) {
    struct vec *v = NULL;
    assert_int_equal(vec_new(f->arena, f->arena, t, 1, &v), STATUS_OK);
    vec_set_valid(v, 0);
    f->columns[f->count++] = v;
    return v;
}

/* The hash of the columns added so far, as one row; then none are there. */
static uint32_t hash(struct fixture *f) {
    const struct type *types[4];
    struct row_layout *l = NULL;
    uint32_t h = 0;
    const struct vec *const *columns = (const struct vec *const *)f->columns;
    for (uint32_t i = 0; i < f->count; i++) types[i] = f->columns[i]->type;
    assert_int_equal(row_layout_new(f->arena, types, f->count, &l), STATUS_OK);
    assert_true(binary_row_has_hash(l));
    void *row = arena_alloc(f->arena, row_size_bytes(l, columns, 0));
    row_write(l, columns, 0, row);
    assert_true(binary_row_hash(l, row, &f->scratch, &h));
    f->count = 0;
    return h;
}

static uint32_t text_hash(struct fixture *f, const char *text) {
    assert_int_equal(vec_set_str(add(f, type_string(f->types, true)), 0, str_of(text)), STATUS_OK);
    return hash(f);
}

static uint32_t null_hash(struct fixture *f, const struct type *t) {
    vec_set_null(add(f, t), 0);
    return hash(f);
}

static void numbers_have_the_bytes_of_their_type(void **state) {
    struct fixture *f = *state;
    VEC_DATA(add(f, type_simple(f->types, TYPE_INT, true)), int32_t)[0] = 1;
    assert_int_equal(hash(f), 1465514398u);
    VEC_DATA(add(f, type_simple(f->types, TYPE_INT, true)), int32_t)[0] = -1;
    assert_int_equal(hash(f), 1133687267u);
    VEC_DATA(add(f, type_simple(f->types, TYPE_BIGINT, true)), int64_t)[0] = -5;
    assert_int_equal(hash(f), 3578307242u);
    VEC_DATA(add(f, type_simple(f->types, TYPE_BOOLEAN, true)), uint8_t)[0] = 1;
    assert_int_equal(hash(f), 1465514398u);
    VEC_DATA(add(f, type_simple(f->types, TYPE_TINYINT, true)), int8_t)[0] = -3;
    assert_int_equal(hash(f), 2904033678u);
    VEC_DATA(add(f, type_simple(f->types, TYPE_SMALLINT, true)), int16_t)[0] = -300;
    assert_int_equal(hash(f), 3407210277u);
    VEC_DATA(add(f, type_simple(f->types, TYPE_FLOAT, true)), float)[0] = -1.5f;
    assert_int_equal(hash(f), 497031901u);
    VEC_DATA(add(f, type_simple(f->types, TYPE_DOUBLE, true)), double)[0] = 2.5;
    assert_int_equal(hash(f), 727599657u);
    assert_int_equal(null_hash(f, type_simple(f->types, TYPE_INT, true)), 2546641952u);
}

static void short_texts_lie_in_the_slot(void **state) {
    struct fixture *f = *state;
    assert_int_equal(text_hash(f, ""), 302122119u);
    assert_int_equal(text_hash(f, "abc"), 4193044877u);
    assert_int_equal(text_hash(f, "1234567"), 199144172u);
    assert_int_equal(text_hash(f, "12345678"), 3903945495u);
    assert_int_equal(text_hash(f, "a longer text"), 2385645925u);
}

static uint32_t wide_hash(struct fixture *f, i128 unscaled) {
    struct vec *v = add(f, type_decimal(f->types, 38, 2, true));
    memcpy(v->data, &unscaled, sizeof unscaled);
    return hash(f);
}

static void decimals_of_many_digits_are_big_endian_bytes(void **state) {
    struct fixture *f = *state;
    VEC_DATA(add(f, type_decimal(f->types, 10, 2, true)), int64_t)[0] = -123;
    assert_int_equal(hash(f), 3144475567u);
    assert_int_equal(wide_hash(f, -123), 2488491377u);
    assert_int_equal(wide_hash(f, 128), 3499863093u);
    assert_int_equal(wide_hash(f, 0), 728486185u);
    assert_int_equal(wide_hash(f, (i128)1234567890123456 * 10000000000000000 + 7890123456789012), 381736916u);
    assert_int_equal(null_hash(f, type_decimal(f->types, 38, 2, true)), 2914686536u);
}

static uint32_t time_hash(struct fixture *f, int32_t precision, struct ts ts) {
    vec_set_ts(add(f, type_time(f->types, TYPE_TIMESTAMP, precision, true)), 0, ts);
    return hash(f);
}

static void times_are_milliseconds_and_nanoseconds(void **state) {
    struct fixture *f = *state;
    assert_int_equal(time_hash(f, 3, (struct ts){.micros = 1704067205123000}), 3829114820u);
    assert_int_equal(time_hash(f, 6, (struct ts){.micros = 1704067205123456}), 2508578440u);
    assert_int_equal(time_hash(f, 9, (struct ts){.micros = -1, .nanos = 999}), 61627685u);
    assert_int_equal(null_hash(f, type_time(f->types, TYPE_TIMESTAMP, 6, true)), 3954084635u);
}

static void columns_follow_each_other(void **state) {
    struct fixture *f = *state;
    assert_int_equal(vec_set_str(add(f, type_string(f->types, true)), 0, STR("a longer text")), STATUS_OK);
    VEC_DATA(add(f, type_simple(f->types, TYPE_INT, true)), int32_t)[0] = 7;
    assert_int_equal(hash(f), 1972492711u);
    vec_set_null(add(f, type_simple(f->types, TYPE_INT, true)), 0);
    assert_int_equal(vec_set_str(add(f, type_string(f->types, true)), 0, STR("x")), STATUS_OK);
    VEC_DATA(add(f, type_simple(f->types, TYPE_BIGINT, true)), int64_t)[0] = 9;
    assert_int_equal(hash(f), 775170479u);
}

static void nested_values_have_none(void **state) {
    struct fixture *f = *state;
    const struct type *t = type_array(f->types, type_simple(f->types, TYPE_INT, true), true);
    struct row_layout *l = NULL;
    assert_int_equal(row_layout_new(f->arena, &t, 1, &l), STATUS_OK);
    assert_false(binary_row_has_hash(l));
}

int main(void) {
#define T(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        T(numbers_have_the_bytes_of_their_type), T(short_texts_lie_in_the_slot), T(decimals_of_many_digits_are_big_endian_bytes),
        T(times_are_milliseconds_and_nanoseconds), T(columns_follow_each_other), T(nested_values_have_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
