/* SPDX-License-Identifier: Apache-2.0 */
/*
 * manifest: encoding and hostile-input-safe decoding of checkpoint manifests. The checksum is looked
 * at first, so the checks of sizes behind it only matter to files made to deceive; they hold anyway.
 */
#include "runtime/manifest.h"

#include "base/hash.h"

#include <assert.h>

static const char magic[8] = {'W', 'E', 'I', 'R', 'C', 'K', 'P', 'T'};
enum { PART_FIXED_BYTES = 4 + 4 + 4 + 8 + 8 + 8 };

static void put_u32(struct buf *out, uint32_t v) {
    char b[4] = {(char)v, (char)(v >> 8), (char)(v >> 16), (char)(v >> 24)};
    buf_append(out, b, sizeof b);
}

static void put_u64(struct buf *out, uint64_t v) {
    put_u32(out, (uint32_t)v);
    put_u32(out, (uint32_t)(v >> 32));
}

static void put_str(struct buf *out, struct str s) {
    assert(s.size_bytes <= UINT32_MAX);
    put_u32(out, (uint32_t)s.size_bytes);
    buf_str(out, s);
}

static void part_encode(struct buf *out, const struct part *p) {
    assert(p->kind < PART_KIND_COUNT && p->subtask < p->parallelism);
    put_u32(out, (uint32_t)p->kind | (p->unassigned ? 0x100U : 0U));
    put_u32(out, p->subtask);
    put_u32(out, p->parallelism);
    put_u64(out, p->offset);
    put_u64(out, p->size_bytes);
    put_u64(out, p->checksum);
    put_str(out, p->uid);
    put_str(out, p->label);
    put_str(out, p->file);
    put_str(out, p->bytes);
}

void manifest_encode(struct buf *out, const struct manifest *m) {
    assert(m->epoch > 0);
    size_t begin = out->size_bytes;
    buf_append(out, magic, sizeof magic);
    put_u32(out, MANIFEST_VERSION);
    put_u32(out, m->flags);
    put_u64(out, m->epoch);
    put_u32(out, m->max_parallelism);
    put_u32(out, m->parts.count);
    for (uint32_t i = 0; i < m->parts.count; i++) part_encode(out, m->parts.at[i]);
    if (!out->failed) put_u64(out, hash_bytes(out->at + begin, out->size_bytes - begin, 0));
}

/* What is left to read; failed once something was missing. */
struct cursor {
    const unsigned char *at;
    size_t left;
    bool failed;
};

static uint32_t get_u32(struct cursor *c) {
    if (c->left < 4) {
        c->failed = true;
        return 0;
    }
    uint32_t v = (uint32_t)c->at[0] | (uint32_t)c->at[1] << 8 | (uint32_t)c->at[2] << 16 | (uint32_t)c->at[3] << 24;
    c->at += 4;
    c->left -= 4;
    return v;
}

static uint64_t get_u64(struct cursor *c) {
    uint64_t low = get_u32(c);
    return low | (uint64_t)get_u32(c) << 32;
}

static struct str get_str(struct cursor *c) {
    uint32_t size = get_u32(c);
    if (c->failed || size > c->left) {
        c->failed = true;
        return STR("");
    }
    struct str s = {(const char *)c->at, size};
    c->at += size;
    c->left -= size;
    return s;
}

static enum status part_decode(struct arena *a, struct cursor *c, struct manifest *m, struct error *e) {
    struct part *p = ARENA_NEW(a, struct part);
    if (p == NULL) return error_no_memory(e, sizeof *p);
    uint32_t kind = get_u32(c);
    p->kind = (enum part_kind)(kind & 0xff);
    p->unassigned = (kind & 0x100) != 0;
    p->subtask = get_u32(c);
    p->parallelism = get_u32(c);
    p->offset = get_u64(c);
    p->size_bytes = get_u64(c);
    p->checksum = get_u64(c);
    p->uid = get_str(c);
    p->label = get_str(c);
    p->file = get_str(c);
    p->bytes = get_str(c);
    if (c->failed || (kind & ~UINT32_C(0x1ff)) != 0 || (kind & 0xff) >= PART_KIND_COUNT || p->subtask >= p->parallelism)
        return error_set(e, STATUS_CORRUPT, "part %u of the checkpoint's manifest is damaged", m->parts.count);
    return list_push(&m->parts, a, p) == STATUS_OK ? STATUS_OK : error_no_memory(e, sizeof *p);
}

enum status manifest_decode(struct arena *a, struct str bytes, struct manifest *ret, struct error *e) {
    struct cursor c = {(const unsigned char *)bytes.at, bytes.size_bytes, false};
    if (bytes.size_bytes < sizeof magic + 24 + 8 || memcmp(bytes.at, magic, sizeof magic) != 0)
        return error_set(e, STATUS_CORRUPT, "this is no checkpoint manifest");
    struct cursor tail = {c.at + c.left - 8, 8, false};
    if (hash_bytes(bytes.at, bytes.size_bytes - 8, 0) != get_u64(&tail))
        return error_set(e, STATUS_CORRUPT, "the checksum of the checkpoint's manifest is wrong");
    c.at += sizeof magic;
    c.left -= sizeof magic + 8;
    uint32_t version = get_u32(&c);
    if (version != MANIFEST_VERSION) return error_set(e, STATUS_CORRUPT, "the checkpoint has format version %u; this program reads version %d", version, MANIFEST_VERSION);
    struct manifest m = {0};
    m.flags = get_u32(&c);
    m.epoch = get_u64(&c);
    m.max_parallelism = get_u32(&c);
    uint32_t count = get_u32(&c);
    if (m.epoch == 0) return error_set(e, STATUS_CORRUPT, "the checkpoint's manifest is of epoch 0, and epochs begin at 1");
    if (c.failed || count > MANIFEST_PARTS_MAX || (uint64_t)count * PART_FIXED_BYTES > c.left)
        return error_set(e, STATUS_CORRUPT, "the checkpoint's manifest is shorter than its %u parts need", count);
    for (uint32_t i = 0; i < count; i++) TRY(part_decode(a, &c, &m, e));
    if (c.left != 0) return error_set(e, STATUS_CORRUPT, "the checkpoint's manifest has %zu bytes too many", c.left);
    *ret = m;
    return STATUS_OK;
}
