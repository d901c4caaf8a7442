package dev.heddle.common.resources;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Arrays;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The units in which kinds of resources are counted, by YARN's names: powers of 1000 and of 1024. */
public enum Unit {
    PICO("p", 1000, -4),
    NANO("n", 1000, -3),
    MICRO("u", 1000, -2),
    MILLI("m", 1000, -1),
    ONE("", 1000, 0),
    KILO("k", 1000, 1),
    MEGA("M", 1000, 2),
    GIGA("G", 1000, 3),
    TERA("T", 1000, 4),
    PETA("P", 1000, 5),
    KIBI("Ki", 1024, 1),
    MEBI("Mi", 1024, 2),
    GIBI("Gi", 1024, 3),
    TEBI("Ti", 1024, 4),
    PEBI("Pi", 1024, 5);

    private final String symbol;

    /** How much of {@link #ONE} it is. */
    private final BigDecimal size;

    Unit(String symbol, int base, int power) {
        this.symbol = symbol;
        this.size = power < 0
                ? BigDecimal.ONE.divide(BigDecimal.valueOf(base).pow(-power))
                : BigDecimal.valueOf(base).pow(power);
    }

    /** As it is written; empty for single pieces. */
    public String symbol() {
        return symbol;
    }

    /** The unit that is written so, or null. */
    public static @Nullable Unit of(String symbol) {
        for (Unit unit : values()) {
            if (unit.symbol.equals(symbol)) {
                return unit;
            }
        }
        return null;
    }

    /** All that there are, for those who wrote another one. */
    public static String known() {
        return Arrays.stream(values())
                .map(Unit::symbol)
                .filter(symbol -> !symbol.isEmpty())
                .collect(Collectors.joining(", "));
    }

    /** An amount in another unit, rounded towards zero; as much as a long can hold where it is more. */
    public long convert(long amount, Unit to) {
        if (this == to) {
            return amount;
        }
        return clamp(BigDecimal.valueOf(amount).multiply(size).divide(to.size, 0, RoundingMode.DOWN));
    }

    private static long clamp(BigDecimal amount) {
        return amount.max(BigDecimal.valueOf(Long.MIN_VALUE))
                .min(BigDecimal.valueOf(Long.MAX_VALUE))
                .longValueExact();
    }
}
