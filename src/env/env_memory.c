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
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

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

/* ---- how much there is ---- */

static size_t text_read(const char *path, char *text, size_t size) {
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t n = fd < 0 ? 0 : read(fd, text, size - 1);
    if (fd >= 0) close(fd);
    text[n > 0 ? n : 0] = 0;
    return n > 0 ? (size_t)n : 0;
}

/* A limit in a file of a control group; UINT64_MAX when there is none ("max", or no such file). */
static uint64_t limit_read(const char *path) {
    char text[64];
    if (text_read(path, text, sizeof text) == 0 || text[0] < '0' || text[0] > '9') return UINT64_MAX;
    return strtoull(text, NULL, 10);
}

/* The narrowest limit on the way from the process's group up to the root of the hierarchy. */
static uint64_t group_limit(void) {
    char groups[4096], path[4200];
    uint64_t least = limit_read("/sys/fs/cgroup/memory/memory.limit_in_bytes");
    if (text_read("/proc/self/cgroup", groups, sizeof groups) == 0) return least;
    char *own = strstr(groups, "0::/");
    if (own == NULL) return least;
    own += 3;
    own[strcspn(own, "\n")] = 0;
    for (;;) {
        snprintf(path, sizeof path, "/sys/fs/cgroup%s/memory.max", own);
        uint64_t limit = limit_read(path);
        if (limit < least) least = limit;
        char *slash = strrchr(own, '/');
        if (slash == NULL) return least;
        *slash = 0;
    }
}

uint64_t env_memory_bytes(struct env *env) {
    assert(env != NULL);
    long pages = sysconf(_SC_PHYS_PAGES), page_bytes = sysconf(_SC_PAGESIZE);
    uint64_t machine = pages <= 0 || page_bytes <= 0 ? UINT64_MAX : (uint64_t)pages * (uint64_t)page_bytes;
    uint64_t group = group_limit(), least = group < machine ? group : machine;
    return least == UINT64_MAX ? 0 : least;
}
