/* SPDX-License-Identifier: Apache-2.0 */
/*
 * group_agg_bundle: GROUP BY in mini-batches (table.exec.mini-batch.enabled): rows are folded into
 * the state at once, whole batches at a time; the first touch of a group in a bundle keeps its
 * result from before, and the end of the bundle (its size, a watermark, a barrier, the end of the
 * input) sends one change per touched group, in the order of first touch.
 *
 * The mark word in a group's value holds bundle number and touch index, so a second touch is one
 * comparison. Bundles never span a checkpoint: nothing here is state but that word, which is stale
 * after a restore and then only looked at by number.
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
    u->number = (uint64_t)g->op.context.eval->now_us | 1;
    u->keys = u->before = (struct buf)BUF_INIT;
    u->signs = ARENA_ARRAY(a, int8_t, BATCH_ROWS_MAX);
    const struct type **types = op_types(a, g->op.node->row);
    if (types == NULL || u->signs == NULL) return STATUS_NO_MEMORY;
    TRY(row_layout_new(a, types + p->key_count, p->agg_count, &u->results));
    return batch_buffer_new(a, types + p->key_count, p->agg_count, 1, &u->row);
}

void group_bundle_close(struct group_agg *g) {
    struct group_bundle *u = &g->bundle;
    mem_free(u->touches);
    buf_deinit(&u->keys);
    buf_deinit(&u->before);
    batch_buffer_free(u->row);
}

/* ---- touching -------------------------------------------------------------------------------- */

static enum status touch_slot(struct group_bundle *u) {
    if (u->count < u->capacity) return STATUS_OK;
    uint32_t capacity = u->capacity == 0 ? 256 : u->capacity * 2;
    struct group_touch *touches = mem_realloc(u->touches, capacity * sizeof *touches);
    if (touches == NULL) return STATUS_NO_MEMORY;
    u->touches = touches;
    u->capacity = capacity;
    return STATUS_OK;
}

static enum status encode_result(struct group_agg *g, const uint64_t *value, struct buf *out, struct error *e) {
    struct group_bundle *u = &g->bundle;
    batch_buffer_reset(u->row);
    uint32_t row = batch_buffer_row(u->row, ROW_INSERT);
    struct vec **columns = u->row->batch.columns;
    TRY(agg_set_result(g->set, g->op.context.state, value, columns, row, e));
    uint32_t size = row_size_bytes(u->results, (const struct vec *const *)columns, row);
    if (!buf_reserve(out, size)) return STATUS_NO_MEMORY;
    out->size_bytes += row_write(u->results, (const struct vec *const *)columns, row, out->at + out->size_bytes);
    return STATUS_OK;
}

/* Notes the first touch of a group in this bundle. */
static enum status touch(struct group_agg *g, struct str key, uint64_t hash, uint64_t *value, bool created, struct error *e) {
    struct group_bundle *u = &g->bundle;
    if (!created && value[g->bundle_word] == u->number) return STATUS_OK;
    TRY(touch_slot(u));
    struct group_touch t = {.key_at = (uint32_t)u->keys.size_bytes, .key_bytes = (uint32_t)key.size_bytes,
                            .before_at = TOUCH_NEW, .hash = hash};
    buf_append(&u->keys, key.at, key.size_bytes);
    if (u->keys.failed) return STATUS_NO_MEMORY;
    if (!created) {
        t.before_at = (uint32_t)u->before.size_bytes;
        TRY(encode_result(g, value, &u->before, e));
    }
    state_write(g->op.context.state, value, ((uint64_t)agg_set_words(g->set) + 1) * 8);
    value[g->bundle_word] = u->number;
    state_map_touch(g->map, value);
    u->touches[u->count++] = t;
    return STATUS_OK;
}

static enum status push_inserts(struct group_agg *g, const struct batch *b, const struct rows *rows, struct error *e) {
    TRY(state_map_upsert_batch(g->map, &g->encoded, g->values, g->created, e));
    for (uint32_t i = 0; i < rows->count; i++) {
        if (g->created[i]) agg_set_init(g->set, g->values[i]);
        TRY(touch(g, row_keys_at(&g->encoded, i), g->encoded.hashes[i], g->values[i], g->created[i] != 0, e));
    }
    return agg_set_fold(g->set, g->op.context.state, g->values, b->columns, rows, NULL, e);
}

/* With retractions: a group's leading retractions are ignored, so rows go one by one. */
static enum status push_changes(struct group_agg *g, const struct batch *b, const struct rows *rows, struct error *e) {
    for (uint32_t i = 0; i < rows->count; i++) {
        uint32_t row = rows_at(rows, i);
        struct str key = row_keys_at(&g->encoded, i);
        uint64_t hash = g->encoded.hashes[i], *value = state_map_find(g->map, key, hash);
        bool adds = row_kind_adds(batch_kind(b, row)), created = false;
        if (value == NULL && !adds) continue;
        if (value == NULL) {
            TRY(state_map_upsert(g->map, key, hash, &value, &created, e));
            agg_set_init(g->set, value);
        }
        TRY(touch(g, key, hash, value, created, e));
        struct rows one = {&row, 1};
        int8_t sign = adds ? 1 : -1;
        state_write(g->op.context.state, value, (uint64_t)agg_set_words(g->set) * 8);
        TRY(agg_set_fold(g->set, g->op.context.state, &value, b->columns, &one, &sign, e));
    }
    return STATUS_OK;
}

enum status group_bundle_push(struct group_agg *g, const struct batch *b, const struct rows *rows, struct error *e) {
    const struct group_agg_params *p = params(g);
    bool inserts = b->kinds == NULL || !p->input_retracts;
    TRY(inserts ? push_inserts(g, b, rows, e) : push_changes(g, b, rows, e));
    g->bundle.rows += rows->count;
    if (p->mini_batch_rows > 0 && g->bundle.rows >= p->mini_batch_rows) return group_bundle_flush(g, e);
    return STATUS_OK;
}

/* ---- flushing -------------------------------------------------------------------------------- */

/* One output row: the key, and the results from an encoded row or, when NULL, from the value. */
static enum status emit(struct group_agg *g, const struct group_touch *t, const char *encoded,
                        const uint64_t *value, enum row_kind kind, struct error *e) {
    const struct group_agg_params *p = params(g);
    uint32_t row = 0;
    TRY(op_buffer_row(&g->op, g->out, kind, &row, e));
    struct vec **columns = g->out->batch.columns;
    TRY(row_read_all(g->keys, g->bundle.keys.at + t->key_at, columns, row));
    if (encoded != NULL) return row_read_all(g->bundle.results, encoded, columns + p->key_count, row);
    return agg_set_result(g->set, g->op.context.state, value, columns + p->key_count, row, e);
}

/* Is the present result the bytes of the one before? */
static enum status unchanged(struct group_agg *g, const char *before, const uint64_t *value, bool *ret, struct error *e) {
    struct group_bundle *u = &g->bundle;
    size_t from = u->before.size_bytes;
    size_t at = (size_t)(before - u->before.at);
    TRY(encode_result(g, value, &u->before, e));
    size_t size = u->before.size_bytes - from;
    *ret = memcmp(u->before.at + at, u->before.at + from, size) == 0;
    u->before.size_bytes = from;
    return STATUS_OK;
}

static enum status flush_group(struct group_agg *g, const struct group_touch *t, struct error *e) {
    const struct group_agg_params *p = params(g);
    struct group_bundle *u = &g->bundle;
    struct str key = {u->keys.at + t->key_at, t->key_bytes};
    uint64_t *value = state_map_find(g->map, key, t->hash);
    if (value == NULL) return STATUS_OK;
    bool is_new = t->before_at == TOUCH_NEW;
    if (p->input_retracts && agg_set_rows(g->set, value) == 0) {
        if (!is_new) TRY(emit(g, t, u->before.at + t->before_at, NULL, ROW_DELETE, e));
        state_map_remove(g->map, key, t->hash);
        return STATUS_OK;
    }
    if (is_new) return emit(g, t, NULL, value, ROW_INSERT, e);
    bool same = false;
    if (p->ttl_ms == 0) TRY(unchanged(g, u->before.at + t->before_at, value, &same, e));
    if (same) return STATUS_OK;
    if (p->emit_update_before) TRY(emit(g, t, u->before.at + t->before_at, NULL, ROW_UPDATE_BEFORE, e));
    return emit(g, t, NULL, value, ROW_UPDATE_AFTER, e);
}

enum status group_bundle_flush(struct group_agg *g, struct error *e) {
    struct group_bundle *u = &g->bundle;
    for (uint32_t i = 0; i < u->count; i++) TRY(flush_group(g, &u->touches[i], e));
    TRY(op_flush(&g->op, g->out, e));
    u->number++;
    u->count = 0;
    u->rows = 0;
    buf_reset(&u->keys);
    buf_reset(&u->before);
    return STATUS_OK;
}
