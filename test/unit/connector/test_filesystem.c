/* SPDX-License-Identifier: Apache-2.0 */
/* Files: which are read, ranges, positions, metadata, partitions; part files and their commit. */
#include "unit/connector/table_fixture.h"

static struct table_fixture *fixture(const char *path, const char *format) {
    struct table_fixture *f = table_fixture_new();
    table_column(f, "a", type_simple(f->types, TYPE_INT, true), NULL);
    table_column(f, "b", type_string(f->types, true), NULL);
    table_option(f, "connector", STR("filesystem"));
    table_option(f, "path", table_path_of(f, path));
    table_option(f, "format", str_of(format));
    return f;
}

static void a_directory_is_read_without_hidden_files(void **state) {
    (void)state;
    struct table_fixture *f = fixture("d", "csv");
    table_file(f, "d/1", "1,a\n");
    table_file(f, "d/sub/2", "2,b\n");
    table_file(f, "d/.hidden", "x");
    table_file(f, "d/_SUCCESS", "x");
    table_ready(f);
    assert_string_equal(table_rows(f), "+I[1, a]|+I[2, b]");
    table_fixture_free(f);
}

static void globs_and_patterns_choose_files(void **state) {
    (void)state;
    struct table_fixture *f = fixture("*/x?.csv", "csv");
    table_file(f, "d/x1.csv", "1,a\n");
    table_file(f, "e/x2.csv", "2,b\n");
    table_file(f, "e/y2.csv", "3,c\n");
    table_option(f, "source.path.regex-pattern", STR(".*/e/.*"));
    table_ready(f);
    assert_string_equal(table_rows(f), "+I[2, b]");
    table_fixture_free(f);
}

static void what_cannot_be_read_is_refused(void **state) {
    (void)state;
    struct table_fixture *f = fixture("none", "csv");
    table_ready(f);
    assert_int_equal(table_discover(f, 1), STATUS_NOT_FOUND);
    table_fixture_free(f);
    f = fixture("a.gz", "csv");
    table_file(f, "a.gz", "");
    table_ready(f);
    assert_int_equal(table_discover(f, 1), STATUS_UNSUPPORTED);
    assert_non_null(strstr(f->error.message, ".gz"));
    table_fixture_free(f);
}

static void a_bad_record_says_file_and_offset(void **state) {
    (void)state;
    struct table_fixture *f = fixture("t", "csv");
    table_file(f, "t", "1,a\nx,b\n");
    table_ready(f);
    assert_string_equal(table_rows(f), "+I[1, a]ERROR");
    assert_non_null(strstr(f->error.message, "/t', offset 4"));
    table_fixture_free(f);
}

static void metadata_and_partitions_are_columns(void **state) {
    (void)state;
    struct table_fixture *f = fixture("d", "json");
    table_column(f, "n", type_string(f->types, false), "file.name");
    table_column(f, "s", type_simple(f->types, TYPE_BIGINT, false), "file.size");
    table_column(f, "p", type_simple(f->types, TYPE_INT, true), NULL);
    table_column(f, "q", type_string(f->types, true), NULL);
    struct str p = STR("p"), q = STR("q");
    assert_int_equal(list_push(&f->table.partitioned_by, f->arena, &p), STATUS_OK);
    assert_int_equal(list_push(&f->table.partitioned_by, f->arena, &q), STATUS_OK);
    table_file(f, "d/p=7/q=a%2Fb/x", "{\"a\":1,\"b\":\"u\"}\n");
    table_file(f, "d/p=8/q=__DEFAULT_PARTITION__/y", "{\"a\":2,\"b\":\"v\"}\n");
    table_ready(f);
    assert_string_equal(table_rows(f), "+I[1, u, x, 16, 7, a/b]|+I[2, v, y, 16, 8, null]");
    table_fixture_free(f);
}

static void a_line_of_names_can_be_skipped(void **state) {
    (void)state;
    struct table_fixture *f = fixture("t", "csv");
    table_file(f, "t", "\xef\xbb\xbf" "a,b\n1,x\n");
    table_option(f, "csv.header", STR("true"));
    table_ready(f);
    assert_string_equal(table_rows(f), "+I[1, x]");
    table_fixture_free(f);
}

/* About 12 MB of JSON lines, so that four readers get several ranges. */
static uint64_t write_large(struct table_fixture *f, uint64_t *ret_sum) {
    struct env_file *file;
    struct buf b = BUF_INIT;
    uint64_t rows = 300000;
    *ret_sum = rows * (rows - 1) / 2;
    for (uint64_t i = 0; i < rows; i++) buf_format(&b, "{\"a\":%llu,\"b\":\"some text of row\"}\n", (unsigned long long)i);
    assert_int_equal(env_open(f->env, table_path_of(f, "t"), ENV_WRITE_NEW, &file, &f->error), STATUS_OK);
    assert_int_equal(env_write(f->env, file, b.at, b.size_bytes, &f->error), STATUS_OK);
    env_close(f->env, file);
    buf_deinit(&b);
    return rows;
}

static void drain(struct table_fixture *f, struct source_reader *r, struct batch_buffer *out, uint32_t batches, uint64_t *rows, uint64_t *sum, enum read_result *result) {
    for (*result = READ_MORE; batches > 0 && *result == READ_MORE; batches--) {
        int64_t wake;
        batch_buffer_reset(out);
        assert_int_equal(r->ops->read(r, out, result, &wake, &f->error), STATUS_OK);
        *rows += out->batch.row_count;
        for (uint32_t i = 0; i < out->batch.row_count; i++) *sum += (uint64_t)VEC_DATA(out->batch.columns[0], int32_t)[i];
    }
}

static void ranges_hold_every_row_once(void **state) {
    (void)state;
    struct table_fixture *f = fixture("t", "json");
    uint64_t sum, got_rows = 0, got_sum = 0, rows = write_large(f, &sum);
    table_ready(f);
    assert_int_equal(table_discover(f, 4), STATUS_OK);
    assert_true(f->split_count > 1);
    struct batch_buffer *out;
    assert_int_equal(batch_buffer_new(f->arena, f->column_types, f->count, 2048, &out), STATUS_OK);
    for (uint32_t i = 0; i < f->split_count; i++) {
        struct source_reader *r = table_reader(f, i % 4, 4);
        enum read_result result;
        assert_int_equal(r->ops->add_split(r, f->splits[i], &f->error), STATUS_OK);
        drain(f, r, out, UINT32_MAX, &got_rows, &got_sum, &result);
        r->ops->free(r);
    }
    assert_int_equal(got_rows, rows);
    assert_int_equal(got_sum, sum);
    batch_buffer_free(out);
    table_fixture_free(f);
}

static void positions_cover_exactly_the_rows_read(void **state) {
    (void)state;
    struct table_fixture *f = fixture("t", "json");
    uint64_t sum, got_rows = 0, got_sum = 0, rows = write_large(f, &sum);
    table_ready(f);
    assert_int_equal(table_discover(f, 2), STATUS_OK);
    struct batch_buffer *out;
    assert_int_equal(batch_buffer_new(f->arena, f->column_types, f->count, 1000, &out), STATUS_OK);
    enum read_result result = READ_MORE;
    /* A new reader after every 20 batches, from the positions of the last. */
    for (int rounds = 0; result == READ_MORE && rounds < 1000; rounds++) {
        struct source_reader *r = table_reader(f, 0, 2);
        for (uint32_t i = 0; i < f->split_count; i++) assert_int_equal(r->ops->add_split(r, f->splits[i], &f->error), STATUS_OK);
        drain(f, r, out, 20, &got_rows, &got_sum, &result);
        f->split_count = 0;
        assert_int_equal(r->ops->position(r, table_keep_split, f, &f->error), STATUS_OK);
        r->ops->free(r);
    }
    assert_int_equal(got_rows, rows);
    assert_int_equal(got_sum, sum);
    batch_buffer_free(out);
    table_fixture_free(f);
}

static void an_array_of_many_rows_goes_on_where_the_last_reader_stopped(void **state) {
    (void)state;
    struct table_fixture *f = fixture("t", "json");
    struct buf text = BUF_INIT;
    uint64_t rows = 0, sum = 0;
    buf_text(&text, "{\"a\":7,\"b\":\"first\"}\n[");
    for (uint32_t i = 0; i < 5000; i++) buf_format(&text, "%s{\"a\":%u,\"b\":\"x\"}", i == 0 ? "" : ",", i);
    buf_text(&text, "]\n[]\n{\"a\":9,\"b\":\"last\"}\n");
    buf_char(&text, '\0');
    table_file(f, "t", text.at);
    buf_deinit(&text);
    table_ready(f);
    assert_int_equal(table_discover(f, 1), STATUS_OK);
    struct batch_buffer *out;
    assert_int_equal(batch_buffer_new(f->arena, f->column_types, f->count, 700, &out), STATUS_OK);
    enum read_result result = READ_MORE;
    for (int rounds = 0; result == READ_MORE && rounds < 100; rounds++) {
        struct source_reader *r = table_reader(f, 0, 1);
        for (uint32_t i = 0; i < f->split_count; i++) assert_int_equal(r->ops->add_split(r, f->splits[i], &f->error), STATUS_OK);
        drain(f, r, out, (uint32_t)(rounds % 3) + 1, &rows, &sum, &result);
        f->split_count = 0;
        assert_int_equal(r->ops->position(r, table_keep_split, f, &f->error), STATUS_OK);
        r->ops->free(r);
    }
    assert_int_equal(rows, 5002);
    assert_int_equal(sum, 7 + 9 + 5000 * 4999 / 2);
    batch_buffer_free(out);
    table_fixture_free(f);
}

static void a_monitored_directory_gives_new_files_once(void **state) {
    (void)state;
    struct table_fixture *f = fixture("d", "csv");
    table_option(f, "source.monitor-interval", STR("1 s"));
    table_file(f, "d/1", "1,a\n");
    table_ready(f);
    struct source_context c = table_source(f, 0, 1);
    struct split_enumerator *n, *restored;
    bool done;
    int64_t wake;
    struct buf state_bytes = BUF_INIT;
    assert_int_equal(table_connector(f)->enumerator_new(&c, &n, &f->error), STATUS_OK);
    assert_int_equal(n->ops->discover(n, table_keep_split, f, &done, &wake, &f->error), STATUS_OK);
    assert_int_equal(f->split_count, 1);
    assert_false(done);
    assert_true(wake > 0);
    assert_int_equal(n->ops->snapshot(n, &state_bytes, &f->error), STATUS_OK);
    n->ops->free(n);
    table_file(f, "d/2", "2,b\n");
    assert_int_equal(table_connector(f)->enumerator_new(&c, &restored, &f->error), STATUS_OK);
    assert_int_equal(restored->ops->restore(restored, buf_view(&state_bytes), &f->error), STATUS_OK);
    assert_int_equal(restored->ops->discover(restored, table_keep_split, f, &done, &wake, &f->error), STATUS_OK);
    assert_int_equal(f->split_count, 2);
    restored->ops->free(restored);
    buf_deinit(&state_bytes);
    table_fixture_free(f);
}

/* ---- sink ---- */

struct sink {
    struct table_fixture *f;
    struct sink_context context;
    struct sink_writer *writer;
    struct str committables[32];
    uint32_t count;
};

static enum status keep_committable(void *context, struct str committable) {
    struct sink *s = context;
    assert_true(s->count < 32);
    s->committables[s->count++] = arena_str(s->f->arena, committable);
    return STATUS_OK;
}

static void sink_open(struct sink *s, struct table_fixture *f) {
    s->f = f;
    s->context = (struct sink_context){.env = f->env, .arena = f->arena, .sink = &f->sink, .types = f->column_types, .column_count = f->count, .names = f->names, .parallelism = 1};
    if (table_connector(f)->writer_new(&s->context, &s->writer, &f->error) != STATUS_OK) fail_msg("%s", f->error.message);
}

static void sink_write(struct sink *s, int32_t a, const char *b) {
    struct table_fixture *f = s->f;
    struct batch_buffer *out;
    assert_int_equal(batch_buffer_new(f->arena, f->column_types, f->count, 1, &out), STATUS_OK);
    uint32_t row = batch_buffer_row(out, ROW_INSERT);
    VEC_DATA(out->batch.columns[0], int32_t)[row] = a;
    if (b == NULL) vec_set_null(out->batch.columns[1], row);
    else assert_int_equal(vec_set_str(out->batch.columns[1], row, str_of(b)), STATUS_OK);
    if (s->writer->ops->write(s->writer, &out->batch, &f->error) != STATUS_OK) fail_msg("%s", f->error.message);
    batch_buffer_free(out);
}

static void sink_prepare(struct sink *s, bool last) {
    s->count = 0;
    assert_int_equal(s->writer->ops->prepare(s->writer, last, keep_committable, s, &s->f->error), STATUS_OK);
}

static void sink_commit(struct sink *s) {
    const struct committer_ops *ops;
    void *committer;
    assert_int_equal(table_connector(s->f)->committer_new(&s->context, &ops, &committer, &s->f->error), STATUS_OK);
    for (uint32_t i = 0; i < s->count; i++) assert_int_equal(ops->commit(committer, s->committables[i], &s->f->error), STATUS_OK);
    ops->free(committer);
}

static void rows_are_visible_after_commit_only(void **state) {
    (void)state;
    struct table_fixture *f = fixture("out", "csv");
    table_ready(f);
    struct sink s = {0};
    sink_open(&s, f);
    sink_write(&s, 1, "a");
    assert_string_equal(table_rows(f), "");
    sink_prepare(&s, true);
    assert_int_equal(s.count, 1);
    assert_string_equal(table_rows(f), "");
    sink_commit(&s);
    sink_commit(&s); /* again, as after a restore */
    assert_string_equal(table_rows(f), "+I[1, a]");
    s.writer->ops->free(s.writer);
    table_fixture_free(f);
}

static void a_restored_writer_goes_on_in_its_file(void **state) {
    (void)state;
    struct table_fixture *f = fixture("out", "csv");
    table_ready(f);
    struct sink s = {0};
    struct buf snapshot = BUF_INIT;
    sink_open(&s, f);
    sink_write(&s, 1, "a");
    sink_prepare(&s, false);
    assert_int_equal(s.count, 0);
    assert_int_equal(s.writer->ops->snapshot(s.writer, &snapshot, &f->error), STATUS_OK);
    sink_write(&s, 2, "lost");
    sink_prepare(&s, true);
    sink_commit(&s); /* even if it was published by a checkpoint that is gone */
    s.writer->ops->free(s.writer);
    sink_open(&s, f);
    assert_int_equal(s.writer->ops->restore(s.writer, buf_view(&snapshot), &f->error), STATUS_OK);
    sink_write(&s, 3, "b");
    sink_prepare(&s, true);
    sink_commit(&s);
    s.writer->ops->free(s.writer);
    assert_string_equal(table_rows(f), "+I[1, a]|+I[3, b]");
    buf_deinit(&snapshot);
    table_fixture_free(f);
}

/* Names of the output folder that begin with a dot. */
static uint32_t in_progress(struct table_fixture *f, struct str *ret_last) {
    struct str *names;
    uint32_t count = 0, found = 0;
    assert_int_equal(env_list(f->env, f->arena, table_path_of(f, "out"), &names, &count, &f->error), STATUS_OK);
    for (uint32_t i = 0; i < count; i++) {
        if (names[i].at[0] != '.') continue;
        found++;
        *ret_last = names[i];
    }
    return found;
}

static void what_a_crash_left_in_progress_is_removed_but_nobody_elses(void **state) {
    (void)state;
    struct table_fixture *f = fixture("out", "csv");
    table_option(f, "sink.rolling-policy.file-size", STR("8 b"));
    table_ready(f);
    struct sink s = {0};
    struct buf snapshot = BUF_INIT;
    struct str name = STR("");
    sink_open(&s, f);
    sink_write(&s, 1, "abcdef"); /* rolled: one row makes it */
    sink_write(&s, 2, "a");      /* in progress */
    sink_prepare(&s, false);
    assert_int_equal(s.count, 1);
    assert_int_equal(s.writer->ops->snapshot(s.writer, &snapshot, &f->error), STATUS_OK);
    sink_commit(&s);
    for (int i = 0; i < 3; i++) sink_write(&s, i, "abcdef"); /* after the checkpoint: nobody will know them */
    s.writer->ops->free(s.writer);
    table_file(f, "out/.part-0123456789abcdef0123456789abcdef-0-0.inprogress", "x");
    table_file(f, "out/.notes", "x");
    assert_true(in_progress(f, &name) > 3);
    const struct committer_ops *ops;
    void *committer;
    assert_int_equal(table_connector(f)->committer_new(&s.context, &ops, &committer, &f->error), STATUS_OK);
    assert_int_equal(ops->clean(committer, &f->error), STATUS_OK);
    assert_true(in_progress(f, &name) > 3); /* of a writer that it was told of only */
    assert_int_equal(ops->keep(committer, buf_view(&snapshot), &f->error), STATUS_OK);
    assert_int_equal(ops->clean(committer, &f->error), STATUS_OK);
    assert_int_equal(in_progress(f, &name), 3); /* two foreign ones and the one that goes on */
    assert_int_equal(ops->keep(committer, (struct str){snapshot.at, snapshot.size_bytes - 1}, &f->error), STATUS_CORRUPT);
    ops->free(committer);
    buf_deinit(&snapshot);
    table_fixture_free(f);
}

static void files_roll_by_size(void **state) {
    (void)state;
    struct table_fixture *f = fixture("out", "csv");
    table_option(f, "sink.rolling-policy.file-size", STR("8 b"));
    table_ready(f);
    struct sink s = {0};
    sink_open(&s, f);
    for (int i = 0; i < 5; i++) sink_write(&s, i, "abc");
    sink_prepare(&s, false);
    assert_int_equal(s.count, 2); /* two rows each; the fifth is in progress */
    sink_prepare(&s, true);
    assert_int_equal(s.count, 1);
    s.writer->ops->free(s.writer);
    table_fixture_free(f);
}

static void partitions_are_directories(void **state) {
    (void)state;
    struct table_fixture *f = fixture("out", "json");
    table_option(f, "sink.partition-commit.policy.kind", STR("success-file"));
    struct str b = STR("b");
    assert_int_equal(list_push(&f->table.partitioned_by, f->arena, &b), STATUS_OK);
    table_ready(f);
    struct sink s = {0};
    sink_open(&s, f);
    sink_write(&s, 1, "x/y");
    sink_write(&s, 2, NULL);
    sink_prepare(&s, true);
    sink_commit(&s);
    s.writer->ops->free(s.writer);
    assert_string_equal(table_content(f, "out/b=x%2Fy/_SUCCESS"), "");
    assert_string_equal(table_rows(f), "+I[2, null]|+I[1, x/y]");
    table_fixture_free(f);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_directory_is_read_without_hidden_files), cmocka_unit_test(globs_and_patterns_choose_files), cmocka_unit_test(what_cannot_be_read_is_refused),
        cmocka_unit_test(a_bad_record_says_file_and_offset),        cmocka_unit_test(metadata_and_partitions_are_columns), cmocka_unit_test(a_line_of_names_can_be_skipped),
        cmocka_unit_test(ranges_hold_every_row_once),               cmocka_unit_test(positions_cover_exactly_the_rows_read),
               cmocka_unit_test(an_array_of_many_rows_goes_on_where_the_last_reader_stopped), cmocka_unit_test(a_monitored_directory_gives_new_files_once),
        cmocka_unit_test(rows_are_visible_after_commit_only),       cmocka_unit_test(a_restored_writer_goes_on_in_its_file), cmocka_unit_test(what_a_crash_left_in_progress_is_removed_but_nobody_elses),
        cmocka_unit_test(files_roll_by_size),
        cmocka_unit_test(partitions_are_directories),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
