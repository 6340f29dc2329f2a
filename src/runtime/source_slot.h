/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WEIR_RUNTIME_SOURCE_SLOT_H
#define WEIR_RUNTIME_SOURCE_SLOT_H

#include "runtime/exec.h"

/*
 * source_slot: a source in a task: its reader, the splits it was given, and when to ask it again.
 */
struct bad_rows;

struct source_slot {
    struct opnode *node;
    uint32_t index;               /* in its task */
    struct source_reader *reader;
    struct batch_buffer *buffer;
    struct bad_rows *bad;
    atomic_bool woken;            /* set by the connector, from any thread */
    bool waiting;                 /* READ_WAIT: until woken or wake_ns */
    int64_t wake_ns;              /* monotonic; -1: only when woken */
    bool has_split;               /* the reader has at least one split to read */
    bool wanted;                  /* a split was asked for and has not come */
    bool no_more;                 /* no split will come */
    bool drain;                   /* ends as if the input had */
    bool done;                    /* available-now: read what was there; said so */
    bool ended;
    bool stopped;                 /* reads no more: a terminal barrier is on its way */
    int64_t idle_since_ns;        /* time of the last row, for table.exec.source.idle-timeout */
    int64_t tick_ms;              /* JOB_INTERVAL: reads no more before this processing time */
    uint64_t rows;
};

enum status source_open(struct opnode *n, uint32_t index, struct source_slot **ret, struct error *e);
void source_close(struct source_slot *s);
/* One read; false in *ret_progress when there was nothing. */
enum status source_step(struct source_slot *s, bool *ret_progress, struct error *e);
bool source_is_ready(const struct source_slot *s, int64_t now_ns);
enum status source_split(struct source_slot *s, struct str split, struct error *e);

/* Constant rows as a source (values_reader.c). */
enum status constant_enumerator_new(const struct node *n, struct arena *a, struct split_enumerator **ret, struct error *e);
enum status constant_reader_new(const struct node *n, struct arena *a, struct source_reader **ret, struct error *e);

#endif
