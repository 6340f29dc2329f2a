/* SPDX-License-Identifier: Apache-2.0 */
/*
 * list: pointer array in an arena; doubling, old arrays stay in the arena until it goes.
 */
#include "base/list.h"

#include <assert.h>

enum status list_push(struct list *l, struct arena *a, void *item) {
    assert(l != NULL && a != NULL && l->count <= l->capacity);
    if (l->count == l->capacity) {
        uint32_t capacity = l->capacity == 0 ? 4 : l->capacity * 2;
        void **at = ARENA_ARRAY(a, void *, capacity);
        if (at == NULL) return STATUS_NO_MEMORY;
        if (l->count != 0) memcpy(at, l->at, l->count * sizeof *at);
        l->at = at;
        l->capacity = capacity;
    }
    l->at[l->count++] = item;
    return STATUS_OK;
}
