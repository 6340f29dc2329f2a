/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WEIR_BASE_LIST_H
#define WEIR_BASE_LIST_H

#include "base/arena.h"
#include "base/status.h"

/*
 * list: an ordered list of pointers in an arena (plan nodes, columns, arguments). Growing copies
 * the pointer array inside the arena, which is fine for plan-sized things.
 */
struct list {
    void **at;
    uint32_t count;
    uint32_t capacity;
};

/* STATUS_NO_MEMORY when the arena is full. */
enum status list_push(struct list *l, struct arena *a, void *item);

/* `for LIST_EACH(struct expr, e, &list)` style iteration would hide control flow; index instead:
 *   for (uint32_t i = 0; i < l.count; i++) { struct expr *e = l.at[i]; ... } */

#endif
