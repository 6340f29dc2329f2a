/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WEIR_IO_CODEC_H
#define WEIR_IO_CODEC_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/error.h"
#include "catalog/connector.h"
#include "type/timestamp.h"
#include "vec/batch.h"

#include <stdbool.h>
#include <stdint.h>

/*
 * codec: the interfaces of formats. A decoder turns bytes into rows of columns, an encoder rows into
 * bytes. Implementations live in format/<name>*.c; format/formats.c lists them.
 */

/* What happened to one bad record; the error policy decides, the decoder only tells. */
struct bad_record {
    struct str source;        /* file or topic, set by the connector; at == NULL: unknown */
    uint64_t offset;          /* byte offset of the record in the input */
    struct str bytes;         /* its original bytes, valid during the call */
    const char *code;         /* error class: "malformed-json", "missing-field", "bad-number", ... */
    struct str column;        /* "" when none */
    struct str message;
};

enum error_mode { ERROR_MODE_FAIL, ERROR_MODE_IGNORE, ERROR_MODE_NULL_FIELD, ERROR_MODE_LOG };

struct decode_target {
    const struct type *row;              /* the produced row type (projected): fields by name */
    const struct type *const *types;     /* its column types */
    uint32_t column_count;
    /* nested projection: for output i the path of field names in the record; path_counts[i] >= 1 */
    struct str **paths; uint32_t *path_counts;
    const struct type *physical;         /* the table's whole physical row type: CSV needs all columns in order */
    const struct zone *zone;
    enum error_mode mode;
    const char *cpu_level;               /* "v2", "v3", "v4": run the kernels of this level (WEIR_ISA); NULL: the machine's best */
    bool whole_input;                    /* raw without delimiter: one record per input */
    void (*on_bad)(void *context, const struct bad_record *r); /* counts, logs; also for rows skipped by ignore-parse-errors */
    void *context;
};

struct decoder;

struct decoder_ops {
    /*
     * Decodes records from bytes[0..size) into out, starting at its row_count, until out is full or
     * the input is used up. Returns in *ret_used how many bytes were consumed (whole records only,
     * unless last: then the rest is a record too). starts, when not NULL, receives each row's byte
     * offset relative to bytes. STATUS_BAD_RECORD in mode FAIL, with file position left to the caller
     * (error says what; *ret_used points at the record).
     */
    enum status (*decode)(struct decoder *d, struct str bytes, bool last, struct batch_buffer *out,
                          uint64_t *starts, size_t *ret_used, struct error *e);
    void (*free)(struct decoder *d);
};

struct decoder {
    const struct decoder_ops *ops;
    uint64_t records, bad_records;
    /*
     * A record may hold more rows than a batch has room for: then decode stops in front of it, with the
     * rows that fitted in out, and goes on behind them in the next call for the same record. Part of the
     * read position: whoever begins anew at a record sets it to what has been read of it.
     */
    uint32_t rows_given;
};

struct encoder;

struct encoder_ops {
    /* Appends the encoded form of one row (with its kind, where the format has changelogs); ends with the record separator. */
    enum status (*encode)(struct encoder *n, const struct batch *b, uint32_t row, struct buf *out, struct error *e);
    void (*free)(struct encoder *n);
};

struct encoder {
    const struct encoder_ops *ops;
};

struct format_impl {
    const char *name;
    enum status (*decoder_new)(struct arena *a, const struct options *o, const struct decode_target *t, struct decoder **ret, struct error *e);
    enum status (*encoder_new)(struct arena *a, const struct options *o, const struct type *row, const struct str *names, const struct zone *zone, struct encoder **ret, struct error *e);
};

/* By name; NULL when there is none. In format/formats.c. */
const struct format_impl *format_impl_find(struct str name);

#endif
