/* SPDX-License-Identifier: Apache-2.0 */
/*
 * batch: the owning buffer that operators and readers fill. One heap serves all string columns of
 * a batch; reset empties it, so a buffer costs no malloc once it has reached its working size.
 */
#include "vec/batch.h"

#include <string.h>

const char *row_kind_text(enum row_kind k) {
    static const char *const texts[] = {"+I", "-U", "+U", "-D"};
    assert((unsigned)k < 4);
    return texts[k];
}

enum { MARKS_FIRST = 16 };

static enum status buffer_columns(struct batch_buffer *b, struct arena *arena, const struct type *const *types) {
    struct batch *out = &b->batch;
    out->columns = ARENA_ARRAY(arena, struct vec *, out->column_count);
    if (out->columns == NULL) return STATUS_NO_MEMORY;
    for (uint32_t i = 0; i < out->column_count; i++) {
        TRY(vec_new(arena, b->heap, types[i], b->capacity, &out->columns[i]));
    }
    return STATUS_OK;
}

enum status batch_buffer_new(struct arena *arena, const struct type *const *types, uint32_t column_count,
                             uint32_t capacity, struct batch_buffer **ret) {
    assert(arena != NULL && capacity > 0);
    struct batch_buffer *b = ARENA_NEW(arena, struct batch_buffer);
    if (b == NULL) return STATUS_NO_MEMORY;
    b->capacity = capacity;
    b->batch.column_count = column_count;
    b->mark_capacity = MARKS_FIRST;
    b->marks = ARENA_ARRAY(arena, struct mark, MARKS_FIRST);
    b->kinds = ARENA_ARRAY(arena, uint8_t, capacity);
    b->heap = arena_new("batch", 0);
    if (b->marks == NULL || b->kinds == NULL || b->heap == NULL ||
        buffer_columns(b, arena, types) != STATUS_OK) {
        arena_free(b->heap);
        return STATUS_NO_MEMORY;
    }
    b->batch.kinds = b->kinds;
    b->batch.marks = b->marks;
    *ret = b;
    return STATUS_OK;
}

void batch_buffer_free(struct batch_buffer *b) {
    if (b == NULL) return;
    arena_free(b->heap);
    b->heap = NULL;
}

void batch_buffer_reset(struct batch_buffer *b) {
    assert(b != NULL && b->heap != NULL);
    for (uint32_t i = 0; i < b->batch.column_count; i++) vec_reset(b->batch.columns[i]);
    arena_reset(b->heap);
    b->batch.row_count = b->batch.sel_count = b->batch.mark_count = 0;
    b->batch.sel = NULL;
}

uint32_t batch_buffer_row(struct batch_buffer *b, enum row_kind kind) {
    assert(!batch_buffer_full(b));
    uint32_t row = b->batch.row_count++;
    b->batch.sel_count++;
    b->kinds[row] = (uint8_t)kind;
    return row;
}

enum status batch_buffer_copy_row(struct batch_buffer *b, const struct batch *src, uint32_t row, enum row_kind kind) {
    assert(src->column_count == b->batch.column_count);
    uint32_t at = batch_buffer_row(b, kind);
    for (uint32_t i = 0; i < src->column_count; i++) {
        TRY(vec_copy_value(b->batch.columns[i], at, src->columns[i], row));
    }
    return STATUS_OK;
}

enum status batch_buffer_mark(struct batch_buffer *b, enum mark_kind kind, int64_t watermark_ms) {
    if (b->batch.mark_count == b->mark_capacity) {
        struct arena *arena = b->batch.column_count == 0 ? b->heap : b->batch.columns[0]->arena;
        struct mark *marks = ARENA_ARRAY(arena, struct mark, (size_t)b->mark_capacity * 2);
        if (marks == NULL) return STATUS_NO_MEMORY;
        memcpy(marks, b->marks, b->batch.mark_count * sizeof *marks);
        b->marks = marks;
        b->batch.marks = marks;
        b->mark_capacity *= 2;
    }
    b->marks[b->batch.mark_count++] = (struct mark){b->batch.row_count, kind, watermark_ms};
    return STATUS_OK;
}

size_t batch_bytes(const struct batch_buffer *b) {
    size_t bytes = arena_used_bytes(b->heap) + b->capacity;
    for (uint32_t i = 0; i < b->batch.column_count; i++) {
        bytes += (size_t)phys_size_bytes(b->batch.columns[i]->type->phys) * b->capacity;
    }
    return bytes;
}
