package dev.heddle.rm.shares;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.hadoop.yarn.api.records.Priority;
import org.apache.hadoop.yarn.api.records.Resource;
import org.apache.hadoop.yarn.api.records.ResourceInformation;
import org.apache.hadoop.yarn.api.records.ResourceRequest;

/**
 * What a master asks for at once.
 *
 * @param size of each container
 * @param hosts that are wanted; their racks are wanted with them
 * @param racks that are wanted
 * @param elsewhere whether another place will do
 * @param label expression, or empty for the queue's default
 */
record Ask(
        int count, Resource size, int priority, Set<String> hosts, Set<String> racks, boolean elsewhere, String label) {
    private static final int PRIORITY = 10;

    /** That many containers anywhere. */
    static Ask of(int count, int memoryMb) {
        return of(count, memoryMb, 1);
    }

    /** As {@link #of(int, int)} with a number of cores. */
    static Ask of(int count, int memoryMb, int vcores) {
        return new Ask(count, Resource.newInstance(memoryMb, vcores), PRIORITY, Set.of(), Set.of(), true, "");
    }

    /** With so much of a further kind of resource in each container, in its unit or another one. */
    Ask with(String kind, long amount, String unit) {
        Resource larger = Resource.newInstance(size);
        larger.setResourceInformation(kind, ResourceInformation.newInstance(kind, unit, amount));
        return new Ask(count, larger, priority, hosts, racks, elsewhere, label);
    }

    /** As {@link #with(String, long, String)} in single pieces. */
    Ask with(String kind, long amount) {
        return with(kind, amount, "");
    }

    /** At a priority of the application's own, of which a smaller one is served first. */
    Ask priority(int value) {
        return new Ask(count, size, value, hosts, racks, elsewhere, label);
    }

    /** Rather on one of these machines. */
    Ask on(Machine... machines) {
        Set<String> wantedHosts = new LinkedHashSet<>();
        Set<String> wantedRacks = new LinkedHashSet<>();
        for (Machine machine : machines) {
            wantedHosts.add(machine.host());
            wantedRacks.add(machine.rack());
        }
        return new Ask(count, size, priority, wantedHosts, wantedRacks, elsewhere, label);
    }

    /** On a host that there is not, and nowhere else: so it waits, whatever room there is. */
    Ask onNoHost() {
        return new Ask(count, size, priority, Set.of("nowhere"), Set.of(), false, label);
    }

    /** Rather in this rack. */
    Ask in(String rack) {
        return new Ask(count, size, priority, hosts, Set.of(rack), elsewhere, label);
    }

    /** Nowhere but where it was wanted: locality is not relaxed. */
    Ask only() {
        return new Ask(count, size, priority, hosts, racks, false, label);
    }

    Ask label(String expression) {
        return new Ask(count, size, priority, hosts, racks, elsewhere, expression);
    }

    /** As the protocol has it: a row for each place and one for anywhere. */
    List<ResourceRequest> rows(long allocationRequestId) {
        List<ResourceRequest> rows = new ArrayList<>();
        hosts.forEach(host -> rows.add(row(host, true)));
        racks.forEach(rack -> rows.add(row(rack, elsewhere || hosts.isEmpty())));
        ResourceRequest any = row(ResourceRequest.ANY, elsewhere);
        if (!label.isEmpty()) {
            any.setNodeLabelExpression(label);
        }
        rows.add(any);
        return rows.stream()
                .peek(row -> row.setAllocationRequestId(allocationRequestId))
                .collect(Collectors.toList());
    }

    private ResourceRequest row(String place, boolean relaxed) {
        return ResourceRequest.newInstance(Priority.newInstance(priority), place, size, count, relaxed);
    }
}
