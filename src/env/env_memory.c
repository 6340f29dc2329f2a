/* SPDX-License-Identifier: Apache-2.0 */
/*
 * env_memory: address space and pages for state regions and snapshot pools, on mmap.
 *
 * env_reserve takes address space only (no access, no memory); env_commit makes a part of it
 * usable, and the system hands out zeroed memory when it is touched; env_discard gives memory back,
 * and what is read there afterwards is zero. Sizes are rounded up to whole pages by the system.
 * The env argument is unused and may be NULL: memory is the same in the simulator.
 */
#include "env/env.h"

#include <assert.h>
#include <errno.h>
#include <string.h>
#include <sys/mman.h>

enum { HUGE_BYTES_MIN = 8 << 20 };

void *env_reserve(struct env *env, uint64_t size_bytes) {
    (void)env;
    assert(size_bytes > 0);
    void *p = mmap(NULL, size_bytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    return p == MAP_FAILED ? NULL : p;
}

void env_release(struct env *env, void *p, uint64_t size_bytes) {
    (void)env;
    if (p == NULL) return;
    int failed = munmap(p, size_bytes);
    assert(failed == 0);
    (void)failed;
}

enum status env_commit(struct env *env, void *p, uint64_t size_bytes, struct error *e) {
    (void)env;
    assert(p != NULL);
    if (mprotect(p, size_bytes, PROT_READ | PROT_WRITE) == 0) {
        /* Who asks for that much will use it: large pages save most of the address translation. */
        if (size_bytes >= HUGE_BYTES_MIN) (void)madvise(p, size_bytes, MADV_HUGEPAGE);
        return STATUS_OK;
    }
    return error_set(e, STATUS_NO_MEMORY, "The system refuses %llu bytes of memory (error %d).",
                     (unsigned long long)size_bytes, errno);
}

void env_populate(struct env *env, void *p, uint64_t size_bytes) {
    (void)env;
    assert(p != NULL);
#ifdef MADV_POPULATE_WRITE
    (void)madvise(p, size_bytes, MADV_POPULATE_WRITE);
#else
    (void)size_bytes;
#endif
}

void env_discard(struct env *env, void *p, uint64_t size_bytes) {
    (void)env;
    assert(p != NULL);
    /* A failure only means that the memory stays; its content must be zero all the same. */
    if (madvise(p, size_bytes, MADV_DONTNEED) != 0) memset(p, 0, size_bytes);
}
