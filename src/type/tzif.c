/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tzif: reads time zone files (RFC 8536): the 64-bit block of transitions and the POSIX rule behind
 * it, which holds for all later times.
 *
 * The file is part of the system, yet every count is checked against the size before it is used.
 */
#include "type/zone.h"

#include <assert.h>

enum { HEADER_BYTES = 44, TYPE_BYTES = 6, TRANSITIONS_MAX = 100000 };

struct header {
    uint64_t isut, isstd, leap, time, type, chars;
};

static uint32_t big32(const char *at)
{
    const unsigned char *b = (const unsigned char *)at;
    return (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3];
}

static int64_t big64(const char *at) { return (int64_t)((uint64_t)big32(at) << 32 | big32(at + 4)); }

static bool header_read(struct str bytes, size_t at, struct header *h)
{
    if (bytes.size_bytes < at + HEADER_BYTES || memcmp(bytes.at + at, "TZif", 4) != 0) return false;
    const char *p = bytes.at + at + 20;
    *h = (struct header){big32(p), big32(p + 4), big32(p + 8), big32(p + 12), big32(p + 16), big32(p + 20)};
    return h->time <= TRANSITIONS_MAX && h->type <= 256 && h->type > 0 && h->chars <= 65536 && h->leap <= 4096 &&
           h->isut <= 256 && h->isstd <= 256;
}

static size_t block_bytes(const struct header *h, size_t time_bytes)
{
    return h->time * time_bytes + h->time + h->type * TYPE_BYTES + h->chars + h->leap * (time_bytes + 4) + h->isstd + h->isut;
}

static enum status transitions_read(struct arena *a, const char *at, const struct header *h, struct zone *z, bool *ret_ok)
{
    int64_t *times = ARENA_ARRAY(a, int64_t, h->time);
    int32_t *offsets = ARENA_ARRAY(a, int32_t, h->time);
    if (times == NULL || offsets == NULL) return STATUS_NO_MEMORY;
    const unsigned char *index = (const unsigned char *)at + h->time * 8;
    const char *types = at + h->time * 9;
    *ret_ok = true;
    for (size_t i = 0; i < h->time; i++) {
        if (index[i] >= h->type) *ret_ok = false;
        if (!*ret_ok) break;
        times[i] = big64(at + i * 8);
        offsets[i] = (int32_t)big32(types + (size_t)index[i] * TYPE_BYTES);
        if (i > 0 && times[i] <= times[i - 1]) *ret_ok = false;
    }
    z->first_offset = (int32_t)big32(types);
    z->transition_count = (uint32_t)h->time;
    z->transitions = times;
    z->offsets = offsets;
    return STATUS_OK;
}

enum status tzif_parse(struct arena *a, struct str bytes, struct zone *z, struct error *e)
{
    struct header h;
    bool ok = header_read(bytes, 0, &h) && bytes.at[4] >= '2';
    size_t at = HEADER_BYTES;
    if (ok) {
        at += block_bytes(&h, 4);
        ok = header_read(bytes, at, &h);
    }
    at += HEADER_BYTES;
    if (!ok || bytes.size_bytes < at + block_bytes(&h, 8) + 2) {
        return error_set(e, STATUS_CORRUPT, "The time zone file of '%.*s' is not a TZif file of version 2 or later.", STR_ARG(z->id));
    }
    if (transitions_read(a, bytes.at + at, &h, z, &ok) != STATUS_OK) return error_no_memory(e, h.time * 12);
    if (!ok) return error_set(e, STATUS_CORRUPT, "The time zone file of '%.*s' has broken transitions.", STR_ARG(z->id));
    struct str footer = {bytes.at + at + block_bytes(&h, 8), bytes.size_bytes - at - block_bytes(&h, 8)};
    if (footer.at[0] == '\n') footer.at++, footer.size_bytes--;
    while (footer.size_bytes > 0 && footer.at[footer.size_bytes - 1] == '\n') footer.size_bytes--;
    z->has_rule = footer.size_bytes > 0 && zone_rule_parse(footer, &z->rule);
    return STATUS_OK;
}
