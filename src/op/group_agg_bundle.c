/* SPDX-License-Identifier: Apache-2.0 */
/*
 * group_agg_bundle: GROUP BY in mini-batches in one phase (table.exec.mini-batch.enabled, and an
 * aggregate that cannot be merged, or ONE_PHASE): rows are folded into the state at once, whole
 * batches at a time; the first touch of a group in a bundle keeps its result from before, and the
 * end of the bundle (its size, a watermark, a barrier, the end of the input) sends one change per
 * touched group, in the order of Flink's map.
 *
 * Bundles never span a checkpoint, and nothing of them is state: the state is the row-wise form's.
 */
#include "base/alloc.h"
#include "op/group_agg.h"

#include <assert.h>
#include <string.h>

enum { TOUCH_NEW = UINT32_MAX };

static const struct group_agg_params *params(const struct group_agg *g) { return &g->op.node->as.group_agg; }

enum status group_bundle_open(struct group_agg *g, struct error *e) {
    (void)e;
    struct arena *a = g->op.context.arena;
    const struct group_agg_params *p = params(g);
    struct group_bundle *u = &g->bundle;
    bundle_init(&u->keys, NULL, g->op.context.state);
    u->before = (struct buf)BUF_INIT;
    u->signs = ARENA_ARRAY(a, int8_t, BATCH_ROWS_MAX);
    const struct type **types = op_types(a, g->op.node->row);
    if (types == NULL || u->signs == NULL) return STATUS_NO_MEMORY;
    TRY(row_layout_new(a, types + p->key_count, p->agg_count, &u->results));
    TRY(group_emit_init(&u->emit, &g->op, g->set, g->keys));
    return batch_buffer_new(a, types + p->key_count, p->agg_count, 1, &u->row);
}

void group_bundle_close(struct group_agg *g) {
    struct group_bundle *u = &g->bundle;
    mem_free(u->before_at);
    bundle_deinit(&u->keys);
    buf_deinit(&u->before);
    batch_buffer_free(u->row);
    batch_buffer_free(u->emit.out);
}

/* ---- touching -------------------------------------------------------------------------------- */

static enum status touches_reserve(struct group_bundle *u) {
    if (u->before_capacity >= u->keys.capacity) return STATUS_OK;
    uint32_t *before_at = mem_realloc(u->before_at, u->keys.capacity * sizeof *before_at);
    if (before_at == NULL) return STATUS_NO_MEMORY;
    u->before_at = before_at;
    u->before_capacity = u->keys.capacity;
    return STATUS_OK;
}

static enum status encode_result(struct group_agg *g, const uint64_t *value, struct error *e) {
    struct group_bundle *u = &g->bundle;
    batch_buffer_reset(u->row);
    uint32_t row = batch_buffer_row(u->row, ROW_INSERT);
    struct vec **columns = u->row->batch.columns;
    TRY(agg_set_result(g->set, g->op.context.state, value, columns, row, e));
    uint32_t size = row_size_bytes(u->results, (const struct vec *const *)columns, row), hidden = u->emit.hidden_words * 8;
    if (!buf_reserve(&u->before, size + hidden)) return STATUS_NO_MEMORY;
    agg_set_hidden(g->set, value, (uint64_t *)(void *)(u->before.at + u->before.size_bytes));
    u->before.size_bytes += hidden;
    u->before.size_bytes += row_write(u->results, (const struct vec *const *)columns, row, u->before.at + u->before.size_bytes);
    return u->before.size_bytes > UINT32_MAX - 1 ? STATUS_LIMIT : STATUS_OK;
}

/* Notes the first touch of the group of key i; touched so far: keys below `seen`. */
static enum status touch(struct group_agg *g, uint32_t i, uint64_t *value, bool created, struct error *e) {
    struct group_bundle *u = &g->bundle;
    uint32_t number = 0, seen = u->keys.count;
    TRY(bundle_add(&u->keys, &g->encoded, i, 1, &number));
    TRY(touches_reserve(u));
    if (number < seen) return STATUS_OK;
    u->before_at[number] = created ? TOUCH_NEW : (uint32_t)u->before.size_bytes;
    if (!created) TRY(encode_result(g, value, e));
    state_map_touch(g->map, value);
    return STATUS_OK;
}

static enum status push_inserts(struct group_agg *g, const struct batch *b, const struct row_keys *keys, const struct rows *rows, uint32_t from, struct error *e) {
    TRY(state_map_upsert_batch(g->map, keys, g->values, g->created, e));
    for (uint32_t i = 0; i < rows->count; i++) {
        if (g->created[i]) agg_set_init(g->set, g->values[i]);
        TRY(touch(g, from + i, g->values[i], g->created[i] != 0, e));
    }
    return agg_set_fold(g->set, g->op.context.state, g->values, b->columns, rows, NULL, e);
}

/* With retractions: a group's leading retractions are ignored, so rows go one by one. */
static enum status push_changes(struct group_agg *g, const struct batch *b, const struct rows *rows, uint32_t from, struct error *e) {
    for (uint32_t i = 0; i < rows->count; i++) {
        uint32_t row = rows_at(rows, i);
        struct str key = row_keys_at(&g->encoded, from + i);
        uint64_t hash = g->encoded.hashes[from + i], *value = state_map_find(g->map, key, hash);
        bool adds = row_kind_adds(batch_kind(b, row)), created = false;
        if (value == NULL && !adds) continue;
        if (value == NULL) {
            TRY(state_map_upsert(g->map, key, hash, &value, &created, e));
            agg_set_init(g->set, value);
        }
        TRY(touch(g, from + i, value, created, e));
        struct rows one = {&row, 1};
        int8_t sign = adds ? 1 : -1;
        state_write(g->op.context.state, value, (uint64_t)agg_set_words(g->set) * 8);
        TRY(agg_set_fold(g->set, g->op.context.state, &value, b->columns, &one, &sign, e));
    }
    return STATUS_OK;
}

enum status group_bundle_push(struct group_agg *g, const struct batch *b, const struct rows *rows, struct error *e) {
    const struct group_agg_params *p = params(g);
    const uint32_t *sel = rows->sel == NULL ? g->op.iota : rows->sel;
    bool inserts = b->kinds == NULL || !p->input_retracts;
    for (uint32_t from = 0, n = 0; from < rows->count; from += n) {
        n = rows->count - from;
        if (p->mini_batch_rows > 0 && n > p->mini_batch_rows - g->bundle.rows) n = (uint32_t)(p->mini_batch_rows - g->bundle.rows);
        const struct rows part = {sel + from, n};
        const struct row_keys keys = {.bytes = g->encoded.bytes, .offsets = g->encoded.offsets + from, .hashes = g->encoded.hashes + from, .count = n};
        TRY(inserts ? push_inserts(g, b, &keys, &part, from, e) : push_changes(g, b, &part, from, e));
        g->bundle.rows += n;
        if (p->mini_batch_rows > 0 && g->bundle.rows >= p->mini_batch_rows) TRY(group_bundle_flush(g, e));
    }
    return STATUS_OK;
}

/* ---- flushing -------------------------------------------------------------------------------- */

/* *ret_gone: the group's last row was retracted. */
static enum status show(struct group_agg *g, uint32_t number, const uint64_t *value, bool *ret_gone, struct error *e) {
    struct group_bundle *u = &g->bundle;
    struct vec **results = group_emit_results(&u->emit);
    uint32_t before = GROUP_EMIT_NONE, after = GROUP_EMIT_NONE;
    TRY(group_emit_open(&u->emit, e));
    uint32_t before_at = u->before_at[u->was == NULL ? number : u->was[number]];
    if (before_at != TOUCH_NEW) {
        const char *at = u->before.at + before_at;
        before = group_emit_row(&u->emit);
        memcpy(group_emit_hidden(&u->emit, false), at, u->emit.hidden_words * 8UL);
        TRY(row_read_all(u->results, at + u->emit.hidden_words * 8UL, results, before));
    }
    *ret_gone = params(g)->input_retracts && agg_set_rows(g->set, value) == 0;
    if (!*ret_gone) {
        after = group_emit_row(&u->emit);
        agg_set_hidden(g->set, value, group_emit_hidden(&u->emit, true));
        TRY(agg_set_result(g->set, g->op.context.state, value, results, after, e));
    }
    return group_emit_change(&u->emit, bundle_key(&u->keys, number), before, after);
}

static enum status show_keys(struct group_agg *g, uint32_t from, uint32_t count, struct error *e) {
    struct row_keys keys = bundle_keys(&g->bundle.keys, from, count);
    state_map_find_batch(g->map, &keys, g->values);
    for (uint32_t i = 0; i < count; i++) {
        bool gone = false;
        if (g->values[i] != NULL) TRY(show(g, from + i, g->values[i], &gone, e));
        g->created[i] = gone;
    }
    for (uint32_t i = 0; i < count; i++) {
        if (g->created[i]) state_map_remove(g->map, row_keys_at(&keys, i), keys.hashes[i]);
    }
    return STATUS_OK;
}

enum status group_bundle_flush(struct group_agg *g, struct error *e) {
    struct group_bundle *u = &g->bundle;
    TRY(bundle_order(&u->keys, g->keys, &u->was));
    for (uint32_t from = 0, n = 0; from < u->keys.count; from += n) {
        n = u->keys.count - from < BATCH_ROWS_MAX ? u->keys.count - from : BATCH_ROWS_MAX;
        TRY(show_keys(g, from, n, e));
    }
    TRY(group_emit_flush(&u->emit, e));
    bundle_clear(&u->keys);
    u->rows = 0;
    buf_reset(&u->before);
    return STATUS_OK;
}
