/* SPDX-License-Identifier: Apache-2.0 */
/*
 * JSON paths: whatever the path and the document, looking it up twice gives the same, and what is found
 * prints as a JSON text that reads and prints the same again.
 * Input: the path, a newline, the document.
 */
#include "func/json_path.h"

#include <assert.h>
#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static enum json_found look_up(struct arena *a, struct str path, struct str document, struct buf *out)
{
    struct error e = ERROR_INIT;
    const struct json_path *p = NULL;
    struct json_node *root = NULL, *node = NULL;
    enum json_found found = JSON_FAILED;
    if (json_path_compile(a, path, &p, &e) == STATUS_OK) {
        assert(json_tree_parse(a, document, &root) == STATUS_OK);
        assert(json_path_find(a, p, root, &found, &node) == STATUS_OK);
        assert((found == JSON_FOUND) == (node != NULL));
        if (node != NULL) json_tree_print(out, node);
    }
    error_clear(&e);
    return found;
}

static void print_again(struct arena *a, const struct buf *text)
{
    struct json_node *node = NULL;
    struct buf again = BUF_INIT;
    /* A sum may be beyond all numbers; it prints as in Flink, and JSON has no text for it. */
    if (memmem(text->at, text->size_bytes, "Infinity", 8) != NULL || memmem(text->at, text->size_bytes, "NaN", 3) != NULL) return;
    assert(json_tree_parse(a, buf_view(text), &node) == STATUS_OK && node != NULL);
    json_tree_print(&again, node);
    assert(str_equal(buf_view(text), buf_view(&again)));
    buf_deinit(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const uint8_t *newline = size == 0 ? NULL : memchr(data, '\n', size);
    if (newline == NULL || size > 4096) return 0;
    struct str path = {(const char *)data, (size_t)(newline - data)};
    struct str document = {(const char *)newline + 1, size - path.size_bytes - 1};
    struct arena *a = arena_new("fuzz", 0);
    struct buf first = BUF_INIT, second = BUF_INIT;
    assert(a != NULL);
    enum json_found found = look_up(a, path, document, &first);
    assert(look_up(a, path, document, &second) == found);
    assert(str_equal(buf_view(&first), buf_view(&second)));
    if (found == JSON_FOUND) print_again(a, &first);
    buf_deinit(&first);
    buf_deinit(&second);
    arena_free(a);
    return 0;
}
