/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WEIR_API_FOLD_H
#define WEIR_API_FOLD_H

#include "base/arena.h"
#include "base/status.h"
#include "vec/batch.h"

/*
 * fold: a changelog of texts folded into the table it describes: additions append, retractions take
 * out the latest equal row, whose place an update's +U takes. With a key (upsert changelogs have no -U) an addition replaces the row
 * of the same key. Memory follows the live rows, however many changes there were.
 */
struct fold;

/* NULL: no memory. updating false: only additions come, and nothing is kept to find rows by. */
struct fold *fold_new(bool updating);
void fold_free(struct fold *f);
/* key.at == NULL: the row itself is the key of retractions, additions never replace. */
enum status fold_apply(struct fold *f, enum row_kind kind, struct str key, struct str row);
/* Takes out the row that was added first. */
void fold_drop_first(struct fold *f);
uint32_t fold_count(const struct fold *f);
/* Present rows in the order they were added; at == NULL: index is a removed one. index < fold_slots. Valid until the next change. */
uint32_t fold_slots(const struct fold *f);
struct str fold_at(const struct fold *f, uint32_t slot);

#endif
