/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rank: Top-N (ROW_NUMBER() ... WHERE rn <= n), ORDER BY ... LIMIT and LIMIT over updates. This file
 * opens the state, prepares each row (partition, sort key, bytes) and holds what the strategies
 * share; rank_append.c, rank_update.c and rank_retract.c are Flink's three strategies, change for
 * change.
 */
#include "op/rank.h"

#include "op/ops.h"

#include <assert.h>
#include <string.h>

static const struct state_field rank_fields[RANK_FIELDS] = {
    {"rows", STATE_SORTED}, {"keys", STATE_SORTED}, {"sequence", STATE_WORD}, {"end", STATE_WORD},
};

/* ---- opening ------------------------------------------------------------------------------- */

static enum status layout_of(struct op *op, const uint32_t *columns, uint32_t count, struct row_layout **ret) {
    const struct type **types = ARENA_ARRAY(op->context.arena, const struct type *, count);
    if (types == NULL) return STATUS_NO_MEMORY;
    for (uint32_t i = 0; i < count; i++) types[i] = op->input_row->children[columns[i]].type;
    return row_layout_new(op->context.arena, types, count, ret);
}

static enum status open_state(struct rank *r, int64_t ttl_ms, struct error *e) {
    const struct state_schema schema = {
        .key_types = r->partition->types, .key_count = r->partition->column_count,
        .fields = rank_fields, .field_count = RANK_FIELDS,
        .row_types = r->row->types, .row_count = r->row->column_count,
    };
    return state_map_open(r->op.context.state, "partitions", &schema, ttl_ms, &r->map, e);
}

static enum status open_common(struct rank *r, const uint32_t *partition, uint32_t partition_count,
                               const uint32_t *key, uint32_t key_count, int64_t ttl_ms, struct error *e) {
    struct op *op = &r->op;
    struct arena *a = op->context.arena;
    const struct type **types = op_types(a, op->input_row);
    r->partition_columns = ARENA_ARRAY(a, const struct vec *, partition_count);
    r->key_columns = ARENA_ARRAY(a, const struct vec *, key_count);
    if (types == NULL || r->partition_columns == NULL || r->key_columns == NULL) return STATUS_NO_MEMORY;
    TRY(row_layout_new(a, types, op->input_row->child_count, &r->row));
    TRY(layout_of(op, partition, partition_count, &r->partition));
    TRY(layout_of(op, key, key_count, &r->row_key));
    r->numbered = r->with_rank || r->from > 1;
    TRY(open_state(r, ttl_ms, e));
    return op_buffer_new(op, &r->out);
}

static enum status rank_open(struct op *op, struct error *e) {
    struct rank *r = (struct rank *)op;
    const struct rank_params *p = &op->node->as.rank;
    r->order = p->order;
    r->order_count = p->order_count;
    r->from = p->from;
    r->to = p->to;
    r->to_column = p->to_column;
    r->with_rank = p->with_rank;
    r->emit_update_before = p->emit_update_before;
    r->strategy = p->strategy;
    return open_common(r, p->partition, p->partition_count, p->upsert_key, p->upsert_key_count, p->ttl_ms, e);
}

static enum status sort_limit_open(struct op *op, struct error *e) {
    struct rank *r = (struct rank *)op;
    const struct sort_params *p = &op->node->as.sort;
    if (p->limit < 0) return error_set(e, STATUS_UNSUPPORTED, "OFFSET without LIMIT is not supported in streaming");
    r->order = p->order;
    r->order_count = p->order_count;
    r->from = p->offset + 1;
    r->to = p->offset + p->limit;
    r->to_column = -1;
    r->emit_update_before = p->emit_update_before;
    r->strategy = p->strategy;
    return open_common(r, NULL, 0, p->upsert_key, p->upsert_key_count, p->ttl_ms, e);
}

/* ---- shared by the strategies ----------------------------------------------------------------- */

enum status rank_send(struct rank *r, enum row_kind kind, const void *row, int64_t rank, struct error *e) {
    if (kind == ROW_UPDATE_BEFORE && !r->emit_update_before) return STATUS_OK;
    if (rank != 0 && (rank < r->from || rank > r->to)) return STATUS_OK;
    uint32_t at = 0, columns = r->row->column_count;
    TRY(op_buffer_row(&r->op, r->out, kind, &at, e));
    TRY(row_read_all(r->row, row, r->out->batch.columns, at));
    if (!r->with_rank) return STATUS_OK;
    struct vec *v = r->out->batch.columns[columns];
    vec_set_valid(v, at);
    VEC_DATA(v, int64_t)[at] = rank == 0 ? 1 : rank;
    return STATUS_OK;
}

enum status rank_insert(struct rank *r, struct sorted_cursor *ret_cursor, struct error *e) {
    uint64_t sequence = r->value[RANK_SEQUENCE]++;
    size_t size = r->sort_key.size_bytes;
    for (int i = 7; i >= 0; i--) buf_char(&r->sort_key, (char)(sequence >> (8 * i)));
    if (r->sort_key.failed) return STATUS_NO_MEMORY;
    struct str key = buf_view(&r->sort_key);
    enum status s = state_sorted_put(r->op.context.state, rank_rows(r), key, buf_view(&r->bytes), e);
    bool found = s == STATUS_OK && state_sorted_seek(r->op.context.state, *rank_rows(r), key, ret_cursor);
    assert(s != STATUS_OK || found);
    (void)found;
    r->sort_key.size_bytes = size;
    return s;
}

static struct str sort_part(struct str key) {
    assert(key.size_bytes >= 8);
    return (struct str){key.at, key.size_bytes - 8};
}

bool rank_accepts(struct rank *r) {
    const struct state *s = r->op.context.state;
    struct sorted_cursor last;
    if ((int64_t)rank_count(r) < r->to) return true;
    if (r->to <= 0 || !state_sorted_last(s, *rank_rows(r), &last)) return false;
    return str_compare(buf_view(&r->sort_key), sort_part(state_sorted_key(s, &last))) < 0;
}

int64_t rank_of(struct rank *r, struct str key, int64_t limit) {
    const struct state *s = r->op.context.state;
    struct sorted_cursor c;
    int64_t rank = 1;
    bool more = state_sorted_seek(s, *rank_rows(r), (struct str){NULL, 0}, &c);
    while (more && rank <= limit && !str_equal(state_sorted_key(s, &c), key)) {
        rank++;
        more = state_sorted_next(s, &c);
    }
    return rank;
}

enum status rank_shift_down(struct rank *r, struct sorted_cursor after, const void *first, int64_t rank, struct error *e) {
    const struct state *s = r->op.context.state;
    const void *current = first;
    while (rank <= r->to && state_sorted_next(s, &after)) {
        const void *row = state_sorted_value(s, &after).at;
        TRY(rank_send(r, ROW_UPDATE_BEFORE, row, rank, e));
        TRY(rank_send(r, ROW_UPDATE_AFTER, current, rank, e));
        current = row;
        rank++;
    }
    return rank <= r->to ? rank_send(r, ROW_INSERT, current, rank, e) : STATUS_OK;
}

enum status rank_keep(struct rank *r, const struct sorted_cursor *c, struct buf *into) {
    struct str row = state_sorted_value(r->op.context.state, c);
    buf_reset(into);
    buf_append(into, row.at, row.size_bytes);
    return into->failed ? STATUS_NO_MEMORY : STATUS_OK;
}

/* ---- rows -------------------------------------------------------------------------------------- */

static enum status encode(struct buf *out, const struct row_layout *l, const struct vec *const *columns, uint32_t row) {
    buf_reset(out);
    uint32_t size = row_size_bytes(l, columns, row);
    if (!buf_reserve(out, size + 1)) return STATUS_NO_MEMORY;
    out->size_bytes = row_write(l, columns, row, out->at);
    return STATUS_OK;
}

static enum status prepare_row(struct rank *r, const struct batch *b, uint32_t row) {
    const struct vec *const *columns = (const struct vec *const *)b->columns;
    buf_reset(&r->sort_key);
    TRY(sort_key_append(&r->sort_key, r->order, r->order_count, columns, row));
    TRY(encode(&r->bytes, r->row, columns, row));
    return r->strategy == RANK_UPDATE_FAST ? encode(&r->key_bytes, r->row_key, r->key_columns, row) : STATUS_OK;
}

/* WHERE rn <= column: the partition's first value holds, as in Flink. */
static enum status variable_end(struct rank *r, const struct batch *b, uint32_t row, bool created, struct error *e) {
    if (r->to_column < 0) return STATUS_OK;
    if (created) {
        const struct vec *v = b->columns[r->to_column];
        if (vec_is_null(v, row)) return error_set(e, STATUS_EVALUATION, "The rank end column is NULL");
        int64_t end = v->type->phys == PHYS_I32 ? VEC_VALUE(v, int32_t, row) : VEC_VALUE(v, int64_t, row);
        r->value[RANK_END] = (uint64_t)end;
    }
    r->to = (int64_t)r->value[RANK_END];
    return STATUS_OK;
}

static enum status rank_row(struct rank *r, const struct batch *b, uint32_t row, uint32_t k, struct error *e) {
    struct str key = row_keys_at(&r->encoded, k);
    uint64_t hash = r->encoded.hashes[k];
    bool created = false;
    TRY(state_map_upsert(r->map, key, hash, &r->value, &created, e));
    state_write(r->op.context.state, r->value, RANK_FIELDS * 8);
    TRY(variable_end(r, b, row, created, e));
    TRY(prepare_row(r, b, row));
    switch (r->strategy) {
    case RANK_APPEND_FAST: TRY(rank_append_row(r, e)); break;
    case RANK_UPDATE_FAST: TRY(rank_update_row(r, e)); break;
    case RANK_RETRACT: TRY(rank_retract_row(r, batch_kind(b, row), e)); break;
    }
    state_map_touch(r->map, r->value);
    if (rank_count(r) == 0) state_map_remove(r->map, key, hash);
    return STATUS_OK;
}

static enum status rank_push(struct op *op, uint32_t input, const struct batch *b, bool *ret_more, struct error *e) {
    struct rank *r = (struct rank *)op;
    const uint32_t *partition = op->node->kind == NODE_RANK ? op->node->as.rank.partition : NULL;
    const uint32_t *key = op->node->kind == NODE_RANK ? op->node->as.rank.upsert_key : op->node->as.sort.upsert_key;
    assert(input == 0);
    *ret_more = false;
    struct rows rows = batch_rows(b);
    state_set_time(op->context.state, op->context.eval->now_us / 1000);
    for (uint32_t i = 0; i < r->partition->column_count; i++) r->partition_columns[i] = b->columns[partition[i]];
    for (uint32_t i = 0; i < r->row_key->column_count; i++) r->key_columns[i] = b->columns[key[i]];
    TRY(row_keys_encode(&r->encoded, r->partition, r->partition_columns, &rows));
    for (uint32_t i = 0; i < rows.count; i++) TRY(rank_row(r, b, rows_at(&rows, i), i, e));
    return op_flush(op, r->out, e);
}

static void rank_close(struct op *op) {
    struct rank *r = (struct rank *)op;
    row_keys_deinit(&r->encoded);
    batch_buffer_free(r->out);
    buf_deinit(&r->sort_key);
    buf_deinit(&r->bytes);
    buf_deinit(&r->key_bytes);
    buf_deinit(&r->kept);
    buf_deinit(&r->found);
}

const struct op_class op_class_rank = {
    .kind = NODE_RANK,
    .marks = OP_MARKS_SPLIT,
    .size_bytes = sizeof(struct rank),
    .open = rank_open,
    .push = rank_push,
    .close = rank_close,
};

const struct op_class op_class_sort_limit = {
    .kind = NODE_SORT_LIMIT,
    .marks = OP_MARKS_SPLIT,
    .size_bytes = sizeof(struct rank),
    .open = sort_limit_open,
    .push = rank_push,
    .close = rank_close,
};
