/* SPDX-License-Identifier: Apache-2.0 */
/*
 * restart: the arithmetic of restart strategies. Fixed delay counts attempts; exponential delay grows
 * its back-off by the multiplier with jitter and forgets after a quiet time; failure rate allows so
 * many failures per interval.
 */
#include "runtime/restart.h"

#include <assert.h>

static bool named(struct str text, const char *name) { return str_equal_ignore_case(text, str_of(name)); }

static enum restart_type type_of(const struct session *s, bool checkpoints) {
    struct option_value v = session_get(s, "restart-strategy.type");
    if (!v.present) return checkpoints ? RESTART_EXPONENTIAL : RESTART_NONE;
    if (named(v.text, "fixed-delay") || named(v.text, "fixeddelay")) return RESTART_FIXED;
    if (named(v.text, "exponential-delay") || named(v.text, "exponentialdelay")) return RESTART_EXPONENTIAL;
    if (named(v.text, "failure-rate") || named(v.text, "failurerate")) return RESTART_RATE;
    return RESTART_NONE;
}

enum status restart_init(struct restart *r, struct arena *a, const struct session *s, bool checkpoints, struct error *e) {
    *r = (struct restart){.type = type_of(s, checkpoints), .attempts_max = -1};
    switch (r->type) {
    case RESTART_NONE: break;
    case RESTART_FIXED:
        r->attempts_max = session_int(s, "restart-strategy.fixed-delay.attempts");
        r->delay_ms = session_int(s, "restart-strategy.fixed-delay.delay");
        break;
    case RESTART_EXPONENTIAL: {
        struct option_value attempts = session_get(s, "restart-strategy.exponential-delay.attempts-before-reset-backoff");
        if (attempts.present) r->attempts_max = attempts.number;
        r->initial_ms = r->backoff_ms = session_int(s, "restart-strategy.exponential-delay.initial-backoff");
        r->max_ms = session_int(s, "restart-strategy.exponential-delay.max-backoff");
        r->quiet_ms = session_int(s, "restart-strategy.exponential-delay.reset-backoff-threshold");
        r->multiplier = session_get(s, "restart-strategy.exponential-delay.backoff-multiplier").real;
        r->jitter = session_get(s, "restart-strategy.exponential-delay.jitter-factor").real;
        break;
    }
    case RESTART_RATE:
        r->failures_max = session_int(s, "restart-strategy.failure-rate.max-failures-per-interval");
        r->interval_ms = session_int(s, "restart-strategy.failure-rate.failure-rate-interval");
        r->delay_ms = session_int(s, "restart-strategy.failure-rate.delay");
        if (r->failures_max < 1 || r->failures_max >= RESTART_FAILURES_MAX)
            return error_set(e, STATUS_OPTION, "restart-strategy.failure-rate.max-failures-per-interval must be between 1 and %d", RESTART_FAILURES_MAX - 1);
        r->failures = ARENA_ARRAY(a, int64_t, RESTART_FAILURES_MAX);
        if (r->failures == NULL) return error_no_memory(e, 0);
        break;
    }
    return STATUS_OK;
}

static bool exponential(struct restart *r, struct env *env, int64_t now_ms, int64_t *ret_delay_ms) {
    if (r->attempts > 0 && now_ms - r->last_ms > r->quiet_ms) {
        r->attempts = 0;
        r->backoff_ms = r->initial_ms;
    }
    if (r->attempts_max >= 0 && r->attempts >= r->attempts_max) return false;
    double part = (double)(env_random(env) >> 11) / (double)(UINT64_C(1) << 53);
    double delay = (double)r->backoff_ms * (1 + r->jitter * (2 * part - 1));
    *ret_delay_ms = delay < 0 ? 0 : (int64_t)delay;
    r->backoff_ms = (int64_t)((double)r->backoff_ms * r->multiplier);
    if (r->backoff_ms > r->max_ms) r->backoff_ms = r->max_ms;
    return true;
}

static bool failure_rate(struct restart *r, int64_t now_ms, int64_t *ret_delay_ms) {
    uint32_t recent = 0;
    for (uint32_t i = 0; i < r->failure_count; i++)
        if (now_ms - r->failures[i] < r->interval_ms) r->failures[recent++] = r->failures[i];
    r->failure_count = recent;
    if ((int64_t)recent >= r->failures_max) return false;
    assert(recent < RESTART_FAILURES_MAX);
    r->failures[r->failure_count++] = now_ms;
    *ret_delay_ms = r->delay_ms;
    return true;
}

bool restart_allowed(struct restart *r, struct env *env, int64_t now_ms, int64_t *ret_delay_ms) {
    assert(ret_delay_ms != NULL);
    bool allowed = false;
    switch (r->type) {
    case RESTART_NONE: break;
    case RESTART_FIXED:
        allowed = r->attempts < r->attempts_max;
        *ret_delay_ms = r->delay_ms;
        break;
    case RESTART_EXPONENTIAL: allowed = exponential(r, env, now_ms, ret_delay_ms); break;
    case RESTART_RATE: allowed = failure_rate(r, now_ms, ret_delay_ms); break;
    }
    if (allowed) r->attempts++;
    r->last_ms = now_ms;
    return allowed;
}
