/* SPDX-License-Identifier: Apache-2.0 */
/* file_partition: directories of partition values, escaped as Flink's PartitionPathUtils does. */
#include "connector/filesystem/file_sink.h"

#include "vec/value.h"

static bool is_special(unsigned char c) {
    return c < 0x20 || c == 0x7f || (c < 0x80 && strchr("\"#%'*/:=?\\{[]^", c) != NULL);
}

static void append_escaped(struct buf *out, struct str s) {
    static const char hex[] = "0123456789ABCDEF";
    for (size_t i = 0; i < s.size_bytes; i++) {
        unsigned char c = (unsigned char)s.at[i];
        if (!is_special(c)) {
            buf_char(out, s.at[i]);
            continue;
        }
        buf_char(out, '%');
        buf_char(out, hex[c >> 4]);
        buf_char(out, hex[c & 15]);
    }
}

void file_partition_append(struct buf *out, struct str key, struct str value) {
    append_escaped(out, key);
    buf_char(out, '=');
    append_escaped(out, value);
    buf_char(out, '/');
}

void file_partition_text(struct buf *out, const struct vec *v, uint32_t row) {
    if (v->type->root == TYPE_DATE) buf_i64(out, VEC_VALUE(v, int32_t, row));
    else value_print_java(out, v, row);
}
