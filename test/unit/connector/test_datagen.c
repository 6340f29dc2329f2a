/* SPDX-License-Identifier: Apache-2.0 */
/* Generated rows: sequences, ranges, nulls, shares of several readers, positions. */
#include "unit/connector/table_fixture.h"

static struct table_fixture *fixture(const char *const *options) {
    struct table_fixture *f = table_fixture_new();
    table_column(f, "id", type_simple(f->types, TYPE_BIGINT, true), NULL);
    table_column(f, "v", type_simple(f->types, TYPE_INT, true), NULL);
    table_column(f, "s", type_string(f->types, true), NULL);
    table_option(f, "connector", STR("datagen"));
    table_option(f, "rows-per-second", STR("100000000"));
    for (; *options != NULL; options += 2) table_option(f, options[0], str_of(options[1]));
    table_ready(f);
    return f;
}

#define OPTIONS(...) ((const char *const[]){__VA_ARGS__, NULL})

static struct batch_buffer *read_all(struct table_fixture *f, uint32_t subtask, uint32_t parallelism) {
    struct batch_buffer *out, *part;
    enum read_result result = READ_MORE;
    int64_t wake;
    assert_int_equal(table_discover(f, parallelism), STATUS_OK);
    struct source_reader *r = table_reader(f, subtask, parallelism);
    assert_int_equal(r->ops->add_split(r, f->splits[subtask], &f->error), STATUS_OK);
    assert_int_equal(batch_buffer_new(f->arena, f->column_types, f->count, 2048, &out), STATUS_OK);
    assert_int_equal(batch_buffer_new(f->arena, f->column_types, f->count, 2048, &part), STATUS_OK);
    for (int i = 0; i < 10000000 && result != READ_END; i++) {
        batch_buffer_reset(part);
        assert_int_equal(r->ops->read(r, part, &result, &wake, &f->error), STATUS_OK);
        for (uint32_t row = 0; row < part->batch.row_count; row++) assert_int_equal(batch_buffer_copy_row(out, &part->batch, row, ROW_INSERT), STATUS_OK);
    }
    batch_buffer_free(part);
    assert_int_equal(result, READ_END);
    r->ops->free(r);
    return out;
}

static void a_sequence_ends_the_source(void **state) {
    (void)state;
    struct table_fixture *f = fixture(OPTIONS("fields.id.kind", "sequence", "fields.id.start", "5", "fields.id.end", "104"));
    assert_true(f->options.connector->bounded(&f->options.own));
    struct batch_buffer *out = read_all(f, 0, 1);
    assert_int_equal(out->batch.row_count, 100);
    assert_int_equal(VEC_DATA(out->batch.columns[0], int64_t)[99], 104);
    batch_buffer_free(out);
    table_fixture_free(f);
}

static void values_stay_in_their_range(void **state) {
    (void)state;
    struct table_fixture *f = fixture(OPTIONS("number-of-rows", "500", "fields.v.min", "-2", "fields.v.max", "2", "fields.s.length", "7", "fields.id.null-rate", "0.5"));
    struct batch_buffer *out = read_all(f, 0, 1);
    uint32_t nulls = 0, seen[5] = {0};
    assert_int_equal(out->batch.row_count, 500);
    for (uint32_t i = 0; i < 500; i++) {
        int32_t v = VEC_DATA(out->batch.columns[1], int32_t)[i];
        assert_in_range(v + 2, 0, 4);
        seen[v + 2]++;
        assert_int_equal(VEC_DATA(out->batch.columns[2], struct strv)[i].size_bytes, 7);
        nulls += vec_is_null(out->batch.columns[0], i);
    }
    for (int i = 0; i < 5; i++) assert_true(seen[i] > 40);
    assert_in_range(nulls, 150, 350);
    batch_buffer_free(out);
    table_fixture_free(f);
}

static void readers_share_the_rows(void **state) {
    (void)state;
    uint64_t sum = 0, rows = 0;
    for (uint32_t subtask = 0; subtask < 3; subtask++) {
        struct table_fixture *f = fixture(OPTIONS("fields.id.kind", "sequence", "fields.id.start", "0", "fields.id.end", "99"));
        struct batch_buffer *out = read_all(f, subtask, 3);
        for (uint32_t i = 0; i < out->batch.row_count; i++) sum += (uint64_t)VEC_DATA(out->batch.columns[0], int64_t)[i];
        rows += out->batch.row_count;
        batch_buffer_free(out);
        table_fixture_free(f);
    }
    assert_int_equal(rows, 100);
    assert_int_equal(sum, 4950);
}

static void a_restored_reader_makes_the_rows_that_follow(void **state) {
    (void)state;
    struct table_fixture *f = fixture(OPTIONS("number-of-rows", "20", "fields.s.length", "4"));
    enum read_result result;
    assert_int_equal(table_discover(f, 1), STATUS_OK);
    struct source_reader *r = table_reader(f, 0, 1);
    assert_int_equal(r->ops->add_split(r, f->splits[0], &f->error), STATUS_OK);
    assert_int_equal(table_read(f, r, 5, 1000, &result), STATUS_OK);
    r->ops->free(r);
    struct str whole = arena_str(f->arena, buf_view(&f->text));
    buf_reset(&f->text);
    r = table_reader(f, 0, 1);
    assert_int_equal(r->ops->add_split(r, f->splits[0], &f->error), STATUS_OK);
    assert_int_equal(table_read(f, r, 5, 1, &result), STATUS_OK);
    f->split_count = 0;
    assert_int_equal(r->ops->position(r, table_keep_split, f, &f->error), STATUS_OK);
    r->ops->free(r);
    r = table_reader(f, 0, 1);
    assert_int_equal(r->ops->add_split(r, f->splits[0], &f->error), STATUS_OK);
    assert_int_equal(table_read(f, r, 5, 1000, &result), STATUS_OK);
    r->ops->free(r);
    size_t size = f->text.size_bytes < whole.size_bytes ? f->text.size_bytes : whole.size_bytes;
    assert_memory_equal(f->text.at, whole.at, size);
    table_fixture_free(f);
}

static void wrong_options_are_refused(void **state) {
    (void)state;
    struct table_fixture *f = fixture(OPTIONS("fields.nope.min", "1"));
    assert_int_equal(table_discover(f, 1), STATUS_OPTION);
    assert_non_null(strstr(f->error.message, "fields.nope.min"));
    table_fixture_free(f);
    f = fixture(OPTIONS("fields.id.kind", "sequence"));
    struct source_context c = table_source(f, 0, 1);
    struct source_reader *r;
    assert_int_equal(table_connector(f)->reader_new(&c, &r, &f->error), STATUS_OPTION);
    table_fixture_free(f);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_sequence_ends_the_source), cmocka_unit_test(values_stay_in_their_range), cmocka_unit_test(readers_share_the_rows),
        cmocka_unit_test(a_restored_reader_makes_the_rows_that_follow), cmocka_unit_test(wrong_options_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
