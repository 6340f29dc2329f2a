/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WEIR_RUNTIME_PAGE_FILE_H
#define WEIR_RUNTIME_PAGE_FILE_H

#include "runtime/ack.h"
#include "runtime/exec.h"
#include "runtime/part.h"

/*
 * page_file: the states of one task's operators in one checkpoint, as pages, in one file of the job's
 * folder `pages`. A checkpoint refers to the files of a chain: a full one and those with what has
 * changed since; so files outlive the checkpoint that wrote them, and are removed when the last
 * checkpoint that refers to them is.
 */
enum { PAGE_FILE_NAME_MAX = 64, PAGE_CHAIN_MAX = 128, PAGE_WARM_BYTES = 16 << 20 };

/* One operator's piece of a page file. */
struct page_piece {
    char file[PAGE_FILE_NAME_MAX];
    uint64_t offset, size_bytes, checksum;
};

enum page_outcome { PAGES_NONE, PAGES_WRITING, PAGES_WRITTEN, PAGES_FAILED };

/* What an operator's state has on disk, and what is on its way there. */
struct page_chain {
    struct page_piece *pieces;
    uint32_t count, capacity;
    struct snapshot *snapshot;   /* being written, or written and not looked at yet */
    struct page_piece next;
    bool full;                   /* next starts a chain */
    bool warm;                   /* what the first checkpoint needs was made ready */
    _Atomic int outcome;         /* enum page_outcome; set by the helper thread */
};

/* What became of the last snapshots; STATUS_DECLINED when one is still being written. */
enum status page_chains_settle(struct task *t, struct error *e);
/* Makes ready, on a helper thread, what the first checkpoint of a state needs, once it is large enough to matter. */
void page_chain_warm(struct opnode *n);
/* A restored state's pages lie in this piece, the oldest first: later snapshots build upon them. */
enum status page_chain_adopt(struct page_chain *c, const struct part *p, struct error *e);
void page_chain_deinit(struct page_chain *c);
/*
 * Starts the snapshots of all states of the task and writes them, on a helper thread if there is one.
 * Adds to the part, and holds its answer until all is on disk; declines it when that fails.
 */
enum status page_file_write(struct task *t, struct task_part *part, struct ack *ack, struct error *e);

/* A checksum in pieces of fixed size, so that it can be computed while writing and reading. */
enum { PAGE_SUM_BYTES = 65536 };
struct page_sum {
    uint64_t value, total;
    uint32_t fill;
    char bytes[PAGE_SUM_BYTES];
};
void page_sum_add(struct page_sum *s, const void *bytes, size_t size);
uint64_t page_sum_end(struct page_sum *s);

#endif
