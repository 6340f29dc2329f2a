/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Arenas: alignment, budgets, what reset keeps, and that a failed malloc is an answer.
 */
#include "base/alloc.h"
#include "base/arena.h"
#include "unit/unit.h"

static void memory_is_aligned_and_zeroed_when_asked(void **state) {
    (void)state;
    struct arena *a = arena_new("test", 0);
    for (size_t size = 0; size < 300; size++) {
        char *p = arena_calloc(a, 1, size);
        assert_non_null(p);
        assert_int_equal((uintptr_t)p % 16, 0);
        for (size_t i = 0; i < size; i++) assert_int_equal(p[i], 0);
        memset(p, 0xff, size);
        assert_non_null(arena_bytes(a, 3));
    }
    arena_free(a);
}

static void a_large_allocation_gets_a_chunk_of_its_own(void **state) {
    (void)state;
    struct arena *a = arena_new("test", 0);
    char *small = arena_alloc(a, 10);
    char *large = arena_alloc(a, 5 << 20);
    assert_non_null(small);
    assert_non_null(large);
    memset(large, 1, 5 << 20);
    assert_true(arena_used_bytes(a) >= 5 << 20);
    arena_free(a);
}

static void reset_gives_the_same_memory_again(void **state) {
    (void)state;
    struct arena *a = arena_new("test", 0);
    void *first = arena_alloc(a, 100);
    for (int i = 0; i < 1000; i++) arena_alloc(a, 1000);
    size_t held = arena_used_bytes(a);
    for (int round = 0; round < 3; round++) {
        arena_reset(a);
        assert_ptr_equal(arena_alloc(a, 100), first);
        for (int i = 0; i < 1000; i++) assert_non_null(arena_alloc(a, 1000));
        assert_int_equal(arena_used_bytes(a), held);
    }
    arena_free(a);
}

static void the_budget_is_kept(void **state) {
    (void)state;
    struct arena *a = arena_new("test", 10000);
    size_t got = 0;
    while (arena_alloc(a, 100) != NULL) got += 100;
    assert_true(got > 5000 && got <= 10000);
    assert_null(arena_alloc(a, SIZE_MAX));
    assert_null(arena_calloc(a, SIZE_MAX / 2, 4));
    arena_free(a);
}

static void a_failed_malloc_is_reported_not_hidden(void **state) {
    (void)state;
    mem_fail_after(1);
    assert_null(arena_new("test", 0));
    mem_fail_after(2);
    struct arena *a = arena_new("test", 0);
    assert_non_null(a);
    assert_null(arena_alloc(a, 1));
    mem_fail_after(0);
    assert_non_null(arena_alloc(a, 1));
    arena_free(a);
}

static void texts_are_copied_and_terminated(void **state) {
    (void)state;
    struct arena *a = arena_new("test", 0);
    struct str s = arena_str(a, (struct str){"abcdef", 3});
    assert_string_equal(s.at, "abc");
    assert_int_equal(s.size_bytes, 3);
    assert_string_equal(arena_format(a, "%d-%s", 7, "x").at, "7-x");
    assert_string_equal(arena_name(a), "test");
    arena_free(a);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(memory_is_aligned_and_zeroed_when_asked),
        cmocka_unit_test(a_large_allocation_gets_a_chunk_of_its_own),
        cmocka_unit_test(reset_gives_the_same_memory_again),
        cmocka_unit_test(the_budget_is_kept),
        cmocka_unit_test(a_failed_malloc_is_reported_not_hidden),
        cmocka_unit_test(texts_are_copied_and_terminated),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
