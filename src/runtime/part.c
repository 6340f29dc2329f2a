/* SPDX-License-Identifier: Apache-2.0 */
/*
 * part: a task's contribution to a checkpoint, in an arena of its own, so that it can move between
 * threads and outlive its task.
 */
#include "runtime/part.h"

#include "base/alloc.h"

#include <assert.h>

struct task_part *task_part_new(void) {
    struct task_part *t = mem_calloc(1, sizeof *t);
    if (t == NULL) return NULL;
    t->arena = arena_new("part", 0);
    if (t->arena != NULL) return t;
    mem_free(t);
    return NULL;
}

void task_part_free(void *part) {
    struct task_part *t = part;
    if (t == NULL) return;
    arena_free(t->arena);
    mem_free(t);
}

enum status task_part_add(struct task_part *t, const struct part *p, struct error *e) {
    assert(p->kind < PART_KIND_COUNT && p->uid.size_bytes > 0 && p->subtask < p->parallelism);
    assert(p->kind < PART_KIND_COUNT && p->subtask < p->parallelism);
    struct part *copy = ARENA_NEW(t->arena, struct part);
    if (copy == NULL) return error_no_memory(e, sizeof *copy);
    *copy = *p;
    copy->uid = arena_str(t->arena, p->uid);
    copy->label = arena_str(t->arena, p->label);
    copy->bytes = arena_str(t->arena, p->bytes);
    copy->file = arena_str(t->arena, p->file);
    if (copy->uid.at == NULL || copy->label.at == NULL || copy->bytes.at == NULL || copy->file.at == NULL) return error_no_memory(e, p->bytes.size_bytes);
    if (list_push(&t->parts, t->arena, copy) != STATUS_OK) return error_no_memory(e, sizeof *copy);
    return STATUS_OK;
}

void task_part_committed(struct task_part *t) {
    uint32_t kept = 0;
    for (uint32_t i = 0; t != NULL && i < t->parts.count; i++) {
        struct part *p = t->parts.at[i];
        if (p->kind != PART_COMMITTABLE) t->parts.at[kept++] = p;
    }
    if (t != NULL) t->parts.count = kept;
}
