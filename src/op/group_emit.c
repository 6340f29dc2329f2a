/* SPDX-License-Identifier: Apache-2.0 */
/* group_emit: see the header. Keys are decoded only for rows that are sent. */
#include "op/group_emit.h"

#include <assert.h>
#include <string.h>

enum status group_emit_init(struct group_emit *g, struct op *op, const struct agg_set *set, const struct row_layout *keys) {
    const struct group_agg_params *p = &op->node->as.group_agg;
    *g = (struct group_emit){.op = op, .keys = keys, .agg_count = p->agg_count, .update_before = p->emit_update_before, .keep_equal = p->ttl_ms != 0};
    g->hidden_words = agg_set_hidden_words(set);
    g->hidden = ARENA_ARRAY(op->context.arena, uint64_t, g->hidden_words * 2);
    g->sel = ARENA_ARRAY(op->context.arena, uint32_t, BATCH_ROWS_MAX);
    return g->sel == NULL || g->hidden == NULL ? STATUS_NO_MEMORY : op_buffer_new(op, &g->out);
}

enum status group_emit_flush(struct group_emit *g, struct error *e) {
    struct batch view = g->out->batch;
    view.sel = g->sel;
    view.sel_count = g->sel_count;
    if (g->sel_count > 0) TRY(op_emit(g->op, &view, e));
    g->sel_count = 0;
    batch_buffer_reset(g->out);
    return STATUS_OK;
}

enum status group_emit_open(struct group_emit *g, struct error *e) {
    return g->out->batch.row_count + 2 > g->out->capacity ? group_emit_flush(g, e) : STATUS_OK;
}

uint32_t group_emit_row(struct group_emit *g) {
    assert(!batch_buffer_full(g->out));
    return batch_buffer_row(g->out, ROW_INSERT);
}

/* NaN differs from itself, -0.0 equals 0.0. */
static bool same_value(const struct vec *v, uint32_t a, uint32_t b) {
    bool null = vec_is_null(v, a) || vec_is_null(v, b);
    if (!null && v->type->phys == PHYS_F64) return VEC_DATA(v, double)[a] == VEC_DATA(v, double)[b];
    if (!null && v->type->phys == PHYS_F32) return VEC_DATA(v, float)[a] == VEC_DATA(v, float)[b];
    return vec_value_equal(v, a, v, b);
}

bool group_results_equal(struct vec *const *results, uint32_t count, uint32_t a, uint32_t b) {
    for (uint32_t i = 0; i < count; i++) {
        if (!same_value(results[i], a, b)) return false;
    }
    return true;
}

static enum status send(struct group_emit *g, const char *key, uint32_t row, enum row_kind kind) {
    g->out->kinds[row] = (uint8_t)kind;
    g->sel[g->sel_count++] = row;
    return row_read_all(g->keys, key, g->out->batch.columns, row);
}

enum status group_emit_change(struct group_emit *g, const char *key, uint32_t before, uint32_t after) {
    if (before == GROUP_EMIT_NONE) return after == GROUP_EMIT_NONE ? STATUS_OK : send(g, key, after, ROW_INSERT);
    if (after == GROUP_EMIT_NONE) return send(g, key, before, ROW_DELETE);
    bool same = memcmp(g->hidden, g->hidden + g->hidden_words, g->hidden_words * sizeof *g->hidden) == 0;
    if (!g->keep_equal && same && group_results_equal(group_emit_results(g), g->agg_count, before, after)) return STATUS_OK;
    if (g->update_before) TRY(send(g, key, before, ROW_UPDATE_BEFORE));
    return send(g, key, after, ROW_UPDATE_AFTER);
}
