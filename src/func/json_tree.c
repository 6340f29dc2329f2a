/* SPDX-License-Identifier: Apache-2.0 */
/*
 * json_tree: a recursive-descent reader of bounded depth. Nodes and decoded strings live in the
 * caller's arena; strings without escapes are views of the text. Of members with the same key the
 * last value counts, at the place of the first.
 */
#include "func/json_tree.h"

#include "base/hash.h"
#include "func/kernel.h"

#include <assert.h>
#include <ctype.h>

struct reader {
    struct arena *arena;
    struct str text;
    size_t at;
    bool no_memory;
};

static struct json_node *read_value(struct reader *r, int depth);

static void skip_blanks(struct reader *r)
{
    while (r->at < r->text.size_bytes && strchr(" \t\n\r", r->text.at[r->at]) != NULL && r->text.at[r->at] != '\0') r->at++;
}

static bool take(struct reader *r, char c)
{
    skip_blanks(r);
    if (r->at >= r->text.size_bytes || r->text.at[r->at] != c) return false;
    r->at++;
    return true;
}

static struct json_node *node_new(struct reader *r, enum json_kind kind)
{
    struct json_node *n = ARENA_NEW(r->arena, struct json_node);
    if (n == NULL) r->no_memory = true;
    else n->kind = kind;
    return n;
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9') return c - '0';
    int v = (c | 32) - 'a';
    return v >= 0 && v < 6 ? v + 10 : -1;
}

/* One UTF-16 unit behind \u; -1: it is none. */
static int32_t read_unit(struct reader *r)
{
    int32_t v = 0;
    if (r->text.size_bytes - r->at < 4) return -1;
    for (int i = 0; i < 4; i++) {
        int h = hex_digit(r->text.at[r->at++]);
        if (h < 0) return -1;
        v = v * 16 + h;
    }
    return v;
}

static bool read_escape(struct reader *r, struct buf *out)
{
    static const char plain[] = "\"\\/bfnrt", special[] = "\"\\/\b\f\n\r\t";
    if (r->at >= r->text.size_bytes) return false;
    char c = r->text.at[r->at++];
    const char *at = c == '\0' ? NULL : strchr(plain, c);
    if (at != NULL) {
        buf_char(out, special[at - plain]);
        return true;
    }
    if (c != 'u') return false;
    int32_t unit = read_unit(r);
    if (unit >= 0xd800 && unit < 0xdc00 && r->text.size_bytes - r->at >= 6 && memcmp(r->text.at + r->at, "\\u", 2) == 0) {
        r->at += 2;
        int32_t low = read_unit(r);
        if (low < 0xdc00 || low >= 0xe000) return false;
        unit = 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00);
    }
    if (unit < 0) return false;
    utf8_append(out, (uint32_t)unit);
    return true;
}

/* Behind the opening quote. */
static bool read_string(struct reader *r, struct str *ret)
{
    size_t first = r->at;
    struct buf decoded = BUF_INIT;
    bool escaped = false, ok = false;
    while (r->at < r->text.size_bytes) {
        char c = r->text.at[r->at++];
        if (c == '"') {
            ok = true;
            break;
        }
        if ((unsigned char)c < 0x20) break;
        if (c == '\\') {
            if (!escaped) buf_append(&decoded, r->text.at + first, r->at - 1 - first);
            escaped = true;
            if (!read_escape(r, &decoded)) break;
        } else if (escaped) {
            buf_char(&decoded, c);
        }
    }
    *ret = text_part(r->text, first, ok ? r->at - 1 : r->at);
    if (ok && escaped) {
        *ret = decoded.failed ? (struct str){NULL, 0} : arena_str(r->arena, buf_view(&decoded));
        if (ret->at == NULL) r->no_memory = true;
    }
    buf_deinit(&decoded);
    return ok && !r->no_memory;
}

static size_t digits_end(const struct reader *r, size_t at)
{
    while (at < r->text.size_bytes && r->text.at[at] >= '0' && r->text.at[at] <= '9') at++;
    return at;
}

static struct json_node *read_number(struct reader *r)
{
    struct str t = r->text;
    size_t first = r->at, at = first + (t.at[first] == '-'), end = digits_end(r, at);
    if (end == at || (t.at[at] == '0' && end > at + 1)) return NULL;
    if (end < t.size_bytes && t.at[end] == '.') {
        at = end + 1;
        end = digits_end(r, at);
        if (end == at) return NULL;
    }
    if (end < t.size_bytes && (t.at[end] | 32) == 'e') {
        at = end + 1;
        if (at < t.size_bytes && (t.at[at] == '+' || t.at[at] == '-')) at++;
        end = digits_end(r, at);
        if (end == at || end - at > 9) return NULL;
    }
    struct json_node *n = node_new(r, JSON_NUMBER);
    if (n != NULL) n->text = text_part(t, first, end);
    r->at = end;
    return n;
}

static struct json_node *read_array(struct reader *r, int depth)
{
    struct json_node *n = node_new(r, JSON_ARRAY);
    if (n == NULL || take(r, ']')) return n;
    struct json_node **end = &n->first;
    do {
        *end = read_value(r, depth + 1);
        if (*end == NULL) return NULL;
        end = &(*end)->next;
    } while (take(r, ','));
    return take(r, ']') ? n : NULL;
}

/* Members by a hash of their keys: to find equal ones without comparing all with all. */
static struct json_node *merge_members(struct reader *r, struct json_node *object, size_t count)
{
    size_t size = 8;
    while (size < 2 * count) size *= 2;
    struct json_node **slots = ARENA_ARRAY(r->arena, struct json_node *, size), **link = &object->first;
    if (slots == NULL) r->no_memory = true;
    while (slots != NULL && *link != NULL) {
        struct json_node *m = *link;
        size_t i = hash_bytes(m->key.at, m->key.size_bytes, 0) & (size - 1);
        while (slots[i] != NULL && !str_equal(slots[i]->key, m->key)) i = (i + 1) & (size - 1);
        if (slots[i] == NULL) {
            slots[i] = m;
            link = &m->next;
            continue;
        }
        struct json_node *next = slots[i]->next, *after = m->next;
        *slots[i] = *m;
        slots[i]->next = next;
        *link = after;
    }
    return slots == NULL ? NULL : object;
}

static struct json_node *read_object(struct reader *r, int depth)
{
    struct json_node *n = node_new(r, JSON_OBJECT);
    if (n == NULL || take(r, '}')) return n;
    struct json_node **end = &n->first;
    size_t count = 0;
    do {
        struct str key;
        if (!take(r, '"') || !read_string(r, &key) || !take(r, ':')) return NULL;
        struct json_node *member = read_value(r, depth + 1);
        if (member == NULL) return NULL;
        member->key = key;
        *end = member;
        end = &member->next;
        count++;
    } while (take(r, ','));
    if (!take(r, '}')) return NULL;
    return count < 2 ? n : merge_members(r, n, count);
}

static struct json_node *read_word(struct reader *r)
{
    static const struct {
        const char *word;
        enum json_kind kind;
        bool boolean;
    } words[] = {{"null", JSON_NULL, false}, {"true", JSON_BOOL, true}, {"false", JSON_BOOL, false}};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        size_t n = strlen(words[i].word);
        if (r->text.size_bytes - r->at < n || memcmp(r->text.at + r->at, words[i].word, n) != 0) continue;
        r->at += n;
        char behind = r->at < r->text.size_bytes ? r->text.at[r->at] : ' ';
        if (behind == '_' || behind == '$' || (behind & 0x80) != 0 || isalnum((unsigned char)behind)) return NULL;
        struct json_node *node = node_new(r, words[i].kind);
        if (node != NULL) node->boolean = words[i].boolean;
        return node;
    }
    return NULL;
}

static struct json_node *read_value(struct reader *r, int depth)
{
    skip_blanks(r);
    if (depth > JSON_DEPTH_MAX || r->at >= r->text.size_bytes) return NULL;
    char c = r->text.at[r->at];
    if (c == '-' || (c >= '0' && c <= '9')) {
        struct json_node *n = read_number(r);
        bool apart = depth > 0 || r->at >= r->text.size_bytes || strchr(" \t\n\r", r->text.at[r->at]) != NULL;
        return apart ? n : NULL; /* a number alone must end at a blank */
    }
    if (c == '[' || c == '{') {
        r->at++;
        return c == '[' ? read_array(r, depth) : read_object(r, depth);
    }
    if (c != '"') return read_word(r);
    r->at++;
    struct str text;
    if (!read_string(r, &text)) return NULL;
    struct json_node *n = node_new(r, JSON_STRING);
    if (n != NULL) n->text = text;
    return n;
}

enum status json_tree_parse(struct arena *a, struct str text, struct json_node **ret)
{
    assert(a != NULL && ret != NULL);
    struct reader r = {.arena = a, .text = text};
    *ret = read_value(&r, 0);
    return r.no_memory ? STATUS_NO_MEMORY : STATUS_OK;
}

/* ---- text ---------------------------------------------------------------------------------------------------- */

struct decimal_text {
    char digits[64];
    size_t count;
    int64_t scale;
    bool negative, has_exponent, fits;
};

static void decimal_read(struct str number, struct decimal_text *d)
{
    *d = (struct decimal_text){.negative = number.at[0] == '-', .fits = true};
    bool point = false;
    size_t i = d->negative;
    for (; i < number.size_bytes && (number.at[i] | 32) != 'e'; i++) {
        if (number.at[i] == '.') {
            point = true;
            continue;
        }
        d->scale += point;
        if (d->count == 0 && number.at[i] == '0') continue;
        if (d->count == sizeof d->digits) d->fits = false;
        else d->digits[d->count++] = number.at[i];
    }
    if (d->count == 0) d->digits[d->count++] = '0';
    d->has_exponent = i < number.size_bytes;
    bool minus = false;
    int64_t exponent = 0;
    for (i++; i < number.size_bytes; i++) {
        if (number.at[i] == '-') minus = true;
        else if (number.at[i] != '+') exponent = exponent * 10 + (number.at[i] - '0');
    }
    d->scale -= minus ? -exponent : exponent;
}

static void plain_print(struct buf *out, const struct decimal_text *d)
{
    int64_t whole = (int64_t)d->count - d->scale;
    if (whole > 0) {
        buf_append(out, d->digits, (size_t)whole);
        if (d->scale == 0) return;
        buf_char(out, '.');
        buf_append(out, d->digits + whole, (size_t)d->scale);
        return;
    }
    buf_text(out, "0.");
    for (; whole < 0; whole++) buf_char(out, '0');
    buf_append(out, d->digits, d->count);
}

void json_number_print(struct buf *out, struct str number)
{
    struct decimal_text d;
    assert(number.size_bytes > 0);
    decimal_read(number, &d);
    if (d.negative && d.count == 1 && d.digits[0] == '0') { /* there is no negative zero */
        number = text_part(number, 1, number.size_bytes);
        d.negative = false;
    }
    int64_t adjusted = (int64_t)d.count - 1 - d.scale;
    if ((!d.has_exponent && adjusted >= -6) || !d.fits) {
        buf_str(out, number);
        return;
    }
    if (d.negative) buf_char(out, '-');
    if (d.scale >= 0 && adjusted >= -6) {
        plain_print(out, &d);
        return;
    }
    buf_char(out, d.digits[0]);
    if (d.count > 1) buf_char(out, '.');
    buf_append(out, d.digits + 1, d.count - 1);
    if (adjusted != 0) buf_format(out, "E%c%lld", adjusted < 0 ? '-' : '+', (long long)(adjusted < 0 ? -adjusted : adjusted));
}

static void string_print(struct buf *out, struct str s)
{
    static const char plain[] = "\"\\bfnrt", special[] = "\"\\\b\f\n\r\t";
    buf_char(out, '"');
    for (size_t i = 0; i < s.size_bytes; i++) {
        char c = s.at[i];
        const char *at = c == '\0' ? NULL : strchr(special, c);
        if (at != NULL) {
            buf_char(out, '\\');
            buf_char(out, plain[at - special]);
        } else if ((unsigned char)c < 0x20) {
            buf_format(out, "\\u%04X", (unsigned)c);
        } else {
            buf_char(out, c);
        }
    }
    buf_char(out, '"');
}

/* The member with the smallest key behind `after`; NULL: none. Objects in rows are small. */
static const struct json_node *next_member(const struct json_node *object, const struct json_node *after)
{
    const struct json_node *best = NULL;
    for (const struct json_node *m = object->first; m != NULL; m = m->next) {
        if (after != NULL && str_compare(m->key, after->key) <= 0) continue;
        if (best == NULL || str_compare(m->key, best->key) <= 0) best = m;
    }
    return best;
}

void json_tree_print(struct buf *out, const struct json_node *n)
{
    switch (n->kind) {
    case JSON_NULL: buf_text(out, "null"); return;
    case JSON_BOOL: buf_text(out, n->boolean ? "true" : "false"); return;
    case JSON_NUMBER: json_number_print(out, n->text); return;
    case JSON_STRING: string_print(out, n->text); return;
    case JSON_ARRAY:
        buf_char(out, '[');
        for (const struct json_node *e = n->first; e != NULL; e = e->next) {
            json_tree_print(out, e);
            if (e->next != NULL) buf_char(out, ',');
        }
        buf_char(out, ']');
        return;
    case JSON_OBJECT:
        buf_char(out, '{');
        for (const struct json_node *m = next_member(n, NULL), *first = m; m != NULL; m = next_member(n, m)) {
            if (m != first) buf_char(out, ',');
            string_print(out, m->key);
            buf_char(out, ':');
            json_tree_print(out, m);
        }
        buf_char(out, '}');
        return;
    }
}
