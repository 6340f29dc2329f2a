/* SPDX-License-Identifier: Apache-2.0 */
/*
 * func_hash: message digests as hexadecimal text, by libcrypto's plain functions: these are a few
 * kilobytes of static code, while its EVP interface would load providers at the first call.
 */
#define OPENSSL_SUPPRESS_DEPRECATED
#include "func/kernel.h"

#include "base/hash.h"
#include "type/int128.h"
#include "type/timestamp.h"

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

/*
 * HASH_CODE, by which distinct values are spread over buckets: Java's hashCode of Flink's internal
 * values, so that the changes of split aggregates are Flink's. Bytes and nested values, which Flink
 * refuses here, have numbers of our own, the nested ones all the same.
 */
static uint32_t java_hash_long(uint64_t v) { return (uint32_t)(v ^ v >> 32); }

/* String.hashCode: over UTF-16 units. The text is valid UTF-8. */
static uint32_t java_hash_text(struct str s)
{
    uint32_t h = 0;
    const unsigned char *at = (const unsigned char *)s.at, *end = at + s.size_bytes;
    while (at < end) {
        uint32_t c = *at++, more = c < 0xc0 ? 0 : c < 0xe0 ? 1 : c < 0xf0 ? 2 : 3;
        if (more > 0) c &= 0x3fu >> more;
        for (; more > 0 && at < end; more--) c = c << 6 | (*at++ & 0x3fu);
        if (c >= 0x10000) {
            h = h * 31 + (0xd800u + ((c - 0x10000) >> 10));
            c = 0xdc00u + ((c - 0x10000) & 0x3ffu);
        }
        h = h * 31 + c;
    }
    return h;
}

/* BigDecimal.hashCode: of the unscaled BigInteger by 32-bit digits, and the scale. */
static uint32_t java_hash_decimal(i128 v, int32_t scale)
{
    unsigned __int128 left = v < 0 ? -(unsigned __int128)v : (unsigned __int128)v;
    uint32_t h = 0;
    for (int shift = 96; shift >= 0; shift -= 32) h = h * 31 + (uint32_t)(left >> shift);
    return (v < 0 ? 0u - h : h) * 31 + (uint32_t)scale;
}

static uint32_t java_hash_timestamp(const struct vec *v, uint32_t row)
{
    struct ts t = vec_get_ts(v, row);
    int64_t millis = ts_to_millis(t), rest = (t.micros - millis * 1000) * 1000 + t.nanos;
    return java_hash_long((uint64_t)millis) * 31 + (uint32_t)rest;
}

static uint32_t java_hash(const struct vec *v, uint32_t row)
{
    uint32_t at = v->form == VEC_CONST ? 0 : row;
    if (type_is_timestamp(v->type)) return java_hash_timestamp(v, at);
    if (v->type->root == TYPE_DECIMAL) return java_hash_decimal(v->type->phys == PHYS_I128 ? VEC_DATA(v, i128)[at] : (i128)VEC_DATA(v, int64_t)[at], v->type->scale);
    if (type_is_text(v->type)) { /* Math.abs */
        uint32_t h = java_hash_text(arg_str(v, row));
        return h > INT32_MAX ? 0 - h : h;
    }
    switch (v->type->phys) {
    case PHYS_STRING: return (uint32_t)hash_bytes(arg_str(v, row).at, arg_str(v, row).size_bytes, 0);
    case PHYS_BOOL: return VEC_DATA(v, uint8_t)[at] != 0 ? 1231 : 1237;
    case PHYS_I8: return (uint32_t)VEC_DATA(v, int8_t)[at];
    case PHYS_I16: return (uint32_t)VEC_DATA(v, int16_t)[at];
    case PHYS_I32:
    case PHYS_F32: return VEC_DATA(v, uint32_t)[at];
    case PHYS_I64:
    case PHYS_F64: return java_hash_long(VEC_DATA(v, uint64_t)[at]);
    default: return 0;
    }
}

static enum status hash_code_row(struct call *c, const struct vec *const *args, uint32_t row, struct vec *out)
{
    (void)c;
    VEC_DATA(out, uint32_t)[row] = java_hash(args[0], row);
    return STATUS_OK;
}
KERNEL(hash_code)

static enum status bind_hash_code(struct func_bind *b)
{
    b->type = type_simple(b->types, TYPE_INT, b->args[0]->type->nullable);
    b->impl.kernel = hash_code_kernel;
    return b->type == NULL ? error_no_memory(b->error, sizeof *b->type) : STATUS_OK;
}

static const struct func rows_of_hash[] = {
    ROW_OF("HASH_CODE", 1, 1, FUNC_TYPED_ARGS, hash_code, "HASH_CODE(x) -> INT", "The hash code that Java has for the value, of a text without its sign.",
           "HASH_CODE('abc') = 96354"),
    ROW_OF("MD5", 1, 1, FUNC_TYPED_ARGS, md5, "MD5(s STRING) -> CHAR(32)", "MD5 digest.", "MD5('abc') = '900150983cd24fb0d6963f7d28e17f72'"),
    ROW_OF("SHA1", 1, 1, FUNC_TYPED_ARGS, sha1, "SHA1(s STRING) -> CHAR(40)", "SHA-1 digest.", "SHA1('abc') = 'a9993e364706816aba3e25717850c26c9cd0d89d'"),
    ROW_OF("SHA224", 1, 1, FUNC_TYPED_ARGS, sha224, "SHA224(s STRING) -> CHAR(56)", "SHA-224 digest.", "CHAR_LENGTH(SHA224('abc')) = 56"),
    ROW_OF("SHA256", 1, 1, FUNC_TYPED_ARGS, sha256, "SHA256(s STRING) -> CHAR(64)", "SHA-256 digest.", "CHAR_LENGTH(SHA256('abc')) = 64"),
    ROW_OF("SHA384", 1, 1, FUNC_TYPED_ARGS, sha384, "SHA384(s STRING) -> CHAR(96)", "SHA-384 digest.", "CHAR_LENGTH(SHA384('abc')) = 96"),
    ROW_OF("SHA512", 1, 1, FUNC_TYPED_ARGS, sha512, "SHA512(s STRING) -> CHAR(128)", "SHA-512 digest.", "CHAR_LENGTH(SHA512('abc')) = 128"),
    ROW_OF("SHA2", 2, 2, FUNC_CAN_FAIL | FUNC_TYPED_ARGS, sha2, "SHA2(s STRING, bits INT) -> VARCHAR(128)", "SHA-2 digest of 224, 256, 384 or 512 bits.",
           "CHAR_LENGTH(SHA2('abc', 256)) = 64"),
};
FAMILY(hash, rows_of_hash);
