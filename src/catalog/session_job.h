/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WEIR_CATALOG_SESSION_JOB_H
#define WEIR_CATALOG_SESSION_JOB_H

#include "catalog/session.h"

/*
 * session_job: the jobs that a session has run, for SHOW JOBS and DESCRIBE JOB. The statements of a session run one after
 * the other, so that at most the last one is running. The oldest are forgotten when there are many.
 */
struct session_job {
    struct str id, name;  /* id: 32 hexadecimal digits, as Flink's */
    const char *status;   /* RUNNING FINISHED SUSPENDED CANCELED FAILED */
    int64_t start_us;
};

enum status session_job_begin(struct session *s, struct env *env, struct str name, struct session_job **ret);
/* NULL when there is none of that id. */
const struct session_job *session_job_find(const struct session *s, struct str id);

#endif
