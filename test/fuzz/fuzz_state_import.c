/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Import of a savepoint from any bytes: it may refuse them, it may not crash. The fuzzer's bytes are
 * put into frames with the right checksums, since those would stop nearly all inputs at once; what was
 * accepted is exported again and must be importable.
 */
#include "base/buf.h"
#include "base/hash.h"
#include "state/savepoint_format.h"
#include "state/state.h"

#include <stdlib.h>
#include <string.h>

struct stream {
    struct buf bytes;
    size_t at;
};

static enum status stream_write(void *context, const void *bytes, size_t size, struct error *e) {
    struct stream *s = context;
    buf_append(&s->bytes, bytes, size);
    return s->bytes.failed ? error_no_memory(e, size) : STATUS_OK;
}

static enum status stream_read(void *context, void *bytes, size_t size, struct error *e) {
    struct stream *s = context;
    if (s->bytes.size_bytes - s->at < size) return error_set(e, STATUS_CORRUPT, "the end");
    memcpy(bytes, s->bytes.at + s->at, size);
    s->at += size;
    return STATUS_OK;
}

static void frame(struct stream *s, const uint8_t *data, size_t size, uint64_t number) {
    struct savepoint_frame head = {
        size, hash_bytes(size == 0 ? (const uint8_t *)"" : data, size, number)};
    buf_append(&s->bytes, &head, sizeof head);
    buf_append(&s->bytes, data, size);
}

static enum status import(struct stream *s, struct state **ret) {
    struct error e = ERROR_INIT;
    struct state_config c = {.reserve_bytes = 1 << 28, .budget_bytes = 1 << 26};
    if (state_new(&c, ret, &e) != STATUS_OK) abort();
    struct state_reader r = {stream_read, s};
    return state_import(*ret, &r, 0, 1, &e);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct stream in = {BUF_INIT, 0}, out = {BUF_INIT, 0};
    uint64_t frames = 0;
    for (size_t at = 0; at < size; at += SAVEPOINT_FRAME_BYTES)
        frame(&in, data + at, size - at < SAVEPOINT_FRAME_BYTES ? size - at : SAVEPOINT_FRAME_BYTES,
              frames++);
    frame(&in, NULL, 0, frames);
    struct state *first = NULL, *second = NULL;
    if (import(&in, &first) == STATUS_OK) {
        struct error e = ERROR_INIT;
        struct state_writer w = {stream_write, &out};
        if (state_export(first, &w, &e) != STATUS_OK) abort();
        if (import(&out, &second) != STATUS_OK) abort();
        state_free(second);
    }
    state_free(first);
    buf_deinit(&in.bytes);
    buf_deinit(&out.bytes);
    return 0;
}
