/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WEIR_FORMAT_CSV_H
#define WEIR_FORMAT_CSV_H

#include "base/buf.h"
#include "format/formats.h"

/* csv: what reading and writing share: the dialect (csv_options.c), and cutting records into fields (csv_record.c). */

struct csv_dialect {
    char delimiter;
    int quote;             /* -1: none */
    int escape;            /* -1: none */
    bool comments, trim, ignore_unmappable, trailing_comma, fail_on_missing, empty_is_null, ignore_errors;
    struct str null_literal; /* at == NULL: none */
    char element_delimiter;
};

enum status csv_dialect_new(const struct options *o, struct csv_dialect *ret, struct error *e);

/* One field of a record, its quotes and escapes gone. */
struct csv_field {
    const char *at;
    uint32_t size;
    uint32_t text_from;    /* while reading: at == NULL means text[text_from..) */
};

struct csv_record {
    struct csv_field *fields;
    uint32_t capacity;     /* columns of the table */
    uint32_t count;        /* fields found, at most capacity */
    bool too_many;
    bool high;             /* some byte is above 0x7f */
    const char *bad;       /* malformed: what is wrong; NULL: fine */
    struct buf text;       /* bytes of fields that had quotes or escapes */
};

/*
 * Reads the record at p. Returns behind its line end; NULL when it is not complete and more input may
 * come (!last). A malformed record is read to its line's end.
 */
const char *csv_record_read(const struct csv_dialect *d, struct csv_record *r, const char *p, const char *end, bool last);
/* Behind the comments and blank lines at p (dialects with comments); *ret_more: the end of input was met on the way. */
const char *csv_skip_comments(const struct csv_dialect *d, const char *p, const char *end, bool last, bool *ret_more);

#endif
