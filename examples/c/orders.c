/* SPDX-License-Identifier: Apache-2.0 */
/*
 * orders: the whole way through libweir in C: data of the program's own becomes a table, a query over it is
 * read as Arrow arrays while it runs, once as a changelog and once as its final table, and a mistake
 * shows where it is. Build and run:
 *
 *   cc orders.c -o orders $(pkg-config --cflags --libs weir) && ./orders
 */
#include <weir.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- the program's data as an Arrow stream of one batch: product utf8, amount int64 -------------------- */

enum { ORDERS = 5 };
static const int32_t product_offsets[ORDERS + 1] = {0, 3, 6, 9, 12, 15};
static const char product_bytes[] = "teacoateacupcoa";
static const int64_t amounts[ORDERS] = {4, 2, 3, 7, 5};

/* Static data: there is nothing to free, but released it must be. */
static void release_schema(struct ArrowSchema *schema) { schema->release = NULL; }
static void release_array(struct ArrowArray *array) { array->release = NULL; }

static int orders_schema(struct ArrowArrayStream *stream, struct ArrowSchema *out) {
    static struct ArrowSchema product = {.format = "u", .name = "product", .release = release_schema};
    static struct ArrowSchema amount = {.format = "l", .name = "amount", .release = release_schema};
    static struct ArrowSchema *columns[] = {&product, &amount};
    (void)stream;
    *out = (struct ArrowSchema){.format = "+s", .name = "", .n_children = 2, .children = columns, .release = release_schema};
    return 0;
}

static int orders_next(struct ArrowArrayStream *stream, struct ArrowArray *out) {
    static const void *product_buffers[] = {NULL, product_offsets, product_bytes}, *amount_buffers[] = {NULL, amounts}, *row_buffers[] = {NULL};
    static struct ArrowArray product = {.length = ORDERS, .n_buffers = 3, .buffers = product_buffers, .release = release_array};
    static struct ArrowArray amount = {.length = ORDERS, .n_buffers = 2, .buffers = amount_buffers, .release = release_array};
    static struct ArrowArray *columns[] = {&product, &amount};
    int *batches = stream->private_data;
    *out = (struct ArrowArray){0}; /* the end of a stream is an array that is released already */
    if ((*batches)-- > 0) *out = (struct ArrowArray){.length = ORDERS, .n_buffers = 1, .buffers = row_buffers, .n_children = 2, .children = columns, .release = release_array};
    return 0;
}

static const char *orders_error(struct ArrowArrayStream *stream) {
    (void)stream;
    return NULL;
}

static void orders_release(struct ArrowArrayStream *stream) { stream->release = NULL; }

/* ---- what to do with answers ------------------------------------------------------------------------------ */

/* The error goes by address: C may read an argument before it makes the call beside it. */
static void check(weir_status status, weir_error **error) {
    if (status == WEIR_OK) return;
    fprintf(stderr, "%s\n", weir_error_text(*error));
    exit(EXIT_FAILURE);
}

static void print_text(const struct ArrowArray *column, int64_t row) {
    const int32_t *offsets = column->buffers[1];
    const char *bytes = column->buffers[2];
    row += column->offset;
    printf("%.*s", (int)(offsets[row + 1] - offsets[row]), bytes + offsets[row]);
}

/* Rows of texts with a BIGINT behind them: `texts` columns of the one, then one of the other. */
static void print_rows(weir_result *result, int64_t texts) {
    weir_error *error = NULL;
    struct ArrowArray rows;
    for (;;) {
        check(weir_result_next(result, &rows, &error), &error);
        if (rows.release == NULL) return;
        for (int64_t row = 0; row < rows.length; row++) {
            for (int64_t c = 0; c < texts; c++) {
                print_text(rows.children[c], row);
                putchar(' ');
            }
            printf("%lld\n", (long long)((const int64_t *)rows.children[texts]->buffers[1])[rows.children[texts]->offset + row]);
        }
        rows.release(&rows);
    }
}

static void run(weir_session *session, const char *sql, int changelog) {
    weir_error *error = NULL;
    weir_result *result = NULL;
    check(weir_execute(session, sql, &result, &error), &error);
    if (changelog) check(weir_result_changelog(result, &error), &error);
    print_rows(result, changelog ? 2 : 1);
    weir_result_free(result);
}

static void add_orders(weir_session *session) {
    static int batches;
    weir_error *error = NULL;
    struct ArrowArrayStream stream = {orders_schema, orders_next, orders_error, orders_release, &batches};
    batches = 1;
    check(weir_execute(session, "DROP TEMPORARY TABLE IF EXISTS orders", NULL, &error), &error);
    check(weir_session_register(session, "orders", &stream, &error), &error);
}

int main(void) {
    static const char totals[] = "SELECT UPPER(product) AS product, SUM(amount) AS amount FROM orders GROUP BY UPPER(product)";
    weir_session *session = NULL;
    weir_error *error = NULL;
    check(weir_session_new(&session, &error), &error);

    printf("as it changes:\n");
    add_orders(session);
    run(session, totals, 1);

    printf("in the end:\n");
    add_orders(session); /* a stream is read once */
    run(session, totals, 0);

    printf("a mistake:\n");
    add_orders(session);
    if (weir_execute(session, "SELECT amount\nFROM orders WHERE prodct = 'tea'", NULL, &error) != WEIR_OK) {
        printf("%s in line %u, column %u: %s %s\n", weir_status_name(weir_error_status(error)), weir_error_line(error), weir_error_column(error),
               weir_error_message(error), weir_error_hint(error));
        weir_error_free(error);
    }
    weir_session_free(session);
    return EXIT_SUCCESS;
}
