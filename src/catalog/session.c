/* SPDX-License-Identifier: Apache-2.0 */
/*
 * session: the configuration, catalog and type pool that statements are planned under. SET stores
 * the text of a value after checking it against its row; session_get parses again, which is fine,
 * since only planning asks. The evaluation context follows the keys that kernels depend on.
 */
#include "catalog/session.h"

#include "base/suggest.h"

#include <assert.h>
#include <stdlib.h>

static const struct option *find_row(struct str key) {
    uint32_t count;
    const struct option *rows = session_options(&count);
    return option_find(rows, count, key);
}

static const struct option *known_row(const char *key) {
    const struct option *row = find_row(str_of(key));
    assert(row != NULL && row->type != OPTION_PREFIX);
    return row;
}

static struct str zone_name(struct str setting) {
    return str_equal_ignore_case(setting, STR("default")) || setting.size_bytes == 0 ? STR("UTC") : setting;
}

/* Keys that Flink knows more values of than Weir runs. */
static const struct { const char *key, *value; } only_values[] = {
    {"execution.runtime-mode", "STREAMING"},
    {"table.sql-dialect", "default"},
    {"table.exec.sink.nested-constraint-enforcer", "IGNORE"},
};

/* Brings eval up to date with one key. */
static enum status apply(struct session *s, struct str key, struct str value, struct span span, struct error *e) {
    if (str_equal(key, STR("table.local-time-zone"))) {
        const struct zone *zone;
        if (!zone_session_ok(zone_name(value))) {
            error_at(e, STATUS_OPTION, span, "Invalid time zone '%.*s'.", STR_ARG(value));
            return error_hint(e, "Use a region such as 'America/Los_Angeles', a fixed offset such as 'GMT-03:00', or 'UTC'.");
        }
        enum status st = zone_open(s->arena, zone_name(value), &zone, e);
        if (st != STATUS_OK) {
            if (e != NULL && e->span.end == 0) e->span = span;
            return st;
        }
        s->eval.zone = zone;
    }
    if (str_equal(key, STR("table.exec.legacy-cast-behaviour"))) s->eval.legacy_casts = str_equal_ignore_case(value, STR("ENABLED"));
    for (size_t i = 0; i < sizeof only_values / sizeof only_values[0]; i++) {
        if (!str_equal(key, str_of(only_values[i].key)) || str_equal_ignore_case(value, str_of(only_values[i].value))) continue;
        return error_at(e, STATUS_UNSUPPORTED, span, "%.*s = '%.*s' is not supported: only '%s'", STR_ARG(key), STR_ARG(value), only_values[i].value);
    }
    return STATUS_OK;
}

enum status session_new(struct arena *a, struct session **ret, struct error *e) {
    struct session *s = ARENA_NEW(a, struct session);
    if (s == NULL) return error_no_memory(e, sizeof *s);
    s->arena = a;
    s->types = types_new(a);
    s->settings = strmap_new(a);
    if (s->types == NULL || s->settings == NULL || catalog_new(a, &s->catalog) != STATUS_OK) return error_no_memory(e, 0);
    s->cores = 1;
    s->eval.watermark_ms = INT64_MIN;
    s->eval.current_catalog = catalog_current(s->catalog);
    s->eval.current_database = catalog_current_database(s->catalog);
    TRY(apply(s, STR("table.local-time-zone"), STR("default"), (struct span){0, 0}, e));
    *ret = s;
    return STATUS_OK;
}

/* Unknown key: with the nearest known one. */
static enum status unknown_key(struct session *s, struct str key, struct span span, struct error *e) {
    uint32_t count;
    const struct option *rows = session_options(&count);
    error_at(e, STATUS_OPTION, span, "There is no setting '%.*s'", STR_ARG(key));
    struct str *keys = ARENA_ARRAY(s->arena, struct str, count);
    for (uint32_t i = 0; keys != NULL && i < count; i++) keys[i] = str_of(rows[i].key);
    struct str near = keys == NULL ? STR("") : suggest_name(key, keys, count);
    if (near.size_bytes > 0) error_hint(e, "Did you mean '%.*s'?", STR_ARG(near));
    return STATUS_OPTION;
}

bool session_known(struct str key) { return find_row(session_key(key)) != NULL; }

enum status session_set(struct session *s, struct str written, struct str value, struct span span, struct error *e) {
    struct str key = session_key(written);
    const struct option *row = find_row(key);
    if (row == NULL) return unknown_key(s, key, span, e);
    struct option_value parsed;
    if (row->type == OPTION_PREFIX) {
        parsed = (struct option_value){.text = value};
    } else {
        TRY(option_parse(s->arena, row, value, span, &parsed, e));
    }
    TRY(apply(s, key, value, span, e));
    struct str *kept = ARENA_NEW(s->arena, struct str);
    if (kept == NULL) return error_no_memory(e, sizeof *kept);
    *kept = arena_str(s->arena, value);
    if (kept->at == NULL) return error_no_memory(e, value.size_bytes);
    return strmap_put(s->settings, key, kept);
}

enum status session_reset(struct session *s, struct str written, struct error *e) {
    struct str key = written.at == NULL ? written : session_key(written);
    if (key.at == NULL) {
        s->settings = strmap_new(s->arena);
        if (s->settings == NULL) return error_no_memory(e, 0);
        return apply(s, STR("table.local-time-zone"), STR("default"), (struct span){0, 0}, e);
    }
    const struct option *row = find_row(key);
    if (row == NULL) return unknown_key(s, key, (struct span){0, 0}, e);
    strmap_remove(s->settings, key);
    return apply(s, key, row->def == NULL ? STR("") : str_of(row->def), (struct span){0, 0}, e);
}

struct option_value session_get(const struct session *s, const char *key) {
    const struct option *row = known_row(key);
    struct option_value v = {.given = false};
    const struct str *set = strmap_get(s->settings, str_of(key));
    if (set == NULL && row->def == NULL) return v;
    enum status st = option_parse(s->arena, row, set != NULL ? *set : str_of(row->def), (struct span){0, 0}, &v, NULL);
    assert(st == STATUS_OK);
    (void)st;
    v.given = set != NULL;
    return v;
}

bool session_bool(const struct session *s, const char *key) { return session_get(s, key).number != 0; }

int64_t session_int(const struct session *s, const char *key) { return session_get(s, key).number; }
