// SPDX-License-Identifier: Apache-2.0
package weir.recorder;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Equality of two recorded results: exact, as a sequence per key, or as the table that is left at the end. */
final class Changes {
    private Changes() {}

    /** Lines that begin with "--" (the schema) must be equal in every mode. */
    static boolean equal(String mode, List<String> a, List<String> b) {
        if (mode.startsWith("exact")) return a.equals(b);
        if (!heads(a).equals(heads(b))) return false;
        if (mode.startsWith("final")) return table(a).equals(table(b));
        if (mode.startsWith("per-key")) return sequences(mode, a).equals(sequences(mode, b));
        throw new IllegalArgumentException("unknown %compare " + mode);
    }

    private static List<String> heads(List<String> lines) {
        List<String> found = new ArrayList<>();
        for (String l : lines) if (l.startsWith("--")) found.add(l);
        return found;
    }

    private static Map<String, Integer> table(List<String> lines) {
        Map<String, Integer> rows = new TreeMap<>();
        for (String l : lines) {
            if (l.startsWith("--") || l.length() < 2) continue;
            int sign = l.startsWith("-") ? -1 : 1;
            rows.merge(l.substring(2), sign, Integer::sum);
        }
        rows.values().removeIf(n -> n == 0);
        return rows;
    }

    private static Map<String, List<String>> sequences(String mode, List<String> lines) {
        String[] columns = mode.substring("per-key".length()).trim().split("\\s*,\\s*");
        Map<String, List<String>> found = new TreeMap<>();
        for (String l : lines) {
            if (l.startsWith("--")) continue;
            List<String> f = fields(l);
            StringBuilder key = new StringBuilder();
            for (String c : columns) {
                int i = Integer.parseInt(c) - 1;
                key.append(i < f.size() ? f.get(i) : "").append('\u0001');
            }
            found.computeIfAbsent(key.toString(), k -> new ArrayList<>()).add(l);
        }
        return found;
    }

    /** The fields of "+I[a, [1, 2]]"; a comma inside brackets belongs to a field. */
    private static List<String> fields(String line) {
        List<String> found = new ArrayList<>();
        int depth = 0;
        int from = 3;
        for (int i = 3; i < line.length(); i++) {
            char c = line.charAt(i);
            if (c == '[' || c == '{') depth++;
            boolean last = i == line.length() - 1;
            if (last || (depth == 0 && line.startsWith(", ", i))) {
                found.add(line.substring(Math.min(from, i), i));
                from = i + 2;
            }
            if (c == ']' || c == '}') depth--;
        }
        return found;
    }
}
