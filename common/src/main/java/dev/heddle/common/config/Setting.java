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
    private final Declaration declaration;
    private final T defaultValue;
    private final Function<String, T> parser;
    private final Predicate<T> valid;

    /** Whether blanks are part of the value, so that a value of nothing else is one. */
    private final boolean verbatim;

    /** What a person is told of a setting. */
    private record Declaration(
            String key, String unit, String range, String description, boolean ofEachResourceManager) {
        Declaration(String key, String unit, String range, String description) {
            this(key, unit, range, description, false);
        }
    }

    private Setting(Declaration declaration, T defaultValue, Function<String, T> parser, Predicate<T> valid) {
        this(declaration, defaultValue, parser, valid, false);
    }

    private Setting(
            Declaration declaration, T defaultValue, Function<String, T> parser, Predicate<T> valid, boolean verbatim) {
        this.declaration = declaration;
        this.defaultValue = defaultValue;
        this.parser = parser;
        this.valid = valid;
        this.verbatim = verbatim;
    }

    /** A whole number between two bounds, both allowed. */
    public static Setting<Integer> integer(
            String key, int defaultValue, int min, int max, String unit, String description) {
        return new Setting<>(
                new Declaration(key, unit, "whole number from " + min + " to " + max, description),
                defaultValue,
                Integer::valueOf,
                value -> value >= min && value <= max);
    }

    /** A whole number of milliseconds, not negative. */
    public static Setting<Long> millis(String key, long defaultValue, String description) {
        return new Setting<>(
                new Declaration(key, "ms", "whole number from 0", description),
                defaultValue,
                Long::valueOf,
                value -> value >= 0);
    }

    public static Setting<Boolean> bool(String key, boolean defaultValue, String description) {
        return new Setting<>(
                new Declaration(key, "", "true or false", description),
                defaultValue,
                Setting::parseBoolean,
                value -> true);
    }

    public static Setting<String> text(String key, String defaultValue, String description) {
        return new Setting<>(
                new Declaration(key, "", "text", description), defaultValue, Function.identity(), value -> true);
    }

    /**
     * Users and groups in Hadoop's notation. A space, or nothing, is a value of its own: it stands for nobody, where any
     * other setting would have its default.
     */
    public static Setting<String> accessList(String key, String defaultValue, String description) {
        String range = "users, parted by commas, then a space, then groups; * for everybody, a space for nobody";
        return new Setting<>(
                new Declaration(key, "", range, description), defaultValue, Function.identity(), value -> true, true);
    }

    /**
     * A value in a notation of its own.
     *
     * @param range what values look like, as it reads after "which is no": {@code memory size such as 512m}
     * @param parser throws {@link IllegalArgumentException} on a text that is no such value
     */
    public static <T> Setting<T> parsed(
            String key, T defaultValue, String unit, String range, String description, Function<String, T> parser) {
        return new Setting<>(new Declaration(key, unit, range, description), defaultValue, parser, value -> true);
    }

    /**
     * The same setting, which may also be given to one resource manager of several: then its key ends with a dot and one of
     * {@code yarn.resourcemanager.ha.rm-ids}.
     */
    public Setting<T> ofEachResourceManager() {
        return new Setting<>(
                new Declaration(key(), unit(), range(), description(), true), defaultValue, parser, valid, verbatim);
    }

    /** Whether there is a key for each resource manager besides this one. */
    public boolean isOfEachResourceManager() {
        return declaration.ofEachResourceManager();
    }

    private static Boolean parseBoolean(String text) {
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "true" -> true;
            case "false" -> false;
            default -> throw new IllegalArgumentException(text);
        };
    }

    public String key() {
        return declaration.key();
    }

    public T defaultValue() {
        return defaultValue;
    }

    public String unit() {
        return declaration.unit();
    }

    public String range() {
        return declaration.range();
    }

    public String description() {
        return declaration.description();
    }

    /**
     * Reads the setting.
     *
     * @throws UserException if the value is not of its type or out of its range; the message names the key, the value and
     *     the range
     */
    public T get(Configuration configuration) {
        String text = verbatim ? configuration.get(key()) : configuration.getTrimmed(key());
        if (text == null || (text.isEmpty() && !verbatim)) {
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
        String message = key() + " is '" + text + "', which is no " + range()
                + (unit().isEmpty() ? "" : " (unit: " + unit() + ")") + "; correct it or remove it (default: "
                + defaultValue
                + ")";
        return cause == null ? new UserException(message) : new UserException(message, cause);
    }

    @Override
    public String toString() {
        return key();
    }
}
