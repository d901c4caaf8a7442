package dev.heddle.nm;

import dev.heddle.common.UserException;
import dev.heddle.common.config.ResourceTypes;
import dev.heddle.common.config.Setting;
import dev.heddle.common.resources.FurtherKinds;
import dev.heddle.common.resources.Resource;
import dev.heddle.common.resources.ResourceKind;
import dev.heddle.common.resources.ResourceKinds;
import dev.heddle.common.resources.Unit;
import dev.heddle.nm.isolation.IsolationSettings;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.hadoop.conf.Configuration;

/** How much a node offers to containers, by YARN's rules. */
final class NodeCapability {
    private static final int FROM_ELSEWHERE = -1;
    private static final int DEFAULT_MEMORY_MB = 8192;
    private static final int DEFAULT_VCORES = 8;
    private static final int BYTES_PER_MB_SHIFT = 20;
    private static final double PERCENT = 100;
    private static final double SHARE_FOR_CONTAINERS = 0.8;

    private static final Pattern AMOUNT = Pattern.compile("([0-9]{1,18}) ?([a-zA-Z]*)");

    private NodeCapability() {}

    /**
     * What the configuration says, or the machine where the configuration leaves it to the machine.
     *
     * @throws UserException if nothing would be left for containers
     */
    static Resource read(Configuration configuration, Machine machine) {
        boolean detect = NodeManagerSettings.DETECT_HARDWARE.get(configuration);
        int memoryMb = always(configuration, ResourceKind.MEMORY, NodeManagerSettings.MEMORY);
        int vcores = always(configuration, ResourceKind.VCORES, NodeManagerSettings.VCORES);
        if (memoryMb == FROM_ELSEWHERE) {
            memoryMb = detect ? detectedMemoryMb(configuration, machine.memoryMb()) : DEFAULT_MEMORY_MB;
        }
        if (vcores == FROM_ELSEWHERE) {
            vcores = detect ? detectedVcores(configuration, machine) : DEFAULT_VCORES;
        }
        if (memoryMb <= 0 || vcores <= 0) {
            throw new UserException("this node would offer " + memoryMb + " MB and " + vcores
                    + " vcores, which fits no container: raise " + NodeManagerSettings.MEMORY.key() + " or "
                    + NodeManagerSettings.VCORES.key());
        }
        return new Resource(memoryMb, vcores, further(configuration));
    }

    /** Memory and cores may be written as the further kinds are, which wins. */
    private static int always(Configuration configuration, ResourceKind kind, Setting<Integer> setting) {
        String key = NodeManagerSettings.RESOURCE_KINDS + kind.name();
        String text = configuration.getTrimmed(key, "");
        long amount = text.isEmpty() ? 0 : amount(key, text, kind);
        if (amount > Integer.MAX_VALUE) {
            throw new UserException(
                    key + " is '" + text + "', which is more than " + Integer.MAX_VALUE + " " + kind + ": lower it");
        }
        return amount == 0 ? setting.get(configuration) : (int) amount;
    }

    private static int detectedVcores(Configuration configuration, Machine machine) {
        int cores = NodeManagerSettings.LOGICAL_PROCESSORS.get(configuration) ? machine.processors() : machine.cores();
        double forContainers = cores * IsolationSettings.CPU_PERCENT.get(configuration) / PERCENT;
        return (int) Math.max(1, Math.round(forContainers * NodeManagerSettings.VCORES_PER_CORE.get(configuration)));
    }

    /** Of the kinds that are declared, as much of each as its key says; an amount may have a unit. */
    private static FurtherKinds further(Configuration configuration) {
        ResourceKinds kinds = ResourceTypes.read(configuration);
        Map<ResourceKind, Long> amounts = new HashMap<>();
        for (Map.Entry<String, String> entry : configuration) {
            String name = entry.getKey().startsWith(NodeManagerSettings.RESOURCE_KINDS)
                    ? entry.getKey().substring(NodeManagerSettings.RESOURCE_KINDS.length())
                    : "";
            if (!name.isEmpty()
                    && !name.equals(ResourceKind.MEMORY.name())
                    && !name.equals(ResourceKind.VCORES.name())) {
                ResourceKind kind = kinds.find(name);
                if (kind == null) {
                    throw new UserException(entry.getKey() + " is set, but " + ResourceTypes.NAMES
                            + " does not name that kind: add it there, or remove the key");
                }
                amounts.put(kind, amount(entry.getKey(), configuration.getTrimmed(entry.getKey()), kind));
            }
        }
        return FurtherKinds.of(amounts);
    }

    private static long amount(String key, String text, ResourceKind kind) {
        Matcher matcher = AMOUNT.matcher(text);
        Unit own = Unit.of(kind.unit());
        Unit written = !matcher.matches() ? null : matcher.group(2).isEmpty() ? own : Unit.of(matcher.group(2));
        if (written == null || own == null) {
            throw new UserException(key + " is '" + text
                    + "', which is no whole number from 0, with or without a unit (" + Unit.known() + "): correct it");
        }
        return written.convert(Long.parseLong(matcher.group(1)), own);
    }

    private static int detectedMemoryMb(Configuration configuration, long machineMb) {
        int reservedMb = NodeManagerSettings.RESERVED_MEMORY.get(configuration);
        if (reservedMb != FROM_ELSEWHERE) {
            return (int) Math.max(0, machineMb - reservedMb);
        }
        long ownMb = Runtime.getRuntime().maxMemory() >> BYTES_PER_MB_SHIFT;
        // Room for a data node of about this daemon's size beside it.
        return (int) Math.max(0, SHARE_FOR_CONTAINERS * (machineMb - 2 * ownMb));
    }
}
