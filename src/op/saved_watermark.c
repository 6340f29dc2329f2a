/* SPDX-License-Identifier: Apache-2.0 */
/*
 * saved_watermark: one row of eight bytes per subtask, redistributed by UNION. The smallest is
 * right at any parallelism: no subtask has seen a watermark that another could contradict.
 */
#include "op/saved_watermark.h"

#include "vec/batch.h"

#include <assert.h>
#include <string.h>

enum status saved_watermark_open(struct state *s, struct state_rows **ret, int64_t *ret_ms, struct error *e) {
    TRY(state_rows_open(s, "watermark", STATE_UNION, ret, e));
    int64_t lowest = WATERMARK_MAX;
    for (uint32_t i = 0; i < state_rows_count(*ret); i++) {
        int64_t saved = 0;
        struct str bytes = state_rows_at(*ret, i);
        assert(bytes.size_bytes == sizeof saved);
        memcpy(&saved, bytes.at, sizeof saved);
        if (saved < lowest) lowest = saved;
    }
    *ret_ms = state_rows_count(*ret) == 0 ? WATERMARK_MIN : lowest;
    return STATUS_OK;
}

enum status saved_watermark_store(struct state_rows *r, int64_t watermark_ms, struct error *e) {
    state_rows_clear(r);
    return state_rows_add(r, (struct str){(const char *)&watermark_ms, sizeof watermark_ms}, e);
}
