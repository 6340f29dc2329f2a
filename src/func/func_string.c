/* SPDX-License-Identifier: Apache-2.0 */
/*
 * func_string: parts, trimming, padding and counting of text. Positions count characters from 1, as
 * Flink's binary strings do; LPAD, RPAD and OVERLAY count UTF-16 units, since Flink does these on
 * Java strings. Parts of an argument are views of its bytes: nothing is copied.
 */
#include "func/kernel.h"

#include <assert.h>

enum { TEXT_RESULT_MAX = 1 << 30 };

/* ---- length ------------------------------------------------------------------------------------- */

static enum status length_row(struct call *c, const struct vec *const *args, uint32_t row, struct vec *out)
{
    (void)c;
    return set_int(out, row, (int32_t)utf8_count(arg_str(args[0], row)));
}
KERNEL(length)
BIND(length, "s", RESULT_INT)

static enum status ascii_row(struct call *c, const struct vec *const *args, uint32_t row, struct vec *out)
{
    (void)c;
    struct str s = arg_str(args[0], row);
    return set_int(out, row, s.size_bytes == 0 ? 0 : (signed char)s.at[0]);
}
KERNEL(ascii)
BIND(ascii, "s", RESULT_INT)

/* ---- parts --------------------------------------------------------------------------------------- */

/* Characters [begin, begin + count) of s; begin is not behind the end. */
static struct str part_of(struct str s, size_t begin, size_t count)
{
    if (text_is_ascii(s)) {
        size_t left = s.size_bytes - begin;
        return (struct str){s.at + begin, count < left ? count : left};
    }
    size_t from = utf8_offset(s, begin);
    struct str rest = text_part(s, from, s.size_bytes);
    return text_part(rest, 0, utf8_offset(rest, count));
}

static struct str substring(struct str s, int64_t from, int64_t count)
{
    struct str none = {s.at, 0};
    int64_t n = (int64_t)utf8_count(s);
    int64_t begin = from > 0 ? from - 1 : from == 0 ? 0 : n + from;
    if (begin < 0 || begin >= n || count == 0) return none;
    return part_of(s, (size_t)begin, (size_t)count);
}

static enum status substring_row(struct call *c, const struct vec *const *args, uint32_t row, struct vec *out)
{
    (void)c;
    return set_view(out, row, substring(arg_str(args[0], row), arg_int(args[1], row), INT64_MAX));
}
KERNEL(substring)

static enum status substring_for_row(struct call *c, const struct vec *const *args, uint32_t row, struct vec *out)
{
    (void)c;
    int32_t count = arg_int(args[2], row);
    if (count < 0) return set_null(out, row);
    return set_view(out, row, substring(arg_str(args[0], row), arg_int(args[1], row), count));
}
KERNEL(substring_for)

static enum status bind_substring(struct func_bind *b)
{
    return bind_form(b, "sii", RESULT_FIRST_VAR_NULL, b->arg_count == 2 ? substring_kernel : substring_for_kernel);
}

static enum status left_row(struct call *c, const struct vec *const *args, uint32_t row, struct vec *out)
{
    (void)c;
    struct str s = arg_str(args[0], row);
    int32_t n = arg_int(args[1], row);
    return set_view(out, row, n <= 0 ? (struct str){s.at, 0} : part_of(s, 0, (size_t)n));
}
KERNEL(left)
BIND(left, "si", RESULT_FIRST_VAR_NULL)

static enum status right_row(struct call *c, const struct vec *const *args, uint32_t row, struct vec *out)
{
    (void)c;
    struct str s = arg_str(args[0], row);
    int32_t n = arg_int(args[1], row);
    if (n <= 0) return set_view(out, row, (struct str){s.at, 0});
    size_t count = utf8_count(s);
    return set_view(out, row, count <= (size_t)n ? s : part_of(s, count - (size_t)n, (size_t)n));
}
KERNEL(right)
BIND(right, "si", RESULT_FIRST_VAR_NULL)

/* ---- trimming ------------------------------------------------------------------------------------- */

enum trim_side { TRIM_LEADING = 1, TRIM_TRAILING = 2, TRIM_BOTH = 3 };

/* Is the character at s.at[i], n bytes long, one of set's characters? */
static bool set_has(struct str set, struct str s, size_t i, uint32_t n)
{
    for (size_t k = 0; k < set.size_bytes;) {
        uint32_t size = utf8_size(set, k);
        if (size == n && memcmp(set.at + k, s.at + i, n) == 0) return true;
        k += size;
    }
    return false;
}

/* Where the character that ends before byte `end` begins. */
static size_t step_back(struct str s, size_t begin, size_t end)
{
    size_t i = end - 1;
    while (i > begin && end - i < 4 && ((unsigned char)s.at[i] & 0xc0) == 0x80) i--;
    return i + utf8_size(s, i) == end ? i : end - 1;
}

static struct str trim(struct str s, struct str set, enum trim_side side)
{
    size_t begin = 0, end = s.size_bytes;
    while ((side & TRIM_LEADING) != 0 && begin < end) {
        uint32_t n = utf8_size(s, begin);
        if (!set_has(set, s, begin, n)) break;
        begin += n;
    }
    while ((side & TRIM_TRAILING) != 0 && end > begin) {
        size_t i = step_back(s, begin, end);
        if (!set_has(set, s, i, (uint32_t)(end - i))) break;
        end = i;
    }
    return text_part(s, begin, end);
}

static enum status trim_rows(const struct rows *rows, const struct vec *text, const struct vec *set, enum trim_side side,
                             struct vec *out)
{
    for (uint32_t i = 0; i < rows->count; i++) {
        uint32_t row = rows_at(rows, i);
        struct str chars = set == NULL ? STR(" ") : arg_str(set, row);
        TRY(set_view(out, row, trim(arg_str(text, row), chars, side)));
    }
    return STATUS_OK;
}

static enum status ltrim_kernel(struct call *c, const struct rows *rows, const struct vec *const *args, struct vec *out)
{
    return trim_rows(rows, args[0], c->impl->prepared == NULL ? NULL : args[1], TRIM_LEADING, out);
}
static enum status rtrim_kernel(struct call *c, const struct rows *rows, const struct vec *const *args, struct vec *out)
{
    return trim_rows(rows, args[0], c->impl->prepared == NULL ? NULL : args[1], TRIM_TRAILING, out);
}
static enum status btrim_kernel(struct call *c, const struct rows *rows, const struct vec *const *args, struct vec *out)
{
    return trim_rows(rows, args[0], c->impl->prepared == NULL ? NULL : args[1], TRIM_BOTH, out);
}

/* prepared says whether there is a second argument. */
static enum status bind_trim_one(struct func_bind *b, enum result_rule rule, kernel_fn kernel)
{
    b->impl.prepared = b->arg_count == 2 ? b->func : NULL;
    return bind_form(b, "ss", rule, kernel);
}
static enum status bind_ltrim(struct func_bind *b) { return bind_trim_one(b, RESULT_FIRST_VAR, ltrim_kernel); }
static enum status bind_rtrim(struct func_bind *b) { return bind_trim_one(b, RESULT_FIRST_VAR, rtrim_kernel); }
static enum status bind_btrim(struct func_bind *b) { return bind_trim_one(b, RESULT_STRING, btrim_kernel); }

static enum status trim_leading_kernel(struct call *c, const struct rows *rows, const struct vec *const *args, struct vec *out)
{
    (void)c;
    return trim_rows(rows, args[2], args[1], TRIM_LEADING, out);
}
static enum status trim_trailing_kernel(struct call *c, const struct rows *rows, const struct vec *const *args, struct vec *out)
{
    (void)c;
    return trim_rows(rows, args[2], args[1], TRIM_TRAILING, out);
}
static enum status trim_both_kernel(struct call *c, const struct rows *rows, const struct vec *const *args, struct vec *out)
{
    (void)c;
    return trim_rows(rows, args[2], args[1], TRIM_BOTH, out);
}

/* TRIM(side, characters, text); a plain TRIM(text) is both sides and blanks. */
static enum status bind_trim(struct func_bind *b)
{
    if (b->arg_count == 1) {
        b->impl.prepared = NULL;
        return bind_form(b, "s", RESULT_FIRST_VAR, btrim_kernel);
    }
    struct str side = STR("BOTH");
    if (b->arg_count != 3 || !bind_literal_str(b, 0, &side)) return bind_wrong_types(b);
    TRY(bind_form(b, "sss", RESULT_STRING, trim_both_kernel));
    if (str_equal_ignore_case(side, STR("LEADING"))) b->impl.kernel = trim_leading_kernel;
    if (str_equal_ignore_case(side, STR("TRAILING"))) b->impl.kernel = trim_trailing_kernel;
    int32_t length = b->args[2]->type->length > 0 ? b->args[2]->type->length : 1;
    b->type = type_text(b->types, TYPE_VARCHAR, length, bind_any_nullable(b));
    return b->type == NULL ? error_no_memory(b->error, sizeof *b->type) : STATUS_OK;
}

/* ---- padding and repeating ------------------------------------------------------------------------- */

static enum status pad_java(struct call *c, struct str s, struct str pad, size_t length, bool left, struct vec *out, uint32_t row)
{
    size_t count = 0, pad_count = 0;
    uint16_t *units = text_to_java(c->scratch, s, &count);
    uint16_t *pads = text_to_java(c->scratch, pad, &pad_count);
    uint16_t *result = arena_alloc(c->scratch, (length + 1) * sizeof *result);
    if (units == NULL || pads == NULL || result == NULL) return STATUS_NO_MEMORY;
    size_t kept = count < length ? count : length, filled = length - kept;
    memcpy(result + (left ? filled : 0), units, kept * sizeof *units);
    for (size_t i = 0; i < filled; i++) result[(left ? 0 : kept) + i] = pads[i % pad_count];
    buf_reset(c->text);
    text_from_java(c->text, result, length);
    return set_text(c, out, row);
}

static enum status pad(struct call *c, const struct vec *const *args, uint32_t row, struct vec *out, bool left)
{
    struct str s = arg_str(args[0], row), fill = arg_str(args[2], row);
    int32_t length = arg_int(args[1], row);
    if (length < 0 || fill.size_bytes == 0) return set_null(out, row);
    if (length > TEXT_RESULT_MAX) return call_row_error(c, out, row, "A padded length of %d is too large", length);
    size_t size = (size_t)length;
    if (!text_is_ascii(s) || !text_is_ascii(fill)) return pad_java(c, s, fill, size, left, out, row);
    char *at = text_open(out, row, size);
    if (at == NULL) return STATUS_NO_MEMORY;
    size_t kept = s.size_bytes < size ? s.size_bytes : size, filled = size - kept;
    if (kept != 0) memcpy(at + (left ? filled : 0), s.at, kept);
    for (size_t i = 0; i < filled; i++) at[(left ? 0 : kept) + i] = fill.at[i % fill.size_bytes];
    text_close(out, row);
    return STATUS_OK;
}

static enum status lpad_row(struct call *c, const struct vec *const *args, uint32_t row, struct vec *out)
{
    return pad(c, args, row, out, true);
}
KERNEL(lpad)
BIND(lpad, "sis", RESULT_STRING)

static enum status rpad_row(struct call *c, const struct vec *const *args, uint32_t row, struct vec *out)
{
    return pad(c, args, row, out, false);
}
KERNEL(rpad)
BIND(rpad, "sis", RESULT_STRING)

static enum status repeat_row(struct call *c, const struct vec *const *args, uint32_t row, struct vec *out)
{
    struct str s = arg_str(args[0], row);
    int32_t times = arg_int(args[1], row);
    size_t n = times <= 0 ? 0 : (size_t)times;
    if (s.size_bytes != 0 && n > TEXT_RESULT_MAX / s.size_bytes) {
        return call_row_error(c, out, row, "REPEAT of %zu bytes %d times is too large", s.size_bytes, times);
    }
    char *at = text_open(out, row, n * s.size_bytes);
    if (at == NULL) return STATUS_NO_MEMORY;
    for (size_t i = 0; i < n && s.size_bytes != 0; i++) memcpy(at + i * s.size_bytes, s.at, s.size_bytes);
    text_close(out, row);
    return STATUS_OK;
}
KERNEL(repeat)
BIND(repeat, "si", RESULT_STRING)

/* Bytes of src as dst, characters in reverse order. */
static void reverse_into(char *dst, struct str s)
{
    size_t end = s.size_bytes;
    for (size_t i = 0; i < s.size_bytes;) {
        uint32_t n = utf8_size(s, i);
        end -= n;
        memcpy(dst + end, s.at + i, n);
        i += n;
    }
}

static enum status reverse_row(struct call *c, const struct vec *const *args, uint32_t row, struct vec *out)
{
    (void)c;
    struct str s = arg_str(args[0], row);
    char *at = text_open(out, row, s.size_bytes);
    if (at == NULL) return STATUS_NO_MEMORY;
    reverse_into(at, s);
    text_close(out, row);
    return STATUS_OK;
}
KERNEL(reverse)
BIND(reverse, "s", RESULT_STRING_NULL)

/* ---- overlay ---------------------------------------------------------------------------------------- */

/* The two kept parts are cut in UTF-16 units: a character outside the basic plane may be torn. */
static enum status overlay(struct call *c, const struct vec *const *args, uint32_t row, int64_t count, struct vec *out)
{
    struct str s = arg_str(args[0], row), r = arg_str(args[1], row);
    size_t units_count = s.size_bytes;
    bool ascii = text_is_ascii(s);
    uint16_t *units = ascii ? NULL : text_to_java(c->scratch, s, &units_count);
    if (!ascii && units == NULL) return STATUS_NO_MEMORY;
    int64_t from = arg_int(args[2], row), length = (int64_t)units_count;
    if (from <= 0 || from > length) return set_view(out, row, s);
    size_t begin = (size_t)from - 1;
    bool to_end = count <= 0 || from - 1 + count > length;
    size_t end = to_end ? units_count : begin + (size_t)count;
    buf_reset(c->text);
    if (ascii) buf_append(c->text, s.at, begin);
    else text_from_java(c->text, units, begin);
    buf_str(c->text, r);
    if (ascii) buf_append(c->text, s.at + end, s.size_bytes - end);
    else text_from_java(c->text, units + end, units_count - end);
    return set_text(c, out, row);
}

static enum status overlay_row(struct call *c, const struct vec *const *args, uint32_t row, struct vec *out)
{
    return overlay(c, args, row, (int64_t)utf8_java_length(arg_str(args[1], row)), out);
}
KERNEL(overlay)

static enum status overlay_for_row(struct call *c, const struct vec *const *args, uint32_t row, struct vec *out)
{
    return overlay(c, args, row, arg_int(args[3], row), out);
}
KERNEL(overlay_for)

static enum status bind_overlay(struct func_bind *b)
{
    TRY(bind_form(b, "ssii", RESULT_STRING, b->arg_count == 3 ? overlay_kernel : overlay_for_kernel));
    int64_t length = (int64_t)b->args[0]->type->length + b->args[1]->type->length;
    if (length > TYPE_LENGTH_MAX) length = TYPE_LENGTH_MAX;
    b->type = type_text(b->types, TYPE_VARCHAR, length < 1 ? 1 : (int32_t)length, bind_any_nullable(b));
    return b->type == NULL ? error_no_memory(b->error, sizeof *b->type) : STATUS_OK;
}

static const struct func rows_of_string[] = {
    ROW_OF("CHAR_LENGTH", 1, 1, FUNC_TYPED_ARGS, length, "CHAR_LENGTH(s STRING) -> INT", "Number of characters.", "CHAR_LENGTH('abc') = 3"),
    ROW_OF("CHARACTER_LENGTH", 1, 1, FUNC_TYPED_ARGS, length, "CHARACTER_LENGTH(s STRING) -> INT", "Number of characters.",
           "CHARACTER_LENGTH('abc') = 3"),
    ROW_OF("ASCII", 1, 1, FUNC_TYPED_ARGS, ascii, "ASCII(s STRING) -> INT", "First byte as a signed number; 0 of an empty text.",
           "ASCII('a') = 97"),
    ROW_OF("SUBSTRING", 2, 3, FUNC_TYPED_ARGS, substring, "SUBSTRING(s STRING, from INT[, for INT]) -> STRING",
           "Part from a position counted from 1, or from the end when negative.", "SUBSTRING('hello', 2, 3) = 'ell'"),
    ROW_OF("SUBSTR", 2, 3, FUNC_TYPED_ARGS, substring, "SUBSTR(s STRING, from INT[, for INT]) -> STRING",
           "Part from a position counted from 1, or from the end when negative.", "SUBSTR('hello', 2, 3) = 'ell'"),
    ROW_OF("LEFT", 2, 2, FUNC_TYPED_ARGS, left, "LEFT(s STRING, n INT) -> STRING", "The first n characters.", "LEFT('hello', 2) = 'he'"),
    ROW_OF("RIGHT", 2, 2, FUNC_TYPED_ARGS, right, "RIGHT(s STRING, n INT) -> STRING", "The last n characters.", "RIGHT('hello', 2) = 'lo'"),
    ROW_OF("TRIM", 1, 3, FUNC_TYPED_ARGS, trim, "TRIM([BOTH|LEADING|TRAILING] [characters STRING] FROM s STRING) -> STRING",
           "Without the given characters (blanks) at the ends.", "TRIM(BOTH 'x' FROM 'xax') = 'a'"),
    ROW_OF("LTRIM", 1, 2, FUNC_TYPED_ARGS, ltrim, "LTRIM(s STRING[, characters STRING]) -> STRING",
           "Without the given characters (blanks) at the beginning.", "LTRIM('  a') = 'a'"),
    ROW_OF("RTRIM", 1, 2, FUNC_TYPED_ARGS, rtrim, "RTRIM(s STRING[, characters STRING]) -> STRING",
           "Without the given characters (blanks) at the end.", "RTRIM('a  ') = 'a'"),
    ROW_OF("BTRIM", 1, 2, 0, btrim, "BTRIM(s STRING[, characters STRING]) -> STRING",
           "Without the given characters (blanks) at both ends.", "BTRIM(' a ') = 'a'"),
    ROW_OF("LPAD", 3, 3, FUNC_CAN_FAIL | FUNC_TYPED_ARGS, lpad, "LPAD(s STRING, length INT, pad STRING) -> STRING",
           "Padded on the left to a length, or cut.", "LPAD('7', 3, '0') = '007'"),
    ROW_OF("RPAD", 3, 3, FUNC_CAN_FAIL | FUNC_TYPED_ARGS, rpad, "RPAD(s STRING, length INT, pad STRING) -> STRING",
           "Padded on the right to a length, or cut.", "RPAD('7', 3, '0') = '700'"),
    ROW_OF("REPEAT", 2, 2, FUNC_CAN_FAIL | FUNC_TYPED_ARGS, repeat, "REPEAT(s STRING, n INT) -> STRING", "The text n times.",
           "REPEAT('ab', 2) = 'abab'"),
    ROW_OF("REVERSE", 1, 1, FUNC_TYPED_ARGS, reverse, "REVERSE(s STRING) -> STRING", "Characters in reverse order.", "REVERSE('abc') = 'cba'"),
    ROW_OF("OVERLAY", 3, 4, FUNC_TYPED_ARGS, overlay, "OVERLAY(s STRING PLACING r STRING FROM n INT [FOR m INT]) -> STRING",
           "m characters from position n replaced.", "OVERLAY('abcdef' PLACING 'XX' FROM 2) = 'aXXdef'"),
};
FAMILY_TITLED(string, "Text", rows_of_string);
