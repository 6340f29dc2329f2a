/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WEIR_OP_WINDOWING_H
#define WEIR_OP_WINDOWING_H

#include "base/error.h"
#include "plan/node.h"
#include "type/timestamp.h"
#include "vec/batch.h"

#include <stdbool.h>
#include <stdint.h>

/*
 * windowing: the arithmetic of TUMBLE, HOP and CUMULATE, after Flink's slice assigners. Times are
 * milliseconds of "window time": the time column itself, or for TIMESTAMP_LTZ the session zone's
 * wall clock. A window is named by its end; a slice is the shortest stretch that windows share and
 * is named by its end too.
 */

/* Start of the stretch of length size that holds t. */
int64_t window_floor(int64_t t_ms, int64_t offset_ms, int64_t size_ms);
/* Length of a slice: TUMBLE the size, HOP the slide, CUMULATE the step. */
int64_t window_slice_ms(const struct window *w);
int64_t window_slice_end(const struct window *w, int64_t t_ms);
/* End of the last window that contains the slice. */
int64_t window_last_end(const struct window *w, int64_t slice_end);
/* Start of the window that ends at window_end. */
int64_t window_start_of(const struct window *w, int64_t window_end);

/* Instant to window time and back (identity without a zone: pass zone NULL). */
int64_t window_from_instant(const struct zone *zone, int64_t instant_ms);
int64_t window_to_instant(const struct zone *zone, int64_t window_ms);
/*
 * The slice that a row of a window aggregate's input belongs to, by its time column, its window_end
 * column (attached windows), or now (processing time). An error for a NULL time.
 */
enum status window_slice_of_row(const struct window_agg_params *p, const struct zone *zone, int64_t now_ms, const struct batch *b, uint32_t row,
                                int64_t *ret_end, struct error *e);
/* Has the watermark (or the clock) passed the window's last millisecond? */
bool window_is_fired(const struct zone *zone, int64_t window_end, int64_t progress_ms);

#endif
