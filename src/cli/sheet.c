/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sheet: cells of a row are joined by 0x1f in the fold, NULL is a lone 0x00. Without a key a retraction finds
 * its row by those bytes.
 */
#include "cli/sheet.h"

#include "base/alloc.h"
#include "vec/value.h"

#include <assert.h>

enum { CELL_END = 0x1f };

struct sheet {
    const struct plan *plan;
    const struct sink_params *sink;
    bool changes;
    uint32_t rows_max, column_count;
    struct str *names;
    bool *right;
    struct fold *fold;
    struct buf row, key;
};

/* Can the query take rows back? */
static bool is_updating(const struct plan *plan) {
    const struct node *sink = plan->sinks.at[0];
    const struct node *query = sink->inputs.at[0];
    return (query->produces & ~(uint32_t)CHANGE_I) != 0;
}

static enum status set_columns(struct sheet *s) {
    const struct type *row = s->plan->result;
    uint32_t op = s->changes ? 1 : 0;
    s->column_count = row->child_count + op;
    s->names = mem_calloc(s->column_count + 1, sizeof *s->names);
    s->right = mem_calloc(s->column_count + 1, sizeof *s->right);
    if (s->names == NULL || s->right == NULL) return STATUS_NO_MEMORY;
    if (s->changes) s->names[0] = STR("op");
    for (uint32_t i = 0; i < row->child_count; i++) {
        s->names[i + op] = s->plan->result_names[i];
        s->right[i + op] = type_is_numeric(row->children[i].type);
    }
    return STATUS_OK;
}

struct sheet *sheet_new(const struct plan *plan, bool changes, uint32_t rows_max) {
    assert(plan->result != NULL && plan->sinks.count == 1);
    struct sheet *s = mem_calloc(1, sizeof *s);
    if (s == NULL) return NULL;
    s->plan = plan;
    s->sink = &((const struct node *)plan->sinks.at[0])->as.sink;
    s->changes = changes;
    s->rows_max = rows_max;
    s->fold = fold_new(!changes && is_updating(plan));
    if (s->fold != NULL && set_columns(s) == STATUS_OK) return s;
    sheet_free(s);
    return NULL;
}

void sheet_free(struct sheet *s) {
    if (s == NULL) return;
    fold_free(s->fold);
    buf_deinit(&s->row);
    buf_deinit(&s->key);
    mem_free(s->names);
    mem_free(s->right);
    mem_free(s);
}

static void put_cell(const struct sheet *s, struct buf *out, const struct batch *b, uint32_t column, uint32_t row) {
    if (vec_is_null(b->columns[column], row)) {
        buf_char(out, '\0');
    } else {
        value_print_sql(out, b->columns[column], row, s->plan->session->eval.zone);
    }
    buf_char(out, CELL_END);
}

enum status sheet_take(struct sheet *s, const struct batch *b, uint32_t row) {
    const struct sink_params *p = s->sink;
    enum row_kind kind = batch_kind(b, row);
    buf_reset(&s->row);
    buf_reset(&s->key);
    if (s->changes) {
        buf_text(&s->row, row_kind_text(kind));
        buf_char(&s->row, CELL_END);
    }
    for (uint32_t i = 0; i < b->column_count; i++) put_cell(s, &s->row, b, i, row);
    for (uint32_t i = 0; !s->changes && i < p->upsert_key_count; i++) put_cell(s, &s->key, b, p->upsert_keys[i], row);
    if (s->row.failed || s->key.failed) return STATUS_NO_MEMORY;
    struct str key = s->key.size_bytes == 0 ? (struct str){NULL, 0} : buf_view(&s->key);
    TRY(fold_apply(s->fold, s->changes ? ROW_INSERT : kind, key, buf_view(&s->row)));
    if (fold_count(s->fold) > s->rows_max) fold_drop_first(s->fold);
    return STATUS_OK;
}

void sheet_clear(struct sheet *s) {
    while (fold_count(s->fold) > 0) fold_drop_first(s->fold);
}

uint32_t sheet_count(const struct sheet *s) { return fold_count(s->fold); }

const struct str *sheet_names(const struct sheet *s, uint32_t *ret_count, const bool **ret_right) {
    *ret_count = s->column_count;
    *ret_right = s->right;
    return s->names;
}

void sheet_cells(const struct sheet *s, struct str row, struct str *ret_cells) {
    size_t from = 0;
    uint32_t c = 0;
    for (size_t i = 0; i < row.size_bytes && c < s->column_count; i++) {
        if (row.at[i] != CELL_END) continue;
        ret_cells[c] = (struct str){row.at + from, i - from};
        if (i - from == 1 && row.at[from] == '\0') ret_cells[c] = (struct str){NULL, 0};
        c++;
        from = i + 1;
    }
    for (; c < s->column_count; c++) ret_cells[c] = STR("");
}

enum status sheet_rows(const struct sheet *s, struct arena *a, uint32_t skip, uint32_t limit, struct str ***ret, uint32_t *ret_count) {
    uint32_t count = fold_count(s->fold) > skip ? fold_count(s->fold) - skip : 0, n = 0;
    if (count > limit) count = limit;
    struct str **rows = ARENA_ARRAY(a, struct str *, count + 1);
    if (rows == NULL) return STATUS_NO_MEMORY;
    for (uint32_t i = 0; i < fold_slots(s->fold) && n < count; i++) {
        struct str row = fold_at(s->fold, i);
        if (row.at == NULL) continue;
        if (skip > 0) {
            skip--;
            continue;
        }
        rows[n] = ARENA_ARRAY(a, struct str, s->column_count + 1);
        if (rows[n] == NULL) return STATUS_NO_MEMORY;
        sheet_cells(s, row, rows[n++]);
    }
    *ret = rows;
    *ret_count = n;
    return STATUS_OK;
}
