/* SPDX-License-Identifier: Apache-2.0 */
/* row_text: a change as Flink's Row.toString prints it, for print and values. */
#include "connector/row_text.h"

#include "vec/value.h"

void row_text_print(struct buf *out, const struct batch *b, uint32_t row) {
    buf_text(out, row_kind_text(batch_kind(b, row)));
    buf_char(out, '[');
    for (uint32_t i = 0; i < b->column_count; i++) {
        if (i > 0) buf_text(out, ", ");
        value_print_java(out, b->columns[i], row);
    }
    buf_char(out, ']');
}
