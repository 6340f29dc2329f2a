/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WEIR_BASE_STRMAP_H
#define WEIR_BASE_STRMAP_H

#include "base/arena.h"
#include "base/status.h"

#include <stdbool.h>

/*
 * strmap: string -> pointer in insertion order; names, options, catalogs. Open addressing over
 * arena memory; keys are copied into the arena. Removal keeps order and costs O(n): these maps
 * are small.
 */
struct strmap;

struct strmap_entry {
    struct str key;
    void *value;
};

struct strmap *strmap_new(struct arena *a);
/* Replaces an existing value. */
enum status strmap_put(struct strmap *m, struct str key, void *value);
/* NULL when absent (store non-NULL values). */
void *strmap_get(const struct strmap *m, struct str key);
bool strmap_remove(struct strmap *m, struct str key);
uint32_t strmap_count(const struct strmap *m);
/* In insertion order, index < count. */
const struct strmap_entry *strmap_at(const struct strmap *m, uint32_t index);

#endif
