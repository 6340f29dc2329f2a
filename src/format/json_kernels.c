/* SPDX-License-Identifier: Apache-2.0 */
/* json_kernels: chooses the compiled version of the predicted path that the machine can run. */
#include "format/json.h"

#include <string.h>

#define LEVEL(name) const char *json_fast_##name(struct json_fast *f, struct json_shape *s, const char *p, const char *end, uint32_t row);

#if defined(__x86_64__)
LEVEL(v2) LEVEL(v3) LEVEL(v4)

static const struct {
    const char *name;
    json_fast_fn fn;
} levels[] = {{"v4", json_fast_v4}, {"v3", json_fast_v3}, {"v2", json_fast_v2}};

static bool has_level(const char *name) {
    __builtin_cpu_init();
    if (strcmp(name, "v2") == 0) return true;
    bool v3 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi") && __builtin_cpu_supports("bmi2") && __builtin_cpu_supports("fma");
    if (strcmp(name, "v3") == 0) return v3;
    return v3 && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq");
}
#else
LEVEL(portable)

static const struct {
    const char *name;
    json_fast_fn fn;
} levels[] = {{"portable", json_fast_portable}};

static bool has_level(const char *name) { return strcmp(name, "portable") == 0; }
#endif

json_fast_fn json_fast_choose(const char *level) {
    for (size_t i = 0; i < sizeof levels / sizeof *levels; i++) {
        if ((level == NULL || strcmp(level, levels[i].name) == 0) && has_level(levels[i].name)) return levels[i].fn;
    }
    return NULL;
}
