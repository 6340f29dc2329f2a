/* SPDX-License-Identifier: Apache-2.0 */
/*
 * json_path: from the text of a path to its tokens. The grammar is that of Flink's library down to
 * its oddities: a path that does not begin with $ or @ is a path behind "$.", one character behind
 * the last token is passed over, a function without arguments must stand at the end.
 *
 * A compiled path is immutable and lives in the caller's arena. A text that is no path compiles to
 * one marked invalid.
 */
#include "func/json_path_parts.h"

#include "func/kernel.h"
#include "type/number.h"

#include <assert.h>

size_t path_skip(const struct path_reader *r, size_t i)
{
    while (path_char(r, i) == ' ') i++;
    return i;
}

size_t path_unescaped(const struct path_reader *r, size_t i, char c)
{
    bool escaped = false;
    for (i++; i < r->s.size_bytes; i++) {
        if (escaped) escaped = false;
        else if (r->s.at[i] == '\\') escaped = true;
        else if (r->s.at[i] == c) return i;
    }
    return SIZE_MAX;
}

size_t path_closing(const struct path_reader *r, size_t i, char open, char close, bool skip_patterns)
{
    assert(path_char(r, i) == open);
    uint32_t opened = 1;
    for (i++; i < r->s.size_bytes; i++) {
        char c = path_char(r, i);
        if (c == '\'' || c == '"') {
            i = path_unescaped(r, i, c);
            if (i == SIZE_MAX) return SIZE_MAX;
            c = path_char(r, ++i);
        }
        if (skip_patterns && c == '/') {
            i = path_unescaped(r, i, '/');
            if (i == SIZE_MAX) return SIZE_MAX;
            c = path_char(r, ++i);
        }
        opened += c == open;
        if (c == close && --opened == 0) return i;
    }
    return SIZE_MAX;
}

bool path_unescape(struct path_reader *r, struct str s, struct str *ret)
{
    static const char plain[] = "bfnrt", special[] = "\b\f\n\r\t";
    *ret = s;
    if (memchr(s.at, '\\', s.size_bytes) == NULL) return true;
    struct buf out = BUF_INIT;
    for (size_t i = 0; i < s.size_bytes; i++) {
        char c = s.at[i];
        if (c != '\\' || i + 1 == s.size_bytes) {
            buf_char(&out, c);
            continue;
        }
        c = s.at[++i];
        const char *at = c == '\0' ? NULL : strchr(plain, c);
        uint32_t code = 0;
        size_t digits = 0;
        while (c == 'u' && digits < 4 && i + 1 + digits < s.size_bytes && strchr("0123456789abcdefABCDEF", s.at[i + 1 + digits]) != NULL) {
            char h = s.at[i + 1 + digits++];
            code = code * 16 + (uint32_t)(h <= '9' ? h - '0' : (h | 32) - 'a' + 10);
        }
        if (digits == 4) {
            utf8_append(&out, code);
            i += 4;
        } else {
            buf_char(&out, at == NULL ? c : special[at - plain]);
        }
    }
    *ret = out.failed ? (struct str){NULL, 0} : arena_str(r->arena, buf_view(&out));
    buf_deinit(&out);
    if (ret->at == NULL) r->no_memory = true;
    return ret->at != NULL;
}

/* ---- tokens ---------------------------------------------------------------------------------------------------- */

static bool token_definite(const struct path_token *t)
{
    switch (t->kind) {
    case TOKEN_KEYS: return t->count == 1 || t->next == NULL; /* several at the end are merged into one object */
    case TOKEN_INDEXES: return t->count == 1;
    case TOKEN_CALL: return true;
    case TOKEN_SLICE:
    case TOKEN_WILDCARD:
    case TOKEN_SCAN:
    case TOKEN_FILTER: break;
    }
    return false;
}

struct compile {
    struct path_reader *r;
    struct json_path *p;
    struct path_token **last;
};

static struct path_token *token_add(struct compile *c, enum path_token_kind kind)
{
    if (++c->p->token_count > PATH_TOKENS_MAX) return NULL;
    struct path_token *t = ARENA_NEW(c->r->arena, struct path_token);
    if (t == NULL) {
        c->r->no_memory = true;
        return NULL;
    }
    t->kind = kind;
    *c->last = t;
    c->last = &t->next;
    return t;
}

/* At the last character or behind it, a path counts as read. */
static bool at_tail(const struct path_reader *r) { return r->at + 1 >= r->s.size_bytes; }

static bool key_add(struct path_reader *r, struct path_token *t, struct str key)
{
    struct str *more = ARENA_ARRAY(r->arena, struct str, t->count + 1);
    if (more == NULL) {
        r->no_memory = true;
        return false;
    }
    if (t->count > 0) memcpy(more, t->keys, t->count * sizeof *more);
    t->keys = more;
    return path_unescape(r, key, &t->keys[t->count++]);
}

/* ['key'], ["a", "b"], between the brackets; *ret_end: where the bracket closes. */
static bool read_keys(struct path_reader *r, struct path_token *t, size_t *ret_end)
{
    size_t i = path_skip(r, r->at + 1);
    char quote = path_char(r, i);
    while (true) {
        if (path_char(r, i) != quote) return false;
        size_t end = path_unescaped(r, i, quote);
        if (end == SIZE_MAX || !key_add(r, t, text_part(r->s, i + 1, end))) return false;
        i = path_skip(r, end + 1);
        if (path_char(r, i) == ']') break;
        if (path_char(r, i) != ',') return false;
        i = path_skip(r, i + 1);
    }
    *ret_end = i;
    return true;
}

static bool read_int(struct str s, int32_t *ret)
{
    int64_t v = 0;
    while (s.size_bytes > 0 && s.at[0] == ' ') s = text_part(s, 1, s.size_bytes);
    while (s.size_bytes > 0 && s.at[s.size_bytes - 1] == ' ') s.size_bytes--;
    if (!i64_parse(s, INT32_MIN, INT32_MAX, &v)) return false;
    *ret = (int32_t)v;
    return true;
}

static bool read_slice(struct path_reader *r, struct path_token *t, struct str inside)
{
    t->indexes = ARENA_ARRAY(r->arena, int32_t, 2);
    if (t->indexes == NULL) {
        r->no_memory = true;
        return false;
    }
    const char *colon = memchr(inside.at, ':', inside.size_bytes);
    struct str from = text_part(inside, 0, (size_t)(colon - inside.at)), to = text_part(inside, from.size_bytes + 1, inside.size_bytes);
    colon = memchr(to.at, ':', to.size_bytes); /* a step is passed over */
    if (colon != NULL) to = text_part(to, 0, (size_t)(colon - to.at));
    t->has_from = from.size_bytes > 0;
    t->has_to = to.size_bytes > 0;
    if (t->has_from && !read_int(from, &t->indexes[0])) return false;
    if (t->has_to && !read_int(to, &t->indexes[1])) return false;
    return t->has_from || t->has_to;
}

static bool read_indexes(struct path_reader *r, struct path_token *t, struct str inside)
{
    t->indexes = ARENA_ARRAY(r->arena, int32_t, inside.size_bytes + 1);
    if (t->indexes == NULL) {
        r->no_memory = true;
        return false;
    }
    while (true) {
        const char *comma = memchr(inside.at, ',', inside.size_bytes);
        size_t end = comma == NULL ? inside.size_bytes : (size_t)(comma - inside.at);
        if (!read_int(text_part(inside, 0, end), &t->indexes[t->count++])) return false;
        if (comma == NULL) return true;
        inside = text_part(inside, end + 1, inside.size_bytes);
    }
}

static bool read_numbers(struct compile *c, size_t *ret_end)
{
    struct path_reader *r = c->r;
    const char *close = memchr(r->s.at + r->at, ']', r->s.size_bytes - r->at);
    if (close == NULL) return false;
    *ret_end = (size_t)(close - r->s.at);
    struct str inside = text_part(r->s, r->at + 1, *ret_end);
    bool slice = memchr(inside.at, ':', inside.size_bytes) != NULL;
    for (size_t i = 0; i < inside.size_bytes; i++) {
        if (inside.at[i] == '\0' || strchr(slice ? "0123456789-: " : "0123456789-, ", inside.at[i]) == NULL) return false;
    }
    struct path_token *t = token_add(c, slice ? TOKEN_SLICE : TOKEN_INDEXES);
    return t != NULL && (slice ? read_slice(r, t, inside) : read_indexes(r, t, inside));
}

static bool read_filter(struct compile *c, size_t question, size_t *ret_end)
{
    struct path_reader *r = c->r;
    size_t open = path_skip(r, question + 1);
    if (path_char(r, open) != '(') return false;
    size_t close = path_closing(r, open, '(', ')', true);
    if (close == SIZE_MAX) return false;
    *ret_end = path_skip(r, close + 1);
    if (path_char(r, *ret_end) != ']') return false;
    struct path_token *t = token_add(c, TOKEN_FILTER);
    if (t == NULL) return false;
    t->filter = path_filter_compile(r, text_part(r->s, open, close + 1));
    return t->filter != NULL;
}

static bool read_bracket(struct compile *c)
{
    struct path_reader *r = c->r;
    size_t i = path_skip(r, r->at + 1), end = 0;
    char first = path_char(r, i);
    bool ok = false;
    if (first == '\'' || first == '"') {
        struct path_token *t = token_add(c, TOKEN_KEYS);
        ok = t != NULL && read_keys(r, t, &end);
    } else if (first == '*') {
        end = path_skip(r, i + 1);
        ok = path_char(r, end) == ']' && token_add(c, TOKEN_WILDCARD) != NULL;
    } else if (first == '?') {
        ok = read_filter(c, i, &end);
    } else if ((first >= '0' && first <= '9') || first == '-' || first == ':') {
        ok = read_numbers(c, &end);
    }
    r->at = end + 1;
    return ok;
}

/* ---- names and functions --------------------------------------------------------------------------------------- */

/* Where an argument ends: a comma or the bracket that closes the call. */
static size_t argument_end(const struct path_reader *r, size_t i)
{
    uint32_t depth = 0;
    for (; i < r->s.size_bytes; i++) {
        char c = r->s.at[i];
        if (c == '"') {
            i = path_unescaped(r, i, '"');
            if (i == SIZE_MAX) return SIZE_MAX;
        } else if (c == '(' || c == '[' || c == '{') {
            depth++;
        } else if (depth > 0 && (c == ')' || c == ']' || c == '}')) {
            depth--;
        } else if (c == ')' || (c == ',' && depth == 0)) {
            return i;
        }
    }
    return SIZE_MAX;
}

static bool read_argument(struct path_reader *r, struct str text, struct path_argument *ret)
{
    while (text.size_bytes > 0 && strchr(" \t\r\n", text.at[0]) != NULL && text.at[0] != '\0') text = text_part(text, 1, text.size_bytes);
    while (text.size_bytes > 0 && text.at[text.size_bytes - 1] == ' ') text.size_bytes--;
    if (text.size_bytes == 0) return false;
    ret->json = text;
    if (text.at[0] != '$' && text.at[0] != '@') return strchr("{\"-0123456789", text.at[0]) != NULL;
    ret->path = path_compile(r, text);
    return ret->path != NULL;
}

/* From behind the opening bracket to behind the closing one. */
static bool read_arguments(struct path_reader *r, struct path_token *t)
{
    while (true) {
        size_t end = argument_end(r, r->at);
        struct path_argument *more = ARENA_ARRAY(r->arena, struct path_argument, t->count + 1);
        if (end == SIZE_MAX || more == NULL) {
            r->no_memory |= more == NULL;
            return false;
        }
        if (t->count > 0) memcpy(more, t->args, t->count * sizeof *more);
        t->args = more;
        if (!read_argument(r, text_part(r->s, r->at, end), &t->args[t->count++])) return false;
        r->at = end + 1;
        if (path_char(r, end) == ')') return true;
    }
}

static bool read_call(struct compile *c, struct str name, size_t open)
{
    struct path_reader *r = c->r;
    if (path_closing(r, open, '(', ')', false) == SIZE_MAX) return false;
    struct path_token *t = token_add(c, TOKEN_CALL);
    if (t == NULL) return false;
    t->name = name;
    r->at = open + 1;
    return path_char(r, r->at) == ')' || read_arguments(r, t);
}

static bool read_name(struct compile *c)
{
    struct path_reader *r = c->r;
    size_t i = r->at;
    if (i >= r->s.size_bytes || strchr("[*. ", r->s.at[i]) != NULL) return false;
    for (; i < r->s.size_bytes && r->s.at[i] != '.' && r->s.at[i] != '[' && r->s.at[i] != '('; i++) {
        if (r->s.at[i] == ' ') return false;
    }
    struct str name = text_part(r->s, r->at, i);
    if (path_char(r, i) == '(') return read_call(c, name, i);
    struct path_token *t = token_add(c, TOKEN_KEYS);
    r->at = i;
    if (t == NULL || (t->keys = ARENA_NEW(r->arena, struct str)) == NULL) {
        r->no_memory |= t != NULL;
        return false;
    }
    t->keys[t->count++] = name;
    return true;
}

static bool read_token(struct compile *c)
{
    struct path_reader *r = c->r;
    if (path_char(r, r->at) == '.') {
        bool scan = path_char(r, r->at + 1) == '.';
        if (scan && token_add(c, TOKEN_SCAN) == NULL) return false;
        r->at += scan ? 2 : 1;
        if (path_char(r, r->at) == '.') return false;
    }
    if (path_char(r, r->at) == '[') return read_bracket(c);
    if (path_char(r, r->at) != '*') return read_name(c);
    r->at++;
    return token_add(c, TOKEN_WILDCARD) != NULL;
}

/* ---- paths ------------------------------------------------------------------------------------------------------- */

/* $..a.f() asks f of the list that $..a leads to. */
static bool call_over_scan(struct compile *c)
{
    struct path_token *t = c->p->first, *before = NULL;
    if (t == NULL || t->kind != TOKEN_SCAN) return true;
    for (; t->next != NULL; t = t->next) before = t;
    if (t->kind != TOKEN_CALL) return true;
    struct json_path *inner = ARENA_NEW(c->r->arena, struct json_path);
    struct path_argument *arg = ARENA_NEW(c->r->arena, struct path_argument);
    if (inner == NULL || arg == NULL) {
        c->r->no_memory = true;
        return false;
    }
    *inner = *c->p;
    inner->definite = false;
    before->next = NULL;
    arg->path = inner;
    t->args = arg;
    t->count = 1;
    c->p->first = t;
    return true;
}

static void mark_definite(struct json_path *p)
{
    bool definite = true;
    for (struct path_token *t = p->first; t != NULL; t = t->next) {
        t->upstream_definite = definite;
        definite = definite && token_definite(t);
    }
    p->definite = definite;
}

static bool read_path(struct compile *c)
{
    struct path_reader *r = c->r;
    c->p->from_root = path_char(r, 0) == '$';
    if (at_tail(r)) return true;
    r->at = 1;
    if (path_char(r, 1) != '.' && path_char(r, 1) != '[') return false;
    do {
        if (!read_token(c)) return false;
    } while (!at_tail(r));
    mark_definite(c->p);
    if (!call_over_scan(c)) return false;
    mark_definite(c->p);
    return true;
}

const struct json_path *path_compile(struct path_reader *outer, struct str text)
{
    while (text.size_bytes > 0 && text.at[text.size_bytes - 1] == ' ') text.size_bytes--;
    struct json_path *p = ARENA_NEW(outer->arena, struct json_path);
    if (p == NULL) {
        outer->no_memory = true;
        return NULL;
    }
    if (text.size_bytes == 0 || outer->nesting >= PATH_NESTING_MAX) return NULL;
    if (text.at[0] != '$' && text.at[0] != '@') text = arena_format(outer->arena, "$.%.*s", STR_ARG(text));
    if (text.at == NULL) {
        outer->no_memory = true;
        return NULL;
    }
    *p = (struct json_path){.definite = true};
    struct path_reader r = {.arena = outer->arena, .s = text, .nesting = outer->nesting + 1};
    struct compile c = {&r, p, &p->first};
    bool ok = text.at[text.size_bytes - 1] != '.' && read_path(&c);
    outer->no_memory |= r.no_memory;
    outer->json_text |= r.json_text;
    return ok ? p : NULL;
}

static bool is_blank(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

/* "lax path", "strict path" in any case; a path without a mode stays whole. */
static struct str mode_read(struct str text, bool *ret_lax)
{
    struct str rest = text;
    *ret_lax = false;
    while (rest.size_bytes > 0 && is_blank(rest.at[0])) rest = text_part(rest, 1, rest.size_bytes);
    size_t n = 0;
    while (n < rest.size_bytes && !is_blank(rest.at[n])) n++;
    struct str word = text_part(rest, 0, n);
    bool lax = str_equal_ignore_case(word, STR("lax"));
    rest = text_part(rest, n, rest.size_bytes);
    while (rest.size_bytes > 0 && is_blank(rest.at[0])) rest = text_part(rest, 1, rest.size_bytes);
    if (rest.size_bytes == 0 || (!lax && !str_equal_ignore_case(word, STR("strict")))) return text;
    *ret_lax = lax;
    return rest;
}

enum status json_path_compile(struct arena *a, struct str text, const struct json_path **ret, struct error *e)
{
    assert(a != NULL && ret != NULL);
    bool lax = false;
    struct path_reader r = {.arena = a, .s = mode_read(text, &lax)};
    const struct json_path *compiled = path_compile(&r, r.s);
    struct json_path *p = ARENA_NEW(a, struct json_path);
    if (p == NULL || r.no_memory) return error_no_memory(e, sizeof *p);
    if (r.json_text) {
        return error_set(e, STATUS_UNSUPPORTED, "JSON path '%.*s': a list or an object inside of a filter is not supported", STR_ARG(text));
    }
    if (compiled != NULL) *p = *compiled;
    p->invalid = compiled == NULL;
    p->lax = lax;
    *ret = p;
    return STATUS_OK;
}

bool json_path_is_lax(const struct json_path *p) { return p->lax; }
