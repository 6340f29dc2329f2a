/* SPDX-License-Identifier: Apache-2.0 */
/*
 * session_aliases: keys as older releases of Flink named them and as Flink 2.3 still takes them (its own
 * deprecated keys). A setting is kept under the key of today.
 */
#include "catalog/session.h"

static const struct { const char *old, *key; } aliases[] = {
    {"env.java.opts", "env.java.opts.all"},
    {"execution.buffer-timeout", "execution.buffer-timeout.interval"},
    {"execution.checkpointing.alignment-timeout", "execution.checkpointing.aligned-checkpoint-timeout"},
    {"execution.checkpointing.checkpoints-after-tasks-finish.enabled", "execution.checkpointing.checkpoints-after-tasks-finish"},
    {"execution.savepoint-restore-mode", "execution.state-recovery.claim-mode"},
    {"execution.savepoint.ignore-unclaimed-state", "execution.state-recovery.ignore-unclaimed-state"},
    {"execution.savepoint.path", "execution.state-recovery.path"},
    {"restart-strategy", "restart-strategy.type"},
    {"savepoints.state.backend.fs.dir", "execution.checkpointing.savepoint-dir"},
    {"state.backend", "state.backend.type"},
    {"state.backend.fs.checkpointdir", "execution.checkpointing.dir"},
    {"state.backend.fs.memory-threshold", "execution.checkpointing.data-inline-threshold"},
    {"state.backend.incremental", "execution.checkpointing.incremental"},
    {"state.checkpoint-storage", "execution.checkpointing.storage"},
    {"state.checkpoints.dir", "execution.checkpointing.dir"},
    {"state.checkpoints.num-retained", "execution.checkpointing.num-retained"},
    {"state.savepoints.dir", "execution.checkpointing.savepoint-dir"},
    {"state.storage.fs.memory-threshold", "execution.checkpointing.data-inline-threshold"},
};

struct str session_key(struct str key) {
    uint32_t count = 0;
    const struct option *rows = session_options(&count);
    for (size_t i = 0; i < sizeof aliases / sizeof *aliases; i++) {
        struct str now = str_of(aliases[i].key);
        if (str_equal(key, str_of(aliases[i].old)) && option_find(rows, count, now) != NULL) return now;
    }
    return key;
}
