/* SPDX-License-Identifier: Apache-2.0 */
/*
 * env_posix: the real environment: system clocks, the kernel's randomness, the number of cores. The
 * file functions are in env_file.c and env_directory.c, threads in env_thread.c. An environment is a
 * few hundred bytes and starts no thread by itself.
 */
#include "env/env_internal.h"

#include "base/alloc.h"

#include <assert.h>
#include <sched.h>
#include <stdlib.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

static int64_t clock_ns(clockid_t id) {
    struct timespec t;
    int failed = clock_gettime(id, &t);
    assert(failed == 0);
    (void)failed;
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static int64_t posix_wall_us(struct env *env) {
    (void)env;
    return clock_ns(CLOCK_REALTIME) / 1000;
}

static int64_t posix_monotonic_ns(struct env *env) {
    (void)env;
    return clock_ns(CLOCK_MONOTONIC);
}

static uint64_t posix_random(struct env *env) {
    (void)env;
    uint64_t r = 0;
    if (getrandom(&r, sizeof r, 0) != (ssize_t)sizeof r) r = (uint64_t)clock_ns(CLOCK_MONOTONIC) * UINT64_C(0x9e3779b97f4a7c15);
    return r;
}

static void posix_pause(int64_t ns) {
    struct timespec t = {.tv_sec = ns / 1000000000, .tv_nsec = ns % 1000000000};
    (void)nanosleep(&t, NULL); /* woken early by a signal: as good */
}

static void posix_free(struct env *env) {
    mem_free((struct env_ops *)env->ops);
    mem_free(env);
}

struct env *env_posix_new(void) {
    struct env *env = mem_calloc(1, sizeof *env);
    struct env_ops *ops = mem_calloc(1, sizeof *ops);
    if (env == NULL || ops == NULL) {
        mem_free(env);
        mem_free(ops);
        return NULL;
    }
    *ops = (struct env_ops){.free = posix_free, .wall_us = posix_wall_us, .monotonic_ns = posix_monotonic_ns, .random = posix_random, .pause = posix_pause};
    env_posix_file_ops(ops);
    env_init(env, ops);
    return env;
}

uint32_t env_cores(struct env *env) {
    assert(env != NULL);
    cpu_set_t set;
    if (sched_getaffinity(0, sizeof set, &set) == 0 && CPU_COUNT(&set) > 0) return (uint32_t)CPU_COUNT(&set);
    long n = sysconf(_SC_NPROCESSORS_ONLN);
    return n < 1 ? 1 : (uint32_t)n;
}

uint64_t env_peak_rss_bytes(struct env *env) {
    assert(env != NULL);
    struct rusage u;
    return getrusage(RUSAGE_SELF, &u) == 0 ? (uint64_t)u.ru_maxrss * 1024 : 0;
}

uint64_t env_cpu_ns(struct env *env) {
    assert(env != NULL);
    return (uint64_t)clock_ns(CLOCK_PROCESS_CPUTIME_ID);
}
