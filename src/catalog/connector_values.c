/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The values connector's descriptor: rows of a JSON-lines file with any kinds of change, and a sink
 * that writes each change as a line of Row.toString. Made for tests and demonstrations. A source
 * declares its changelog, readable metadata and whether it ends.
 */
#include "catalog/connectors.h"

static const struct option options[] = {
    {"path", OPTION_STRING, NULL, NULL, "File of rows: {\"op\":\"+I\",\"row\":[...]} per line; the sink's file.", true},
    {"changelog-mode", OPTION_STRING, "I", NULL, "Kinds of change that the source has: I,UB,UA,D.", false},
    {"bounded", OPTION_BOOL, "true", NULL, "false: the source waits for rows that are appended later.", false},
    {"readable-metadata", OPTION_STRING, "", NULL, "Metadata columns: key:TYPE, key:TYPE; their values follow the physical ones.", false},
    {"disable-lookup", OPTION_BOOL, "false", NULL, "The table cannot be looked up.", false},
    {"sink-insert-only", OPTION_BOOL, "false", NULL, "The sink takes +I only.", false},
    {"sink-changelog-mode-enforced", OPTION_STRING, NULL, NULL, "Kinds of change that the sink takes: I,UB,UA,D.", false},
};

static struct str trim(struct str s) {
    while (s.size_bytes > 0 && (s.at[0] == ' ' || s.at[0] == '\t')) s.at++, s.size_bytes--;
    while (s.size_bytes > 0 && (s.at[s.size_bytes - 1] == ' ' || s.at[s.size_bytes - 1] == '\t')) s.size_bytes--;
    return s;
}

enum status changelog_mode_parse(struct str text, uint32_t *ret_bits, struct error *e) {
    static const struct { const char *name; uint32_t bit; } kinds[] = {{"I", CHANGE_I}, {"UB", CHANGE_UB}, {"UA", CHANGE_UA}, {"D", CHANGE_D}};
    uint32_t bits = 0;
    for (size_t from = 0, i = 0; i <= text.size_bytes; i++) {
        if (i < text.size_bytes && text.at[i] != ',') continue;
        struct str part = trim((struct str){text.at + from, i - from});
        from = i + 1;
        uint32_t bit = 0;
        for (size_t k = 0; k < 4; k++) {
            if (str_equal_ignore_case(part, str_of(kinds[k].name))) bit = kinds[k].bit;
        }
        if (bit == 0)
            return error_set(e, STATUS_OPTION, "Unknown kind '%.*s' in changelog mode '%.*s'; known: I, UB, UA, D.", STR_ARG(part), STR_ARG(text));
        bits |= bit;
    }
    *ret_bits = bits;
    return STATUS_OK;
}

static enum status source_changelog(const struct options *o, uint32_t *ret_bits, struct error *e) {
    return changelog_mode_parse(options_text(o, "changelog-mode"), ret_bits, e);
}

static enum status sink_changelog(const struct options *o, bool has_key, uint32_t requested, uint32_t *ret_bits, struct error *e) {
    const struct option_value *enforced = options_get(o, "sink-changelog-mode-enforced");
    if (enforced->given) return changelog_mode_parse(enforced->text, ret_bits, e);
    if (options_bool(o, "sink-insert-only")) {
        *ret_bits = CHANGE_I;
    } else {
        *ret_bits = has_key ? (uint32_t)(CHANGE_I | CHANGE_UA | CHANGE_D) : requested;
    }
    return STATUS_OK;
}

static bool bounded(const struct options *o) { return options_bool(o, "bounded"); }

/* The end of the entry that starts at from: a comma outside of parentheses and angle brackets. */
static size_t entry_end(struct str s, size_t from) {
    int depth = 0;
    for (size_t i = from; i < s.size_bytes; i++) {
        char c = s.at[i];
        if (c == '(' || c == '<') depth++;
        if (c == ')' || c == '>') depth--;
        if (c == ',' && depth <= 0) return i;
    }
    return s.size_bytes;
}

static enum status parse_metadata(struct arena *a, struct str entry, struct metadata_column *ret, struct error *e) {
    const char *colon = memchr(entry.at, ':', entry.size_bytes);
    if (colon == NULL || colon == entry.at)
        return error_set(e, STATUS_OPTION, "readable-metadata: '%.*s' is not of the form key:TYPE.", STR_ARG(entry));
    struct str key = arena_str(a, trim((struct str){entry.at, (size_t)(colon - entry.at)}));
    struct str type = arena_str(a, trim((struct str){colon + 1, (size_t)(entry.at + entry.size_bytes - colon - 1)}));
    if (key.at == NULL || type.at == NULL) return error_no_memory(e, entry.size_bytes);
    *ret = (struct metadata_column){key.at, type.at, false, ""};
    return STATUS_OK;
}

enum status values_readable_metadata(struct arena *a, const struct options *o, struct metadata_column **ret, uint32_t *ret_count, struct error *e) {
    struct str s = options_text(o, "readable-metadata");
    uint32_t room = 1;
    for (size_t i = 0; i < s.size_bytes; i++) room += s.at[i] == ',';
    struct metadata_column *columns = ARENA_ARRAY(a, struct metadata_column, room);
    if (columns == NULL) return error_no_memory(e, room * sizeof *columns);
    uint32_t count = 0;
    for (size_t from = 0; from < s.size_bytes;) {
        size_t end = entry_end(s, from);
        struct str entry = trim((struct str){s.at + from, end - from});
        from = end + 1;
        if (entry.size_bytes > 0) TRY(parse_metadata(a, entry, &columns[count++], e));
    }
    *ret = columns;
    *ret_count = count;
    return STATUS_OK;
}

static enum status check(struct arena *a, const struct options *o, struct error *e) {
    uint32_t bits, count;
    struct metadata_column *columns;
    TRY(source_changelog(o, &bits, e));
    TRY(sink_changelog(o, false, CHANGE_ALL, &bits, e));
    return values_readable_metadata(a, o, &columns, &count, e);
}

const struct connector connector_values = {
    .name = "values",
    .abilities = CONNECTOR_SOURCE | CONNECTOR_SINK | CONNECTOR_UNBOUNDED | CONNECTOR_ONE_WRITER,
    .options = options,
    .option_count = OPTION_COUNT(options),
    .doc = "Rows of a JSON-lines file with any kind of change; for tests and demonstrations.",
    .source_changelog = source_changelog,
    .sink_changelog = sink_changelog,
    .bounded = bounded,
    .check = check,
    .readable_metadata = values_readable_metadata,
};
