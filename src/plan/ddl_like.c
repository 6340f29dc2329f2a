/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ddl_like: CREATE TABLE ... LIKE: what of the other table is taken over. The strategy of a feature is the one given for
 * it, else the one given for ALL, else the default: INCLUDING, and OVERWRITING for OPTIONS. As in Flink, EXCLUDING
 * PARTITIONS and EXCLUDING DISTRIBUTION only make room for the new table's own: without one, the other's stay.
 */
#include "catalog/unknown.h"
#include "plan/ddl.h"

#include <assert.h>

enum merge { MERGE_INCLUDING, MERGE_EXCLUDING, MERGE_OVERWRITING };

static const struct ast_like_option *option_of(const struct ast_statement *stmt, const char *feature) {
    for (uint32_t i = 0; i < stmt->like_options.count; i++) {
        const struct ast_like_option *o = stmt->like_options.at[i];
        if (str_equal(o->feature, str_of(feature))) return o;
    }
    return NULL;
}

static enum merge merge_of(const struct ast_statement *stmt, const char *feature) {
    const struct ast_like_option *o = option_of(stmt, feature);
    if (o == NULL) o = option_of(stmt, "ALL");
    if (o == NULL) return str_equal(str_of(feature), STR("OPTIONS")) ? MERGE_OVERWRITING : MERGE_INCLUDING;
    if (str_equal(o->action, STR("EXCLUDING"))) return MERGE_EXCLUDING;
    return str_equal(o->action, STR("OVERWRITING")) ? MERGE_OVERWRITING : MERGE_INCLUDING;
}

static enum status check_options(struct binder *b, const struct ast_statement *stmt) {
    static const char *const fixed[] = {"ALL", "CONSTRAINTS", "DISTRIBUTION", "PARTITIONS"};
    for (uint32_t i = 0; i < stmt->like_options.count; i++) {
        const struct ast_like_option *o = stmt->like_options.at[i];
        for (uint32_t k = 0; k < i; k++) {
            if (str_equal(((const struct ast_like_option *)stmt->like_options.at[k])->feature, o->feature)) return error_at(b->rel.error, STATUS_INVALID, o->span, "Each like option feature can be declared only once.");
        }
        for (size_t k = 0; k < sizeof fixed / sizeof *fixed && str_equal(o->action, STR("OVERWRITING")); k++) {
            if (str_equal(o->feature, str_of(fixed[k]))) return error_at(b->rel.error, STATUS_INVALID, o->span, "Illegal merging strategy 'OVERWRITING' for '%s' option.", fixed[k]);
        }
    }
    return STATUS_OK;
}

static const struct ast_column *own_column(const struct ast_statement *stmt, struct str name) {
    for (uint32_t i = 0; i < stmt->columns.count; i++) {
        const struct ast_column *c = stmt->columns.at[i];
        if (str_equal(c->name, name)) return c;
    }
    return NULL;
}

/* Which of the other's columns stay, and which of those the statement's own take the place of. */
static enum status merge_columns(struct draft *d) {
    const struct ast_statement *stmt = d->stmt;
    static const char *const features[] = {[AST_PHYSICAL] = NULL, [AST_COMPUTED] = "GENERATED", [AST_METADATA] = "METADATA"};
    static const char *const names[] = {[AST_PHYSICAL] = "A", [AST_COMPUTED] = "A generated", [AST_METADATA] = "A metadata"};
    for (uint32_t i = 0; i < d->t->column_count;) {
        struct column *c = &d->t->columns[i];
        const struct ast_column *own = own_column(stmt, c->name);
        const char *feature = features[c->kind];
        enum merge m = feature == NULL ? MERGE_INCLUDING : merge_of(stmt, feature);
        if (m == MERGE_EXCLUDING) {
            draft_remove(d, i);
            continue;
        }
        if (own != NULL && (m != MERGE_OVERWRITING || own->kind != c->kind)) {
            error_at(d->b->rel.error, STATUS_INVALID, own->span, "%s column named '%.*s' already exists in the base table.", names[c->kind], STR_ARG(c->name));
            return feature == NULL ? STATUS_INVALID : error_hint(d->b->rel.error, "You might want to specify EXCLUDING %s or OVERWRITING %s.", feature, feature);
        }
        if (own != NULL) TRY(draft_column(d, own, c));
        i++;
    }
    return STATUS_OK;
}

static enum status conflict(struct draft *d, struct span span, const char *what, const char *feature) {
    error_at(d->b->rel.error, STATUS_INVALID, span, "The base table already has %s defined.", what);
    return error_hint(d->b->rel.error, "You might want to specify EXCLUDING %s.", feature);
}

static enum status merge_watermark(struct draft *d) {
    enum merge m = merge_of(d->stmt, "WATERMARKS");
    if (m == MERGE_EXCLUDING) d->watermark_column.at = NULL;
    if (m != MERGE_INCLUDING || d->watermark_column.at == NULL || d->stmt->watermark == NULL) return STATUS_OK;
    error_at(d->b->rel.error, STATUS_INVALID, d->stmt->watermark_span, "There already exists a watermark spec for column '%.*s' in the base table.", STR_ARG(d->watermark_column));
    return error_hint(d->b->rel.error, "You might want to specify EXCLUDING WATERMARKS or OVERWRITING WATERMARKS.");
}

static enum status merge_options(struct draft *d) {
    enum merge m = merge_of(d->stmt, "OPTIONS");
    if (m == MERGE_EXCLUDING) d->t->options = (struct list){0};
    for (uint32_t i = 0; m == MERGE_INCLUDING && i < d->stmt->options.count; i++) {
        const struct ast_option *own = d->stmt->options.at[i];
        for (uint32_t k = 0; k < d->t->options.count; k++) {
            const struct ast_option *o = d->t->options.at[k];
            if (!str_equal(o->key, own->key)) continue;
            error_at(d->b->rel.error, STATUS_INVALID, own->span, "There already exists an option ['%.*s' -> '%.*s'] in the base table.", STR_ARG(o->key), STR_ARG(o->value));
            return error_hint(d->b->rel.error, "You might want to specify EXCLUDING OPTIONS or OVERWRITING OPTIONS.");
        }
    }
    return STATUS_OK;
}

enum status ddl_like(struct binder *b, const struct ast_statement *stmt, struct draft *d) {
    struct table_path path;
    struct table *from = NULL;
    TRY(check_options(b, stmt));
    TRY(catalog_resolve(b->session->catalog, stmt->like, &path, b->rel.error));
    TRY(catalog_lookup(b->session->catalog, &path, &from, b->rel.error));
    if (from == NULL) return unknown_table(b->session->catalog, b->rel.arena, stmt->like, &path, b->rel.error);
    if (from->kind != TABLE_BASE) return error_at(b->rel.error, STATUS_INVALID, stmt->like->span, "LIKE takes a table, and '%.*s' is a view", STR_ARG(path.table));
    TRY(draft_new(b, stmt, from, 0, d));
    d->t->comment.at = NULL;
    d->t->partitions = (struct list){0};
    TRY(merge_columns(d));
    TRY(merge_watermark(d));
    TRY(merge_options(d));
    if (merge_of(stmt, "CONSTRAINTS") == MERGE_EXCLUDING) d->key = (struct list){0};
    if (d->key.count > 0 && stmt->primary_key.count > 0) return conflict(d, stmt->primary_key_span, "a primary key", "CONSTRAINTS");
    if (d->t->partitioned_by.count > 0 && stmt->partitioned_by.count > 0 && merge_of(stmt, "PARTITIONS") == MERGE_INCLUDING) return conflict(d, stmt->span, "partitions", "PARTITIONS");
    if (d->t->distribution != NULL && stmt->distribution != NULL && merge_of(stmt, "DISTRIBUTION") == MERGE_INCLUDING) return conflict(d, stmt->distribution->span, "a distribution", "DISTRIBUTION");
    return STATUS_OK;
}
