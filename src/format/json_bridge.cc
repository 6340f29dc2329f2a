/* SPDX-License-Identifier: Apache-2.0 */
/*
 * json_bridge: from simdjson's On-Demand parser to a flat tape of tokens. simdjson finds the
 * structure and checks UTF-8; every value is walked and its text checked by the same lexical
 * functions as the predicted path uses, so that nothing passes unread. The tape grows and is kept.
 */
#define SIMDJSON_EXCEPTIONS 0
extern "C" {
#include "base/alloc.h"
}
#include "format/json_token.h"

#include <simdjson.h>

#include <cstring>

using namespace simdjson;

struct json_bridge {
    ondemand::parser parser;
    json_token *tape = nullptr;
    uint32_t count = 0, capacity = 0;
    const char *end = nullptr;

    ~json_bridge() { mem_free(tape); }

    bool push(json_kind kind, const char *at, uint32_t size, bool escaped) {
        if (count == capacity) {
            uint32_t wanted = capacity == 0 ? 256 : capacity * 2;
            void *bigger = mem_realloc(tape, wanted * sizeof(json_token));
            if (bigger == nullptr) return false;
            tape = static_cast<json_token *>(bigger);
            capacity = wanted;
        }
        tape[count] = json_token{at, size, count + 1, static_cast<uint8_t>(kind), escaped};
        count++;
        return true;
    }

    const char *push_string(const char *at) {
        uint32_t size;
        bool escaped;
        if (!json_string_scan(at, end, &size, &escaped)) return "bad escape in a string";
        return push(JSON_STRING, at, size, escaped) ? nullptr : "out of memory";
    }

    const char *walk(ondemand::value v, int depth);
    const char *walk_object(ondemand::object o, int depth);
    const char *walk_array(ondemand::array a, int depth);
    const char *walk_literal(ondemand::value v, json_kind kind, const char *text);
};

static std::string_view trimmed(std::string_view s) {
    while (!s.empty() && (s.back() == ' ' || s.back() == '\t' || s.back() == '\n' || s.back() == '\r')) s.remove_suffix(1);
    return s;
}

const char *json_bridge::walk_literal(ondemand::value v, json_kind kind, const char *text) {
    std::string_view raw = trimmed(v.raw_json_token());
    if (raw != text) return "unrecognized token";
    return push(kind, raw.data(), static_cast<uint32_t>(raw.size()), false) ? nullptr : "out of memory";
}

const char *json_bridge::walk_object(ondemand::object o, int depth) {
    uint32_t self = count;
    if (!push(JSON_OBJECT, nullptr, 0, false)) return "out of memory";
    for (auto field : o) {
        ondemand::raw_json_string key;
        ondemand::value value;
        if (field.key().get(key) || field.value().get(value)) return "malformed object";
        if (const char *wrong = push_string(key.raw())) return wrong;
        if (const char *wrong = walk(value, depth + 1)) return wrong;
    }
    tape[self].next = count;
    return nullptr;
}

const char *json_bridge::walk_array(ondemand::array a, int depth) {
    uint32_t self = count;
    if (!push(JSON_ARRAY, nullptr, 0, false)) return "out of memory";
    for (auto element : a) {
        ondemand::value value;
        if (element.get(value)) return "malformed array";
        if (const char *wrong = walk(value, depth + 1)) return wrong;
    }
    tape[self].next = count;
    return nullptr;
}

const char *json_bridge::walk(ondemand::value v, int depth) {
    if (depth > JSON_DEPTH_MAX) return "nested too deeply";
    ondemand::json_type type;
    if (v.type().get(type)) return "expected a value";
    switch (type) {
    case ondemand::json_type::object: {
        ondemand::object o;
        return v.get_object().get(o) ? "malformed object" : walk_object(o, depth);
    }
    case ondemand::json_type::array: {
        ondemand::array a;
        return v.get_array().get(a) ? "malformed array" : walk_array(a, depth);
    }
    case ondemand::json_type::string: {
        ondemand::raw_json_string s;
        return v.get_raw_json_string().get(s) ? "malformed string" : push_string(s.raw());
    }
    case ondemand::json_type::number: {
        std::string_view raw = trimmed(v.raw_json_token());
        if (json_number_scan(raw.data(), raw.data() + raw.size()) != raw.size() || raw.empty()) return "invalid number";
        return push(JSON_NUMBER, raw.data(), static_cast<uint32_t>(raw.size()), false) ? nullptr : "out of memory";
    }
    case ondemand::json_type::boolean: {
        std::string_view raw = v.raw_json_token();
        bool yes = !raw.empty() && raw[0] == 't';
        return walk_literal(v, yes ? JSON_TRUE : JSON_FALSE, yes ? "true" : "false");
    }
    case ondemand::json_type::null: return walk_literal(v, JSON_NULL, "null");
    }
    return "expected a value";
}

extern "C" json_bridge *json_bridge_new(void) { return new (std::nothrow) json_bridge(); }

extern "C" void json_bridge_free(json_bridge *b) { delete b; }

extern "C" const char *json_bridge_parse(json_bridge *b, const char *at, size_t size, const json_token **ret_tape, uint32_t *ret_count) {
    static_assert(JSON_PADDING >= SIMDJSON_PADDING, "padding");
    ondemand::document doc;
    b->count = 0;
    b->end = at + size;
    error_code code = b->parser.iterate(at, size, size + JSON_PADDING).get(doc);
    if (code == UTF8_ERROR) return "invalid UTF-8";
    if (code == UNCLOSED_STRING) return "unclosed string";
    if (code) return error_message(code);
    ondemand::json_type type;
    if (doc.type().get(type)) return "expected a value";
    const char *wrong;
    if (type == ondemand::json_type::object) {
        ondemand::object o;
        wrong = doc.get_object().get(o) ? "malformed object" : b->walk_object(o, 1);
    } else {
        ondemand::array a;
        wrong = doc.get_array().get(a) ? "malformed array" : b->walk_array(a, 1);
    }
    if (wrong != nullptr) return wrong;
    *ret_tape = b->tape;
    *ret_count = b->count;
    return nullptr;
}
