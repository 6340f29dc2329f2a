/* SPDX-License-Identifier: Apache-2.0 */
/* The values connector: kinds, metadata, marks, positions; the sink's lines and cuts. */
#include "unit/connector/table_fixture.h"

static struct table_fixture *fixture(const char *content) {
    struct table_fixture *f = table_fixture_new();
    table_column(f, "a", type_string(f->types, true), NULL);
    table_column(f, "b", type_simple(f->types, TYPE_INT, true), NULL);
    table_option(f, "connector", STR("values"));
    table_option(f, "path", table_path_of(f, "t"));
    table_file(f, "t", content);
    return f;
}

static void rows_have_kinds(void **state) {
    (void)state;
    struct table_fixture *f = fixture("{\"op\":\"+I\",\"row\":[\"a\", 1]}\n\n{\"row\":[null,\"2\"]}\n{\"row\":[\"\\u00e4\",-3],\"op\":\"-D\"}");
    table_ready(f);
    assert_string_equal(table_rows(f), "+I[a, 1]|+I[null, 2]|-D[\xc3\xa4, -3]");
    table_fixture_free(f);
}

static void bad_lines_are_named(void **state) {
    (void)state;
    static const char *const lines[] = {"x", "{\"row\":[1]}", "{\"row\":[\"a\",1,2]}", "{\"row\":[\"a\",\"x\"]}", "{\"op\":\"+X\",\"row\":[\"a\",1]}", "{\"rows\":[]}", "{\"op\":\"+I\"}"};
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        struct table_fixture *f = fixture(lines[i]);
        table_ready(f);
        table_rows(f);
        if (strstr(f->error.message, "line 1") == NULL) fail_msg("%s: %s", lines[i], f->error.message);
        table_fixture_free(f);
    }
}

static void metadata_follows_the_physical_columns(void **state) {
    (void)state;
    struct table_fixture *f = fixture("{\"row\":[\"a\",1,\"m\",7]}\n");
    table_column(f, "k", type_simple(f->types, TYPE_INT, true), "n");
    table_option(f, "readable-metadata", STR("m:STRING, n:INT"));
    table_ready(f);
    assert_string_equal(table_rows(f), "+I[a, 1, 7]");
    table_fixture_free(f);
}

static void a_restored_reader_goes_on_behind_its_rows(void **state) {
    (void)state;
    struct table_fixture *f = fixture("{\"row\":[\"a\",1]}\n{\"row\":[\"b\",2]}\n{\"row\":[\"c\",3]}\n");
    table_ready(f);
    assert_int_equal(table_discover(f, 1), STATUS_OK);
    struct source_reader *r = table_reader(f, 0, 1);
    enum read_result result;
    assert_int_equal(r->ops->add_split(r, f->splits[0], &f->error), STATUS_OK);
    assert_int_equal(table_read(f, r, 2, 1, &result), STATUS_OK);
    f->split_count = 0;
    assert_int_equal(r->ops->position(r, table_keep_split, f, &f->error), STATUS_OK);
    r->ops->free(r);
    assert_true(str_equal(f->splits[0], STR("2")));
    buf_reset(&f->text);
    r = table_reader(f, 0, 1);
    assert_int_equal(r->ops->add_split(r, f->splits[0], &f->error), STATUS_OK);
    assert_int_equal(table_read(f, r, 10, 10, &result), STATUS_OK);
    assert_int_equal(result, READ_END);
    assert_true(str_equal(buf_view(&f->text), STR("+I[c, 3]")));
    r->ops->free(r);
    table_fixture_free(f);
}

static void an_unbounded_reader_waits_for_more(void **state) {
    (void)state;
    struct table_fixture *f = fixture("{\"row\":[\"a\",1]}\n{\"row\":[\"b\"");
    table_option(f, "bounded", STR("false"));
    table_ready(f);
    assert_int_equal(table_discover(f, 1), STATUS_OK);
    struct source_reader *r = table_reader(f, 0, 1);
    enum read_result result;
    assert_int_equal(r->ops->add_split(r, f->splits[0], &f->error), STATUS_OK);
    assert_int_equal(table_read(f, r, 10, 1, &result), STATUS_OK);
    assert_int_equal(result, READ_WAIT);
    struct env_file *file;
    assert_int_equal(env_open(f->env, table_path_of(f, "t"), ENV_APPEND, &file, &f->error), STATUS_OK);
    assert_int_equal(env_write(f->env, file, ",2]}\n", 5, &f->error), STATUS_OK);
    env_close(f->env, file);
    assert_int_equal(table_read(f, r, 10, 1, &result), STATUS_OK);
    assert_true(str_equal(buf_view(&f->text), STR("+I[a, 1]|+I[b, 2]")));
    r->ops->free(r);
    table_fixture_free(f);
}

static void marks_and_the_clock_come_between_rows(void **state) {
    (void)state;
    struct table_fixture *f = fixture("{\"row\":[\"a\",1]}\n{\"watermark\":\"1970-01-01 00:00:05\"}\n{\"processing-time\":\"1970-01-01 00:00:10\"}\n{\"row\":[\"b\",2]}\n");
    table_ready(f);
    env_set_virtual_us(f->env, 0);
    assert_int_equal(table_discover(f, 1), STATUS_OK);
    struct source_reader *r = table_reader(f, 0, 1);
    assert_int_equal(r->ops->add_split(r, f->splits[0], &f->error), STATUS_OK);
    struct batch_buffer *out;
    enum read_result result;
    int64_t wake;
    assert_int_equal(batch_buffer_new(f->arena, f->column_types, f->count, 10, &out), STATUS_OK);
    assert_int_equal(r->ops->read(r, out, &result, &wake, &f->error), STATUS_OK);
    assert_int_equal(out->batch.row_count, 1);
    assert_int_equal(out->batch.mark_count, 1);
    assert_int_equal(out->batch.marks[0].watermark_ms, 5000);
    assert_int_equal(out->batch.marks[0].position, 1);
    assert_int_equal(env_wall_us(f->env), 0);
    batch_buffer_reset(out);
    assert_int_equal(r->ops->read(r, out, &result, &wake, &f->error), STATUS_OK);
    assert_int_equal(env_wall_us(f->env), 10000000);
    assert_int_equal(result, READ_MORE);
    assert_int_equal(out->batch.row_count, 0); /* timers come first */
    assert_int_equal(r->ops->read(r, out, &result, &wake, &f->error), STATUS_OK);
    assert_int_equal(out->batch.row_count, 1);
    r->ops->free(r);
    batch_buffer_free(out);
    table_fixture_free(f);
}

static void write_row(struct table_fixture *f, struct sink_writer *w, const char *a, int32_t b, enum row_kind kind) {
    struct batch_buffer *out;
    assert_int_equal(batch_buffer_new(f->arena, f->column_types, f->count, 1, &out), STATUS_OK);
    uint32_t row = batch_buffer_row(out, kind);
    assert_int_equal(vec_set_str(out->batch.columns[0], row, str_of(a)), STATUS_OK);
    VEC_DATA(out->batch.columns[1], int32_t)[row] = b;
    assert_int_equal(w->ops->write(w, &out->batch, &f->error), STATUS_OK);
    batch_buffer_free(out);
}

static void the_sink_cuts_its_file_on_restore(void **state) {
    (void)state;
    struct table_fixture *f = fixture("old\n");
    table_ready(f);
    struct sink_context c = {.env = f->env, .arena = f->arena, .sink = &f->sink, .types = f->column_types, .column_count = f->count, .names = f->names, .parallelism = 1};
    struct sink_writer *w;
    struct buf snapshot = BUF_INIT;
    assert_int_equal(table_connector(f)->fresh_start(&c, &f->error), STATUS_OK);
    assert_int_equal(table_connector(f)->writer_new(&c, &w, &f->error), STATUS_OK);
    write_row(f, w, "a", 1, ROW_INSERT);
    assert_int_equal(w->ops->prepare(w, false, NULL, NULL, &f->error), STATUS_OK);
    assert_int_equal(w->ops->snapshot(w, &snapshot, &f->error), STATUS_OK);
    write_row(f, w, "lost", 2, ROW_UPDATE_AFTER);
    w->ops->free(w);
    assert_string_equal(table_content(f, "t"), "+I[a, 1]\n+U[lost, 2]\n");
    assert_int_equal(table_connector(f)->writer_new(&c, &w, &f->error), STATUS_OK);
    assert_int_equal(w->ops->restore(w, buf_view(&snapshot), &f->error), STATUS_OK);
    write_row(f, w, "again", 2, ROW_UPDATE_AFTER);
    w->ops->free(w);
    assert_string_equal(table_content(f, "t"), "+I[a, 1]\n+U[again, 2]\n");
    buf_deinit(&snapshot);
    table_fixture_free(f);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_have_kinds), cmocka_unit_test(bad_lines_are_named), cmocka_unit_test(metadata_follows_the_physical_columns),
        cmocka_unit_test(a_restored_reader_goes_on_behind_its_rows), cmocka_unit_test(an_unbounded_reader_waits_for_more),
        cmocka_unit_test(marks_and_the_clock_come_between_rows), cmocka_unit_test(the_sink_cuts_its_file_on_restore),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
