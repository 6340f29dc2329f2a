/* SPDX-License-Identifier: Apache-2.0 */
/*
 * func_string_map: text made from text: case, concatenation, replacement, translation.
 *
 * ASCII takes a byte loop. Other text follows Java: full upper case (one character may become
 * three), and the final sigma in lower case.
 */
#include "func/kernel.h"

#include <assert.h>
#include <utf8proc.h>

/* ---- case ------------------------------------------------------------------------------------------ */

struct wide_case {
    uint32_t code;
    uint32_t upper[3];
};

static const struct wide_case wide_cases[] = {
#define X(c, a, b, d) {c, {a, b, d}},
#include "func/func_case.def"
#undef X
};

static void upper_append(struct buf *out, uint32_t code)
{
    size_t low = 0, high = sizeof wide_cases / sizeof wide_cases[0];
    while (low < high) {
        size_t mid = (low + high) / 2;
        if (wide_cases[mid].code < code) low = mid + 1;
        else high = mid;
    }
    if (low == sizeof wide_cases / sizeof wide_cases[0] || wide_cases[low].code != code) {
        utf8_append(out, (uint32_t)utf8proc_toupper((utf8proc_int32_t)code));
        return;
    }
    for (int i = 0; i < 3 && wide_cases[low].upper[i] != 0; i++) utf8_append(out, wide_cases[low].upper[i]);
}

static char ascii_upper(char c) { return (char)(c ^ (((unsigned char)(c - 'a') < 26) << 5)); }
static char ascii_lower(char c) { return (char)(c ^ (((unsigned char)(c - 'A') < 26) << 5)); }

/* Flink folds a call over a literal into a literal of the same CHAR length, which cuts what has grown. */
static enum status set_case_text(struct call *c, struct vec *out, uint32_t row)
{
    struct str s = buf_view(c->text);
    if (c->impl->prepared != NULL && !c->text->failed) c->text->size_bytes = utf8_offset(s, (size_t)c->type->length);
    return set_text(c, out, row);
}

static enum status bind_case(struct func_bind *b, kernel_fn kernel)
{
    TRY(bind_form(b, "s", RESULT_FIRST, kernel));
    b->impl.prepared = b->args[0]->kind == EXPR_LITERAL ? b->func : NULL;
    return STATUS_OK;
}

static enum status upper_row(struct call *c, const struct vec *const *args, uint32_t row, struct vec *out)
{
    struct str s = arg_str(args[0], row);
    if (text_is_ascii(s)) {
        char *at = text_open(out, row, s.size_bytes);
        if (at == NULL) return STATUS_NO_MEMORY;
        for (size_t i = 0; i < s.size_bytes; i++) at[i] = ascii_upper(s.at[i]);
        text_close(out, row);
        return STATUS_OK;
    }
    buf_reset(c->text);
    for (size_t i = 0; i < s.size_bytes;) {
        uint32_t n = utf8_size(s, i);
        upper_append(c->text, utf8_code(s, i, n));
        i += n;
    }
    return set_case_text(c, out, row);
}
KERNEL(upper)
static enum status bind_upper(struct func_bind *b) { return bind_case(b, upper_kernel); }

static bool is_cased(uint32_t code)
{
    utf8proc_category_t k = utf8proc_category((utf8proc_int32_t)code);
    return k == UTF8PROC_CATEGORY_LU || k == UTF8PROC_CATEGORY_LL || k == UTF8PROC_CATEGORY_LT;
}
static bool is_case_ignorable(uint32_t code)
{
    utf8proc_category_t k = utf8proc_category((utf8proc_int32_t)code);
    return k == UTF8PROC_CATEGORY_MN || k == UTF8PROC_CATEGORY_ME || k == UTF8PROC_CATEGORY_CF ||
           k == UTF8PROC_CATEGORY_LM || k == UTF8PROC_CATEGORY_SK || code == '\'' || code == '.' || code == ':' ||
           code == 0xb7 || code == 0x2019;
}

/* Is the sigma in front of byte `next` the last letter of a word? before: a letter stood before it. */
static bool sigma_is_final(struct str s, size_t next, bool before)
{
    if (!before) return false;
    while (next < s.size_bytes) {
        uint32_t n = utf8_size(s, next), code = utf8_code(s, next, n);
        if (!is_case_ignorable(code)) return !is_cased(code);
        next += n;
    }
    return true;
}

static void lower_append_all(struct buf *out, struct str s)
{
    bool letter_before = false;
    for (size_t i = 0; i < s.size_bytes;) {
        uint32_t n = utf8_size(s, i), code = utf8_code(s, i, n);
        i += n;
        if (code == 0x3a3) {
            utf8_append(out, sigma_is_final(s, i, letter_before) ? 0x3c2 : 0x3c3);
        } else if (code == 0x130) {
            utf8_append(out, 'i');
            utf8_append(out, 0x307);
        } else {
            utf8_append(out, (uint32_t)utf8proc_tolower((utf8proc_int32_t)code));
        }
        if (!is_case_ignorable(code)) letter_before = is_cased(code);
    }
}

static enum status lower_row(struct call *c, const struct vec *const *args, uint32_t row, struct vec *out)
{
    struct str s = arg_str(args[0], row);
    if (text_is_ascii(s)) {
        char *at = text_open(out, row, s.size_bytes);
        if (at == NULL) return STATUS_NO_MEMORY;
        for (size_t i = 0; i < s.size_bytes; i++) at[i] = ascii_lower(s.at[i]);
        text_close(out, row);
        return STATUS_OK;
    }
    buf_reset(c->text);
    lower_append_all(c->text, s);
    return set_case_text(c, out, row);
}
KERNEL(lower)
static enum status bind_lower(struct func_bind *b) { return bind_case(b, lower_kernel); }

/* Only ASCII letters and digits make words; everything else separates them and stays. */
static enum status initcap_row(struct call *c, const struct vec *const *args, uint32_t row, struct vec *out)
{
    (void)c;
    struct str s = arg_str(args[0], row);
    char *at = text_open(out, row, s.size_bytes);
    if (at == NULL) return STATUS_NO_MEMORY;
    bool inside = false;
    for (size_t i = 0; i < s.size_bytes; i++) {
        char b = s.at[i];
        at[i] = inside ? ascii_lower(b) : ascii_upper(b);
        char u = ascii_upper(b);
        inside = (u >= 'A' && u <= 'Z') || (b >= '0' && b <= '9');
    }
    text_close(out, row);
    return STATUS_OK;
}
KERNEL(initcap)
BIND(initcap, "s", RESULT_FIRST)

/* ---- concatenation ----------------------------------------------------------------------------------- */

static enum status join2_row(struct call *c, const struct vec *const *args, uint32_t row, struct vec *out)
{
    (void)c;
    struct str a = arg_str(args[0], row), b = arg_str(args[1], row);
    char *at = text_open(out, row, a.size_bytes + b.size_bytes);
    if (at == NULL) return STATUS_NO_MEMORY;
    if (a.size_bytes != 0) memcpy(at, a.at, a.size_bytes);
    if (b.size_bytes != 0) memcpy(at + a.size_bytes, b.at, b.size_bytes);
    text_close(out, row);
    return STATUS_OK;
}
KERNEL(join2)

/* The argument count of CONCAT and CONCAT_WS, which their kernels need. */
struct join_count {
    uint32_t count;
};

static enum status prepare_count(struct func_bind *b)
{
    struct join_count *n = ARENA_NEW(b->arena, struct join_count);
    if (n == NULL) return error_no_memory(b->error, sizeof *n);
    n->count = b->arg_count;
    b->impl.prepared = n;
    return STATUS_OK;
}

static enum status concat_row(struct call *c, const struct vec *const *args, uint32_t row, struct vec *out)
{
    uint32_t count = ((const struct join_count *)c->impl->prepared)->count;
    size_t size = 0, used = 0;
    for (uint32_t i = 0; i < count; i++) size += arg_str(args[i], row).size_bytes;
    char *at = text_open(out, row, size);
    if (at == NULL) return STATUS_NO_MEMORY;
    for (uint32_t i = 0; i < count; i++) {
        struct str s = arg_str(args[i], row);
        if (s.size_bytes != 0) memcpy(at + used, s.at, s.size_bytes);
        used += s.size_bytes;
    }
    text_close(out, row);
    return STATUS_OK;
}
KERNEL(concat)

static enum status bind_concat(struct func_bind *b)
{
    TRY(prepare_count(b));
    return bind_form(b, "s*", RESULT_STRING, b->arg_count == 2 ? join2_kernel : concat_kernel);
}

/* a || b keeps CHAR when both are CHAR, and adds lengths. */
static enum status bind_pipe(struct func_bind *b)
{
    TRY(bind_form(b, "ss", RESULT_STRING, join2_kernel));
    const struct type *x = b->args[0]->type, *y = b->args[1]->type;
    bool fixed = x->root == TYPE_CHAR && y->root == TYPE_CHAR;
    int64_t length = (int64_t)x->length + y->length;
    if (length > TYPE_LENGTH_MAX) length = TYPE_LENGTH_MAX;
    b->type = type_text(b->types, fixed ? TYPE_CHAR : TYPE_VARCHAR, length < 1 ? 1 : (int32_t)length, bind_any_nullable(b));
    return b->type == NULL ? error_no_memory(b->error, sizeof *b->type) : STATUS_OK;
}

static enum status concat_ws_row(struct call *c, const struct vec *const *args, uint32_t row, struct vec *out)
{
    uint32_t count = ((const struct join_count *)c->impl->prepared)->count;
    if (vec_is_null(args[0], row)) return set_null(out, row);
    struct str separator = arg_str(args[0], row);
    bool first = true;
    buf_reset(c->text);
    for (uint32_t i = 1; i < count; i++) {
        if (vec_is_null(args[i], row)) continue;
        if (!first) buf_str(c->text, separator);
        buf_str(c->text, arg_str(args[i], row));
        first = false;
    }
    return set_text(c, out, row);
}
KERNEL(concat_ws)

static enum status bind_concat_ws(struct func_bind *b)
{
    TRY(prepare_count(b));
    return bind_form(b, "s*", RESULT_STRING, concat_ws_kernel);
}

/* ---- replacement ---------------------------------------------------------------------------------------- */

static void replace_between(struct buf *out, struct str s, struct str by)
{
    buf_str(out, by);
    for (size_t i = 0; i < s.size_bytes;) {
        uint32_t n = utf8_size(s, i);
        buf_append(out, s.at + i, n);
        buf_str(out, by);
        i += n;
    }
}

static enum status replace_row(struct call *c, const struct vec *const *args, uint32_t row, struct vec *out)
{
    struct str s = arg_str(args[0], row), what = arg_str(args[1], row), by = arg_str(args[2], row);
    buf_reset(c->text);
    if (what.size_bytes == 0) {
        replace_between(c->text, s, by);
        return set_text(c, out, row);
    }
    size_t at = text_find(s, what, 0), from = 0;
    if (at == SIZE_MAX) return set_view(out, row, s);
    for (; at != SIZE_MAX; at = text_find(s, what, from)) {
        buf_append(c->text, s.at + from, at - from);
        buf_str(c->text, by);
        from = at + what.size_bytes;
    }
    buf_append(c->text, s.at + from, s.size_bytes - from);
    return set_text(c, out, row);
}
KERNEL(replace)
BIND(replace, "sss", RESULT_STRING)

/* The first place of the character in `from`, as a count of characters; SIZE_MAX: nowhere. */
static size_t translate_index(struct str from, struct str s, size_t i, uint32_t n)
{
    size_t index = 0;
    for (size_t k = 0; k < from.size_bytes; index++) {
        uint32_t size = utf8_size(from, k);
        if (size == n && memcmp(from.at + k, s.at + i, n) == 0) return index;
        k += size;
    }
    return SIZE_MAX;
}

static enum status translate_row(struct call *c, const struct vec *const *args, uint32_t row, struct vec *out)
{
    if (vec_is_null(args[0], row)) return set_null(out, row);
    struct str s = arg_str(args[0], row), none = {"", 0};
    struct str from = vec_is_null(args[1], row) ? none : arg_str(args[1], row);
    struct str to = vec_is_null(args[2], row) ? none : arg_str(args[2], row);
    if (from.size_bytes == 0) return set_view(out, row, s);
    buf_reset(c->text);
    for (size_t i = 0; i < s.size_bytes;) {
        uint32_t n = utf8_size(s, i);
        size_t index = translate_index(from, s, i, n);
        if (index == SIZE_MAX) {
            buf_append(c->text, s.at + i, n);
        } else {
            size_t at = utf8_offset(to, index);
            if (at < to.size_bytes) buf_append(c->text, to.at + at, utf8_size(to, at));
        }
        i += n;
    }
    return set_text(c, out, row);
}
KERNEL(translate)

static enum status bind_translate(struct func_bind *b)
{
    TRY(bind_form(b, "sss", RESULT_STRING, translate_kernel));
    b->type = type_string(b->types, b->args[0]->type->nullable);
    return b->type == NULL ? error_no_memory(b->error, sizeof *b->type) : STATUS_OK;
}

static const struct func rows_of_string_map[] = {
    ROW_OF("UPPER", 1, 1, FUNC_TYPED_ARGS, upper, "UPPER(s STRING) -> STRING", "Upper case.", "UPPER('abc') = 'ABC'"),
    ROW_OF("LOWER", 1, 1, FUNC_TYPED_ARGS, lower, "LOWER(s STRING) -> STRING", "Lower case.", "LOWER('ABC') = 'abc'"),
    ROW_OF("INITCAP", 1, 1, FUNC_TYPED_ARGS, initcap, "INITCAP(s STRING) -> STRING", "Each word with a capital first letter.",
           "INITCAP('hello world') = 'Hello World'"),
    ROW_OF("||", 2, 2, FUNC_OPERATOR, pipe, "s1 || s2", "Concatenation; NULL if a part is.", "'a' || 'b' = 'ab'"),
    ROW_OF("CONCAT", 1, 255, FUNC_TYPED_ARGS, concat, "CONCAT(s1 STRING, s2 STRING, ...) -> STRING", "Concatenation; NULL if a part is.",
           "CONCAT('a', 'b', 'c') = 'abc'"),
    ROW_OF("CONCAT_WS", 1, 255, FUNC_NOT_STRICT | FUNC_TYPED_ARGS, concat_ws, "CONCAT_WS(separator STRING, s1 STRING, ...) -> STRING",
           "Concatenation with a separator; NULL parts are left out.", "CONCAT_WS('-', 'a', 'b') = 'a-b'"),
    ROW_OF("REPLACE", 3, 3, FUNC_TYPED_ARGS, replace, "REPLACE(s STRING, what STRING, by STRING) -> STRING", "All occurrences replaced.",
           "REPLACE('hello', 'l', 'L') = 'heLLo'"),
    ROW_OF("TRANSLATE", 3, 3, FUNC_NOT_STRICT | FUNC_TYPED_ARGS, translate, "TRANSLATE(s STRING, from STRING, to STRING) -> STRING",
           "Characters of from replaced by those of to at the same place, or removed.", "TRANSLATE('abc', 'ab', 'xy') = 'xyc'"),
    ROW_OF("TRANSLATE3", 3, 3, FUNC_NOT_STRICT, translate, "TRANSLATE3(s STRING, from STRING, to STRING) -> STRING",
           "The same as TRANSLATE.", "TRANSLATE3('abc', 'ab', 'xy') = 'xyc'"),
};
FAMILY(string_map, rows_of_string_map);
