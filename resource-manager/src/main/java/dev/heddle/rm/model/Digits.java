package dev.heddle.rm.model;

/** Numbers with leading zeros. */
final class Digits {
    private Digits() {}

    static String padded(long number, int width) {
        String digits = Long.toString(number);
        return "0".repeat(Math.max(0, width - digits.length())) + digits;
    }
}
