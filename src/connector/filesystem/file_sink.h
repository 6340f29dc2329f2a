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

/* `key=value/` as Flink escapes it. */
void file_partition_append(struct buf *out, struct str key, struct str value);
/* Partition text of a value: Flink's internal form (DATE as days). */
void file_partition_text(struct buf *out, const struct vec *v, uint32_t row);

#endif
