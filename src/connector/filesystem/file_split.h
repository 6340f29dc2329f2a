/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WEIR_CONNECTOR_FILESYSTEM_FILE_SPLIT_H
#define WEIR_CONNECTOR_FILESYSTEM_FILE_SPLIT_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/error.h"

#include <stdbool.h>
#include <stdint.h>

/*
 * file_split: a range of a file: the records that begin in [offset, end). An aligned split begins at
 * a record; another one skips to the first record behind a line end (the previous split reads on).
 */
struct file_split {
    struct str path;
    uint64_t offset, end;
    uint64_t size_bytes;     /* of the file, when it was found */
    int64_t modified_us;
    bool aligned;
    uint32_t rows_given;     /* of the record at offset, by the reader before */
};

void file_split_write(struct buf *out, const struct file_split *s);
/* Reading order of two written splits: by path, then by offset. */
int file_split_compare(struct str a, struct str b);
enum status file_split_read(struct arena *a, struct str bytes, struct file_split *ret, struct error *e);

/* path and partition names: the value of `key=value` among the path's directories; false: none. %XX is decoded into the arena. */
bool file_partition_value(struct arena *a, struct str path, struct str key, struct str *ret);

#endif
