/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WEIR_CONNECTOR_FILESYSTEM_FILE_SINK_H
#define WEIR_CONNECTOR_FILESYSTEM_FILE_SINK_H

#include "base/arena.h"
#include "base/buf.h"
#include "io/sink.h"

/*
 * What the file writer and its committer share. A part file is written as
 * `.part-<uid>-<subtask>-<n>.inprogress` and renamed to `part-<uid>-<subtask>-<n>` when it is
 * committed. Committables, as text with a first letter: "F<directory>\n<name>" publishes a part file,
 * "S<file>" writes the success file of a complete partition.
 */

/*
 * A writer's state: counter and uid of its next file, then each file in progress: length, times, then the
 * texts of directory and name.
 */
struct stored_writer {
    uint64_t counter;
    uint32_t subtask, parts;
    char uid[32];
};
struct stored_part {
    uint64_t length;
    int64_t created_us, written_us;
    uint32_t directory_bytes, name_bytes;
};
/* The table's directory; ends with '/'. */
enum status file_sink_root(const struct sink_context *c, struct str *ret, struct error *e);
/* Cuts the head, then one part after the other, off the front of a state; STATUS_CORRUPT when it is not there. */
enum status stored_writer_read(struct str *state, struct stored_writer *ret, struct error *e);
enum status stored_part_read(struct str *state, struct stored_part *ret, struct str *ret_directory, struct str *ret_name, struct error *e);

/* `key=value/` as Flink escapes it. */
void file_partition_append(struct buf *out, struct str key, struct str value);
/* Partition text of a value: Flink's internal form (DATE as days). */
void file_partition_text(struct buf *out, const struct vec *v, uint32_t row);

#endif
