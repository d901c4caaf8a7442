package dev.heddle.common.config;

import dev.heddle.common.UserException;
import dev.heddle.common.resources.ResourceKind;
import dev.heddle.common.resources.ResourceKinds;
import dev.heddle.common.resources.Unit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.apache.hadoop.conf.Configuration;
import org.jspecify.annotations.Nullable;

/**
 * Reads which kinds of resources there are besides memory and cores, as YARN does from {@code resource-types.xml}: their
 * names in {@link #NAMES}, and of each its unit and the bounds of a container.
 */
public final class ResourceTypes {
    /** Lists the names, parted by commas. */
    public static final String NAMES = "yarn.resource-types";

    /** Begins the keys of each kind. */
    public static final String PREFIX = NAMES + ".";

    /** YARN's, which wins over what {@code yarn-site.xml} says of them. */
    public static final String FILE = "resource-types.xml";

    private static final String UNITS = ".units";
    private static final String TYPE = ".type";
    private static final String COUNTABLE = "COUNTABLE";
    private static final String MINIMUM = ".minimum-allocation";
    private static final String MAXIMUM = ".maximum-allocation";

    /** Read by YARN's other scheduler, or only passed on; allowed here and without effect. */
    private static final List<String> WITHOUT_EFFECT = List.of(".tags", ".increment-allocation");

    private static final String WORD = "[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?";
    private static final Pattern NAME = Pattern.compile("(?:(?:" + WORD + "\\.)*" + WORD + "/)?[A-Za-z][\\w.-]*");

    /** Kinds whose unit is given. */
    private static final Map<String, String> KNOWN_UNITS = Map.of("yarn.io/gpu", "", "yarn.io/fpga", "");

    private final Configuration configuration;
    private final List<String> faults = new ArrayList<>();

    private ResourceTypes(Configuration configuration) {
        this.configuration = configuration;
    }

    /** What may be written, for the reference page: keys, in which NAME stands for a kind, with what they say. */
    public static Map<String, String> described() {
        Map<String, String> described = new LinkedHashMap<>();
        described.put(NAMES, "The kinds besides memory and cores, parted by commas, such as `yarn.io/gpu,disk`.");
        described.put(
                PREFIX + "NAME" + UNITS, "In which unit a kind is counted: one of " + Unit.known() + ", or none.");
        described.put(
                PREFIX + "NAME" + MINIMUM,
                "How much of it a container takes at least, in its unit (0); asks are rounded up to a multiple of it. For"
                        + " `memory-mb` and `vcores` it wins over `yarn.scheduler.minimum-allocation-*`.");
        described.put(
                PREFIX + "NAME" + MAXIMUM,
                "How much of it a container takes at most; no limit where it is not set. For `memory-mb` and `vcores` it"
                        + " wins over `yarn.scheduler.maximum-allocation-*`.");
        return described;
    }

    /**
     * The kinds that are declared.
     *
     * @throws UserException with every fault, one a line, each with its key
     */
    public static ResourceKinds read(Configuration configuration) {
        return new ResourceTypes(configuration).read();
    }

    /** The largest or smallest container in memory or cores as the keys of kinds have it, or null where they do not say. */
    public static @Nullable Long bound(Configuration configuration, ResourceKind kind, boolean maximum) {
        String key = PREFIX + kind.name() + (maximum ? MAXIMUM : MINIMUM);
        String text = configuration.getTrimmed(key);
        Long bound = text == null || text.equals("-1") ? null : number(text);
        if (bound == null && text != null && !text.isEmpty() && !text.equals("-1")) {
            throw new UserException(key + " is '" + text + "', which is no whole number from 0: correct or remove it");
        }
        return bound;
    }

    private ResourceKinds read() {
        Map<String, ResourceKinds.Declared> declared = new HashMap<>();
        for (String name : configuration.getTrimmedStrings(NAMES)) {
            if (name.isEmpty()) {
                continue;
            }
            if (List.of("memory", ResourceKind.MEMORY.name(), ResourceKind.VCORES.name())
                    .contains(name)) {
                faults.add(NAMES + " names " + name + ", which is always there: take it off the list");
            } else if (!NAME.matcher(name).matches()) {
                faults.add(
                        NAMES + " names '" + name + "', which is no name of a kind of resource: begin it with a letter,"
                                + " go on with letters, digits, '.', '_' and '-', and put a domain and a slash before it if you"
                                + " like");
            } else if (declared.putIfAbsent(name, kind(name)) != null) {
                faults.add(NAMES + " names " + name + " twice: leave one out");
            }
        }
        if (!faults.isEmpty()) {
            throw new UserException(String.join("\n", faults));
        }
        return new ResourceKinds(List.copyOf(declared.values()));
    }

    private ResourceKinds.Declared kind(String name) {
        String units = configuration.getTrimmed(PREFIX + name + UNITS, "");
        if (Unit.of(units) == null) {
            faults.add(PREFIX + name + UNITS + " is '" + units
                    + "', which is no unit: leave it out for single pieces, or" + " take one of " + Unit.known());
        } else if (!units.equals(KNOWN_UNITS.getOrDefault(name, units))) {
            faults.add(PREFIX + name + UNITS + " is '" + units + "', but " + name
                    + " is counted in single pieces: leave it out");
        }
        String type = configuration.getTrimmed(PREFIX + name + TYPE, COUNTABLE);
        if (!type.equals(COUNTABLE)) {
            faults.add(PREFIX + name + TYPE + " is '" + type + "', but every kind is " + COUNTABLE + ": leave it out");
        }
        long minimum = amount(name, MINIMUM, 0);
        long maximum = amount(name, MAXIMUM, Long.MAX_VALUE);
        if (minimum > maximum) {
            faults.add(PREFIX + name + MINIMUM + " is " + minimum + ", more than the " + maximum + " of " + PREFIX
                    + name + MAXIMUM + ": lower the one or raise the other");
        }
        return new ResourceKinds.Declared(new ResourceKind(name, units), minimum, maximum);
    }

    private long amount(String name, String suffix, long byDefault) {
        String text = configuration.getTrimmed(PREFIX + name + suffix, "");
        Long amount = text.isEmpty() ? Long.valueOf(byDefault) : number(text);
        if (amount == null) {
            faults.add(PREFIX + name + suffix + " is '" + text
                    + "', which is no whole number from 0 (in the kind's unit, without writing that): correct it");
            return byDefault;
        }
        return amount;
    }

    private static @Nullable Long number(String text) {
        try {
            long number = Long.parseLong(text);
            return number < 0 ? null : number;
        } catch (NumberFormatException e) {
            return null;
        }
    }

    /** One line for each key of a kind that is set and has no effect. */
    public static List<String> ignored(Configuration configuration) {
        TreeSet<String> lines = new TreeSet<>();
        List<String> names = new ArrayList<>(List.of(configuration.getTrimmedStrings(NAMES)));
        names.add(ResourceKind.MEMORY.name());
        names.add(ResourceKind.VCORES.name());
        for (Map.Entry<String, String> entry : configuration) {
            String key = entry.getKey();
            if (key.startsWith(PREFIX)) {
                String why = why(key.substring(PREFIX.length()), names);
                if (!why.isEmpty()) {
                    lines.add(key + " is set and has no effect: " + why);
                }
            }
        }
        return List.copyOf(lines);
    }

    private static String why(String rest, List<String> names) {
        String name = names.stream()
                .filter(candidate -> rest.startsWith(candidate + "."))
                .findFirst()
                .orElse(null);
        if (name == null) {
            return NAMES + " names no such kind";
        }
        String suffix = rest.substring(name.length());
        boolean always = name.equals(ResourceKind.MEMORY.name()) || name.equals(ResourceKind.VCORES.name());
        boolean bound = suffix.equals(MINIMUM) || suffix.equals(MAXIMUM);
        if (bound || (!always && (suffix.equals(UNITS) || suffix.equals(TYPE)))) {
            return "";
        }
        return WITHOUT_EFFECT.contains(suffix) ? "nothing depends on it here" : "it is no key of a kind";
    }
}
