/* SPDX-License-Identifier: Apache-2.0 */
/*
 * func_random: RAND, RAND_INTEGER and UUID.
 *
 * Without a seed the numbers come from the task's own generator. With one they are the sequence of
 * java.util.Random, a linear congruence over 48 bits: a literal seed starts one sequence per call and
 * subtask, that goes on from row to row; a seed that is no literal starts anew in every row.
 */
#include "func/kernel.h"

#include <assert.h>

/* ---- the task's generator --------------------------------------------------------------------- */

static uint64_t rotate(uint64_t x, int by) { return x << by | x >> (64 - by); }

static uint64_t random_next(uint64_t state[2])
{
    uint64_t a = state[0], b = state[1], sum = a + b;
    b ^= a;
    state[0] = rotate(a, 24) ^ b ^ b << 16;
    state[1] = rotate(b, 37);
    return sum;
}

/* ---- java.util.Random -------------------------------------------------------------------------- */

#define JAVA_MULTIPLIER UINT64_C(0x5deece66d)
#define JAVA_MASK ((UINT64_C(1) << 48) - 1)
#define JAVA_STARTED (UINT64_C(1) << 63)

static uint64_t java_start(int64_t seed) { return (((uint64_t)seed ^ JAVA_MULTIPLIER) & JAVA_MASK) | JAVA_STARTED; }

static uint32_t java_next(uint64_t *state, uint32_t bits)
{
    assert((*state & JAVA_STARTED) != 0 && bits <= 32);
    uint64_t next = ((*state & JAVA_MASK) * JAVA_MULTIPLIER + 11) & JAVA_MASK;
    *state = next | JAVA_STARTED;
    return (uint32_t)(next >> (48 - bits));
}

static double java_double(uint64_t *state)
{
    uint64_t high = java_next(state, 26), low = java_next(state, 27);
    return (double)(high << 27 | low) * 0x1p-53;
}

/* Rejects what would make small numbers likelier, as Java does. */
static int32_t java_below(uint64_t *state, int32_t bound)
{
    assert(bound > 0);
    uint64_t limit = UINT64_C(1) << 31;
    uint32_t u = java_next(state, 31);
    if ((bound & (bound - 1)) == 0) return (int32_t)((uint64_t)bound * u >> 31);
    while (u - u % (uint32_t)bound + (uint64_t)bound > limit) u = java_next(state, 31);
    return (int32_t)(u % (uint32_t)bound);
}

/* The sequence of this call: the call's own for a literal seed, else a new one in *fresh. */
static uint64_t *java_sequence(struct call *c, const struct vec *seed, uint32_t row, uint64_t *fresh)
{
    if (seed->form != VEC_CONST) {
        *fresh = java_start(arg_int(seed, row));
        return fresh;
    }
    if (*c->state == 0) *c->state = java_start(arg_int(seed, row));
    return c->state;
}

/* ---- kernels ----------------------------------------------------------------------------------- */

static enum status rand_row(struct call *c, const struct vec *const *args, uint32_t row, struct vec *out)
{
    (void)args;
    VEC_DATA(out, double)[row] = (double)(random_next(c->context->random_state) >> 11) * 0x1p-53;
    return STATUS_OK;
}
KERNEL(rand)

static enum status rand_seeded_row(struct call *c, const struct vec *const *args, uint32_t row, struct vec *out)
{
    uint64_t fresh;
    VEC_DATA(out, double)[row] = java_double(java_sequence(c, args[0], row, &fresh));
    return STATUS_OK;
}
KERNEL(rand_seeded)

static enum status bind_rand(struct func_bind *b)
{
    TRY(bind_form(b, b->arg_count == 0 ? "" : "i", RESULT_INT, b->arg_count == 0 ? rand_kernel : rand_seeded_kernel));
    b->type = type_simple(b->types, TYPE_DOUBLE, bind_any_nullable(b));
    return b->type == NULL ? error_no_memory(b->error, sizeof *b->type) : STATUS_OK;
}

static enum status rand_integer_row(struct call *c, const struct vec *const *args, uint32_t row, struct vec *out)
{
    int32_t bound = arg_int(args[0], row);
    if (bound <= 0) return call_row_error(c, out, row, "bound must be positive");
    return set_int(out, row, (int32_t)((random_next(c->context->random_state) >> 33) % (uint64_t)bound));
}
KERNEL(rand_integer)

static enum status rand_integer_seeded_row(struct call *c, const struct vec *const *args, uint32_t row, struct vec *out)
{
    uint64_t fresh;
    int32_t bound = arg_int(args[1], row);
    if (bound <= 0) return call_row_error(c, out, row, "bound must be positive");
    return set_int(out, row, java_below(java_sequence(c, args[0], row, &fresh), bound));
}
KERNEL(rand_integer_seeded)

static enum status bind_rand_integer(struct func_bind *b)
{
    if (b->arg_count == 2) return bind_form(b, "ii", RESULT_INT, rand_integer_seeded_kernel);
    return bind_form(b, "i", RESULT_INT, rand_integer_kernel);
}

static enum status uuid_row(struct call *c, const struct vec *const *args, uint32_t row, struct vec *out)
{
    (void)args;
    uint64_t high = random_next(c->context->random_state), low = random_next(c->context->random_state);
    high = (high & ~UINT64_C(0xf000)) | UINT64_C(0x4000);
    low = (low & ~(UINT64_C(3) << 62)) | UINT64_C(1) << 63;
    buf_reset(c->text);
    buf_format(c->text, "%08x-%04x-%04x-%04x-%012llx", (unsigned)(high >> 32), (unsigned)(high >> 16 & 0xffff), (unsigned)(high & 0xffff),
               (unsigned)(low >> 48), (unsigned long long)(low & UINT64_C(0xffffffffffff)));
    return set_text(c, out, row);
}
KERNEL(uuid)

static enum status bind_uuid(struct func_bind *b)
{
    b->impl.kernel = uuid_kernel;
    b->type = type_text(b->types, TYPE_CHAR, 36, false);
    return b->type == NULL ? error_no_memory(b->error, sizeof *b->type) : STATUS_OK;
}

static const struct func rows_of_random[] = {
    ROW_OF("RAND", 0, 1, FUNC_NOT_DETERMINISTIC | FUNC_TYPED_ARGS, rand, "RAND([seed INT]) -> DOUBLE",
           "A random number from 0.0 to below 1.0; with a seed those of java.util.Random.", "RAND(5) = 0.730519863614471"),
    ROW_OF("RAND_INTEGER", 1, 2, FUNC_NOT_DETERMINISTIC | FUNC_CAN_FAIL | FUNC_TYPED_ARGS, rand_integer, "RAND_INTEGER([seed INT,] bound INT) -> INT",
           "A random number from 0 to below bound; with a seed those of java.util.Random.", "RAND_INTEGER(5, 100) = 87"),
    ROW_OF("UUID", 0, 0, FUNC_NOT_DETERMINISTIC, uuid, "UUID() -> CHAR(36)", "A random unique identifier.", "CHAR_LENGTH(UUID()) = 36"),
};
FAMILY(random, rows_of_random);
