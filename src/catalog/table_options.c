/* SPDX-License-Identifier: Apache-2.0 */
/*
 * table_options: from a WITH clause to typed options: finds the connector and format, parses each
 * one's rows ("<format>." prefixed), refuses keys that fit nowhere and names the nearest key, and
 * runs the connector's own check.
 */
#include "catalog/connectors.h"

#include "base/suggest.h"

#include <assert.h>

static const struct ast_option *find_given(const struct list *given, struct str key) {
    for (uint32_t i = 0; i < given->count; i++) {
        const struct ast_option *o = given->at[i];
        if (str_equal(o->key, key)) return o;
    }
    return NULL;
}

static struct str nearest_of(struct arena *a, struct str word, const char *const *names, uint32_t count) {
    struct str *words = ARENA_ARRAY(a, struct str, count + 1);
    if (words == NULL) return STR("");
    for (uint32_t i = 0; i < count; i++) words[i] = str_of(names[i]);
    return str_nearest(word, words, count);
}

static enum status find_connector(struct arena *a, const struct list *given, const struct connector **ret, struct error *e) {
    const struct ast_option *o = find_given(given, STR("connector"));
    if (o == NULL)
{
        error_set(e, STATUS_OPTION, "The option 'connector' is missing: it says where the rows are");
        return error_hint(e, "Write WITH ('connector' = 'filesystem', 'path' = '...', 'format' = 'json'), for example");
    }
    *ret = connector_find(o->value);
    if (*ret != NULL) return STATUS_OK;
    uint32_t count;
    const struct connector *const *table = connector_table(&count);
    const char *names[32];
    assert(count <= 32);
    struct buf list = BUF_INIT;
    uint32_t listed = 0;
    for (uint32_t i = 0; i < count; i++) {
        if ((table[i]->abilities & CONNECTOR_PRIVATE) != 0) continue;
        names[listed] = table[i]->name;
        buf_format(&list, "%s%s", listed++ == 0 ? "" : ", ", table[i]->name);
    }
    error_at(e, STATUS_UNSUPPORTED, o->value_span, "There is no connector '%.*s'", STR_ARG(o->value));
    struct str near = nearest_of(a, o->value, names, listed);
    if (near.size_bytes > 0) error_hint(e, "Did you mean '%.*s'?", STR_ARG(near));
    else error_hint(e, "Weir has %.*s", STR_ARG(buf_view(&list)));
    buf_deinit(&list);
    return STATUS_UNSUPPORTED;
}

static enum status find_format(struct arena *a, const struct list *given, const struct connector *c, bool as_source, const struct format **ret, struct error *e) {
    *ret = NULL;
    if (!(c->abilities & CONNECTOR_NEEDS_FORMAT)) return STATUS_OK;
    const struct ast_option *o = find_given(given, STR("format"));
    if (o == NULL) {
        if (c != &connector_stdin && c != &connector_stdout)
            return error_set(e, STATUS_OPTION, "The option 'format' is missing, such as 'json' or 'csv'");
        *ret = &format_json;
        return STATUS_OK;
    }
    *ret = format_find(o->value);
    if (*ret == NULL) {
        static const char *const names[] = {"json", "csv", "raw"};
        error_at(e, STATUS_UNSUPPORTED, o->value_span, "There is no format '%.*s'", STR_ARG(o->value));
        struct str near = nearest_of(a, o->value, names, 3);
        if (near.size_bytes > 0) error_hint(e, "Did you mean '%.*s'?", STR_ARG(near));
        else error_hint(e, "Weir has json, csv and raw");
        return STATUS_UNSUPPORTED;
    }
    if (as_source ? !(*ret)->reads : !(*ret)->writes)
        return error_at(e, STATUS_UNSUPPORTED, o->value_span, "Format '%s' cannot be used to %s.", (*ret)->name, as_source ? "read" : "write");
    return STATUS_OK;
}

/* Is key one of the rows of t below prefix? */
static bool belongs(const struct option *table, uint32_t count, struct str prefix, struct str key) {
    if (key.size_bytes < prefix.size_bytes || memcmp(key.at, prefix.at, prefix.size_bytes) != 0) return false;
    struct str rest = {key.at + prefix.size_bytes, key.size_bytes - prefix.size_bytes};
    return option_find(table, count, rest) != NULL;
}

struct known_keys {
    struct arena *arena;
    struct str *keys;
    uint32_t count;
};

static void add_keys(struct known_keys *k, const struct option *table, uint32_t count, struct str prefix) {
    for (uint32_t i = 0; k->keys != NULL && i < count; i++) {
        struct str key = prefix.size_bytes == 0 ? str_of(table[i].key)
                                                : arena_format(k->arena, "%.*s%s", STR_ARG(prefix), table[i].key);
        if (key.at != NULL) k->keys[k->count++] = key;
    }
}

static enum status unknown_option(struct arena *a, const struct ast_option *o, const struct table_options *t, struct str prefix, struct error *e) {
    uint32_t common_count;
    const struct option *common = common_options(&common_count);
    uint32_t format_count = t->format == NULL ? 0 : t->format->option_count;
    struct known_keys k = {a, ARENA_ARRAY(a, struct str, common_count + format_count + t->connector->option_count + 1), 0};
    add_keys(&k, t->connector->options, t->connector->option_count, STR(""));
    if (t->format != NULL) add_keys(&k, t->format->options, format_count, prefix);
    add_keys(&k, common, common_count, STR(""));
    error_at(e, STATUS_OPTION, o->key_span, "The connector '%s'%s%s%s has no option '%.*s'", t->connector->name, t->format == NULL ? "" : " with the format '", t->format == NULL ? "" : t->format->name, t->format == NULL ? "" : "'", STR_ARG(o->key));
    struct str near = k.keys == NULL ? STR("") : suggest_name(o->key, k.keys, k.count);
    if (near.size_bytes > 0) error_hint(e, "Did you mean '%.*s'?", STR_ARG(near));
    return STATUS_OPTION;
}

static enum status check_unknown(struct arena *a, const struct list *given, const struct table_options *t, struct str prefix, struct error *e) {
    uint32_t common_count;
    const struct option *common = common_options(&common_count);
    for (uint32_t i = 0; i < given->count; i++) {
        const struct ast_option *o = given->at[i];
        if (belongs(common, common_count, STR(""), o->key)) continue;
        if (belongs(t->connector->options, t->connector->option_count, STR(""), o->key)) continue;
        if (t->format != NULL && belongs(t->format->options, t->format->option_count, prefix, o->key)) continue;
        return unknown_option(a, o, t, prefix, e);
    }
    return STATUS_OK;
}

/* Alignment needs a group and a drift, or nothing of it is set. */
static enum status check_alignment(const struct options *common, struct error *e) {
    static const char *const keys[] = {"scan.watermark.alignment.group", "scan.watermark.alignment.max-drift", "scan.watermark.alignment.update-interval"};
    bool given[3];
    for (uint32_t i = 0; i < 3; i++) given[i] = options_get(common, keys[i])->given;
    if ((given[0] && given[1]) || !(given[0] || given[1] || given[2])) return STATUS_OK;
    return error_set(e, STATUS_OPTION, "'%s' and '%s' must be set when configuring watermark alignment.", keys[0], keys[1]);
}

enum status table_options_parse(struct arena *a, const struct list *given, bool as_source, struct table_options *ret, struct error *e) {
    struct table_options t = {NULL, NULL, {0}, {0}, {0}};
    TRY(find_connector(a, given, &t.connector, e));
    TRY(find_format(a, given, t.connector, as_source, &t.format, e));
    struct str prefix = STR("");
    if (t.format != NULL) {
        prefix = arena_format(a, "%s.", t.format->name);
        if (prefix.at == NULL) return error_no_memory(e, 0);
    }
    TRY(check_unknown(a, given, &t, prefix, e));
    uint32_t common_count;
    const struct option *common = common_options(&common_count);
    TRY(options_parse(a, common, common_count, STR(""), given, &t.common, e));
    TRY(check_alignment(&t.common, e));
    TRY(options_parse(a, t.connector->options, t.connector->option_count, STR(""), given, &t.own, e));
    if (t.format != NULL) TRY(options_parse(a, t.format->options, t.format->option_count, prefix, given, &t.format_options, e));
    if (t.connector->check != NULL) TRY(t.connector->check(a, &t.own, e));
    *ret = t;
    return STATUS_OK;
}
