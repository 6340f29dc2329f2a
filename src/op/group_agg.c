/* SPDX-License-Identifier: Apache-2.0 */
/*
 * group_agg: GROUP BY without windows. Per row, as Flink's GroupAggFunction: the group's result
 * before and after the row make -U and +U; the first row of a group makes +I, the retraction of the
 * last one -D; a retraction for a group that does not exist is ignored; an unchanged result is not
 * sent again, unless state expires (then it refreshes what is downstream).
 *
 * Key columns go out as dictionaries over the input, results are written once. The mini-batch form
 * is group_agg_bundle.c; both share this file's opening.
 */
#include "op/group_agg.h"

#include "op/ops.h"

#include <assert.h>
#include <string.h>

static const struct group_agg_params *params(const struct group_agg *g) { return &g->op.node->as.group_agg; }

/* ---- opening ------------------------------------------------------------------------------- */

static enum status open_map(struct group_agg *g, const struct type *const *key_types, struct error *e) {
    const struct group_agg_params *p = params(g);
    struct state_schema schema = {.key_types = key_types, .key_count = p->key_count};
    schema.fields = agg_set_fields(g->set, &schema.field_count);
    return state_map_open(g->op.context.state, "groups", &schema, p->ttl_ms, &g->map, e);
}

static enum status open_scratch(struct group_agg *g) {
    struct arena *a = g->op.context.arena;
    const struct group_agg_params *p = params(g);
    g->key_columns = ARENA_ARRAY(a, const struct vec *, p->key_count);
    g->out_columns = ARENA_ARRAY(a, struct vec *, p->key_count + p->agg_count);
    g->index = ARENA_ARRAY(a, uint32_t, BATCH_ROWS_MAX);
    g->sel = ARENA_ARRAY(a, uint32_t, BATCH_ROWS_MAX);
    g->values = ARENA_ARRAY(a, uint64_t *, BATCH_ROWS_MAX);
    g->created = ARENA_ARRAY(a, uint8_t, BATCH_ROWS_MAX);
    bool ok = g->key_columns != NULL && g->out_columns != NULL && g->index != NULL && g->sel != NULL &&
              g->values != NULL && g->created != NULL;
    if (!ok) return STATUS_NO_MEMORY;
    return dict_new(a, p->key_count, &g->dict);
}

enum status group_agg_open(struct op *op, struct error *e) {
    struct group_agg *g = (struct group_agg *)op;
    const struct group_agg_params *p = params(g);
    struct arena *a = op->context.arena;
    const struct type **types = ARENA_ARRAY(a, const struct type *, p->key_count);
    if (types == NULL) return STATUS_NO_MEMORY;
    for (uint32_t i = 0; i < p->key_count; i++) types[i] = op->input_row->children[p->keys[i]].type;
    TRY(row_layout_new(a, types, p->key_count, &g->keys));
    TRY(agg_set_new(a, op->context.types, p->aggs, p->agg_count, p->input_retracts, &g->set, e));
    TRY(open_scratch(g));
    g->hidden = ARENA_ARRAY(a, uint64_t, 2 * agg_set_hidden_words(g->set));
    if (g->hidden == NULL) return STATUS_NO_MEMORY;
    TRY(open_map(g, types, e));
    TRY(op_buffer_new(op, &g->out));
    return p->mini_batch ? group_bundle_open(g, e) : STATUS_OK;
}

/* ---- emitting -------------------------------------------------------------------------------- */

static enum status flush(struct group_agg *g, const struct batch *b, struct error *e) {
    struct batch *out = &g->out->batch;
    if (out->row_count == 0) return STATUS_OK;
    const struct group_agg_params *p = params(g);
    TRY(dict_make(g->dict, b->columns, p->keys, g->index, out->row_count, g->out_columns));
    for (uint32_t i = 0; i < p->agg_count; i++) g->out_columns[p->key_count + i] = out->columns[p->key_count + i];
    struct batch view = *out;
    view.columns = g->out_columns;
    view.sel = g->sel;
    view.sel_count = g->sel_count;
    TRY(op_emit(&g->op, &view, e));
    g->sel_count = 0;
    batch_buffer_reset(g->out);
    return STATUS_OK;
}

/* Writes the group's present result as a new output row of this kind; it is not selected yet. */
static enum status write_result(struct group_agg *g, uint32_t input_row, const uint64_t *value,
                                enum row_kind kind, uint32_t *ret_row, struct error *e) {
    assert(!batch_buffer_full(g->out));
    uint32_t row = batch_buffer_row(g->out, kind);
    g->index[row] = input_row;
    *ret_row = row;
    return agg_set_result(g->set, g->op.context.state, value, g->out->batch.columns + params(g)->key_count, row, e);
}

static void send(struct group_agg *g, uint32_t row) { g->sel[g->sel_count++] = row; }

/* ---- one row --------------------------------------------------------------------------------- */

static enum status fold_one(struct group_agg *g, const struct batch *b, uint32_t row, uint64_t *value, struct error *e) {
    struct rows one = {&row, 1};
    int8_t sign = row_kind_adds(batch_kind(b, row)) ? 1 : -1;
    state_write(g->op.context.state, value, (uint64_t)agg_set_words(g->set) * 8);
    return agg_set_fold(g->set, g->op.context.state, &value, b->columns, &one, &sign, e);
}

static enum status first_row(struct group_agg *g, const struct batch *b, uint32_t row, uint64_t *value, struct error *e) {
    uint32_t at = 0;
    agg_set_init(g->set, value);
    TRY(fold_one(g, b, row, value, e));
    TRY(write_result(g, row, value, ROW_INSERT, &at, e));
    send(g, at);
    return STATUS_OK;
}

static enum status next_row(struct group_agg *g, const struct batch *b, uint32_t row, uint64_t *value,
                            bool *ret_empty, struct error *e) {
    const struct group_agg_params *p = params(g);
    uint32_t before = 0, after = 0, hidden = agg_set_hidden_words(g->set);
    agg_set_hidden(g->set, value, g->hidden);
    TRY(write_result(g, row, value, ROW_UPDATE_BEFORE, &before, e));
    TRY(fold_one(g, b, row, value, e));
    state_map_touch(g->map, value);
    *ret_empty = p->input_retracts && agg_set_rows(g->set, value) == 0;
    if (*ret_empty) {
        g->out->kinds[before] = ROW_DELETE;
        send(g, before);
        return STATUS_OK;
    }
    TRY(write_result(g, row, value, ROW_UPDATE_AFTER, &after, e));
    agg_set_hidden(g->set, value, g->hidden + hidden);
    bool same = memcmp(g->hidden, g->hidden + hidden, hidden * sizeof *g->hidden) == 0;
    if (p->ttl_ms == 0 && same && group_results_equal(g->out->batch.columns + p->key_count, p->agg_count, before, after)) return STATUS_OK;
    if (p->emit_update_before) send(g, before);
    send(g, after);
    return STATUS_OK;
}

/* ---- batches --------------------------------------------------------------------------------- */

static enum status push_inserts(struct group_agg *g, const struct batch *b, const struct rows *rows, struct error *e) {
    TRY(state_map_upsert_batch(g->map, &g->encoded, g->values, g->created, e));
    for (uint32_t i = 0; i < rows->count; i++) {
        uint32_t row = rows_at(rows, i);
        bool empty = false;
        if (g->out->batch.row_count + 2 > g->out->capacity) TRY(flush(g, b, e));
        if (g->created[i]) {
            TRY(first_row(g, b, row, g->values[i], e));
        } else if (params(g)->agg_count == 0 && params(g)->ttl_ms == 0 && !params(g)->input_retracts) {
            continue; /* DISTINCT over inserts: nothing to count, nothing new to say */
        } else {
            TRY(next_row(g, b, row, g->values[i], &empty, e));
        }
    }
    return STATUS_OK;
}

static enum status push_changes(struct group_agg *g, const struct batch *b, const struct rows *rows, struct error *e) {
    for (uint32_t i = 0; i < rows->count; i++) {
        uint32_t row = rows_at(rows, i);
        struct str key = row_keys_at(&g->encoded, i);
        uint64_t hash = g->encoded.hashes[i], *value = state_map_find(g->map, key, hash);
        bool created = false, empty = false;
        if (value == NULL && !row_kind_adds(batch_kind(b, row))) continue;
        if (g->out->batch.row_count + 2 > g->out->capacity) TRY(flush(g, b, e));
        if (value == NULL) {
            TRY(state_map_upsert(g->map, key, hash, &value, &created, e));
            TRY(first_row(g, b, row, value, e));
            continue;
        }
        TRY(next_row(g, b, row, value, &empty, e));
        if (empty) state_map_remove(g->map, key, hash);
    }
    return STATUS_OK;
}

static enum status group_agg_push(struct op *op, uint32_t input, const struct batch *b, bool *ret_more, struct error *e) {
    struct group_agg *g = (struct group_agg *)op;
    const struct group_agg_params *p = params(g);
    assert(input == 0);
    *ret_more = false;
    struct rows rows = batch_rows(b);
    if (rows.count == 0) return STATUS_OK;
    state_set_time(op->context.state, op->context.eval->now_us / 1000);
    for (uint32_t i = 0; i < p->key_count; i++) g->key_columns[i] = b->columns[p->keys[i]];
    TRY(row_keys_encode(&g->encoded, g->keys, g->key_columns, &rows));
    if (p->mini_batch) return group_bundle_push(g, b, &rows, e);
    TRY(b->kinds == NULL || !p->input_retracts ? push_inserts(g, b, &rows, e) : push_changes(g, b, &rows, e));
    return flush(g, b, e);
}

static enum status group_agg_mark(struct op *op, const struct mark *m, bool *ret_more, struct error *e) {
    struct group_agg *g = (struct group_agg *)op;
    *ret_more = false;
    if (params(g)->mini_batch && m->kind == MARK_WATERMARK) TRY(group_bundle_flush(g, e));
    return op_emit_mark(op, m, e);
}

static enum status group_agg_before_barrier(struct op *op, struct error *e) {
    struct group_agg *g = (struct group_agg *)op;
    return params(g)->mini_batch ? group_bundle_flush(g, e) : STATUS_OK;
}

static enum status group_agg_finish(struct op *op, bool *ret_more, struct error *e) {
    *ret_more = false;
    return group_agg_before_barrier(op, e);
}

static void group_agg_close(struct op *op) {
    struct group_agg *g = (struct group_agg *)op;
    row_keys_deinit(&g->encoded);
    if (g->set != NULL) agg_set_free(g->set);
    batch_buffer_free(g->out);
    group_bundle_close(g);
}

const struct op_class op_class_group_agg = {
    .kind = NODE_GROUP_AGG,
    .marks = OP_MARKS_SPLIT,
    .size_bytes = sizeof(struct group_agg),
    .open = group_agg_open,
    .push = group_agg_push,
    .on_mark = group_agg_mark,
    .before_barrier = group_agg_before_barrier,
    .finish = group_agg_finish,
    .close = group_agg_close,
};
