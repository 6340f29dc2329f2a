/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WEIR_STATE_SNAPSHOT_FORMAT_H
#define WEIR_STATE_SNAPSHOT_FORMAT_H

#include <stdint.h>

/* The parts of a page file, as they lie in it. Internal to src/state. */

#define SNAPSHOT_MAGIC     UINT64_C(0x31504e5352494557) /* "WEIRSNP1" */
#define SNAPSHOT_END_MAGIC UINT64_C(0x31444e4552494557) /* "WEIREND1" */
enum { SNAPSHOT_VERSION = 1 };

struct snapshot_header {
    uint64_t magic;
    uint32_t version, page_bytes;
    uint64_t epoch, base_epoch;
    uint64_t chain_pages; /* in the files since the full one, this one included */
    uint32_t page_high, page_count;
    uint32_t max_parallelism, key_group_begin, key_group_end;
    uint32_t zero;
    uint64_t
        hash_probe; /* hash of a fixed text: keys are found by hash, so it must be the same one */
    uint64_t checksum; /* of all before */
};

struct snapshot_page {
    uint64_t page;
    uint64_t checksum; /* of the bytes, seeded with the page number */
};

struct snapshot_trailer {
    uint64_t magic;
    uint64_t page_count;
    uint64_t checksum; /* of all page checksums, in order */
};

#endif
