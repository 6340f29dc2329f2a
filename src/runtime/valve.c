/* SPDX-License-Identifier: Apache-2.0 */
/*
 * valve: combines watermarks by minimum. An input that was idle counts again only when its watermark
 * has reached what was emitted, so that it cannot hold time back. When the last input goes idle and
 * it was the one that held time back, the maximum over all goes out first: nobody is left to wait for.
 */
#include "runtime/valve.h"

#include <assert.h>

enum status valve_init(struct valve *v, struct arena *a, uint32_t count) {
    assert(count > 0);
    v->inputs = ARENA_ARRAY(a, struct valve_input, count);
    if (v->inputs == NULL) return STATUS_NO_MEMORY;
    v->count = count;
    v->last_ms = WATERMARK_MIN;
    v->idle = false;
    for (uint32_t i = 0; i < count; i++) v->inputs[i] = (struct valve_input){.watermark_ms = WATERMARK_MIN, .aligned = true};
    return STATUS_OK;
}

static uint32_t emit_if_later(struct valve *v, int64_t ms, struct mark *ret) {
    if (ms <= v->last_ms) return 0;
    v->last_ms = ms;
    *ret = (struct mark){.kind = MARK_WATERMARK, .watermark_ms = ms};
    return 1;
}

static uint32_t emit_minimum(struct valve *v, struct mark *ret) {
    int64_t least = WATERMARK_MAX;
    bool any = false;
    for (uint32_t i = 0; i < v->count; i++) {
        if (!v->inputs[i].aligned) continue;
        any = true;
        if (v->inputs[i].watermark_ms < least) least = v->inputs[i].watermark_ms;
    }
    return any ? emit_if_later(v, least, ret) : 0;
}

static uint32_t emit_maximum(struct valve *v, struct mark *ret) {
    int64_t most = WATERMARK_MIN;
    for (uint32_t i = 0; i < v->count; i++)
        if (v->inputs[i].watermark_ms > most) most = v->inputs[i].watermark_ms;
    return emit_if_later(v, most, ret);
}

static bool all_idle(const struct valve *v) {
    for (uint32_t i = 0; i < v->count; i++)
        if (!v->inputs[i].idle) return false;
    return true;
}

static uint32_t input_idle(struct valve *v, struct valve_input *in, struct mark ret[2]) {
    if (in->idle) return 0;
    in->idle = true;
    in->aligned = false;
    uint32_t n = 0;
    if (all_idle(v)) {
        if (in->watermark_ms == v->last_ms) n = emit_maximum(v, ret);
        v->idle = true;
        ret[n++] = (struct mark){.kind = MARK_IDLE};
    } else if (in->watermark_ms == v->last_ms) {
        n = emit_minimum(v, ret);
    }
    return n;
}

static uint32_t input_active(struct valve *v, struct valve_input *in, struct mark ret[2]) {
    if (!in->idle) return 0;
    in->idle = false;
    if (in->watermark_ms >= v->last_ms) in->aligned = true;
    if (!v->idle) return 0;
    v->idle = false;
    ret[0] = (struct mark){.kind = MARK_ACTIVE};
    return 1;
}

uint32_t valve_mark(struct valve *v, uint32_t input, const struct mark *m, struct mark ret[2]) {
    assert(input < v->count);
    struct valve_input *in = &v->inputs[input];
    if (m->kind == MARK_IDLE) return input_idle(v, in, ret);
    if (m->kind == MARK_ACTIVE) return input_active(v, in, ret);
    uint32_t n = 0;
    /* The last watermark of an ended input counts, idle or not. */
    if (in->idle && m->watermark_ms == WATERMARK_MAX) n = input_active(v, in, ret);
    if (in->idle || m->watermark_ms <= in->watermark_ms) return n;
    in->watermark_ms = m->watermark_ms;
    if (!in->aligned && m->watermark_ms >= v->last_ms) in->aligned = true;
    return n + emit_minimum(v, ret + n);
}
