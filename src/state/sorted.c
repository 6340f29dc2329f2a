/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sorted: an ordered map of byte strings owned by a field of a value: a B+ tree of small nodes whose
 * leaves are linked. A map of a few entries is one leaf that grows from 128 bytes; only full nodes of
 * 2 KiB split. Emptied nodes go, half-empty ones stay: most maps shrink from one end.
 *
 * A put that needs room splits one node on the path and starts again from the top, so that no step
 * has to be undone: a split first makes room in the parent.
 */
#include "state/sorted_node.h"

#include <string.h>

enum { SORTED_HEIGHT_MAX = 24 };

struct sorted_root {
    uint64_t count;
    state_ref top;
    uint64_t height; /* 0: top is a leaf */
};

struct path {
    state_ref nodes[SORTED_HEIGHT_MAX + 1];
    uint32_t slots[SORTED_HEIGHT_MAX +
                   1]; /* the child taken; in the leaf: where the key is or belongs */
    uint32_t leaf;     /* level of the leaf */
    bool found;
};

static struct sorted_root *root_at(const struct state *s, state_ref root) {
    return region_at(s, root);
}

static void descend(const struct state *s, const struct sorted_root *root, struct str key,
                    struct path *ret) {
    assert(root->height <= SORTED_HEIGHT_MAX && root->top != 0);
    ret->nodes[0] = root->top;
    ret->leaf = (uint32_t)root->height;
    for (uint32_t level = 0; level < ret->leaf; level++) {
        const struct sorted_node *n = node_at(s, ret->nodes[level]);
        ret->slots[level] = node_descend(s, n, key);
        ret->nodes[level + 1] = node_child(s, n, ret->slots[level]);
    }
    ret->slots[ret->leaf] = node_search(s, node_at(s, ret->nodes[ret->leaf]), key, &ret->found);
}

/* Puts the right half of a leaf behind it in the chain. */
static void leaf_link(struct state *s, state_ref left, state_ref right) {
    assert(left != right);
    struct sorted_node *l = node_at(s, left), *r = node_at(s, right);
    r->prev = left;
    r->next = l->next;
    l->next = right;
    if (r->next == 0) return;
    struct sorted_node *after = node_at(s, r->next);
    state_write(s, after, sizeof *after);
    after->prev = right;
}

static void leaf_unlink(struct state *s, const struct sorted_node *n) {
    if (n->prev != 0) {
        struct sorted_node *p = node_at(s, n->prev);
        state_write(s, p, sizeof *p);
        p->next = n->next;
    }
    if (n->next != 0) {
        struct sorted_node *x = node_at(s, n->next);
        state_write(s, x, sizeof *x);
        x->prev = n->prev;
    }
}

/* The only node, still small, moves to one of twice the size. */
static enum status top_grow(struct state *s, struct sorted_root *root, struct error *e) {
    assert(root->height == 0);
    struct sorted_node *old = node_at(s, root->top);
    uint32_t bytes =
        old->capacity_bytes * 2 > NODE_BYTES_MAX ? NODE_BYTES_MAX : old->capacity_bytes * 2;
    state_ref ref = 0;
    TRY(sorted_node_new(s, bytes, &ref, e));
    node_move_tail(s, old, 0, node_at(s, ref));
    slab_free(s, root->top, old->capacity_bytes);
    state_write(s, root, sizeof *root);
    root->top = ref;
    return STATUS_OK;
}

/* A new top above the old one. */
static enum status top_raise(struct state *s, struct sorted_root *root, struct error *e) {
    if (root->height == SORTED_HEIGHT_MAX)
        return error_set(e, STATUS_LIMIT, "A sorted state of %s is too large.", s->owner);
    state_ref ref = 0;
    TRY(sorted_node_new(s, NODE_BYTES_MAX, &ref, e));
    struct str child = {(const char *)&root->top, sizeof root->top};
    TRY(node_insert(s, node_at(s, ref), 0, (struct str){NULL, 0}, child, e));
    state_write(s, root, sizeof *root);
    root->top = ref;
    root->height++;
    return STATUS_OK;
}

/* Splits the node at `level` of the path, or an ancestor that has no room for the separator. */
static enum status path_split(struct state *s, struct sorted_root *root, const struct path *p,
                              uint32_t level, struct error *e) {
    assert(level <= p->leaf);
    if (level == 0) return top_raise(s, root, e);
    struct sorted_node *n = node_at(s, p->nodes[level]);
    struct sorted_node *parent = node_at(s, p->nodes[level - 1]);
    uint32_t middle = node_middle(n);
    struct str separator = node_key(s, n, middle);
    state_ref right = 0;
    struct str child = {(const char *)&right, sizeof right};
    if (!node_has_room(parent, cell_bytes(separator, child)))
        return path_split(s, root, p, level - 1, e);
    TRY(sorted_node_new(s, NODE_BYTES_MAX, &right, e));
    enum status status = node_insert(s, parent, p->slots[level - 1] + 1, separator, child, e);
    if (status != STATUS_OK) {
        node_free(s, right);
        return status;
    }
    node_move_tail(s, n, middle, node_at(s, right));
    if (level == p->leaf) leaf_link(s, p->nodes[level], right);
    return STATUS_OK;
}

static enum status root_new(struct state *s, state_ref *ref, struct error *e) {
    state_ref new = 0, leaf = 0;
    TRY(slab_alloc(s, sizeof(struct sorted_root), &new, e));
    enum status status = sorted_node_new(s, NODE_BYTES_FIRST, &leaf, e);
    if (status != STATUS_OK) {
        slab_free(s, new, sizeof(struct sorted_root));
        return status;
    }
    *root_at(s, new) = (struct sorted_root){.top = leaf};
    state_write(s, ref, sizeof *ref);
    *ref = new;
    return STATUS_OK;
}

enum status state_sorted_put(struct state *s, state_ref *ref, struct str key, struct str value,
                             struct error *e) {
    if (*ref == 0) TRY(root_new(s, ref, e));
    struct sorted_root *root = root_at(s, *ref);
    uint32_t need = cell_bytes(key, value);
    for (;;) {
        struct path p;
        descend(s, root, key, &p);
        struct sorted_node *leaf = node_at(s, p.nodes[p.leaf]);
        uint32_t slot = p.slots[p.leaf];
        if (p.found && node_replace(s, leaf, slot, value)) return STATUS_OK;
        if (!node_has_room(leaf, need)) {
            bool grow = p.leaf == 0 && leaf->capacity_bytes < NODE_BYTES_MAX;
            TRY(grow ? top_grow(s, root, e) : path_split(s, root, &p, p.leaf, e));
            continue;
        }
        TRY(node_insert(s, leaf, slot, key, value, e));
        if (p.found) {
            node_remove(s, leaf, slot + 1); /* the old one */
        } else {
            state_write(s, root, sizeof *root);
            root->count++;
        }
        return STATUS_OK;
    }
}

struct str state_sorted_get(const struct state *s, state_ref ref, struct str key) {
    if (ref == 0) return (struct str){NULL, 0};
    struct path p;
    descend(s, root_at(s, ref), key, &p);
    if (!p.found) return (struct str){NULL, 0};
    return node_value(s, node_at(s, p.nodes[p.leaf]), p.slots[p.leaf]);
}

/* Frees the empty node at `level` and takes it out of its parent, upwards while that leaves one empty. */
static void path_prune(struct state *s, struct sorted_root *root, const struct path *p) {
    assert(node_at(s, p->nodes[p->leaf])->count == 0);
    leaf_unlink(s, node_at(s, p->nodes[p->leaf]));
    for (uint32_t level = p->leaf; level > 0 && node_at(s, p->nodes[level])->count == 0; level--) {
        node_free(s, p->nodes[level]);
        node_remove(s, node_at(s, p->nodes[level - 1]), p->slots[level - 1]);
    }
    while (root->height > 0 && node_at(s, root->top)->count == 1) {
        state_ref old = root->top;
        state_write(s, root, sizeof *root);
        root->top = node_child(s, node_at(s, old), 0);
        root->height--;
        node_free(s, old);
    }
}

bool state_sorted_remove(struct state *s, state_ref *ref, struct str key) {
    if (*ref == 0) return false;
    struct sorted_root *root = root_at(s, *ref);
    struct path p;
    descend(s, root, key, &p);
    if (!p.found) return false;
    struct sorted_node *leaf = node_at(s, p.nodes[p.leaf]);
    node_remove(s, leaf, p.slots[p.leaf]);
    assert(root->count > 0);
    state_write(s, root, sizeof *root);
    root->count--;
    if (root->count == 0)
        state_sorted_free(s, ref);
    else if (leaf->count == 0)
        path_prune(s, root, &p);
    return true;
}

uint64_t state_sorted_count(const struct state *s, state_ref root) {
    return root == 0 ? 0 : root_at(s, root)->count;
}

static void subtree_free(struct state *s, state_ref ref, uint64_t height) {
    assert(ref != 0 && height <= SORTED_HEIGHT_MAX);
    const struct sorted_node *n = node_at(s, ref);
    for (uint32_t i = 0; height > 0 && i < n->count; i++)
        subtree_free(s, node_child(s, n, i), height - 1);
    node_free(s, ref);
}

void state_sorted_free(struct state *s, state_ref *ref) {
    if (*ref == 0) return;
    struct sorted_root *root = root_at(s, *ref);
    subtree_free(s, root->top, root->height);
    slab_free(s, *ref, sizeof *root);
    state_write(s, ref, sizeof *ref);
    *ref = 0;
}

/* ---- cursors ---- */

bool state_sorted_seek(const struct state *s, state_ref root, struct str key,
                       struct sorted_cursor *ret) {
    if (root == 0) return false;
    struct path p;
    descend(s, root_at(s, root), key, &p);
    *ret = (struct sorted_cursor){root, p.nodes[p.leaf], p.slots[p.leaf]};
    const struct sorted_node *n = node_at(s, ret->leaf);
    if (ret->slot < n->count) return true;
    if (n->next == 0) return false;
    assert(node_at(s, n->next)->count > 0);
    *ret = (struct sorted_cursor){root, n->next, 0};
    return true;
}

bool state_sorted_last(const struct state *s, state_ref root, struct sorted_cursor *ret) {
    if (root == 0) return false;
    state_ref ref = root_at(s, root)->top;
    for (uint64_t h = root_at(s, root)->height; h > 0; h--) {
        const struct sorted_node *n = node_at(s, ref);
        ref = node_child(s, n, n->count - 1U);
    }
    assert(node_at(s, ref)->count > 0);
    *ret = (struct sorted_cursor){root, ref, node_at(s, ref)->count - 1U};
    return true;
}

bool state_sorted_next(const struct state *s, struct sorted_cursor *c) {
    assert(c->slot < node_at(s, c->leaf)->count);
    const struct sorted_node *n = node_at(s, c->leaf);
    if (c->slot + 1 < n->count) {
        c->slot++;
        return true;
    }
    if (n->next == 0) return false;
    c->leaf = n->next;
    c->slot = 0;
    return true;
}

bool state_sorted_prev(const struct state *s, struct sorted_cursor *c) {
    assert(c->slot < node_at(s, c->leaf)->count);
    if (c->slot > 0) {
        c->slot--;
        return true;
    }
    const struct sorted_node *n = node_at(s, c->leaf);
    if (n->prev == 0) return false;
    c->leaf = n->prev;
    c->slot = node_at(s, c->leaf)->count - 1U;
    return true;
}

struct str state_sorted_key(const struct state *s, const struct sorted_cursor *c) {
    return node_key(s, node_at(s, c->leaf), c->slot);
}

struct str state_sorted_value(const struct state *s, const struct sorted_cursor *c) {
    return node_value(s, node_at(s, c->leaf), c->slot);
}
