/* SPDX-License-Identifier: Apache-2.0 */
/*
 * JSON decoding: the predicted path, at every CPU level that the machine has, must give the same
 * rows, the same counts and the same status as the general path, on any input.
 *
 * Input: one byte of settings, then lines. Bit 0: ISO-8601; 1: fail-on-missing-field; 2: a value that
 * does not convert is NULL; 3: stop at a bad record; 4: decode in pieces.
 */
#include "catalog/connectors.h"
#include "format/json.h"

#include <assert.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { COLUMNS = 13, BATCH = 16 };

struct fixture {
    struct arena *arena;
    const struct type *types[COLUMNS];
    struct str *paths[COLUMNS];
    uint32_t path_counts[COLUMNS];
    struct str names[COLUMNS][3];
};

static void add(struct fixture *f, uint32_t i, const struct type *t, const char *a, const char *b) {
    f->types[i] = t;
    f->names[i][0] = str_of(a);
    f->names[i][1] = str_of(b);
    f->path_counts[i] = b == NULL ? 1 : 2;
    f->paths[i] = f->names[i];
}

static void fixture_init(struct fixture *f) {
    f->arena = arena_new("fuzz", 0);
    struct types *p = types_new(f->arena);
    const struct type *text = type_string(p, true), *integer = type_simple(p, TYPE_INT, true), *big = type_simple(p, TYPE_BIGINT, true);
    struct type_field inner[] = {{STR("z"), big, {NULL, 0}}};
    struct type_field fields[] = {{STR("x"), integer, {NULL, 0}}, {STR("y"), text, {NULL, 0}}, {STR("n"), type_row(p, inner, 1, true), {NULL, 0}}};
    add(f, 0, integer, "a", NULL);
    add(f, 1, text, "b", NULL);
    add(f, 2, big, "c", NULL);
    add(f, 3, type_simple(p, TYPE_DOUBLE, true), "d", NULL);
    add(f, 4, type_time(p, TYPE_TIMESTAMP, 3, true), "e", NULL);
    add(f, 5, type_simple(p, TYPE_BOOLEAN, true), "f", NULL);
    add(f, 6, type_row(p, fields, 3, true), "r", NULL);
    add(f, 7, type_decimal(p, 10, 2, true), "g", NULL);
    add(f, 8, type_array(p, integer, true), "h", NULL);
    add(f, 9, type_map(p, text, integer, true), "m", NULL);
    add(f, 10, type_time(p, TYPE_TIMESTAMP_LTZ, 6, true), "t", NULL);
    add(f, 11, big, "p", "q");
    add(f, 12, text, "p", "s");
}

struct outcome {
    struct batch_buffer *rows[64];
    uint32_t batches;
    enum status status;
    uint64_t records, bad;
};

/* Decodes all of text; pieces: shows the decoder growing prefixes. */
static void run(struct fixture *f, uint8_t settings, struct str text, bool general, json_fast_fn fast, struct arena *a, struct outcome *o) {
    struct list none = {0};
    struct options options;
    struct error e = ERROR_INIT;
    if (options_parse(a, format_json.options, format_json.option_count, STR(""), &none, &options, &e) != STATUS_OK) abort();
    for (uint32_t i = 0; i < options.count; i++) {
        if (strcmp(options.table[i].key, "timestamp-format.standard") == 0) options.values[i].number = settings & 1;
        if (strcmp(options.table[i].key, "fail-on-missing-field") == 0) options.values[i].number = settings >> 1 & 1;
    }
    enum error_mode mode = settings & 8 ? ERROR_MODE_FAIL : settings & 4 ? ERROR_MODE_NULL_FIELD : ERROR_MODE_IGNORE;
    struct decode_target t = {.types = f->types, .column_count = COLUMNS, .paths = f->paths, .path_counts = f->path_counts, .mode = mode};
    struct decoder *d;
    if (json_decoder_new(a, &options, &t, &d, &e) != STATUS_OK) abort();
    json_decoder_force(d, general, fast);
    size_t at = 0, shown = settings & 16 ? 7 : text.size_bytes;
    memset(o, 0, sizeof *o);
    while (o->status == STATUS_OK && o->batches < 64) {
        struct batch_buffer *b;
        if (batch_buffer_new(a, f->types, COLUMNS, BATCH, &b) != STATUS_OK) abort();
        o->rows[o->batches++] = b;
        size_t used = 0;
        if (shown > text.size_bytes) shown = text.size_bytes;
        bool last = shown == text.size_bytes;
        o->status = d->ops->decode(d, (struct str){text.at + at, shown - at}, last, b, NULL, &used, &e);
        at += used;
        assert(at <= shown);
        if (o->status == STATUS_OK && last && at == shown) break;
        if (used == 0 && b->batch.row_count == 0 && !last) shown += 1 + text.size_bytes / 16;
        else if (last) assert(used > 0 || b->batch.row_count > 0 || o->status != STATUS_OK);
    }
    o->records = d->records;
    o->bad = d->bad_records;
    d->ops->free(d);
}

static void compare(const struct outcome *x, const struct outcome *y) {
    if (x->status != y->status || x->records != y->records || x->bad != y->bad || x->batches != y->batches) abort();
    for (uint32_t k = 0; k < x->batches; k++) {
        const struct batch *a = &x->rows[k]->batch, *b = &y->rows[k]->batch;
        if (a->row_count != b->row_count) abort();
        for (uint32_t c = 0; c < COLUMNS; c++) {
            for (uint32_t row = 0; row < a->row_count; row++) {
                if (!vec_value_equal(a->columns[c], row, b->columns[c], row)) abort();
            }
        }
    }
}

static void outcome_free(struct outcome *o) {
    for (uint32_t i = 0; i < o->batches; i++) batch_buffer_free(o->rows[i]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static struct fixture f;
    if (f.arena == NULL) fixture_init(&f);
    if (size == 0 || size > 1 << 16) return 0;
    struct arena *a = arena_new("case", 0);
    /* The text ends where its allocation ends, so that reading past it is found. */
    char *text = malloc(size == 1 ? 1 : size - 1);
    if (size > 1) memcpy(text, data + 1, size - 1);
    struct str s = {text, size - 1};
    struct outcome general, predicted;
    run(&f, data[0], s, true, NULL, a, &general);
    static const char *const levels[] = {"v2", "v3", "v4", "portable"};
    for (size_t i = 0; i < sizeof levels / sizeof *levels; i++) {
        json_fast_fn fast = json_fast_choose(levels[i]);
        if (fast == NULL) continue;
        run(&f, data[0], s, false, fast, a, &predicted);
        compare(&general, &predicted);
        outcome_free(&predicted);
    }
    outcome_free(&general);
    free(text);
    arena_free(a);
    return 0;
}
