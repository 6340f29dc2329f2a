/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The datagen connector's descriptor: random or sequential rows at a rate. Keys are Flink's
 * (DataGenConnectorOptions); `fields.<column>.<setting>` is checked by its last word here and by its
 * column when the source starts.
 */
#include "catalog/connectors.h"

static const struct option options[] = {
    {"rows-per-second", OPTION_INT, "10000", NULL, "Rows per second over all readers.", false},
    {"number-of-rows", OPTION_INT, NULL, NULL, "The source ends after so many rows; not set: never.", false},
    {"fields.", OPTION_PREFIX, NULL, NULL, "fields.<column>.kind (random, sequence), min, max, max-past, length, var-len, start, end, null-rate.", false},
};

static bool is_sequence(const struct options *o) {
    for (uint32_t i = 0; i < strmap_count(o->raw); i++) {
        const struct strmap_entry *entry = strmap_at(o->raw, i);
        const struct ast_option *given = entry->value;
        struct str k = entry->key;
        if (k.size_bytes > 5 && memcmp(k.at + k.size_bytes - 5, ".kind", 5) == 0 && str_equal(given->value, STR("sequence"))) return true;
    }
    return false;
}

static bool bounded(const struct options *o) { return options_get(o, "number-of-rows")->given || is_sequence(o); }

static enum status check_field(const struct ast_option *given, struct str key, struct error *e) {
    static const struct str names[] = {{"kind", 4}, {"min", 3}, {"max", 3}, {"max-past", 8}, {"length", 6},
                                       {"var-len", 7}, {"start", 5}, {"end", 3}, {"null-rate", 9}};
    size_t dot = key.size_bytes;
    while (dot > 0 && key.at[dot - 1] != '.') dot--;
    struct str last = {key.at + dot, key.size_bytes - dot};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (str_equal(last, names[i])) return STATUS_OK;
    }
    error_at(e, STATUS_OPTION, given->key_span, "The connector 'datagen' has no option '%.*s'", STR_ARG(key));
    struct str near = str_nearest(last, names, sizeof names / sizeof *names);
    if (near.size_bytes > 0) error_hint(e, "Did you mean '%.*s%.*s'?", (int)dot, key.at, STR_ARG(near));
    return STATUS_OPTION;
}

static enum status check(struct arena *a, const struct options *o, struct error *e) {
    (void)a;
    for (uint32_t i = 0; i < strmap_count(o->raw); i++) {
        const struct strmap_entry *entry = strmap_at(o->raw, i);
        if (entry->key.size_bytes > 7 && memcmp(entry->key.at, "fields.", 7) == 0) TRY(check_field(entry->value, entry->key, e));
    }
    if (options_number(o, "rows-per-second") <= 0)
        return error_at(e, STATUS_OPTION, options_get(o, "rows-per-second")->span, "Option 'rows-per-second' must be positive.");
    return STATUS_OK;
}

const struct connector connector_datagen = {
    .name = "datagen",
    .abilities = CONNECTOR_SOURCE | CONNECTOR_PROJECTION | CONNECTOR_UNBOUNDED,
    .options = options,
    .option_count = OPTION_COUNT(options),
    .doc = "Random or sequential rows at a rate.",
    .bounded = bounded,
    .check = check,
};
