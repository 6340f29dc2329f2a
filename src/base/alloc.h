/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WEIR_BASE_ALLOC_H
#define WEIR_BASE_ALLOC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * The one door to malloc. Every call can fail, and a test can make the nth one fail
 * (mem_fail_after, or the environment variable WEIR_FAIL_ALLOC=n read by the command line).
 */
void *mem_alloc(size_t size_bytes);
void *mem_calloc(size_t count, size_t size_bytes);
void *mem_realloc(void *p, size_t size_bytes);
void mem_free(void *p);

/* From now on the nth allocation (1 = the next) and all after it fail; 0 switches this off. */
void mem_fail_after(int64_t n);
/* Is a failure armed? Arenas then ask for each allocation on its own, so that each of them can fail. */
bool mem_fails(void);

#endif
