/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WEIR_TEST_SIM_SIM_ENV_H
#define WEIR_TEST_SIM_SIM_ENV_H

#include "env/env.h"

/*
 * sim_env: an environment in memory, driven by a seed: files with a durable and a volatile content,
 * a disk that fails and lies, a clock that moves with every look at it, and a crash at any call.
 */
struct sim_faults {
    uint32_t fail_ppm;      /* of calls that write, sync, rename or read: fail with STATUS_IO */
    uint32_t lie_ppm;       /* of syncs below lie_prefix: say yes and keep nothing */
    struct str lie_prefix;
    uint64_t crash_at;      /* the call at which the power fails; 0: never */
};

struct env *sim_env_new(uint64_t seed);
void sim_env_faults(struct env *env, const struct sim_faults *f);
/* Has the power failed? Every call fails until sim_env_revive. */
bool sim_env_is_dead(const struct env *env);
/* Power again: what was synced is there, of the rest a random beginning. */
void sim_env_revive(struct env *env);
void sim_env_advance_ms(struct env *env, int64_t ms);
/* Syncs that kept nothing, so far. */
uint64_t sim_env_lies(const struct env *env);

#endif
