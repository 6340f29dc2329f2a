/* SPDX-License-Identifier: Apache-2.0 */
/*
 * func_string_find: where something stands in a text, pieces between separators, and tests of what a
 * text consists of. Positions count characters from 1, 0 is "nowhere".
 */
#include "func/kernel.h"

#include "type/number.h"

#include <assert.h>
#include <utf8proc.h>

/* ---- positions ---------------------------------------------------------------------------------------- */

/* Character position of needle at or behind character `from` (from 0); 0: nowhere. An empty needle stands at 1. */
static int32_t find_position(struct str s, struct str needle, int64_t from)
{
    if (needle.size_bytes == 0) return 1;
    size_t begin = from <= 0 ? 0 : text_is_ascii(s) ? (size_t)from : utf8_offset(s, (size_t)from);
    size_t at = text_find(s, needle, begin);
    return at == SIZE_MAX ? 0 : (int32_t)utf8_count(text_part(s, 0, at)) + 1;
}

static enum status position_row(struct call *c, const struct vec *const *args, uint32_t row, struct vec *out)
{
    (void)c;
    return set_int(out, row, find_position(arg_str(args[1], row), arg_str(args[0], row), 0));
}
KERNEL(position)

static enum status position_from_row(struct call *c, const struct vec *const *args, uint32_t row, struct vec *out)
{
    (void)c;
    int64_t from = (int64_t)arg_int(args[2], row) - 1;
    return set_int(out, row, find_position(arg_str(args[1], row), arg_str(args[0], row), from));
}
KERNEL(position_from)

static enum status bind_position(struct func_bind *b)
{
    return bind_form(b, "ssi", RESULT_INT, b->arg_count == 2 ? position_kernel : position_from_kernel);
}

static struct str reversed(struct arena *scratch, struct str s)
{
    char *at = arena_bytes(scratch, s.size_bytes);
    if (at == NULL) return (struct str){NULL, 0};
    size_t end = s.size_bytes;
    for (size_t i = 0; i < s.size_bytes;) {
        uint32_t n = utf8_size(s, i);
        end -= n;
        memcpy(at + end, s.at + i, n);
        i += n;
    }
    return (struct str){at, s.size_bytes};
}

static int32_t nth_position(struct str s, struct str needle, int64_t start, int32_t nth)
{
    int32_t found = 0;
    for (int32_t i = 0; i < nth; i++) {
        found = find_position(s, needle, start - 1);
        if (found == 0) return 0;
        start = (int64_t)found + 1;
        if (needle.size_bytes == 0) return found;
    }
    return found;
}

static enum status instr(struct call *c, struct str s, struct str needle, int64_t start, int32_t nth, struct vec *out, uint32_t row)
{
    if (nth <= 0) return call_row_error(c, out, row, "nthAppearance must be positive!");
    if (start == 0) return set_int(out, row, 0);
    if (start > 0) return set_int(out, row, nth_position(s, needle, start, nth));
    struct str back = reversed(c->scratch, s), back_needle = reversed(c->scratch, needle);
    if (back.at == NULL || back_needle.at == NULL) return STATUS_NO_MEMORY;
    int32_t at = nth_position(back, back_needle, -start, nth);
    if (at == 0) return set_int(out, row, 0);
    return set_int(out, row, (int32_t)utf8_count(s) + 2 - at - (int32_t)utf8_count(needle));
}

static enum status instr2_row(struct call *c, const struct vec *const *args, uint32_t row, struct vec *out)
{
    (void)c;
    return set_int(out, row, find_position(arg_str(args[0], row), arg_str(args[1], row), 0));
}
KERNEL(instr2)

static enum status instr3_row(struct call *c, const struct vec *const *args, uint32_t row, struct vec *out)
{
    return instr(c, arg_str(args[0], row), arg_str(args[1], row), arg_int(args[2], row), 1, out, row);
}
KERNEL(instr3)

static enum status instr4_row(struct call *c, const struct vec *const *args, uint32_t row, struct vec *out)
{
    return instr(c, arg_str(args[0], row), arg_str(args[1], row), arg_int(args[2], row), arg_int(args[3], row), out, row);
}
KERNEL(instr4)

static enum status bind_instr(struct func_bind *b)
{
    kernel_fn kernels[] = {instr2_kernel, instr3_kernel, instr4_kernel};
    return bind_form(b, "ssii", RESULT_INT, kernels[b->arg_count - 2]);
}

static enum status starts_row(struct call *c, const struct vec *const *args, uint32_t row, struct vec *out)
{
    (void)c;
    struct str s = arg_str(args[0], row), p = arg_str(args[1], row);
    return set_bool(out, row, p.size_bytes <= s.size_bytes && memcmp(s.at, p.at, p.size_bytes) == 0);
}
KERNEL(starts)

static enum status ends_row(struct call *c, const struct vec *const *args, uint32_t row, struct vec *out)
{
    (void)c;
    struct str s = arg_str(args[0], row), p = arg_str(args[1], row);
    return set_bool(out, row, p.size_bytes <= s.size_bytes && memcmp(s.at + s.size_bytes - p.size_bytes, p.at, p.size_bytes) == 0);
}
KERNEL(ends)

static enum status bind_both(struct func_bind *b, kernel_fn kernel)
{
    TRY(bind_form(b, "ee", RESULT_BOOL, kernel));
    return type_is_bytes(b->args[0]->type) == type_is_bytes(b->args[1]->type) ? STATUS_OK : bind_wrong_types(b);
}
static enum status bind_starts(struct func_bind *b) { return bind_both(b, starts_kernel); }
static enum status bind_ends(struct func_bind *b) { return bind_both(b, ends_kernel); }

/* ---- pieces ------------------------------------------------------------------------------------------------ */

static bool is_blank(char c) { return c == ' ' || (c >= '\t' && c <= '\r') || (c >= 0x1c && c <= 0x1f); }

/* Without a separator text is split at each blank. */
static struct str split_blank(struct str s, int32_t index)
{
    size_t begin = 0;
    for (size_t i = 0; i <= s.size_bytes; i++) {
        if (i < s.size_bytes && !is_blank(s.at[i])) continue;
        if (index-- == 0) return text_part(s, begin, i);
        begin = i + 1;
    }
    return (struct str){NULL, 0};
}

static struct str split_at(struct str s, struct str separator, int32_t index)
{
    struct str none = {NULL, 0};
    if (index < 0 || s.size_bytes == 0) return none;
    if (separator.size_bytes == 0) return split_blank(s, index);
    size_t begin = 0;
    for (;;) {
        const char *hit = separator.size_bytes == 1 ? memchr(s.at + begin, separator.at[0], s.size_bytes - begin) : NULL;
        size_t end = separator.size_bytes == 1 ? (hit == NULL ? SIZE_MAX : (size_t)(hit - s.at)) : text_find(s, separator, begin);
        if (index-- == 0) return text_part(s, begin, end == SIZE_MAX ? s.size_bytes : end);
        if (end == SIZE_MAX) return none;
        begin = end + separator.size_bytes;
    }
}

static enum status split_index_row(struct call *c, const struct vec *const *args, uint32_t row, struct vec *out)
{
    (void)c;
    struct str piece = split_at(arg_str(args[0], row), arg_str(args[1], row), arg_int(args[2], row));
    return piece.at == NULL ? set_null(out, row) : set_view(out, row, piece);
}
KERNEL(split_index)

static enum status split_code_row(struct call *c, const struct vec *const *args, uint32_t row, struct vec *out)
{
    int32_t code = arg_int(args[1], row);
    if (code < 1 || code > 255) return set_null(out, row);
    buf_reset(c->text);
    utf8_append(c->text, (uint32_t)code);
    if (c->text->failed) return STATUS_NO_MEMORY;
    struct str piece = split_at(arg_str(args[0], row), buf_view(c->text), arg_int(args[2], row));
    return piece.at == NULL ? set_null(out, row) : set_view(out, row, piece);
}
KERNEL(split_code)

static enum status bind_split_index(struct func_bind *b)
{
    if (type_is_integer(b->args[1]->type)) return bind_form(b, "sii", RESULT_STRING_NULL, split_code_kernel);
    return bind_form(b, "ssi", RESULT_STRING_NULL, split_index_kernel);
}

/* ---- characters --------------------------------------------------------------------------------------------- */

static enum status chr_row(struct call *c, const struct vec *const *args, uint32_t row, struct vec *out)
{
    int64_t code = arg_long(args[0], row);
    buf_reset(c->text);
    if (code >= 0) utf8_append(c->text, (uint32_t)(code & 255));
    return set_text(c, out, row);
}
KERNEL(chr)
BIND(chr, "l", RESULT_STRING_NULL)

static enum status elt_row(struct call *c, const struct vec *const *args, uint32_t row, struct vec *out)
{
    int64_t count = *(const int64_t *)c->impl->prepared;
    if (vec_is_null(args[0], row)) return set_null(out, row);
    int64_t index = arg_long(args[0], row);
    if (index < 1 || index > count || vec_is_null(args[index], row)) return set_null(out, row);
    return set_view(out, row, arg_str(args[index], row));
}
KERNEL(elt)

static enum status bind_elt(struct func_bind *b)
{
    const struct type *types[255];
    int64_t index = 0;
    if (bind_literal_i64(b, 0, &index) && index < 0) {
        return error_at(b->error, STATUS_INVALID, b->args[0]->span, "Index must be an integer starting from '0', but was '%lld'.", (long long)index);
    }
    if (b->args[0]->type->root == TYPE_NULL) return bind_wrong_types(b);
    for (uint32_t i = 1; i < b->arg_count; i++) types[i - 1] = b->args[i]->type;
    const struct type *common = NULL;
    TRY(type_common(b->types, types, b->arg_count - 1, &common));
    if (common == NULL) return bind_wrong_types(b);
    for (uint32_t i = 1; common->root != TYPE_NULL && i < b->arg_count; i++) TRY(bind_cast_arg(b, i, common));
    TRY(bind_form(b, "le*", RESULT_STRING_NULL, elt_kernel));
    int64_t *count = ARENA_NEW(b->arena, int64_t);
    b->type = type_nullable(b->types, common, true);
    if (count == NULL || b->type == NULL) return error_no_memory(b->error, sizeof *count);
    *count = (int64_t)b->arg_count - 1;
    b->impl.prepared = count;
    return STATUS_OK;
}

typedef bool (*code_test)(uint32_t code);

static bool code_is_letter(uint32_t code)
{
    utf8proc_category_t k = utf8proc_category((utf8proc_int32_t)code);
    return k >= UTF8PROC_CATEGORY_LU && k <= UTF8PROC_CATEGORY_LO;
}
static bool code_is_digit(uint32_t code)
{
    return utf8proc_category((utf8proc_int32_t)code) == UTF8PROC_CATEGORY_ND;
}

/* Java tests UTF-16 units: what lies outside the basic plane is neither letter nor digit. */
static bool all_codes(struct str s, code_test test)
{
    for (size_t i = 0; i < s.size_bytes;) {
        uint32_t n = utf8_size(s, i), code = utf8_code(s, i, n);
        if (code > 0xffff || !test(code)) return false;
        i += n;
    }
    return s.size_bytes != 0;
}

static enum status is_alpha_row(struct call *c, const struct vec *const *args, uint32_t row, struct vec *out)
{
    (void)c;
    return set_bool(out, row, !vec_is_null(args[0], row) && all_codes(arg_str(args[0], row), code_is_letter));
}
KERNEL(is_alpha)

static enum status is_digit_row(struct call *c, const struct vec *const *args, uint32_t row, struct vec *out)
{
    (void)c;
    return set_bool(out, row, !vec_is_null(args[0], row) && all_codes(arg_str(args[0], row), code_is_digit));
}
KERNEL(is_digit)

static bool is_hex_digit(char c) { return (c >= '0' && c <= '9') || ((c | 32) >= 'a' && (c | 32) <= 'f'); }

/* Java's hexadecimal form: 0x, digits with at most one point, p, exponent. */
static bool is_hex_float(struct str s)
{
    size_t i = 0, digits = 0, points = 0;
    if (i < s.size_bytes && (s.at[i] == '+' || s.at[i] == '-')) i++;
    if (i + 2 > s.size_bytes || s.at[i] != '0' || (s.at[i + 1] | 32) != 'x') return false;
    for (i += 2; i < s.size_bytes && (is_hex_digit(s.at[i]) || s.at[i] == '.'); i++) {
        if (s.at[i] == '.') points++;
        else digits++;
    }
    if (digits == 0 || points > 1 || i == s.size_bytes || (s.at[i] | 32) != 'p') return false;
    i++;
    if (i < s.size_bytes && (s.at[i] == '+' || s.at[i] == '-')) i++;
    size_t first = i;
    while (i < s.size_bytes && s.at[i] >= '0' && s.at[i] <= '9') i++;
    return i > first && i == s.size_bytes;
}

static bool is_decimal(struct str s)
{
    while (s.size_bytes > 0 && (unsigned char)s.at[0] <= ' ') s = text_part(s, 1, s.size_bytes);
    while (s.size_bytes > 0 && (unsigned char)s.at[s.size_bytes - 1] <= ' ') s.size_bytes--;
    if (s.size_bytes == 0) return false;
    double ignored;
    if (double_parse(s, &ignored) || is_hex_float(s)) return true;
    char suffix = (char)(s.at[s.size_bytes - 1] | 32), before = s.size_bytes > 1 ? s.at[s.size_bytes - 2] : ' ';
    if ((suffix != 'd' && suffix != 'f') || ((before < '0' || before > '9') && before != '.')) return false;
    s.size_bytes--;
    return double_parse(s, &ignored) || is_hex_float(s);
}

static enum status is_decimal_row(struct call *c, const struct vec *const *args, uint32_t row, struct vec *out)
{
    (void)c;
    return set_bool(out, row, !vec_is_null(args[0], row) && is_decimal(arg_str(args[0], row)));
}
KERNEL(is_decimal)

static enum status yes_row(struct call *c, const struct vec *const *args, uint32_t row, struct vec *out)
{
    (void)c, (void)args;
    return set_bool(out, row, true);
}
KERNEL(yes)

static enum status no_row(struct call *c, const struct vec *const *args, uint32_t row, struct vec *out)
{
    (void)c, (void)args;
    return set_bool(out, row, false);
}
KERNEL(no)

/* These take numbers too, and answer by their type alone. */
static enum status bind_test(struct func_bind *b, bool of_number, kernel_fn kernel)
{
    const struct type *t = b->args[0]->type;
    if (!type_is_numeric(t)) return bind_form(b, "s", RESULT_BOOL_NOT_NULL, kernel);
    b->type = type_simple(b->types, TYPE_BOOLEAN, false);
    if (b->type == NULL) return error_no_memory(b->error, sizeof *t);
    b->impl.kernel = of_number ? yes_kernel : no_kernel;
    return STATUS_OK;
}
static enum status bind_is_alpha(struct func_bind *b) { return bind_test(b, false, is_alpha_kernel); }
static enum status bind_is_digit(struct func_bind *b) { return bind_test(b, type_is_integer(b->args[0]->type), is_digit_kernel); }
static enum status bind_is_decimal(struct func_bind *b) { return bind_test(b, b->args[0]->type->root != TYPE_DECIMAL, is_decimal_kernel); }

static const struct func rows_of_string_find[] = {
    ROW_OF("POSITION", 2, 3, FUNC_TYPED_ARGS, position, "POSITION(part STRING IN s STRING) -> INT", "Where part first stands, from 1; 0: nowhere.",
           "POSITION('l' IN 'hello') = 3"),
    ROW_OF("LOCATE", 2, 3, FUNC_TYPED_ARGS, position, "LOCATE(part STRING, s STRING[, from INT]) -> INT",
           "Where part first stands at or behind a position; 0: nowhere.", "LOCATE('l', 'hello', 4) = 4"),
    ROW_OF("INSTR", 2, 4, FUNC_CAN_FAIL | FUNC_TYPED_ARGS, instr, "INSTR(s STRING, part STRING[, from INT[, nth INT]]) -> INT",
           "Where part stands for the nth time; from < 0 searches backwards.", "INSTR('hello', 'l', -1) = 4"),
    ROW_OF("STARTSWITH", 2, 2, 0, starts, "STARTSWITH(s STRING, part STRING) -> BOOLEAN", "Does s begin with part?",
           "STARTSWITH('hello', 'he') = TRUE"),
    ROW_OF("ENDSWITH", 2, 2, 0, ends, "ENDSWITH(s STRING, part STRING) -> BOOLEAN", "Does s end with part?",
           "ENDSWITH('hello', 'lo') = TRUE"),
    ROW_OF("SPLIT_INDEX", 3, 3, FUNC_TYPED_ARGS, split_index, "SPLIT_INDEX(s STRING, separator STRING|INT, index INT) -> STRING",
           "The piece at an index from 0; NULL when there is none.", "SPLIT_INDEX('a,b,c', ',', 1) = 'b'"),
    ROW_OF("CHR", 1, 1, FUNC_TYPED_ARGS, chr, "CHR(code BIGINT) -> STRING", "The character of a code, modulo 256.", "CHR(65) = 'A'"),
    ROW_OF("ELT", 2, 255, FUNC_NOT_STRICT, elt, "ELT(index INT, s1 STRING, s2 STRING, ...) -> STRING",
           "The argument at an index from 1.", "ELT(2, 'a', 'b') = 'b'"),
    ROW_OF("IS_ALPHA", 1, 1, FUNC_NOT_STRICT | FUNC_TYPED_ARGS, is_alpha, "IS_ALPHA(s STRING) -> BOOLEAN", "Nothing but letters?",
           "IS_ALPHA('abc') = TRUE"),
    ROW_OF("IS_DIGIT", 1, 1, FUNC_NOT_STRICT | FUNC_TYPED_ARGS, is_digit, "IS_DIGIT(s STRING) -> BOOLEAN", "Nothing but digits?",
           "IS_DIGIT('123') = TRUE"),
    ROW_OF("IS_DECIMAL", 1, 1, FUNC_NOT_STRICT | FUNC_TYPED_ARGS, is_decimal, "IS_DECIMAL(s STRING) -> BOOLEAN", "The text of a number?",
           "IS_DECIMAL('1.5') = TRUE"),
};
FAMILY(string_find, rows_of_string_find);
