/* SPDX-License-Identifier: Apache-2.0 */
/*
 * calibrate: what this machine can do, so that figures of different machines can be put side by side. One
 * JSON line: memory copied (GB/s), a chain of dependent random reads (ns each), independent random reads
 * (million/s), and a hash loop (million/s): mix a counter, add it up in an open-addressed table of 16-byte
 * entries that does not fit the caches. All memory is touched before the clock starts.
 *
 *   calibrate [MEGABYTES]      size of each area, 256 if not given
 */
#include <stdint.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

struct entry { uint64_t key, sum; };

static double now_s(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static uint64_t mix(uint64_t x) {
    x ^= x >> 32;
    x *= 0xd6e8feb86659fd93u;
    x ^= x >> 32;
    x *= 0xd6e8feb86659fd93u;
    return x ^ (x >> 32);
}

static double copy_gb_per_s(char *to, const char *from, size_t bytes) {
    enum { ROUNDS = 4 };
    double begin = now_s();
    for (int i = 0; i < ROUNDS; i++) {
        memcpy(to, from, bytes);
        __asm__ volatile("" : : "r"(to) : "memory");
    }
    return (double)bytes * ROUNDS / (now_s() - begin) / 1e9;
}

/* The cells form one cycle in random order (Sattolo), so each read needs the one before. */
static double chain_ns(uint64_t *cells, size_t count, uint64_t *ret_sum) {
    for (size_t i = 0; i < count; i++) cells[i] = i;
    for (size_t i = count - 1; i > 0; i--) {
        size_t k = (size_t)(mix(i) % i);
        uint64_t t = cells[i];
        cells[i] = cells[k];
        cells[k] = t;
    }
    size_t steps = count / 8;
    uint64_t at = 0;
    double begin = now_s();
    for (size_t i = 0; i < steps; i++) at = cells[at];
    double seconds = now_s() - begin;
    *ret_sum += at;
    return seconds / (double)steps * 1e9;
}

static double reads_m_per_s(const uint64_t *cells, size_t count, uint64_t *ret_sum) {
    size_t steps = count / 2;
    uint64_t sum = 0;
    double begin = now_s();
    for (size_t i = 0; i < steps; i++) sum += cells[mix(i) & (count - 1)];
    double seconds = now_s() - begin;
    *ret_sum += sum;
    return (double)steps / seconds / 1e6;
}

static double hash_m_per_s(struct entry *table, size_t count, uint64_t *ret_sum) {
    size_t steps = count / 2, keys = count / 4;
    memset(table, 0, count * sizeof *table);
    double begin = now_s();
    for (size_t i = 0; i < steps; i++) {
        uint64_t key = mix(i) % keys + 1;
        size_t at = (size_t)mix(key) & (count - 1);
        while (table[at].key != 0 && table[at].key != key) at = (at + 1) & (count - 1);
        table[at].key = key;
        table[at].sum += i;
    }
    double seconds = now_s() - begin;
    *ret_sum += table[count / 2].sum;
    return (double)steps / seconds / 1e6;
}

int main(int argc, char **argv) {
    size_t megabytes = argc > 1 ? strtoull(argv[1], NULL, 10) : 256, bytes = 1 << 20;
    while (bytes < megabytes << 20) bytes *= 2;
    char *a = malloc(bytes), *b = malloc(bytes);
    if (a == NULL || b == NULL) {
        fputs("calibrate: not enough memory\n", stderr);
        return EXIT_FAILURE;
    }
    memset(a, 1, bytes);
    memset(b, 2, bytes);
    uint64_t sum = 0;
    double copy = copy_gb_per_s(b, a, bytes);
    double chain = chain_ns((uint64_t *)(void *)a, bytes / sizeof(uint64_t), &sum);
    double reads = reads_m_per_s((uint64_t *)(void *)a, bytes / sizeof(uint64_t), &sum);
    double hash = hash_m_per_s((struct entry *)(void *)b, bytes / sizeof(struct entry), &sum);
    printf("{\"copy_gb_per_s\":%.2f,\"chain_ns\":%.1f,\"reads_m_per_s\":%.1f,\"hash_m_per_s\":%.1f,\"check\":%llu}\n", copy,
           chain, reads, hash, (unsigned long long)(sum & 0xff));
    free(a);
    free(b);
    return EXIT_SUCCESS;
}
