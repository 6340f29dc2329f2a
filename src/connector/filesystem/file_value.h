/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WEIR_CONNECTOR_FILESYSTEM_FILE_VALUE_H
#define WEIR_CONNECTOR_FILESYSTEM_FILE_VALUE_H

#include "base/arena.h"
#include "base/error.h"
#include "vec/vec.h"

/* file_value: values that come from a file's path and properties, the same for many rows. */

/* The rows [from, to) become one text, or one number by the column's type. */
void file_rows_set(struct vec *v, uint32_t from, uint32_t to, const struct strv *text, int64_t number);
/*
 * The rows become the value that the path gives the partition column `key`, by the column's type; NULL where
 * the path has none, or the name that stands for NULL. Scratch memory comes from a.
 */
enum status file_partition_set(struct arena *a, struct str path, struct str default_name, struct str key, struct vec *v, uint32_t from, uint32_t to,
                               struct error *e);

#endif
