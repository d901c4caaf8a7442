package dev.heddle.rm.scheduler.queue.config;

import dev.heddle.common.resources.Resource;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The notations of capacities: {@code 40}, {@code 3w} and {@code [memory=10Gi,vcores=12]}. */
final class CapacityText {
    static final double WHOLE = 100;
    private static final double HEAVIEST = 10_000;
    private static final double NO_WEIGHT = -1;
    private static final String WEIGHT = "w";
    private static final String PERCENT = "%";
    private static final Pattern AMOUNTS = Pattern.compile("\\[(.*)]", Pattern.DOTALL);
    private static final Pattern NUMBER = Pattern.compile("([0-9]{1,18}(?:\\.[0-9]{1,18})?) *([A-Za-z%]*)");
    private static final BigInteger MEBI = BigInteger.ONE.shiftLeft(20);

    /** More than any cluster has, and little enough to be added up; in MB. */
    private static final long MOST_MEMORY_MB = 1_000_000_000_000_000L;

    /** In bytes. */
    private static final Map<String, BigInteger> UNITS = Map.ofEntries(
            Map.entry("k", BigInteger.TEN.pow(3)),
            Map.entry("M", BigInteger.TEN.pow(6)),
            Map.entry("G", BigInteger.TEN.pow(9)),
            Map.entry("T", BigInteger.TEN.pow(12)),
            Map.entry("P", BigInteger.TEN.pow(15)),
            Map.entry("Ki", BigInteger.ONE.shiftLeft(10)),
            Map.entry("Mi", MEBI),
            Map.entry("Gi", BigInteger.ONE.shiftLeft(30)),
            Map.entry("Ti", BigInteger.ONE.shiftLeft(40)),
            Map.entry("Pi", BigInteger.ONE.shiftLeft(50)));

    private final Properties properties;
    private final boolean legacy;

    CapacityText(Properties properties, boolean legacy) {
        this.properties = properties;
        this.legacy = legacy;
    }

    /** What a queue is promised; nothing where the key is not set. */
    Written guaranteed(String key) {
        String text = properties.text(key);
        if (text == null) {
            return Written.unset(0);
        }
        Matcher amounts = AMOUNTS.matcher(text);
        if (amounts.matches()) {
            return vector(key, amounts.group(1));
        }
        if (text.endsWith(WEIGHT)) {
            return weight(key, text);
        }
        double value = properties.number(key, text, Double.NaN, Double.NEGATIVE_INFINITY);
        if (value < 0 || value > WHOLE) {
            properties.unreadable(key, text, "percentage from 0 to 100");
            return Written.UNREADABLE;
        }
        return Double.isNaN(value) ? Written.UNREADABLE : Written.percent(value);
    }

    private Written weight(String key, String text) {
        double value = properties.number(
                key, text.substring(0, text.length() - 1).strip(), Double.NaN, Double.NEGATIVE_INFINITY);
        if (value > HEAVIEST || (value < 0 && value != NO_WEIGHT)) {
            properties.unreadable(key, text, "weight from 0w to 10000w");
            return Written.UNREADABLE;
        }
        if (Double.isNaN(value)) {
            return Written.UNREADABLE;
        }
        return value == NO_WEIGHT ? Written.unset(0) : Written.weight(value);
    }

    /** What a queue may have; as much as its parent where the key is not set. */
    Written maximum(String key, boolean ofLabel) {
        String text = properties.text(key);
        if (text == null) {
            return Written.unset(WHOLE);
        }
        Matcher amounts = AMOUNTS.matcher(text);
        if (amounts.matches()) {
            Written written = vector(key, amounts.group(1));
            if (written.isWeight()) {
                properties.unreadable(key, text, "percentage or amount");
            }
            return written;
        }
        double value = properties.number(key, text, WHOLE, ofLabel ? 0 : NO_WEIGHT);
        if (value == NO_WEIGHT) {
            return Written.unset(WHOLE);
        }
        if (value < 0 || (value > WHOLE && ofLabel)) {
            properties.unreadable(key, text, "percentage from 0 to 100");
            return Written.unset(WHOLE);
        }
        if (value > WHOLE) {
            properties.findings().warn(key, "is " + text + ", which is more than all", "it counts as 100");
        }
        return Written.percent(Math.min(value, WHOLE));
    }

    /** One kind and its amount, percentage or weight. */
    private record Part(String kind, BigDecimal value, String unit) {}

    private Written vector(String key, String inside) {
        List<Part> parts = new ArrayList<>();
        for (String pair : inside.split(",", -1)) {
            String[] sides = pair.split("=", -1);
            if (pair.isBlank()) {
                continue;
            }
            if (sides.length < 2) {
                properties
                        .findings()
                        .warn(key, "has '" + pair.strip() + "', which is no KIND=AMOUNT", "it is left out");
                continue;
            }
            Matcher number = NUMBER.matcher(sides[1].strip());
            if (!number.matches()) {
                properties.unreadable(key, pair.strip(), "KIND=AMOUNT such as memory=10Gi");
                return Written.UNREADABLE;
            }
            parts.add(new Part(sides[0].strip(), new BigDecimal(number.group(1)), number.group(2)));
        }
        long shares = parts.stream()
                .filter(part -> part.unit().equals(WEIGHT) || part.unit().equals(PERCENT))
                .count();
        return shares == 0 ? amount(key, parts) : uniform(key, parts);
    }

    private Written uniform(String key, List<Part> parts) {
        if (legacy) {
            properties
                    .findings()
                    .fault(
                            key,
                            "has percentages or weights by kind of resource",
                            "write one for all kinds, or set " + ClusterKey.LEGACY_QUEUE_MODE.key() + " to false");
            return Written.UNREADABLE;
        }
        Part first = parts.get(0);
        boolean same = parts.stream()
                .allMatch(
                        part -> part.unit().equals(first.unit()) && part.value().compareTo(first.value()) == 0);
        if (!same) {
            properties
                    .findings()
                    .fault(
                            key,
                            "gives kinds of resource unlike shares, which are not supported",
                            "write one percentage or weight for all kinds, or amounts");
            return Written.UNREADABLE;
        }
        double value = first.value().doubleValue();
        if (first.unit().equals(WEIGHT)) {
            return Written.weight(Math.min(value, HEAVIEST));
        }
        return Written.percent(Math.min(value, WHOLE));
    }

    private Written amount(String key, List<Part> parts) {
        long memoryMb = 0;
        int vcores = 0;
        for (Part part : parts) {
            try {
                switch (part.kind()) {
                    case "memory", "memory-mb" -> memoryMb = megabytes(part);
                    case "vcores" -> vcores = cores(part);
                    default ->
                        properties
                                .findings()
                                .warn(key, "names the kind " + part.kind(), "only memory and vcores count");
                }
            } catch (ArithmeticException | IllegalArgumentException e) {
                properties.unreadable(
                        key,
                        part.kind() + "=" + part.value().toPlainString() + part.unit(),
                        "amount: memory takes MB or a unit (k, M, G, T, P, Ki, Mi, Gi, Ti, Pi), vcores a whole number");
                return Written.UNREADABLE;
            }
        }
        return Written.amount(memoryMb == 0 ? Resource.NONE : new Resource(memoryMb, vcores));
    }

    private long megabytes(Part part) {
        BigDecimal value = whole(part);
        BigInteger unit = part.unit().isEmpty() ? MEBI : UNITS.get(part.unit());
        if (unit == null) {
            throw new IllegalArgumentException(part.unit());
        }
        long memoryMb = value.toBigInteger().multiply(unit).divide(MEBI).longValueExact();
        if (memoryMb > MOST_MEMORY_MB) {
            throw new IllegalArgumentException(part.unit());
        }
        return memoryMb;
    }

    private int cores(Part part) {
        if (!part.unit().isEmpty()) {
            throw new IllegalArgumentException(part.unit());
        }
        return whole(part).intValueExact();
    }

    /** Fractions are cut where they are allowed at all. */
    private BigDecimal whole(Part part) {
        return legacy
                ? part.value().setScale(0, RoundingMode.UNNECESSARY)
                : part.value().setScale(0, RoundingMode.DOWN);
    }
}
