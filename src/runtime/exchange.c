/* SPDX-License-Identifier: Apache-2.0 */
/*
 * exchange: one operator's output over an edge that leaves the task. Rows are copied into the parcels
 * of their targets: by key group (hash), in turn by batch (rebalance), or all to one. Marks go to
 * every target, at the place where they stood among its rows.
 */
#include "runtime/attempt.h"

#include <assert.h>

enum status exchange_open(struct exchange *x, struct arena *a, const struct type *row, struct error *e) {
    assert(x->channel_count > 0 && x->channels != NULL);
    x->sels = ARENA_ARRAY(a, uint32_t *, x->channel_count);
    x->sel_counts = ARENA_ARRAY(a, uint32_t, x->channel_count);
    if (x->sels == NULL || x->sel_counts == NULL) return error_no_memory(e, 0);
    if (x->distribution != DISTRIBUTION_HASH) return STATUS_OK;
    for (uint32_t i = 0; i < x->channel_count; i++) {
        x->sels[i] = ARENA_ARRAY(a, uint32_t, BATCH_ROWS_MAX);
        if (x->sels[i] == NULL) return error_no_memory(e, BATCH_ROWS_MAX * sizeof(uint32_t));
    }
    const struct type **types = ARENA_ARRAY(a, const struct type *, x->key_count + 1);
    x->key_columns = ARENA_ARRAY(a, const struct vec *, x->key_count + 1);
    if (types == NULL || x->key_columns == NULL) return error_no_memory(e, 0);
    for (uint32_t i = 0; i < x->key_count; i++) types[i] = row->children[x->keys[i]].type;
    return row_layout_new(a, types, x->key_count, &x->layout) == STATUS_OK ? STATUS_OK : error_no_memory(e, 0);
}

void exchange_close(struct exchange *x) { row_keys_deinit(&x->row_keys); }

static enum status rows_hash(struct exchange *x, struct task *t, const struct batch *b, const struct rows *rows, struct error *e) {
    for (uint32_t i = 0; i < x->key_count; i++) x->key_columns[i] = b->columns[x->keys[i]];
    if (row_keys_encode(&x->row_keys, x->layout, x->key_columns, rows) != STATUS_OK) return error_no_memory(e, 0);
    uint32_t max = t->attempt->max_parallelism;
    for (uint32_t i = 0; i < x->channel_count; i++) x->sel_counts[i] = 0;
    for (uint32_t i = 0; i < rows->count; i++) {
        uint32_t to = state_key_group(x->row_keys.hashes[i], max) * x->channel_count / max;
        assert(to < x->channel_count);
        x->sels[to][x->sel_counts[to]++] = rows_at(rows, i);
    }
    for (uint32_t i = 0; i < x->channel_count; i++) TRY(channel_rows(x->channels[i], b, x->sels[i], x->sel_counts[i], e));
    return STATUS_OK;
}

/* Rows [from, to) of the selection. */
static enum status rows_send(struct exchange *x, struct task *t, const struct batch *b, uint32_t from, uint32_t to, struct error *e) {
    assert(from <= to && to <= b->sel_count);
    if (from == to) return STATUS_OK;
    const uint32_t *sel = (b->sel == NULL ? t->iota : b->sel) + from;
    if (x->distribution == DISTRIBUTION_HASH) return rows_hash(x, t, b, &(struct rows){sel, to - from}, e);
    uint32_t target = x->channel_count == 1 ? 0 : x->next++ % x->channel_count;
    return channel_rows(x->channels[target], b, sel, to - from, e);
}

static uint32_t sel_before(const struct batch *b, uint32_t from, uint32_t position) {
    if (b->sel == NULL) return position < b->sel_count ? position : b->sel_count;
    uint32_t i = from;
    while (i < b->sel_count && b->sel[i] < position) i++;
    return i;
}

enum status exchange_rows(struct exchange *x, struct task *t, const struct batch *b, struct error *e) {
    assert(b->row_count <= BATCH_ROWS_MAX);
    uint32_t from = 0;
    for (uint32_t m = 0; m < b->mark_count; m++) {
        uint32_t to = sel_before(b, from, b->marks[m].position);
        TRY(rows_send(x, t, b, from, to, e));
        for (uint32_t i = 0; i < x->channel_count; i++) TRY(channel_mark(x->channels[i], &b->marks[m], e));
        from = to;
    }
    return rows_send(x, t, b, from, b->sel_count, e);
}
