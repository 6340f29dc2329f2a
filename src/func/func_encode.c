/* SPDX-License-Identifier: Apache-2.0 */
/*
 * func_encode: text and bytes in other notations: base 64, character sets, JSON strings.
 */
#include "base/base64.h"
#include "func/json_tree.h"
#include "func/charset.h"
#include "func/kernel.h"

#include <assert.h>

/* ---- base 64 --------------------------------------------------------------------------------------------- */

static const char base64_digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

static enum status to_base64_row(struct call *c, const struct vec *const *args, uint32_t row, struct vec *out)
{
    buf_reset(c->text);
    base64_print(c->text, arg_str(args[0], row));
    return set_text(c, out, row);
}
KERNEL(to_base64)
BIND(to_base64, "e", RESULT_STRING)

static enum status from_base64_row(struct call *c, const struct vec *const *args, uint32_t row, struct vec *out)
{
    struct str s = arg_str(args[0], row);
    uint32_t bits = 0, count = 0;
    size_t padding = 0;
    buf_reset(c->text);
    for (size_t i = 0; i < s.size_bytes; i++) {
        char d = s.at[i];
        const char *digit = d == '\0' ? NULL : strchr(base64_digits, d);
        if (d == '=' && count % 4 >= 2) {
            padding++;
            continue;
        }
        if (digit == NULL) return call_row_error(c, out, row, "Illegal base64 character %x", (unsigned)(unsigned char)d);
        if (padding > 0) return call_row_error(c, out, row, "Input byte array has incorrect ending byte at %zu", i);
        bits = bits << 6 | (uint32_t)(digit - base64_digits);
        if (++count % 4 != 1) buf_char(c->text, (char)(bits >> (6 - 2 * ((count - 1) % 4))));
    }
    bool unpadded = count % 4 == 1 || (padding > 0 && (count + padding) % 4 != 0);
    if (unpadded) return call_row_error(c, out, row, "Input byte[] should at least have 2 bytes for base64 bytes");
    return set_text(c, out, row);
}
KERNEL(from_base64)
BIND(from_base64, "s", RESULT_STRING)

/* ---- character sets ------------------------------------------------------------------------------------------- */

enum charset { CHARSET_UTF8, CHARSET_LATIN1, CHARSET_ASCII, CHARSET_UTF16, CHARSET_UTF16LE, CHARSET_UTF16BE, CHARSET_OTHER, CHARSET_UNKNOWN };

static enum charset charset_find(struct str name)
{
    static const struct {
        const char *name;
        enum charset charset;
    } names[] = {
        {"UTF-8", CHARSET_UTF8}, {"UTF8", CHARSET_UTF8}, {"ISO-8859-1", CHARSET_LATIN1}, {"ISO8859_1", CHARSET_LATIN1},
        {"LATIN1", CHARSET_LATIN1}, {"US-ASCII", CHARSET_ASCII}, {"ASCII", CHARSET_ASCII}, {"UTF-16", CHARSET_UTF16},
        {"UTF16", CHARSET_UTF16}, {"unicode", CHARSET_UTF16}, {"UTF-16LE", CHARSET_UTF16LE}, {"UTF-16BE", CHARSET_UTF16BE},
    };
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (str_equal_ignore_case(name, str_of(names[i].name))) return names[i].charset;
    }
    return charset_known(name) ? CHARSET_OTHER : CHARSET_UNKNOWN;
}

static void unit_append(struct buf *out, uint16_t u, bool little)
{
    buf_char(out, (char)(little ? u & 255 : u >> 8));
    buf_char(out, (char)(little ? u >> 8 : u & 255));
}

static enum status encode_units(struct call *c, struct str s, enum charset charset)
{
    size_t count = 0;
    uint16_t *units = text_to_java(c->scratch, s, &count);
    if (units == NULL) return STATUS_NO_MEMORY;
    bool narrow = charset == CHARSET_LATIN1 || charset == CHARSET_ASCII;
    if (charset == CHARSET_UTF16 && count > 0) unit_append(c->text, 0xfeff, false);
    for (size_t i = 0; i < count; i++) {
        if (!narrow) {
            unit_append(c->text, units[i], charset == CHARSET_UTF16LE);
            continue;
        }
        bool pair = units[i] >= 0xd800 && units[i] < 0xdc00 && i + 1 < count;
        buf_char(c->text, units[i] < (charset == CHARSET_ASCII ? 0x80 : 0x100) ? (char)units[i] : '?');
        if (pair) i++;
    }
    return STATUS_OK;
}

static enum status encode_row(struct call *c, struct charset_use *u, const struct vec *const *args, uint32_t row, struct vec *out)
{
    struct str s = arg_str(args[0], row), name = arg_str(args[1], row);
    enum charset charset = charset_find(name);
    if (charset == CHARSET_UTF8) return set_view(out, row, s);
    buf_reset(c->text);
    bool known = charset != CHARSET_UNKNOWN && (charset != CHARSET_OTHER || charset_encode(u, name, s, c->text));
    if (!known) return call_row_error(c, out, row, "Unsupported encoding: %.*s", STR_ARG(name));
    if (charset != CHARSET_OTHER) TRY(encode_units(c, s, charset));
    return set_text(c, out, row);
}

/* The rows with one converter, which is opened when a row asks for it. */
typedef enum status (*charset_row)(struct call *c, struct charset_use *u, const struct vec *const *args, uint32_t row, struct vec *out);

static enum status each_by_charset(struct call *c, const struct rows *rows, const struct vec *const *args, struct vec *out, charset_row f)
{
    struct charset_use use = CHARSET_USE_INIT;
    enum status s = STATUS_OK;
    for (uint32_t i = 0; i < rows->count && s == STATUS_OK; i++) s = f(c, &use, args, rows_at(rows, i), out);
    charset_close(&use);
    return s;
}

static enum status encode_kernel(struct call *c, const struct rows *rows, const struct vec *const *args, struct vec *out)
{
    return each_by_charset(c, rows, args, out, encode_row);
}

/* UTF-8 with a replacement character for what is none, as Java decodes it. */
static void decode_utf8(struct buf *out, struct str s)
{
    for (size_t i = 0; i < s.size_bytes;) {
        uint32_t n = utf8_size(s, i), code = utf8_code(s, i, n);
        bool bad = code == 0xfffd && !(n == 3 && memcmp(s.at + i, "\xef\xbf\xbd", 3) == 0);
        bool overlong = (n == 2 && code < 0x80) || (n == 3 && code < 0x800) || (n == 4 && (code < 0x10000 || code > 0x10ffff));
        bool surrogate = n == 3 && code >= 0xd800 && code < 0xe000;
        if (bad || overlong || surrogate) {
            utf8_append(out, 0xfffd);
            i++;
        } else {
            buf_append(out, s.at + i, n);
            i += n;
        }
    }
}

static enum status decode_units(struct call *c, struct str s, bool little, bool marked)
{
    size_t i = 0, count = 0;
    if (marked && s.size_bytes >= 2) {
        uint16_t mark = (uint16_t)((unsigned char)s.at[0] << 8 | (unsigned char)s.at[1]);
        if (mark == 0xfeff || mark == 0xfffe) i = 2;
        little = mark == 0xfffe;
    }
    uint16_t *units = arena_alloc(c->scratch, (s.size_bytes / 2 + 1) * sizeof *units);
    if (units == NULL) return STATUS_NO_MEMORY;
    for (; i + 2 <= s.size_bytes; i += 2) {
        unsigned a = (unsigned char)s.at[i], b = (unsigned char)s.at[i + 1];
        units[count++] = (uint16_t)(little ? b << 8 | a : a << 8 | b);
    }
    text_from_java(c->text, units, count);
    if (i < s.size_bytes) utf8_append(c->text, 0xfffd);
    return STATUS_OK;
}

static enum status decode_row(struct call *c, struct charset_use *u, const struct vec *const *args, uint32_t row, struct vec *out)
{
    struct str s = arg_str(args[0], row), name = arg_str(args[1], row);
    enum charset charset = charset_find(name);
    buf_reset(c->text);
    switch (charset) {
    case CHARSET_UNKNOWN: return call_row_error(c, out, row, "Unsupported encoding: %.*s", STR_ARG(name));
    case CHARSET_UTF8: decode_utf8(c->text, s); break;
    case CHARSET_OTHER:
        if (charset_decode(u, name, s, c->text)) break;
        return call_row_error(c, out, row, "Unsupported encoding: %.*s", STR_ARG(name));
    case CHARSET_LATIN1:
    case CHARSET_ASCII:
        for (size_t i = 0; i < s.size_bytes; i++) {
            unsigned char b = (unsigned char)s.at[i];
            utf8_append(c->text, charset == CHARSET_ASCII && b > 127 ? 0xfffd : b);
        }
        break;
    default: TRY(decode_units(c, s, charset == CHARSET_UTF16LE, charset == CHARSET_UTF16)); break;
    }
    return set_text(c, out, row);
}

static enum status decode_kernel(struct call *c, const struct rows *rows, const struct vec *const *args, struct vec *out)
{
    return each_by_charset(c, rows, args, out, decode_row);
}

static enum status bind_charset(struct func_bind *b, const char *form, enum result_rule rule, kernel_fn kernel)
{
    struct str name;
    TRY(bind_form(b, form, rule, kernel));
    if (!bind_literal_str(b, 1, &name) || charset_find(name) != CHARSET_UNKNOWN) return STATUS_OK;
    error_at(b->error, STATUS_UNSUPPORTED, b->args[1]->span, "Unsupported encoding: %.*s", STR_ARG(name));
    return error_hint(b->error, "Use one of Java's names, such as UTF-8, UTF-16LE, ISO-8859-1, windows-1252, GBK or Shift_JIS");
}
static enum status bind_encode(struct func_bind *b) { return bind_charset(b, "ss", RESULT_BYTES, encode_kernel); }
static enum status bind_decode(struct func_bind *b) { return bind_charset(b, "xs", RESULT_STRING, decode_kernel); }

/* ---- JSON strings -------------------------------------------------------------------------------------------------- */

static void json_escape(struct buf *out, uint32_t u)
{
    static const char plain[] = "\"\\/bfnrt", special[] = "\"\\/\b\f\n\r\t";
    const char *at = u < 0x80 && u != 0 ? strchr(special, (char)u) : NULL;
    if (at != NULL) {
        buf_char(out, '\\');
        buf_char(out, plain[at - special]);
    } else if (u < 0x80) { /* Flink leaves control characters as they are */
        buf_char(out, (char)u);
    } else {
        buf_format(out, "\\u%04x", u);
    }
}

static enum status json_quote_row(struct call *c, const struct vec *const *args, uint32_t row, struct vec *out)
{
    size_t count = 0;
    uint16_t *units = text_to_java(c->scratch, arg_str(args[0], row), &count);
    if (units == NULL) return STATUS_NO_MEMORY;
    buf_reset(c->text);
    buf_char(c->text, '"');
    for (size_t i = 0; i < count; i++) {
        /* Flink writes the whole code point of a pair and then its second half again. */
        bool pair = units[i] >= 0xd800 && units[i] < 0xdc00 && i + 1 < count && units[i + 1] >= 0xdc00 && units[i + 1] < 0xe000;
        json_escape(c->text, pair ? 0x10000u + ((units[i] - 0xd800u) << 10) + (units[i + 1] - 0xdc00u) : units[i]);
    }
    buf_char(c->text, '"');
    return set_text(c, out, row);
}
KERNEL(json_quote)
BIND(json_quote, "s", RESULT_STRING)

static int hex_value(char c)
{
    if (c >= '0' && c <= '9') return c - '0';
    int v = (c | 32) - 'a';
    return v >= 0 && v < 6 ? v + 10 : -1;
}

/* One escape behind a backslash into units; false: it is none. */
static bool json_unescape(struct str s, size_t *io_at, uint16_t *ret)
{
    static const char plain[] = "\"\\/bfnrt", special[] = "\"\\/\b\f\n\r\t";
    if (*io_at >= s.size_bytes) return false;
    char e = s.at[(*io_at)++];
    const char *at = e == '\0' ? NULL : strchr(plain, e);
    if (at != NULL) {
        *ret = (uint16_t)special[at - plain];
        return true;
    }
    if (e != 'u' || s.size_bytes - *io_at < 4) return false;
    uint32_t v = 0;
    for (int i = 0; i < 4; i++) {
        int h = hex_value(s.at[(*io_at)++]);
        if (h < 0) return false;
        v = v << 4 | (uint32_t)h;
    }
    *ret = (uint16_t)v;
    return true;
}

/* The inside of a JSON string; false: it is none, and stays as it is. */
static bool json_unquote(struct call *c, struct str s, enum status *ret_status)
{
    size_t count = 0;
    uint16_t *units = arena_alloc(c->scratch, (s.size_bytes + 1) * sizeof *units);
    *ret_status = units == NULL ? STATUS_NO_MEMORY : STATUS_OK;
    if (units == NULL) return false;
    for (size_t i = 0; i < s.size_bytes;) {
        if (s.at[i] == '\\') {
            i++;
            if (!json_unescape(s, &i, &units[count++])) return false;
            continue;
        }
        uint32_t n = utf8_size(s, i), code = utf8_code(s, i, n);
        i += n;
        if (code > 0xffff) {
            units[count++] = (uint16_t)(0xd800 + ((code - 0x10000) >> 10 & 0x3ff));
            code = 0xdc00 + (code & 0x3ff);
        }
        units[count++] = (uint16_t)code;
    }
    buf_reset(c->text);
    text_from_java(c->text, units, count);
    return true;
}

static enum status json_unquote_row(struct call *c, const struct vec *const *args, uint32_t row, struct vec *out)
{
    struct str s = arg_str(args[0], row);
    enum status status = STATUS_OK;
    bool quoted = s.size_bytes >= 2 && s.at[0] == '"' && s.at[s.size_bytes - 1] == '"';
    struct json_node *root = NULL;
    if (quoted) TRY(json_tree_parse(c->scratch, s, &root)); /* text behind a first string does not hurt */
    if (root != NULL && json_unquote(c, text_part(s, 1, s.size_bytes - 1), &status)) return set_text(c, out, row);
    return status == STATUS_OK ? set_view(out, row, s) : status;
}
KERNEL(json_unquote)
BIND(json_unquote, "s", RESULT_STRING)

static const struct func rows_of_encode[] = {
    ROW_OF("TO_BASE64", 1, 1, FUNC_TYPED_ARGS, to_base64, "TO_BASE64(s STRING) -> STRING", "In base 64.", "TO_BASE64('hello') = 'aGVsbG8='"),
    ROW_OF("FROM_BASE64", 1, 1, FUNC_CAN_FAIL | FUNC_TYPED_ARGS, from_base64, "FROM_BASE64(s STRING) -> STRING", "From base 64.",
           "FROM_BASE64('aGVsbG8=') = 'hello'"),
    ROW_OF("ENCODE", 2, 2, FUNC_CAN_FAIL | FUNC_TYPED_ARGS, encode, "ENCODE(s STRING, charset STRING) -> BYTES", "Text as bytes of a character set.",
           "ENCODE('a', 'UTF-8') = x'61'"),
    ROW_OF("DECODE", 2, 2, FUNC_CAN_FAIL | FUNC_TYPED_ARGS, decode, "DECODE(b BYTES, charset STRING) -> STRING", "Text from bytes of a character set.",
           "DECODE(x'61', 'UTF-8') = 'a'"),
    ROW_OF("JSON_QUOTE", 1, 1, 0, json_quote, "JSON_QUOTE(s STRING) -> STRING", "A text as a JSON string.", "JSON_QUOTE('a') = '\"a\"'"),
    ROW_OF("JSON_UNQUOTE", 1, 1, 0, json_unquote, "JSON_UNQUOTE(s STRING) -> STRING", "The text of a JSON string; others stay.",
           "JSON_UNQUOTE('\"a\"') = 'a'"),
};
FAMILY_TITLED(encode, "Encoding, digests and formats", rows_of_encode);
