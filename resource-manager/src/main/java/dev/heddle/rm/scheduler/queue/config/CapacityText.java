package dev.heddle.rm.scheduler.queue.config;

import dev.heddle.common.resources.Resource;
import dev.heddle.common.resources.ResourceKind;
import dev.heddle.common.resources.ResourceKinds;
import dev.heddle.common.resources.Unit;
import dev.heddle.rm.scheduler.queue.Capacity;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The notations of capacities: {@code 40}, {@code 3w} and {@code [memory=10Gi,vcores=12]}. */
final class CapacityText {
    static final double WHOLE = 100;
    private static final double HEAVIEST = 10_000;
    private static final double NO_WEIGHT = -1;
    private static final String WEIGHT = "w";
    private static final String PERCENT = "%";
    private static final Pattern AMOUNTS = Pattern.compile("\\[(.*)]", Pattern.DOTALL);
    private static final Pattern NUMBER = Pattern.compile("([0-9]{1,18}(?:\\.[0-9]{1,18})?) *([A-Za-z%]*)");
    /** More than any cluster has, and little enough to be added up; in MB, or the unit of a further kind. */
    private static final long MOST = 1_000_000_000_000_000L;

    private final Properties properties;
    private final boolean legacy;
    private final ResourceKinds kinds;

    CapacityText(Properties properties, boolean legacy, ResourceKinds kinds) {
        this.properties = properties;
        this.legacy = legacy;
        this.kinds = kinds;
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
            if (written.hasWeight()) {
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
        long shares = parts.stream().filter(CapacityText::isShare).count();
        if (shares == 0) {
            return amount(key, parts);
        }
        if (legacy) {
            properties
                    .findings()
                    .fault(
                            key,
                            "has percentages or weights by kind of resource",
                            "write one for all kinds, or set " + ClusterKey.LEGACY_QUEUE_MODE.key() + " to false");
            return Written.UNREADABLE;
        }
        return byKind(key, parts);
    }

    private static boolean isShare(Part part) {
        return part.unit().equals(WEIGHT) || part.unit().equals(PERCENT);
    }

    /** Of each kind in its own way; there is nothing of kinds that are not named. */
    private Written byKind(String key, List<Part> parts) {
        Map<ResourceKind, Capacity.Part> byKind = new HashMap<>();
        for (Part part : parts) {
            ResourceKind kind = kind(key, part);
            if (kind == null) {
                continue;
            }
            double value = part.value().doubleValue();
            switch (part.unit()) {
                case WEIGHT -> byKind.put(kind, new Capacity.Part(Capacity.Form.WEIGHT, Math.min(value, HEAVIEST)));
                case PERCENT -> byKind.put(kind, new Capacity.Part(Capacity.Form.PERCENT, Math.min(value, WHOLE)));
                default -> {
                    Long amount = amount(key, part, kind);
                    if (amount == null) {
                        return Written.UNREADABLE;
                    }
                    byKind.put(kind, new Capacity.Part(Capacity.Form.AMOUNT, (double) amount));
                }
            }
        }
        return uniform(byKind);
    }

    /** The same share of every kind there is reads as one share. */
    private Written uniform(Map<ResourceKind, Capacity.Part> byKind) {
        Set<Capacity.Part> different = new HashSet<>(byKind.values());
        if (different.size() > 1 || byKind.size() < 2 + kinds.further().size()) {
            return Written.vector(byKind);
        }
        Capacity.Part part = different.iterator().next();
        return part.form() == Capacity.Form.WEIGHT ? Written.weight(part.value()) : Written.percent(part.value());
    }

    private Written amount(String key, List<Part> parts) {
        Resource sum = Resource.NONE;
        for (Part part : parts) {
            ResourceKind kind = kind(key, part);
            Long amount = kind == null ? Long.valueOf(0) : amount(key, part, kind);
            if (amount == null) {
                return Written.UNREADABLE;
            }
            if (ResourceKind.MEMORY.equals(kind)) {
                sum = new Resource(amount, sum.vcores(), sum.further());
            } else if (ResourceKind.VCORES.equals(kind)) {
                sum = new Resource(sum.memoryMb(), amount.intValue(), sum.further());
            } else if (kind != null) {
                sum = sum.and(kind, amount);
            }
        }
        return Written.amount(sum.memoryMb() == 0 ? Resource.NONE : sum);
    }

    /** The kind that is named; null where it is not declared, which is told. */
    private @Nullable ResourceKind kind(String key, Part part) {
        ResourceKind kind =
                switch (part.kind()) {
                    case "memory", "memory-mb" -> ResourceKind.MEMORY;
                    case "vcores" -> ResourceKind.VCORES;
                    default -> kinds.find(part.kind());
                };
        if (kind == null) {
            properties
                    .findings()
                    .warn(
                            key,
                            "names the kind " + part.kind() + ", which is not declared",
                            "it is left out; add it to " + LargestContainer.KINDS + " if it is there");
        }
        return kind;
    }

    /** In the unit of the kind; null where it is none, which is told. */
    private @Nullable Long amount(String key, Part part, ResourceKind kind) {
        Unit own = Unit.of(kind.unit());
        Unit written = part.unit().isEmpty() ? own : Unit.of(part.unit());
        boolean known = own != null && written != null && !(kind.equals(ResourceKind.VCORES) && written != own);
        long most = kind.equals(ResourceKind.VCORES) ? Integer.MAX_VALUE : MOST;
        try {
            long value = known ? whole(part).longValueExact() : -1;
            long amount = known ? Objects.requireNonNull(written).convert(value, Objects.requireNonNull(own)) : -1;
            if (amount >= 0 && amount <= most) {
                return amount;
            }
        } catch (ArithmeticException e) {
            // Told below, like every other one.
        }
        properties.unreadable(
                key,
                part.kind() + "=" + part.value().toPlainString() + part.unit(),
                "amount: memory takes MB or a unit (k, M, G, T, P, Ki, Mi, Gi, Ti, Pi), vcores a whole number"
                        + (kinds.isEmpty() ? "" : ", other kinds their own unit or one of those"));
        return null;
    }

    /** Fractions are cut where they are allowed at all. */
    private BigDecimal whole(Part part) {
        return legacy
                ? part.value().setScale(0, RoundingMode.UNNECESSARY)
                : part.value().setScale(0, RoundingMode.DOWN);
    }
}
