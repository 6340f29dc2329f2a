// SPDX-License-Identifier: Apache-2.0
package weir.recorder;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** Splits SQL text into statements at ';' outside quotes and comments; a statement set stays whole. */
final class Script {
    private static final Pattern SET_OPENS = Pattern.compile("(?is)BEGIN\\s+STATEMENT\\s+SET");
    private static final Pattern SET_OPENS_INLINE = Pattern.compile("(?is)EXECUTE\\s+STATEMENT\\s+SET\\s+BEGIN\\b.*");

    private Script() {}

    static List<String> statements(String text) {
        List<String> out = new ArrayList<>();
        StringBuilder set = null;
        for (String piece : pieces(text)) {
            String bare = bare(piece);
            if (set != null) {
                set.append(piece.trim());
                if (!bare.equalsIgnoreCase("END")) {
                    set.append("; ");
                    continue;
                }
                out.add(set.toString());
                set = null;
            } else if (SET_OPENS.matcher(bare).matches()) {
                set = new StringBuilder("EXECUTE STATEMENT SET BEGIN ");
            } else if (SET_OPENS_INLINE.matcher(bare).matches()) {
                set = new StringBuilder(piece.trim()).append("; ");
            } else if (!bare.isEmpty()) {
                out.add(piece.trim());
            }
        }
        if (set != null) out.add(set.toString());
        return out;
    }

    /** Without comments (good enough to recognise a statement, not to run it). */
    static String bare(String sql) {
        return sql.replaceAll("(?s)/\\*(?!\\+).*?\\*/|--[^\n]*", " ").trim();
    }

    private static List<String> pieces(String s) {
        List<String> out = new ArrayList<>();
        int from = 0;
        int i = 0;
        while (i < s.length()) {
            char c = s.charAt(i);
            if (c == '\'' || c == '`') {
                int end = s.indexOf(c, i + 1);
                i = end < 0 ? s.length() : end + 1;
            } else if (s.startsWith("--", i)) {
                int end = s.indexOf('\n', i);
                i = end < 0 ? s.length() : end;
            } else if (s.startsWith("/*", i)) {
                int end = s.indexOf("*/", i + 2);
                i = end < 0 ? s.length() : end + 2;
            } else {
                if (c == ';') {
                    out.add(s.substring(from, i));
                    from = i + 1;
                }
                i++;
            }
        }
        out.add(s.substring(from));
        return out;
    }
}
