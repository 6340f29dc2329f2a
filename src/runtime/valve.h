/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WEIR_RUNTIME_VALVE_H
#define WEIR_RUNTIME_VALVE_H

#include "base/arena.h"
#include "vec/batch.h"

#include <stdbool.h>
#include <stdint.h>

/*
 * valve: the watermark of an operator with several inputs: the minimum over the inputs that are
 * active and have caught up, never going back; idle when all are. The rules are those of Flink's
 * StatusWatermarkValve.
 */
struct valve_input {
    int64_t watermark_ms;
    bool idle;
    bool aligned; /* active, and at least as far as what was emitted last */
};

struct valve {
    struct valve_input *inputs;
    uint32_t count;
    int64_t last_ms;
    bool idle;
};

enum status valve_init(struct valve *v, struct arena *a, uint32_t count);
/* Marks that follow from a mark of one input: at most two, in order. Positions are 0. */
uint32_t valve_mark(struct valve *v, uint32_t input, const struct mark *m, struct mark ret[2]);

#endif
