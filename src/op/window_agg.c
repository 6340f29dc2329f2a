/* SPDX-License-Identifier: Apache-2.0 */
/*
 * window_agg: GROUP BY over windows, by slices. Each slice has a keyed map of its own in the state;
 * a row is folded into exactly one slice, a window's result is its only slice's (TUMBLE) or the
 * merge of its slices (HOP, CUMULATE). A slice is dropped whole when its last window has fired.
 *
 * A late row is dropped, and counted, only when the last window of its slice has fired; a row whose
 * slice belongs to an unfired window still counts there (Flink's SlicingWindowProcessor). Windows
 * fire at the mark that passes their end, earliest first; firing emits in steps, and the mark goes
 * on when all are out. How far a window has gone out is part of the state, so a barrier may come in
 * between and a restored operator goes on from there. HOP and CUMULATE at a parallelism above 1 end
 * the firing first: subtasks that have come differently far could not be spread over others.
 *
 * The watermark is operator state: late rows stay late after a restore.
 *
 * GlobalWindowAggregate is the same operator over partial rows (local_window_agg.c): they name their
 * slice, and are merged instead of folded; lateness is judged here alone. State and uid are the same.
 */
#include "agg/agg.h"
#include "base/hash.h"
#include "op/ops.h"
#include "op/saved_watermark.h"
#include "op/windowing.h"
#include "vec/row.h"

#include <assert.h>
#include <string.h>

struct window_agg {
    struct op op;
    struct agg_set *set;
    struct row_layout *keys;
    struct row_keys encoded;
    const struct vec **key_columns;
    struct state_family *slices;     /* slice end -> key -> accumulators */
    struct state_family *windows;    /* window end being fired -> key -> merged accumulators */
    struct state_rows *saved;
    struct batch_buffer *out;
    int64_t progress_ms;             /* watermark, or processing time */
    /* the firing under way */
    bool firing;
    struct mark pending;             /* goes on when the firing is done */
    bool has_pending;
    int64_t window_end;
    struct state_map *map;
    struct state_cursor cursor;
    int64_t fired_end;               /* windows up to this end are out; INT64_MIN before the first */
    /* scratch per batch */
    int64_t *ends;
    uint32_t *sel;
    int8_t *signs;
    uint64_t **values;
    uint8_t *created;
};

static const struct window_agg_params *params(const struct window_agg *w) { return &w->op.node->as.window_agg; }

static const struct zone *zone_of(const struct window_agg *w) {
    return params(w)->window.local_zone ? w->op.context.eval->zone : NULL;
}

/* The second of two phases: rows are partial, with the ends of their slices. */
static bool is_global(const struct window_agg *w) { return w->op.node->kind == NODE_GLOBAL_WINDOW_AGG; }

static bool shares_slices(const struct window_agg *w) {
    return !params(w)->attached && params(w)->window.kind != WINDOW_TUMBLE;
}

/* ---- opening ------------------------------------------------------------------------------- */

static enum status open_state(struct window_agg *w, const struct type *const *key_types, struct error *e) {
    const struct window_agg_params *p = params(w);
    struct state_schema schema = {.key_types = key_types, .key_count = p->key_count};
    schema.fields = agg_set_fields(w->set, &schema.field_count);
    TRY(state_family_open(w->op.context.state, "slices", &schema, &w->slices, e));
    TRY(state_family_open(w->op.context.state, "windows", &schema, &w->windows, e));
    return saved_watermark_open(w->op.context.state, &w->saved, &w->progress_ms, e);
}

static enum status open_scratch(struct window_agg *w) {
    struct arena *a = w->op.context.arena;
    w->key_columns = ARENA_ARRAY(a, const struct vec *, params(w)->key_count);
    w->ends = ARENA_ARRAY(a, int64_t, BATCH_ROWS_MAX);
    w->sel = ARENA_ARRAY(a, uint32_t, BATCH_ROWS_MAX);
    w->signs = ARENA_ARRAY(a, int8_t, BATCH_ROWS_MAX);
    w->values = ARENA_ARRAY(a, uint64_t *, BATCH_ROWS_MAX);
    w->created = ARENA_ARRAY(a, uint8_t, BATCH_ROWS_MAX);
    bool ok = w->key_columns != NULL && w->ends != NULL && w->sel != NULL && w->signs != NULL &&
              w->values != NULL && w->created != NULL;
    return ok ? STATUS_OK : STATUS_NO_MEMORY;
}

static void arm_clock(struct window_agg *w, int64_t window_end) {
    if (params(w)->window.event_time || w->op.context.set_timer == NULL) return;
    w->op.context.set_timer(w->op.context.task, &w->op, window_to_instant(zone_of(w), window_end - 1));
}

static enum status window_agg_open(struct op *op, struct error *e) {
    struct window_agg *w = (struct window_agg *)op;
    const struct window_agg_params *p = params(w);
    struct arena *a = op->context.arena;
    const struct type **types = ARENA_ARRAY(a, const struct type *, p->key_count);
    if (types == NULL) return STATUS_NO_MEMORY;
    for (uint32_t i = 0; i < p->key_count; i++) types[i] = op->input_row->children[p->keys[i]].type;
    TRY(row_layout_new(a, types, p->key_count, &w->keys));
    TRY(agg_set_new(a, op->context.types, p->aggs, p->agg_count, window_agg_counts_rows(p), &w->set, e));
    TRY(open_scratch(w));
    TRY(open_state(w, types, e));
    TRY(op_buffer_new(op, &w->out));
    w->fired_end = INT64_MIN;
    int64_t first = 0;
    if (state_family_next(w->slices, INT64_MIN, &first)) arm_clock(w, first);
    return STATUS_OK;
}

/* ---- folding rows into slices ---------------------------------------------------------------- */

static enum status slice_of_row(struct window_agg *w, const struct batch *b, uint32_t row, int64_t *ret_end, struct error *e) {
    const struct window_agg_params *p = params(w);
    if (is_global(w)) {
        *ret_end = VEC_VALUE(b->columns[p->slice_column], int64_t, row);
        return STATUS_OK;
    }
    return window_slice_of_row(p, zone_of(w), w->op.context.eval->now_us / 1000, b, row, ret_end, e);
}

static bool is_late(const struct window_agg *w, int64_t slice_end) {
    const struct window_agg_params *p = params(w);
    int64_t last = p->attached ? slice_end : window_last_end(&p->window, slice_end);
    return p->window.event_time && window_is_fired(zone_of(w), last, w->progress_ms);
}

/* Rows of one slice: rows[0..count) of the batch, in order. */
static enum status fold_slice(struct window_agg *w, const struct batch *b, int64_t slice_end,
                              const struct rows *rows, struct error *e) {
    struct state_map *map = NULL;
    TRY(state_family_map(w->slices, slice_end, true, &map, e));
    TRY(row_keys_encode(&w->encoded, w->keys, w->key_columns, rows));
    TRY(state_map_upsert_batch(map, &w->encoded, w->values, w->created, e));
    for (uint32_t i = 0; i < rows->count; i++) {
        if (w->created[i]) agg_set_init(w->set, w->values[i]);
    }
    if (is_global(w)) return agg_set_partial_fold(w->set, w->op.context.state, w->values, b->columns + params(w)->key_count, rows, true, e);
    if (b->kinds != NULL) {
        for (uint32_t i = 0; i < rows->count; i++) {
            w->signs[i] = row_kind_adds(batch_kind(b, rows_at(rows, i))) ? 1 : -1;
        }
    }
    return agg_set_fold(w->set, w->op.context.state, w->values, b->columns, rows,
                        b->kinds == NULL ? NULL : w->signs, e);
}

static enum status window_agg_push(struct op *op, uint32_t input, const struct batch *b, bool *ret_more, struct error *e) {
    struct window_agg *w = (struct window_agg *)op;
    const struct window_agg_params *p = params(w);
    assert(input == 0 && !w->firing);
    *ret_more = false;
    struct rows rows = batch_rows(b);
    uint32_t kept = 0;
    for (uint32_t i = 0; i < rows.count; i++) {
        int64_t end = 0;
        TRY(slice_of_row(w, b, rows_at(&rows, i), &end, e));
        if (is_late(w, end)) {
            op->context.metrics->late_rows++;
            continue;
        }
        w->ends[kept] = end;
        w->sel[kept++] = rows_at(&rows, i);
    }
    for (uint32_t i = 0; i < p->key_count; i++) w->key_columns[i] = b->columns[p->keys[i]];
    for (uint32_t from = 0, to = 0; from < kept; from = to) {
        while (to < kept && w->ends[to] == w->ends[from]) to++;
        struct rows run = {w->sel + from, to - from};
        TRY(fold_slice(w, b, w->ends[from], &run, e));
        arm_clock(w, w->ends[from]);
    }
    return STATUS_OK;
}

/* ---- firing ---------------------------------------------------------------------------------- */

/* The earliest window that has data and has not fired; false when there is none. */
static bool next_window(struct window_agg *w, int64_t *ret_end) {
    int64_t slice = 0;
    if (!state_family_next(w->slices, INT64_MIN, &slice)) return false;
    int64_t end = slice;
    if (shares_slices(w) && w->fired_end != INT64_MIN) {
        int64_t after = w->fired_end + window_slice_ms(&params(w)->window);
        if (after > end) end = after;
    }
    *ret_end = end;
    return true;
}

static enum status merge_slice(struct window_agg *w, struct state_map *slice, struct error *e) {
    struct state_cursor c = {0};
    struct str key;
    uint64_t *value = NULL;
    while (state_map_next(slice, &c, &key, &value)) {
        uint64_t hash = hash_bytes(key.at, key.size_bytes, 0);
        uint64_t *merged = NULL;
        bool created = false;
        TRY(state_map_upsert(w->map, key, hash, &merged, &created, e));
        if (created) agg_set_init(w->set, merged);
        TRY(agg_set_merge(w->set, w->op.context.state, merged, value, e));
    }
    return STATUS_OK;
}

/* The latest slice of the window that is not later than `at`; false when there is none. */
static bool slice_before(struct window_agg *w, int64_t at, int64_t window_start, int64_t *ret) {
    int64_t step = window_slice_ms(&params(w)->window);
    for (; at > window_start; at -= step) {
        if (state_family_next(w->slices, at, ret) && *ret == at) return true;
    }
    return false;
}

/*
 * Gathers the window's result map: the slice itself, or the merge of the window's slices: from the
 * latest to the earliest for HOP, the other way for CUMULATE, which is the order Flink merges in.
 */
static enum status fire_begin(struct window_agg *w, int64_t window_end, struct error *e) {
    const struct window *win = &params(w)->window;
    w->window_end = window_end;
    w->cursor = (struct state_cursor){0};
    if (!shares_slices(w)) return state_family_map(w->slices, window_end, false, &w->map, e);
    TRY(state_family_map(w->windows, window_end, true, &w->map, e));
    int64_t start = window_start_of(win, window_end), slice = 0, from = start + 1, at = window_end;
    bool forward = win->kind == WINDOW_CUMULATE;
    while (forward ? state_family_next(w->slices, from, &slice) && slice <= window_end : slice_before(w, at, start, &slice)) {
        struct state_map *map = NULL;
        TRY(state_family_map(w->slices, slice, false, &map, e));
        TRY(merge_slice(w, map, e));
        from = slice + 1;
        at = slice - window_slice_ms(win);
    }
    return STATUS_OK;
}

static void fire_end(struct window_agg *w) {
    w->fired_end = w->window_end;
    w->map = NULL;
    if (!shares_slices(w)) {
        state_family_drop(w->slices, w->window_end);
        return;
    }
    state_family_drop(w->windows, w->window_end);
    int64_t slice = 0;
    while (state_family_next(w->slices, INT64_MIN, &slice) &&
           window_last_end(&params(w)->window, slice) <= w->window_end) {
        state_family_drop(w->slices, slice);
    }
}

static enum status emit_entry(struct window_agg *w, struct str key, const uint64_t *value, struct error *e) {
    const struct window_agg_params *p = params(w);
    if (window_agg_counts_rows(p) && agg_set_rows(w->set, value) == 0) return STATUS_OK;
    uint32_t row = 0;
    TRY(op_buffer_row(&w->op, w->out, ROW_INSERT, &row, e));
    struct vec **columns = w->out->batch.columns;
    TRY(row_read_all(w->keys, key.at, columns, row));
    TRY(agg_set_result(w->set, w->op.context.state, value, columns + p->key_count, row, e));
    for (uint32_t i = 0; i < p->property_count; i++) {
        int64_t ms = window_start_of(&p->window, w->window_end);
        if (p->properties[i].kind == WINDOW_PROPERTY_END) ms = w->window_end;
        if (p->properties[i].kind == WINDOW_PROPERTY_TIME) ms = window_to_instant(zone_of(w), w->window_end - 1);
        struct vec *v = columns[p->key_count + p->agg_count + i];
        vec_set_valid(v, row);
        VEC_DATA(v, int64_t)[row] = ms * 1000;
    }
    return STATUS_OK;
}

/* Emits from the window under way until a step's worth of rows is out; *ret_done when it is through. */
static enum status fire_rows(struct window_agg *w, uint32_t *budget, bool *ret_done, struct error *e) {
    struct str key;
    uint64_t *value = NULL;
    while (*budget > 0) {
        if (w->map == NULL || !state_map_next(w->map, &w->cursor, &key, &value)) {
            *ret_done = true;
            return STATUS_OK;
        }
        TRY(emit_entry(w, key, value, e));
        (*budget)--;
    }
    *ret_done = false;
    return STATUS_OK;
}

static enum status fire(struct window_agg *w, bool *ret_more, struct error *e) {
    uint32_t budget = op_fire_rows(&w->op);
    int64_t end = 0;
    for (;;) {
        if (!w->firing) {
            if (!next_window(w, &end) || !window_is_fired(zone_of(w), end, w->progress_ms)) break;
            TRY(fire_begin(w, end, e));
            w->firing = true;
        }
        bool done = false;
        TRY(fire_rows(w, &budget, &done, e));
        if (!done) {
            *ret_more = true;
            return op_flush(&w->op, w->out, e);
        }
        w->firing = false;
        fire_end(w);
    }
    *ret_more = false;
    TRY(op_flush(&w->op, w->out, e));
    if (next_window(w, &end)) arm_clock(w, end);
    if (!w->has_pending) return STATUS_OK;
    w->has_pending = false;
    return op_emit_mark(&w->op, &w->pending, e);
}

/* Windows that end at or before the watermark count as fired even if they were empty. */
static void note_fired(struct window_agg *w) {
    const struct window *win = &params(w)->window;
    if (!shares_slices(w) || w->progress_ms == WATERMARK_MIN || w->progress_ms == WATERMARK_MAX) return;
    int64_t t = window_from_instant(zone_of(w), w->progress_ms) + 1;
    int64_t end = window_floor(t, win->offset_ms, window_slice_ms(win));
    if (end > w->fired_end) w->fired_end = end;
}

static enum status window_agg_resume(struct op *op, bool *ret_more, struct error *e) {
    struct window_agg *w = (struct window_agg *)op;
    TRY(fire(w, ret_more, e));
    if (!*ret_more) note_fired(w);
    return STATUS_OK;
}

static enum status window_agg_mark(struct op *op, const struct mark *m, bool *ret_more, struct error *e) {
    struct window_agg *w = (struct window_agg *)op;
    *ret_more = false;
    if (m->kind != MARK_WATERMARK || !params(w)->window.event_time) return op_emit_mark(op, m, e);
    if (m->watermark_ms <= w->progress_ms) return STATUS_OK;
    if (w->fired_end == INT64_MIN) note_fired(w);
    w->progress_ms = m->watermark_ms;
    w->pending = *m;
    w->has_pending = true;
    return window_agg_resume(op, ret_more, e);
}

static enum status window_agg_timer(struct op *op, int64_t now_ms, bool *ret_more, struct error *e) {
    struct window_agg *w = (struct window_agg *)op;
    *ret_more = false;
    if (params(w)->window.event_time) return STATUS_OK;
    w->progress_ms = now_ms;
    return window_agg_resume(op, ret_more, e);
}

static enum status window_agg_before_barrier(struct op *op, struct error *e) {
    struct window_agg *w = (struct window_agg *)op;
    bool more = w->firing && shares_slices(w) && op->context.parallelism > 1;
    while (more) TRY(window_agg_resume(op, &more, e));
    if (w->firing && w->map != NULL) state_map_pass(w->map, &w->cursor);
    return saved_watermark_store(w->saved, w->progress_ms, e);
}

/* A window that the watermark has passed and that is still there has not gone out, or not all of it. */
static enum status window_agg_continues(struct op *op, bool *ret_more, struct error *e) {
    struct window_agg *w = (struct window_agg *)op;
    int64_t end = 0;
    w->has_pending = params(w)->window.event_time;
    w->pending = (struct mark){.kind = MARK_WATERMARK, .watermark_ms = w->progress_ms};
    if (!shares_slices(w)) {
        *ret_more = next_window(w, &end) && window_is_fired(zone_of(w), end, w->progress_ms);
    } else {
        *ret_more = w->firing = state_family_next(w->windows, INT64_MIN, &w->window_end);
        if (w->firing) TRY(state_family_map(w->windows, w->window_end, false, &w->map, e));
    }
    w->has_pending &= *ret_more;
    return STATUS_OK;
}

static void window_agg_close(struct op *op) {
    struct window_agg *w = (struct window_agg *)op;
    row_keys_deinit(&w->encoded);
    if (w->set != NULL) agg_set_free(w->set);
    batch_buffer_free(w->out);
}

#define WINDOW_AGG_CLASS(kind_)                     \
    {                                               \
        .kind = kind_,                              \
        .marks = OP_MARKS_SPLIT,                    \
        .size_bytes = sizeof(struct window_agg),    \
        .open = window_agg_open,                    \
        .push = window_agg_push,                    \
        .on_mark = window_agg_mark,                 \
        .on_timer = window_agg_timer,               \
        .resume = window_agg_resume,                \
        .before_barrier = window_agg_before_barrier,\
        .continues = window_agg_continues,          \
        .close = window_agg_close,                  \
    }
const struct op_class op_class_window_agg = WINDOW_AGG_CLASS(NODE_WINDOW_AGG);
const struct op_class op_class_global_window_agg = WINDOW_AGG_CLASS(NODE_GLOBAL_WINDOW_AGG);
