/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WEIR_SHELL_HISTORY_H
#define WEIR_SHELL_HISTORY_H

#include "base/arena.h"
#include "base/error.h"
#include "env/env.h"

/*
 * history: the statements that were entered, oldest first, whole ones with their line ends, kept in a file
 * between runs. An entry is one line of the file, with \n and \\ for what would break it. Several shells may
 * append to one file.
 */
struct history;

enum { HISTORY_ENTRIES_MAX = 5000, HISTORY_ENTRY_BYTES_MAX = 64 * 1024 };

/* path.at == NULL: kept in memory only. A file that cannot be read is an empty history. */
enum status history_new(struct env *env, struct str path, struct history **ret, struct error *e);
void history_free(struct history *h);
uint32_t history_count(const struct history *h);
struct str history_at(const struct history *h, uint32_t index);
/* Appends, also to the file; the same entry twice in a row is one, blanks around it are dropped. */
enum status history_add(struct history *h, struct str text, struct error *e);

#endif
