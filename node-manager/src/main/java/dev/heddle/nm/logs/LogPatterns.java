package dev.heddle.nm.logs;

import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.apache.hadoop.yarn.api.records.LogAggregationContext;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which files an application wants brought together, by their names: when a container has ended, and while it runs. What
 * is both included and excluded is excluded.
 */
record LogPatterns(
        @Nullable Pattern include,
        @Nullable Pattern exclude,
        @Nullable Pattern rolledInclude,
        @Nullable Pattern rolledExclude) {
    private static final Logger log = LoggerFactory.getLogger(LogPatterns.class);

    static LogPatterns of(@Nullable LogAggregationContext context) {
        return context == null
                ? new LogPatterns(null, null, null, null)
                : new LogPatterns(
                        pattern(context.getIncludePattern()),
                        pattern(context.getExcludePattern()),
                        pattern(context.getRolledLogsIncludePattern()),
                        pattern(context.getRolledLogsExcludePattern()));
    }

    /** One that is no regular expression counts as none, so that too much is kept rather than too little. */
    private static @Nullable Pattern pattern(@Nullable String text) {
        if (text == null || text.isEmpty()) {
            return null;
        }
        try {
            return Pattern.compile(text);
        } catch (PatternSyntaxException e) {
            log.warn(
                    "the application's log pattern '{}' is left out of account, for it is no regular expression: {}",
                    text,
                    e.getDescription());
            return null;
        }
    }

    /** Whether anything is wanted while containers run. */
    boolean anyRolled() {
        return rolledInclude != null;
    }

    /** Whether a file is wanted while its container runs. */
    boolean isRolled(String name) {
        return rolledInclude != null && rolledInclude.matcher(name).find() && !finds(rolledExclude, name);
    }

    /** Whether a file is wanted once its container has ended. */
    boolean isWanted(String name) {
        return (include == null || include.matcher(name).find()) && !finds(exclude, name);
    }

    private static boolean finds(@Nullable Pattern pattern, String name) {
        return pattern != null && pattern.matcher(name).find();
    }
}
