/* SPDX-License-Identifier: Apache-2.0 */
#include "state/snapshot_pool.h"
#include "state/region.h"
void snapshot_pool_free(struct snapshot_pool *p) { (void)p; }
void state_write_page(struct state *s, uint64_t page) {
    __atomic_store_n(&s->view.page_states[page], STATE_PAGE_HOT, __ATOMIC_RELAXED);
}
