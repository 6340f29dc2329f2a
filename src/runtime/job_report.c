/* SPDX-License-Identifier: Apache-2.0 */
/*
 * job_report: what a job tells about itself: counters while it runs, sums per operator and per class
 * of bad record once it has ended, and its notes.
 */
#include "runtime/job.h"

#include <assert.h>

void job_lock(struct job *job) {
    while (atomic_flag_test_and_set_explicit(&job->lock, memory_order_acquire)) continue;
}

void job_unlock(struct job *job) { atomic_flag_clear_explicit(&job->lock, memory_order_release); }

void job_metrics_read(const struct job *job, struct job_metrics *ret) {
    job_lock((struct job *)job);
    *ret = job->totals;
    if (job->attempt != NULL) attempt_metrics(job->attempt, ret);
    job_unlock((struct job *)job);
}

enum status job_op_metrics_read(const struct job *job, struct arena *a, struct job_op_metrics **ret, uint32_t *ret_count) {
    assert(job->attempt == NULL);
    uint32_t count = job->plan->nodes.count;
    struct job_op_metrics *all = ARENA_ARRAY(a, struct job_op_metrics, count + 1);
    if (all == NULL) return STATUS_NO_MEMORY;
    for (uint32_t i = 0; i < count; i++) {
        const struct node *n = job->plan->nodes.at[i];
        const uint64_t *sum = &job->node_totals[(size_t)n->id * 4];
        all[i] = (struct job_op_metrics){n, sum[0], sum[1], sum[2], sum[3]};
    }
    *ret = all;
    *ret_count = count;
    return STATUS_OK;
}

enum status job_bad_classes(const struct job *job, struct arena *a, struct job_bad_class **ret, uint32_t *ret_count) {
    struct job_bad_class *all = ARENA_ARRAY(a, struct job_bad_class, job->bad_classes.count + 1);
    if (all == NULL) return STATUS_NO_MEMORY;
    for (uint32_t i = 0; i < job->bad_classes.count; i++) all[i] = *(const struct job_bad_class *)job->bad_classes.at[i];
    *ret = all;
    *ret_count = job->bad_classes.count;
    return STATUS_OK;
}

enum status job_notes(const struct job *job, struct arena *a, struct str **ret, uint32_t *ret_count) {
    struct str *all = ARENA_ARRAY(a, struct str, job->notes.count + 1);
    if (all == NULL) return STATUS_NO_MEMORY;
    for (uint32_t i = 0; i < job->notes.count; i++) all[i] = *(const struct str *)job->notes.at[i];
    *ret = all;
    *ret_count = job->notes.count;
    return STATUS_OK;
}
