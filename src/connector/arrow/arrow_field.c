/* SPDX-License-Identifier: Apache-2.0 */
/*
 * arrow_field: from Arrow's format strings to types of ours. Simple formats are rows of one table;
 * those with parameters (decimals, timestamps, fixed sizes) and nested ones are functions. What has
 * no counterpart (unions, run ends, 256-bit decimals, views) is refused by name.
 */
#include "connector/arrow/arrow_field.h"

#include <assert.h>
#include <stdlib.h>

enum { DEPTH_MAX = 64, FIELDS_MAX = 10000 };

struct maker {
    struct arena *arena;
    struct types *types;
    struct str path;
    struct error *error;
    uint32_t depth;
};

struct simple {
    const char *format;
    enum type_root root;
    int32_t precision;
    enum arrow_kind kind;
    uint32_t width;
    bool is_signed;
    int64_t multiplier, divisor;
};

/* Milliseconds are what TIME and day intervals are kept in. */
static const struct simple simples[] = {
    {"n", TYPE_NULL, 0, ARROW_NULL, 0, false, 1, 1},
    {"b", TYPE_BOOLEAN, 0, ARROW_BOOL, 0, false, 1, 1},
    {"c", TYPE_TINYINT, 0, ARROW_COPY, 1, true, 1, 1},
    {"C", TYPE_SMALLINT, 0, ARROW_INTEGER, 1, false, 1, 1},
    {"s", TYPE_SMALLINT, 0, ARROW_COPY, 2, true, 1, 1},
    {"S", TYPE_INT, 0, ARROW_INTEGER, 2, false, 1, 1},
    {"i", TYPE_INT, 0, ARROW_COPY, 4, true, 1, 1},
    {"I", TYPE_BIGINT, 0, ARROW_INTEGER, 4, false, 1, 1},
    {"l", TYPE_BIGINT, 0, ARROW_COPY, 8, true, 1, 1},
    {"L", TYPE_DECIMAL, 20, ARROW_INTEGER, 8, false, 1, 1},
    {"e", TYPE_FLOAT, 0, ARROW_HALF, 2, true, 1, 1},
    {"f", TYPE_FLOAT, 0, ARROW_COPY, 4, true, 1, 1},
    {"g", TYPE_DOUBLE, 0, ARROW_COPY, 8, true, 1, 1},
    {"u", TYPE_VARCHAR, 0, ARROW_TEXT, 4, false, 1, 1},
    {"U", TYPE_VARCHAR, 0, ARROW_TEXT, 8, false, 1, 1},
    {"z", TYPE_VARBINARY, 0, ARROW_TEXT, 4, false, 1, 1},
    {"Z", TYPE_VARBINARY, 0, ARROW_TEXT, 8, false, 1, 1},
    {"tdD", TYPE_DATE, 0, ARROW_COPY, 4, true, 1, 1},
    {"tdm", TYPE_DATE, 0, ARROW_SCALED, 8, true, 1, 86400000},
    {"tts", TYPE_TIME, 0, ARROW_SCALED, 4, true, 1000, 1},
    {"ttm", TYPE_TIME, 3, ARROW_COPY, 4, true, 1, 1},
    {"ttu", TYPE_TIME, 3, ARROW_SCALED, 8, true, 1, 1000},
    {"ttn", TYPE_TIME, 3, ARROW_SCALED, 8, true, 1, 1000000},
    {"tiM", TYPE_INTERVAL_YM, 0, ARROW_COPY, 4, true, 1, 1},
    {"tDs", TYPE_INTERVAL_DT, 0, ARROW_SCALED, 8, true, 1000, 1},
    {"tDm", TYPE_INTERVAL_DT, 0, ARROW_COPY, 8, true, 1, 1},
    {"tDu", TYPE_INTERVAL_DT, 0, ARROW_SCALED, 8, true, 1, 1000},
    {"tDn", TYPE_INTERVAL_DT, 0, ARROW_SCALED, 8, true, 1, 1000000},
};

static const struct type *simple_type(struct types *p, const struct simple *s, bool nullable) {
    switch (s->root) {
    case TYPE_VARCHAR:
    case TYPE_VARBINARY: return type_text(p, s->root, TYPE_LENGTH_MAX, nullable);
    case TYPE_TIME: return type_time(p, TYPE_TIME, s->precision, nullable);
    case TYPE_DECIMAL: return type_decimal(p, s->precision, 0, nullable);
    case TYPE_INTERVAL_YM: return type_interval(p, INTERVAL_YEAR_TO_MONTH, 2, 0, nullable);
    case TYPE_INTERVAL_DT: return type_interval(p, INTERVAL_DAY_TO_SECOND, 2, 3, nullable);
    case TYPE_NULL: return type_null(p);
    default: return type_simple(p, s->root, nullable);
    }
}

static enum status refuse(struct maker *m, const char *format) {
    error_set(m->error, STATUS_UNSUPPORTED, "The Arrow field '%.*s' has the format '%s', which has no type in Flink SQL", STR_ARG(m->path), format);
    return error_hint(m->error, "Cast it to another Arrow type first");
}

static bool starts_with(const char *text, const char *prefix) { return strncmp(text, prefix, strlen(prefix)) == 0; }

/* ---- formats with parameters ---------------------------------------------------------------------------- */

static enum status decimal_field(struct maker *m, const char *format, bool nullable, struct arrow_field *f) {
    char *end = NULL;
    long precision = strtol(format + 2, &end, 10);
    long scale = *end == ',' ? strtol(end + 1, &end, 10) : -1;
    bool wide = *end == '\0' || strcmp(end, ",128") == 0;
    if (!wide || precision < 1 || precision > TYPE_DECIMAL_PRECISION_MAX || scale < 0 || scale > precision) return refuse(m, format);
    f->type = type_decimal(m->types, (int32_t)precision, (int32_t)scale, nullable);
    f->kind = ARROW_DECIMAL;
    return STATUS_OK;
}

/* "tsu:" and the zone, if it is an instant. */
static enum status timestamp_field(struct maker *m, const char *format, bool nullable, struct arrow_field *f) {
    static const struct { char unit; int32_t precision; int64_t multiplier; } units[] = {{'s', 0, 1000000}, {'m', 3, 1000}, {'u', 6, 1}, {'n', 9, 0}};
    for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
        if (format[2] != units[i].unit || format[3] != ':') continue;
        f->type = type_time(m->types, format[4] == '\0' ? TYPE_TIMESTAMP : TYPE_TIMESTAMP_LTZ, units[i].precision, nullable);
        f->kind = units[i].unit == 'n' ? ARROW_NANOS : units[i].unit == 'u' ? ARROW_COPY : ARROW_SCALED;
        f->width = 8;
        f->multiplier = units[i].multiplier;
        return STATUS_OK;
    }
    return refuse(m, format);
}

static enum status fixed_count(struct maker *m, const char *format, const char *digits, uint32_t *ret) {
    char *end = NULL;
    long n = strtol(digits, &end, 10);
    if (end == digits || *end != '\0' || n < 1 || n > INT32_MAX) return refuse(m, format);
    *ret = (uint32_t)n;
    return STATUS_OK;
}

static enum status fixed_bytes_field(struct maker *m, const char *format, bool nullable, struct arrow_field *f) {
    TRY(fixed_count(m, format, format + 2, &f->count));
    f->type = type_text(m->types, TYPE_BINARY, (int32_t)f->count, nullable);
    f->kind = ARROW_FIXED_BYTES;
    return STATUS_OK;
}

/* ---- nested formats --------------------------------------------------------------------------------------- */

static enum status field_new(struct maker *m, const struct ArrowSchema *s, struct arrow_field **ret);

static enum status children_new(struct maker *m, const struct ArrowSchema *s, struct arrow_field *f) {
    if (s->n_children < 0 || s->n_children > FIELDS_MAX) return error_set(m->error, STATUS_LIMIT, "The Arrow field '%.*s' has more than %d children", STR_ARG(m->path), FIELDS_MAX);
    f->child_count = (uint32_t)s->n_children;
    f->children = ARENA_ARRAY(m->arena, struct arrow_field *, f->child_count + 1);
    if (f->children == NULL) return error_no_memory(m->error, 0);
    for (uint32_t i = 0; i < f->child_count; i++) TRY(field_new(m, s->children[i], &f->children[i]));
    return STATUS_OK;
}

static enum status struct_field(struct maker *m, const struct ArrowSchema *s, bool nullable, struct arrow_field *f) {
    TRY(children_new(m, s, f));
    struct type_field *fields = ARENA_ARRAY(m->arena, struct type_field, f->child_count + 1);
    if (fields == NULL) return error_no_memory(m->error, 0);
    for (uint32_t i = 0; i < f->child_count; i++) fields[i] = (struct type_field){.name = f->children[i]->name, .type = f->children[i]->type};
    f->type = type_row(m->types, fields, f->child_count, nullable);
    f->kind = ARROW_STRUCT;
    return STATUS_OK;
}

static enum status list_field(struct maker *m, const struct ArrowSchema *s, bool nullable, struct arrow_field *f) {
    TRY(children_new(m, s, f));
    if (f->child_count != 1) return refuse(m, s->format);
    f->kind = ARROW_LIST;
    f->width = s->format[1] == 'L' ? 8 : 4;
    if (s->format[1] == 'w') {
        TRY(fixed_count(m, s->format, s->format + 3, &f->count));
        f->kind = ARROW_FIXED_LIST;
    }
    f->type = type_array(m->types, f->children[0]->type, nullable);
    return STATUS_OK;
}

static enum status map_field(struct maker *m, const struct ArrowSchema *s, bool nullable, struct arrow_field *f) {
    TRY(children_new(m, s, f));
    const struct arrow_field *entries = f->child_count == 1 ? f->children[0] : NULL;
    if (entries == NULL || entries->kind != ARROW_STRUCT || entries->child_count != 2) return refuse(m, s->format);
    f->type = type_map(m->types, entries->children[0]->type, entries->children[1]->type, nullable);
    f->kind = ARROW_LIST;
    f->width = 4;
    return STATUS_OK;
}

/* The format is that of the indexes; the type is that of the values. */
static enum status dictionary_field(struct maker *m, const struct ArrowSchema *s, bool nullable, struct arrow_field *f) {
    static const char widths[] = {'c', 1, 's', 2, 'i', 4, 'l', 8};
    for (size_t i = 0; i < sizeof widths; i += 2) {
        if ((s->format[0] | 0x20) != widths[i] || s->format[1] != '\0') continue;
        f->children = ARENA_ARRAY(m->arena, struct arrow_field *, 1);
        if (f->children == NULL) return error_no_memory(m->error, 0);
        f->child_count = 1;
        TRY(field_new(m, s->dictionary, &f->children[0]));
        f->kind = ARROW_DICTIONARY;
        f->width = (uint32_t)widths[i + 1];
        f->is_signed = (s->format[0] & 0x20) != 0;
        f->type = type_nullable(m->types, f->children[0]->type, nullable);
        return STATUS_OK;
    }
    return refuse(m, s->format);
}

static enum status field_of(struct maker *m, const struct ArrowSchema *s, bool nullable, struct arrow_field *f) {
    const char *format = s->format;
    if (s->dictionary != NULL) return dictionary_field(m, s, nullable, f);
    for (size_t i = 0; i < sizeof simples / sizeof *simples; i++) {
        const struct simple *row = &simples[i];
        if (strcmp(format, row->format) != 0) continue;
        f->kind = row->kind;
        f->width = row->width;
        f->is_signed = row->is_signed;
        f->multiplier = row->multiplier;
        f->divisor = row->divisor;
        f->type = simple_type(m->types, row, nullable);
        return STATUS_OK;
    }
    if (starts_with(format, "d:")) return decimal_field(m, format, nullable, f);
    if (starts_with(format, "ts")) return timestamp_field(m, format, nullable, f);
    if (starts_with(format, "w:")) return fixed_bytes_field(m, format, nullable, f);
    if (strcmp(format, "+s") == 0) return struct_field(m, s, nullable, f);
    if (strcmp(format, "+m") == 0) return map_field(m, s, nullable, f);
    if (strcmp(format, "+l") == 0 || strcmp(format, "+L") == 0 || starts_with(format, "+w:")) return list_field(m, s, nullable, f);
    return refuse(m, format);
}

static enum status field_new(struct maker *m, const struct ArrowSchema *s, struct arrow_field **ret) {
    struct str outer = m->path;
    struct arrow_field *f = ARENA_NEW(m->arena, struct arrow_field);
    if (f == NULL || s == NULL || s->format == NULL) return error_no_memory(m->error, sizeof *f);
    f->name = arena_str(m->arena, s->name == NULL ? STR("") : str_of(s->name));
    f->multiplier = f->divisor = 1;
    if (++m->depth > DEPTH_MAX) return error_set(m->error, STATUS_LIMIT, "The Arrow schema is more than %d levels deep", DEPTH_MAX);
    m->path = outer.size_bytes == 0 ? f->name : arena_format(m->arena, "%.*s.%.*s", STR_ARG(outer), STR_ARG(f->name));
    if (f->name.at == NULL || m->path.at == NULL) return error_no_memory(m->error, 0);
    TRY(field_of(m, s, (s->flags & ARROW_FLAG_NULLABLE) != 0, f));
    if (f->type == NULL) return error_no_memory(m->error, 0);
    m->path = outer;
    m->depth--;
    *ret = f;
    return STATUS_OK;
}

enum status arrow_field_new(struct arena *a, struct types *types, const struct ArrowSchema *s, struct arrow_field **ret, struct error *e) {
    assert(a != NULL && types != NULL);
    struct maker m = {.arena = a, .types = types, .path = STR(""), .error = e};
    return field_new(&m, s, ret);
}
