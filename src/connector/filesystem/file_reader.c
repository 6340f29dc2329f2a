/* SPDX-License-Identifier: Apache-2.0 */
/*
 * file_reader: reads the splits it was given, one after the other, in chunks of half a megabyte
 * through one buffer that grows only for a longer record. Reading from the page cache is taken as not
 * blocking. The position is the offset of the first record not yet handed out.
 */
#include "connector/connectors.h"
#include "connector/filesystem/file_split.h"
#include "connector/filesystem/file_value.h"
#include "connector/scan_layout.h"

#include "base/alloc.h"
#include "format/text_time.h"
#include "format/text_value.h"

#include <assert.h>

struct pending {
    struct file_split split;
    struct pending *next;
};

struct file_reader {
    struct source_reader base;
    struct source_context context;
    struct scan_layout *layout;
    struct decoder *decoder;
    struct pending *first, **last;
    bool open;
    struct file_split split;   /* the one being read; offset is the position */
    struct env_file *file;
    char *buffer;
    size_t capacity;
    size_t at, have;           /* the bytes buffer[at..have) begin at split.offset */
    bool at_end;               /* no bytes of the file behind the buffer */
    uint64_t limit;            /* where the split's last record ends; UINT64_MAX while not known */
    uint64_t done_bytes, total_bytes;
    struct arena *names;       /* partition values of the current file */
    struct str default_name;
    uint64_t rows_left;        /* until a LIMIT above has enough; UINT64_MAX without one */
};

enum { CHUNK = 512 * 1024, RECORD_MAX_BYTES = 64 << 20 };

static void on_bad(void *context, const struct bad_record *r) {
    struct file_reader *f = context;
    struct bad_record here = *r;
    here.source = f->split.path;
    here.offset += f->split.offset;
    if (f->context.on_bad != NULL) f->context.on_bad(f->context.bad_context, &here);
}

static enum status add_split(struct source_reader *base, struct str bytes, struct error *e) {
    struct file_reader *f = (struct file_reader *)base;
    struct pending *p = ARENA_NEW(f->context.arena, struct pending);
    if (p == NULL) return error_no_memory(e, sizeof *p);
    TRY(file_split_read(f->context.arena, bytes, &p->split, e));
    *f->last = p;
    f->last = &p->next;
    uint64_t end = p->split.end < p->split.size_bytes ? p->split.end : p->split.size_bytes;
    f->total_bytes += end > p->split.offset ? end - p->split.offset : 0;
    return STATUS_OK;
}

/* Appends a chunk behind the buffer's bytes. */
static enum status fill(struct file_reader *f, struct error *e) {
    if (f->at > 0) {
        memmove(f->buffer, f->buffer + f->at, f->have - f->at);
        f->have -= f->at;
        f->at = 0;
    }
    if (f->have == f->capacity) {
        size_t wanted = f->capacity == 0 ? CHUNK : f->capacity * 2;
        if (wanted > RECORD_MAX_BYTES)
            return error_set(e, STATUS_LIMIT, "File '%.*s': the record at offset %llu is longer than 64 MiB.", STR_ARG(f->split.path), (unsigned long long)f->split.offset);
        char *bigger = mem_realloc(f->buffer, wanted);
        if (bigger == NULL) return error_no_memory(e, wanted);
        f->buffer = bigger;
        f->capacity = wanted;
    }
    size_t size;
    TRY(env_read_at(f->context.env, f->file, f->split.offset + f->have, f->buffer + f->have, f->capacity - f->have, &size, e));
    f->have += size;
    f->at_end = size == 0;
    return STATUS_OK;
}

static void consume(struct file_reader *f, size_t size) {
    assert(size <= f->have - f->at);
    f->at += size;
    f->split.offset += size;
    f->done_bytes += size;
}

/* What may stand before the first record of a file: a byte-order mark, and a line of names. */
static enum status skip_head(struct file_reader *f, struct error *e) {
    TRY(fill(f, e));
    if (f->have >= 3 && memcmp(f->buffer, "\xef\xbb\xbf", 3) == 0) consume(f, 3);
    while (f->layout->header) {
        const char *newline = memchr(f->buffer + f->at, '\n', f->have - f->at);
        if (newline != NULL || f->at_end) {
            consume(f, newline == NULL ? f->have - f->at : (size_t)(newline - f->buffer) + 1 - f->at);
            break;
        }
        TRY(fill(f, e));
    }
    return STATUS_OK;
}

/* To the first record of a range: behind the line end at or after the byte before it. */
static enum status align(struct file_reader *f, struct error *e) {
    assert(!f->split.aligned && f->split.offset > 0);
    f->split.offset--;
    for (;;) {
        TRY(fill(f, e));
        const char *newline = memchr(f->buffer + f->at, '\n', f->have - f->at);
        consume(f, newline == NULL ? f->have - f->at : (size_t)(newline - f->buffer) + 1 - f->at);
        if (newline != NULL || f->at_end) break;
    }
    f->split.aligned = true;
    return STATUS_OK;
}

static enum status open_next(struct file_reader *f, struct error *e) {
    struct pending *p = f->first;
    f->split = p->split;
    f->first = p->next;
    if (f->first == NULL) f->last = &f->first;
    TRY(env_open(f->context.env, f->split.path, ENV_READ, &f->file, e));
    f->open = true;
    f->decoder->rows_given = f->split.rows_given;
    f->at = f->have = 0;
    f->at_end = false;
    f->limit = f->split.end == UINT64_MAX ? UINT64_MAX : 0;
    if (!f->split.aligned) TRY(align(f, e));
    return f->split.offset == 0 ? skip_head(f, e) : STATUS_OK;
}

static void close_file(struct file_reader *f) {
    if (f->open) env_close(f->context.env, f->file);
    f->open = false;
}

/* How many buffered bytes belong to the split; *ret_last: nothing will follow them. */
static size_t usable(struct file_reader *f, bool *ret_last) {
    size_t have = f->have - f->at;
    *ret_last = f->at_end;
    if (f->split.end == UINT64_MAX) return have;
    if (f->limit == 0 && f->split.offset >= f->split.end) f->limit = f->split.offset;
    if (f->limit == 0 && f->split.offset + have >= f->split.end) {
        size_t before = (size_t)(f->split.end - 1 - f->split.offset);
        const char *newline = memchr(f->buffer + f->at + before, '\n', have - before);
        if (newline != NULL) f->limit = f->split.offset + (size_t)(newline - f->buffer) + 1 - f->at;
    }
    if (f->limit == 0 || f->limit - f->split.offset > have) return have;
    *ret_last = true;
    return (size_t)(f->limit - f->split.offset);
}

static struct str file_name(struct str path) {
    size_t slash = path.size_bytes;
    while (slash > 0 && path.at[slash - 1] != '/') slash--;
    return (struct str){path.at + slash, path.size_bytes - slash};
}

static enum status set_extra(struct file_reader *f, const struct scan_extra *x, struct vec *v, uint32_t from, uint32_t to, struct error *e) {
    if (x->partition) {
        arena_reset(f->names);
        return file_partition_set(f->names, f->split.path, f->default_name, x->key, v, from, to, e);
    }
    struct strv view;
    if (str_equal(x->key, STR("file.size"))) {
        file_rows_set(v, from, to, NULL, (int64_t)f->split.size_bytes);
    } else if (str_equal(x->key, STR("file.modification-time"))) {
        file_rows_set(v, from, to, NULL, f->split.modified_us / 1000);
    } else if (str_equal(x->key, STR("file.name")) || str_equal(x->key, STR("file.path"))) {
        struct str s = str_equal(x->key, STR("file.name")) ? file_name(f->split.path) : f->split.path;
        if (!strv_copy(v->heap, s, &view)) return error_no_memory(e, s.size_bytes);
        file_rows_set(v, from, to, &view, 0);
    } else {
        return error_set(e, STATUS_NOT_FOUND, "filesystem has no metadata '%.*s'.", STR_ARG(x->key));
    }
    return STATUS_OK;
}

/* Decodes what is buffered, or reads more. */
static enum status decode(struct file_reader *f, struct batch_buffer *out, bool *ret_finished, struct error *e) {
    bool last;
    size_t size = usable(f, &last);
    *ret_finished = last && size == 0;
    if (*ret_finished) return STATUS_OK;
    uint32_t before = out->batch.row_count;
    size_t used = 0;
    enum status st = size == 0 ? STATUS_OK : scan_layout_decode(f->layout, f->decoder, (struct str){f->buffer + f->at, size}, last, out, &used, e);
    if (st != STATUS_OK) {
        error_wrap(e, "File '%.*s', offset %llu", STR_ARG(f->split.path), (unsigned long long)(f->split.offset + used));
        if (st == STATUS_BAD_RECORD) error_hint(e, "The table option 'error-handling.mode' = 'ignore' skips such records, 'log' keeps them in another table");
        return st;
    }
    consume(f, used);
    for (uint32_t i = 0; i < f->layout->extra_count; i++) {
        const struct scan_extra *x = &f->layout->extras[i];
        TRY(set_extra(f, x, out->batch.columns[x->output], before, out->batch.row_count, e));
    }
    bool idle = used == 0 && out->batch.row_count == before;
    assert(!idle || !last);
    return idle ? fill(f, e) : STATUS_OK;
}

/* A LIMIT above has enough: what is left is not read. */
static void stop_reading(struct file_reader *f) {
    if (f->open) close_file(f);
    f->first = NULL;
    f->last = &f->first;
}

static void count_rows(struct file_reader *f, const struct batch_buffer *out, uint32_t *counted) {
    uint32_t rows = out->batch.row_count - *counted;
    *counted = out->batch.row_count;
    if (f->rows_left != UINT64_MAX) f->rows_left -= rows < f->rows_left ? rows : f->rows_left;
}

static enum status file_read(struct source_reader *base, struct batch_buffer *out, enum read_result *ret, int64_t *ret_wake_ns, struct error *e) {
    struct file_reader *f = (struct file_reader *)base;
    uint32_t counted = out->batch.row_count;
    *ret_wake_ns = -1;
    while (!batch_buffer_full(out)) {
        count_rows(f, out, &counted);
        if (f->rows_left == 0) stop_reading(f);
        if (!f->open) {
            if (f->first == NULL) {
                *ret = out->batch.row_count > 0 ? READ_MORE : READ_END;
                return STATUS_OK;
            }
            TRY(open_next(f, e));
            continue;
        }
        bool finished;
        TRY(decode(f, out, &finished, e));
        if (finished) close_file(f);
    }
    count_rows(f, out, &counted);
    *ret = READ_MORE;
    return STATUS_OK;
}

static enum status give(struct buf *bytes, const struct file_split *s, enum status (*add)(void *context, struct str split), void *context, struct error *e) {
    buf_reset(bytes);
    file_split_write(bytes, s);
    return bytes->failed ? error_no_memory(e, 0) : add(context, buf_view(bytes));
}

static enum status position(struct source_reader *base, enum status (*add)(void *context, struct str split), void *context, struct error *e) {
    struct file_reader *f = (struct file_reader *)base;
    struct buf bytes = BUF_INIT;
    enum status st = STATUS_OK;
    if (f->open) {
        struct file_split s = f->split;
        if (s.offset > s.end) s.offset = s.end;
        s.rows_given = f->decoder->rows_given;
        st = give(&bytes, &s, add, context, e);
    }
    for (struct pending *p = f->first; p != NULL && st == STATUS_OK; p = p->next) st = give(&bytes, &p->split, add, context, e);
    buf_deinit(&bytes);
    return st;
}

static void progress(struct source_reader *base, uint64_t *ret_done, uint64_t *ret_total) {
    struct file_reader *f = (struct file_reader *)base;
    *ret_done = f->done_bytes;
    *ret_total = f->total_bytes;
}

static void file_free(struct source_reader *base) {
    struct file_reader *f = (struct file_reader *)base;
    close_file(f);
    if (f->decoder != NULL) f->decoder->ops->free(f->decoder);
    arena_free(f->names);
    mem_free(f->buffer);
}

static const struct reader_ops ops = {add_split, file_read, position, progress, file_free};

enum status file_reader_new(const struct source_context *c, struct source_reader **ret, struct error *e) {
    struct file_reader *f = ARENA_NEW(c->arena, struct file_reader);
    if (f == NULL) return error_no_memory(e, sizeof *f);
    f->base.ops = &ops;
    f->context = *c;
    f->last = &f->first;
    f->rows_left = c->scan->limit > 0 ? (uint64_t)c->scan->limit : UINT64_MAX;
    f->default_name = options_text(&c->scan->options->own, "partition.default-name");
    TRY(scan_layout_new(c, true, on_bad, f, &f->layout, e));
    f->layout->target.cpu_level = env_variable(c->env, "WEIR_ISA").at;
    TRY(f->layout->format->decoder_new(c->arena, &c->scan->options->format_options, &f->layout->target, &f->decoder, e));
    f->names = arena_new("partition values", 0);
    if (f->names == NULL) {
        f->decoder->ops->free(f->decoder);
        return error_no_memory(e, 0);
    }
    *ret = &f->base;
    return STATUS_OK;
}
