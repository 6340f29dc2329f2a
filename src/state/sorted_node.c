/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sorted node: cells grow from the end of the node downwards, their offsets, in key order, from its
 * head upwards. A removed cell leaves a hole; when only the holes have the room that is needed, the
 * node is packed. A cell above CELL_BYTES_MAX keeps its bytes in a piece of its own, so that a node
 * always holds at least four cells.
 */
#include "state/sorted_node.h"

#include <string.h>

struct cell {
    uint32_t key_bytes; /* CELL_OUTSIDE: a reference to the bytes follows instead of them */
    uint32_t value_bytes;
};
#define CELL_OUTSIDE UINT32_C(0x80000000)

static uint32_t pad8(uint32_t size) { return (size + 7) & ~UINT32_C(7); }

static bool fits_inside(struct str key, struct str value) {
    return key.size_bytes + value.size_bytes + sizeof(struct cell) + 16 <= CELL_BYTES_MAX;
}

uint32_t cell_bytes(struct str key, struct str value) {
    uint32_t head = (uint32_t)sizeof(struct cell) + (uint32_t)sizeof(uint16_t);
    if (!fits_inside(key, value)) return head + 8;
    return head + pad8((uint32_t)key.size_bytes) + pad8((uint32_t)value.size_bytes);
}

static struct cell *node_cell(const struct sorted_node *n, uint32_t slot) {
    assert(slot < n->count);
    return (struct cell *)(void *)((char *)(uintptr_t)n + n->offsets[slot]);
}

static uint32_t cell_key_bytes(const struct cell *c) { return c->key_bytes & ~CELL_OUTSIDE; }

static uint64_t cell_payload(const struct cell *c) {
    return (uint64_t)pad8(cell_key_bytes(c)) + pad8(c->value_bytes);
}

/* Of the cell itself in the node. */
static uint32_t cell_size(const struct cell *c) {
    return (uint32_t)sizeof *c + (c->key_bytes & CELL_OUTSIDE ? 8 : (uint32_t)cell_payload(c));
}

static char *cell_data(const struct state *s, const struct cell *c) {
    char *at = (char *)(uintptr_t)(c + 1);
    if (!(c->key_bytes & CELL_OUTSIDE)) return at;
    state_ref ref;
    memcpy(&ref, at, sizeof ref);
    return region_at(s, ref);
}

static void cell_drop(struct state *s, const struct cell *c) {
    if (c->key_bytes & CELL_OUTSIDE) slab_free(s, region_ref(s, cell_data(s, c)), cell_payload(c));
}

struct str node_key(const struct state *s, const struct sorted_node *n, uint32_t slot) {
    const struct cell *c = node_cell(n, slot);
    return (struct str){cell_data(s, c), cell_key_bytes(c)};
}

struct str node_value(const struct state *s, const struct sorted_node *n, uint32_t slot) {
    const struct cell *c = node_cell(n, slot);
    return (struct str){cell_data(s, c) + pad8(cell_key_bytes(c)), c->value_bytes};
}

state_ref node_child(const struct state *s, const struct sorted_node *n, uint32_t slot) {
    struct str v = node_value(s, n, slot);
    assert(v.size_bytes == sizeof(state_ref));
    state_ref child;
    memcpy(&child, v.at, sizeof child);
    return child;
}

void node_set_child(struct state *s, struct sorted_node *n, uint32_t slot, state_ref child) {
    assert(child != 0);
    struct str v = node_value(s, n, slot);
    state_write(s, v.at, sizeof child);
    memcpy((char *)(uintptr_t)v.at, &child, sizeof child);
}

enum status sorted_node_new(struct state *s, uint32_t bytes, state_ref *ret, struct error *e) {
    assert(bytes >= NODE_BYTES_FIRST && bytes <= NODE_BYTES_MAX);
    TRY(slab_alloc(s, bytes, ret, e));
    uint32_t capacity = (uint32_t)slab_capacity(bytes) & ~UINT32_C(7);
    *node_at(s, *ret) = (struct sorted_node){.capacity_bytes = capacity, .heap_low = capacity};
    return STATUS_OK;
}

void node_free(struct state *s, state_ref ref) {
    struct sorted_node *n = node_at(s, ref);
    for (uint32_t i = 0; i < n->count; i++) cell_drop(s, node_cell(n, i));
    slab_free(s, ref, n->capacity_bytes);
}

static int key_compare(struct str a, struct str b) {
    size_t size = a.size_bytes < b.size_bytes ? a.size_bytes : b.size_bytes;
    int order = size == 0 ? 0 : memcmp(a.at, b.at, size);
    if (order != 0) return order;
    return a.size_bytes < b.size_bytes ? -1 : a.size_bytes > b.size_bytes;
}

uint32_t node_search(const struct state *s, const struct sorted_node *n, struct str key,
                     bool *ret_equal) {
    uint32_t low = 0, high = n->count;
    *ret_equal = false;
    while (low < high) {
        uint32_t middle = (low + high) / 2;
        int order = key_compare(node_key(s, n, middle), key);
        if (order == 0) {
            *ret_equal = true;
            return middle;
        }
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

uint32_t node_descend(const struct state *s, const struct sorted_node *n, struct str key) {
    assert(n->count > 0);
    uint32_t low = 1, high = n->count; /* the first key is never looked at */
    while (low < high) {
        uint32_t middle = (low + high) / 2;
        if (key_compare(node_key(s, n, middle), key) <= 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low - 1;
}

static uint32_t node_gap(const struct sorted_node *n) {
    assert(n->heap_low >= sizeof *n + n->count * sizeof n->offsets[0] && n->heap_low <= n->capacity_bytes);
    return n->heap_low - (uint32_t)sizeof *n - n->count * (uint32_t)sizeof n->offsets[0];
}

bool node_has_room(const struct sorted_node *n, uint32_t bytes) {
    return node_gap(n) + n->dead_bytes >= bytes;
}

/* Brings all cells to the end of the node. */
static void node_pack(struct sorted_node *n) {
    char copy[NODE_BYTES_MAX];
    assert(n->capacity_bytes <= sizeof copy);
    memcpy(copy, n, n->capacity_bytes);
    uint32_t low = n->capacity_bytes;
    for (uint32_t i = 0; i < n->count; i++) {
        const struct cell *c = (const struct cell *)(void *)(copy + n->offsets[i]);
        low -= cell_size(c);
        memcpy((char *)n + low, c, cell_size(c));
        n->offsets[i] = (uint16_t)low;
    }
    assert(low >= n->heap_low && low - n->heap_low == n->dead_bytes);
    n->heap_low = low;
    n->dead_bytes = 0;
}

/* Opens a slot for a cell of that size (without its offset). */
static struct cell *node_open(struct sorted_node *n, uint32_t slot, uint32_t size) {
    if (node_gap(n) < size + sizeof n->offsets[0]) node_pack(n);
    assert(node_gap(n) >= size + sizeof n->offsets[0] && slot <= n->count);
    memmove(&n->offsets[slot + 1], &n->offsets[slot], (n->count - slot) * sizeof n->offsets[0]);
    n->heap_low -= size;
    n->offsets[slot] = (uint16_t)n->heap_low;
    n->count++;
    return node_cell(n, slot);
}

static void payload_write(char *at, struct str key, struct str value) {
    uint32_t key_room = pad8((uint32_t)key.size_bytes);
    uint32_t value_room = pad8((uint32_t)value.size_bytes);
    if (key_room > 0) memset(at + key_room - 8, 0, 8);
    if (value_room > 0) memset(at + key_room + value_room - 8, 0, 8);
    if (key.size_bytes > 0) memcpy(at, key.at, key.size_bytes);
    if (value.size_bytes > 0) memcpy(at + key_room, value.at, value.size_bytes);
}

enum status node_insert(struct state *s, struct sorted_node *n, uint32_t slot, struct str key,
                        struct str value, struct error *e) {
    assert(slot <= n->count && node_has_room(n, cell_bytes(key, value)));
    if (key.size_bytes >= CELL_OUTSIDE / 2 || value.size_bytes >= CELL_OUTSIDE / 2)
        return error_set(e, STATUS_LIMIT, "A value in the state of %s has more than 1 GiB.",
                         s->owner);
    struct cell head = {(uint32_t)key.size_bytes, (uint32_t)value.size_bytes};
    state_ref outside = 0;
    if (!fits_inside(key, value)) {
        TRY(slab_alloc(s, cell_payload(&head), &outside, e));
        state_write(s, region_at(s, outside), cell_payload(&head));
        payload_write(region_at(s, outside), key, value);
        head.key_bytes |= CELL_OUTSIDE;
    }
    state_write(s, n, n->capacity_bytes);
    struct cell *c = node_open(n, slot, cell_size(&head));
    *c = head;
    if (outside != 0)
        memcpy(c + 1, &outside, sizeof outside);
    else
        payload_write((char *)(c + 1), key, value);
    return STATUS_OK;
}

/* Takes the slot away, not what the cell keeps outside. */
static void node_close(struct sorted_node *n, uint32_t slot) {
    assert(slot < n->count);
    n->dead_bytes += cell_size(node_cell(n, slot));
    n->count--;
    memmove(&n->offsets[slot], &n->offsets[slot + 1], (n->count - slot) * sizeof n->offsets[0]);
}

void node_remove(struct state *s, struct sorted_node *n, uint32_t slot) {
    state_write(s, n, n->capacity_bytes);
    cell_drop(s, node_cell(n, slot));
    node_close(n, slot);
}

bool node_replace(struct state *s, struct sorted_node *n, uint32_t slot, struct str value) {
    struct cell *c = node_cell(n, slot);
    if (value.size_bytes > INT32_MAX || pad8((uint32_t)value.size_bytes) != pad8(c->value_bytes))
        return false;
    char *at = cell_data(s, c) + pad8(cell_key_bytes(c));
    state_write(s, c, sizeof *c);
    state_write(s, at, pad8(c->value_bytes) + UINT64_C(8));
    c->value_bytes = (uint32_t)value.size_bytes;
    if (value.size_bytes > 0) memmove(at, value.at, value.size_bytes);
    return true;
}

void node_move_tail(struct state *s, struct sorted_node *n, uint32_t from, struct sorted_node *to) {
    assert(from <= n->count && to->count + n->count - from <= UINT16_MAX);
    state_write(s, n, n->capacity_bytes);
    state_write(s, to, to->capacity_bytes);
    for (uint32_t i = from; i < n->count; i++) {
        const struct cell *c = node_cell(n, i);
        memcpy(node_open(to, to->count, cell_size(c)), c, cell_size(c));
    }
    while (n->count > from) node_close(n, n->count - 1U);
}

uint32_t node_middle(const struct sorted_node *n) {
    assert(n->count >= 2);
    uint32_t half = (n->capacity_bytes - n->heap_low - n->dead_bytes) / 2, sum = 0, slot = 0;
    while (slot < n->count - 1U && sum < half) sum += cell_size(node_cell(n, slot++));
    return slot == 0 ? 1 : slot;
}
