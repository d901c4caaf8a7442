package dev.heddle.common.config;

import dev.heddle.common.UserException;
import java.util.Locale;
import java.util.function.Function;
import java.util.function.Predicate;
import org.apache.hadoop.conf.Configuration;
import org.jspecify.annotations.Nullable;

/**
 * One setting: its key, unit, default, range and documentation, declared once. The reference page is generated from these.
 *
 * @param <T> the type of its value
 */
public final class Setting<T> {
    private final String key;
    private final T defaultValue;
    private final String unit;
    private final String range;
    private final String description;
    private final Function<String, T> parser;
    private final Predicate<T> valid;

    private Setting(
            String key,
            T defaultValue,
            String unit,
            String range,
            String description,
            Function<String, T> parser,
            Predicate<T> valid) {
        this.key = key;
        this.defaultValue = defaultValue;
        this.unit = unit;
        this.range = range;
        this.description = description;
        this.parser = parser;
        this.valid = valid;
    }

    /** A whole number between two bounds, both allowed. */
    public static Setting<Integer> integer(
            String key, int defaultValue, int min, int max, String unit, String description) {
        return new Setting<>(
                key,
                defaultValue,
                unit,
                "whole number from " + min + " to " + max,
                description,
                Integer::valueOf,
                value -> value >= min && value <= max);
    }

    /** A whole number of milliseconds, not negative. */
    public static Setting<Long> millis(String key, long defaultValue, String description) {
        return new Setting<>(
                key, defaultValue, "ms", "whole number from 0", description, Long::valueOf, value -> value >= 0);
    }

    public static Setting<Boolean> bool(String key, boolean defaultValue, String description) {
        return new Setting<>(key, defaultValue, "", "true or false", description, Setting::parseBoolean, value -> true);
    }

    public static Setting<String> text(String key, String defaultValue, String description) {
        return new Setting<>(key, defaultValue, "", "text", description, Function.identity(), value -> true);
    }

    /**
     * A value in a notation of its own.
     *
     * @param range what values look like, as it reads after "which is no": {@code memory size such as 512m}
     * @param parser throws {@link IllegalArgumentException} on a text that is no such value
     */
    public static <T> Setting<T> parsed(
            String key, T defaultValue, String unit, String range, String description, Function<String, T> parser) {
        return new Setting<>(key, defaultValue, unit, range, description, parser, value -> true);
    }

    private static Boolean parseBoolean(String text) {
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "true" -> true;
            case "false" -> false;
            default -> throw new IllegalArgumentException(text);
        };
    }

    public String key() {
        return key;
    }

    public T defaultValue() {
        return defaultValue;
    }

    public String unit() {
        return unit;
    }

    public String range() {
        return range;
    }

    public String description() {
        return description;
    }

    /**
     * Reads the setting.
     *
     * @throws UserException if the value is not of its type or out of its range; the message names the key, the value and
     *     the range
     */
    public T get(Configuration configuration) {
        String text = configuration.getTrimmed(key);
        if (text == null || text.isEmpty()) {
            return defaultValue;
        }
        try {
            T value = parser.apply(text);
            if (valid.test(value)) {
                return value;
            }
        } catch (IllegalArgumentException e) {
            throw unusable(text, e);
        }
        throw unusable(text, null);
    }

    private UserException unusable(String text, @Nullable Throwable cause) {
        String message = key + " is '" + text + "', which is no " + range
                + (unit.isEmpty() ? "" : " (unit: " + unit + ")") + "; correct it or remove it (default: "
                + defaultValue
                + ")";
        return cause == null ? new UserException(message) : new UserException(message, cause);
    }

    @Override
    public String toString() {
        return key;
    }
}
