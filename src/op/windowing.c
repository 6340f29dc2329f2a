/* SPDX-License-Identifier: Apache-2.0 */
/*
 * windowing: see the header. Pure arithmetic; the zone conversions follow java.time for gaps and
 * overlaps, as Flink's TimeWindowUtil does.
 */
#include "op/windowing.h"

#include <assert.h>

int64_t window_floor(int64_t t_ms, int64_t offset_ms, int64_t size_ms) {
    assert(size_ms > 0);
    int64_t remainder = (t_ms - offset_ms) % size_ms;
    return remainder < 0 ? t_ms - (remainder + size_ms) : t_ms - remainder;
}

int64_t window_slice_ms(const struct window *w) {
    return w->kind == WINDOW_TUMBLE ? w->size_ms : w->slide_ms;
}

int64_t window_slice_end(const struct window *w, int64_t t_ms) {
    int64_t slice = window_slice_ms(w);
    return window_floor(t_ms, w->offset_ms, slice) + slice;
}

int64_t window_last_end(const struct window *w, int64_t slice_end) {
    switch (w->kind) {
    case WINDOW_HOP: return slice_end - w->slide_ms + w->size_ms;
    case WINDOW_CUMULATE: return window_floor(slice_end - 1, w->offset_ms, w->size_ms) + w->size_ms;
    case WINDOW_TUMBLE:
    case WINDOW_SESSION: break;
    }
    return slice_end;
}

int64_t window_start_of(const struct window *w, int64_t window_end) {
    if (w->kind == WINDOW_CUMULATE) return window_floor(window_end - 1, w->offset_ms, w->size_ms);
    return window_end - w->size_ms;
}

int64_t window_from_instant(const struct zone *zone, int64_t instant_ms) {
    if (zone == NULL) return instant_ms;
    return ts_to_millis(zone_to_local(zone, ts_from_millis(instant_ms)));
}

int64_t window_to_instant(const struct zone *zone, int64_t window_ms) {
    if (zone == NULL) return window_ms;
    return ts_to_millis(zone_to_utc(zone, ts_from_millis(window_ms)));
}

enum status window_slice_of_row(const struct window_agg_params *p, const struct zone *zone, int64_t now_ms, const struct batch *b, uint32_t row,
                                int64_t *ret_end, struct error *e) {
    int64_t time = now_ms;
    if (p->attached) {
        *ret_end = vec_get_millis(b->columns[p->attached_end], row);
        return STATUS_OK;
    }
    if (p->window.event_time) {
        const struct vec *v = b->columns[p->window.time_column];
        if (vec_is_null(v, row)) {
            return error_set(e, STATUS_EVALUATION, "The time column of a window is NULL; filter such rows out before the window");
        }
        time = vec_get_millis(v, row);
    }
    *ret_end = window_slice_end(&p->window, window_from_instant(zone, time));
    return STATUS_OK;
}

bool window_is_fired(const struct zone *zone, int64_t window_end, int64_t progress_ms) {
    if (progress_ms == INT64_MAX) return true;
    if (progress_ms == INT64_MIN) return false;
    return window_to_instant(zone, window_end - 1) <= progress_ms;
}
