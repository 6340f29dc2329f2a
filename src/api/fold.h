/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WEIR_API_FOLD_H
#define WEIR_API_FOLD_H

#include "base/arena.h"
#include "base/status.h"
#include "vec/batch.h"

/*
 * fold: a changelog of texts folded into the table it describes: additions append, retractions take
 * out the latest equal row. With a key (upsert changelogs have no -U) an addition replaces the row
 * of the same key.
 */
struct fold;

struct fold *fold_new(struct arena *a);
/* key.at == NULL: the row itself is the key of retractions, additions never replace. */
enum status fold_apply(struct fold *f, enum row_kind kind, struct str key, struct str row);
uint32_t fold_count(const struct fold *f);
/* Present rows in the order they were added; at == NULL: index is a removed one. index < fold_slots. */
uint32_t fold_slots(const struct fold *f);
struct str fold_at(const struct fold *f, uint32_t slot);

#endif
