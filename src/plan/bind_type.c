/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bind_type: a written type to a logical type: one table of names with their parameters' ranges and
 * defaults, as Flink's parser and type system have them.
 */
#include "plan/bind.h"

#include "sql/foreign.h"

#include <assert.h>

enum type_form {
    FORM_SIMPLE,
    FORM_LENGTH,    /* default 1 */
    FORM_VARYING,   /* default unbounded */
    FORM_UNBOUNDED, /* STRING, BYTES */
    FORM_DECIMAL,
    FORM_TIME,      /* precision default 0 */
    FORM_TIMESTAMP, /* precision default 6 */
};

struct type_row {
    const char *name;
    enum type_root root;
    enum type_form form;
};

static const struct type_row type_rows[] = {
    {"CHAR", TYPE_CHAR, FORM_LENGTH},
    {"CHARACTER", TYPE_CHAR, FORM_LENGTH},
    {"VARCHAR", TYPE_VARCHAR, FORM_VARYING},
    {"CHAR VARYING", TYPE_VARCHAR, FORM_VARYING},
    {"CHARACTER VARYING", TYPE_VARCHAR, FORM_VARYING},
    {"STRING", TYPE_VARCHAR, FORM_UNBOUNDED},
    {"BOOLEAN", TYPE_BOOLEAN, FORM_SIMPLE},
    {"BINARY", TYPE_BINARY, FORM_LENGTH},
    {"VARBINARY", TYPE_VARBINARY, FORM_VARYING},
    {"BINARY VARYING", TYPE_VARBINARY, FORM_VARYING},
    {"BYTES", TYPE_VARBINARY, FORM_UNBOUNDED},
    {"DECIMAL", TYPE_DECIMAL, FORM_DECIMAL},
    {"DEC", TYPE_DECIMAL, FORM_DECIMAL},
    {"NUMERIC", TYPE_DECIMAL, FORM_DECIMAL},
    {"TINYINT", TYPE_TINYINT, FORM_SIMPLE},
    {"SMALLINT", TYPE_SMALLINT, FORM_SIMPLE},
    {"INT", TYPE_INT, FORM_SIMPLE},
    {"INTEGER", TYPE_INT, FORM_SIMPLE},
    {"BIGINT", TYPE_BIGINT, FORM_SIMPLE},
    {"FLOAT", TYPE_FLOAT, FORM_SIMPLE},
    {"REAL", TYPE_FLOAT, FORM_SIMPLE},
    {"DOUBLE", TYPE_DOUBLE, FORM_SIMPLE},
    {"DOUBLE PRECISION", TYPE_DOUBLE, FORM_SIMPLE},
    {"DATE", TYPE_DATE, FORM_SIMPLE},
    {"TIME", TYPE_TIME, FORM_TIME},
    {"TIME WITHOUT TIME ZONE", TYPE_TIME, FORM_TIME},
    {"TIMESTAMP", TYPE_TIMESTAMP, FORM_TIMESTAMP},
    {"TIMESTAMP WITHOUT TIME ZONE", TYPE_TIMESTAMP, FORM_TIMESTAMP},
    {"TIMESTAMP_LTZ", TYPE_TIMESTAMP_LTZ, FORM_TIMESTAMP},
    {"TIMESTAMP WITH LOCAL TIME ZONE", TYPE_TIMESTAMP_LTZ, FORM_TIMESTAMP},
    {"NULL", TYPE_NULL, FORM_SIMPLE},
};

static enum status argument_range(struct binder *b, const struct ast_type *t, uint32_t i, int32_t low, int32_t high, int32_t def, int32_t *ret) {
    *ret = i < t->argument_count ? t->arguments[i] : def;
    if (*ret >= low && *ret <= high) return STATUS_OK;
    return error_at(b->rel.error, STATUS_INVALID, t->span, "Parameter %d of type %.*s must be between %d and %d", *ret,
                    STR_ARG(t->name), low, high);
}

static enum status bind_simple_type(struct binder *b, const struct ast_type *t, const struct type_row *row, const struct type **ret) {
    struct types *p = b->rel.types;
    int32_t x = 0, y = 0;
    switch (row->form) {
    case FORM_SIMPLE: *ret = row->root == TYPE_NULL ? type_null(p) : type_simple(p, row->root, t->nullable); break;
    case FORM_LENGTH:
    case FORM_VARYING:
        TRY(argument_range(b, t, 0, 1, TYPE_LENGTH_MAX, row->form == FORM_LENGTH ? 1 : TYPE_LENGTH_MAX, &x));
        *ret = type_text(p, row->root, x, t->nullable);
        break;
    case FORM_UNBOUNDED: *ret = type_text(p, row->root, TYPE_LENGTH_MAX, t->nullable); break;
    case FORM_DECIMAL:
        TRY(argument_range(b, t, 0, 1, TYPE_DECIMAL_PRECISION_MAX, 10, &x));
        TRY(argument_range(b, t, 1, 0, x, 0, &y));
        *ret = type_decimal(p, x, y, t->nullable);
        break;
    case FORM_TIME:
        TRY(argument_range(b, t, 0, 0, 9, 0, &x));
        *ret = type_time(p, row->root, x, t->nullable);
        break;
    case FORM_TIMESTAMP:
        TRY(argument_range(b, t, 0, 0, 9, 6, &x));
        *ret = type_time(p, row->root, x, t->nullable);
        break;
    }
    return *ret == NULL ? error_no_memory(b->rel.error, sizeof(struct type)) : STATUS_OK;
}

static enum status bind_named_type(struct binder *b, const struct ast_type *t, const struct type **ret) {
    struct str names[sizeof type_rows / sizeof *type_rows];
    size_t n = sizeof type_rows / sizeof *type_rows;
    for (size_t i = 0; i < n; i++) {
        names[i] = str_of(type_rows[i].name);
        if (str_equal_ignore_case(t->name, names[i])) return bind_simple_type(b, t, &type_rows[i], ret);
    }
    struct str near = str_nearest(t->name, names, n);
    error_at(b->rel.error, STATUS_UNSUPPORTED, t->span, "There is no type '%.*s'", STR_ARG(t->name));
    if (foreign_type(t->name) != NULL) return error_hint(b->rel.error, "%s", foreign_type(t->name));
    return near.size_bytes > 0 ? error_hint(b->rel.error, "Did you mean %.*s?", STR_ARG(near)) : STATUS_UNSUPPORTED;
}

static enum status bind_row_type(struct binder *b, const struct ast_type *t, const struct type **ret) {
    struct type_field *f = ARENA_ARRAY(b->rel.arena, struct type_field, t->fields.count);
    if (f == NULL) return error_no_memory(b->rel.error, sizeof *f);
    for (uint32_t i = 0; i < t->fields.count; i++) {
        const struct ast_field *a = t->fields.at[i];
        f[i].name = a->name;
        TRY(bind_type(b, a->type, &f[i].type));
        for (uint32_t k = 0; k < i; k++) {
            if (str_equal(f[k].name, f[i].name)) {
                return error_at(b->rel.error, STATUS_INVALID, a->span, "Field '%.*s' stands twice in a ROW type", STR_ARG(a->name));
            }
        }
    }
    *ret = type_row(b->rel.types, f, t->fields.count, t->nullable);
    return STATUS_OK;
}

struct interval_name {
    const char *text;
    enum interval_range range;
};

static const struct interval_name interval_names[] = {
    {"YEAR", INTERVAL_YEAR}, {"YEAR TO MONTH", INTERVAL_YEAR_TO_MONTH}, {"MONTH", INTERVAL_MONTH},
    {"DAY", INTERVAL_DAY}, {"DAY TO HOUR", INTERVAL_DAY_TO_HOUR}, {"DAY TO MINUTE", INTERVAL_DAY_TO_MINUTE},
    {"DAY TO SECOND", INTERVAL_DAY_TO_SECOND}, {"HOUR", INTERVAL_HOUR}, {"HOUR TO MINUTE", INTERVAL_HOUR_TO_MINUTE},
    {"HOUR TO SECOND", INTERVAL_HOUR_TO_SECOND}, {"MINUTE", INTERVAL_MINUTE},
    {"MINUTE TO SECOND", INTERVAL_MINUTE_TO_SECOND}, {"SECOND", INTERVAL_SECOND},
};

static enum status bind_interval_type(struct binder *b, const struct ast_type *t, const struct type **ret) {
    for (size_t i = 0; i < sizeof interval_names / sizeof *interval_names; i++) {
        if (!str_equal_ignore_case(t->name, str_of(interval_names[i].text))) continue;
        bool months = interval_names[i].range <= INTERVAL_MONTH;
        /* Flink reports one type per family, whatever units were written. */
        *ret = type_interval(b->rel.types, months ? INTERVAL_MONTH : INTERVAL_SECOND, 2, months ? 0 : 3, t->nullable);
        return STATUS_OK;
    }
    return error_at(b->rel.error, STATUS_UNSUPPORTED, t->span, "INTERVAL %.*s is no interval type", STR_ARG(t->name));
}

static enum status bind_nested_type(struct binder *b, const struct ast_type *t, const struct type **ret) {
    struct types *p = b->rel.types;
    const struct type *children[2] = {NULL, NULL};
    assert(t->children.count <= 2 && t->children.count > 0);
    for (uint32_t i = 0; i < t->children.count; i++) TRY(bind_type(b, t->children.at[i], &children[i]));
    if (t->kind == AST_TYPE_ARRAY) *ret = type_array(p, children[0], t->nullable);
    else if (t->kind == AST_TYPE_MULTISET) *ret = type_multiset(p, children[0], t->nullable);
    else *ret = type_map(p, children[0], children[1], t->nullable);
    return STATUS_OK;
}

enum status bind_type(struct binder *b, const struct ast_type *t, const struct type **ret) {
    TRY(bind_deeper(b, t->span));
    if (b->depth > TYPE_DEPTH_MAX) {
        return error_at(b->rel.error, STATUS_LIMIT, t->span, "The type is nested more than %d deep", TYPE_DEPTH_MAX);
    }
    enum status s = STATUS_OK;
    switch (t->kind) {
    case AST_TYPE_SIMPLE: s = bind_named_type(b, t, ret); break;
    case AST_TYPE_ROW: s = bind_row_type(b, t, ret); break;
    case AST_TYPE_INTERVAL: s = bind_interval_type(b, t, ret); break;
    case AST_TYPE_ARRAY:
    case AST_TYPE_MULTISET:
    case AST_TYPE_MAP: s = bind_nested_type(b, t, ret); break;
    }
    b->depth--;
    if (s == STATUS_OK && *ret == NULL) return error_no_memory(b->rel.error, sizeof(struct type));
    return s;
}
