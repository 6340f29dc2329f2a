/* SPDX-License-Identifier: Apache-2.0 */
/*
 * nexmark_gen: seeded Nexmark events, in the shape of the official generator with its defaults: of each 50
 * events 1 person, 3 auctions and 46 bids, in this order, at a fixed rate of event time, without disorder.
 *
 *   nexmark_gen [-f json|bids] [-r RATE] SEED COUNT > FILE
 *
 * json: one object per event with the records person, auction and bid, of which one is not null; bids: CSV of
 * the bids only. Each event draws from a stream of random numbers of its own, made of the seed and its
 * number, so both forms hold the same bids and a larger COUNT only appends.
 *
 * Half of the bids go to the first of the current hundred auctions, the rest to one of the last hundred or
 * the next ten; three quarters come from the second of the current hundred persons. Prices are log-uniform
 * from 1.00 to 1,000,000.00. `extra` fills a record up to 200 (person), 500 (auction) or 100 (bid) bytes.
 */
#include <inttypes.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    GROUP = 50, GROUP_PERSONS = 1, GROUP_AUCTIONS = 3, HOT = 100,
    AUCTIONS_OPEN = 100, PERSONS_ACTIVE = 1000, AHEAD = 10, ID_FIRST = 1000,
    CHANNELS = 10000, URL_BYTES = 96, PRICES = 1 << 16, LETTERS = 1 << 16, LINE_BYTES = 4096,
    EXIT_USAGE = 2,
};
static const int64_t BASE_MS = 1767225600000; /* 2026-01-01 00:00:00 UTC */

struct gen {
    uint64_t seed, random;
    int64_t rate;
    int64_t day;              /* the day whose text is kept */
    char day_text[16];
    int64_t prices[PRICES];
    char letters[LETTERS];
    char urls[CHANNELS + 4][URL_BYTES]; /* the last four belong to the hot channels */
};

static uint64_t scramble(uint64_t x) {
    x ^= x >> 33;
    x *= 0xff51afd7ed558ccdu;
    x ^= x >> 29;
    x *= 0xc4ceb9fe1a85ec53u;
    return x ^ (x >> 32);
}

/* Uniform in [0, n). */
static uint32_t pick(struct gen *g, int64_t n) {
    g->random = g->random * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)((scramble(g->random) >> 32) * (uint64_t)n >> 32);
}

/* ---- text: each function writes at p and returns the end ------------------------------------------ */

static char *put_bytes(char *p, const char *s, size_t n) {
    memcpy(p, s, n);
    return p + n;
}

static char *put(char *p, const char *s) { return put_bytes(p, s, strlen(s)); }

static char *put_padded(char *p, int64_t v, int digits) {
    for (int i = digits; i > 0; i--) {
        p[i - 1] = (char)('0' + v % 10);
        v /= 10;
    }
    return p + digits;
}

static char *put_number(char *p, int64_t v) {
    int digits = 1;
    for (int64_t rest = v; rest >= 10; rest /= 10) digits++;
    return put_padded(p, v, digits);
}

/* Letters with a blank (or '_') for one in 13, 3 to max - 1 of them. */
static char *put_words(struct gen *g, char *p, int max, char gap) {
    int n = 3 + (int)pick(g, max - 3);
    for (int i = 0; i < n; i++) {
        bool inside = gap != ' ' || (i > 0 && i + 1 < n);
        *p++ = pick(g, 13) == 0 && inside ? gap : (char)('a' + pick(g, 26));
    }
    return p;
}

/* Letters that bring a record of `have` bytes to `want` on average, within a fifth of what was missing. */
static char *put_filler(struct gen *g, char *p, int have, int want) {
    if (have >= want) return p;
    int missing = want - have, spread = missing / 5;
    int n = missing - spread + (int)pick(g, 2 * spread + 1);
    return put_bytes(p, g->letters + pick(g, LETTERS - n), (size_t)n);
}

/* A proleptic Gregorian date from days since 1970-01-01, counted in years that begin in March. */
static void date_text(int64_t days, char *out) {
    int64_t z = days + 719468, era = z / 146097, day = z % 146097;
    int64_t year = (day - day / 1460 + day / 36524 - day / 146096) / 365;
    int64_t in_year = day - (365 * year + year / 4 - year / 100), month = (5 * in_year + 2) / 153;
    char *p = put_padded(out, year + era * 400 + (month >= 10), 4);
    p = put_padded(put(p, "-"), month < 10 ? month + 3 : month - 9, 2);
    p = put_padded(put(p, "-"), in_year - (153 * month + 2) / 5 + 1, 2);
    put_bytes(p, " ", 2);
}

static char *put_time(struct gen *g, char *p, int64_t ms) {
    const int64_t day_ms = 86400000, t = ms % day_ms;
    if (ms / day_ms != g->day) {
        g->day = ms / day_ms;
        date_text(g->day, g->day_text);
    }
    p = put_bytes(p, g->day_text, 11);
    p = put(put_padded(p, t / 3600000, 2), ":");
    p = put(put_padded(p, t / 60000 % 60, 2), ":");
    p = put(put_padded(p, t / 1000 % 60, 2), ".");
    return put_padded(p, t % 1000, 3);
}

static char *put_text_field(char *p, const char *name, const char *text, size_t n) {
    p = put(put(put(p, "\""), name), "\":\"");
    return put(put_bytes(p, text, n), "\",");
}

static char *put_number_field(char *p, const char *name, int64_t v) {
    p = put(put(put(p, "\""), name), "\":");
    return put(put_number(p, v), ",");
}

static char *put_time_field(struct gen *g, char *p, const char *name, int64_t ms) {
    p = put(put(put(p, "\""), name), "\":\"");
    return put(put_time(g, p, ms), "\",");
}

static char *put_extra(struct gen *g, char *p, int have, int want) {
    return put(put_filler(g, put(p, "\"extra\":\""), have, want), "\"}");
}

/* ---- numbers: what exists when event n happens ------------------------------------------------------ */

static int64_t time_of(const struct gen *g, int64_t n) { return BASE_MS + n * 1000 / g->rate; }

static int64_t newest_auction(int64_t n) {
    int64_t before = n / GROUP * GROUP_AUCTIONS, at = n % GROUP - GROUP_PERSONS;
    if (at < 0) return before > 0 ? before - 1 : 0;
    return before + (at < GROUP_AUCTIONS ? at : GROUP_AUCTIONS - 1);
}

static int64_t any_auction(struct gen *g, int64_t n) {
    int64_t newest = newest_auction(n), oldest = newest > AUCTIONS_OPEN ? newest - AUCTIONS_OPEN : 0;
    return oldest + pick(g, newest - oldest + 1 + AHEAD);
}

static int64_t any_person(struct gen *g, int64_t n) {
    int64_t born = n / GROUP + 1, active = born < PERSONS_ACTIVE ? born : PERSONS_ACTIVE;
    return born - active + pick(g, active + AHEAD);
}

/* The hot one of the current hundred: three times of four. */
static int64_t some_person(struct gen *g, int64_t n, int64_t hot) {
    return pick(g, 4) > 0 ? n / GROUP / HOT * HOT + hot : any_person(g, n);
}

static int64_t price(struct gen *g) { return g->prices[pick(g, PRICES)]; }

/* ---- events ------------------------------------------------------------------------------------------- */

static char *put_person(struct gen *g, char *p, int64_t n) {
    static const char *const first[] = {"Peter", "Paul", "Luke", "John", "Saul", "Vicky", "Kate", "Julie", "Sarah", "Deiter", "Walter"};
    static const char *const last[] = {"Shultz", "Abrams", "Spencer", "White", "Bartels", "Walton", "Smith", "Jones", "Noris"};
    static const char *const cities[] = {"Phoenix", "Los Angeles", "San Francisco", "Boise", "Portland",
                                         "Bend", "Redmond", "Seattle", "Kent", "Cheyenne"};
    static const char *const states[] = {"AZ", "CA", "ID", "OR", "WA", "WY"};
    char name[64], mail[64], card[32], *e = name, *m = mail, *c = card;
    e = put(put(put(e, first[pick(g, 11)]), " "), last[pick(g, 9)]);
    m = put(put_words(g, m, 7, '_'), "@");
    m = put(put_words(g, m, 5, '_'), ".com");
    for (int i = 0; i < 4; i++) c = put_padded(i == 0 ? c : put(c, " "), pick(g, 10000), 4);
    const char *city = cities[pick(g, 10)], *state = states[pick(g, 6)];
    char *begin = p = put(p, "{\"event_type\":0,\"person\":{");
    p = put_number_field(p, "id", n / GROUP + ID_FIRST);
    p = put_text_field(p, "name", name, (size_t)(e - name));
    p = put_text_field(p, "emailAddress", mail, (size_t)(m - mail));
    p = put_text_field(p, "creditCard", card, (size_t)(c - card));
    p = put_text_field(p, "city", city, strlen(city));
    p = put_text_field(p, "state", state, strlen(state));
    p = put_time_field(g, p, "dateTime", time_of(g, n));
    p = put_extra(g, p, (int)(p - begin) / 2, 200);
    return put(p, ",\"auction\":null,\"bid\":null}\n");
}

static char *put_auction(struct gen *g, char *p, int64_t n) {
    char item[32], about[128];
    size_t item_bytes = (size_t)(put_words(g, item, 20, ' ') - item);
    size_t about_bytes = (size_t)(put_words(g, about, 100, ' ') - about);
    int64_t first = price(g), now = time_of(g, n);
    int64_t horizon = time_of(g, n + AUCTIONS_OPEN * GROUP / GROUP_AUCTIONS) - now;
    p = put(p, "{\"event_type\":1,\"person\":null,\"auction\":{");
    p = put_number_field(p, "id", newest_auction(n) + ID_FIRST);
    p = put_text_field(p, "itemName", item, item_bytes);
    p = put_text_field(p, "description", about, about_bytes);
    p = put_number_field(p, "initialBid", first);
    p = put_number_field(p, "reserve", first + price(g));
    p = put_time_field(g, p, "dateTime", now);
    p = put_time_field(g, p, "expires", now + 1 + pick(g, horizon > 0 ? 2 * horizon : 1));
    p = put_number_field(p, "seller", some_person(g, n, 0) + ID_FIRST);
    p = put_number_field(p, "category", 10 + pick(g, 5));
    p = put_extra(g, p, (int)(item_bytes + about_bytes) + 48, 500);
    return put(p, ",\"bid\":null}\n");
}

static char *put_bid(struct gen *g, char *p, int64_t n, bool csv) {
    static const char *const hot[] = {"Google", "Facebook", "Baidu", "Apple"};
    char channel[32];
    bool famous = pick(g, 2) == 0;
    uint32_t which = pick(g, famous ? 4 : CHANNELS);
    char *end = famous ? put(channel, hot[which]) : put_number(put(channel, "channel-"), which);
    const char *url = g->urls[famous ? CHANNELS + which : which];
    int64_t auction = pick(g, 2) == 0 ? newest_auction(n) / HOT * HOT : any_auction(g, n);
    int64_t bidder = some_person(g, n, 1), cents = price(g);
    if (csv) {
        p = put(put_number(p, auction + ID_FIRST), ",");
        p = put(put_number(p, bidder + 2 * ID_FIRST), ","); /* a thousand above the persons, as in the original */
        p = put(put_number(p, cents), ",");
        p = put(put_bytes(p, channel, (size_t)(end - channel)), ",");
        p = put(put(p, url), ",");
        p = put(put_time(g, p, time_of(g, n)), ",");
        return put(put_filler(g, p, 32, 100), "\n");
    }
    p = put(p, "{\"event_type\":2,\"person\":null,\"auction\":null,\"bid\":{");
    p = put_number_field(p, "auction", auction + ID_FIRST);
    p = put_number_field(p, "bidder", bidder + 2 * ID_FIRST);
    p = put_number_field(p, "price", cents);
    p = put_text_field(p, "channel", channel, (size_t)(end - channel));
    p = put_text_field(p, "url", url, strlen(url));
    p = put_time_field(g, p, "dateTime", time_of(g, n));
    return put(put_extra(g, p, 32, 100), "}\n");
}

static char *put_event(struct gen *g, char *p, int64_t n, bool csv) {
    int64_t at = n % GROUP;
    g->random = scramble(g->seed ^ ((uint64_t)n * 0x9e3779b97f4a7c15u));
    if (at >= GROUP_PERSONS + GROUP_AUCTIONS) return put_bid(g, p, n, csv);
    if (csv) return p;
    return at < GROUP_PERSONS ? put_person(g, p, n) : put_auction(g, p, n);
}

static void prepare(struct gen *g) {
    g->random = g->seed = scramble(g->seed + 1);
    for (int i = 0; i < PRICES; i++) g->prices[i] = llround(100.0 * pow(10.0, 6.0 * i / PRICES));
    for (int i = 0; i < LETTERS; i++) g->letters[i] = (char)('a' + pick(g, 26));
    for (int i = 0; i < CHANNELS + 4; i++) {
        char *p = put(g->urls[i], "https://www.nexmark.com/");
        for (int part = 0; part < 3; part++) p = put(put_words(g, p, 5, '_'), "/");
        p = put(p, "item.htm?query=1");
        if (i < CHANNELS && pick(g, 10) > 0) p = put_number(put(p, "&channel_id="), pick(g, INT32_MAX));
        *p = '\0';
    }
}

static bool write_events(struct gen *g, int64_t count, bool csv) {
    static char block[1 << 20];
    char *p = block;
    for (int64_t n = 0; n < count; n++) {
        p = put_event(g, p, n, csv);
        bool full = p > block + sizeof block - LINE_BYTES;
        if (!full && n + 1 < count) continue;
        if (fwrite(block, 1, (size_t)(p - block), stdout) != (size_t)(p - block)) return false;
        p = block;
    }
    return fflush(stdout) == 0;
}

int main(int argc, char **argv) {
    static struct gen g = {.rate = 100000, .day = -1};
    bool csv = false;
    for (int o; (o = getopt(argc, argv, "f:r:")) != -1;) {
        if (o == 'f') csv = strcmp(optarg, "bids") == 0;
        if (o == 'r') g.rate = strtoll(optarg, NULL, 10);
        if (o == '?') return EXIT_USAGE;
    }
    if (argc - optind != 2 || g.rate <= 0) {
        fputs("usage: nexmark_gen [-f json|bids] [-r RATE] SEED COUNT > FILE\n", stderr);
        return EXIT_USAGE;
    }
    g.seed = strtoull(argv[optind], NULL, 10);
    prepare(&g);
    return write_events(&g, strtoll(argv[optind + 1], NULL, 10), csv) ? EXIT_SUCCESS : EXIT_FAILURE;
}
