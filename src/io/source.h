/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WEIR_IO_SOURCE_H
#define WEIR_IO_SOURCE_H

#include "base/arena.h"
#include "base/error.h"
#include "catalog/connector.h"
#include "env/env.h"
#include "io/codec.h"
#include "plan/node.h"
#include "vec/batch.h"

#include <stdbool.h>
#include <stdint.h>

/*
 * source: Flink's split enumerator and reader. The enumerator (one per source, on the JobManager)
 * finds splits and hands them to readers; a reader (one per subtask) produces batches and knows its
 * position. Splits and positions are byte strings of the connector's own versioned form, so they
 * are checkpointed and redistributed without knowing them.
 */

struct source_context {
    struct env *env;
    struct arena *arena;               /* the subtask's (reader) or the job's (enumerator) */
    const struct scan_params *scan;
    const struct type *row;            /* output row type of the scan node */
    const struct type *const *types;
    const struct zone *zone;
    uint32_t subtask, parallelism;
    bool available_now;                /* stop at what is there now, even if unbounded */
    void (*wake)(void *argument);      /* callable from any thread: the reader has data again */
    void *wake_argument;
    void (*on_bad)(void *context, const struct bad_record *r);
    void *bad_context;
    enum error_mode error_mode;
};

/* What a read step tells. */
enum read_result {
    READ_MORE,      /* rows were appended (maybe 0); call again when downstream is free */
    READ_WAIT,      /* nothing now; `wake` will be called, or call again at wake_at_ns */
    READ_END,       /* this reader has finished all its splits; ask for more or finish */
};

struct source_reader;
struct reader_ops {
    /* Another split for this reader. */
    enum status (*add_split)(struct source_reader *r, struct str split, struct error *e);
    /* Fills out (empty at entry) with what is there, at most its capacity; never blocks. *ret_wake_ns: monotonic time for READ_WAIT, -1 = only by wake. */
    enum status (*read)(struct source_reader *r, struct batch_buffer *out, enum read_result *ret, int64_t *ret_wake_ns, struct error *e);
    /* Current positions: calls add(context, split bytes) once per unfinished split; covers exactly the rows handed out so far. */
    enum status (*position)(struct source_reader *r, enum status (*add)(void *context, struct str split), void *context, struct error *e);
    /* Bytes read and total for the progress line; total 0 = unknown. */
    void (*progress)(struct source_reader *r, uint64_t *ret_done, uint64_t *ret_total);
    void (*free)(struct source_reader *r);
};
struct source_reader { const struct reader_ops *ops; };

struct split_enumerator;
struct enumerator_ops {
    /* New splits since the last call, appended by add. *ret_done: no more will ever come. *ret_wake_ns: when to look again (monitoring), -1 never. */
    enum status (*discover)(struct split_enumerator *n, enum status (*add)(void *context, struct str split), void *context, bool *ret_done, int64_t *ret_wake_ns, struct error *e);
    /* What has been discovered already, for the checkpoint; restored before the first discover. */
    enum status (*snapshot)(struct split_enumerator *n, struct buf *out, struct error *e);
    enum status (*restore)(struct split_enumerator *n, struct str bytes, struct error *e);
    void (*free)(struct split_enumerator *n);
    /*
     * The order in which splits are to be read (<0, 0, >0), so that restored ones keep event time in
     * order however they are spread anew. NULL: any order.
     */
    int (*compare)(struct str a, struct str b);
};
struct split_enumerator { const struct enumerator_ops *ops; };

struct connector_impl;

#endif
