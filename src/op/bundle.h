/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WEIR_OP_BUNDLE_H
#define WEIR_OP_BUNDLE_H

#include "agg/agg.h"
#include "state/state.h"
#include "vec/row.h"

/*
 * bundle: the keys of a mini-batch (or of a stretch of windows) in the order they first came, each
 * with accumulators of its own in plain memory: Flink's map of a MapBundleOperator. It is emptied
 * before every barrier, so nothing of it is stored; blobs, sets and lists that accumulators refer to
 * lie in the operator's region until then. In steady state nothing is allocated.
 *
 * bundle_order brings the keys into the order in which Flink's map gives them: by java.util.HashMap's
 * buckets over the hash codes of BinaryRowData. It is visible: bundles of later operators end after a
 * number of rows, so what comes first decides what falls into them.
 */
struct bundle_sorter;

struct bundle {
    struct agg_set *set;      /* NULL: keys only */
    struct state *state;
    uint32_t words;           /* of accumulators per key */
    uint32_t count, capacity; /* keys */
    struct buf keys;          /* row bytes back to back */
    uint32_t *offsets;        /* capacity + 1 */
    uint64_t *hashes;
    uint64_t *accs;
    uint32_t *slots;          /* open addressing: key number + 1; 0 free */
    uint32_t slot_mask;
    uint32_t buckets;         /* of Flink's map, which never shrinks */
    struct bundle_sorter *sorter; /* made by the first bundle_order */
};

/* set may be NULL; it stays the caller's. */
void bundle_init(struct bundle *b, struct agg_set *set, struct state *s);
void bundle_deinit(struct bundle *b);
/*
 * The numbers of keys [from, from + count) of a batch, which are added when they are new. A new key's
 * accumulators are in their initial state; its number is at least what `count` was before.
 */
enum status bundle_add(struct bundle *b, const struct row_keys *keys, uint32_t from, uint32_t count, uint32_t *ret_numbers);
/* Valid until the next bundle_add. */
static inline uint64_t *bundle_value(const struct bundle *b, uint32_t number) {
    return b->accs + (size_t)number * b->words;
}
static inline const char *bundle_key(const struct bundle *b, uint32_t number) { return b->keys.at + b->offsets[number]; }
/* Keys [from, from + count) as the state's maps take them; valid until the next change. */
struct row_keys bundle_keys(const struct bundle *b, uint32_t from, uint32_t count);
/*
 * Renumbers the keys in Flink's order; layout is theirs. (*ret_was)[i], unless ret_was is NULL: the
 * number that key i had. Keys without a hash code stay as they are (*ret_was NULL). To be followed by
 * bundle_clear, before any bundle_add.
 */
enum status bundle_order(struct bundle *b, const struct row_layout *layout, const uint32_t **ret_was);
void bundle_sorter_free(struct bundle_sorter *s); /* for bundle_deinit; takes NULL */
/* Forgets all keys and frees what accumulators refer to. */
void bundle_clear(struct bundle *b);

#endif
