/* SPDX-License-Identifier: Apache-2.0 */
/*
 * file_enumerator: finds the files of a path (a file, a directory with all below it, or a glob),
 * leaving out hidden ones (`.` and `_`), and cuts large files of line formats into ranges when there
 * are several readers. When it monitors, it remembers every path it has given out.
 */
#include "connector/connectors.h"
#include "connector/filesystem/file_prune.h"
#include "connector/filesystem/file_split.h"
#include "connector/path_pattern.h"

#include "base/strmap.h"
#include "env/env_missing.h"

#include <pcre2.h>

#include <assert.h>

struct file_enumerator {
    struct split_enumerator base;
    struct source_context context;
    struct str path;
    int64_t interval_ms;       /* -1: bounded */
    struct strmap *seen;       /* paths given out */
    pcre2_code *pattern;
    struct file_prune *prune;  /* NULL: all partitions */
    bool done, splits, found;
    enum status (*add)(void *context, struct str split);
    void *add_context;
    struct buf bytes;
};

enum { DEPTH_MAX = 32, RANGES_PER_READER = 4 };
static const uint64_t RANGE_BYTES_MIN = 4 << 20, RANGE_BYTES_MAX = 64 << 20;

static bool ends_with(struct str s, const char *suffix) {
    size_t n = strlen(suffix);
    return s.size_bytes >= n && memcmp(s.at + s.size_bytes - n, suffix, n) == 0;
}

static enum status refuse_compressed(struct str path, struct error *e) {
    static const char *const suffixes[] = {".gz", ".gzip", ".deflate", ".bz2", ".xz", ".zst"};
    for (size_t i = 0; i < sizeof suffixes / sizeof *suffixes; i++) {
        if (ends_with(path, suffixes[i]))
            return error_set(e, STATUS_UNSUPPORTED, "File '%.*s' is compressed; reading %s files is not supported: decompress it first.", STR_ARG(path), suffixes[i]);
    }
    return STATUS_OK;
}

static bool matches_pattern(const struct file_enumerator *n, struct str path) {
    if (n->pattern == NULL) return true;
    pcre2_match_data *m = pcre2_match_data_create_from_pattern(n->pattern, NULL);
    if (m == NULL) return false;
    int found = pcre2_match(n->pattern, (PCRE2_SPTR)path.at, path.size_bytes, 0, PCRE2_ANCHORED | PCRE2_ENDANCHORED, m, NULL);
    pcre2_match_data_free(m);
    return found > 0;
}

static enum status give(struct file_enumerator *n, const struct file_split *s, struct error *e) {
    buf_reset(&n->bytes);
    file_split_write(&n->bytes, s);
    if (n->bytes.failed) return error_no_memory(e, s->path.size_bytes);
    return n->add(n->add_context, buf_view(&n->bytes));
}

/* One file: whole, or as ranges. */
static enum status give_file(struct file_enumerator *n, struct str path, const struct env_stat *st, struct error *e) {
    if (strmap_get(n->seen, path) != NULL || !matches_pattern(n, path)) return STATUS_OK;
    n->found = true;
    if (n->prune != NULL && !file_prune_keeps(n->prune, path)) return STATUS_OK;
    TRY(refuse_compressed(path, e));
    TRY(strmap_put(n->seen, path, n));
    struct file_split s = {.path = path, .end = UINT64_MAX, .size_bytes = st->size_bytes, .modified_us = st->modified_us, .aligned = true};
    uint64_t range = st->size_bytes / ((uint64_t)n->context.parallelism * RANGES_PER_READER);
    if (range < RANGE_BYTES_MIN) range = RANGE_BYTES_MIN;
    if (range > RANGE_BYTES_MAX) range = RANGE_BYTES_MAX;
    if (!n->splits || n->context.parallelism < 2 || st->size_bytes <= range) return give(n, &s, e);
    for (uint64_t from = 0; from < st->size_bytes; from += range) {
        s.offset = from;
        s.aligned = from == 0;
        s.end = from + range >= st->size_bytes ? UINT64_MAX : from + range;
        TRY(give(n, &s, e));
    }
    return STATUS_OK;
}

static enum status walk(struct file_enumerator *n, struct arena *a, struct str path, uint32_t depth, struct error *e) {
    struct env_stat st;
    TRY(env_stat(n->context.env, path, &st, e));
    if (st.kind == ENV_FILE) return give_file(n, path, &st, e);
    if (st.kind != ENV_DIRECTORY) return STATUS_OK;
    if (depth == DEPTH_MAX) return error_set(e, STATUS_LIMIT, "Directory '%.*s' is nested more than %d deep.", STR_ARG(path), DEPTH_MAX);
    struct str *names;
    uint32_t count;
    TRY(env_list(n->context.env, a, path, &names, &count, e));
    for (uint32_t i = 0; i < count; i++) {
        if (name_is_hidden(names[i])) continue;
        struct str child = path_join(a, path, names[i]);
        if (child.at == NULL) return error_no_memory(e, 0);
        TRY(walk(n, a, child, depth + 1, e));
    }
    return STATUS_OK;
}

/* base/pattern[/rest]: descends along the components. */
static enum status walk_glob(struct file_enumerator *n, struct arena *a, struct str base, struct str rest, uint32_t depth, struct error *e) {
    if (depth == DEPTH_MAX) return error_set(e, STATUS_LIMIT, "Path '%.*s' has too many parts.", STR_ARG(n->path));
    const char *slash = memchr(rest.at, '/', rest.size_bytes);
    struct str name = {rest.at, slash == NULL ? rest.size_bytes : (size_t)(slash - rest.at)};
    struct str more = slash == NULL ? STR("") : (struct str){slash + 1, rest.size_bytes - name.size_bytes - 1};
    if (!path_is_pattern(name)) {
        struct str next = rest.at == n->path.at && name.size_bytes == 0 ? STR("/") : path_join(a, base, name);
        if (next.at == NULL) return error_no_memory(e, 0);
        return slash == NULL ? walk(n, a, next, depth + 1, e) : walk_glob(n, a, next, more, depth + 1, e);
    }
    struct str directory = base.size_bytes == 0 ? STR(".") : base, *names;
    uint32_t count;
    struct env_stat st;
    TRY(env_stat(n->context.env, directory, &st, e));
    if (st.kind != ENV_DIRECTORY) return STATUS_OK;
    TRY(env_list(n->context.env, a, directory, &names, &count, e));
    for (uint32_t i = 0; i < count; i++) {
        if (name_is_hidden(names[i]) || !name_matches(name, names[i])) continue;
        struct str next = path_join(a, base, names[i]);
        if (next.at == NULL) return error_no_memory(e, 0);
        TRY(slash == NULL ? walk(n, a, next, depth + 1, e) : walk_glob(n, a, next, more, depth + 1, e));
    }
    return STATUS_OK;
}

static enum status find_files(struct file_enumerator *n, struct arena *scratch, struct error *e) {
    struct env_stat st;
    TRY(env_stat(n->context.env, n->path, &st, e));
    if (st.kind == ENV_MISSING && path_is_pattern(n->path)) {
        TRY(walk_glob(n, scratch, STR(""), n->path, 0, e));
        if (n->found || strmap_count(n->seen) > 0 || n->interval_ms >= 0) return STATUS_OK;
        return error_set(e, STATUS_NOT_FOUND, "No file matches '%.*s'", STR_ARG(n->path));
    }
    if (st.kind == ENV_MISSING && n->interval_ms < 0) return env_missing(n->context.env, n->path, e);
    if (st.kind == ENV_OTHER)
        return error_set(e, STATUS_UNSUPPORTED, "'%.*s' is neither a file nor a directory; read a pipe with the connector 'stdin'.", STR_ARG(n->path));
    return walk(n, scratch, n->path, 0, e);
}

static enum status discover(struct split_enumerator *base, enum status (*add)(void *context, struct str split), void *context, bool *ret_done, int64_t *ret_wake_ns, struct error *e) {
    struct file_enumerator *n = (struct file_enumerator *)base;
    bool monitors = n->interval_ms >= 0 && !n->context.available_now;
    *ret_wake_ns = -1;
    *ret_done = !monitors;
    if (n->done) return STATUS_OK;
    n->add = add;
    n->add_context = context;
    struct arena *scratch = arena_new("files", 0);
    if (scratch == NULL) return error_no_memory(e, 0);
    enum status st = find_files(n, scratch, e);
    arena_free(scratch);
    TRY(st);
    /* available-now looks once in each run, and again in the run that goes on from here. */
    n->done = !monitors && !n->context.available_now;
    if (monitors) *ret_wake_ns = env_monotonic_ns(n->context.env) + n->interval_ms * 1000000;
    return STATUS_OK;
}

/* Paths, each with a newline behind it; first '1' when all is given out, else '0'. */
static enum status snapshot(struct split_enumerator *base, struct buf *out, struct error *e) {
    struct file_enumerator *n = (struct file_enumerator *)base;
    buf_char(out, n->done ? '1' : '0');
    for (uint32_t i = 0; i < strmap_count(n->seen); i++) {
        struct str path = strmap_at(n->seen, i)->key;
        uint32_t size = (uint32_t)path.size_bytes;
        buf_append(out, &size, sizeof size);
        buf_str(out, path);
    }
    return out->failed ? error_no_memory(e, 0) : STATUS_OK;
}

static enum status restore(struct split_enumerator *base, struct str bytes, struct error *e) {
    struct file_enumerator *n = (struct file_enumerator *)base;
    if (bytes.size_bytes == 0) return error_set(e, STATUS_CORRUPT, "filesystem: the list of files is damaged.");
    n->done = bytes.at[0] == '1';
    for (size_t i = 1; i < bytes.size_bytes;) {
        uint32_t size;
        if (bytes.size_bytes - i < sizeof size) return error_set(e, STATUS_CORRUPT, "filesystem: the list of files is damaged.");
        memcpy(&size, bytes.at + i, sizeof size);
        i += sizeof size;
        if (bytes.size_bytes - i < size) return error_set(e, STATUS_CORRUPT, "filesystem: the list of files is damaged.");
        TRY(strmap_put(n->seen, (struct str){bytes.at + i, size}, n));
        i += size;
    }
    return STATUS_OK;
}

static void enumerator_free(struct split_enumerator *base) {
    struct file_enumerator *n = (struct file_enumerator *)base;
    if (n->pattern != NULL) pcre2_code_free(n->pattern);
    file_prune_free(n->prune);
    buf_deinit(&n->bytes);
}

static const struct enumerator_ops ops = {discover, snapshot, restore, enumerator_free, file_split_compare};

static enum status compile_pattern(struct file_enumerator *n, struct error *e) {
    const struct option_value *v = options_get(&n->context.scan->options->own, "source.path.regex-pattern");
    if (!v->given) return STATUS_OK;
    int code;
    PCRE2_SIZE at;
    n->pattern = pcre2_compile((PCRE2_SPTR)v->text.at, v->text.size_bytes, PCRE2_UTF, &code, &at, NULL);
    if (n->pattern != NULL) return STATUS_OK;
    PCRE2_UCHAR message[128] = {0};
    pcre2_get_error_message(code, message, sizeof message);
    return error_at(e, STATUS_OPTION, v->span, "Option 'source.path.regex-pattern': %s at %zu in '%.*s'.", (const char *)message, (size_t)at, STR_ARG(v->text));
}

/* A range may begin at any line end only if no record can hold one. */
static bool can_split(const struct table_options *o) {
    return strcmp(o->format->name, "csv") != 0 || options_bool(&o->format_options, "disable-quote-character");
}

enum status file_enumerator_new(const struct source_context *c, struct split_enumerator **ret, struct error *e) {
    struct file_enumerator *n = ARENA_NEW(c->arena, struct file_enumerator);
    if (n == NULL) return error_no_memory(e, sizeof *n);
    n->base.ops = &ops;
    n->context = *c;
    n->path = options_text(&c->scan->options->own, "path");
    if (n->path.size_bytes >= 7 && memcmp(n->path.at, "file://", 7) == 0) n->path.at += 7, n->path.size_bytes -= 7;
    const struct option_value *interval = options_get(&c->scan->options->own, "source.monitor-interval");
    n->interval_ms = interval->given ? interval->number : -1;
    n->splits = can_split(c->scan->options);
    n->seen = strmap_new(c->arena);
    if (n->seen == NULL) return error_no_memory(e, 0);
    TRY(compile_pattern(n, e));
    TRY(file_prune_new(c, &n->prune, e));
    *ret = &n->base;
    return STATUS_OK;
}
