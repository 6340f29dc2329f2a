/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WEIR_FUNC_KERNEL_H
#define WEIR_FUNC_KERNEL_H

#include "base/buf.h"
#include "func/family.h"
#include "func/func.h"

#include <string.h>

/*
 * kernel: how most functions are written. A row function computes one row; KERNEL makes the loop
 * around it (inlined, so the row function is the loop's body); bind_form checks and casts the
 * arguments by a short form text and gives the result type by a rule.
 */
typedef enum status (*row_fn)(struct call *c, const struct vec *const *args, uint32_t row, struct vec *out);

static inline __attribute__((always_inline)) enum status
each_row(struct call *c, const struct rows *rows, const struct vec *const *args, struct vec *out, row_fn f)
{
    for (uint32_t i = 0; i < rows->count; i++) TRY(f(c, args, rows_at(rows, i), out));
    return STATUS_OK;
}

/* name_kernel from name_row. */
#define KERNEL(name)                                                                                                    \
    static enum status name##_kernel(struct call *c, const struct rows *rows, const struct vec *const *args,           \
                                     struct vec *out)                                                                   \
    {                                                                                                                   \
        return each_row(c, rows, args, out, name##_row);                                                                \
    }

enum result_rule {
    RESULT_STRING,         /* STRING, nullable if any argument is */
    RESULT_STRING_NULL,    /* STRING, always nullable */
    RESULT_BYTES,
    RESULT_BYTES_NULL,
    RESULT_INT,
    RESULT_INT_NULL,
    RESULT_BIGINT,
    RESULT_BIGINT_NULL,
    RESULT_BOOL,
    RESULT_BOOL_NOT_NULL,
    RESULT_FIRST,          /* the first argument's type, nullable if any argument is */
    RESULT_FIRST_VAR,      /* VARCHAR of the first argument's length, nullable if any argument is */
    RESULT_FIRST_VAR_NULL, /* the same, always nullable */
};

/*
 * Form letters, one per argument: s CHAR or VARCHAR, e text or bytes, x bytes, i INT, l BIGINT,
 * o BOOLEAN, a anything; '*' behind the last repeats it. Integers are cast, a bare NULL becomes a
 * typed one, everything else that does not fit is the usual error. Arguments behind the form's end
 * are not looked at.
 */
enum status bind_form(struct func_bind *b, const char *form, enum result_rule rule, kernel_fn kernel);
/* The type of a rule over the bound arguments; NULL: no memory. */
const struct type *result_type(const struct func_bind *b, enum result_rule rule);

/* bind_name, for name_kernel. */
#define BIND(name, form, rule)                                                                                          \
    static enum status bind_##name(struct func_bind *b) { return bind_form(b, (form), (rule), name##_kernel); }

/* A row of the function table. */
#define ROW_OF(sql, low, high, flag, symbol, sign, text, sample)                                                        \
    {.name = {(sql), sizeof(sql) - 1}, .arg_min = (low), .arg_max = (high), .flags = (flag), .bind = bind_##symbol,     \
     .signature = (sign), .doc = (text), .example = (sample)}
/* A family that begins a section of the documentation. */
#define FAMILY_TITLED(name, heading, table)                                                                             \
    const struct func_family func_family_##name = {(table), sizeof(table) / sizeof((table)[0]), (heading)}
#define FAMILY(name, table)                                                                                             \
    const struct func_family func_family_##name = {(table), sizeof(table) / sizeof((table)[0]), NULL}

/* ---- values ------------------------------------------------------------------------------------ */

static inline uint32_t arg_row(const struct vec *v, uint32_t row) { return v->form == VEC_CONST ? 0 : row; }

static inline struct str arg_str(const struct vec *v, uint32_t row)
{
    return strv_str(&((const struct strv *)v->data)[arg_row(v, row)]);
}
static inline int32_t arg_int(const struct vec *v, uint32_t row) { return ((const int32_t *)v->data)[arg_row(v, row)]; }
static inline int64_t arg_long(const struct vec *v, uint32_t row) { return ((const int64_t *)v->data)[arg_row(v, row)]; }
static inline bool arg_bool(const struct vec *v, uint32_t row) { return ((const uint8_t *)v->data)[arg_row(v, row)] != 0; }

static inline enum status set_int(struct vec *out, uint32_t row, int32_t v)
{
    VEC_DATA(out, int32_t)[row] = v;
    return STATUS_OK;
}
static inline enum status set_long(struct vec *out, uint32_t row, int64_t v)
{
    VEC_DATA(out, int64_t)[row] = v;
    return STATUS_OK;
}
static inline enum status set_bool(struct vec *out, uint32_t row, bool v)
{
    VEC_DATA(out, uint8_t)[row] = v;
    return STATUS_OK;
}
static inline enum status set_null(struct vec *out, uint32_t row)
{
    vec_set_null(out, row);
    return STATUS_OK;
}
/* A part of an argument's bytes, or static ones: not copied, arguments outlive the result. */
static inline enum status set_view(struct vec *out, uint32_t row, struct str s)
{
    VEC_DATA(out, struct strv)[row] = strv_view(s);
    return STATUS_OK;
}
/* The call's text buffer as a row's value. */
static inline enum status set_text(struct call *c, struct vec *out, uint32_t row)
{
    return c->text->failed ? STATUS_NO_MEMORY : vec_set_str(out, row, buf_view(c->text));
}

/* Room for a result of exactly size_bytes, to be filled and closed by text_close. NULL: no memory. */
static inline char *text_open(struct vec *out, uint32_t row, size_t size_bytes)
{
    struct strv *v = &VEC_DATA(out, struct strv)[row];
    memset(v, 0, sizeof *v);
    if (size_bytes > UINT32_MAX) return NULL;
    v->size_bytes = (uint32_t)size_bytes;
    if (size_bytes <= STRV_INLINE_MAX) return v->inlined;
    char *at = arena_bytes(out->heap, size_bytes);
    v->far.at = at;
    return at;
}
static inline void text_close(struct vec *out, uint32_t row)
{
    struct strv *v = &VEC_DATA(out, struct strv)[row];
    if (v->size_bytes > STRV_INLINE_MAX) memcpy(v->far.prefix, v->far.at, sizeof v->far.prefix);
}

/* ---- UTF-8 --------------------------------------------------------------------------------------- */

/* Bytes of the character at s.at[i], as Flink counts: by the first byte, one for a stray byte, never past the end. */
static inline uint32_t utf8_size(struct str s, size_t i)
{
    unsigned char b = (unsigned char)s.at[i];
    uint32_t n = b < 0x80 ? 1 : (b >> 5) == 6 ? 2 : (b >> 4) == 14 ? 3 : (b >> 3) == 30 ? 4 : 1;
    return n > s.size_bytes - i ? (uint32_t)(s.size_bytes - i) : n;
}

static inline bool text_is_ascii(struct str s)
{
    size_t i = 0;
    uint64_t any = 0;
    for (; i + 8 <= s.size_bytes; i += 8) {
        uint64_t w;
        memcpy(&w, s.at + i, 8);
        any |= w;
    }
    for (; i < s.size_bytes; i++) any |= (uint64_t)(unsigned char)s.at[i];
    return (any & UINT64_C(0x8080808080808080)) == 0;
}

/* Code point at s.at[i] of n = utf8_size bytes; U+FFFD for what is none. */
uint32_t utf8_code(struct str s, size_t i, uint32_t n);
/* Appends a code point; lone surrogates and what is too large become '?'. */
void utf8_append(struct buf *out, uint32_t code);
/* Characters in s. */
size_t utf8_count(struct str s);
/* Byte offset of character `index`; s.size_bytes when there are fewer. */
size_t utf8_offset(struct str s, size_t index);
/* UTF-16 units that Java would count. */
size_t utf8_java_length(struct str s);
/* Where needle begins at or behind byte `from`; SIZE_MAX: nowhere. */
size_t text_find(struct str s, struct str needle, size_t from);
/* UTF-16 units in scratch memory; NULL: no memory. */
uint16_t *text_to_java(struct arena *scratch, struct str s, size_t *ret_count);
/* Appends UTF-16 units as UTF-8. */
void text_from_java(struct buf *out, const uint16_t *units, size_t count);

static inline struct str text_part(struct str s, size_t begin, size_t end)
{
    return (struct str){s.at + begin, end - begin};
}

#endif
