/* SPDX-License-Identifier: Apache-2.0 */
/*
 * type_text: the texts of logical types, in the three forms that Flink has: summary (STRING,
 * TIMESTAMP_LTZ(3), time attributes marked), plain (the same without the mark) and serializable
 * (VARCHAR(2147483647), TIMESTAMP(3) WITH LOCAL TIME ZONE), which is SQL again.
 *
 * A nullable type shows no suffix, a not-null one " NOT NULL"; the time attribute stands behind it.
 */
#include "type/type.h"

#include <assert.h>

enum form { FORM_SUMMARY, FORM_PLAIN, FORM_SERIALIZABLE };

static void type_print(struct buf *out, const struct type *t, enum form form);

static void quoted(struct buf *out, struct str s, char quote)
{
    buf_char(out, quote);
    for (size_t i = 0; i < s.size_bytes; i++) {
        if (s.at[i] == quote) buf_char(out, quote);
        buf_char(out, s.at[i]);
    }
    buf_char(out, quote);
}

static void interval_text(struct buf *out, const struct type *t)
{
    switch (t->interval) {
    case INTERVAL_YEAR: buf_format(out, "INTERVAL YEAR(%d)", t->precision); break;
    case INTERVAL_YEAR_TO_MONTH: buf_format(out, "INTERVAL YEAR(%d) TO MONTH", t->precision); break;
    case INTERVAL_MONTH: buf_text(out, "INTERVAL MONTH"); break;
    case INTERVAL_DAY: buf_format(out, "INTERVAL DAY(%d)", t->precision); break;
    case INTERVAL_DAY_TO_HOUR: buf_format(out, "INTERVAL DAY(%d) TO HOUR", t->precision); break;
    case INTERVAL_DAY_TO_MINUTE: buf_format(out, "INTERVAL DAY(%d) TO MINUTE", t->precision); break;
    case INTERVAL_DAY_TO_SECOND: buf_format(out, "INTERVAL DAY(%d) TO SECOND(%d)", t->precision, t->scale); break;
    case INTERVAL_HOUR: buf_text(out, "INTERVAL HOUR"); break;
    case INTERVAL_HOUR_TO_MINUTE: buf_text(out, "INTERVAL HOUR TO MINUTE"); break;
    case INTERVAL_HOUR_TO_SECOND: buf_format(out, "INTERVAL HOUR TO SECOND(%d)", t->scale); break;
    case INTERVAL_MINUTE: buf_text(out, "INTERVAL MINUTE"); break;
    case INTERVAL_MINUTE_TO_SECOND: buf_format(out, "INTERVAL MINUTE TO SECOND(%d)", t->scale); break;
    case INTERVAL_SECOND: buf_format(out, "INTERVAL SECOND(%d)", t->scale); break;
    }
}

static void fields_text(struct buf *out, const struct type *t, enum form form)
{
    for (uint32_t i = 0; i < t->child_count; i++) {
        const struct type_field *f = &t->children[i];
        if (i > 0) buf_text(out, ", ");
        quoted(out, f->name, '`');
        buf_char(out, ' ');
        type_print(out, f->type, form);
        if (f->comment.at == NULL) continue;
        buf_char(out, ' ');
        quoted(out, f->comment, '\'');
    }
}

static void nested_text(struct buf *out, const struct type *t, enum form form)
{
    switch (t->root) {
    case TYPE_ARRAY: buf_text(out, "ARRAY<"); break;
    case TYPE_MULTISET: buf_text(out, "MULTISET<"); break;
    case TYPE_MAP: buf_text(out, "MAP<"); break;
    default: buf_text(out, "ROW<"); break;
    }
    if (t->root == TYPE_ROW) {
        fields_text(out, t, form);
    } else {
        type_print(out, t->children[0].type, form);
        if (t->root == TYPE_MAP) {
            buf_text(out, ", ");
            type_print(out, t->children[1].type, form);
        }
    }
    buf_char(out, '>');
}

static void length_text(struct buf *out, const struct type *t, enum form form)
{
    if (t->length == TYPE_LENGTH_MAX && form != FORM_SERIALIZABLE && t->root == TYPE_VARCHAR) {
        buf_text(out, "STRING");
    } else if (t->length == TYPE_LENGTH_MAX && form != FORM_SERIALIZABLE && t->root == TYPE_VARBINARY) {
        buf_text(out, "BYTES");
    } else {
        buf_format(out, "%s(%d)", type_root_name(t->root), t->length);
    }
}

static void name_text(struct buf *out, const struct type *t, enum form form)
{
    switch (t->root) {
    case TYPE_CHAR: case TYPE_VARCHAR: case TYPE_BINARY: case TYPE_VARBINARY: length_text(out, t, form); break;
    case TYPE_DECIMAL: buf_format(out, "DECIMAL(%d, %d)", t->precision, t->scale); break;
    case TYPE_INT: buf_text(out, "INT"); break;
    case TYPE_TIME: buf_format(out, "TIME(%d)", t->precision); break;
    case TYPE_TIMESTAMP: buf_format(out, "TIMESTAMP(%d)", t->precision); break;
    case TYPE_TIMESTAMP_LTZ:
        buf_format(out, form == FORM_SERIALIZABLE ? "TIMESTAMP(%d) WITH LOCAL TIME ZONE" : "TIMESTAMP_LTZ(%d)", t->precision);
        break;
    case TYPE_INTERVAL_YM: case TYPE_INTERVAL_DT: interval_text(out, t); break;
    case TYPE_ARRAY: case TYPE_MULTISET: case TYPE_MAP: case TYPE_ROW: nested_text(out, t, form); break;
    default: buf_text(out, type_root_name(t->root)); break;
    }
}

/* The depth is bounded by TYPE_DEPTH_MAX, which the parser checks before a type is made. */
static void type_print(struct buf *out, const struct type *t, enum form form)
{
    assert(t != NULL);
    name_text(out, t, form);
    if (!t->nullable) buf_text(out, " NOT NULL");
    if (form != FORM_SUMMARY || t->time_attr == TIME_ATTR_NONE) return;
    buf_text(out, t->time_attr == TIME_ATTR_ROWTIME ? " *ROWTIME*" : " *PROCTIME*");
}

void type_summary(struct buf *out, const struct type *t) { type_print(out, t, FORM_SUMMARY); }

void type_plain(struct buf *out, const struct type *t) { type_print(out, t, FORM_PLAIN); }

void type_serializable(struct buf *out, const struct type *t) { type_print(out, t, FORM_SERIALIZABLE); }

const char *type_root_name(enum type_root root)
{
    switch (root) {
    case TYPE_CHAR: return "CHAR";
    case TYPE_VARCHAR: return "VARCHAR";
    case TYPE_BOOLEAN: return "BOOLEAN";
    case TYPE_BINARY: return "BINARY";
    case TYPE_VARBINARY: return "VARBINARY";
    case TYPE_DECIMAL: return "DECIMAL";
    case TYPE_TINYINT: return "TINYINT";
    case TYPE_SMALLINT: return "SMALLINT";
    case TYPE_INT: return "INTEGER";
    case TYPE_BIGINT: return "BIGINT";
    case TYPE_FLOAT: return "FLOAT";
    case TYPE_DOUBLE: return "DOUBLE";
    case TYPE_DATE: return "DATE";
    case TYPE_TIME: return "TIME";
    case TYPE_TIMESTAMP: return "TIMESTAMP";
    case TYPE_TIMESTAMP_LTZ: return "TIMESTAMP_LTZ";
    case TYPE_INTERVAL_YM: return "INTERVAL_YEAR_MONTH";
    case TYPE_INTERVAL_DT: return "INTERVAL_DAY_TIME";
    case TYPE_ARRAY: return "ARRAY";
    case TYPE_MULTISET: return "MULTISET";
    case TYPE_MAP: return "MAP";
    case TYPE_ROW: return "ROW";
    case TYPE_NULL: return "NULL";
    }
    assert(!"unknown type root");
    return "?";
}
