/* SPDX-License-Identifier: Apache-2.0 */
/*
 * func_hash: message digests as hexadecimal text, by libcrypto's plain functions: these are a few
 * kilobytes of static code, while its EVP interface would load providers at the first call.
 */
#define OPENSSL_SUPPRESS_DEPRECATED
#include "func/kernel.h"

#include <assert.h>
#include <openssl/md5.h>
#include <openssl/sha.h>

enum { DIGEST_BYTES_MAX = 64 };

/* Writes the digest and returns its size. */
typedef uint32_t (*digest_fn)(struct str s, unsigned char *out);

static uint32_t digest_md5(struct str s, unsigned char *out)
{
    MD5_CTX m;
    MD5_Init(&m);
    MD5_Update(&m, s.at, s.size_bytes);
    MD5_Final(out, &m);
    return MD5_DIGEST_LENGTH;
}
static uint32_t digest_sha1(struct str s, unsigned char *out)
{
    SHA_CTX m;
    SHA1_Init(&m);
    SHA1_Update(&m, s.at, s.size_bytes);
    SHA1_Final(out, &m);
    return SHA_DIGEST_LENGTH;
}
static uint32_t digest_sha224(struct str s, unsigned char *out)
{
    SHA256_CTX m;
    SHA224_Init(&m);
    SHA224_Update(&m, s.at, s.size_bytes);
    SHA224_Final(out, &m);
    return SHA224_DIGEST_LENGTH;
}
static uint32_t digest_sha256(struct str s, unsigned char *out)
{
    SHA256_CTX m;
    SHA256_Init(&m);
    SHA256_Update(&m, s.at, s.size_bytes);
    SHA256_Final(out, &m);
    return SHA256_DIGEST_LENGTH;
}
static uint32_t digest_sha384(struct str s, unsigned char *out)
{
    SHA512_CTX m;
    SHA384_Init(&m);
    SHA384_Update(&m, s.at, s.size_bytes);
    SHA384_Final(out, &m);
    return SHA384_DIGEST_LENGTH;
}
static uint32_t digest_sha512(struct str s, unsigned char *out)
{
    SHA512_CTX m;
    SHA512_Init(&m);
    SHA512_Update(&m, s.at, s.size_bytes);
    SHA512_Final(out, &m);
    return SHA512_DIGEST_LENGTH;
}

static inline enum status digest_hex(struct str s, digest_fn digest, uint32_t row, struct vec *out)
{
    static const char digits[] = "0123456789abcdef";
    unsigned char bytes[DIGEST_BYTES_MAX];
    uint32_t size = digest(s, bytes);
    assert(size <= DIGEST_BYTES_MAX);
    char *at = text_open(out, row, (size_t)size * 2);
    if (at == NULL) return STATUS_NO_MEMORY;
    for (uint32_t i = 0; i < size; i++) {
        at[2 * i] = digits[bytes[i] >> 4];
        at[2 * i + 1] = digits[bytes[i] & 15];
    }
    text_close(out, row);
    return STATUS_OK;
}

static enum status bind_digest(struct func_bind *b, int32_t length, kernel_fn kernel)
{
    TRY(bind_form(b, "e", RESULT_STRING, kernel));
    b->type = type_text(b->types, TYPE_CHAR, length, bind_any_nullable(b));
    return b->type == NULL ? error_no_memory(b->error, sizeof *b->type) : STATUS_OK;
}

#define DIGEST(name, length)                                                                                            \
    static enum status name##_row(struct call *c, const struct vec *const *args, uint32_t row, struct vec *out)        \
    {                                                                                                                   \
        (void)c;                                                                                                        \
        return digest_hex(arg_str(args[0], row), digest_##name, row, out);                                              \
    }                                                                                                                   \
    KERNEL(name)                                                                                                        \
    static enum status bind_##name(struct func_bind *b) { return bind_digest(b, (length), name##_kernel); }
DIGEST(md5, 32)
DIGEST(sha1, 40)
DIGEST(sha224, 56)
DIGEST(sha256, 64)
DIGEST(sha384, 96)
DIGEST(sha512, 128)

static enum status sha2_row(struct call *c, const struct vec *const *args, uint32_t row, struct vec *out)
{
    struct str s = arg_str(args[0], row);
    switch (arg_int(args[1], row)) {
    case 224: return digest_hex(s, digest_sha224, row, out);
    case 256: return digest_hex(s, digest_sha256, row, out);
    case 384: return digest_hex(s, digest_sha384, row, out);
    case 512: return digest_hex(s, digest_sha512, row, out);
    default: return call_row_error(c, out, row, "Unsupported algorithm.");
    }
}
KERNEL(sha2)

static enum status bind_sha2(struct func_bind *b)
{
    TRY(bind_form(b, "ei", RESULT_STRING, sha2_kernel));
    b->type = type_text(b->types, TYPE_VARCHAR, 128, bind_any_nullable(b));
    return b->type == NULL ? error_no_memory(b->error, sizeof *b->type) : STATUS_OK;
}

static const struct func rows_of_hash[] = {
    ROW_OF("MD5", 1, 1, 0, md5, "MD5(s STRING) -> CHAR(32)", "MD5 digest.", "MD5('abc') = '900150983cd24fb0d6963f7d28e17f72'"),
    ROW_OF("SHA1", 1, 1, 0, sha1, "SHA1(s STRING) -> CHAR(40)", "SHA-1 digest.", "SHA1('abc') = 'a9993e364706816aba3e25717850c26c9cd0d89d'"),
    ROW_OF("SHA224", 1, 1, 0, sha224, "SHA224(s STRING) -> CHAR(56)", "SHA-224 digest.", "CHAR_LENGTH(SHA224('abc')) = 56"),
    ROW_OF("SHA256", 1, 1, 0, sha256, "SHA256(s STRING) -> CHAR(64)", "SHA-256 digest.", "CHAR_LENGTH(SHA256('abc')) = 64"),
    ROW_OF("SHA384", 1, 1, 0, sha384, "SHA384(s STRING) -> CHAR(96)", "SHA-384 digest.", "CHAR_LENGTH(SHA384('abc')) = 96"),
    ROW_OF("SHA512", 1, 1, 0, sha512, "SHA512(s STRING) -> CHAR(128)", "SHA-512 digest.", "CHAR_LENGTH(SHA512('abc')) = 128"),
    ROW_OF("SHA2", 2, 2, FUNC_CAN_FAIL, sha2, "SHA2(s STRING, bits INT) -> VARCHAR(128)", "SHA-2 digest of 224, 256, 384 or 512 bits.",
           "CHAR_LENGTH(SHA2('abc', 256)) = 64"),
};
FAMILY(hash, rows_of_hash);
