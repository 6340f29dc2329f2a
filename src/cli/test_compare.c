/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_compare: per-key is exact after a stable sort by key; final folds both sides and compares
 * the sorted rows. The fields of "+I[a, b]" are split at ", " outside brackets, which is enough to
 * find key columns: keys in tests are plain values.
 */
#include "cli/test_compare.h"

#include "api/fold.h"

#include <stdlib.h>

enum { SHOWN_MAX = 40 };

enum status comparison_parse(struct str text, struct comparison *ret, struct error *e) {
    *ret = (struct comparison){.mode = COMPARE_EXACT};
    if (text.size_bytes == 0 || str_equal(text, STR("exact"))) return STATUS_OK;
    if (str_equal(text, STR("final"))) {
        ret->mode = COMPARE_FINAL;
        return STATUS_OK;
    }
    const struct str prefix = STR("per-key ");
    if (text.size_bytes <= prefix.size_bytes || memcmp(text.at, prefix.at, prefix.size_bytes) != 0) {
        return error_set(e, STATUS_INVALID, "%%compare needs exact, per-key N,... or final, not '%.*s'", STR_ARG(text));
    }
    ret->mode = COMPARE_PER_KEY;
    uint32_t n = 0;
    for (size_t i = prefix.size_bytes; i <= text.size_bytes; i++) {
        char c = i < text.size_bytes ? text.at[i] : ',';
        if (c >= '0' && c <= '9') n = n * 10 + (uint32_t)(c - '0');
        if (c != ',') continue;
        if (n == 0 || ret->key_count == 16) return error_set(e, STATUS_INVALID, "%%compare per-key needs column numbers from 1");
        ret->keys[ret->key_count++] = n - 1;
        n = 0;
    }
    return STATUS_OK;
}

/* ---- fields ------------------------------------------------------------------------------------ */

static bool is_change(struct str line) {
    return line.size_bytes >= 4 && line.at[2] == '[' && (line.at[0] == '+' || line.at[0] == '-') &&
           line.at[line.size_bytes - 1] == ']';
}

static enum row_kind kind_of(struct str line) {
    if (line.at[0] == '+') return line.at[1] == 'I' ? ROW_INSERT : ROW_UPDATE_AFTER;
    return line.at[1] == 'U' ? ROW_UPDATE_BEFORE : ROW_DELETE;
}

/* Field `index` of "+I[a, [1, 2], c]". */
static struct str field(struct str line, uint32_t index) {
    int depth = 0;
    uint32_t at = 0;
    size_t from = 3;
    for (size_t i = 3; i < line.size_bytes; i++) {
        char c = line.at[i];
        bool end = i + 1 == line.size_bytes || (depth == 0 && c == ',' && line.at[i + 1] == ' ');
        if (end && at == index) return (struct str){line.at + from, i - from};
        if (end) at++, from = i + 2;
        if (c == '[' || c == '{' || c == '(') depth++;
        if (c == ']' || c == '}' || c == ')') depth--;
    }
    return (struct str){line.at, 0};
}

static struct str key_text(struct arena *a, const struct comparison *c, struct str line) {
    struct buf b = BUF_INIT;
    for (uint32_t i = 0; i < c->key_count; i++) {
        buf_str(&b, field(line, c->keys[i]));
        buf_char(&b, '\x1f');
    }
    struct str key = arena_str(a, buf_view(&b));
    buf_deinit(&b);
    return key;
}

/* ---- sorting ------------------------------------------------------------------------------------- */

struct keyed_line {
    struct str key, line;
    uint32_t at;
};

static int by_key(const void *x, const void *y) {
    const struct keyed_line *a = x, *b = y;
    int c = str_compare(a->key, b->key);
    return c != 0 ? c : (a->at > b->at) - (a->at < b->at);
}

static struct list sorted(struct arena *a, const struct comparison *c, const struct list *lines) {
    struct list out = {0};
    struct keyed_line *all = ARENA_ARRAY(a, struct keyed_line, lines->count);
    struct str *texts = ARENA_ARRAY(a, struct str, lines->count);
    if (all == NULL || texts == NULL) return out;
    for (uint32_t i = 0; i < lines->count; i++) {
        struct str line = *(struct str *)lines->at[i];
        bool keyed = c->mode == COMPARE_PER_KEY && is_change(line);
        all[i] = (struct keyed_line){keyed ? key_text(a, c, line) : c->mode == COMPARE_PER_KEY ? STR("") : line, line, i};
    }
    qsort(all, lines->count, sizeof *all, by_key);
    for (uint32_t i = 0; i < lines->count; i++) {
        texts[i] = all[i].line;
        if (list_push(&out, a, &texts[i]) != STATUS_OK) return out;
    }
    return out;
}

static struct list folded(struct arena *a, const struct comparison *c, const struct list *lines) {
    struct list out = {0};
    struct fold *f = fold_new(true);
    for (uint32_t i = 0; f != NULL && i < lines->count; i++) {
        struct str line = *(struct str *)lines->at[i];
        bool change = is_change(line);
        struct str row = change ? (struct str){line.at + 2, line.size_bytes - 2} : line;
        struct str key = c->upsert && change ? key_text(a, c, line) : (struct str){NULL, 0};
        if (fold_apply(f, change ? kind_of(line) : ROW_INSERT, key, row) != STATUS_OK) break;
    }
    for (uint32_t i = 0; f != NULL && i < fold_slots(f); i++) {
        struct str *row = ARENA_NEW(a, struct str);
        if (row == NULL || fold_at(f, i).at == NULL) continue;
        *row = arena_str(a, fold_at(f, i));
        if (row->at == NULL || list_push(&out, a, row) != STATUS_OK) break;
    }
    fold_free(f);
    return sorted(a, c, &out);
}

/* ---- comparing ------------------------------------------------------------------------------------ */

static bool equal(const struct list *a, const struct list *b) {
    if (a->count != b->count) return false;
    for (uint32_t i = 0; i < a->count; i++) {
        if (!str_equal(*(struct str *)a->at[i], *(struct str *)b->at[i])) return false;
    }
    return true;
}

static void show(struct buf *out, const char *mark, const struct list *lines, uint32_t from) {
    for (uint32_t i = from; i < lines->count && i < from + SHOWN_MAX; i++) {
        buf_format(out, "    %s %.*s\n", mark, STR_ARG(*(struct str *)lines->at[i]));
    }
    if (lines->count > from + SHOWN_MAX) buf_format(out, "    %s ... %u more\n", mark, lines->count - from - SHOWN_MAX);
}

static void difference(struct buf *out, const struct list *expected, const struct list *actual) {
    uint32_t same = 0;
    while (same < expected->count && same < actual->count &&
           str_equal(*(struct str *)expected->at[same], *(struct str *)actual->at[same])) same++;
    if (same > 0) buf_format(out, "    (%u equal lines)\n", same);
    show(out, "expected", expected, same);
    show(out, "actual  ", actual, same);
}

bool compare_lines(struct arena *a, const struct comparison *c, const struct list *expected, const struct list *actual, struct buf *out) {
    struct list x = *expected, y = *actual;
    if (c->mode == COMPARE_PER_KEY) x = sorted(a, c, &x), y = sorted(a, c, &y);
    if (c->mode == COMPARE_FINAL) x = folded(a, c, &x), y = folded(a, c, &y);
    if (equal(&x, &y)) return true;
    difference(out, &x, &y);
    return false;
}
