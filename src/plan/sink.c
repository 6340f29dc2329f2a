/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sink: INSERT's target: which columns are written in what order (column list, static partition,
 * persisted metadata), implicit casts to their types, what changes the connector takes, and what must
 * stand before it: the constraint enforcer and the upsert materialiser with the ON CONFLICT rule.
 */
#include "plan/physical.h"

#include "base/suggest.h"
#include "catalog/unknown.h"

#include <assert.h>
#include <string.h>

static enum status no_memory(struct error *e) { return error_no_memory(e, sizeof(struct node)); }

struct target {
    const struct table *table;
    struct table_options *options;
    uint32_t *columns; /* table columns consumed, physical ones first, then persisted metadata */
    uint32_t count, metadata_count;
    struct str path; /* `catalog.database.table` */
};

static enum status find_table(struct binder *b, const struct ast_statement *stmt, struct target *t) {
    struct table_path p;
    TRY(catalog_resolve(b->session->catalog, stmt->name, &p, b->rel.error));
    struct table *found = NULL;
    enum status st = catalog_lookup(b->session->catalog, &p, &found, b->rel.error);
    if (st != STATUS_OK && bind_error(b)->span.end == 0) bind_error(b)->span = stmt->name->span;
    TRY(st);
    t->table = found;
    t->path = arena_format(b->rel.arena, "%.*s.%.*s.%.*s", STR_ARG(p.catalog), STR_ARG(p.database), STR_ARG(p.table));
    if (t->table == NULL) return unknown_table(b->session->catalog, b->rel.arena, stmt->name, &p, b->rel.error);
    if (t->table->kind == TABLE_VIEW) return error_at(b->rel.error, STATUS_INVALID, stmt->name->span, "'%.*s' is a view: nothing can be inserted into it", STR_ARG(t->path));
    if (t->table->distribution != NULL) {
        error_at(b->rel.error, STATUS_INVALID, stmt->name->span, "Table '%.*s' is distributed into buckets, and no connector writes buckets", STR_ARG(t->path));
        return error_hint(b->rel.error, "ALTER TABLE ... DROP DISTRIBUTION");
    }
    t->options = ARENA_NEW(b->rel.arena, struct table_options);
    if (t->options == NULL) return no_memory(b->rel.error);
    struct list given = {0};
    TRY(bind_hint_options(b, t->table, &stmt->hints, &given));
    enum status s = table_options_parse(b->rel.arena, &given, false, t->options, b->rel.error);
    if (s != STATUS_OK) {
        bind_option_place(b, t->table, stmt->name->span);
        return error_wrap(bind_error(b), "Table '%.*s'", STR_ARG(t->table->name));
    }
    if ((t->options->connector->abilities & CONNECTOR_SINK) != 0) return bind_format_check(b, t->table, t->options, stmt->name->span);
    return error_at(b->rel.error, STATUS_INVALID, stmt->name->span, "Table '%.*s' cannot be written: the connector '%s' only reads", STR_ARG(t->table->name), t->options->connector->name);
}

static enum status target_columns(struct binder *b, struct target *t) {
    t->columns = ARENA_ARRAY(b->rel.arena, uint32_t, t->table->column_count);
    if (t->columns == NULL) return no_memory(b->rel.error);
    for (uint32_t pass = 0; pass < 2; pass++) {
        for (uint32_t i = 0; i < t->table->column_count; i++) {
            const struct column *c = &t->table->columns[i];
            bool wanted = pass == 0 ? c->kind == AST_PHYSICAL : c->kind == AST_METADATA && !c->is_virtual;
            if (!wanted) continue;
            t->columns[t->count++] = i;
            t->metadata_count += pass;
        }
    }
    return STATUS_OK;
}

/* In the order of the table's declaration: what a query without column list writes. */
static bool is_written(const struct target *t, uint32_t table_column) {
    const struct column *c = &t->table->columns[table_column];
    return c->kind == AST_PHYSICAL || (c->kind == AST_METADATA && !c->is_virtual);
}

static enum status static_partition(struct binder *b, const struct ast_statement *stmt, const struct target *t, struct expr **values) {
    struct scope scope = {0};
    struct expr_scope es = {.binder = b, .scope = &scope, .clause = "PARTITION"};
    for (uint32_t i = 0; i < stmt->partitions.count; i++) {
        const struct ast_option *o = stmt->partitions.at[i];
        uint32_t c = 0;
        while (c < t->table->column_count && !str_equal(t->table->columns[c].name, o->key)) c++;
        bool partition = false;
        for (uint32_t k = 0; k < t->table->partitioned_by.count; k++) partition |= str_equal(*(const struct str *)t->table->partitioned_by.at[k], o->key);
        if (c == t->table->column_count || !partition) {
            return error_at(b->rel.error, STATUS_INVALID, o->key_span, "'%.*s' is no partition column of '%.*s'", STR_ARG(o->key), STR_ARG(t->path));
        }
        if (values[c] != NULL) return error_at(b->rel.error, STATUS_INVALID, o->key_span, "Column '%.*s' stands twice in PARTITION", STR_ARG(o->key));
        if (o->value.at == NULL) continue; /* dynamic */
        values[c] = bind_text(b, o->value);
        if (values[c] == NULL) return no_memory(b->rel.error);
        const struct type *type = t->table->columns[c].type; /* written as text, whatever the column is */
        if (!type_is_text(type)) TRY(bind_cast(&es, values[c], type_nullable(b->rel.types, type_time_attr(b->rel.types, type, TIME_ATTR_NONE), false), false, o->value_span, &values[c]));
    }
    return STATUS_OK;
}

static enum status count_mismatch(struct binder *b, const struct target *t, const struct rel *query, uint32_t expected, struct span span) {
    struct str *names = ARENA_ARRAY(b->rel.arena, struct str, t->table->column_count);
    struct buf text = BUF_INIT;
    uint32_t n = 0;
    if (names == NULL) return no_memory(b->rel.error);
    for (uint32_t i = 0; i < t->count; i++) names[n++] = t->table->columns[t->columns[i]].name;
    suggest_list(&text, names, n);
    error_at(b->rel.error, STATUS_INVALID, span, "The query has %u column%s, table '%.*s' takes %u", rel_width(query), rel_width(query) == 1 ? "" : "s", STR_ARG(t->table->name), expected);
    if (n == expected) error_hint(b->rel.error, "Its columns are %.*s", STR_ARG(buf_view(&text)));
    buf_deinit(&text);
    return STATUS_INVALID;
}

static enum status unknown_target(struct binder *b, const struct target *t, struct str name, struct span span) {
    struct str *names = ARENA_ARRAY(b->rel.arena, struct str, t->count + 1);
    if (names == NULL) return no_memory(b->rel.error);
    for (uint32_t i = 0; i < t->count; i++) names[i] = t->table->columns[t->columns[i]].name;
    error_at(b->rel.error, STATUS_NOT_FOUND, span, "Table '%.*s' has no column '%.*s' to write", STR_ARG(t->table->name), STR_ARG(name));
    return suggest_hint(b->rel.error, name, names, t->count, "It has");
}

/* values[table column] = the query's expression for it, by column list or by position. */
static enum status assign_values(struct binder *b, const struct ast_statement *stmt, const struct target *t, struct rel *query, struct expr **values) {
    uint32_t n = rel_width(query), at = 0;
    if (stmt->column_names.count > 0) {
        if (stmt->column_names.count != n) return count_mismatch(b, t, query, stmt->column_names.count, stmt->query->span);
        for (uint32_t i = 0; i < n; i++) {
            struct str name = *(const struct str *)stmt->column_names.at[i];
            struct span span = i < stmt->column_spans.count ? *(const struct span *)stmt->column_spans.at[i] : stmt->span;
            uint32_t c = 0;
            while (c < t->table->column_count && !str_equal(t->table->columns[c].name, name)) c++;
            if (c == t->table->column_count || !is_written(t, c)) return unknown_target(b, t, name, span);
            if (values[c] != NULL) return error_at(b->rel.error, STATUS_INVALID, span, "Column '%.*s' stands twice in this list", STR_ARG(name));
            values[c] = rel_column(&b->rel, query, i);
        }
        return STATUS_OK;
    }
    uint32_t expected = 0;
    for (uint32_t c = 0; c < t->table->column_count; c++) expected += is_written(t, c) && values[c] == NULL;
    if (expected != n) return count_mismatch(b, t, query, expected, stmt->query->span);
    for (uint32_t c = 0; c < t->table->column_count; c++) {
        if (is_written(t, c) && values[c] == NULL) values[c] = rel_column(&b->rel, query, at++);
    }
    return STATUS_OK;
}

/* Equal but for nullability at any depth. */
static bool same_shape(const struct type *a, const struct type *b) {
    if (a->root != b->root || a->child_count != b->child_count) return false;
    if (a->child_count == 0) return type_same(a, b);
    for (uint32_t i = 0; i < a->child_count; i++) {
        if (!same_shape(a->children[i].type, b->children[i].type)) return false;
    }
    return true;
}

static bool same_names(const struct type *a, const struct type *b) {
    for (uint32_t i = 0; i < a->child_count; i++) {
        if (!str_equal(a->children[i].name, b->children[i].name) || !same_names(a->children[i].type, b->children[i].type)) return false;
    }
    return true;
}

enum status bind_field(struct binder *b, struct expr *row, struct str name, struct span span, struct expr **ret);

/* A value of the sink's type. ROWs whose fields have other names are built anew, since a value carries its names. */
static enum status reshape(struct expr_scope *es, struct expr *e, const struct type *t, struct expr **ret) {
    struct binder *b = es->binder;
    const struct type *to = type_nullable(b->rel.types, t, e->type->nullable);
    *ret = to == NULL ? NULL : expr_retype(b->rel.arena, e, to);
    if (*ret == NULL) return no_memory(b->rel.error);
    if (t->root != TYPE_ROW || same_names(e->type, t)) return STATUS_OK;
    struct expr **fields = ARENA_ARRAY(b->rel.arena, struct expr *, t->child_count), *row = NULL, *arms[3];
    if (fields == NULL) return no_memory(b->rel.error);
    for (uint32_t i = 0; i < t->child_count; i++) {
        TRY(bind_field(b, e, e->type->children[i].name, e->span, &fields[i]));
        TRY(reshape(es, fields[i], t->children[i].type, &fields[i]));
    }
    TRY(bind_named(es, "ROW", e->span, fields, t->child_count, &row));
    row = expr_retype(b->rel.arena, row, to);
    *ret = row;
    if (row == NULL) return no_memory(b->rel.error);
    if (!e->type->nullable) return STATUS_OK;
    TRY(bind_named(es, "IS NULL", e->span, &e, 1, &arms[0]));
    arms[1] = expr_null(b->rel.arena, to);
    arms[2] = row;
    *ret = arms[1] == NULL ? NULL : expr_special(b->rel.arena, EXPR_CASE, to, arms, 3);
    return *ret == NULL ? no_memory(b->rel.error) : STATUS_OK;
}

static enum status cast_value(struct binder *b, const struct target *t, uint32_t column, struct expr *e, struct span span, struct expr **ret) {
    const struct column *c = &t->table->columns[column];
    struct scope scope = {0};
    struct expr_scope es = {.binder = b, .scope = &scope, .clause = "INSERT"};
    const struct type *plain = type_time_attr(b->rel.types, c->type, TIME_ATTR_NONE);
    if (e == NULL || e->type->root == TYPE_NULL) {
        if (e == NULL && !c->type->nullable) {
            error_at(b->rel.error, STATUS_INVALID, span, "Column '%.*s' of '%.*s' is NOT NULL, and this INSERT leaves it out", STR_ARG(c->name), STR_ARG(t->table->name));
            return error_hint(b->rel.error, "Add it to the list of columns");
        }
        *ret = expr_null(b->rel.arena, type_nullable(b->rel.types, plain, true));
        return *ret == NULL ? no_memory(b->rel.error) : STATUS_OK;
    }
    if (same_shape(e->type, plain) && plain->child_count > 0) {
        return reshape(&es, e, plain, ret);
    }
    if (!cast_implicit_ok(e->type, plain) && !type_same(e->type, plain)) {
        struct buf from = BUF_INIT, to = BUF_INIT;
        type_plain(&from, e->type);
        type_plain(&to, plain);
        error_at(b->rel.error, STATUS_INVALID, e->span.end > 0 ? e->span : span, "Column '%.*s' of '%.*s' takes %.*s, the query gives %.*s", STR_ARG(c->name), STR_ARG(t->table->name), STR_ARG(buf_view(&to)),
                 STR_ARG(buf_view(&from)));
        buf_deinit(&from);
        buf_deinit(&to);
        return error_hint(b->rel.error, "Write a CAST, or change the order of the columns");
    }
    return bind_cast(&es, e, type_nullable(b->rel.types, plain, e->type->nullable), false, span, ret);
}

/* Where the query writes a value: its item in SELECT or VALUES, else the whole query. */
static struct span value_span(const struct ast_query *q, const struct expr *e) {
    if (e == NULL || e->kind != EXPR_INPUT) return q->span;
    for (uint32_t i = 0; q->kind == AST_QUERY_SELECT && i < q->items.count && i <= e->index; i++) {
        const struct ast_select_item *item = q->items.at[i];
        if (item->expr->kind == AST_STAR) break;
        if (i == e->index) return item->span;
    }
    const struct ast_expr *row = q->kind == AST_QUERY_VALUES && q->rows.count == 1 ? q->rows.at[0] : NULL;
    return row != NULL && e->index < row->arguments.count ? ((const struct ast_expr *)row->arguments.at[e->index])->span : q->span;
}

static enum status bind_insert(struct binder *b, const struct ast_statement *stmt, const struct target *t, struct rel **ret) {
    struct rel *query = NULL;
    struct expr **values = ARENA_ARRAY(b->rel.arena, struct expr *, t->table->column_count);
    struct expr **exprs = ARENA_ARRAY(b->rel.arena, struct expr *, t->count);
    struct str *names = ARENA_ARRAY(b->rel.arena, struct str, t->count);
    if (values == NULL || exprs == NULL || names == NULL) return no_memory(b->rel.error);
    TRY(bind_query(b, stmt->query, true, &query));
    TRY(static_partition(b, stmt, t, values));
    TRY(assign_values(b, stmt, t, query, values));
    uint32_t rowtimes = 0;
    for (uint32_t i = 0; i < t->count; i++) {
        const struct expr *e = values[t->columns[i]];
        rowtimes += e != NULL && e->type->time_attr == TIME_ATTR_ROWTIME;
    }
    if (rowtimes > 1 && str_equal_ignore_case(session_get(b->session, "table.exec.sink.rowtime-inserter").text, STR("ENABLED"))) {
        error_at(b->rel.error, STATUS_INVALID, stmt->query->span, "The query contains more than one rowtime time attribute column for writing into table '%.*s'", STR_ARG(t->path));
        return error_hint(b->rel.error, "Cast all but one to regular TIMESTAMP or TIMESTAMP_LTZ");
    }
    for (uint32_t i = 0; i < t->count; i++) {
        names[i] = t->table->columns[t->columns[i]].name;
        TRY(cast_value(b, t, t->columns[i], values[t->columns[i]], value_span(stmt->query, values[t->columns[i]]), &exprs[i]));
    }
    *ret = rel_project(&b->rel, query, exprs, names, t->count);
    return *ret == NULL ? no_memory(b->rel.error) : STATUS_OK;
}

static enum status check_metadata(struct binder *b, const struct target *t, struct span span) {
    const struct connector *c = t->options->connector;
    if ((c->abilities & CONNECTOR_METADATA_WRITTEN) != 0) return STATUS_OK;
    for (uint32_t i = t->count - t->metadata_count; i < t->count; i++) {
        const struct column *column = &t->table->columns[t->columns[i]];
        struct str key = column->metadata_key.at == NULL ? column->name : column->metadata_key;
        bool writable = false;
        for (uint32_t k = 0; k < c->metadata_count; k++) writable |= c->metadata[k].writable && str_equal(str_of(c->metadata[k].key), key);
        if (writable) continue;
        error_at(b->rel.error, STATUS_INVALID, span, "Table '%.*s' declares the persistable metadata column '%.*s', but connector '%s' cannot write it", STR_ARG(t->path), STR_ARG(column->name), c->name);
        return error_hint(b->rel.error, "Declare the column as METADATA VIRTUAL if it should not be written");
    }
    return STATUS_OK;
}

enum status plan_rules(const struct rel_context *c, struct rel *r, struct rel **ret);

enum status sink_insert(struct binder *b, struct physical *p, const struct ast_statement *stmt, struct node **ret) {
    struct target t = {0};
    struct rel *r = NULL;
    struct node *input = NULL;
    TRY(find_table(b, stmt, &t));
    TRY(target_columns(b, &t));
    TRY(check_metadata(b, &t, stmt->name->span));
    TRY(bind_insert(b, stmt, &t, &r));
    TRY(list_push(&p->plan->logical, b->rel.arena, r));
    TRY(plan_rules(&b->rel, r, &r));
    TRY(physical_convert(p, r, &input));
    struct type_field *f = ARENA_ARRAY(b->rel.arena, struct type_field, t.count);
    if (f == NULL) return no_memory(b->rel.error);
    for (uint32_t i = 0; i < t.count; i++) {
        const struct column *c = &t.table->columns[t.columns[i]];
        f[i] = (struct type_field){.name = c->name, .type = type_time_attr(b->rel.types, c->type, TIME_ATTR_NONE)};
    }
    const struct type *row = type_row(b->rel.types, f, t.count, false);
    TRY(node_new(p, NODE_SINK, input, row, stmt->span, ret));
    struct sink_params *s = &(*ret)->as.sink;
    s->table = t.table;
    s->options = t.options;
    s->row = row;
    s->metadata = t.columns + (t.count - t.metadata_count);
    s->metadata_count = t.metadata_count;
    s->overwrite = stmt->overwrite;
    s->partitions = stmt->partitions;
    if (stmt->overwrite) {
        error_at(b->rel.error, STATUS_UNSUPPORTED, stmt->span, "Weir does not run INSERT OVERWRITE: on a stream nothing is overwritten, in Flink's streaming mode neither");
        return error_hint(b->rel.error, "Write into a new path, or remove the old files before");
    }
    return STATUS_OK;
}

enum status sink_collect(struct physical *p, struct node *input, struct node **ret) {
    TRY(node_new(p, NODE_SINK, input, input->row, input->span, ret));
    (*ret)->as.sink.row = input->row;
    return STATUS_OK;
}

/* ---- what it takes ------------------------------------------------------------------------------- */

/* The sink's primary key as columns of the consumed row. */
static uint32_t sink_key(const struct node *sink, uint32_t *columns, uint32_t max) {
    const struct table *t = sink->as.sink.table;
    if (t == NULL || t->key_count > max) return 0;
    for (uint32_t k = 0; k < t->key_count; k++) {
        uint32_t at = 0;
        for (uint32_t i = 0; i < t->key[k]; i++) at += t->columns[i].kind == AST_PHYSICAL;
        columns[k] = at;
    }
    return t->key_count;
}

static enum status accepted(struct physical *p, const struct node *sink, uint32_t modify, uint32_t *ret) {
    const struct sink_params *s = &sink->as.sink;
    uint32_t requested = modify | ((modify & CHANGE_UA) != 0 ? (uint32_t)CHANGE_UB : 0);
    *ret = s->options->format == NULL ? requested : s->options->format->changelog; /* a format writes what it reads */
    if (s->options->connector->sink_changelog != NULL) return s->options->connector->sink_changelog(&s->options->own, s->table->key_count > 0, requested, ret, p->rel.error);
    return STATUS_OK;
}

/* What the sink does not take, and the operator that makes it. */
static enum status refuse_changes(struct physical *p, const struct node *sink, const char *changes) {
    const struct sink_params *s = &sink->as.sink;
    struct buf text = BUF_INIT;
    const struct node *source = node_input(sink);
    while (source->inputs.count > 0 && (source->kind == NODE_CALC || source->kind == NODE_EXCHANGE)) source = node_input(source);
    node_describe(&text, source);
    error_at(p->rel.error, STATUS_INVALID, sink->span, "Table '%.*s' takes no %s, which %.*s makes", STR_ARG(s->table->name), changes, (int)text.size_bytes, text.at == NULL ? "" : text.at);
    buf_deinit(&text);
    return error_hint(p->rel.error, "The connector '%s' only appends: take one that updates, or make each result final, for example by aggregating in windows (TUMBLE, HOP, CUMULATE)", s->options->connector->name);
}

enum status sink_requirement(struct physical *p, const struct node *sink, uint32_t modify, bool *ret_before, bool *ret_only_after) {
    uint32_t bits = 0, key[64];
    *ret_before = (modify & CHANGE_UA) != 0;
    *ret_only_after = false;
    if (sink->as.sink.table == NULL) return STATUS_OK;
    TRY(accepted(p, sink, modify, &bits));
    bool no_update = (modify & CHANGE_UA) != 0 && (bits & CHANGE_UA) == 0;
    bool no_delete = (modify & CHANGE_D) != 0 && (bits & CHANGE_D) == 0;
    if (no_update || no_delete) {
        return refuse_changes(p, sink, no_update && no_delete ? "updates and deletes" : no_update ? "updates" : "deletes");
    }
    if ((bits & CHANGE_UB) != 0 || !*ret_before) return STATUS_OK;
    uint32_t n = sink_key(sink, key, 64);
    bool exact = n == 0;
    const struct node *in = node_input(sink);
    for (uint32_t i = 0; i < in->upsert_key_count; i++) exact |= key_equals(&in->upsert_keys[i], key, n);
    *ret_only_after = exact;
    return STATUS_OK;
}

/* ---- what stands before it ------------------------------------------------------------------------- */

static enum enforcer_mode mode_of(const struct physical *p, const char *key) {
    struct str text = session_get(p->session, key).text;
    if (str_equal_ignore_case(text, STR("ERROR"))) return ENFORCER_ERROR;
    if (str_equal_ignore_case(text, STR("DROP"))) return ENFORCER_DROP;
    if (str_equal_ignore_case(text, STR("TRIM_PAD"))) return ENFORCER_TRIM_PAD;
    return ENFORCER_IGNORE;
}

static enum status put_before(struct physical *p, struct node *sink, enum node_kind kind, struct node **ret) {
    struct node *input = node_input(sink);
    TRY(node_new(p, kind, input, input->row, sink->span, ret));
    (*ret)->produces = input->produces;
    (*ret)->upsert_keys = input->upsert_keys;
    (*ret)->upsert_key_count = input->upsert_key_count;
    sink->inputs.at[0] = *ret;
    return STATUS_OK;
}

static enum status put_enforcer(struct physical *p, struct node *sink) {
    const struct type *row = sink->as.sink.row;
    struct node *n = NULL;
    enum enforcer_mode length_mode = mode_of(p, "table.exec.sink.type-length-enforcer");
    struct constraint_params c = {.not_null = ARENA_ARRAY(p->rel.arena, uint32_t, row->child_count), .not_null_mode = mode_of(p, "table.exec.sink.not-null-enforcer"),
                                  .lengths = ARENA_ARRAY(p->rel.arena, uint32_t, row->child_count), .length_mode = length_mode};
    const struct type **types = ARENA_ARRAY(p->rel.arena, const struct type *, row->child_count);
    c.names = ARENA_ARRAY(p->rel.arena, struct str, row->child_count);
    if (c.not_null == NULL || c.lengths == NULL || types == NULL || c.names == NULL) return no_memory(p->rel.error);
    for (uint32_t i = 0; i < row->child_count; i++) {
        const struct type *t = row->children[i].type;
        types[i] = t;
        c.names[i] = row->children[i].name;
        if (!t->nullable) c.not_null[c.not_null_count++] = i; /* a NOT NULL type may still hold NULL: an overflowing CAST */
        if (length_mode != ENFORCER_IGNORE && t->phys == PHYS_STRING && t->length != TYPE_LENGTH_MAX) c.lengths[c.length_count++] = i;
    }
    c.types = types;
    if (c.not_null_count == 0 && c.length_count == 0) return STATUS_OK;
    TRY(put_before(p, sink, NODE_CONSTRAINT_ENFORCER, &n));
    n->as.constraint = c;
    return STATUS_OK;
}

static void print_key(struct buf *out, const struct type *row, const uint32_t *columns, uint32_t count) {
    buf_char(out, '[');
    for (uint32_t i = 0; i < count; i++) {
        if (i > 0) buf_text(out, ", ");
        buf_str(out, row->children[columns[i]].name);
    }
    buf_char(out, ']');
}

static enum status refuse_without_conflict(struct physical *p, const struct node *sink, const uint32_t *key, uint32_t n) {
    const struct node *in = node_input(sink);
    const struct table *t = sink->as.sink.table;
    struct buf primary = BUF_INIT, upsert = BUF_INIT;
    print_key(&primary, sink->row, key, n);
    if (in->upsert_key_count > 0) print_key(&upsert, sink->row, in->upsert_keys[0].columns, in->upsert_keys[0].count);
    error_at(p->rel.error, STATUS_INVALID, sink->span,
             "The query has an upsert key that differs from the primary key of '%.*s': its rows are unique by %.*s, the table's by %.*s, so several may meet in one row of the table",
             STR_ARG(t->name), upsert.size_bytes == 0 ? 7 : (int)upsert.size_bytes, upsert.size_bytes == 0 ? "nothing" : upsert.at, STR_ARG(buf_view(&primary)));
    buf_deinit(&primary);
    buf_deinit(&upsert);
    return error_hint(p->rel.error, "Add ON CONFLICT DO DEDUPLICATE (keep the latest; state for the whole history), ON CONFLICT DO ERROR (fail), or ON CONFLICT DO NOTHING (keep the first)");
}

/* Does the sink take upserts (and so rely on its key)? */
static enum status takes_upserts(struct physical *p, const struct node *sink, bool *ret) {
    uint32_t bits = 0;
    TRY(accepted(p, sink, node_input(sink)->produces & ~(uint32_t)CHANGE_UB, &bits));
    *ret = (bits & CHANGE_UA) != 0 && (bits & CHANGE_UB) == 0;
    return STATUS_OK;
}

/* Is the sink one of upserts by a key that no key of the input is part of? */
static enum status keys_differ(struct physical *p, const struct node *sink, const uint32_t *key, uint32_t n, bool *ret) {
    const struct node *in = node_input(sink);
    bool upserts = false;
    *ret = false;
    if (n == 0) return STATUS_OK;
    TRY(takes_upserts(p, sink, &upserts));
    if (!upserts) return STATUS_OK;
    for (uint32_t i = 0; i < in->upsert_key_count; i++) {
        const struct key_set *k = &in->upsert_keys[i];
        bool inside = true;
        struct key_set primary = {(uint32_t *)(uintptr_t)key, n};
        inside = key_contains(&primary, k->columns, k->count);
        if (inside) return STATUS_OK;
    }
    *ret = true;
    return STATUS_OK;
}

/*
 * The watermark in effect at each row, as one more column: what ON CONFLICT compacts by. It is read
 * before the exchange by key, where each change and its counterpart lie between the same watermarks.
 */
static enum status put_epoch(struct physical *p, struct node *sink) {
    struct node *input = node_input(sink), *calc = NULL;
    uint32_t width = node_width(input);
    struct expr **exprs = ARENA_ARRAY(p->rel.arena, struct expr *, width + 1);
    struct type_field *fields = ARENA_ARRAY(p->rel.arena, struct type_field, width + 1);
    if (exprs == NULL || fields == NULL) return no_memory(p->rel.error);
    for (uint32_t i = 0; i < width; i++) {
        fields[i] = input->row->children[i];
        exprs[i] = expr_input(p->rel.arena, i, fields[i].type);
        if (exprs[i] == NULL) return no_memory(p->rel.error);
    }
    TRY(func_call_named(p->rel.arena, p->rel.types, &p->session->eval, "WATERMARK_MILLIS", sink->span, NULL, 0, &exprs[width], p->rel.error));
    fields[width] = (struct type_field){.name = STR("$epoch"), .type = exprs[width]->type};
    const struct type *row = type_row(p->rel.types, fields, width + 1, false);
    if (row == NULL) return no_memory(p->rel.error);
    TRY(node_project(p, input, exprs, row, &calc));
    calc->produces = input->produces;
    calc->upsert_keys = input->upsert_keys;
    calc->upsert_key_count = input->upsert_key_count;
    sink->inputs.at[0] = calc;
    return STATUS_OK;
}

static enum status put_materializer(struct physical *p, struct node *sink, const uint32_t *key, uint32_t count, struct str conflict) {
    struct node *n = NULL, *exchange = NULL;
    const struct type *row = node_input(sink)->row;
    bool by_watermark = str_equal(conflict, STR("ERROR")) || str_equal(conflict, STR("NOTHING"));
    if (by_watermark) TRY(put_epoch(p, sink));
    struct node *input = node_input(sink);
    TRY(node_exchange(p, input, key, count, &exchange));
    if (exchange != input) {
        exchange->produces = input->produces;
        exchange->upsert_keys = input->upsert_keys;
        exchange->upsert_key_count = input->upsert_key_count;
        sink->inputs.at[0] = exchange;
    }
    TRY(put_before(p, sink, by_watermark ? NODE_SINK_COMPACTOR : NODE_SINK_MATERIALIZER, &n));
    n->row = row;
    struct materialize_params *m = &n->as.materialize;
    m->key = ARENA_ARRAY(p->rel.arena, uint32_t, count);
    if (m->key == NULL) return no_memory(p->rel.error);
    memcpy(m->key, key, count * sizeof *key);
    m->key_count = count;
    if (input->upsert_key_count > 0) {
        m->upsert_key = input->upsert_keys[0].columns;
        m->upsert_key_count = input->upsert_keys[0].count;
    }
    m->conflict_error = str_equal(conflict, STR("ERROR"));
    m->ttl_ms = n->state_ttl_ms;
    n->produces = CHANGE_I | CHANGE_UA | CHANGE_D;
    return STATUS_OK;
}

static const struct table *source_without_watermark(const struct node *n, bool below) {
    below |= n->kind == NODE_WATERMARK;
    if (n->kind == NODE_SCAN) return below ? NULL : n->as.scan.table;
    for (uint32_t i = 0; i < n->inputs.count; i++) {
        const struct table *t = source_without_watermark(n->inputs.at[i], below);
        if (t != NULL) return t;
    }
    return NULL;
}

static enum status check_conflict(struct physical *p, const struct node *sink, struct str conflict) {
    const struct table *t = sink->as.sink.table;
    bool upserts = false;
    TRY(takes_upserts(p, sink, &upserts));
    if (t->key_count == 0 || !upserts) {
        return error_at(p->rel.error, STATUS_INVALID, sink->span, "ON CONFLICT clause is only allowed for upsert sinks. The sink '%.*s.%.*s.%.*s' is not an upsert sink", STR_ARG(t->catalog),
                        STR_ARG(t->database), STR_ARG(t->name));
    }
    if (str_equal(conflict, STR("DEDUPLICATE"))) return STATUS_OK;
    const struct table *source = source_without_watermark(node_input(sink), false);
    if (source == NULL) return STATUS_OK;
    error_at(p->rel.error, STATUS_INVALID, sink->span, "ON CONFLICT DO %.*s requires all source tables to define watermarks, but '%.*s.%.*s.%.*s' does not", STR_ARG(conflict),
             STR_ARG(source->catalog), STR_ARG(source->database), STR_ARG(source->name));
    return error_hint(p->rel.error, "Add a WATERMARK declaration to the table");
}

enum status sink_finish(struct physical *p, struct node *sink, struct str conflict) {
    uint32_t key[64];
    bool differ = false;
    struct node *in = node_input(sink);
    if (sink->as.sink.table == NULL) {
        if (in->upsert_key_count > 0) {
            sink->as.sink.upsert_keys = in->upsert_keys[0].columns;
            sink->as.sink.upsert_key_count = in->upsert_keys[0].count;
        }
        sink->produces = in->produces;
        return put_enforcer(p, sink);
    }
    uint32_t n = sink_key(sink, key, 64);
    struct str mode = session_get(p->session, "table.exec.sink.upsert-materialize").text;
    bool force = n > 0 && str_equal_ignore_case(mode, STR("FORCE")), none = str_equal_ignore_case(mode, STR("NONE"));
    TRY(keys_differ(p, sink, key, n, &differ));
    if (conflict.size_bytes > 0) TRY(check_conflict(p, sink, conflict));
    if (differ && !force && !none && conflict.size_bytes == 0 && session_bool(p->session, "table.exec.sink.require-on-conflict")) {
        return refuse_without_conflict(p, sink, key, n);
    }
    /* inserts alone need no materialiser to be deduplicated by the sink itself */
    bool by_sink = in->produces == CHANGE_I && str_equal(conflict, STR("DEDUPLICATE"));
    TRY(put_enforcer(p, sink));
    if (force || (differ && !none && !by_sink)) TRY(put_materializer(p, sink, key, n, conflict));
    sink->produces = node_input(sink)->produces;
    return STATUS_OK;
}
