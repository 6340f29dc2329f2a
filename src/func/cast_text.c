/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cast_text: CAST to character strings and to byte strings.
 *
 * CHAR(n) is padded with blanks and cut to n characters, VARCHAR(n) only cut; BINARY(n) is padded with
 * zero bytes and cut, VARBINARY(n) only cut. A text that needs neither is passed on as a view of the
 * argument's bytes. Under table.exec.legacy-cast-behaviour = ENABLED nothing is cut.
 */
#include "func/cast.h"
#include "func/kernel.h"
#include "vec/value.h"

#include <assert.h>

/* Cuts s to the type's length; the number of characters that are missing to it goes to *ret_missing. */
static struct str text_cut(struct str s, const struct cast_plan *p, size_t *ret_missing)
{
    const struct type *to = p->to;
    size_t length = (size_t)to->length;
    *ret_missing = 0;
    if (to->root == TYPE_VARCHAR && s.size_bytes <= length) return s;
    size_t count = utf8_count(s);
    if (count > length) return p->legacy ? s : text_part(s, 0, utf8_offset(s, length));
    if (to->root == TYPE_CHAR && p->pads) *ret_missing = length - count;
    return s;
}

static enum status padded(struct vec *out, uint32_t row, struct str s, size_t missing, char with)
{
    char *at = text_open(out, row, s.size_bytes + missing);
    if (at == NULL) return STATUS_NO_MEMORY;
    if (s.size_bytes > 0) memcpy(at, s.at, s.size_bytes);
    memset(at + s.size_bytes, with, missing);
    text_close(out, row);
    return STATUS_OK;
}

/* s lives as long as the argument. */
static enum status set_lasting(const struct cast_plan *p, struct vec *out, uint32_t row, struct str s)
{
    size_t missing;
    s = text_cut(s, p, &missing);
    return missing > 0 ? padded(out, row, s, missing, ' ') : set_view(out, row, s);
}

/* What stands in the call's text buffer. */
static enum status set_buffer(struct cast_run *r, const struct cast_plan *p, struct vec *out, uint32_t row)
{
    size_t missing;
    if (r->call->text->failed) return STATUS_NO_MEMORY;
    struct str s = text_cut(buf_view(r->call->text), p, &missing);
    return missing > 0 ? padded(out, row, s, missing, ' ') : vec_set_str(out, row, s);
}

static enum status text_to_text(struct cast_run *r, const struct cast_plan *p, const struct vec *in, uint32_t in_row, struct vec *out, uint32_t out_row)
{
    (void)r;
    return set_lasting(p, out, out_row, strv_str(&VEC_VALUE(in, struct strv, in_row)));
}

static enum status bool_to_text(struct cast_run *r, const struct cast_plan *p, const struct vec *in, uint32_t in_row, struct vec *out, uint32_t out_row)
{
    (void)r;
    return set_lasting(p, out, out_row, VEC_VALUE(in, uint8_t, in_row) != 0 ? (p->legacy ? STR("true") : STR("TRUE")) : p->legacy ? STR("false") : STR("FALSE"));
}

static enum status any_to_text(struct cast_run *r, const struct cast_plan *p, const struct vec *in, uint32_t in_row, struct vec *out, uint32_t out_row)
{
    buf_reset(r->call->text);
    if (p->legacy) value_print_legacy(r->call->text, in, in_row, r->call->context->zone);
    else value_print_sql(r->call->text, in, in_row, r->call->context->zone);
    return set_buffer(r, p, out, out_row);
}

cast_fn cast_to_text(const struct type *from, const struct type *to)
{
    assert(type_is_text(to));
    if (type_is_text(from)) return text_to_text;
    return from->root == TYPE_BOOLEAN ? bool_to_text : any_to_text;
}

static enum status text_to_bytes(struct cast_run *r, const struct cast_plan *p, const struct vec *in, uint32_t in_row, struct vec *out, uint32_t out_row)
{
    (void)r;
    struct str s = strv_str(&VEC_VALUE(in, struct strv, in_row));
    size_t length = (size_t)p->to->length;
    if (s.size_bytes > length && !p->legacy) s.size_bytes = length;
    if (p->to->root == TYPE_BINARY && p->pads && s.size_bytes < length) return padded(out, out_row, s, length - s.size_bytes, '\0');
    return set_view(out, out_row, s);
}

cast_fn cast_to_bytes(const struct type *from, const struct type *to)
{
    assert(type_is_bytes(to));
    return type_is_text(from) || type_is_bytes(from) ? text_to_bytes : NULL;
}
