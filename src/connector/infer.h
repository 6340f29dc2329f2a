/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WEIR_CONNECTOR_INFER_H
#define WEIR_CONNECTOR_INFER_H

#include "base/arena.h"
#include "base/error.h"
#include "catalog/table.h"
#include "env/env.h"

/*
 * infer: a table from the first rows of an input: JSON lines, CSV with a header line (the delimiter
 * is found out), or else plain lines (one column `line`). The table has its columns and WITH options
 * (connector, format and what else reading needs), so it is used like a declared one.
 */

/* bytes: the beginning of the input; whole: there is nothing behind them. connector "stdin" or "filesystem" with its path. */
enum status infer_table(struct arena *a, struct types *types, struct str bytes, bool whole, const char *connector, struct str path,
                        struct table **ret, struct error *e);
/* The same of a file (``FROM `data/orders.jsonl` ``); a directory or glob by its first file. */
enum status infer_file(struct env *env, struct arena *a, struct types *types, struct str path, struct table **ret, struct error *e);
/* The same of standard input: waits for the first rows, which are given back to the stream (env_unread). */
enum status infer_stdin(struct env *env, struct arena *a, struct types *types, struct table **ret, struct error *e);

#endif
