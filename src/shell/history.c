/* SPDX-License-Identifier: Apache-2.0 */
/*
 * history: entries as texts of their own, the oldest dropped beyond HISTORY_ENTRIES_MAX. The file is read
 * once and appended to; when it has grown to twice the entries that are kept, it is written anew under
 * another name and moved into place. It is private to its owner: statements hold passwords.
 */
#include "shell/history.h"

#include "base/alloc.h"
#include "base/buf.h"

#include <assert.h>

enum { FILE_BYTES_MAX = 64 << 20 };

struct history {
    struct env *env;
    struct str path;      /* at == NULL: none */
    struct str *entries;  /* each allocated */
    uint32_t count, capacity;
};

static struct str copy_text(struct str s) {
    char *at = mem_alloc(s.size_bytes + 1);
    if (at == NULL) return (struct str){NULL, 0};
    if (s.size_bytes > 0) memcpy(at, s.at, s.size_bytes);
    at[s.size_bytes] = '\0';
    return (struct str){at, s.size_bytes};
}

/* Takes the text. */
static enum status push(struct history *h, struct str owned) {
    if (h->count == h->capacity) {
        uint32_t capacity = h->capacity == 0 ? 64 : h->capacity * 2;
        struct str *entries = mem_realloc(h->entries, capacity * sizeof *entries);
        if (entries == NULL) return STATUS_NO_MEMORY;
        h->entries = entries;
        h->capacity = capacity;
    }
    h->entries[h->count++] = owned;
    return STATUS_OK;
}

static void drop_oldest(struct history *h, uint32_t n) {
    assert(n <= h->count);
    if (n == 0) return;
    for (uint32_t i = 0; i < n; i++) mem_free((char *)h->entries[i].at);
    memmove(h->entries, h->entries + n, (h->count - n) * sizeof *h->entries);
    h->count -= n;
}

static void put_line(struct buf *out, struct str s) {
    for (size_t i = 0; i < s.size_bytes; i++) {
        if (s.at[i] == '\n') buf_text(out, "\\n");
        else if (s.at[i] == '\\') buf_text(out, "\\\\");
        else buf_char(out, s.at[i]);
    }
    buf_char(out, '\n');
}

static void take_line(struct buf *out, struct str line) {
    buf_reset(out);
    for (size_t i = 0; i < line.size_bytes; i++) {
        bool escaped = line.at[i] == '\\' && i + 1 < line.size_bytes;
        if (escaped) i++;
        buf_char(out, escaped && line.at[i] == 'n' ? '\n' : line.at[i]);
    }
}

static enum status load_lines(struct history *h, struct str text, uint32_t *ret_lines) {
    struct buf entry = BUF_INIT;
    enum status s = STATUS_OK;
    *ret_lines = 0;
    while (s == STATUS_OK && text.size_bytes > 0) {
        const char *end = memchr(text.at, '\n', text.size_bytes);
        size_t size = end == NULL ? text.size_bytes : (size_t)(end - text.at);
        take_line(&entry, (struct str){text.at, size});
        size_t used = end == NULL ? size : size + 1;
        text.at += used;
        text.size_bytes -= used;
        *ret_lines += 1;
        if (size == 0 || entry.size_bytes > HISTORY_ENTRY_BYTES_MAX) continue;
        struct str copy = entry.failed ? (struct str){NULL, 0} : copy_text(buf_view(&entry));
        s = copy.at == NULL ? STATUS_NO_MEMORY : push(h, copy);
        if (h->count > HISTORY_ENTRIES_MAX + 256) drop_oldest(h, 256);
    }
    buf_deinit(&entry);
    return s;
}

static enum status write_file(struct history *h, struct str path, enum env_open how, uint32_t from, struct error *e) {
    struct buf out = BUF_INIT;
    struct env_file *f = NULL;
    for (uint32_t i = from; i < h->count; i++) put_line(&out, h->entries[i]);
    enum status s = out.failed ? error_no_memory(e, out.size_bytes) : env_open(h->env, path, how, &f, e);
    if (s == STATUS_OK) s = env_make_private(h->env, path, e);
    if (s == STATUS_OK) s = env_write(h->env, f, out.at, out.size_bytes, e);
    env_close(h->env, f);
    buf_deinit(&out);
    return s;
}

/* The file anew, with what is kept only. */
static enum status rewrite(struct history *h, struct error *e) {
    struct buf path = BUF_INIT;
    buf_format(&path, "%.*s.%llx", STR_ARG(h->path), (unsigned long long)env_random(h->env));
    enum status s = path.failed ? error_no_memory(e, 0) : write_file(h, buf_view(&path), ENV_WRITE_NEW, 0, e);
    if (s == STATUS_OK) s = env_rename(h->env, buf_view(&path), h->path, e);
    buf_deinit(&path);
    return s;
}

static enum status load(struct history *h, struct error *e) {
    struct env_stat st;
    struct str text;
    TRY(env_stat(h->env, h->path, &st, e));
    if (st.kind != ENV_FILE || st.size_bytes == 0) return STATUS_OK;
    struct arena *a = arena_new("history", 0);
    uint32_t lines = 0;
    if (a == NULL) return error_no_memory(e, 0);
    enum status s = env_read_file(h->env, a, h->path, FILE_BYTES_MAX, &text, e);
    if (s == STATUS_OK && load_lines(h, text, &lines) != STATUS_OK) s = error_no_memory(e, st.size_bytes);
    arena_free(a);
    if (h->count > HISTORY_ENTRIES_MAX) drop_oldest(h, h->count - HISTORY_ENTRIES_MAX);
    if (s == STATUS_OK && lines > 2 * HISTORY_ENTRIES_MAX) s = rewrite(h, e);
    return s;
}

static enum status make_folder(struct history *h, struct error *e) {
    size_t n = h->path.size_bytes;
    while (n > 0 && h->path.at[n - 1] != '/') n--;
    return n <= 1 ? STATUS_OK : env_mkdirs(h->env, (struct str){h->path.at, n - 1}, e);
}

enum status history_new(struct env *env, struct str path, struct history **ret, struct error *e) {
    assert(env != NULL && ret != NULL);
    struct history *h = mem_calloc(1, sizeof *h);
    if (h == NULL) return error_no_memory(e, sizeof *h);
    h->env = env;
    *ret = h;
    if (path.at == NULL) return STATUS_OK;
    h->path = copy_text(path);
    struct error ignored = ERROR_INIT; /* a shell without its history is still a shell */
    if (h->path.at != NULL && (make_folder(h, &ignored) != STATUS_OK || load(h, &ignored) != STATUS_OK)) {
        mem_free((char *)h->path.at);
        h->path = (struct str){NULL, 0};
    }
    return STATUS_OK;
}

void history_free(struct history *h) {
    if (h == NULL) return;
    drop_oldest(h, h->count);
    mem_free(h->entries);
    mem_free((char *)h->path.at);
    mem_free(h);
}

uint32_t history_count(const struct history *h) { return h->count; }

struct str history_at(const struct history *h, uint32_t index) {
    assert(index < h->count);
    return h->entries[index];
}

enum status history_add(struct history *h, struct str text, struct error *e) {
    while (text.size_bytes > 0 && (unsigned char)text.at[text.size_bytes - 1] <= ' ') text.size_bytes--;
    while (text.size_bytes > 0 && (unsigned char)text.at[0] <= ' ') text.at++, text.size_bytes--;
    if (text.size_bytes == 0 || text.size_bytes > HISTORY_ENTRY_BYTES_MAX) return STATUS_OK;
    if (h->count > 0 && str_equal(h->entries[h->count - 1], text)) return STATUS_OK;
    struct str copy = copy_text(text);
    if (copy.at == NULL || push(h, copy) != STATUS_OK) {
        mem_free((char *)copy.at);
        return error_no_memory(e, text.size_bytes);
    }
    if (h->count > HISTORY_ENTRIES_MAX + 256) drop_oldest(h, 256);
    return h->path.at == NULL ? STATUS_OK : write_file(h, h->path, ENV_APPEND, h->count - 1, e);
}
