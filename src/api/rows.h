/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WEIR_API_ROWS_H
#define WEIR_API_ROWS_H

#include "base/error.h"
#include "plan/plan.h"
#include "vec/batch.h"

/* rows: batches that are made here, not by a job: tables of text, and the final table of a changelog. */

/* The rows of SHOW and its like: STRING columns, BOOLEAN where the table says so. */
enum status rows_of_table(struct arena *a, struct types *types, const struct text_table *t, const struct type **ret_row, struct batch_buffer **ret, struct error *e);
/* One row with one STRING: the text of EXPLAIN. */
enum status rows_of_text(struct arena *a, struct types *types, struct str text, const struct type **ret_row, struct batch_buffer **ret, struct error *e);

/* A changelog folded into the table that it describes, row by row as canonical bytes. */
struct row_fold;

enum status row_fold_new(const struct type *row, const uint32_t *keys, uint32_t key_count, struct row_fold **ret, struct error *e);
void row_fold_free(struct row_fold *f);
enum status row_fold_add(struct row_fold *f, const struct batch *b, struct error *e);
/* The next rows of the table, in the order in which they came; *ret NULL: no more. Valid until the next call. */
enum status row_fold_next(struct row_fold *f, const struct batch **ret, struct error *e);

#endif
