/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WEIR_CLI_SHEET_H
#define WEIR_CLI_SHEET_H

#include "api/fold.h"
#include "plan/plan.h"

/*
 * sheet: a SELECT's rows as texts, ready to be printed as a table: the table that the changes describe (in the order
 * of the query's ORDER BY), or the changes themselves with a column `op` in front. Bounded: beyond rows_max the
 * oldest rows go.
 */
struct sheet;

/* The plan is lent. NULL: no memory. */
struct sheet *sheet_new(const struct plan *plan, bool changes, uint32_t rows_max);
void sheet_free(struct sheet *s);
enum status sheet_take(struct sheet *s, const struct batch *b, uint32_t row);
/* Forgets the rows. */
void sheet_clear(struct sheet *s);
uint32_t sheet_count(const struct sheet *s);
/* Rows that went because there were too many. */
uint64_t sheet_dropped(const struct sheet *s);
/* Names and alignment, with `op` where it is; column_count of each. */
const struct str *sheet_names(const struct sheet *s, uint32_t *ret_count, const bool **ret_right);
/*
 * Up to `limit` rows from the `skip`th on, in the arena, as rows of cells. They point into the sheet: valid
 * until the next change.
 */
enum status sheet_rows(const struct sheet *s, struct arena *a, uint32_t skip, uint32_t limit, struct str ***ret, uint32_t *ret_count);

#endif
