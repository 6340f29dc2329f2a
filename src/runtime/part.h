/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WEIR_RUNTIME_PART_H
#define WEIR_RUNTIME_PART_H

#include "base/arena.h"
#include "base/error.h"
#include "base/list.h"

#include <stdbool.h>
#include <stdint.h>

/*
 * part: what one task contributes to a checkpoint: a list of byte strings, each belonging to an
 * operator of the plan by its uid. The manifest is the list of all tasks' parts, nothing more.
 */
enum part_kind {
    PART_STATE,       /* the logical form of an operator's state */
    PART_PAGES,       /* the same as pages of its region */
    PART_SPLIT,       /* a split with its position */
    PART_ENUMERATOR,  /* what a source's enumerator knows */
    PART_COMMITTABLE, /* of a sink */
    PART_WRITER,      /* a sink writer's own state */
    PART_FINISHED,    /* the operator's subtask has ended; no bytes */
    PART_KIND_COUNT,
};

struct part {
    enum part_kind kind;
    struct str uid;
    struct str label;     /* for messages: "GroupAggregate" */
    uint32_t subtask, parallelism;
    bool unassigned;      /* PART_SPLIT: no reader has it yet */
    struct str bytes;
    /* PART_STATE, PART_PAGES: bytes may lie in a file of the checkpoint instead. */
    struct str file;      /* relative to the manifest; empty: bytes are here */
    uint64_t offset, size_bytes, checksum;
};

struct task_part {
    struct arena *arena;
    struct list parts;    /* struct part */
    uint64_t state_bytes;
};

struct task_part *task_part_new(void);
void task_part_free(void *part);
/* Copies the bytes. */
enum status task_part_add(struct task_part *t, const struct part *p, struct error *e);
/* Its committables are committed: drops them. NULL is fine. */
void task_part_committed(struct task_part *t);

#endif
