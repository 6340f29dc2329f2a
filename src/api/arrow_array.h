/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WEIR_API_ARROW_ARRAY_H
#define WEIR_API_ARROW_ARRAY_H

#include "base/error.h"
#include "vec/batch.h"

#include "weir.h"

/*
 * arrow_array: the rows of a batch as one Arrow struct array that owns its buffers, so it outlives the
 * batch, which is only lent. The caller releases it. The schema is arrow_schema_new's.
 */
enum status arrow_array_new(const struct batch *b, const struct str *names, bool changelog, struct ArrowArray *ret, struct error *e);

#endif
