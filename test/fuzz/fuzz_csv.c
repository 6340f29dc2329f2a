/* SPDX-License-Identifier: Apache-2.0 */
/*
 * CSV decoding: however the input is cut into pieces, the rows, counts and status are the same.
 * Input: two bytes of settings (dialect; how it is cut), then the text.
 */
#include "catalog/connectors.h"
#include "format/formats.h"

#include <assert.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { COLUMNS = 7, BATCH = 2048 };

static struct {
    struct arena *arena;
    const struct type *types[COLUMNS];
    struct type row;
    struct type_field fields[COLUMNS];
} f;

static void fixture_init(void) {
    f.arena = arena_new("fuzz", 0);
    struct types *p = types_new(f.arena);
    const struct type *text = type_string(p, true), *integer = type_simple(p, TYPE_INT, true);
    struct type_field nested[] = {{STR("x"), integer, {NULL, 0}}, {STR("y"), text, {NULL, 0}}};
    const struct type *types[COLUMNS] = {integer, text, type_time(p, TYPE_TIMESTAMP, 3, true), type_decimal(p, 10, 2, true),
                                         type_array(p, integer, true), type_row(p, nested, 2, true), type_simple(p, TYPE_DATE, true)};
    static const char names[] = "abcdefg";
    for (uint32_t i = 0; i < COLUMNS; i++) {
        f.types[i] = types[i];
        f.fields[i] = (struct type_field){{names + i, 1}, types[i], {NULL, 0}};
    }
    f.row = (struct type){.root = TYPE_ROW, .phys = PHYS_ROW, .child_count = COLUMNS, .children = f.fields};
}

static void set(struct options *o, const char *key, int64_t number) {
    for (uint32_t i = 0; i < o->count; i++) {
        if (strcmp(o->table[i].key, key) != 0) continue;
        o->values[i].number = number;
        o->values[i].present = o->values[i].given = true;
    }
}

static struct decoder *decoder(struct arena *a, uint8_t dialect) {
    struct list none = {0};
    struct options o;
    struct error e = ERROR_INIT;
    struct decoder *d;
    if (options_parse(a, format_csv.options, format_csv.option_count, STR(""), &none, &o, &e) != STATUS_OK) abort();
    if (dialect & 1) set(&o, "allow-comments", 1);
    if (dialect & 2) set(&o, "trim-spaces", 1);
    if (dialect & 4) set(&o, "escape-character", '\\');
    if (dialect & 8) set(&o, "ignore-trailing-unmappable", 1);
    if (dialect & 16) set(&o, "disable-quote-character", 1);
    if (dialect & 32) set(&o, "ignore-parse-errors", 1);
    if (dialect & 64) set(&o, "empty-string-as-null", 1);
    enum error_mode mode = dialect & 128 ? ERROR_MODE_FAIL : ERROR_MODE_IGNORE;
    struct decode_target t = {.row = &f.row, .types = f.types, .column_count = COLUMNS, .physical = &f.row, .mode = mode};
    if (csv_decoder_new(a, &o, &t, &d, &e) != STATUS_OK) abort();
    return d;
}

/* Decodes text into one batch, showing it `piece` bytes more at a time. */
static enum status run(struct decoder *d, struct str text, size_t piece, struct batch_buffer *out) {
    size_t at = 0, shown = 0;
    struct error e = ERROR_INIT;
    while (!batch_buffer_full(out)) {
        shown = text.size_bytes - shown < piece ? text.size_bytes : shown + piece;
        bool last = shown == text.size_bytes;
        size_t used = 0;
        enum status st = d->ops->decode(d, (struct str){text.at + at, shown - at}, last, out, NULL, &used, &e);
        if (st != STATUS_OK) return st;
        at += used;
        assert(at <= shown);
        if (last) break;
    }
    return STATUS_OK;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (f.arena == NULL) fixture_init();
    if (size < 2 || size > 1 << 12) return 0;
    struct arena *a = arena_new("case", 0);
    char *text = malloc(size == 2 ? 1 : size - 2);
    if (size > 2) memcpy(text, data + 2, size - 2);
    struct str s = {text, size - 2};
    struct batch_buffer *whole, *cut;
    if (batch_buffer_new(a, f.types, COLUMNS, BATCH, &whole) != STATUS_OK || batch_buffer_new(a, f.types, COLUMNS, BATCH, &cut) != STATUS_OK) abort();
    struct decoder *x = decoder(a, data[0]), *y = decoder(a, data[0]);
    enum status st = run(x, s, size, whole);
    if (run(y, s, 1 + (size_t)data[1], cut) != st) abort();
    if (x->records != y->records || x->bad_records != y->bad_records || whole->batch.row_count != cut->batch.row_count) abort();
    for (uint32_t c = 0; c < COLUMNS; c++) {
        for (uint32_t row = 0; row < whole->batch.row_count; row++) {
            if (!vec_value_equal(whole->batch.columns[c], row, cut->batch.columns[c], row)) abort();
        }
    }
    x->ops->free(x);
    y->ops->free(y);
    batch_buffer_free(whole);
    batch_buffer_free(cut);
    free(text);
    arena_free(a);
    return 0;
}
