/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_arrow: data across the library's border. Every type goes out, comes in as a table of another
 * session, and goes out again unchanged; and arrays as other producers make them (sliced, dictionary
 * encoded, wide offsets, other units) are read as the values that they hold.
 */
#include <weir.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* Order of includes: cmocka wants the standard headers before it. */

static void must(weir_status status, weir_error **error) {
    if (status == WEIR_OK) return;
    print_message("%s\n", weir_error_text(*error));
    fail();
}

static weir_session *open_session(void) {
    weir_session *s = NULL;
    weir_error *error = NULL;
    must(weir_session_new(&s, &error), &error);
    must(weir_session_set(s, "table.local-time-zone", "UTC", &error), &error);
    return s;
}

static weir_result *query(weir_session *s, const char *sql) {
    weir_error *error = NULL;
    weir_result *r = NULL;
    must(weir_execute(s, sql, &r, &error), &error);
    return r;
}

/* ---- comparing two arrays of one schema -------------------------------------------------------------------- */

static bool bit(const void *bits, int64_t i) { return bits == NULL || (((const uint8_t *)bits)[i >> 3] >> (i & 7) & 1) != 0; }

static size_t width_of(const char *format) {
    if (format[0] == 'd') return 16;
    if (format[0] == 't') return format[1] == 's' || format[1] == 'D' ? 8 : 4;
    return strchr("c", format[0]) != NULL ? 1 : format[0] == 's' ? 2 : strchr("if", format[0]) != NULL ? 4 : 8;
}

static void compare(const struct ArrowSchema *a_schema, const struct ArrowArray *a, const struct ArrowSchema *b_schema, const struct ArrowArray *b) {
    const char *format = a_schema->format;
    assert_string_equal(format, b_schema->format);
    assert_int_equal(a->length, b->length);
    assert_int_equal(a->null_count, b->null_count);
    assert_int_equal(a->n_children, b->n_children);
    bool nested = format[0] == '+', text = strchr("uz", format[0]) != NULL;
    for (int64_t i = 0; i < a->length && format[0] != 'n'; i++) {
        bool valid = bit(a->buffers[0], i);
        assert_int_equal(valid, bit(b->buffers[0], i));
        if (!valid) continue;
        if (text || strchr("lm", format[nested ? 1 : 0]) != NULL ? nested || text : false) {
            const int32_t *ao = a->buffers[1], *bo = b->buffers[1];
            assert_int_equal(ao[i + 1] - ao[i], bo[i + 1] - bo[i]);
            if (text) assert_memory_equal((const char *)a->buffers[2] + ao[i], (const char *)b->buffers[2] + bo[i], (size_t)(ao[i + 1] - ao[i]));
        } else if (format[0] == 'b') {
            assert_int_equal(bit(a->buffers[1], i), bit(b->buffers[1], i));
        } else if (!nested) {
            size_t width = width_of(format);
            assert_memory_equal((const char *)a->buffers[1] + (size_t)i * width, (const char *)b->buffers[1] + (size_t)i * width, width);
        }
    }
    for (int64_t c = 0; c < a->n_children; c++) compare(a_schema->children[c], a->children[c], b_schema->children[c], b->children[c]);
}

/* ---- round trips ---------------------------------------------------------------------------------------------- */

static const char all_types[] =
    "SELECT CAST(NULL AS BOOLEAN) AS nothing, x > 1 AS b, CAST(x AS TINYINT) AS i8, CAST(x AS SMALLINT) AS i16, x AS i32, CAST(x AS BIGINT) * 5000000000 AS i64, "
    "CAST(x AS FLOAT) / 3 AS f32, CAST(x AS DOUBLE) / 7 AS f64, CAST(x AS DECIMAL(10, 2)) AS small, CAST(x AS DECIMAL(38, 10)) * -1 AS wide, "
    "CASE WHEN x = 2 THEN NULL ELSE CAST(x AS STRING) || ' and a longer text' END AS s, X'00ff' AS bin, DATE '2024-02-29' AS d, TIME '12:34:56' AS t, "
    "CAST(TIMESTAMP '2024-01-01 00:00:00.123' AS TIMESTAMP(3)) AS ts3, CAST(TIMESTAMP '1960-01-01 00:00:00.123456' AS TIMESTAMP(6)) AS ts6, "
    "CAST(TIMESTAMP '1960-01-01 00:00:00.123456789' AS TIMESTAMP(9)) AS ts9, TO_TIMESTAMP_LTZ(x * 1000, 3) AS ltz, INTERVAL '14' MONTH AS months, INTERVAL '1 02:03:04.005' DAY TO SECOND AS span, "
    "ARRAY[x, CAST(NULL AS INT), 7] AS list, MAP['k', x, 'long key of a map', x + 1] AS m, ROW(x, 'in a row', ARRAY['deep', 'deeper than twelve bytes']) AS r, "
    "CASE WHEN x = 1 THEN NULL ELSE ARRAY[ROW(x, MAP[x, TRUE])] END AS nested "
    "FROM (VALUES (1), (2), (3)) AS v (x)";

static void take(weir_result *r, struct ArrowSchema *schema, struct ArrowArray *rows) {
    weir_error *error = NULL;
    must(weir_result_schema(r, schema, &error), &error);
    must(weir_result_next(r, rows, &error), &error);
    assert_non_null(rows->release);
}

static void what_goes_out_comes_in(void **state) {
    (void)state;
    for (int keep = 0; keep < 2; keep++) {
        weir_session *from = open_session(), *to = open_session();
        weir_error *error = NULL;
        struct ArrowSchema first_schema, second_schema;
        struct ArrowArray first, second;
        struct ArrowArrayStream stream;
        weir_result *r = query(from, all_types);
        take(r, &first_schema, &first);
        weir_result_free(r);
        assert_int_equal(first.length, 3);
        assert_int_equal(first.n_children, 24);
        r = query(from, all_types);
        must(weir_result_stream(r, &stream, &error), &error);
        weir_result_free(r);
        weir_session_free(from);
        must(keep ? weir_session_register_data(to, "t", &stream, &error) : weir_session_register(to, "t", &stream, &error), &error);
        assert_null(stream.release);
        for (int time = 0; time <= keep; time++) { /* kept data is read twice */
            r = query(to, "SELECT * FROM t");
            take(r, &second_schema, &second);
            compare(&first_schema, &first, &second_schema, &second);
            second_schema.release(&second_schema);
            second.release(&second);
            weir_result_free(r);
        }
        first_schema.release(&first_schema);
        first.release(&first);
        weir_session_free(to);
    }
}

/* ---- arrays of other producers ------------------------------------------------------------------------------------ */

static void release_schema(struct ArrowSchema *s) { s->release = NULL; }
static void release_array(struct ArrowArray *a) { a->release = NULL; }

enum { MADE = 16 };

/* A struct of columns that a test sets up; it is handed out once. */
struct made {
    struct ArrowSchema schemas[MADE], *schema_at[MADE];
    struct ArrowArray arrays[MADE], *array_at[MADE];
    int64_t count, length, offset;
    bool given;
};

static int made_schema(struct ArrowArrayStream *stream, struct ArrowSchema *out) {
    struct made *m = stream->private_data;
    *out = (struct ArrowSchema){.format = "+s", .name = "", .n_children = m->count, .children = m->schema_at, .release = release_schema};
    return 0;
}

static int made_next(struct ArrowArrayStream *stream, struct ArrowArray *out) {
    static const void *no_buffers[1];
    struct made *m = stream->private_data;
    *out = (struct ArrowArray){0};
    if (m->given) return 0;
    m->given = true;
    *out = (struct ArrowArray){.length = m->length, .offset = m->offset, .n_buffers = 1, .buffers = no_buffers, .n_children = m->count, .children = m->array_at, .release = release_array};
    return 0;
}

static const char *made_error(struct ArrowArrayStream *stream) {
    (void)stream;
    return "the test says no";
}

static void made_release(struct ArrowArrayStream *stream) { stream->release = NULL; }

static void made_add(struct made *m, const char *name, const char *format, int64_t offset, int64_t buffers, const void **at) {
    m->schemas[m->count] = (struct ArrowSchema){.format = format, .name = name, .flags = ARROW_FLAG_NULLABLE, .release = release_schema};
    m->arrays[m->count] = (struct ArrowArray){.length = m->length + m->offset, .null_count = -1, .offset = offset, .n_buffers = buffers, .buffers = at, .release = release_array};
    m->schema_at[m->count] = &m->schemas[m->count];
    m->array_at[m->count] = &m->arrays[m->count];
    m->count++;
}

static struct ArrowArrayStream made_stream(struct made *m) { return (struct ArrowArrayStream){made_schema, made_next, made_error, made_release, m}; }

/* The one text of each row of `SELECT <expression> FROM t`, joined by '|'. */
static void texts(weir_session *s, const char *expression, char *out, size_t size) {
    char sql[512];
    weir_error *error = NULL;
    struct ArrowArray rows;
    size_t at = 0;
    snprintf(sql, sizeof sql, "SELECT COALESCE(CAST(%s AS STRING), 'NULL') AS v FROM t", expression);
    weir_result *r = query(s, sql);
    out[0] = '\0';
    for (;;) {
        must(weir_result_next(r, &rows, &error), &error);
        if (rows.release == NULL) break;
        const int32_t *offsets = rows.children[0]->buffers[1];
        for (int64_t i = 0; i < rows.length; i++)
            at += (size_t)snprintf(out + at, size - at, "%s%.*s", at == 0 ? "" : "|", (int)(offsets[i + 1] - offsets[i]), (const char *)rows.children[0]->buffers[2] + offsets[i]);
        rows.release(&rows);
    }
    weir_result_free(r);
}

static void sliced_and_foreign_arrays_are_read(void **state) {
    (void)state;
    /* The struct is sliced by 1, and so are some columns by 2: row 0 is value 3 of those. */
    static const int64_t numbers[] = {90, 91, 92, 1, 2, 3};
    static const uint8_t valid[] = {0x2f}; /* 10 1111: value 4 is null */
    static const uint8_t flags[] = {0x28}; /* values 3 and 5 */
    static const int64_t wide_offsets[] = {0, 0, 1, 3};
    static const char wide[] = "abb";
    static const uint32_t unsigned_numbers[] = {0, 4000000000u, 1, 2};
    static const int64_t nanos[] = {0, -1, 1000000001, 0};
    static const int32_t day_seconds[] = {0, 1, 60, 3600};
    static const int8_t indexes[] = {0, 1, 0, 1};
    static const int32_t word_offsets[] = {0, 3, 8};
    static const char words[] = "redgreen";
    static const int32_t pairs[] = {9, 9, 1, 2, 3, 4, 5, 6};
    const void *number_at[] = {valid, numbers}, *flag_at[] = {NULL, flags}, *wide_at[] = {NULL, wide_offsets, wide}, *unsigned_at[] = {NULL, unsigned_numbers};
    const void *nano_at[] = {NULL, nanos}, *second_at[] = {NULL, day_seconds}, *index_at[] = {NULL, indexes}, *word_at[] = {NULL, word_offsets, words};
    const void *pair_at[] = {NULL}, *item_at[] = {NULL, pairs};
    struct made m = {.length = 3, .offset = 1};
    made_add(&m, "n", "l", 2, 2, number_at);
    made_add(&m, "flag", "b", 2, 2, flag_at);
    made_add(&m, "wide", "U", 0, 3, wide_at);
    made_add(&m, "u", "I", 0, 2, unsigned_at);
    made_add(&m, "ns", "tsn:", 0, 2, nano_at);
    made_add(&m, "day_time", "tts", 0, 2, second_at);
    made_add(&m, "color", "c", 0, 2, index_at);
    made_add(&m, "pair", "+w:2", 0, 1, pair_at);
    m.arrays[2].length = 3; /* checked: it has a value less than the struct wants */
    struct ArrowSchema dictionary = {.format = "u", .name = "", .flags = ARROW_FLAG_NULLABLE, .release = release_schema}, item = {.format = "i", .name = "item", .release = release_schema};
    struct ArrowSchema *item_schema_at[] = {&item};
    struct ArrowArray values = {.length = 2, .n_buffers = 3, .buffers = word_at, .release = release_array}, items = {.length = 8, .n_buffers = 2, .buffers = item_at, .release = release_array};
    struct ArrowArray *items_at[] = {&items};
    m.schemas[6].dictionary = &dictionary;
    m.arrays[6].dictionary = &values;
    m.schemas[7].n_children = 1;
    m.schemas[7].children = item_schema_at;
    m.arrays[7].n_children = 1;
    m.arrays[7].children = items_at;

    weir_session *s = open_session();
    weir_error *error = NULL;
    struct ArrowArrayStream stream = made_stream(&m);
    must(weir_session_register_data(s, "t", &stream, &error), &error);
    char out[512];
    texts(s, "n", out, sizeof out);
    assert_string_equal(out, "1|NULL|3");
    texts(s, "flag", out, sizeof out);
    assert_string_equal(out, "TRUE|FALSE|TRUE");
    texts(s, "u", out, sizeof out);
    assert_string_equal(out, "4000000000|1|2");
    texts(s, "ns", out, sizeof out);
    assert_string_equal(out, "1969-12-31 23:59:59.999999999|1970-01-01 00:00:01.000000001|1970-01-01 00:00:00.000000000");
    texts(s, "day_time", out, sizeof out);
    assert_string_equal(out, "00:00:01|00:01:00|01:00:00");
    texts(s, "color", out, sizeof out);
    assert_string_equal(out, "green|red|green");
    texts(s, "pair[1] + pair[2]", out, sizeof out);
    assert_string_equal(out, "3|7|11");
    weir_result *r = query(s, "SELECT wide FROM t"); /* too short: found before it is read out of bounds */
    assert_int_equal(weir_result_next(r, &(struct ArrowArray){0}, NULL), WEIR_CORRUPT);
    weir_result_free(r);
    weir_session_free(s);
}

static int failing_next(struct ArrowArrayStream *stream, struct ArrowArray *out) {
    (void)stream;
    (void)out;
    return 5;
}

static void faults_of_a_producer_are_told(void **state) {
    (void)state;
    static const int64_t numbers[] = {1};
    const void *number_at[] = {NULL, numbers};
    weir_session *s = open_session();
    weir_error *error = NULL;
    struct made m = {.length = 1};
    made_add(&m, "n", "l", 0, 2, number_at);
    struct ArrowArrayStream stream = made_stream(&m);
    stream.get_next = failing_next;
    must(weir_session_register(s, "t", &stream, &error), &error);
    weir_result *r = query(s, "SELECT n FROM t");
    assert_int_equal(weir_result_next(r, &(struct ArrowArray){0}, &error), WEIR_IO);
    assert_non_null(strstr(weir_error_message(error), "the test says no"));
    weir_error_free(error);
    weir_result_free(r);

    static const char *const refused[] = {"+us:0,1", "vu", "+vl", "d:40,2,256", "tin", "+r", "nonsense"};
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        struct made other = {.length = 1};
        made_add(&other, "odd", refused[i], 0, 2, number_at);
        stream = made_stream(&other);
        assert_int_equal(weir_session_register(s, "odd", &stream, &error), WEIR_UNSUPPORTED);
        assert_null(stream.release);
        assert_non_null(strstr(weir_error_message(error), "odd"));
        weir_error_free(error);
    }
    m.given = false;
    stream = made_stream(&m);
    assert_int_equal(weir_session_register(s, "t", &stream, &error), WEIR_EXISTS);
    weir_error_free(error);
    weir_session_free(s);
}

static void a_stream_has_event_time_on_top(void **state) {
    (void)state;
    static const int64_t millis[] = {0, 59999, 60000};
    const void *at[] = {NULL, millis};
    weir_session *s = open_session();
    weir_error *error = NULL;
    struct made m = {.length = 3};
    made_add(&m, "ts", "tsm:", 0, 2, at);
    struct ArrowArrayStream stream = made_stream(&m);
    must(weir_session_register(s, "ticks", &stream, &error), &error);
    must(weir_execute(s, "CREATE TEMPORARY TABLE t (WATERMARK FOR ts AS ts) LIKE ticks;"
                         "CREATE TEMPORARY VIEW w AS SELECT COUNT(*) AS n FROM TABLE(TUMBLE(TABLE t, DESCRIPTOR(ts), INTERVAL '1' MINUTE)) GROUP BY window_start, window_end;"
                         "CREATE TEMPORARY TABLE out_of_sight (n BIGINT) WITH ('connector' = 'arrow')", NULL, &error), &error);
    weir_result *r = query(s, "SELECT n FROM w");
    struct ArrowArray rows;
    int64_t sum = 0, count = 0;
    for (;;) {
        must(weir_result_next(r, &rows, &error), &error);
        if (rows.release == NULL) break;
        for (int64_t i = 0; i < rows.length; i++, count++) sum += ((const int64_t *)rows.children[0]->buffers[1])[i];
        rows.release(&rows);
    }
    weir_result_free(r);
    assert_int_equal(count, 2);
    assert_int_equal(sum, 3);
    r = query(s, "SELECT n FROM out_of_sight"); /* no statement can make such a table */
    assert_int_equal(weir_result_next(r, &rows, NULL), WEIR_UNSUPPORTED);
    weir_result_free(r);
    weir_session_free(s);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_goes_out_comes_in),
        cmocka_unit_test(sliced_and_foreign_arrays_are_read),
        cmocka_unit_test(faults_of_a_producer_are_told),
        cmocka_unit_test(a_stream_has_event_time_on_top),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
