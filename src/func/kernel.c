/* SPDX-License-Identifier: Apache-2.0 */
/*
 * kernel: what the families share: binding by form, and text in characters where Flink counts
 * characters, in UTF-16 units where it counts those.
 *
 * Nothing here trusts its text to be UTF-8: a stray byte is one character.
 */
#include "func/kernel.h"

#include <assert.h>
#include <limits.h>

/* ---- binding ------------------------------------------------------------------------------------ */

static const struct type *form_type(struct types *t, char letter)
{
    switch (letter) {
    case 'i': return type_simple(t, TYPE_INT, true);
    case 'l': return type_simple(t, TYPE_BIGINT, true);
    case 'o': return type_simple(t, TYPE_BOOLEAN, true);
    case 'x': return type_text(t, TYPE_VARBINARY, TYPE_LENGTH_MAX, true);
    default: return type_string(t, true);
    }
}

static bool form_fits(const struct type *t, char letter)
{
    switch (letter) {
    case 's': return type_is_text(t);
    case 'e': return type_is_text(t) || type_is_bytes(t);
    case 'x': return type_is_bytes(t);
    case 'i':
    case 'l': return type_is_integer(t);
    case 'o': return t->root == TYPE_BOOLEAN;
    default: return true;
    }
}

static enum status bind_arg(struct func_bind *b, uint32_t i, char letter)
{
    const struct type *t = b->args[i]->type;
    if (letter == 'a') return STATUS_OK;
    const struct type *want = form_type(b->types, letter);
    if (want == NULL) return error_no_memory(b->error, sizeof *want);
    if (t->root == TYPE_NULL) return bind_cast_arg(b, i, want);
    if (!form_fits(t, letter)) return bind_wrong_types(b);
    return letter == 'i' || letter == 'l' ? bind_cast_arg(b, i, want) : STATUS_OK;
}

static const struct type *first_var(const struct func_bind *b, bool nullable)
{
    const struct type *t = b->args[0]->type;
    int32_t length = t->length > 0 ? t->length : 1;
    return type_text(b->types, type_is_bytes(t) ? TYPE_VARBINARY : TYPE_VARCHAR, length, nullable);
}

const struct type *result_type(const struct func_bind *b, enum result_rule rule)
{
    struct types *t = b->types;
    bool any = bind_any_nullable(b);
    switch (rule) {
    case RESULT_STRING: return type_string(t, any);
    case RESULT_STRING_NULL: return type_string(t, true);
    case RESULT_BYTES: return type_text(t, TYPE_VARBINARY, TYPE_LENGTH_MAX, any);
    case RESULT_BYTES_NULL: return type_text(t, TYPE_VARBINARY, TYPE_LENGTH_MAX, true);
    case RESULT_INT: return type_simple(t, TYPE_INT, any);
    case RESULT_INT_NULL: return type_simple(t, TYPE_INT, true);
    case RESULT_BIGINT: return type_simple(t, TYPE_BIGINT, any);
    case RESULT_BIGINT_NULL: return type_simple(t, TYPE_BIGINT, true);
    case RESULT_BOOL: return type_simple(t, TYPE_BOOLEAN, any);
    case RESULT_BOOL_NOT_NULL: return type_simple(t, TYPE_BOOLEAN, false);
    case RESULT_FIRST: return type_nullable(t, b->args[0]->type, any);
    case RESULT_FIRST_VAR: return first_var(b, any);
    case RESULT_FIRST_VAR_NULL: return first_var(b, true);
    }
    assert(!"every rule is handled");
    return NULL;
}

enum status bind_form(struct func_bind *b, const char *form, enum result_rule rule, kernel_fn kernel)
{
    assert(form != NULL && kernel != NULL);
    char letter = 'a';
    for (uint32_t i = 0; i < b->arg_count; i++) {
        if (*form != '\0' && *form != '*') letter = *form++;
        else if (*form == '\0') break;
        TRY(bind_arg(b, i, letter));
    }
    b->impl.kernel = kernel;
    b->type = result_type(b, rule);
    return b->type == NULL ? error_no_memory(b->error, sizeof *b->type) : STATUS_OK;
}

/* ---- UTF-8 --------------------------------------------------------------------------------------- */

uint32_t utf8_code(struct str s, size_t i, uint32_t n)
{
    assert(i + n <= s.size_bytes);
    const unsigned char *p = (const unsigned char *)s.at + i;
    if (n == 1) return p[0] < 0x80 ? p[0] : 0xfffd;
    for (uint32_t k = 1; k < n; k++) {
        if ((p[k] & 0xc0) != 0x80) return 0xfffd;
    }
    if (n == 2) return (p[0] >> 5) == 6 ? (p[0] & 0x1fu) << 6 | (p[1] & 0x3fu) : 0xfffd;
    if (n == 3) return (p[0] >> 4) == 14 ? (p[0] & 0xfu) << 12 | (p[1] & 0x3fu) << 6 | (p[2] & 0x3fu) : 0xfffd;
    return (p[0] & 7u) << 18 | (p[1] & 0x3fu) << 12 | (p[2] & 0x3fu) << 6 | (p[3] & 0x3fu);
}

void utf8_append(struct buf *out, uint32_t code)
{
    if (code < 0x80) {
        buf_char(out, (char)code);
    } else if (code < 0x800) {
        buf_char(out, (char)(0xc0 | code >> 6));
        buf_char(out, (char)(0x80 | (code & 0x3f)));
    } else if (code >= 0xd800 && code < 0xe000) {
        buf_char(out, '?');
    } else if (code < 0x10000) {
        buf_char(out, (char)(0xe0 | code >> 12));
        buf_char(out, (char)(0x80 | (code >> 6 & 0x3f)));
        buf_char(out, (char)(0x80 | (code & 0x3f)));
    } else if (code < 0x110000) {
        buf_char(out, (char)(0xf0 | code >> 18));
        buf_char(out, (char)(0x80 | (code >> 12 & 0x3f)));
        buf_char(out, (char)(0x80 | (code >> 6 & 0x3f)));
        buf_char(out, (char)(0x80 | (code & 0x3f)));
    } else {
        buf_char(out, '?');
    }
}

size_t utf8_count(struct str s)
{
    if (text_is_ascii(s)) return s.size_bytes;
    size_t n = 0;
    for (size_t i = 0; i < s.size_bytes; i += utf8_size(s, i)) n++;
    return n;
}

size_t utf8_offset(struct str s, size_t index)
{
    size_t i = 0;
    for (; index > 0 && i < s.size_bytes; index--) i += utf8_size(s, i);
    return i;
}

size_t utf8_java_length(struct str s)
{
    if (text_is_ascii(s)) return s.size_bytes;
    size_t n = 0;
    for (size_t i = 0; i < s.size_bytes;) {
        uint32_t size = utf8_size(s, i);
        n += size == 4 ? 2 : 1;
        i += size;
    }
    return n;
}

size_t text_find(struct str s, struct str needle, size_t from)
{
    if (from > s.size_bytes) return SIZE_MAX;
    if (needle.size_bytes == 0) return from;
    const char *at = memmem(s.at + from, s.size_bytes - from, needle.at, needle.size_bytes);
    return at == NULL ? SIZE_MAX : (size_t)(at - s.at);
}

uint16_t *text_to_java(struct arena *scratch, struct str s, size_t *ret_count)
{
    if (s.size_bytes > INT_MAX) return NULL;
    uint16_t *units = arena_alloc(scratch, (s.size_bytes + 1) * sizeof *units);
    if (units == NULL) return NULL;
    size_t n = 0;
    for (size_t i = 0; i < s.size_bytes;) {
        uint32_t size = utf8_size(s, i);
        uint32_t code = utf8_code(s, i, size);
        if (code > 0xffff) {
            units[n++] = (uint16_t)(0xd800 + ((code - 0x10000) >> 10 & 0x3ff));
            code = 0xdc00 + ((code - 0x10000) & 0x3ff);
        }
        units[n++] = (uint16_t)code;
        i += size;
    }
    *ret_count = n;
    return units;
}

void text_from_java(struct buf *out, const uint16_t *units, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        uint32_t u = units[i];
        if (u >= 0xd800 && u < 0xdc00 && i + 1 < count && units[i + 1] >= 0xdc00 && units[i + 1] < 0xe000) {
            u = 0x10000 + ((u - 0xd800) << 10) + (units[++i] - 0xdc00u);
        }
        utf8_append(out, u);
    }
}
