/* SPDX-License-Identifier: Apache-2.0 */
/*
 * arrow_schema: logical types as Arrow format strings. The mapping follows how values lie here, so
 * that a column is handed over by one copy of its bytes: timestamps up to 6 digits are microseconds,
 * above that nanoseconds; TIME is milliseconds of the day; day intervals are durations in
 * milliseconds; decimals are 128 bits. A MULTISET is a map from element to count.
 *
 * Each schema, children too, owns what it points to, so a consumer may move children out.
 */
#include "api/arrow_schema.h"

#include "base/alloc.h"
#include "base/buf.h"

#include <assert.h>

/* One block per schema: what its pointers point to. */
struct owned {
    char *format, *name;
    struct ArrowSchema **children;
};

static void schema_release(struct ArrowSchema *s) {
    struct owned *o = s->private_data;
    for (int64_t i = 0; i < s->n_children; i++) {
        if (s->children[i]->release != NULL) s->children[i]->release(s->children[i]);
        mem_free(s->children[i]);
    }
    mem_free(o->children);
    mem_free(o->format);
    mem_free(o->name);
    mem_free(o);
    s->release = NULL;
}

static char *copy_text(struct str s) {
    char *at = mem_alloc(s.size_bytes + 1);
    if (at == NULL) return NULL;
    if (s.size_bytes > 0) memcpy(at, s.at, s.size_bytes);
    at[s.size_bytes] = '\0';
    return at;
}

/* Arrow takes regions and bare offsets: GMT+02:00 is +02:00. */
static struct str arrow_zone(const struct zone *z) {
    struct str id = zone_id(z);
    bool offset = id.size_bytes > 3 && (memcmp(id.at, "GMT", 3) == 0 || memcmp(id.at, "UTC", 3) == 0) && (id.at[3] == '+' || id.at[3] == '-');
    return offset ? (struct str){id.at + 3, id.size_bytes - 3} : id;
}

static void timestamp_format(struct buf *out, const struct type *t, const struct zone *zone) {
    buf_text(out, t->phys == PHYS_TS ? "tsn:" : "tsu:");
    if (t->root == TYPE_TIMESTAMP_LTZ) buf_str(out, arrow_zone(zone));
}

static void format_of(struct buf *out, const struct type *t, const struct zone *zone) {
    switch (t->root) {
    case TYPE_CHAR:
    case TYPE_VARCHAR: buf_char(out, 'u'); return;
    case TYPE_BINARY:
    case TYPE_VARBINARY: buf_char(out, 'z'); return;
    case TYPE_BOOLEAN: buf_char(out, 'b'); return;
    case TYPE_TINYINT: buf_char(out, 'c'); return;
    case TYPE_SMALLINT: buf_char(out, 's'); return;
    case TYPE_INT: buf_char(out, 'i'); return;
    case TYPE_BIGINT: buf_char(out, 'l'); return;
    case TYPE_FLOAT: buf_char(out, 'f'); return;
    case TYPE_DOUBLE: buf_char(out, 'g'); return;
    case TYPE_DECIMAL: buf_format(out, "d:%d,%d", t->precision, t->scale); return;
    case TYPE_DATE: buf_text(out, "tdD"); return;
    case TYPE_TIME: buf_text(out, "ttm"); return;
    case TYPE_TIMESTAMP:
    case TYPE_TIMESTAMP_LTZ: timestamp_format(out, t, zone); return;
    case TYPE_INTERVAL_YM: buf_text(out, "tiM"); return;
    case TYPE_INTERVAL_DT: buf_text(out, "tDm"); return;
    case TYPE_ARRAY: buf_text(out, "+l"); return;
    case TYPE_MULTISET:
    case TYPE_MAP: buf_text(out, "+m"); return;
    case TYPE_ROW: buf_text(out, "+s"); return;
    case TYPE_NULL: buf_char(out, 'n'); return;
    }
    assert(!"unknown root of a type");
}

/* An empty schema with room for its children. */
static enum status schema_new(struct str format, struct str name, bool nullable, uint32_t children, struct ArrowSchema *ret, struct error *e) {
    struct owned *o = mem_calloc(1, sizeof *o);
    if (o == NULL) return error_no_memory(e, sizeof *o);
    *ret = (struct ArrowSchema){.flags = nullable ? ARROW_FLAG_NULLABLE : 0, .release = schema_release, .private_data = o};
    ret->format = o->format = copy_text(format);
    ret->name = o->name = copy_text(name);
    ret->children = o->children = mem_calloc(children + 1, sizeof *o->children);
    if (o->format != NULL && o->name != NULL && o->children != NULL) return STATUS_OK;
    schema_release(ret);
    return error_no_memory(e, 0);
}

/* The next child of s, zeroed. */
static struct ArrowSchema *child_new(struct ArrowSchema *s) {
    struct ArrowSchema *child = mem_calloc(1, sizeof *child);
    if (child != NULL) s->children[s->n_children++] = child;
    return child;
}

static enum status schema_fill(const struct type *t, struct str name, const struct zone *zone, bool nullable, struct ArrowSchema *ret, struct error *e);

static enum status child_add(struct ArrowSchema *to, const struct type *t, struct str name, const struct zone *zone, bool nullable, struct error *e) {
    struct ArrowSchema *child = child_new(to);
    if (child == NULL) return error_no_memory(e, sizeof *child);
    return schema_fill(t, name, zone, nullable, child, e);
}

/* A map's one child is the struct of its entries, whose keys Arrow wants not null. */
static enum status entries_add(struct ArrowSchema *to, const struct type *t, const struct zone *zone, struct error *e) {
    struct ArrowSchema *entries = child_new(to);
    if (entries == NULL) return error_no_memory(e, sizeof *entries);
    TRY(schema_new(STR("+s"), STR("entries"), false, 2, entries, e));
    TRY(child_add(entries, t->children[0].type, STR("key"), zone, false, e));
    return child_add(entries, t->children[1].type, STR("value"), zone, t->children[1].type->nullable, e);
}

static enum status children_add(struct ArrowSchema *to, const struct type *t, const struct zone *zone, struct error *e) {
    switch (t->root) {
    case TYPE_MULTISET:
    case TYPE_MAP: return entries_add(to, t, zone, e);
    case TYPE_ARRAY: return child_add(to, t->children[0].type, STR("item"), zone, t->children[0].type->nullable, e);
    case TYPE_ROW:
        for (uint32_t i = 0; i < t->child_count; i++) TRY(child_add(to, t->children[i].type, t->children[i].name, zone, t->children[i].type->nullable, e));
        return STATUS_OK;
    default: return STATUS_OK;
    }
}

/* On failure *ret is released, or was never made. */
static enum status schema_fill(const struct type *t, struct str name, const struct zone *zone, bool nullable, struct ArrowSchema *ret, struct error *e) {
    struct buf format = BUF_INIT;
    format_of(&format, t, zone);
    enum status s = format.failed ? error_no_memory(e, 0) : schema_new(buf_view(&format), name, nullable, t->child_count, ret, e);
    buf_deinit(&format);
    TRY(s);
    s = children_add(ret, t, zone, e);
    if (s != STATUS_OK) schema_release(ret);
    return s;
}

enum status arrow_schema_new(const struct type *row, const struct str *names, const struct zone *zone, bool changelog, struct ArrowSchema *ret, struct error *e) {
    assert(row->root == TYPE_ROW);
    struct ArrowSchema made = {0};
    TRY(schema_new(STR("+s"), STR(""), false, row->child_count + 1, &made, e));
    enum status s = STATUS_OK;
    if (changelog) {
        struct ArrowSchema *op = child_new(&made);
        s = op == NULL ? error_no_memory(e, sizeof *op) : schema_new(STR("u"), STR("op"), false, 0, op, e);
    }
    for (uint32_t i = 0; s == STATUS_OK && i < row->child_count; i++) {
        const struct type *t = row->children[i].type;
        s = child_add(&made, t, names[i], zone, t->nullable || t->root == TYPE_NULL, e);
    }
    if (s == STATUS_OK) *ret = made;
    else schema_release(&made);
    return s;
}
