/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WEIR_CONNECTOR_SCAN_LAYOUT_H
#define WEIR_CONNECTOR_SCAN_LAYOUT_H

#include "io/source.h"

/*
 * scan_layout: which output columns of a scan the format decodes and which the connector fills
 * itself (metadata and partition columns), for connectors that read a format.
 */
struct scan_extra {
    uint32_t output;
    struct str key;          /* metadata key, or the partition column's name */
    bool partition;
};

struct scan_layout {
    const struct format_impl *format;
    struct decode_target target;
    struct scan_extra *extras;
    uint32_t extra_count;
    uint32_t *decoded;       /* output index of each decoded column */
    bool header;             /* the first line of an input is not data */
    struct vec **view;       /* those columns of the batch being filled */
};

/* partitioned: columns of PARTITIONED BY are not in the file. */
enum status scan_layout_new(const struct source_context *c, bool partitioned, void (*on_bad)(void *, const struct bad_record *), void *bad_context,
                            struct scan_layout **ret, struct error *e);
/* Decodes into the decoded columns of out; as decoder_ops.decode. */
enum status scan_layout_decode(struct scan_layout *l, struct decoder *d, struct str bytes, bool last, struct batch_buffer *out, size_t *ret_used, struct error *e);

#endif
