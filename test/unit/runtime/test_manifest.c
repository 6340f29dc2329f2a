/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Manifests and checkpoint folders: what is written is read back; damage anywhere is found.
 */
#include "unit/unit.h"

#include "runtime/store.h"

#include <string.h>

static struct part *part_make(struct arena *a, enum part_kind kind, struct str uid, uint32_t subtask, struct str bytes) {
    struct part *p = ARENA_NEW(a, struct part);
    *p = (struct part){.kind = kind, .uid = uid, .label = STR("GroupAggregate"), .subtask = subtask, .parallelism = 4, .bytes = bytes, .file = STR("")};
    return p;
}

static struct manifest manifest_make(struct arena *a) {
    struct manifest m = {.epoch = 7, .max_parallelism = 128};
    list_push(&m.parts, a, part_make(a, PART_SPLIT, STR("source"), 1, STR("file:0")));
    list_push(&m.parts, a, part_make(a, PART_STATE, STR("agg"), 2, STR("some state, longer than a word")));
    list_push(&m.parts, a, part_make(a, PART_STATE, STR("agg"), 3, STR("")));
    list_push(&m.parts, a, part_make(a, PART_FINISHED, STR("sink"), 0, STR("")));
    return m;
}

static void what_is_encoded_is_decoded(void **state) {
    (void)state;
    struct arena *a = arena_new("test", 0);
    struct manifest m = manifest_make(a), back;
    struct buf bytes = BUF_INIT;
    manifest_encode(&bytes, &m);
    assert_int_equal(manifest_decode(a, buf_view(&bytes), &back, NULL), STATUS_OK);
    assert_int_equal(back.epoch, 7);
    assert_int_equal(back.parts.count, 4);
    const struct part *p = back.parts.at[1];
    assert_int_equal(p->kind, PART_STATE);
    assert_int_equal(p->subtask, 2);
    assert_true(str_equal(p->uid, STR("agg")) && str_equal(p->bytes, STR("some state, longer than a word")));
    buf_deinit(&bytes);
    arena_free(a);
}

static void every_damaged_byte_and_every_cut_is_found(void **state) {
    (void)state;
    struct arena *a = arena_new("test", 0);
    struct manifest m = manifest_make(a), back;
    struct buf bytes = BUF_INIT;
    manifest_encode(&bytes, &m);
    for (size_t i = 0; i < bytes.size_bytes; i++) {
        bytes.at[i] = (char)(bytes.at[i] ^ 0x20);
        assert_int_equal(manifest_decode(a, buf_view(&bytes), &back, NULL), STATUS_CORRUPT);
        bytes.at[i] = (char)(bytes.at[i] ^ 0x20);
        assert_int_equal(manifest_decode(a, (struct str){bytes.at, i}, &back, NULL), STATUS_CORRUPT);
    }
    buf_deinit(&bytes);
    arena_free(a);
}

struct folder {
    struct env *env;
    struct arena *arena;
    struct str dir;
    uint32_t notes;
};

static void folder_init(struct folder *f) {
    f->env = env_posix_new();
    f->arena = arena_new("test", 0);
    f->dir = arena_format(f->arena, "test_manifest.%llx", (unsigned long long)env_random(f->env));
    f->notes = 0;
}

static void folder_deinit(struct folder *f) {
    assert_int_equal(env_remove_tree(f->env, f->dir, NULL), STATUS_OK);
    arena_free(f->arena);
    env_free(f->env);
}

static void note(void *context, struct str text) {
    assert_true(text.size_bytes > 0);
    ((struct folder *)context)->notes++;
}

static void damage(struct folder *f, const char *name, uint64_t epoch) {
    struct env_file *file = NULL;
    struct str path = arena_format(f->arena, "%.*s/%s", STR_ARG(store_folder(f->arena, f->dir, epoch)), name);
    assert_int_equal(env_open(f->env, path, ENV_WRITE_NEW, &file, NULL), STATUS_OK);
    assert_int_equal(env_write(f->env, file, "other state, longer than a word", 30, NULL), STATUS_OK);
    env_close(f->env, file);
}

static void the_newest_good_checkpoint_is_found_loudly(void **state) {
    (void)state;
    struct folder f;
    folder_init(&f);
    struct manifest m = manifest_make(f.arena);
    for (m.epoch = 9; m.epoch < 13; m.epoch++) {
        uint64_t size = 0;
        assert_int_equal(store_write(f.env, store_folder(f.arena, f.dir, m.epoch), &m, &size, NULL), STATUS_OK);
        assert_true(size > 30);
    }
    damage(&f, "state", 12);
    damage(&f, "manifest", 11);
    assert_int_equal(env_mkdirs(f.env, store_folder(f.arena, f.dir, 13), NULL), STATUS_OK); /* never published */
    struct restore *r = NULL;
    struct error e = ERROR_INIT;
    assert_int_equal(store_newest(f.env, f.dir, note, &f, &r, &e), STATUS_OK);
    assert_int_equal(restore_epoch(r), 10);
    assert_int_equal(f.notes, 2);
    struct buf bytes = BUF_INIT;
    assert_int_equal(restore_bytes(r, restore_parts(r)->at[1], &bytes, &e), STATUS_OK);
    assert_true(str_equal(buf_view(&bytes), STR("some state, longer than a word")));
    buf_deinit(&bytes);
    restore_free(r);
    uint64_t last = 0;
    assert_int_equal(store_last_epoch(f.env, f.dir, &last, &e), STATUS_OK);
    assert_int_equal(last, 13);
    folder_deinit(&f);
}

static void an_empty_folder_holds_no_checkpoint(void **state) {
    (void)state;
    struct folder f;
    folder_init(&f);
    struct restore *r = NULL;
    assert_int_equal(store_newest(f.env, f.dir, NULL, NULL, &r, NULL), STATUS_OK);
    assert_null(r);
    folder_deinit(&f);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_encoded_is_decoded),
        cmocka_unit_test(every_damaged_byte_and_every_cut_is_found),
        cmocka_unit_test(the_newest_good_checkpoint_is_found_loudly),
        cmocka_unit_test(an_empty_folder_holds_no_checkpoint),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
