/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WEIR_TEST_UNIT_FORMAT_FORMAT_FIXTURE_H
#define WEIR_TEST_UNIT_FORMAT_FORMAT_FIXTURE_H

/* One table of up to eight columns, decoded from a text: rows as Row.toString, joined by '|'. */
#include "unit/unit.h"

#include "catalog/connectors.h"
#include "connector/row_text.h"
#include "format/formats.h"
#include "io/codec.h"

#include <string.h>

enum { FIXTURE_COLUMNS = 8, FIXTURE_BATCH = 64 };

struct fixture {
    struct arena *arena;
    struct types *types;
    const struct type *columns[FIXTURE_COLUMNS];
    struct str names[FIXTURE_COLUMNS];
    struct type_field fields[FIXTURE_COLUMNS];
    uint32_t count;
    struct type row;
    struct list given;
    enum error_mode mode;
    uint32_t bad;             /* calls of on_bad */
    struct buf text;
    struct error error;
};

static inline struct fixture *fixture_new(void) {
    struct arena *a = arena_new("test", 0);
    struct fixture *f = ARENA_NEW(a, struct fixture);
    f->arena = a;
    f->types = types_new(a);
    return f;
}

static inline void fixture_free(struct fixture *f) {
    buf_deinit(&f->text);
    arena_free(f->arena);
}

static inline void fixture_column(struct fixture *f, const char *name, const struct type *t) {
    f->columns[f->count] = t;
    f->names[f->count] = str_of(name);
    f->fields[f->count] = (struct type_field){str_of(name), t, {NULL, 0}};
    f->count++;
    f->row = (struct type){.root = TYPE_ROW, .phys = PHYS_ROW, .child_count = f->count, .children = f->fields};
}

static inline void fixture_option(struct fixture *f, const char *key, const char *value) {
    struct ast_option *o = ARENA_NEW(f->arena, struct ast_option);
    o->key = str_of(key);
    o->value = str_of(value);
    assert_int_equal(list_push(&f->given, f->arena, o), STATUS_OK);
}

static inline void fixture_on_bad(void *context, const struct bad_record *r) {
    assert_non_null(r->code);
    ((struct fixture *)context)->bad++;
}

static inline struct decoder *fixture_decoder(struct fixture *f, const char *format) {
    struct options o;
    const struct format *d = format_find(str_of(format));
    assert_int_equal(options_parse(f->arena, d->options, d->option_count, STR(""), &f->given, &o, &f->error), STATUS_OK);
    struct decode_target t = {.row = &f->row, .types = f->columns, .column_count = f->count, .physical = &f->row, .mode = f->mode,
                              .on_bad = fixture_on_bad, .context = f};
    struct decoder *decoder;
    assert_int_equal(format_impl_find(str_of(format))->decoder_new(f->arena, &o, &t, &decoder, &f->error), STATUS_OK);
    return decoder;
}

/* "+I[1, a]|+I[2, b]", with "ERROR" behind them when decoding failed. */
static inline const char *fixture_run(struct fixture *f, struct decoder *d, const char *text) {
    struct batch_buffer *out;
    size_t used;
    f->error = (struct error)ERROR_INIT;
    buf_reset(&f->text);
    assert_int_equal(batch_buffer_new(f->arena, f->columns, f->count, FIXTURE_BATCH, &out), STATUS_OK);
    enum status st = d->ops->decode(d, str_of(text), true, out, NULL, &used, &f->error);
    for (uint32_t row = 0; row < out->batch.row_count; row++) {
        if (row > 0) buf_char(&f->text, '|');
        row_text_print(&f->text, &out->batch, row);
    }
    if (st != STATUS_OK) buf_text(&f->text, "ERROR");
    buf_char(&f->text, 0);
    batch_buffer_free(out);
    return f->text.at;
}

static inline const char *fixture_decode(struct fixture *f, const char *format, const char *text) {
    struct decoder *d = fixture_decoder(f, format);
    const char *result = fixture_run(f, d, text);
    d->ops->free(d);
    return result;
}

#endif
