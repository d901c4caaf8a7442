package dev.heddle.nm.watch;

import java.util.List;
import java.util.regex.Pattern;

/** Puts a command line into words that may be shown: without what may be secret, and bounded. */
final class CommandLine {
    private static final int MAX_CHARACTERS = 200;
    private static final String HIDDEN = "***";
    private static final String CUT = "...";

    private static final String SECRET =
            "(?i)[^=:\\s]*(?:passw|secret|token|credential|apikey|api[-_.]key|access[-_.]?key"
                    + "|private[-_.]?key|auth)[^=:\\s]*";

    /** {@code name=value} or {@code name:value} whose name tells that the value is nobody's business. */
    private static final Pattern ASSIGNMENT = Pattern.compile("(" + SECRET + "[=:])\\S.*", Pattern.DOTALL);

    /** An option whose value is the next word. */
    private static final Pattern OPTION = Pattern.compile("--?" + SECRET);

    /** The same in the middle of a script. */
    private static final Pattern INNER_OPTION = Pattern.compile("(--?" + SECRET + "\\s+)\\S+");

    /** {@code scheme://user:password@host}. */
    private static final Pattern URL_PASSWORD = Pattern.compile("(://[^/@:\\s]*:)[^/@\\s]*@");

    private CommandLine() {}

    static String shown(List<String> words) {
        StringBuilder shown = new StringBuilder();
        boolean hideNext = false;
        for (String whole : words) {
            if (shown.length() > MAX_CHARACTERS) {
                break;
            }
            // Before it is searched, which takes the square of its length.
            String word = whole.length() <= MAX_CHARACTERS ? whole : whole.substring(0, MAX_CHARACTERS + 1);
            String safe = hideNext ? HIDDEN : ASSIGNMENT.matcher(word).replaceAll("$1" + HIDDEN);
            hideNext = OPTION.matcher(word).matches();
            // A word may be a whole script, with line ends and all.
            safe = INNER_OPTION.matcher(safe).replaceAll("$1" + HIDDEN);
            safe = URL_PASSWORD.matcher(safe).replaceAll("$1" + HIDDEN + "@");
            shown.append(safe.replaceAll("\\p{Cntrl}", " ")).append(' ');
        }
        String text = shown.toString().trim();
        return text.length() <= MAX_CHARACTERS ? text : text.substring(0, MAX_CHARACTERS) + CUT;
    }
}
