/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Any bytes as a checkpoint's manifest: refused or decoded, never believed beyond their end. A second try
 * mends the checksum, so that what lies behind it is reached; what decodes must encode and decode again to the same.
 */
#include "base/hash.h"
#include "runtime/manifest.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void manifest_try(struct str bytes) {
    struct arena *a = arena_new("fuzz", 64 << 20);
    struct manifest m, again;
    if (a != NULL && manifest_decode(a, bytes, &m, NULL) == STATUS_OK) {
        struct buf out = BUF_INIT;
        manifest_encode(&out, &m);
        if (!out.failed && (manifest_decode(a, buf_view(&out), &again, NULL) != STATUS_OK || again.parts.count != m.parts.count)) abort();
        buf_deinit(&out);
    }
    arena_free(a);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    manifest_try((struct str){(const char *)data, size});
    if (size < 48) return 0;
    char *copy = malloc(size);
    if (copy == NULL) return 0;
    memcpy(copy, data, size);
    memcpy(copy, "WEIRCKPT\1\0\0\0", 12);
    uint64_t sum = hash_bytes(copy, size - 8, 0);
    for (int i = 0; i < 8; i++) copy[size - 8 + (size_t)i] = (char)(sum >> (8 * i));
    manifest_try((struct str){copy, size});
    free(copy);
    return 0;
}
