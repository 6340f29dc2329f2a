/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WEIR_STATE_SAVEPOINT_FORMAT_H
#define WEIR_STATE_SAVEPOINT_FORMAT_H

#include <stdint.h>

/*
 * The logical form of a state. Internal to src/state (and its fuzz target).
 *
 * The bytes come in frames {size, checksum seeded with the frame's number, bytes}; a frame of size 0
 * ends the stream. Within, little-endian numbers of 8 bytes throughout:
 *   magic, version, max parallelism
 *   OBJECT kind mode key_bytes singleton has_ttl field_count name_size text_size, field kinds, name, text
 *     ENTRY key_size key touch_time, then per field: WORD 1 number, WIDE 2, BLOB size bytes (NONE:
 *       absent), SORTED count {key_size value_size key value}, LIST count {size bytes}
 *     MAP id: of a family; the entries behind it belong to it
 *     TIMER time key_size key
 *     ROW size bytes
 *   END
 */

#define SAVEPOINT_MAGIC UINT64_C(0x3156415352494557) /* "WEIRSAV1" */
#define SAVEPOINT_NONE  UINT64_MAX
enum { SAVEPOINT_VERSION = 1, SAVEPOINT_FRAME_BYTES = 1 << 16, SAVEPOINT_BYTES_MAX = 1 << 30 };
enum savepoint_tag {
    SAVEPOINT_END = 1,
    SAVEPOINT_OBJECT,
    SAVEPOINT_ENTRY,
    SAVEPOINT_MAP,
    SAVEPOINT_TIMER,
    SAVEPOINT_ROW
};

struct savepoint_frame {
    uint64_t size_bytes;
    uint64_t checksum;
};

#endif
