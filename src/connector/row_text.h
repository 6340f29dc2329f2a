/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WEIR_CONNECTOR_ROW_TEXT_H
#define WEIR_CONNECTOR_ROW_TEXT_H

#include "base/buf.h"
#include "vec/batch.h"

/* One change as Flink's Row.toString: "+I[a, null, 2.0]". */
void row_text_print(struct buf *out, const struct batch *b, uint32_t row);

#endif
