/* SPDX-License-Identifier: Apache-2.0 */
/*
 * java_regex: a translator from Java's pattern syntax to PCRE2's, and matching as Matcher.find() does.
 *
 * Most of the two languages is the same text. The translator walks the pattern once, copies what is
 * the same, rewrites escapes and properties, and stops at what one of the two does not have. It
 * never guesses: a construct that only Java has is unsupported, one that only PCRE2 has is, as in
 * Java, no pattern at all.
 */
#include "func/java_regex.h"

#include "func/kernel.h"

#include <assert.h>
#ifndef PCRE2_CODE_UNIT_WIDTH
#define PCRE2_CODE_UNIT_WIDTH 8
#endif
#include <pcre2.h>

enum { PATTERN_BYTES_MAX = 1 << 16, MATCH_LIMIT = 10000000 };

struct java_regex {
    pcre2_code *code;
    uint32_t groups;
};

struct java_match {
    const struct java_regex *regex;
    pcre2_match_data *data;
    pcre2_match_context *context;
};

/* ---- translation -------------------------------------------------------------------------------------- */

struct translation {
    struct str in;
    size_t at;
    struct buf *out;
    uint32_t groups;
    bool in_class;
    bool invalid;            /* no pattern in Java either */
    const char *unsupported; /* what PCRE2 lacks */
};

static bool is_letter(char c) { return (unsigned)((c | 32) - 'a') < 26; }
static bool is_number(char c) { return (unsigned)(c - '0') < 10; }
static int hex_value(char c)
{
    if (is_number(c)) return c - '0';
    int v = (c | 32) - 'a';
    return v >= 0 && v < 6 ? v + 10 : -1;
}

static char peek(const struct translation *t, size_t ahead)
{
    return t->at + ahead < t->in.size_bytes ? t->in.at[t->at + ahead] : '\0';
}

static void emit_code(struct translation *t, uint32_t code) { buf_format(t->out, "\\x{%x}", code); }

/* Exactly count hex digits; -1 when they are not there. */
static int32_t read_hex(struct translation *t, int count)
{
    int32_t v = 0;
    for (int i = 0; i < count; i++) {
        int h = hex_value(peek(t, 0));
        if (h < 0) return -1;
        v = v * 16 + h;
        t->at++;
    }
    return v;
}

static void escape_unicode(struct translation *t)
{
    int32_t v = read_hex(t, 4);
    if (v >= 0xd800 && v < 0xdc00 && peek(t, 0) == '\\' && peek(t, 1) == 'u') {
        t->at += 2;
        int32_t low = read_hex(t, 4);
        v = low >= 0xdc00 && low < 0xe000 ? 0x10000 + ((v - 0xd800) << 10) + (low - 0xdc00) : -1;
    }
    if (v < 0) t->invalid = true;
    else if (v >= 0xd800 && v < 0xe000) t->unsupported = "a lone surrogate";
    else emit_code(t, (uint32_t)v);
}

static void escape_hex(struct translation *t)
{
    int32_t v = 0;
    if (peek(t, 0) == '{') {
        t->at++;
        int digits = 0;
        for (; hex_value(peek(t, 0)) >= 0 && digits < 6; digits++) v = v * 16 + hex_value(t->in.at[t->at++]);
        if (digits == 0 || peek(t, 0) != '}') v = -1;
        t->at++;
    } else {
        v = read_hex(t, 2);
    }
    if (v < 0 || v > 0x10ffff) t->invalid = true;
    else emit_code(t, (uint32_t)v);
}

/* \0n, \0nn, \0mnn with m <= 3. */
static void escape_octal(struct translation *t)
{
    uint32_t v = 0;
    int digits = 0;
    for (; digits < 3 && peek(t, 0) >= '0' && peek(t, 0) <= '7' && v * 8 + (uint32_t)(peek(t, 0) - '0') <= 0377; digits++) {
        v = v * 8 + (uint32_t)(t->in.at[t->at++] - '0');
    }
    if (digits == 0) t->invalid = true;
    else emit_code(t, v);
}

static void escape_quote(struct translation *t)
{
    while (t->at < t->in.size_bytes && !(peek(t, 0) == '\\' && peek(t, 1) == 'E')) {
        char c = t->in.at[t->at++];
        if ((unsigned char)c < 0x80 && !is_letter(c) && !is_number(c)) buf_char(t->out, '\\');
        buf_char(t->out, c);
    }
    if (t->at < t->in.size_bytes) t->at += 2;
}

/* Java counts a further digit to the group's number only if there are so many groups. */
static void escape_reference(struct translation *t, char first)
{
    uint32_t group = (uint32_t)(first - '0');
    while (is_number(peek(t, 0)) && group * 10 + (uint32_t)(peek(t, 0) - '0') <= t->groups) {
        group = group * 10 + (uint32_t)(t->in.at[t->at++] - '0');
    }
    if (t->in_class) t->invalid = true;
    else buf_format(t->out, "\\g{%u}", group);
}

static const struct {
    const char *java, *posix;
} posix_names[] = {
    {"Lower", "lower"}, {"Upper", "upper"}, {"ASCII", "ascii"}, {"Alpha", "alpha"}, {"Digit", "digit"}, {"Alnum", "alnum"},
    {"Punct", "punct"}, {"Graph", "graph"}, {"Print", "print"}, {"Blank", "blank"}, {"Cntrl", "cntrl"}, {"XDigit", "xdigit"},
    {"Space", "space"},
};
static const struct {
    const char *java, *pcre;
} property_names[] = {
    {"javaLowerCase", "Ll"}, {"javaUpperCase", "Lu"}, {"IsLetter", "L"}, {"IsDigit", "Nd"}, {"LC", "L&"}, {"IsLC", "L&"},
};

static void property(struct translation *t, struct str name, bool negated)
{
    for (size_t i = 0; i < sizeof posix_names / sizeof posix_names[0]; i++) {
        if (!str_equal(name, str_of(posix_names[i].java))) continue;
        buf_format(t->out, t->in_class ? "[:%s%s:]" : "[[:%s%s:]]", negated ? "^" : "", posix_names[i].posix);
        return;
    }
    for (size_t i = 0; i < sizeof property_names / sizeof property_names[0]; i++) {
        if (str_equal(name, str_of(property_names[i].java))) name = str_of(property_names[i].pcre);
    }
    if (name.size_bytes > 4 && memcmp(name.at, "java", 4) == 0) t->unsupported = "\\p{java...}";
    if (name.size_bytes > 2 && memcmp(name.at, "In", 2) == 0) t->unsupported = "\\p{In...} (Unicode blocks)";
    if (name.size_bytes > 2 && memcmp(name.at, "Is", 2) == 0) name = text_part(name, 2, name.size_bytes);
    const char *equals = memchr(name.at, '=', name.size_bytes);
    if (equals != NULL) name = text_part(name, (size_t)(equals - name.at) + 1, name.size_bytes);
    buf_format(t->out, "\\%c{%.*s}", negated ? 'P' : 'p', STR_ARG(name));
}

static void escape_property(struct translation *t, bool negated)
{
    struct str name = {t->in.at + t->at, 1};
    if (t->at >= t->in.size_bytes) {
        t->invalid = true;
        return;
    }
    if (peek(t, 0) == '{') {
        const char *end = memchr(t->in.at + t->at, '}', t->in.size_bytes - t->at);
        if (end == NULL) {
            t->invalid = true;
            return;
        }
        name = text_part(t->in, t->at + 1, (size_t)(end - t->in.at));
    }
    t->at += name.size_bytes + (peek(t, 0) == '{' ? 2 : 0);
    property(t, name, negated);
}

static void escape_letter(struct translation *t, char c)
{
    if (t->in_class && strchr("RXbBAzZG", c) != NULL) {
        t->invalid = true;
    } else if (c == 'k' && peek(t, 0) == '<') {
        buf_text(t->out, "\\k");
    } else if (c == 'c' && t->at < t->in.size_bytes) {
        buf_text(t->out, "\\c");
        buf_char(t->out, t->in.at[t->at++]);
    } else if (c == 'b' && peek(t, 0) == '{') {
        t->unsupported = "\\b{g}";
    } else if (c == 'N') {
        t->unsupported = "\\N{...}";
    } else if (strchr("dDsSwWhHvVRXbBAzZGtnrfae", c) != NULL) {
        buf_char(t->out, '\\');
        buf_char(t->out, c);
    } else {
        t->invalid = true;
    }
}

/* t->at is behind the backslash. */
static void escape(struct translation *t)
{
    if (t->at >= t->in.size_bytes) {
        t->invalid = true;
        return;
    }
    char c = t->in.at[t->at++];
    switch (c) {
    case 'Q': escape_quote(t); return;
    case 'E': return;
    case 'u': escape_unicode(t); return;
    case 'x': escape_hex(t); return;
    case '0': escape_octal(t); return;
    case 'p': escape_property(t, false); return;
    case 'P': escape_property(t, true); return;
    default: break;
    }
    if (is_number(c)) {
        escape_reference(t, c);
    } else if (is_letter(c)) {
        escape_letter(t, c);
    } else {
        if ((unsigned char)c < 0x80) buf_char(t->out, '\\');
        buf_char(t->out, c);
    }
}

/* (?i-s) and (?i-s:...): d and u say nothing that PCRE2 would do otherwise. */
static void group_flags(struct translation *t)
{
    buf_text(t->out, "(?");
    t->at += 2;
    for (;; t->at++) {
        char c = peek(t, 0);
        if (c == 'd' || c == 'u') continue;
        if (c == 'U') t->unsupported = "(?U)";
        if (c == '\0' || strchr("imsxU-", c) == NULL) break;
        buf_char(t->out, c);
    }
    if (peek(t, 0) != ')' && peek(t, 0) != ':') {
        t->invalid = true;
        return;
    }
    buf_char(t->out, t->in.at[t->at++]);
}

static void group_open(struct translation *t)
{
    char kind = peek(t, 2);
    if (peek(t, 1) == '*') {
        t->invalid = true;
    } else if (peek(t, 1) != '?') {
        t->groups++;
        buf_char(t->out, '(');
        t->at++;
    } else if (kind == '<' && peek(t, 3) != '=' && peek(t, 3) != '!') {
        t->groups++;
        if (!is_letter(peek(t, 3))) t->invalid = true;
        buf_text(t->out, "(?<");
        t->at += 3;
    } else if (kind != '\0' && strchr(":=!>", kind) != NULL) {
        buf_append(t->out, t->in.at + t->at, 3);
        t->at += 3;
    } else if (kind == '<') {
        buf_append(t->out, t->in.at + t->at, 4);
        t->at += 4;
    } else {
        group_flags(t);
    }
}

/* {n}, {n,}, {n,m}: anything else in braces is an error in Java. */
static void braces(struct translation *t)
{
    size_t i = 1;
    while (is_number(peek(t, i))) i++;
    if (i == 1) t->invalid = true;
    if (peek(t, i) == ',') {
        i++;
        while (is_number(peek(t, i))) i++;
    }
    if (peek(t, i) != '}') t->invalid = true;
    if (t->invalid) return;
    buf_append(t->out, t->in.at + t->at, i + 1);
    t->at += i + 1;
}

static void class_open(struct translation *t)
{
    t->in_class = true;
    buf_char(t->out, '[');
    t->at++;
    if (peek(t, 0) == '^') {
        buf_char(t->out, '^');
        t->at++;
    }
    if (peek(t, 0) == ']') {
        buf_text(t->out, "\\]");
        t->at++;
    }
}

static void class_item(struct translation *t)
{
    char c = t->in.at[t->at];
    if (c == '[') t->unsupported = "a character class inside a character class";
    if (c == '&' && peek(t, 1) == '&') t->unsupported = "&& in a character class";
    if (c == ']') t->in_class = false;
    buf_char(t->out, c);
    t->at++;
}

static void translate(struct translation *t)
{
    while (t->at < t->in.size_bytes && !t->invalid && t->unsupported == NULL) {
        char c = t->in.at[t->at];
        if (c == '\\') {
            t->at++;
            escape(t);
        } else if (t->in_class) {
            class_item(t);
        } else if (c == '[') {
            class_open(t);
        } else if (c == '(') {
            group_open(t);
        } else if (c == '{') {
            braces(t);
        } else {
            buf_char(t->out, c);
            t->at++;
        }
    }
    if (t->in_class) t->invalid = true;
}

/* ---- compiling ------------------------------------------------------------------------------------------ */

static void *arena_give(size_t size, void *arena) { return arena_alloc(arena, size); }
static void arena_keep(void *at, void *arena)
{
    (void)at;
    (void)arena;
}

static enum status compile_translated(struct arena *a, struct str pcre, struct str pattern, uint32_t flags, uint32_t groups,
                                      const struct java_regex **ret, struct error *e)
{
    pcre2_general_context *memory = pcre2_general_context_create(arena_give, arena_keep, a);
    pcre2_compile_context *context = memory == NULL ? NULL : pcre2_compile_context_create(memory);
    struct java_regex *r = ARENA_NEW(a, struct java_regex);
    if (context == NULL || r == NULL) return error_no_memory(e, sizeof *r);
    pcre2_set_newline(context, PCRE2_NEWLINE_ANYCRLF);
    uint32_t options = PCRE2_UTF | PCRE2_MATCH_INVALID_UTF | PCRE2_NEVER_BACKSLASH_C;
    if ((flags & JAVA_REGEX_WHOLE) != 0) options |= PCRE2_ANCHORED | PCRE2_ENDANCHORED;
    int code = 0;
    PCRE2_SIZE at = 0;
    r->code = pcre2_compile((PCRE2_SPTR)pcre.at, pcre.size_bytes, options, &code, &at, context);
    if (r->code == NULL) {
        if (code == PCRE2_ERROR_HEAP_FAILED) return error_no_memory(e, pcre.size_bytes);
        if (code != PCRE2_ERROR_LOOKBEHIND_NOT_FIXED_LENGTH && code != PCRE2_ERROR_LOOKBEHIND_TOO_COMPLICATED) return STATUS_OK;
        return error_set(e, STATUS_UNSUPPORTED, "Regular expression '%.*s': a lookbehind of variable length is not supported",
                         STR_ARG(pattern));
    }
    /* Without machine code the pattern still works, only slower. */
    if ((flags & JAVA_REGEX_FAST) != 0) (void)pcre2_jit_compile(r->code, PCRE2_JIT_COMPLETE);
    r->groups = groups;
    *ret = r;
    return STATUS_OK;
}

enum status java_regex_compile(struct arena *a, struct str pattern, uint32_t flags, const struct java_regex **ret, struct error *e)
{
    assert(a != NULL && ret != NULL);
    *ret = NULL;
    if (pattern.size_bytes > PATTERN_BYTES_MAX) {
        return error_set(e, STATUS_LIMIT, "A regular expression of %zu bytes is too long; at most %d are allowed", pattern.size_bytes,
                         (int)PATTERN_BYTES_MAX);
    }
    struct buf pcre = BUF_INIT;
    struct translation t = {.in = pattern, .out = &pcre};
    translate(&t);
    enum status s = STATUS_OK;
    if (pcre.failed) {
        s = error_no_memory(e, pattern.size_bytes);
    } else if (t.unsupported != NULL) {
        s = error_set(e, STATUS_UNSUPPORTED, "Regular expression '%.*s': %s is not supported", STR_ARG(pattern), t.unsupported);
    } else if (!t.invalid) {
        s = compile_translated(a, pcre.at == NULL ? STR("") : buf_view(&pcre), pattern, flags, t.groups, ret, e);
    }
    buf_deinit(&pcre);
    return s;
}

uint32_t java_regex_group_count(const struct java_regex *r) { return r->groups; }

/* ---- matching -------------------------------------------------------------------------------------------- */

enum status java_match_new(struct arena *scratch, const struct java_regex *r, struct java_match **ret)
{
    pcre2_general_context *memory = pcre2_general_context_create(arena_give, arena_keep, scratch);
    struct java_match *m = ARENA_NEW(scratch, struct java_match);
    if (memory == NULL || m == NULL) return STATUS_NO_MEMORY;
    m->regex = r;
    m->data = pcre2_match_data_create(r->groups + 1, memory);
    m->context = pcre2_match_context_create(memory);
    if (m->data == NULL || m->context == NULL) return STATUS_NO_MEMORY;
    pcre2_set_match_limit(m->context, MATCH_LIMIT);
    *ret = m;
    return STATUS_OK;
}

int java_match_find(struct java_match *m, struct str s, size_t from)
{
    assert(from <= s.size_bytes);
    PCRE2_SPTR text = (PCRE2_SPTR)(s.size_bytes == 0 ? "" : s.at);
    int n = pcre2_match(m->regex->code, text, s.size_bytes, from, 0, m->data, m->context);
    if (n == PCRE2_ERROR_NOMATCH) return 0;
    return n < 0 ? -1 : 1;
}

bool java_match_group(const struct java_match *m, uint32_t group, size_t *ret_begin, size_t *ret_end)
{
    assert(group <= m->regex->groups);
    const PCRE2_SIZE *spans = pcre2_get_ovector_pointer(m->data);
    if (spans[2 * group] == PCRE2_UNSET) return false;
    *ret_begin = spans[2 * group];
    *ret_end = spans[2 * group + 1];
    return true;
}

size_t java_match_next(const struct java_match *m, struct str s)
{
    const PCRE2_SIZE *spans = pcre2_get_ovector_pointer(m->data);
    if (spans[1] != spans[0]) return spans[1];
    return spans[1] >= s.size_bytes ? SIZE_MAX : spans[1] + utf8_size(s, spans[1]);
}
