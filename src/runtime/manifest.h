/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WEIR_RUNTIME_MANIFEST_H
#define WEIR_RUNTIME_MANIFEST_H

#include "base/buf.h"
#include "runtime/part.h"

/*
 * manifest: the bytes that say what a checkpoint consists of. Little-endian, versioned, with a
 * checksum over everything before it at the end. The decoder takes any bytes from anybody: every
 * size is checked against what is left, and a wrong byte anywhere is found by the checksum.
 *
 *   "WEIRCKPT" u32 version u32 flags u64 epoch u32 max_parallelism u32 part_count  parts  u64 checksum
 *   part: u8 kind u8 unassigned u16 0 u32 subtask u32 parallelism u64 offset u64 size u64 checksum
 *         and four strings (u32 size, bytes): uid label file bytes
 */
enum { MANIFEST_VERSION = 1, MANIFEST_PARTS_MAX = 1 << 22 };
enum manifest_flags { MANIFEST_SAVEPOINT = 1 };

struct manifest {
    uint32_t flags, max_parallelism;
    uint64_t epoch;
    struct list parts; /* struct part, in the arena; strings point into the bytes */
};

/* out->failed tells of missing memory. */
void manifest_encode(struct buf *out, const struct manifest *m);
/* STATUS_CORRUPT for anything that manifest_encode did not write. */
enum status manifest_decode(struct arena *a, struct str bytes, struct manifest *ret, struct error *e);

#endif
