/* SPDX-License-Identifier: Apache-2.0 */
/*
 * op: opening, closing and feeding operators. op_push is where a batch with marks inside becomes
 * rows and marks in order for operators that want it so; each piece is the same batch seen through
 * a narrower selection, so splitting copies nothing.
 */
#include "op/op.h"

#include <assert.h>
#include <string.h>

const struct type **op_types(struct arena *a, const struct type *row) {
    assert(row->root == TYPE_ROW);
    const struct type **types = ARENA_ARRAY(a, const struct type *, row->child_count);
    for (uint32_t i = 0; types != NULL && i < row->child_count; i++) types[i] = row->children[i].type;
    return types;
}

static enum status make_iota(struct op *op, struct error *e) {
    op->iota = ARENA_ARRAY(op->context.arena, uint32_t, BATCH_ROWS_MAX);
    if (op->iota == NULL) return error_no_memory(e, BATCH_ROWS_MAX * sizeof(uint32_t));
    for (uint32_t i = 0; i < BATCH_ROWS_MAX; i++) op->iota[i] = i;
    return STATUS_OK;
}

enum status op_new(const struct node *n, const struct op_context *c, struct op_output *output,
                   struct op **ret, struct error *e) {
    const struct op_class *class = op_class_find(n->kind);
    if (class == NULL) {
        return error_set(e, STATUS_UNSUPPORTED, "The operator %s is not supported", node_label(n->kind));
    }
    assert(class->size_bytes >= sizeof(struct op));
    struct op *op = arena_calloc(c->arena, 1, class->size_bytes);
    if (op == NULL) return error_no_memory(e, class->size_bytes);
    op->class = class;
    op->node = n;
    op->context = *c;
    op->output = output;
    op->split_marks = class->marks == OP_MARKS_SPLIT;
    if (n->inputs.count > 0) op->input_row = ((const struct node *)n->inputs.at[0])->row;
    enum status s = make_iota(op, e);
    if (s == STATUS_OK && class->open != NULL) s = class->open(op, e);
    if (s != STATUS_OK) {
        if (s == STATUS_NO_MEMORY) error_no_memory(e, class->size_bytes);
        op_free(op);
        return s;
    }
    *ret = op;
    return STATUS_OK;
}

void op_free(struct op *op) {
    if (op != NULL && op->class->close != NULL) op->class->close(op);
}

/* Ends what a push or mark left to do, so that the next piece comes in order. */
static enum status op_drain(struct op *op, bool *more, struct error *e) {
    while (*more) {
        assert(op->class->resume != NULL);
        *more = false;
        TRY(op->class->resume(op, more, e));
    }
    return STATUS_OK;
}

/* The selection entries of b below a row position, from `from` on. */
static uint32_t sel_until(const struct batch *b, uint32_t from, uint32_t position) {
    if (b->sel == NULL) return position < b->sel_count ? position : b->sel_count;
    uint32_t i = from;
    while (i < b->sel_count && b->sel[i] < position) i++;
    return i;
}

static enum status push_piece(struct op *op, uint32_t input, const struct batch *b, uint32_t from,
                              uint32_t to, bool *more, struct error *e) {
    if (from == to) return STATUS_OK;
    struct batch piece = *b;
    const uint32_t *sel = b->sel == NULL ? op->iota : b->sel;
    if (from != 0 || to != b->sel_count || b->sel != NULL) piece.sel = sel + from;
    piece.sel_count = to - from;
    piece.marks = NULL;
    piece.mark_count = 0;
    return op->class->push(op, input, &piece, more, e);
}

static enum status push_split(struct op *op, uint32_t input, const struct batch *b, bool *more, struct error *e) {
    uint32_t from = 0;
    for (uint32_t m = 0; m < b->mark_count; m++) {
        uint32_t to = sel_until(b, from, b->marks[m].position);
        TRY(op_drain(op, more, e));
        TRY(push_piece(op, input, b, from, to, more, e));
        TRY(op_drain(op, more, e));
        TRY(op_mark(op, &b->marks[m], more, e));
        from = to;
    }
    if (from == b->sel_count) return STATUS_OK;
    TRY(op_drain(op, more, e));
    return push_piece(op, input, b, from, b->sel_count, more, e);
}

enum status op_push(struct op *op, uint32_t input, const struct batch *b, bool *ret_more, struct error *e) {
    assert(b->row_count <= BATCH_ROWS_MAX && b->sel_count <= b->row_count);
    *ret_more = false;
    op->context.metrics->rows_in += b->sel_count;
    op->context.metrics->batches_in++;
    if (b->mark_count != 0 && op->split_marks) return push_split(op, input, b, ret_more, e);
    for (uint32_t m = 0; m < b->mark_count; m++) {
        if (b->marks[m].kind == MARK_WATERMARK) op->context.metrics->watermark_ms = b->marks[m].watermark_ms;
    }
    return op->class->push(op, input, b, ret_more, e);
}

enum status op_mark(struct op *op, const struct mark *m, bool *ret_more, struct error *e) {
    *ret_more = false;
    if (m->kind == MARK_WATERMARK) {
        op->context.metrics->watermark_ms = m->watermark_ms;
        op->context.eval->watermark_ms = m->watermark_ms;
    }
    struct mark at_front = *m;
    at_front.position = 0;
    if (op->class->on_mark != NULL) return op->class->on_mark(op, &at_front, ret_more, e);
    return op_emit_mark(op, &at_front, e);
}

enum status op_buffer_new(struct op *op, struct batch_buffer **ret) {
    const struct type **types = op_types(op->context.arena, op->node->row);
    if (types == NULL) return STATUS_NO_MEMORY;
    return batch_buffer_new(op->context.arena, types, op->node->row->child_count, BATCH_ROWS_MAX, ret);
}

enum status op_flush(struct op *op, struct batch_buffer *b, struct error *e) {
    if (b->batch.row_count == 0) return STATUS_OK;
    TRY(op_emit(op, &b->batch, e));
    batch_buffer_reset(b);
    return STATUS_OK;
}

enum status op_buffer_row(struct op *op, struct batch_buffer *b, enum row_kind kind, uint32_t *ret_row, struct error *e) {
    if (batch_buffer_full(b)) TRY(op_flush(op, b, e));
    *ret_row = batch_buffer_row(b, kind);
    return STATUS_OK;
}
