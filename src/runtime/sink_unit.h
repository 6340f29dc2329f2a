/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WEIR_RUNTIME_SINK_UNIT_H
#define WEIR_RUNTIME_SINK_UNIT_H

#include "runtime/ack.h"
#include "runtime/exec.h"
#include "runtime/part.h"
#include "runtime/strand.h"

/*
 * sink_unit: one table that is written to: by a SINK operator, or by a source that logs its bad
 * records. Names the implementation and the context its writers and committer are made with.
 */
struct job;

struct sink_unit {
    struct str uid, label;
    const struct connector_impl *impl;
    struct sink_context context;
    struct strand strand;
    struct sink_writer *writer;
};

/* sink->table is not NULL. Makes no writer yet. */
enum status sink_unit_init(struct sink_unit *u, struct job *job, struct arena *a, const struct sink_params *sink, struct str uid, uint32_t subtask, uint32_t parallelism, struct error *e);
/* Makes the writer; restores it from the checkpoint of the task's attempt, if any. */
enum status sink_unit_open(struct sink_unit *u, struct task *t, struct error *e);
void sink_unit_close(struct sink_unit *u);
/* At a barrier or the end: committables and the writer's state become parts. */
enum status sink_unit_prepare(struct sink_unit *u, bool last, struct task_part *part, struct error *e);
/* Holds the answer until what the writer has handed to its helper so far is done. */
enum status sink_unit_fence(struct sink_unit *u, struct ack *a, struct error *e);

/* The sink that a source logs to, when its error-handling.mode is `log`; *ret NULL otherwise. */
enum status log_sink_find(struct job *job, struct arena *a, const struct node *scan, struct sink_params **ret, struct str *ret_uid, struct error *e);

#endif
