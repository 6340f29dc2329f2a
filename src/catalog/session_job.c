/* SPDX-License-Identifier: Apache-2.0 */
/*
 * session_job: a list in the session's arena, bounded by JOBS_MAX: the oldest entry's place is taken then.
 */
#include "catalog/session_job.h"

#include <assert.h>
#include <string.h>

enum { JOBS_MAX = 1000 };

enum status session_job_begin(struct session *s, struct env *env, struct str name, struct session_job **ret) {
    struct session_job *j = ARENA_NEW(s->arena, struct session_job);
    if (j == NULL) return STATUS_NO_MEMORY;
    *j = (struct session_job){.name = arena_str(s->arena, name), .status = "RUNNING", .start_us = env_wall_us(env)};
    j->id = arena_format(s->arena, "%016llx%016llx", (unsigned long long)env_random(env), (unsigned long long)env_random(env));
    if (j->name.at == NULL || j->id.at == NULL) return STATUS_NO_MEMORY;
    *ret = j;
    if (s->jobs.count < JOBS_MAX) return list_push(&s->jobs, s->arena, j);
    memmove(s->jobs.at, s->jobs.at + 1, (JOBS_MAX - 1) * sizeof *s->jobs.at);
    s->jobs.at[JOBS_MAX - 1] = j;
    return STATUS_OK;
}

const struct session_job *session_job_find(const struct session *s, struct str id) {
    assert(s != NULL);
    for (uint32_t i = 0; i < s->jobs.count; i++) {
        const struct session_job *j = s->jobs.at[i];
        if (str_equal(j->id, id)) return j;
    }
    return NULL;
}
