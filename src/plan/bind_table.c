/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bind_table: a catalog table as a relation: a scan of its physical and metadata columns, a
 * projection for metadata whose declared type differs and for computed columns, and the watermark
 * assigner. All columns are there; rule_prune drops what the query does not need.
 */
#include "plan/bind.h"

#include "base/suggest.h"
#include "sql/parser.h"
#include "sql/position.h"

#include <assert.h>
#include <stdio.h>

enum status bind_hint_options(struct binder *b, const struct table *t, const struct list *hints, struct list *ret) {
    for (uint32_t i = 0; i < t->options.count; i++) TRY(list_push(ret, b->rel.arena, t->options.at[i]));
    for (uint32_t h = 0; h < hints->count; h++) {
        const struct ast_hint *hint = hints->at[h];
        if (!str_equal(hint->name, STR("OPTIONS"))) continue; /* join hints: nothing to choose */
        for (uint32_t i = 0; i < hint->keys.count; i++) {
            struct ast_option *o = ARENA_NEW(b->rel.arena, struct ast_option);
            if (o == NULL) return error_no_memory(b->rel.error, sizeof *o);
            o->key = *(const struct str *)hint->keys.at[i];
            o->value = *(const struct str *)hint->values.at[i];
            o->span = o->key_span = o->value_span = *(const struct span *)hint->key_spans.at[i];
            uint32_t at = 0;
            while (at < ret->count && !str_equal(((const struct ast_option *)ret->at[at])->key, o->key)) at++;
            if (at < ret->count) ret->at[at] = o;
            else TRY(list_push(ret, b->rel.arena, o));
        }
    }
    return STATUS_OK;
}

void bind_elsewhere(struct binder *b, const struct table *t, const char *what, struct span use) {
    struct error *e = bind_error(b);
    struct span there = e->span;
    char title[160];
    bool same = t->sql.at != NULL && t->sql.at == b->sql.at && t->sql.size_bytes == b->sql.size_bytes;
    if (!same || there.end == 0) e->span = use;
    if (there.end == 0 || t->sql.at == NULL) return;
    snprintf(title, sizeof title, "%s '%.*s' is %s here:", what, (int)(t->name.size_bytes < 100 ? t->name.size_bytes : 100), t->name.at, same ? "used" : "defined");
    error_note_source(e, title, same ? b->sql : t->sql, same ? use : there);
}

/* An option's error stands in the table's definition, or in the hint here. */
void bind_option_place(struct binder *b, const struct table *t, struct span use) {
    struct error *e = bind_error(b);
    for (uint32_t i = 0; e->span.end > 0 && i < t->options.count; i++) {
        const struct ast_option *o = t->options.at[i];
        bool own = (o->key_span.begin == e->span.begin && o->key_span.end == e->span.end) || (o->value_span.begin == e->span.begin && o->value_span.end == e->span.end);
        if (!own) continue;
        bind_elsewhere(b, t, "table", use);
        return;
    }
    if (e->span.end == 0) e->span = use;
}

static enum status source_options(struct binder *b, const struct table *t, const struct list *hints, struct span span, struct table_options **ret) {
    struct list given = {0};
    struct table_options *o = ARENA_NEW(b->rel.arena, struct table_options);
    if (o == NULL) return error_no_memory(b->rel.error, sizeof *o);
    TRY(bind_hint_options(b, t, hints, &given));
    enum status s = table_options_parse(b->rel.arena, &given, true, o, b->rel.error);
    if (s != STATUS_OK) {
        bind_option_place(b, t, span);
        return error_wrap(bind_error(b), "Table '%.*s'", STR_ARG(t->name));
    }
    if ((o->connector->abilities & CONNECTOR_SOURCE) == 0) {
        return error_at(b->rel.error, STATUS_INVALID, span, "Table '%.*s' cannot be read: the connector '%s' only writes", STR_ARG(t->name), o->connector->name);
    }
    *ret = o;
    return STATUS_OK;
}

static enum status source_changelog(struct binder *b, const struct table *t, const struct table_options *o, struct span span, uint32_t *ret) {
    *ret = o->format != NULL && o->format->changelog != 0 ? o->format->changelog : CHANGE_I;
    if (o->connector->source_changelog != NULL) TRY(o->connector->source_changelog(&o->own, ret, b->rel.error));
    bool upsert = (*ret & CHANGE_UA) != 0 && (*ret & CHANGE_UB) == 0;
    if (upsert && t->key_count == 0) {
        return error_at(b->rel.error, STATUS_INVALID, span, "Table '%.*s' needs a PRIMARY KEY: its changes hold the new rows of updates but not the old ones", STR_ARG(t->name));
    }
    return STATUS_OK;
}

static bool is_read(const struct column *c) { return c->kind != AST_COMPUTED; }

/* Can the format carry the table's physical columns? Partition columns are in the path, not in the rows. */
enum status bind_format_check(struct binder *b, const struct table *t, const struct table_options *o, struct span span) {
    if (o->format == NULL || o->format->check == NULL) return STATUS_OK;
    struct type_field *f = ARENA_ARRAY(b->rel.arena, struct type_field, t->column_count);
    uint32_t n = 0;
    if (f == NULL) return error_no_memory(b->rel.error, sizeof *f);
    for (uint32_t i = 0; i < t->column_count; i++) {
        bool partition = false;
        for (uint32_t k = 0; k < t->partitioned_by.count; k++) partition |= str_equal(*(const struct str *)t->partitioned_by.at[k], t->columns[i].name);
        if (t->columns[i].kind != AST_PHYSICAL || partition) continue;
        f[n++] = (struct type_field){.name = t->columns[i].name, .type = t->columns[i].type};
    }
    const struct type *row = type_row(b->rel.types, f, n, false);
    if (row == NULL) return error_no_memory(b->rel.error, sizeof *f);
    enum status s = o->format->check(&o->format_options, row, b->rel.error);
    if (s == STATUS_OK) return s;
    b->rel.error->span = span;
    return error_wrap(bind_error(b), "Table '%.*s'", STR_ARG(t->name));
}

/* The type in which the connector or format delivers a metadata column. */
static enum status metadata_type(struct binder *b, const struct table *t, const struct table_options *o, const struct column *c, struct span span, const struct type **ret) {
    struct metadata_column *own = NULL;
    const struct metadata_column *lists[2] = {o->connector->metadata, o->format == NULL ? NULL : o->format->metadata};
    uint32_t counts[2] = {o->connector->metadata_count, o->format == NULL ? 0 : o->format->metadata_count};
    struct str key = c->metadata_key.at == NULL ? c->name : c->metadata_key;
    if (o->connector->readable_metadata != NULL) {
        TRY(o->connector->readable_metadata(b->rel.arena, &o->own, &own, &counts[0], b->rel.error));
        lists[0] = own;
    }
    for (int l = 0; l < 2; l++) {
        for (uint32_t i = 0; i < counts[l]; i++) {
            struct ast_type *parsed = NULL;
            if (!str_equal(str_of(lists[l][i].key), key)) continue;
            TRY(parse_type(b->rel.arena, str_of(lists[l][i].type), &parsed, b->rel.error));
            return bind_type(b, parsed, ret);
        }
    }
    struct str *names = ARENA_ARRAY(b->rel.arena, struct str, counts[0] + counts[1] + 1);
    uint32_t n = 0;
    if (names == NULL) return error_no_memory(b->rel.error, sizeof *names);
    for (int l = 0; l < 2; l++) {
        for (uint32_t i = 0; i < counts[l]; i++) names[n++] = str_of(lists[l][i].key);
    }
    error_at(b->rel.error, STATUS_NOT_FOUND, span, "The connector '%s' has no metadata '%.*s', which column '%.*s' of table '%.*s' asks for", o->connector->name, STR_ARG(key),
             STR_ARG(c->name), STR_ARG(t->name));
    return suggest_hint(b->rel.error, key, names, n, "It has");
}

static enum status scan_rel(struct binder *b, const struct table *t, const struct table_options *o, uint32_t changelog, struct span span, struct rel **ret) {
    struct str *names = ARENA_ARRAY(b->rel.arena, struct str, t->column_count);
    const struct type **types = ARENA_ARRAY(b->rel.arena, const struct type *, t->column_count);
    uint32_t *columns = ARENA_ARRAY(b->rel.arena, uint32_t, t->column_count), n = 0;
    if (names == NULL || types == NULL || columns == NULL) return error_no_memory(b->rel.error, t->column_count * 8);
    for (uint32_t i = 0; i < t->column_count; i++) {
        const struct column *c = &t->columns[i];
        if (!is_read(c)) continue;
        names[n] = c->name;
        types[n] = type_time_attr(b->rel.types, c->type, TIME_ATTR_NONE);
        if (c->kind == AST_METADATA) TRY(metadata_type(b, t, o, c, span, &types[n]));
        columns[n++] = i;
    }
    struct rel *r = rel_new(&b->rel, REL_SCAN, rel_row(&b->rel, names, types, n), span);
    if (r == NULL) return error_no_memory(b->rel.error, sizeof *r);
    r->as.scan = (struct rel_scan){.table = t, .options = o, .columns = columns, .paths = ARENA_ARRAY(b->rel.arena, uint32_t *, n), .path_counts = ARENA_ARRAY(b->rel.arena, uint32_t, n), .changelog = changelog};
    if (r->as.scan.paths == NULL || r->as.scan.path_counts == NULL) return error_no_memory(b->rel.error, n * 8);
    *ret = r;
    return STATUS_OK;
}

/* Are all columns read as declared, none computed? */
static bool is_plain(const struct table *t, const struct rel *scan, struct types *p) {
    if (rel_width(scan) != t->column_count) return false;
    for (uint32_t i = 0; i < t->column_count; i++) {
        if (rel_type(scan, i) != type_time_attr(p, t->columns[i].type, TIME_ATTR_NONE)) return false;
    }
    return true;
}

static enum status computed_column(struct binder *b, const struct table *t, struct expr_scope *es, uint32_t i, struct span scope_span, struct expr **ret) {
    const struct column *c = &t->columns[i];
    enum status s = bind_expr(es, c->expr, ret);
    if (s == STATUS_OK) return STATUS_OK;
    bind_elsewhere(b, t, "table", scope_span);
    return error_wrap(bind_error(b), "Computed column '%.*s' of table '%.*s'", STR_ARG(c->name), STR_ARG(t->name));
}

static enum status columns_rel(struct binder *b, const struct table *t, struct rel *scan, struct rel **ret) {
    uint32_t n = t->column_count, at = 0;
    struct scope scope = {.row = scan->row};
    struct expr_scope es = {.binder = b, .scope = &scope, .clause = "computed column"};
    struct expr **exprs = ARENA_ARRAY(b->rel.arena, struct expr *, n);
    struct str *names = ARENA_ARRAY(b->rel.arena, struct str, n);
    if (exprs == NULL || names == NULL) return error_no_memory(b->rel.error, n * 8);
    for (uint32_t i = 0; i < n; i++) {
        const struct column *c = &t->columns[i];
        names[i] = c->name;
        if (c->kind == AST_COMPUTED) {
            TRY(computed_column(b, t, &es, i, scan->span, &exprs[i]));
            continue;
        }
        exprs[i] = rel_column(&b->rel, scan, at++);
        const struct type *declared = type_time_attr(b->rel.types, c->type, TIME_ATTR_NONE);
        if (c->kind != AST_METADATA) continue;
        enum status s = bind_cast(&es, exprs[i], declared, false, scan->span, &exprs[i]);
        if (s != STATUS_OK) return error_wrap(bind_error(b), "Metadata column '%.*s' of table '%.*s'", STR_ARG(c->name), STR_ARG(t->name));
        exprs[i] = expr_retype(b->rel.arena, exprs[i], type_nullable(b->rel.types, exprs[i]->type, declared->nullable || exprs[i]->type->nullable));
        if (exprs[i] == NULL) return error_no_memory(b->rel.error, sizeof **exprs);
    }
    *ret = rel_project(&b->rel, scan, exprs, names, n);
    return *ret == NULL ? error_no_memory(b->rel.error, sizeof **ret) : STATUS_OK;
}

static enum status watermark_rel(struct binder *b, const struct table *t, struct rel *input, struct rel **ret) {
    uint32_t column = (uint32_t)t->rowtime_column;
    struct scope scope = {.row = input->row};
    struct expr_scope es = {.binder = b, .scope = &scope, .clause = "watermark"};
    struct expr *e = NULL;
    enum status s = bind_expr(&es, t->watermark, &e);
    if (s != STATUS_OK) {
        bind_elsewhere(b, t, "table", input->span);
        return error_wrap(bind_error(b), "Watermark of table '%.*s'", STR_ARG(t->name));
    }
    struct type_field *f = ARENA_ARRAY(b->rel.arena, struct type_field, rel_width(input));
    if (f == NULL) return error_no_memory(b->rel.error, sizeof *f);
    for (uint32_t i = 0; i < rel_width(input); i++) f[i] = input->row->children[i];
    f[column].type = type_time_attr(b->rel.types, f[column].type, TIME_ATTR_ROWTIME);
    struct rel *r = rel_over_input(&b->rel, REL_WATERMARK, input, type_row(b->rel.types, f, rel_width(input), false));
    if (r == NULL) return error_no_memory(b->rel.error, sizeof *r);
    r->as.watermark.expr = bind_plain(b, e);
    r->as.watermark.rowtime = column;
    *ret = r;
    return STATUS_OK;
}

enum status bind_scan(struct binder *b, const struct table *t, const struct list *hints, struct span span, struct rel **ret) {
    struct table_options *o = NULL;
    struct rel *r = NULL;
    uint32_t changelog = CHANGE_I;
    TRY(source_options(b, t, hints, span, &o));
    if (o->format != NULL && !o->format->reads) {
        return error_at(b->rel.error, STATUS_INVALID, span, "Format '%s' of table '%.*s' cannot be read", o->format->name, STR_ARG(t->name));
    }
    TRY(source_changelog(b, t, o, span, &changelog));
    TRY(bind_format_check(b, t, o, span));
    TRY(scan_rel(b, t, o, changelog, span, &r));
    if (!is_plain(t, r, b->rel.types)) TRY(columns_rel(b, t, r, &r));
    if (t->rowtime_column >= 0) TRY(watermark_rel(b, t, r, &r));
    if (t->sql.at != b->sql.at) rel_respan(r, span);
    *ret = r;
    return STATUS_OK;
}
