/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WEIR_VEC_BATCH_H
#define WEIR_VEC_BATCH_H

#include "base/arena.h"
#include "vec/vec.h"

#include <stdbool.h>
#include <stdint.h>

/*
 * batch: up to BATCH_ROWS_MAX rows in columns, with a row kind per row, a selection (which rows
 * exist) and marks. Whoever fills a batch owns it; whoever receives one in a call may read it until
 * the call returns and must not change it. A derived batch (another selection, other columns over
 * the same rows) is a struct batch of its own that points to the same vecs.
 */

enum row_kind { ROW_INSERT, ROW_UPDATE_BEFORE, ROW_UPDATE_AFTER, ROW_DELETE };

/* "+I" "-U" "+U" "-D". */
const char *row_kind_text(enum row_kind k);
static inline bool row_kind_adds(enum row_kind k) { return k == ROW_INSERT || k == ROW_UPDATE_AFTER; }

enum mark_kind { MARK_WATERMARK, MARK_IDLE, MARK_ACTIVE };

/*
 * A mark takes effect behind the first `position` physical rows (selected or not), so position 0
 * stands before every row and position == row_count behind the last. Ascending.
 */
struct mark {
    uint32_t position;
    enum mark_kind kind;
    int64_t watermark_ms;
};

#define WATERMARK_MIN INT64_MIN
#define WATERMARK_MAX INT64_MAX

struct batch {
    uint32_t row_count;  /* physical rows in the vecs */
    uint32_t column_count;
    struct vec **columns;
    uint8_t *kinds;      /* enum row_kind per physical row; NULL: all +I */
    const uint32_t *sel; /* ascending physical rows; NULL: all */
    uint32_t sel_count;  /* rows that exist; == row_count when sel is NULL */
    const struct mark *marks;
    uint32_t mark_count;
};

static inline struct rows batch_rows(const struct batch *b) {
    return (struct rows){b->sel, b->sel_count};
}
static inline enum row_kind batch_kind(const struct batch *b, uint32_t row) {
    return b->kinds == NULL ? ROW_INSERT : (enum row_kind)b->kinds[row];
}

/*
 * An owning batch with one heap for its strings: what operators that make rows fill.
 *   batch_buffer_new; loop { write columns at row n; kinds; n++ }; emit; batch_buffer_reset
 */
struct batch_buffer {
    struct batch batch;       /* kinds always present; sel NULL; marks in marks[] */
    struct arena *heap;
    uint8_t *kinds;
    struct mark *marks;
    uint32_t mark_capacity;
    uint32_t capacity;
};

enum status batch_buffer_new(struct arena *arena, const struct type *const *types, uint32_t column_count, uint32_t capacity, struct batch_buffer **ret);
void batch_buffer_free(struct batch_buffer *b); /* releases the heap; the rest goes with the arena */
void batch_buffer_reset(struct batch_buffer *b);
static inline bool batch_buffer_full(const struct batch_buffer *b) { return b->batch.row_count == b->capacity; }
/* Appends one row with the given kind; columns may still be written until the next append. Returns its row index. */
uint32_t batch_buffer_row(struct batch_buffer *b, enum row_kind kind);
/* Appends a copy of row `row` of src (same column types). */
enum status batch_buffer_copy_row(struct batch_buffer *b, const struct batch *src, uint32_t row, enum row_kind kind);
enum status batch_buffer_mark(struct batch_buffer *b, enum mark_kind kind, int64_t watermark_ms);
/* Heap and array bytes in use: what channel budgets count. */
size_t batch_bytes(const struct batch_buffer *b);

#endif
