/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WEIR_CONNECTOR_FILESYSTEM_FILE_PRUNE_H
#define WEIR_CONNECTOR_FILESYSTEM_FILE_PRUNE_H

#include "io/source.h"

/* file_prune: which files a condition on partition columns leaves out, by their paths alone. */
struct file_prune;

/* *ret is NULL when the scan has no such condition. Everything lives in the context's arena but what file_prune_free frees. */
enum status file_prune_new(const struct source_context *c, struct file_prune **ret, struct error *e);
void file_prune_free(struct file_prune *p);
/* May the file hold rows that are wanted? A value that cannot be read is wanted, so that reading it says what is wrong. */
bool file_prune_keeps(struct file_prune *p, struct str path);

#endif
