/* SPDX-License-Identifier: Apache-2.0 */
/* file_split: the stored form of a range of a file (version 1), and what a path says of partitions. */
#include "connector/filesystem/file_split.h"

#include <string.h>

struct stored {
    uint8_t version, aligned, zero[2];
    uint32_t rows_given;
    uint64_t offset, end, size_bytes;
    int64_t modified_us;
};

void file_split_write(struct buf *out, const struct file_split *s) {
    struct stored head = {1, s->aligned, {0}, s->rows_given, s->offset, s->end, s->size_bytes, s->modified_us};
    buf_append(out, &head, sizeof head);
    buf_str(out, s->path);
}

enum status file_split_read(struct arena *a, struct str bytes, struct file_split *ret, struct error *e) {
    struct stored head;
    if (bytes.size_bytes < sizeof head || bytes.at[0] != 1)
        return error_set(e, STATUS_CORRUPT, "filesystem: a read position is damaged or of another version.");
    memcpy(&head, bytes.at, sizeof head);
    struct str path = arena_str(a, (struct str){bytes.at + sizeof head, bytes.size_bytes - sizeof head});
    if (path.at == NULL) return error_no_memory(e, bytes.size_bytes);
    if (head.offset > head.end) return error_set(e, STATUS_CORRUPT, "filesystem: a read position of '%.*s' is damaged.", STR_ARG(path));
    *ret = (struct file_split){path, head.offset, head.end, head.size_bytes, head.modified_us, head.aligned != 0, head.rows_given};
    return STATUS_OK;
}

int file_split_compare(struct str a, struct str b) {
    struct stored x, y;
    if (a.size_bytes < sizeof x || b.size_bytes < sizeof y) return str_compare(a, b);
    memcpy(&x, a.at, sizeof x);
    memcpy(&y, b.at, sizeof y);
    int c = str_compare((struct str){a.at + sizeof x, a.size_bytes - sizeof x}, (struct str){b.at + sizeof y, b.size_bytes - sizeof y});
    return c != 0 ? c : (x.offset > y.offset) - (x.offset < y.offset);
}

static int hex_digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool decode_value(struct arena *a, struct str s, struct str *ret) {
    char *out = arena_bytes(a, s.size_bytes + 1);
    if (out == NULL) return false;
    size_t n = 0;
    for (size_t i = 0; i < s.size_bytes; i++) {
        bool escape = s.at[i] == '%' && i + 2 < s.size_bytes && hex_digit(s.at[i + 1]) >= 0 && hex_digit(s.at[i + 2]) >= 0;
        out[n++] = escape ? (char)(hex_digit(s.at[i + 1]) << 4 | hex_digit(s.at[i + 2])) : s.at[i];
        if (escape) i += 2;
    }
    *ret = (struct str){out, n};
    return true;
}

bool file_partition_value(struct arena *a, struct str path, struct str key, struct str *ret) {
    for (size_t from = 0, i = 0; i < path.size_bytes; i++) {
        if (path.at[i] != '/') continue;
        struct str name = {path.at + from, i - from};
        from = i + 1;
        if (name.size_bytes <= key.size_bytes || name.at[key.size_bytes] != '=' || memcmp(name.at, key.at, key.size_bytes) != 0) continue;
        return decode_value(a, (struct str){name.at + key.size_bytes + 1, name.size_bytes - key.size_bytes - 1}, ret);
    }
    return false;
}
