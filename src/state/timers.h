/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WEIR_STATE_TIMERS_H
#define WEIR_STATE_TIMERS_H

#include "state/map.h"

/* timers: the inside of state_timers, for the generic walkers. Internal to src/state. */
struct state_timers {
    struct object object;
    struct state_map map; /* key row and 8 bytes of time -> number */
    struct buf scratch;
};

/* A handle over a record; makes the inner map when there is none. */
enum status timers_over_record(struct state_timers *t, struct state *s, struct object_record *r,
                               struct error *e);

#endif
