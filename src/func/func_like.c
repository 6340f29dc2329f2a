/* SPDX-License-Identifier: Apache-2.0 */
/*
 * func_like: LIKE by its own matcher, SIMILAR TO by regular expressions.
 *
 * A LIKE pattern becomes literal runs, `_` and `%`. The common shapes (x, x%, %x, %x%) are one
 * comparison or one search; the rest goes token by token and falls back to the last `%`, which is
 * linear in practice and at worst text times pattern. As in Flink `_` stands for one character that
 * ends no line, since it is Java's dot.
 */
#include "func/java_regex.h"
#include "func/kernel.h"

#include <assert.h>

enum like_shape { LIKE_EQUAL, LIKE_PREFIX, LIKE_SUFFIX, LIKE_CONTAINS, LIKE_TOKENS };
enum token_kind { TOKEN_TEXT, TOKEN_ONE, TOKEN_MANY };

struct like_token {
    enum token_kind kind;
    struct str text;
};

struct like {
    enum like_shape shape;
    struct str text;
    struct like_token *tokens;
    uint32_t count;
};

/* ---- patterns --------------------------------------------------------------------------------------------- */

/* What is wrong with a pattern or its escape; text is empty when nothing is. */
struct like_fault {
    const char *what;
    size_t at;
};

/* The escape character's bytes; empty: none. false: more than one character. */
static bool escape_ok(struct str escape) { return escape.size_bytes == 0 || utf8_size(escape, 0) == escape.size_bytes; }

static bool starts_at(struct str s, size_t i, struct str what)
{
    return what.size_bytes != 0 && what.size_bytes <= s.size_bytes - i && memcmp(s.at + i, what.at, what.size_bytes) == 0;
}

static struct like_token *token_add(struct like *l, enum token_kind kind)
{
    struct like_token *t = &l->tokens[l->count++];
    *t = (struct like_token){.kind = kind};
    return t;
}

/* bytes has room for the pattern; tokens for one per byte. */
static bool like_scan(struct like *l, struct str pattern, struct str escape, char *bytes, struct like_fault *fault)
{
    for (size_t i = 0; i < pattern.size_bytes;) {
        bool escaped = starts_at(pattern, i, escape);
        if (escaped) {
            size_t next = i + escape.size_bytes;
            bool ok = next < pattern.size_bytes &&
                      (pattern.at[next] == '%' || pattern.at[next] == '_' || starts_at(pattern, next, escape));
            if (!ok) {
                *fault = (struct like_fault){"Invalid escape sequence", i};
                return false;
            }
            i = next;
        }
        char c = pattern.at[i];
        if (!escaped && (c == '%' || c == '_')) {
            bool again = c == '%' && l->count > 0 && l->tokens[l->count - 1].kind == TOKEN_MANY;
            if (!again) token_add(l, c == '%' ? TOKEN_MANY : TOKEN_ONE);
            i++;
            continue;
        }
        uint32_t n = utf8_size(pattern, i);
        struct like_token *last = l->count > 0 ? &l->tokens[l->count - 1] : NULL;
        if (last == NULL || last->kind != TOKEN_TEXT) {
            last = token_add(l, TOKEN_TEXT);
            last->text.at = bytes;
        }
        memcpy(bytes, pattern.at + i, n);
        last->text.size_bytes += n;
        bytes += n;
        i += n;
    }
    return true;
}

static void like_shape_of(struct like *l)
{
    const struct like_token *t = l->tokens;
    l->shape = LIKE_TOKENS;
    if (l->count == 0) {
        l->shape = LIKE_EQUAL;
    } else if (l->count == 1 && t[0].kind == TOKEN_TEXT) {
        l->shape = LIKE_EQUAL;
        l->text = t[0].text;
    } else if (l->count == 1 && t[0].kind == TOKEN_MANY) {
        l->shape = LIKE_CONTAINS;
    } else if (l->count == 2 && t[0].kind == TOKEN_TEXT && t[1].kind == TOKEN_MANY) {
        l->shape = LIKE_PREFIX;
        l->text = t[0].text;
    } else if (l->count == 2 && t[0].kind == TOKEN_MANY && t[1].kind == TOKEN_TEXT) {
        l->shape = LIKE_SUFFIX;
        l->text = t[1].text;
    } else if (l->count == 3 && t[0].kind == TOKEN_MANY && t[1].kind == TOKEN_TEXT && t[2].kind == TOKEN_MANY) {
        l->shape = LIKE_CONTAINS;
        l->text = t[1].text;
    }
}

/* fault->what is NULL when the pattern is fine. */
static enum status like_compile(struct arena *a, struct str pattern, struct str escape, struct like *ret, struct like_fault *fault)
{
    struct like l = {.shape = LIKE_TOKENS};
    *fault = (struct like_fault){NULL, 0};
    char *bytes = arena_bytes(a, pattern.size_bytes + 1);
    l.tokens = ARENA_ARRAY(a, struct like_token, pattern.size_bytes + 1);
    if (bytes == NULL || l.tokens == NULL) return STATUS_NO_MEMORY;
    if (!like_scan(&l, pattern, escape, bytes, fault)) return STATUS_OK;
    like_shape_of(&l);
    *ret = l;
    return STATUS_OK;
}

/* ---- matching ----------------------------------------------------------------------------------------------- */

static bool ends_line(struct str s, size_t i, uint32_t n)
{
    if (n == 1) return s.at[i] == '\n' || s.at[i] == '\r';
    uint32_t code = utf8_code(s, i, n);
    return code == 0x85 || code == 0x2028 || code == 0x2029;
}

static bool like_tokens(const struct like *l, struct str s)
{
    size_t i = 0, retry = 0;
    uint32_t t = 0, many = UINT32_MAX;
    for (;;) {
        const struct like_token *token = t < l->count ? &l->tokens[t] : NULL;
        if (token == NULL) {
            if (i == s.size_bytes) return true;
        } else if (token->kind == TOKEN_MANY) {
            many = t++;
            retry = i;
            continue;
        } else if (token->kind == TOKEN_TEXT) {
            if (starts_at(s, i, token->text)) {
                i += token->text.size_bytes;
                t++;
                continue;
            }
        } else if (i < s.size_bytes && !ends_line(s, i, utf8_size(s, i))) {
            i += utf8_size(s, i);
            t++;
            continue;
        }
        if (many == UINT32_MAX || retry >= s.size_bytes) return false;
        retry += utf8_size(s, retry);
        t = many + 1;
        if (t < l->count && l->tokens[t].kind == TOKEN_TEXT) {
            retry = text_find(s, l->tokens[t].text, retry);
            if (retry == SIZE_MAX) return false;
        }
        i = retry;
    }
}

static inline bool like_match(const struct like *l, struct str s)
{
    struct str x = l->text;
    switch (l->shape) {
    case LIKE_EQUAL: return str_equal(s, x);
    case LIKE_PREFIX: return s.size_bytes >= x.size_bytes && memcmp(s.at, x.at, x.size_bytes) == 0;
    case LIKE_SUFFIX: return s.size_bytes >= x.size_bytes && memcmp(s.at + s.size_bytes - x.size_bytes, x.at, x.size_bytes) == 0;
    case LIKE_CONTAINS: return text_find(s, x, 0) != SIZE_MAX;
    case LIKE_TOKENS: break;
    }
    return like_tokens(l, s);
}

static enum status like_fixed_row(struct call *c, const struct vec *const *args, uint32_t row, struct vec *out)
{
    return set_bool(out, row, like_match(c->impl->prepared, arg_str(args[0], row)));
}
KERNEL(like_fixed)

/* The pattern is a column: compiled anew where it changes. */
static enum status like_rows(struct call *c, const struct rows *rows, const struct vec *const *args, const struct vec *escapes,
                             struct vec *out)
{
    struct like like = {.shape = LIKE_EQUAL};
    struct str pattern = {NULL, 0}, escape = {"", 0};
    for (uint32_t i = 0; i < rows->count; i++) {
        uint32_t row = rows_at(rows, i);
        struct str p = arg_str(args[1], row), e = escapes == NULL ? (struct str){"", 0} : arg_str(escapes, row);
        struct like_fault fault = {NULL, 0};
        if (!escape_ok(e)) {
            TRY(call_row_error(c, out, row, "Invalid escape character '%.*s'", STR_ARG(e)));
            continue;
        }
        if (pattern.at == NULL || !str_equal(p, pattern) || !str_equal(e, escape)) {
            TRY(like_compile(c->scratch, p, e, &like, &fault));
            pattern = fault.what == NULL ? p : (struct str){NULL, 0};
            escape = e;
        }
        if (fault.what != NULL) {
            TRY(call_row_error(c, out, row, "%s '%.*s', %zu", fault.what, STR_ARG(p), fault.at));
            continue;
        }
        TRY(set_bool(out, row, like_match(&like, arg_str(args[0], row))));
    }
    return STATUS_OK;
}

static enum status like_kernel(struct call *c, const struct rows *rows, const struct vec *const *args, struct vec *out)
{
    return like_rows(c, rows, args, NULL, out);
}
static enum status like_escape_kernel(struct call *c, const struct rows *rows, const struct vec *const *args, struct vec *out)
{
    return like_rows(c, rows, args, args[2], out);
}

/* Pattern and escape when both are literals. */
static bool literal_pattern(const struct func_bind *b, struct str *ret_pattern, struct str *ret_escape)
{
    *ret_escape = (struct str){"", 0};
    return bind_literal_str(b, 1, ret_pattern) && (b->arg_count == 2 || bind_literal_str(b, 2, ret_escape));
}

static enum status bind_like(struct func_bind *b)
{
    struct str pattern, escape;
    TRY(bind_form(b, "sss", RESULT_BOOL, b->arg_count == 2 ? like_kernel : like_escape_kernel));
    if (!literal_pattern(b, &pattern, &escape)) {
        b->impl.flags |= FUNC_CAN_FAIL;
        return STATUS_OK;
    }
    if (!escape_ok(escape)) return error_at(b->error, STATUS_INVALID, b->span, "Invalid escape character '%.*s'", STR_ARG(escape));
    struct like_fault fault;
    struct like *l = ARENA_NEW(b->arena, struct like);
    if (l == NULL) return error_no_memory(b->error, sizeof *l);
    TRY(like_compile(b->arena, pattern, escape, l, &fault));
    if (fault.what != NULL) {
        return error_at(b->error, STATUS_INVALID, b->span, "%s '%.*s', %zu", fault.what, STR_ARG(pattern), fault.at);
    }
    b->impl.prepared = l;
    b->impl.kernel = like_fixed_kernel;
    return STATUS_OK;
}

/* ---- SIMILAR TO ------------------------------------------------------------------------------------------------ */

static const char similar_special[] = "[]()|^-+*_%?{}";
static const char java_special[] = "[]()|^-+*?{}$\\.";

static const struct {
    const char *name, *java;
} similar_classes[] = {
    {"[:ALPHA:]", "\\p{Alpha}"}, {"[:alpha:]", "\\p{Alpha}"}, {"[:UPPER:]", "\\p{Upper}"}, {"[:upper:]", "\\p{Upper}"},
    {"[:LOWER:]", "\\p{Lower}"}, {"[:lower:]", "\\p{Lower}"}, {"[:DIGIT:]", "\\d"}, {"[:digit:]", "\\d"},
    {"[:SPACE:]", " "}, {"[:space:]", " "}, {"[:WHITESPACE:]", "\\s"}, {"[:whitespace:]", "\\s"},
    {"[:ALNUM:]", "\\p{Alnum}"}, {"[:alnum:]", "\\p{Alnum}"},
};

static bool is_one_of(char c, const char *set) { return c != '\0' && strchr(set, c) != NULL; }

/* The character behind an escape; false: it must not be escaped. */
static bool similar_escaped(struct str p, size_t next, struct str escape, struct buf *out)
{
    if (next >= p.size_bytes) return false;
    if (is_one_of(p.at[next], similar_special)) {
        if (is_one_of(p.at[next], java_special)) buf_char(out, '\\');
        buf_char(out, p.at[next]);
        return true;
    }
    if (!starts_at(p, next, escape)) return false;
    if (is_one_of(p.at[next], java_special)) buf_char(out, '\\');
    buf_str(out, escape);
    return true;
}

static bool similar_class(struct str p, size_t *io_at, struct buf *out)
{
    for (size_t k = 0; k < sizeof similar_classes / sizeof similar_classes[0]; k++) {
        if (!starts_at(p, *io_at, str_of(similar_classes[k].name))) continue;
        buf_text(out, similar_classes[k].java);
        *io_at += strlen(similar_classes[k].name);
        return true;
    }
    return false;
}

/* From behind `[` to the closing bracket, which is left. */
static bool similar_enumeration(struct str p, size_t *io_at, struct str escape, struct buf *out)
{
    while (*io_at < p.size_bytes && p.at[*io_at] != ']') {
        char c = p.at[*io_at];
        if (starts_at(p, *io_at, escape)) {
            if (!similar_escaped(p, *io_at + escape.size_bytes, escape, out)) return false;
            *io_at += escape.size_bytes + 1;
        } else if (c == '-' || c == '^') {
            buf_char(out, c);
            (*io_at)++;
        } else if (c == '[') {
            if (!similar_class(p, io_at, out)) return false;
        } else if (is_one_of(c, similar_special)) {
            return false;
        } else {
            if (c == '\\') buf_char(out, '\\');
            buf_char(out, c);
            (*io_at)++;
        }
    }
    return *io_at < p.size_bytes;
}

/* The Java pattern of a SIMILAR pattern; false: it is none. */
static bool similar_to_java(struct str p, struct str escape, struct buf *out)
{
    for (size_t i = 0; i < p.size_bytes;) {
        char c = p.at[i];
        if (starts_at(p, i, escape)) {
            if (!similar_escaped(p, i + escape.size_bytes, escape, out)) return false;
            i += escape.size_bytes + 1;
            continue;
        }
        i++;
        switch (c) {
        case '_': buf_char(out, '.'); break;
        case '%': buf_text(out, "(?s:.*)"); break;
        case '[':
            buf_char(out, '[');
            if (!similar_enumeration(p, &i, escape, out)) return false;
            buf_char(out, ']');
            i++;
            break;
        case ']': return false;
        case '\\': buf_text(out, "\\\\"); break;
        case '$': buf_text(out, "\\$"); break;
        default: buf_char(out, c); break;
        }
    }
    return true;
}

static enum status similar_compile(struct arena *a, struct str p, struct str escape, uint32_t flags, const struct java_regex **ret,
                                   struct error *e)
{
    struct buf java = BUF_INIT;
    *ret = NULL;
    bool ok = similar_to_java(p, escape, &java);
    enum status s = java.failed ? error_no_memory(e, p.size_bytes) : STATUS_OK;
    if (ok && s == STATUS_OK) {
        s = java_regex_compile(a, java.at == NULL ? STR("") : buf_view(&java), flags | JAVA_REGEX_WHOLE, ret, e);
    }
    buf_deinit(&java);
    return s;
}

static enum status similar_match(struct call *c, struct java_match *m, struct str s, struct vec *out, uint32_t row)
{
    int found = java_match_find(m, s, 0);
    if (found < 0) return call_row_error(c, out, row, "A pattern of SIMILAR TO backtracks too much");
    return set_bool(out, row, found == 1);
}

static enum status similar_fixed_kernel(struct call *c, const struct rows *rows, const struct vec *const *args, struct vec *out)
{
    struct java_match *m = NULL;
    TRY(java_match_new(c->scratch, c->impl->prepared, &m));
    for (uint32_t i = 0; i < rows->count; i++) {
        uint32_t row = rows_at(rows, i);
        TRY(similar_match(c, m, arg_str(args[0], row), out, row));
    }
    return STATUS_OK;
}

static enum status similar_rows(struct call *c, const struct rows *rows, const struct vec *const *args, const struct vec *escapes,
                                struct vec *out)
{
    for (uint32_t i = 0; i < rows->count; i++) {
        uint32_t row = rows_at(rows, i);
        struct str p = arg_str(args[1], row), e = escapes == NULL ? (struct str){"", 0} : arg_str(escapes, row);
        const struct java_regex *r = NULL;
        struct error error = ERROR_INIT;
        enum status s = escape_ok(e) ? similar_compile(c->scratch, p, e, 0, &r, &error) : STATUS_OK;
        if (s == STATUS_NO_MEMORY) return s;
        if (r == NULL) {
            const char *why = s == STATUS_OK ? "Invalid regular expression" : error.message;
            TRY(call_row_error(c, out, row, "%s '%.*s'", why, STR_ARG(p)));
            continue;
        }
        struct java_match *m = NULL;
        TRY(java_match_new(c->scratch, r, &m));
        TRY(similar_match(c, m, arg_str(args[0], row), out, row));
    }
    return STATUS_OK;
}
static enum status similar_kernel(struct call *c, const struct rows *rows, const struct vec *const *args, struct vec *out)
{
    return similar_rows(c, rows, args, NULL, out);
}
static enum status similar_escape_kernel(struct call *c, const struct rows *rows, const struct vec *const *args, struct vec *out)
{
    return similar_rows(c, rows, args, args[2], out);
}

static enum status bind_similar(struct func_bind *b)
{
    struct str pattern, escape;
    TRY(bind_form(b, "sss", RESULT_BOOL, b->arg_count == 2 ? similar_kernel : similar_escape_kernel));
    if (!literal_pattern(b, &pattern, &escape)) return STATUS_OK;
    if (!escape_ok(escape)) return error_at(b->error, STATUS_INVALID, b->span, "Invalid escape character '%.*s'", STR_ARG(escape));
    const struct java_regex *r = NULL;
    TRY(similar_compile(b->arena, pattern, escape, JAVA_REGEX_FAST, &r, b->error));
    if (r == NULL) return error_at(b->error, STATUS_INVALID, b->span, "Invalid regular expression '%.*s'", STR_ARG(pattern));
    b->impl.prepared = r;
    b->impl.kernel = similar_fixed_kernel;
    return STATUS_OK;
}

static const struct func rows_of_like[] = {
    ROW_OF("LIKE", 2, 3, FUNC_OPERATOR, like, "s [NOT] LIKE pattern [ESCAPE character]",
           "Does s match a pattern, where % is any text and _ any character?", "'hello' LIKE 'h_l%'"),
    ROW_OF("SIMILAR TO", 2, 3, FUNC_OPERATOR | FUNC_CAN_FAIL, similar, "s [NOT] SIMILAR TO pattern [ESCAPE character]",
           "Does s match a SQL regular expression?", "'hello' SIMILAR TO 'h(e|a)l+o'"),
};
FAMILY(like, rows_of_like);
