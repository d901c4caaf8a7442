package dev.heddle.rm.scheduler.queue.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Properties in the notations of Hadoop's {@code Configuration}. One that cannot be read is a fault, and reads as its
 * default, so that the next fault can be found.
 */
final class Properties {
    private static final String HEX = "0x";
    private static final int HEX_RADIX = 16;

    private final Map<String, String> values;
    private final Findings findings;

    Properties(Map<String, String> values, Findings findings) {
        this.values = values;
        this.findings = findings;
    }

    Findings findings() {
        return findings;
    }

    Map<String, String> all() {
        return values;
    }

    /** As it stands there, or null. */
    @Nullable
    String raw(String key) {
        return values.get(key);
    }

    /** Without blanks around it; null where it is not set. */
    @Nullable
    String text(String key) {
        String value = values.get(key);
        return value == null ? null : value.strip();
    }

    int integer(String key, int unset) {
        return integer(key, unset, Integer.MIN_VALUE);
    }

    int integer(String key, int unset, int min) {
        String text = text(key);
        if (text == null) {
            return unset;
        }
        try {
            int value = parse(text);
            if (value >= min) {
                return value;
            }
        } catch (NumberFormatException e) {
            // Told below.
        }
        unreadable(key, text, min == Integer.MIN_VALUE ? "whole number" : "whole number from " + min);
        return unset;
    }

    private static int parse(String text) {
        String lower = text.toLowerCase(Locale.ROOT);
        if (lower.startsWith(HEX)) {
            return Integer.parseInt(lower.substring(HEX.length()), HEX_RADIX);
        }
        if (lower.startsWith("-" + HEX)) {
            return Integer.parseInt("-" + lower.substring(HEX.length() + 1), HEX_RADIX);
        }
        return Integer.parseInt(text);
    }

    double number(String key, double unset, double min) {
        String text = text(key);
        return text == null ? unset : number(key, text, unset, min);
    }

    /** A part of a key's value. */
    double number(String key, String text, double unset, double min) {
        try {
            double value = Double.parseDouble(text);
            if (Double.isFinite(value) && value >= min) {
                return value;
            }
        } catch (NumberFormatException e) {
            // Told below.
        }
        unreadable(key, text, min == Double.NEGATIVE_INFINITY ? "number" : "number from " + plain(min));
        return unset;
    }

    /** Anything else than true and false counts as unset, as in Hadoop. */
    boolean bool(String key, boolean unset) {
        String text = text(key);
        if (text == null || text.isEmpty()) {
            return unset;
        }
        if (text.equalsIgnoreCase("true") || text.equalsIgnoreCase("false")) {
            return text.equalsIgnoreCase("true");
        }
        findings.warn(key, "is '" + text + "', which is neither true nor false", "it counts as " + unset);
        return unset;
    }

    /** The parts between commas, without blanks; null where the key is not set. */
    @Nullable
    List<String> list(String key) {
        String value = values.get(key);
        if (value == null) {
            return null;
        }
        List<String> parts = new ArrayList<>();
        for (String part : value.split(",", -1)) {
            if (!part.isEmpty()) {
                parts.add(part.strip());
            }
        }
        return parts;
    }

    void unreadable(String key, String text, String expected) {
        findings.fault(key, "is '" + text + "', which is no " + expected, "correct it or remove it");
    }

    /** A number as people write it. */
    static String plain(double value) {
        return value == Math.rint(value) && Math.abs(value) < Long.MAX_VALUE
                ? Long.toString((long) value)
                : Double.toString(value);
    }
}
