/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WEIR_OP_DICT_H
#define WEIR_OP_DICT_H

#include "base/arena.h"
#include "base/status.h"
#include "vec/vec.h"

/*
 * dict: columns of an output batch as dictionaries over columns of the input batch: row i of the
 * output shows input row index[i]. Nothing is copied; valid while the input batch and the index are.
 */
struct dict;

enum status dict_new(struct arena *a, uint32_t column_count, struct dict **ret);
/*
 * Makes out[i] a dictionary over in[columns[i]] (columns NULL: in[i]) for count rows. An input that
 * is a dictionary itself is seen through by a composed index.
 */
enum status dict_make(struct dict *d, struct vec *const *in, const uint32_t *columns, const uint32_t *index,
                      uint32_t count, struct vec **out);

#endif
