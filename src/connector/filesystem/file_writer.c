/* SPDX-License-Identifier: Apache-2.0 */
/*
 * file_writer: part files with exactly-once commit. Each partition (or the whole table) has one open
 * in-progress file. At a barrier open files are flushed and synced and their lengths recorded; files
 * that were rolled since (by size, age or inactivity) become committables. Opening, writing, syncing and
 * closing are jobs of a helper thread (file_output): the worker only encodes. A restored writer cuts its
 * in-progress files to the recorded lengths and appends. The end of the job commits all.
 */
#include "connector/connectors.h"
#include "connector/filesystem/file_output.h"
#include "connector/filesystem/file_sink.h"

#include "base/alloc.h"
#include "base/strmap.h"
#include "io/codec.h"

#include <assert.h>

struct part {
    struct str directory;          /* of the partition, ends with '/' */
    struct str name;               /* part-... */
    struct file_output *output;
    bool open;                     /* not rolled */
    uint64_t length;               /* with what is on its way, without `pending` */
    int64_t created_us, written_us;
    struct buf pending;
};

/* A partition seen: for its success file. */
struct partition {
    int64_t created_us;
    bool dirty;                    /* has files since its last success file */
};

struct file_writer {
    struct sink_writer base;
    struct sink_context context;
    struct str root;               /* ends with '/' */
    struct encoder *encoder;
    struct batch view;             /* data columns of the batch being written */
    struct vec **columns;
    uint32_t *data, data_count;    /* data columns among the sink's */
    uint32_t *keys, key_count;     /* partition columns */
    struct str *key_names;
    struct str default_name;
    struct strmap *open;           /* directory -> struct part */
    struct strmap *partitions;     /* directory -> struct partition */
    struct list rolled;            /* struct part, closed and synced before the next prepare is acknowledged */
    struct buf directory, text;
    char uid[33];
    uint64_t counter;
    uint64_t size_max;
    int64_t age_us, idle_us, delay_us;
    bool success_file;
    struct str success_name;
};

enum { PENDING_MAX = 256 * 1024 };

static struct str in_progress_path(struct arena *a, const struct part *p) {
    return arena_format(a, "%.*s.%.*s.inprogress", STR_ARG(p->directory), STR_ARG(p->name));
}

static enum status part_flush(struct part *p, struct error *e) {
    if (p->pending.failed) return error_no_memory(e, p->pending.size_bytes);
    if (p->pending.size_bytes == 0) return STATUS_OK;
    assert(p->open);
    size_t bytes = p->pending.size_bytes;
    TRY(file_output_write(p->output, &p->pending, e));
    p->length += bytes;
    return STATUS_OK;
}

static enum status part_new(struct file_writer *w, struct str directory, struct part **ret, struct error *e) {
    struct arena *a = w->context.arena;
    struct part *p = ARENA_NEW(a, struct part);
    if (p == NULL) return error_no_memory(e, sizeof *p);
    p->directory = arena_str(a, directory);
    p->created_us = p->written_us = env_wall_us(w->context.env);
    *ret = p;
    return p->directory.at == NULL ? error_no_memory(e, 0) : STATUS_OK;
}

/* How it is written: invisible under its in-progress name. */
static enum status part_output(struct file_writer *w, struct part *p, struct error *e) {
    struct str path = in_progress_path(w->context.arena, p);
    if (p->name.at == NULL || path.at == NULL) return error_no_memory(e, 0);
    return file_output_new(&w->context, p->directory, path, &p->output, e);
}

static enum status part_open(struct file_writer *w, struct str directory, struct part **ret, struct error *e) {
    struct part *p;
    TRY(part_new(w, directory, &p, e));
    p->name = arena_format(w->context.arena, "part-%s-%u-%llu", w->uid, w->context.subtask, (unsigned long long)w->counter++);
    TRY(part_output(w, p, e));
    TRY(strmap_put(w->open, p->directory, p)); /* first, so that it is dropped with the rest whatever follows */
    p->open = true;
    *ret = p;
    return file_output_create(p->output, e);
}

/* Closes a part for good; it waits for the next prepare. */
static enum status part_roll(struct file_writer *w, struct part *p, struct error *e) {
    TRY(part_flush(p, e));
    TRY(file_output_sync(p->output, e));
    TRY(file_output_close(p->output, e));
    p->open = false;
    strmap_remove(w->open, p->directory);
    return list_push(&w->rolled, w->context.arena, p);
}

static bool is_old(const struct file_writer *w, const struct part *p, int64_t now_us) {
    return now_us - p->created_us >= w->age_us || now_us - p->written_us >= w->idle_us;
}

static enum status find_directory(struct file_writer *w, const struct batch *b, uint32_t row, struct str *ret, struct error *e) {
    buf_reset(&w->directory);
    buf_str(&w->directory, w->root);
    for (uint32_t i = 0; i < w->key_count; i++) {
        const struct vec *v = b->columns[w->keys[i]];
        buf_reset(&w->text);
        if (!vec_is_null(v, row)) file_partition_text(&w->text, v, row);
        struct str text = w->text.size_bytes == 0 ? w->default_name : buf_view(&w->text);
        file_partition_append(&w->directory, w->key_names[i], text);
    }
    if (w->directory.failed || w->text.failed) return error_no_memory(e, 0);
    *ret = buf_view(&w->directory);
    return STATUS_OK;
}

static enum status note_partition(struct file_writer *w, struct str directory, int64_t now_us, struct error *e) {
    if (!w->success_file || w->key_count == 0) return STATUS_OK;
    struct partition *p = strmap_get(w->partitions, directory);
    if (p == NULL) {
        p = ARENA_NEW(w->context.arena, struct partition);
        if (p == NULL) return error_no_memory(e, sizeof *p);
        p->created_us = now_us;
        TRY(strmap_put(w->partitions, directory, p));
    }
    p->dirty = true;
    return STATUS_OK;
}

static enum status write_row(struct file_writer *w, const struct batch *b, uint32_t row, int64_t now_us, struct part **last, struct error *e) {
    struct str directory;
    TRY(find_directory(w, b, row, &directory, e));
    struct part *p = *last != NULL && (*last)->open && str_equal((*last)->directory, directory) ? *last : strmap_get(w->open, directory);
    if (p != NULL && is_old(w, p, now_us)) {
        TRY(part_roll(w, p, e));
        p = NULL;
    }
    if (p == NULL) TRY(part_open(w, directory, &p, e));
    if (p != *last) TRY(note_partition(w, directory, now_us, e));
    TRY(w->encoder->ops->encode(w->encoder, &w->view, row, &p->pending, e));
    p->written_us = now_us;
    *last = p;
    if (p->length + p->pending.size_bytes >= w->size_max) return part_roll(w, p, e);
    return p->pending.size_bytes >= PENDING_MAX ? part_flush(p, e) : STATUS_OK;
}

static enum status file_write(struct sink_writer *base, const struct batch *b, struct error *e) {
    struct file_writer *w = (struct file_writer *)base;
    struct rows rows = batch_rows(b);
    int64_t now_us = env_wall_us(w->context.env);
    struct part *last = NULL;
    w->view = *b;
    for (uint32_t i = 0; i < w->data_count; i++) w->columns[i] = b->columns[w->data[i]];
    w->view.columns = w->columns;
    w->view.column_count = w->data_count;
    for (uint32_t i = 0; i < rows.count; i++) TRY(write_row(w, b, rows_at(&rows, i), now_us, &last, e));
    base->rows += rows.count;
    return STATUS_OK;
}

static enum status file_flush(struct sink_writer *base, struct error *e) {
    (void)base, (void)e; /* invisible until it is committed */
    return STATUS_OK;
}

static enum status add_partitions(struct file_writer *w, bool last, enum status (*add)(void *context, struct str committable), void *context, struct error *e) {
    int64_t now_us = env_wall_us(w->context.env);
    for (uint32_t i = 0; i < strmap_count(w->partitions); i++) {
        const struct strmap_entry *entry = strmap_at(w->partitions, i);
        struct partition *p = entry->value;
        if (!p->dirty || (!last && now_us - p->created_us < w->delay_us)) continue;
        p->dirty = false;
        buf_reset(&w->text);
        buf_format(&w->text, "S%.*s%.*s", STR_ARG(entry->key), STR_ARG(w->success_name));
        if (w->text.failed) return error_no_memory(e, 0);
        TRY(add(context, buf_view(&w->text)));
    }
    return STATUS_OK;
}

static enum status file_prepare(struct sink_writer *base, bool last, enum status (*add)(void *context, struct str committable), void *context, struct error *e) {
    struct file_writer *w = (struct file_writer *)base;
    int64_t now_us = env_wall_us(w->context.env);
    for (uint32_t i = strmap_count(w->open); i-- > 0;) {
        struct part *p = strmap_at(w->open, i)->value;
        if (last || is_old(w, p, now_us)) {
            TRY(part_roll(w, p, e));
            continue;
        }
        TRY(part_flush(p, e));
        TRY(file_output_sync(p->output, e));
    }
    for (uint32_t i = 0; i < w->rolled.count; i++) {
        const struct part *p = w->rolled.at[i];
        buf_reset(&w->text);
        buf_format(&w->text, "F%.*s\n%.*s", STR_ARG(p->directory), STR_ARG(p->name));
        if (w->text.failed) return error_no_memory(e, 0);
        TRY(add(context, buf_view(&w->text)));
    }
    w->rolled.count = 0;
    return add_partitions(w, last, add, context, e);
}

static enum status file_snapshot(struct sink_writer *base, struct buf *out, struct error *e) {
    struct file_writer *w = (struct file_writer *)base;
    struct stored_writer head = {.counter = w->counter, .subtask = w->context.subtask, .parts = strmap_count(w->open)};
    memcpy(head.uid, w->uid, sizeof head.uid);
    buf_append(out, &head, sizeof head);
    for (uint32_t i = 0; i < head.parts; i++) {
        const struct part *p = strmap_at(w->open, i)->value;
        assert(p->pending.size_bytes == 0);
        struct stored_part s = {p->length, p->created_us, p->written_us, (uint32_t)p->directory.size_bytes, (uint32_t)p->name.size_bytes};
        buf_append(out, &s, sizeof s);
        buf_str(out, p->directory);
        buf_str(out, p->name);
    }
    return out->failed ? error_no_memory(e, 0) : STATUS_OK;
}

/* The in-progress file cut to its recorded length; a file committed by a later checkpoint, which is now gone, is taken back. */
static enum status part_restore(struct file_writer *w, struct part *p, struct error *e) {
    struct env *env = w->context.env;
    TRY(part_output(w, p, e));
    struct str path = in_progress_path(w->context.arena, p);
    struct str final = arena_format(w->context.arena, "%.*s%.*s", STR_ARG(p->directory), STR_ARG(p->name));
    if (path.at == NULL || final.at == NULL) return error_no_memory(e, 0);
    struct env_stat st, final_st;
    TRY(env_stat(env, path, &st, e));
    TRY(env_stat(env, final, &final_st, e));
    if (st.kind == ENV_MISSING && final_st.kind == ENV_FILE) {
        TRY(env_rename(env, final, path, e));
        st = final_st;
    }
    if (st.kind != ENV_FILE || st.size_bytes < p->length)
        return error_set(e, STATUS_CORRUPT, "'%.*s' should hold %llu bytes that a checkpoint counts on, but %s.", STR_ARG(path), (unsigned long long)p->length, st.kind == ENV_FILE ? "is shorter" : "is missing");
    TRY(file_output_reopen(p->output, p->length, e));
    p->open = true;
    return STATUS_OK;
}

static enum status restore_part(struct file_writer *w, struct str *state, struct error *e) {
    struct stored_part s;
    struct str directory, name;
    struct part *p;
    TRY(stored_part_read(state, &s, &directory, &name, e));
    TRY(part_new(w, directory, &p, e));
    p->name = arena_str(w->context.arena, name);
    if (p->name.at == NULL) return error_no_memory(e, 0);
    p->length = s.length;
    p->created_us = s.created_us;
    p->written_us = s.written_us;
    TRY(part_restore(w, p, e));
    TRY(note_partition(w, p->directory, p->created_us, e));
    bool taken = strmap_get(w->open, p->directory) != NULL; /* by another old writer's part of the same partition */
    if (!taken) return strmap_put(w->open, p->directory, p);
    TRY(file_output_sync(p->output, e));
    TRY(file_output_close(p->output, e));
    p->open = false;
    return list_push(&w->rolled, w->context.arena, p);
}

static enum status file_restore(struct sink_writer *base, struct str state, struct error *e) {
    struct file_writer *w = (struct file_writer *)base;
    struct stored_writer head;
    TRY(stored_writer_read(&state, &head, e));
    /* The same name may only go on from its own counter. */
    if (head.subtask == w->context.subtask) {
        memcpy(w->uid, head.uid, sizeof head.uid);
        w->counter = head.counter;
    }
    for (uint32_t i = 0; i < head.parts; i++) TRY(restore_part(w, &state, e));
    return STATUS_OK;
}

static void part_drop(struct part *p) {
    file_output_drop(p->output);
    buf_deinit(&p->pending);
}

static void file_free(struct sink_writer *base) {
    struct file_writer *w = (struct file_writer *)base;
    for (uint32_t i = 0; w->open != NULL && i < strmap_count(w->open); i++) part_drop(strmap_at(w->open, i)->value);
    for (uint32_t i = 0; i < w->rolled.count; i++) part_drop(w->rolled.at[i]);
    if (w->encoder != NULL) w->encoder->ops->free(w->encoder);
    buf_deinit(&w->directory);
    buf_deinit(&w->text);
}

static const struct writer_ops ops = {file_write, file_flush, file_prepare, file_snapshot, file_restore, file_free};

static int32_t partition_index(const struct table *t, struct str name) {
    for (uint32_t i = 0; i < t->partitioned_by.count; i++) {
        if (str_equal(*(const struct str *)t->partitioned_by.at[i], name)) return (int32_t)i;
    }
    return -1;
}

/* Which columns are data and which make the directory, in PARTITIONED BY's order. */
static enum status split_columns(struct file_writer *w, const struct type **ret_row, struct str **ret_names, struct error *e) {
    const struct sink_context *c = &w->context;
    struct arena *a = c->arena;
    const struct table *t = c->sink->table;
    w->key_count = t->partitioned_by.count;
    w->keys = ARENA_ARRAY(a, uint32_t, w->key_count + 1);
    w->key_names = ARENA_ARRAY(a, struct str, w->key_count + 1);
    w->data = ARENA_ARRAY(a, uint32_t, c->column_count + 1);
    w->columns = ARENA_ARRAY(a, struct vec *, c->column_count + 1);
    struct type_field *fields = ARENA_ARRAY(a, struct type_field, c->column_count + 1);
    struct str *names = ARENA_ARRAY(a, struct str, c->column_count + 1);
    struct type *row = ARENA_NEW(a, struct type);
    if (w->keys == NULL || w->key_names == NULL || w->data == NULL || w->columns == NULL || fields == NULL || names == NULL || row == NULL)
        return error_no_memory(e, 0);
    for (uint32_t i = 0; i < c->column_count; i++) {
        int32_t key = partition_index(t, c->names[i]);
        if (key >= 0) {
            w->keys[key] = i;
            w->key_names[key] = c->names[i];
            continue;
        }
        names[w->data_count] = c->names[i];
        fields[w->data_count] = (struct type_field){c->names[i], c->types[i], {NULL, 0}};
        w->data[w->data_count++] = i;
    }
    *row = (struct type){.root = TYPE_ROW, .phys = PHYS_ROW, .child_count = w->data_count, .children = fields};
    *ret_row = row;
    *ret_names = names;
    return STATUS_OK;
}

static enum status read_settings(struct file_writer *w, struct error *e) {
    const struct options *o = &w->context.sink->options->own;
    TRY(file_sink_root(&w->context, &w->root, e));
    w->size_max = (uint64_t)options_number(o, "sink.rolling-policy.file-size");
    w->age_us = options_number(o, "sink.rolling-policy.rollover-interval") * 1000;
    w->idle_us = options_number(o, "sink.rolling-policy.inactivity-interval") * 1000;
    w->delay_us = options_number(o, "sink.partition-commit.delay") * 1000;
    w->success_file = options_get(o, "sink.partition-commit.policy.kind")->given;
    w->success_name = options_text(o, "sink.partition-commit.success-file.name");
    w->default_name = options_text(o, "partition.default-name");
    if (w->context.sink->overwrite) return error_set(e, STATUS_UNSUPPORTED, "INSERT OVERWRITE: streaming mode not support overwrite.");
    for (int i = 0; i < 2; i++) {
        static const char hex[] = "0123456789abcdef";
        uint64_t r = env_random(w->context.env);
        for (int k = 0; k < 16; k++) w->uid[i * 16 + k] = hex[r >> (k * 4) & 15];
    }
    return STATUS_OK;
}

enum status file_writer_new(const struct sink_context *c, struct sink_writer **ret, struct error *e) {
    struct file_writer *w = ARENA_NEW(c->arena, struct file_writer);
    if (w == NULL) return error_no_memory(e, sizeof *w);
    w->base.ops = &ops;
    w->context = *c;
    const struct type *row = NULL;
    struct str *names = NULL;
    TRY(read_settings(w, e));
    TRY(split_columns(w, &row, &names, e));
    w->open = strmap_new(c->arena);
    w->partitions = strmap_new(c->arena);
    if (w->open == NULL || w->partitions == NULL) return error_no_memory(e, 0);
    const struct format_impl *format = format_impl_find(str_of(c->sink->options->format->name));
    assert(format != NULL);
    TRY(format->encoder_new(c->arena, &c->sink->options->format_options, row, names, c->zone, &w->encoder, e));
    *ret = &w->base;
    return STATUS_OK;
}
