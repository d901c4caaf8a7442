package dev.heddle.nm.launch;

import java.util.LinkedHashSet;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Writes text into a Bourne shell's script.
 *
 * <p>YARN pastes values of the environment and commands between double quotes as they are, and stock applications depend
 * on what the shell makes of that: references to variables are replaced, and a backslash before a dollar sign, a double
 * quote, a backquote or a backslash takes away its meaning. The rest of what the shell would do to a value (a bare double
 * quote would end it) serves nobody: here it is text.
 */
final class ShellText {
    private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");
    private static final Pattern REFERENCE = Pattern.compile("\\$(?:([A-Za-z_][A-Za-z0-9_]*)"
            + "|\\{([A-Za-z_][A-Za-z0-9_]*)[^}]*\\}" // with a default or the like, as bash has it
            + "|\\$)"); // the shell's own process number
    private static final String ESCAPABLE = "$\"`\\";

    private ShellText() {}

    /** Whether the shell takes this as the name of a variable. */
    static boolean isVariableName(String name) {
        return NAME.matcher(name).matches();
    }

    /** Text that the shell takes literally. */
    static String literal(String text) {
        return "'" + text.replace("'", "'\\''") + "'";
    }

    /** A double-quoted value in which references to variables are replaced and all else is text. */
    static String value(String text) {
        StringBuilder quoted = new StringBuilder("\"");
        Matcher reference = REFERENCE.matcher(text);
        int at = 0;
        while (at < text.length()) {
            char c = text.charAt(at);
            if (c == '\\') {
                boolean escape = at + 1 < text.length() && ESCAPABLE.indexOf(text.charAt(at + 1)) >= 0;
                quoted.append('\\').append(escape ? text.charAt(at + 1) : '\\');
                at += escape ? 2 : 1;
            } else if (c == '$' && reference.region(at, text.length()).lookingAt()) {
                quoted.append(reference.group().replace("\"", "\\\"").replace("`", "\\`"));
                at = reference.end();
            } else {
                if (ESCAPABLE.indexOf(c) >= 0) {
                    quoted.append('\\');
                }
                quoted.append(c);
                at++;
            }
        }
        return quoted.append('"').toString();
    }

    /**
     * A double-quoted command for another shell. As YARN has it, this shell replaces references and substitutes commands
     * before the other one reads what is left; a bare double quote reaches the other one.
     */
    static String command(String text) {
        StringBuilder quoted = new StringBuilder("\"");
        int at = 0;
        while (at < text.length()) {
            char c = text.charAt(at);
            if (c == '\\' && at + 1 < text.length()) {
                quoted.append(c).append(text.charAt(at + 1));
                at += 2;
            } else if (c == '\\') {
                quoted.append("\\\\");
                at++;
            } else if (c == '`' || text.startsWith("$(", at)) {
                int end = c == '`' ? endOfBackquotes(text, at) : endOfParentheses(text, at);
                quoted.append(text, at, end);
                at = end;
            } else {
                quoted.append(c == '"' ? "\\\"" : String.valueOf(c));
                at++;
            }
        }
        return quoted.append('"').toString();
    }

    private static int endOfBackquotes(String text, int start) {
        int end = text.indexOf('`', start + 1);
        return end < 0 ? text.length() : end + 1;
    }

    private static int endOfParentheses(String text, int start) {
        int depth = 0;
        for (int at = start; at < text.length(); at++) {
            if (text.charAt(at) == '(') {
                depth++;
            } else if (text.charAt(at) == ')' && --depth == 0) {
                return at + 1;
            }
        }
        return text.length();
    }

    /** The names of the variables that a value refers to. */
    static Set<String> references(String text) {
        Set<String> names = new LinkedHashSet<>();
        Matcher reference = REFERENCE.matcher(text);
        while (reference.find()) {
            String name = reference.group(1) != null ? reference.group(1) : reference.group(2);
            if (name != null) {
                names.add(name);
            }
        }
        return names;
    }
}
