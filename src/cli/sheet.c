/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sheet: cells of a row are joined by 0x1f in the fold, NULL is a lone 0x00. Without a key a retraction finds
 * its row by those bytes. Where the query sorts (ORDER BY ... LIMIT), the table is shown in that order, though its
 * changes come in another: then each row begins with its sort key and the key's size.
 */
#include "cli/sheet.h"

#include "base/alloc.h"
#include "vec/row.h"
#include "vec/value.h"

#include <assert.h>
#include <stdlib.h>

enum { CELL_END = 0x1f };

struct sheet {
    const struct plan *plan;
    const struct sink_params *sink;
    bool changes;
    struct sort_column *order;       /* NULL: as the rows came */
    uint32_t order_count;
    uint32_t rows_max, column_count;
    uint64_t dropped;      /* rows that went because of rows_max */
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

/* Does the node hand its rows on as they are, but for their columns? */
static bool keeps_rows(const struct node *n) {
    return n->kind == NODE_EXCHANGE || n->kind == NODE_CONSTRAINT_ENFORCER || n->kind == NODE_DROP_UPDATE_BEFORE ||
           (n->kind == NODE_CALC && n->as.calc.condition == NULL);
}

static bool sorts(const struct node *n) { return n->kind == NODE_SORT_LIMIT || n->kind == NODE_SORT; }

/* Where the sorting's column stands in the output of a node above it; false: it was projected away. */
static bool stands_at(const struct node *n, uint32_t column, uint32_t *ret) {
    uint32_t below = 0;
    if (sorts(n)) {
        *ret = column;
        return true;
    }
    if (!stands_at(n->inputs.at[0], column, &below)) return false;
    *ret = below;
    for (uint32_t i = 0; n->kind == NODE_CALC && i < n->as.calc.expr_count; i++) {
        const struct expr *x = n->as.calc.exprs[i];
        *ret = i;
        if (x->kind == EXPR_INPUT && x->index == below) return true;
    }
    return n->kind != NODE_CALC;
}

/* The order of a query whose last step, but for projections, is the sorting: as many of its keys as are shown. */
static enum status find_order(struct sheet *s) {
    const struct node *query = ((const struct node *)s->plan->sinks.at[0])->inputs.at[0], *n = query;
    while (keeps_rows(n)) n = n->inputs.at[0];
    if (s->changes || !sorts(n) || n->as.sort.order_count == 0) return STATUS_OK;
    s->order = mem_calloc(n->as.sort.order_count, sizeof *s->order);
    if (s->order == NULL) return STATUS_NO_MEMORY;
    for (uint32_t i = 0; i < n->as.sort.order_count; i++) {
        s->order[i] = n->as.sort.order[i];
        if (!stands_at(query, n->as.sort.order[i].column, &s->order[i].column)) break;
        s->order_count = i + 1;
    }
    return STATUS_OK;
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
    if (s->fold != NULL && find_order(s) == STATUS_OK && set_columns(s) == STATUS_OK) return s;
    sheet_free(s);
    return NULL;
}

void sheet_free(struct sheet *s) {
    if (s == NULL) return;
    fold_free(s->fold);
    buf_deinit(&s->row);
    buf_deinit(&s->key);
    mem_free(s->order);
    mem_free(s->names);
    mem_free(s->right);
    mem_free(s);
}

static void put_cell(const struct sheet *s, struct buf *out, const struct batch *b, uint32_t column, uint32_t row) {
    if (vec_is_null(b->columns[column], row)) {
        buf_char(out, '\0');
    } else {
        value_print_shown(out, b->columns[column], row, s->plan->session->eval.zone);
    }
    buf_char(out, CELL_END);
}

static enum status put_sort_key(struct sheet *s, const struct batch *b, uint32_t row) {
    uint32_t size = 0;
    buf_append(&s->row, &size, sizeof size);
    TRY(sort_key_append(&s->row, s->order, s->order_count, (const struct vec *const *)b->columns, row));
    if (s->row.failed) return STATUS_NO_MEMORY;
    size = (uint32_t)(s->row.size_bytes - sizeof size);
    memcpy(s->row.at, &size, sizeof size);
    return STATUS_OK;
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
    if (s->order_count > 0) TRY(put_sort_key(s, b, row));
    for (uint32_t i = 0; i < b->column_count; i++) put_cell(s, &s->row, b, i, row);
    for (uint32_t i = 0; !s->changes && i < p->upsert_key_count; i++) put_cell(s, &s->key, b, p->upsert_keys[i], row);
    if (s->row.failed || s->key.failed) return STATUS_NO_MEMORY;
    struct str key = s->key.size_bytes == 0 ? (struct str){NULL, 0} : buf_view(&s->key);
    TRY(fold_apply(s->fold, s->changes ? ROW_INSERT : kind, key, buf_view(&s->row)));
    if (fold_count(s->fold) > s->rows_max) {
        fold_drop_first(s->fold);
        s->dropped++;
    }
    return STATUS_OK;
}

void sheet_clear(struct sheet *s) {
    while (fold_count(s->fold) > 0) fold_drop_first(s->fold);
}

uint64_t sheet_dropped(const struct sheet *s) { return s->dropped; }

uint32_t sheet_count(const struct sheet *s) { return fold_count(s->fold); }

const struct str *sheet_names(const struct sheet *s, uint32_t *ret_count, const bool **ret_right) {
    *ret_count = s->column_count;
    *ret_right = s->right;
    return s->names;
}

/* The sort key of a row and what stands behind it. */
static struct str split_key(struct str *row) {
    uint32_t size = 0;
    assert(row->size_bytes >= sizeof size);
    memcpy(&size, row->at, sizeof size);
    struct str key = {row->at + sizeof size, size};
    row->at += sizeof size + size;
    row->size_bytes -= sizeof size + size;
    return key;
}

static void put_cells(const struct sheet *s, struct str row, struct str *ret_cells) {
    size_t from = 0;
    uint32_t c = 0;
    if (s->order_count > 0) (void)split_key(&row);
    for (size_t i = 0; i < row.size_bytes && c < s->column_count; i++) {
        if (row.at[i] != CELL_END) continue;
        ret_cells[c] = (struct str){row.at + from, i - from};
        if (i - from == 1 && row.at[from] == '\0') ret_cells[c] = (struct str){NULL, 0};
        c++;
        from = i + 1;
    }
    for (; c < s->column_count; c++) ret_cells[c] = STR("");
}

struct placed { struct str row; uint32_t place; };

static int compare_placed(const void *a, const void *b) {
    const struct placed *x = a, *y = b;
    struct str row_x = x->row, row_y = y->row;
    int order = str_compare(split_key(&row_x), split_key(&row_y));
    return order != 0 ? order : x->place < y->place ? -1 : 1;
}

/* The live rows, from the skip'th on, in the order in which they came: at most limit. Changes have no holes between them. */
static struct placed *rows_as_they_came(const struct sheet *s, struct arena *a, uint32_t skip, uint32_t limit, uint32_t *ret_count) {
    uint32_t count = fold_count(s->fold) > skip ? fold_count(s->fold) - skip : 0, n = 0;
    if (count > limit) count = limit;
    struct placed *rows = ARENA_ARRAY(a, struct placed, count + 1);
    uint32_t first = s->changes ? fold_slots(s->fold) - fold_count(s->fold) + skip : 0;
    if (s->changes) skip = 0;
    for (uint32_t i = first; rows != NULL && n < count; i++) {
        struct str row = fold_at(s->fold, i);
        if (row.at == NULL) continue;
        if (skip > 0) skip--;
        else rows[n] = (struct placed){row, n}, n++;
    }
    *ret_count = n;
    return rows;
}

/* The same in the order of the query's sorting. */
static struct placed *rows_sorted(const struct sheet *s, struct arena *a, uint32_t skip, uint32_t limit, uint32_t *ret_count) {
    uint32_t count = 0;
    struct placed *rows = rows_as_they_came(s, a, 0, UINT32_MAX, &count);
    if (rows == NULL) return NULL;
    qsort(rows, count, sizeof *rows, compare_placed);
    if (skip > count) skip = count;
    *ret_count = count - skip < limit ? count - skip : limit;
    return rows + skip;
}

enum status sheet_rows(const struct sheet *s, struct arena *a, uint32_t skip, uint32_t limit, struct str ***ret, uint32_t *ret_count) {
    uint32_t n = 0;
    struct placed *live = s->order_count > 0 ? rows_sorted(s, a, skip, limit, &n) : rows_as_they_came(s, a, skip, limit, &n);
    struct str **rows = live == NULL ? NULL : ARENA_ARRAY(a, struct str *, n + 1);
    if (rows == NULL) return STATUS_NO_MEMORY;
    for (uint32_t i = 0; i < n; i++) {
        rows[i] = ARENA_ARRAY(a, struct str, s->column_count + 1);
        if (rows[i] == NULL) return STATUS_NO_MEMORY;
        put_cells(s, live[i].row, rows[i]);
    }
    *ret = rows;
    *ret_count = n;
    return STATUS_OK;
}
