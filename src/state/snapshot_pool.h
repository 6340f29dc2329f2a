/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WEIR_STATE_SNAPSHOT_POOL_H
#define WEIR_STATE_SNAPSHOT_POOL_H

#include "base/error.h"

#include <stdbool.h>
#include <stdint.h>

/*
 * snapshot pool: page-sized slots for old contents, and two rings between the worker and the writer:
 * saved pages one way, free slots back. One worker, one writer; no locks. Internal to src/state.
 */
struct env;
struct snapshot_pool;

struct saved_page {
    uint32_t page;
    uint32_t slot;
};

enum status snapshot_pool_new(struct env *env, uint64_t bytes, struct snapshot_pool **ret,
                              struct error *e);
void snapshot_pool_free(struct snapshot_pool *p);
/* Worker: a slot to copy into; false when the budget is used up. */
bool pool_take(struct snapshot_pool *p, uint32_t *ret_slot);
/* Worker: hands a filled slot to the writer. */
void pool_save(struct snapshot_pool *p, struct saved_page saved);
/* Writer: the next saved page. */
bool pool_next(struct snapshot_pool *p, struct saved_page *ret);
/* Writer: gives a slot back. */
void pool_give(struct snapshot_pool *p, uint32_t slot);
/* Any thread: has memory behind the first so many slots, so that the worker meets no page fault in them. */
void pool_warm(struct snapshot_pool *p, uint32_t slots);
/* Writer: some more of it, when the worker comes near the end of what is warm. */
void pool_keep_warm(struct snapshot_pool *p);
/* Writer: the worker saves pages faster than they are written out. */
bool pool_is_pressed(const struct snapshot_pool *p);
char *pool_slot(const struct snapshot_pool *p, uint32_t slot);

#endif
