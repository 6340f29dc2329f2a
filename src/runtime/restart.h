/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WEIR_RUNTIME_RESTART_H
#define WEIR_RUNTIME_RESTART_H

#include "catalog/session.h"
#include "env/env.h"

#include <stdbool.h>
#include <stdint.h>

/*
 * restart: whether and when a failed job starts again: Flink's strategies under Flink's keys
 * (restart-strategy.*). Without a key: exponential-delay when checkpoints are on, else none.
 */
enum restart_type { RESTART_NONE, RESTART_FIXED, RESTART_EXPONENTIAL, RESTART_RATE };

enum { RESTART_FAILURES_MAX = 1024 };

struct restart {
    enum restart_type type;
    int64_t attempts_max;  /* -1: no limit */
    int64_t delay_ms, initial_ms, max_ms, quiet_ms, interval_ms;
    double multiplier, jitter;
    int64_t attempts;
    int64_t backoff_ms, last_ms;
    int64_t failures_max;  /* per interval */
    int64_t *failures;     /* ring of times */
    uint32_t failure_count;
};

enum status restart_init(struct restart *r, struct arena *a, const struct session *s, bool checkpoints, struct error *e);
/* A failure at now_ms: may the job start again, and after which delay? */
bool restart_allowed(struct restart *r, struct env *env, int64_t now_ms, int64_t *ret_delay_ms);

#endif
