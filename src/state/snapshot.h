/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WEIR_STATE_SNAPSHOT_H
#define WEIR_STATE_SNAPSHOT_H

#include "state/state.h"

/*
 * snapshot: the page file of one checkpoint of one state, and the way back.
 *
 * Form, little-endian: header (with checksum), bitmap of used pages and its checksum, then per page
 * {page number, checksum, bytes}, then a trailer with the number of pages and a checksum over all
 * checksums. A full file holds all used pages, an incremental one those changed since its base; a
 * chain is a full file and the incremental ones built upon it, each on the one before.
 */

struct snapshot_info {
    uint64_t epoch; /* counts a state's snapshots; carried over by a restore */
    uint64_t
        base_epoch; /* the snapshot this one builds upon; 0: full, earlier files are not needed */
    uint64_t pages; /* in the file */
    uint64_t used_pages; /* in the region */
};
void snapshot_info(const struct snapshot *n, struct snapshot_info *ret);

/*
 * Makes ready what the first snapshot needs beside the state: the worker calls prepare, then any thread may
 * call warm, which has memory behind as many old pages as a checkpoint of SNAPSHOT_WARM_BYTES needs.
 */
enum { SNAPSHOT_WARM_BYTES = 24 << 20 };
enum status snapshot_prepare(struct state *s, struct error *e);
void snapshot_warm(struct state *s);

/* The next snapshot of s is a full one. Without this, one is taken when the chain is twice the state. */
void snapshot_force_full(struct state *s);

/*
 * Writes the page file; on any thread, once. STATUS_DECLINED when the worker had to overwrite pages
 * faster than they could be written and saved.
 */
enum status snapshot_write(struct snapshot *n, struct state_writer *w, struct error *e);

/*
 * A state from the files of a chain, oldest first. STATUS_CORRUPT for damaged files or a chain with a
 * gap, STATUS_STATE_MISMATCH for another layout or another share of the key groups.
 */
enum status state_restore(const struct state_config *c, struct state_reader *const *chain,
                          uint32_t count, struct state **ret, struct error *e);

#endif
