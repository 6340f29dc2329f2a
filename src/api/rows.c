/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rows: small batches outside of jobs. The fold keeps rows in their canonical form (vec/row.h), so
 * that equal rows are equal bytes and a retraction finds the row that it takes back.
 */
#include "api/rows.h"

#include "api/fold.h"
#include "base/alloc.h"
#include "vec/row.h"

#include <assert.h>

/* ---- texts ------------------------------------------------------------------------------------------------ */

static enum status text_row(struct arena *a, struct types *types, const struct text_table *t, const struct type **ret_row, struct batch_buffer **ret, struct error *e) {
    struct type_field *fields = ARENA_ARRAY(a, struct type_field, t->column_count + 1);
    const struct type **column_types = ARENA_ARRAY(a, const struct type *, t->column_count + 1);
    if (fields == NULL || column_types == NULL) return error_no_memory(e, 0);
    for (uint32_t i = 0; i < t->column_count; i++) {
        bool boolean = t->booleans != NULL && t->booleans[i];
        column_types[i] = boolean ? type_simple(types, TYPE_BOOLEAN, true) : type_string(types, true);
        fields[i] = (struct type_field){.name = t->names[i], .type = column_types[i]};
    }
    *ret_row = type_row(types, fields, t->column_count, false);
    if (*ret_row == NULL) return error_no_memory(e, 0);
    bool made = batch_buffer_new(a, column_types, t->column_count, t->rows.count + 1, ret) == STATUS_OK;
    return made ? STATUS_OK : error_no_memory(e, 0);
}

static bool put_cell(struct vec *v, uint32_t row, struct str cell) {
    if (cell.at == NULL) {
        vec_set_null(v, row);
        return true;
    }
    if (v->type->root != TYPE_BOOLEAN) return vec_set_str(v, row, cell) == STATUS_OK;
    VEC_DATA(v, uint8_t)[row] = str_equal_ignore_case(cell, STR("TRUE"));
    return true;
}

enum status rows_of_table(struct arena *a, struct types *types, const struct text_table *t, const struct type **ret_row, struct batch_buffer **ret, struct error *e) {
    struct batch_buffer *b = NULL;
    TRY(text_row(a, types, t, ret_row, &b, e));
    for (uint32_t i = 0; i < t->rows.count; i++) {
        const struct str *cells = t->rows.at[i];
        uint32_t row = batch_buffer_row(b, ROW_INSERT);
        for (uint32_t c = 0; c < t->column_count; c++) {
            if (put_cell(b->batch.columns[c], row, cells[c])) continue;
            batch_buffer_free(b);
            return error_no_memory(e, cells[c].size_bytes);
        }
    }
    *ret = b;
    return STATUS_OK;
}

enum status rows_of_text(struct arena *a, struct types *types, struct str text, const struct type **ret_row, struct batch_buffer **ret, struct error *e) {
    struct str *cells = ARENA_NEW(a, struct str), *names = ARENA_NEW(a, struct str);
    if (cells == NULL || names == NULL) return error_no_memory(e, 0);
    struct text_table t = {.names = names, .column_count = 1};
    *cells = text;
    *names = STR("result");
    TRY(list_push(&t.rows, a, cells));
    return rows_of_table(a, types, &t, ret_row, ret, e);
}

/* ---- the fold ------------------------------------------------------------------------------------------------ */

struct row_fold {
    struct arena *arena;
    struct fold *fold;
    struct row_layout *layout, *key_layout;    /* key_layout NULL: no key */
    const struct vec **key_columns;
    uint32_t *keys;
    uint32_t key_count;
    struct row_keys row_bytes, key_bytes;
    struct batch_buffer *out;
    struct buf aligned;                        /* a row to be read back */
    uint32_t next;
};

static enum status layouts(struct row_fold *f, const struct type *row, const uint32_t *keys, struct error *e) {
    uint32_t n = row->child_count;
    const struct type **types = ARENA_ARRAY(f->arena, const struct type *, n + 1);
    const struct type **key_types = ARENA_ARRAY(f->arena, const struct type *, f->key_count + 1);
    f->key_columns = ARENA_ARRAY(f->arena, const struct vec *, f->key_count + 1);
    f->keys = ARENA_ARRAY(f->arena, uint32_t, f->key_count + 1);
    f->fold = fold_new(true);
    if (types == NULL || key_types == NULL || f->key_columns == NULL || f->keys == NULL || f->fold == NULL) return error_no_memory(e, 0);
    for (uint32_t i = 0; i < n; i++) types[i] = row->children[i].type;
    for (uint32_t i = 0; i < f->key_count; i++) {
        f->keys[i] = keys[i];
        key_types[i] = types[keys[i]];
    }
    enum status s = row_layout_new(f->arena, types, n, &f->layout);
    if (s == STATUS_OK && f->key_count > 0) s = row_layout_new(f->arena, key_types, f->key_count, &f->key_layout);
    if (s == STATUS_OK) s = batch_buffer_new(f->arena, types, n, BATCH_ROWS_MAX, &f->out);
    return s == STATUS_OK ? s : error_no_memory(e, 0);
}

enum status row_fold_new(const struct type *row, const uint32_t *keys, uint32_t key_count, struct row_fold **ret, struct error *e) {
    struct arena *a = arena_new("fold", 0);
    struct row_fold *f = a == NULL ? NULL : ARENA_NEW(a, struct row_fold);
    if (f == NULL) {
        arena_free(a);
        return error_no_memory(e, sizeof *f);
    }
    f->arena = a;
    f->key_count = key_count;
    enum status s = layouts(f, row, keys, e);
    if (s == STATUS_OK) *ret = f;
    else row_fold_free(f);
    return s;
}

void row_fold_free(struct row_fold *f) {
    if (f == NULL) return;
    row_keys_deinit(&f->row_bytes);
    row_keys_deinit(&f->key_bytes);
    buf_deinit(&f->aligned);
    batch_buffer_free(f->out);
    fold_free(f->fold);
    arena_free(f->arena);
}

enum status row_fold_add(struct row_fold *f, const struct batch *b, struct error *e) {
    struct rows rows = batch_rows(b);
    for (uint32_t i = 0; i < f->key_count; i++) f->key_columns[i] = b->columns[f->keys[i]];
    enum status s = row_keys_encode(&f->row_bytes, f->layout, (const struct vec *const *)b->columns, &rows);
    if (s == STATUS_OK && f->key_layout != NULL) s = row_keys_encode(&f->key_bytes, f->key_layout, f->key_columns, &rows);
    for (uint32_t i = 0; s == STATUS_OK && i < rows.count; i++) {
        struct str key = f->key_layout == NULL ? (struct str){NULL, 0} : row_keys_at(&f->key_bytes, i);
        s = fold_apply(f->fold, batch_kind(b, rows_at(&rows, i)), key, row_keys_at(&f->row_bytes, i));
    }
    return s == STATUS_OK ? s : error_no_memory(e, 0);
}

/* The kept bytes lie anywhere; rows are read from aligned ones. */
static enum status read_back(struct row_fold *f, struct str bytes) {
    buf_reset(&f->aligned);
    buf_append(&f->aligned, bytes.at, bytes.size_bytes);
    if (f->aligned.failed) return STATUS_NO_MEMORY;
    return row_read_all(f->layout, f->aligned.at, f->out->batch.columns, batch_buffer_row(f->out, ROW_INSERT));
}

enum status row_fold_next(struct row_fold *f, const struct batch **ret, struct error *e) {
    batch_buffer_reset(f->out);
    f->out->batch.kinds = NULL;
    for (; f->next < fold_slots(f->fold) && !batch_buffer_full(f->out); f->next++) {
        struct str bytes = fold_at(f->fold, f->next);
        if (bytes.at != NULL && read_back(f, bytes) != STATUS_OK) return error_no_memory(e, bytes.size_bytes);
    }
    *ret = f->out->batch.row_count == 0 ? NULL : &f->out->batch;
    return STATUS_OK;
}
