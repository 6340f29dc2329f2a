/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WEIR_STATE_SORTED_NODE_H
#define WEIR_STATE_SORTED_NODE_H

#include "state/region.h"

/*
 * sorted_node: one node of an ordered map: cells {key, value} sorted by key in one piece of the
 * region. Internal to src/state. In inner nodes values are references to children, and the key of
 * the first cell stands for "less than all".
 */

enum { NODE_BYTES_FIRST = 128, NODE_BYTES_MAX = SLAB_BYTES_MAX, CELL_BYTES_MAX = 400 };

struct sorted_node {
    uint32_t capacity_bytes;
    uint32_t heap_low;   /* cells lie in [heap_low, capacity) */
    uint32_t dead_bytes; /* of removed cells in there */
    uint16_t count;
    uint16_t pad;
    state_ref next, prev; /* leaves only */
    uint16_t offsets[];   /* of cells, in key order */
};

/* Bytes a cell takes in a node, its offset included. */
uint32_t cell_bytes(struct str key, struct str value);

enum status sorted_node_new(struct state *s, uint32_t bytes, state_ref *ret, struct error *e);
/* Frees the node and what its cells keep outside of it. */
void node_free(struct state *s, state_ref ref);
static inline struct sorted_node *node_at(const struct state *s, state_ref ref) {
    return region_at(s, ref);
}

struct str node_key(const struct state *s, const struct sorted_node *n, uint32_t slot);
struct str node_value(const struct state *s, const struct sorted_node *n, uint32_t slot);
state_ref node_child(const struct state *s, const struct sorted_node *n, uint32_t slot);
void node_set_child(struct state *s, struct sorted_node *n, uint32_t slot, state_ref child);

/* First slot whose key is >= key; *ret_equal tells whether it is the key. */
uint32_t node_search(const struct state *s, const struct sorted_node *n, struct str key,
                     bool *ret_equal);
/* The child that a key belongs to. */
uint32_t node_descend(const struct state *s, const struct sorted_node *n, struct str key);

bool node_has_room(const struct sorted_node *n, uint32_t bytes);
/* There is room. Fails only when a large cell finds no memory outside; nothing has changed then. */
enum status node_insert(struct state *s, struct sorted_node *n, uint32_t slot, struct str key,
                        struct str value, struct error *e);
void node_remove(struct state *s, struct sorted_node *n, uint32_t slot);
/* Replaces the value in place if the room of the old one fits. */
bool node_replace(struct state *s, struct sorted_node *n, uint32_t slot, struct str value);
/* Moves cells [from, count) to the empty node `to`, which has room for them. */
void node_move_tail(struct state *s, struct sorted_node *n, uint32_t from, struct sorted_node *to);
/* The slot at which the two halves have about the same size. */
uint32_t node_middle(const struct sorted_node *n);

#endif
