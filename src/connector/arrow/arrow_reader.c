/* SPDX-License-Identifier: Apache-2.0 */
/*
 * arrow_reader: an Arrow stream as a bounded source of insertions. A stream cannot be rewound, so the
 * first reader takes it and a second one, of another job or after a restart, is an error that says so;
 * kept data was read to its end when it was registered, and any number of readers go through its arrays.
 * One batch of the engine comes from one array, which stays until the next read, because texts are views
 * of it. get_next is called on the task's worker and may take its time: it is the program's own.
 */
#include "connector/arrow/arrow_field.h"
#include "connector/arrow/arrow_table.h"
#include "connector/connectors.h"

#include "base/alloc.h"

#include <assert.h>
#include <stdatomic.h>
#include <stdio.h>

struct arrow_source {
    struct ArrowArrayStream stream;
    struct arrow_field *row;   /* a struct */
    atomic_flag taken;
    bool keep;                 /* the stream is read into arrays and released */
    struct ArrowArray *arrays;
    uint32_t array_count, array_room;
};

/* ---- the table ------------------------------------------------------------------------------------------ */

static enum status stream_error(struct arrow_source *s, int code, const char *what, struct error *e) {
    const char *why = s->stream.get_last_error == NULL ? NULL : s->stream.get_last_error(&s->stream);
    return error_set(e, STATUS_IO, "The Arrow stream fails at %s (error %d): %s", what, code, why == NULL ? "it does not say why" : why);
}

static enum status source_schema(struct arrow_source *s, struct arena *a, struct types *types, struct error *e) {
    struct ArrowSchema schema = {0};
    int code = s->stream.get_schema(&s->stream, &schema);
    if (code != 0) return stream_error(s, code, "its schema", e);
    enum status st = arrow_field_new(a, types, &schema, &s->row, e);
    if (schema.release != NULL) schema.release(&schema);
    if (st == STATUS_OK && (s->row->kind != ARROW_STRUCT || s->row->child_count == 0))
        return error_set(e, STATUS_INVALID, "The Arrow stream's schema must be a struct with at least one field");
    return st;
}

static enum status table_columns(struct arena *a, const struct arrow_field *row, struct table *t, struct error *e) {
    t->columns = ARENA_ARRAY(a, struct column, row->child_count);
    if (t->columns == NULL) return error_no_memory(e, 0);
    for (uint32_t i = 0; i < row->child_count; i++) {
        const struct arrow_field *f = row->children[i];
        if (f->name.size_bytes == 0) return error_set(e, STATUS_INVALID, "Field %u of the Arrow stream has no name", i + 1);
        if (f->type->root == TYPE_NULL) return error_set(e, STATUS_UNSUPPORTED, "The Arrow field '%.*s' has the type null; a column needs a type", STR_ARG(f->name));
        for (uint32_t k = 0; k < i; k++)
            if (str_equal(t->columns[k].name, f->name)) return error_set(e, STATUS_INVALID, "The Arrow stream has two fields '%.*s'", STR_ARG(f->name));
        t->columns[i] = (struct column){.name = f->name, .kind = AST_PHYSICAL, .type = f->type};
    }
    t->column_count = row->child_count;
    return STATUS_OK;
}

static enum status table_fill(struct arena *a, struct types *types, struct arrow_source *s, struct table **ret, struct error *e) {
    TRY(source_schema(s, a, types, e));
    struct table *t = ARENA_NEW(a, struct table);
    struct ast_option *connector = ARENA_NEW(a, struct ast_option);
    if (t == NULL || connector == NULL) return error_no_memory(e, sizeof *t);
    *connector = (struct ast_option){.key = STR("connector"), .value = STR("arrow")};
    *t = (struct table){.kind = TABLE_BASE, .temporary = true, .rowtime_column = -1, .sql = STR(""), .external = s};
    TRY(table_columns(a, s->row, t, e));
    TRY(list_push(&t->options, a, connector));
    *ret = t;
    return STATUS_OK;
}

/* The stream's next array, checked; release NULL: the end. */
static enum status stream_next(struct arrow_source *s, struct ArrowArray *ret, struct error *e) {
    int code = s->stream.get_next(&s->stream, ret);
    if (code != 0) return stream_error(s, code, "its next array", e);
    if (ret->release == NULL || (ret->n_children == s->row->child_count && ret->length >= 0)) return STATUS_OK;
    ret->release(ret);
    return error_set(e, STATUS_CORRUPT, "The Arrow stream's array does not fit its schema");
}

static enum status keep_all(struct arrow_source *s, struct error *e) {
    for (;;) {
        if (s->array_count == s->array_room) {
            uint32_t room = s->array_room == 0 ? 16 : s->array_room * 2;
            struct ArrowArray *grown = mem_realloc(s->arrays, room * sizeof *grown);
            if (grown == NULL) return error_no_memory(e, room * sizeof *grown);
            s->arrays = grown;
            s->array_room = room;
        }
        struct ArrowArray *next = &s->arrays[s->array_count];
        TRY(stream_next(s, next, e));
        if (next->release == NULL) break;
        s->array_count++;
    }
    s->stream.release(&s->stream);
    s->stream.release = NULL;
    return STATUS_OK;
}

enum status arrow_table_new(struct arena *a, struct types *types, struct ArrowArrayStream *stream, bool keep, struct table **ret, struct error *e) {
    assert(stream->release != NULL);
    struct arrow_source *s = ARENA_NEW(a, struct arrow_source);
    if (s == NULL) {
        stream->release(stream);
        return error_no_memory(e, sizeof *s);
    }
    s->stream = *stream;
    stream->release = NULL;
    s->keep = keep;
    atomic_flag_clear(&s->taken);
    enum status st = table_fill(a, types, s, ret, e);
    if (st == STATUS_OK && keep) st = keep_all(s, e);
    if (st != STATUS_OK) arrow_source_free(s);
    return st;
}

void arrow_source_free(struct arrow_source *s) {
    if (s == NULL) return;
    if (s->stream.release != NULL) s->stream.release(&s->stream);
    s->stream.release = NULL;
    for (uint32_t i = 0; i < s->array_count; i++) s->arrays[i].release(&s->arrays[i]);
    mem_free(s->arrays);
    s->arrays = NULL;
    s->array_count = 0;
}

/* ---- reading it ------------------------------------------------------------------------------------------- */

struct arrow_reader {
    struct source_reader base;
    const struct scan_params *scan;
    struct arrow_source *source;
    uint32_t *fields;               /* of each output column */
    struct ArrowArray own;          /* taken from the stream; release NULL: none */
    const struct ArrowArray *array; /* being read: own, or a kept one; NULL: none */
    int64_t next;                   /* row of it */
    uint32_t next_array;            /* of the kept ones */
    int64_t rows;                   /* read so far: the position in kept data */
    bool active;
};

/* A position in kept data is a number of rows. */
static enum status kept_split(struct arrow_reader *r, struct str split, struct error *e) {
    int64_t skip = 0;
    for (size_t i = 0; i < split.size_bytes; i++) {
        if (split.at[i] < '0' || split.at[i] > '9' || skip > INT64_MAX / 10 - 9) return error_set(e, STATUS_CORRUPT, "The read position of an Arrow table is damaged");
        skip = skip * 10 + (split.at[i] - '0');
    }
    r->rows = r->next = skip;
    while (r->next_array < r->source->array_count && r->next >= r->source->arrays[r->next_array].length) r->next -= r->source->arrays[r->next_array++].length;
    if (r->next_array < r->source->array_count) r->array = &r->source->arrays[r->next_array++];
    return STATUS_OK;
}

static enum status arrow_add_split(struct source_reader *base, struct str split, struct error *e) {
    struct arrow_reader *r = (struct arrow_reader *)base;
    if (r->source->keep) {
        TRY(kept_split(r, split, e));
    } else if (atomic_flag_test_and_set(&r->source->taken)) {
        error_set(e, STATUS_INVALID, "Table '%.*s' is an Arrow stream that has been read already; a stream can be read once", STR_ARG(r->scan->table->name));
        return error_hint(e, "Register the stream again, or register its data to be kept");
    }
    r->active = true;
    return STATUS_OK;
}

static void array_drop(struct arrow_reader *r) {
    if (r->own.release != NULL) r->own.release(&r->own);
    r->own = (struct ArrowArray){0};
    r->array = NULL;
    r->next = 0;
}

/* An array with rows left; none at the end of the stream. */
static enum status array_want(struct arrow_reader *r, struct error *e) {
    while (r->array == NULL || r->next >= r->array->length) {
        array_drop(r);
        if (r->source->keep) {
            if (r->next_array == r->source->array_count) return STATUS_OK;
            r->array = &r->source->arrays[r->next_array++];
            continue;
        }
        TRY(stream_next(r->source, &r->own, e));
        if (r->own.release == NULL) return STATUS_OK;
        r->array = &r->own;
    }
    return STATUS_OK;
}

static enum status arrow_read(struct source_reader *base, struct batch_buffer *out, enum read_result *ret, int64_t *ret_wake_ns, struct error *e) {
    struct arrow_reader *r = (struct arrow_reader *)base;
    *ret_wake_ns = -1;
    *ret = READ_END;
    if (!r->active) return STATUS_OK;
    TRY(array_want(r, e));
    if (r->array == NULL) {
        r->active = false;
        return STATUS_OK;
    }
    int64_t left = r->array->length - r->next;
    uint32_t at = out->batch.row_count, room = out->capacity - at, count = left < room ? (uint32_t)left : room;
    for (uint32_t i = 0; i < count; i++) batch_buffer_row(out, ROW_INSERT);
    for (uint32_t i = 0; i < out->batch.column_count; i++) {
        uint32_t f = r->fields[i];
        TRY(arrow_field_read(r->source->row->children[f], r->array->children[f], r->array->offset + r->next, count, out->batch.columns[i], at, e));
    }
    r->next += count;
    r->rows += count;
    *ret = READ_MORE;
    return STATUS_OK;
}

static enum status arrow_position(struct source_reader *base, enum status (*add)(void *context, struct str split), void *context, struct error *e) {
    const struct arrow_reader *r = (const struct arrow_reader *)base;
    char text[24];
    (void)e;
    int n = snprintf(text, sizeof text, "%lld", (long long)r->rows);
    return r->active ? add(context, (struct str){text, (size_t)n}) : STATUS_OK;
}

static void arrow_progress(struct source_reader *base, uint64_t *ret_done, uint64_t *ret_total) {
    (void)base;
    *ret_done = *ret_total = 0;
}

static void arrow_free(struct source_reader *base) { array_drop((struct arrow_reader *)base); }

static const struct reader_ops reader_ops = {arrow_add_split, arrow_read, arrow_position, arrow_progress, arrow_free};

static enum status field_named(const struct arrow_source *s, struct str name, uint32_t *ret, struct error *e) {
    for (uint32_t i = 0; i < s->row->child_count; i++) {
        if (!str_equal(s->row->children[i]->name, name)) continue;
        *ret = i;
        return STATUS_OK;
    }
    return error_set(e, STATUS_NOT_FOUND, "The Arrow stream has no field '%.*s'", STR_ARG(name));
}

enum status arrow_reader_new(const struct source_context *c, struct source_reader **ret, struct error *e) {
    struct arrow_reader *r = ARENA_NEW(c->arena, struct arrow_reader);
    if (r == NULL) return error_no_memory(e, sizeof *r);
    r->base.ops = &reader_ops;
    r->scan = c->scan;
    r->source = c->scan->table->external;
    r->fields = ARENA_ARRAY(c->arena, uint32_t, c->scan->column_count + 1);
    if (r->fields == NULL) return error_no_memory(e, 0);
    if (r->source == NULL) return error_set(e, STATUS_UNSUPPORTED, "The connector 'arrow' reads streams that a program registers; a statement cannot make one");
    for (uint32_t i = 0; i < c->scan->column_count; i++) {
        const struct column *column = &c->scan->table->columns[c->scan->columns[i]];
        TRY(field_named(r->source, column->name, &r->fields[i], e));
        if (r->source->row->children[r->fields[i]]->type->phys != c->types[i]->phys)
            return error_set(e, STATUS_INVALID, "Column '%.*s' has another type than its Arrow field", STR_ARG(column->name));
    }
    *ret = &r->base;
    return STATUS_OK;
}
