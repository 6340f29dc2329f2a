/* SPDX-License-Identifier: Apache-2.0 */
/*
 * file_value: partition values are texts in the names of folders. Reading rows and deciding which files
 * to read take them from here, so that both see the same value.
 */
#include "connector/filesystem/file_value.h"

#include "connector/filesystem/file_split.h"
#include "format/text_time.h"
#include "format/text_value.h"

#include <assert.h>

void file_rows_set(struct vec *v, uint32_t from, uint32_t to, const struct strv *text, int64_t number) {
    for (uint32_t row = from; row < to; row++) {
        if (text != NULL) VEC_DATA(v, struct strv)[row] = *text;
        else if (v->type->phys == PHYS_TS || type_is_timestamp(v->type)) vec_set_ts(v, row, ts_from_millis(number));
        else text_store_integer(v, row, number);
        vec_set_valid(v, row);
    }
}

static enum status not_fitting(struct str path, struct str key, struct str text, struct error *e) {
    return error_set(e, STATUS_BAD_RECORD, "Partition '%.*s=%.*s' of '%.*s' does not fit the column's type.", STR_ARG(key), STR_ARG(text), STR_ARG(path));
}

enum status file_partition_set(struct arena *a, struct str path, struct str default_name, struct str key, struct vec *v, uint32_t from, uint32_t to,
                               struct error *e) {
    struct str text;
    int64_t min, max, number;
    int32_t days;
    struct strv view;
    assert(from <= to);
    if (!file_partition_value(a, path, key, &text) || str_equal(text, default_name)) {
        for (uint32_t row = from; row < to; row++) vec_set_null(v, row);
        return STATUS_OK;
    }
    switch (v->type->root) {
    case TYPE_CHAR: case TYPE_VARCHAR:
        if (!strv_copy(v->heap, text, &view)) return error_no_memory(e, text.size_bytes);
        file_rows_set(v, from, to, &view, 0);
        return STATUS_OK;
    case TYPE_DATE:
        /* Flink writes the days since 1970, and people write dates. */
        if (text_integer(text, INT32_MIN, INT32_MAX, &number)) days = (int32_t)number;
        else if (!date_parse(text, &days)) return not_fitting(path, key, text, e);
        file_rows_set(v, from, to, NULL, days);
        return STATUS_OK;
    case TYPE_BOOLEAN:
        for (uint32_t row = from; row < to; row++) {
            VEC_DATA(v, uint8_t)[row] = str_equal_ignore_case(text, STR("true"));
            vec_set_valid(v, row);
        }
        return STATUS_OK;
    case TYPE_TINYINT: case TYPE_SMALLINT: case TYPE_INT: case TYPE_BIGINT:
        text_integer_range(v->type, &min, &max);
        if (!text_integer(text, min, max, &number)) return not_fitting(path, key, text, e);
        file_rows_set(v, from, to, NULL, number);
        return STATUS_OK;
    default: return error_set(e, STATUS_UNSUPPORTED, "Partition column '%.*s': type %s is not supported.", STR_ARG(key), type_root_name(v->type->root));
    }
}
