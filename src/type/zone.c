/* SPDX-License-Identifier: Apache-2.0 */
/*
 * zone: time zones by the names that java.time.ZoneId takes: offsets ("+02:00", "-8", "Z"), UTC, GMT
 * and UT with or without an offset, and regions from the system's time zone files.
 *
 * A zone is immutable and may be shared by threads. Offsets come from a binary search over the
 * file's transitions, and behind the last one from the file's rule. Between local and universal time
 * java.time's choice holds: in an overlap the earlier offset, in a gap the time moves forward by the
 * gap's length.
 */
#include "type/zone.h"

#include "env/env.h"

#include <assert.h>

enum { OFFSET_SECONDS_MAX = 18 * 3600, ZONE_FILE_MAX = 1 << 20, ZONE_NAME_MAX = 64, SUGGESTIONS_MAX = 1024 };

#define ZONE_FOLDER "/usr/share/zoneinfo/"

/* The only place that touches files. */
static enum status zone_file_read(struct arena *a, struct str name, struct str *ret)
{
    struct env *env = env_posix_new();
    if (env == NULL) return STATUS_NO_MEMORY;
    struct str path = arena_format(a, ZONE_FOLDER "%.*s", STR_ARG(name));
    struct error ignored = ERROR_INIT;
    enum status s = path.at == NULL ? STATUS_NO_MEMORY : env_read_file(env, a, path, ZONE_FILE_MAX, ret, &ignored);
    env_free(env);
    return s;
}

/* ---- offsets ------------------------------------------------------------------------------ */

static bool two(struct str s, size_t at, int32_t *ret)
{
    if (at + 2 > s.size_bytes) return false;
    char a = s.at[at], b = s.at[at + 1];
    if (a < '0' || a > '9' || b < '0' || b > '9') return false;
    *ret = (a - '0') * 10 + (b - '0');
    return true;
}

/* +h, +hh, +hh:mm, +hhmm, +hh:mm:ss, +hhmmss */
static bool offset_parse(struct str s, int32_t *ret)
{
    int32_t hour, minute = 0, second = 0;
    if (s.size_bytes < 2 || (s.at[0] != '+' && s.at[0] != '-')) return false;
    size_t n = s.size_bytes;
    if (n == 2) {
        if (s.at[1] < '0' || s.at[1] > '9') return false;
        hour = s.at[1] - '0';
    } else if (!two(s, 1, &hour)) {
        return false;
    }
    bool colon = n == 6 || n == 9;
    if (colon && (s.at[3] != ':' || (n == 9 && s.at[6] != ':'))) return false;
    if (n != 2 && n != 3 && n != 5 && n != 6 && n != 7 && n != 9) return false;
    if (n >= 5 && !two(s, colon ? 4 : 3, &minute)) return false;
    if (n >= 7 && !two(s, colon ? 7 : 5, &second)) return false;
    int32_t v = hour * 3600 + minute * 60 + second;
    if (minute > 59 || second > 59 || v > OFFSET_SECONDS_MAX) return false;
    *ret = s.at[0] == '-' ? -v : v;
    return true;
}

static bool offset_print(struct arena *a, struct str prefix, int32_t seconds, struct str *ret)
{
    int32_t m = seconds < 0 ? -seconds : seconds;
    char sign = seconds < 0 ? '-' : '+';
    if (seconds == 0) {
        *ret = prefix.size_bytes > 0 ? arena_str(a, prefix) : STR("Z");
    } else if (m % 60 != 0) {
        *ret = arena_format(a, "%.*s%c%02d:%02d:%02d", STR_ARG(prefix), sign, m / 3600, m / 60 % 60, m % 60);
    } else {
        *ret = arena_format(a, "%.*s%c%02d:%02d", STR_ARG(prefix), sign, m / 3600, m / 60 % 60);
    }
    return ret->at != NULL;
}

/* Z, an offset, or UTC GMT UT with or without one. */
static bool fixed_parse(struct str id, struct str *ret_prefix, int32_t *ret_seconds)
{
    static const struct str prefixes[3] = {{"UTC", 3}, {"GMT", 3}, {"UT", 2}};
    *ret_prefix = (struct str){"", 0};
    *ret_seconds = 0;
    if (str_equal(id, STR("Z"))) return true;
    if (offset_parse(id, ret_seconds)) return true;
    for (int i = 0; i < 3; i++) {
        struct str p = prefixes[i];
        if (id.size_bytes < p.size_bytes || memcmp(id.at, p.at, p.size_bytes) != 0) continue;
        struct str rest = {id.at + p.size_bytes, id.size_bytes - p.size_bytes};
        *ret_prefix = p;
        if (rest.size_bytes == 0 || offset_parse(rest, ret_seconds)) return true;
    }
    return false;
}

/* ---- opening ------------------------------------------------------------------------------ */

static bool name_ok(struct str id)
{
    if (id.size_bytes < 2 || id.size_bytes > ZONE_NAME_MAX || id.at[0] == '/' || id.at[0] == '.') return false;
    for (size_t i = 0; i < id.size_bytes; i++) {
        char c = id.at[i];
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (!letter && c != '/' && c != '_' && c != '-' && c != '+') return false;
    }
    return true;
}

/* "Z NAME ..." and "L TARGET NAME" lines of the compact form of the time zone data. */
static uint32_t names_read(struct str data, struct str *names, uint32_t max)
{
    uint32_t count = 0;
    for (size_t at = 0; at < data.size_bytes && count < max;) {
        size_t end = at;
        while (end < data.size_bytes && data.at[end] != '\n') end++;
        size_t begin = at + 2, word_end;
        if (end > at + 2 && (data.at[at] == 'Z' || data.at[at] == 'L') && data.at[at + 1] == ' ') {
            if (data.at[at] == 'L') {
                while (begin < end && data.at[begin] != ' ') begin++;
                begin++;
            }
            for (word_end = begin; word_end < end && data.at[word_end] != ' ';) word_end++;
            if (word_end > begin) names[count++] = (struct str){data.at + begin, word_end - begin};
        }
        at = end + 1;
    }
    return count;
}

static enum status zone_unknown(struct arena *a, struct str id, struct error *e)
{
    struct str data, nearest = {NULL, 0};
    struct str *names = ARENA_ARRAY(a, struct str, SUGGESTIONS_MAX);
    enum status s = error_set(e, STATUS_INVALID, "Unknown time zone '%.*s'.", STR_ARG(id));
    if (names != NULL && zone_file_read(a, STR("tzdata.zi"), &data) == STATUS_OK) {
        nearest = str_nearest(id, names, names_read(data, names, SUGGESTIONS_MAX));
    }
    if (nearest.size_bytes > 0) {
        error_hint(e, "Did you mean '%.*s'?", STR_ARG(nearest));
    } else {
        error_hint(e, "Use a name such as 'Europe/Berlin', 'UTC' or 'GMT+02:00'.");
    }
    return s;
}

enum status zone_open(struct arena *a, struct str id, const struct zone **ret, struct error *e)
{
    assert(a != NULL && ret != NULL);
    struct zone *z = ARENA_NEW(a, struct zone);
    if (z == NULL) return error_no_memory(e, sizeof *z);
    struct str prefix, bytes;
    if (fixed_parse(id, &prefix, &z->first_offset)) {
        if (!offset_print(a, prefix, z->first_offset, &z->id)) return error_no_memory(e, id.size_bytes);
        *ret = z;
        return STATUS_OK;
    }
    z->id = arena_str(a, id);
    if (z->id.at == NULL) return error_no_memory(e, id.size_bytes);
    if (!name_ok(id)) return zone_unknown(a, id, e);
    enum status s = zone_file_read(a, id, &bytes);
    if (s == STATUS_NO_MEMORY) return error_no_memory(e, ZONE_FILE_MAX);
    if (s != STATUS_OK) return zone_unknown(a, id, e);
    TRY(tzif_parse(a, bytes, z, e));
    *ret = z;
    return STATUS_OK;
}

bool zone_session_ok(struct str id)
{
    struct str prefix;
    int32_t seconds;
    if (!fixed_parse(id, &prefix, &seconds)) return true; /* a region, if there is one of that name */
    if (prefix.size_bytes == id.size_bytes) return str_equal(id, STR("UTC")) || str_equal(id, STR("GMT"));
    return str_equal(prefix, STR("GMT")) && seconds % 60 == 0;
}

struct str zone_id(const struct zone *z) { return z->id; }

/* ---- offsets at a moment ------------------------------------------------------------------ */

int32_t zone_offset_at(const struct zone *z, int64_t utc_seconds)
{
    assert(z != NULL);
    uint32_t n = z->transition_count;
    if (n == 0) return z->has_rule ? zone_rule_offset(&z->rule, utc_seconds) : z->first_offset;
    if (utc_seconds < z->transitions[0]) return z->first_offset;
    if (utc_seconds >= z->transitions[n - 1]) {
        return z->has_rule ? zone_rule_offset(&z->rule, utc_seconds) : z->offsets[n - 1];
    }
    uint32_t low = 0, high = n - 1; /* transitions[low] <= utc_seconds < transitions[high] */
    while (high - low > 1) {
        uint32_t mid = low + (high - low) / 2;
        if (z->transitions[mid] <= utc_seconds) {
            low = mid;
        } else {
            high = mid;
        }
    }
    return z->offsets[low];
}

static int64_t seconds_of(struct ts t) { return t.micros / 1000000 - (t.micros % 1000000 < 0); }

struct ts zone_to_utc(const struct zone *z, struct ts local)
{
    int64_t wall = seconds_of(local);
    int32_t offset = z->first_offset;
    if (z->transition_count > 0 || z->has_rule) {
        int32_t before = zone_offset_at(z, wall - 86400), after = zone_offset_at(z, wall + 86400);
        bool before_fits = zone_offset_at(z, wall - before) == before;
        bool after_fits = zone_offset_at(z, wall - after) == after;
        offset = !before_fits && after_fits ? after : before;
    }
    local.micros -= (int64_t)offset * 1000000;
    return local;
}

struct ts zone_to_local(const struct zone *z, struct ts utc)
{
    utc.micros += (int64_t)zone_offset_at(z, seconds_of(utc)) * 1000000;
    return utc;
}
