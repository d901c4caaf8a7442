package dev.heddle.rm.state;

import dev.heddle.rm.model.ApplicationId;
import dev.heddle.rm.model.ContainerId;
import dev.heddle.rm.model.NodeId;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * The tags of the containers that hold room, and where they are. A container without tags leaves no trace here. Changed by
 * {@link ClusterState} alone.
 */
public final class AllocationTags {
    private final Map<ContainerId, Set<String>> containers = new HashMap<>();
    private final Map<String, TagPlaces> all = new LinkedHashMap<>();
    private final Map<ApplicationId, Map<String, TagPlaces>> ofApplications = new LinkedHashMap<>();

    void add(ContainerId container, Node node, Set<String> tags) {
        if (tags.isEmpty()) {
            return;
        }
        containers.put(container, tags);
        count(container, node.id(), node.rack(), tags);
    }

    void remove(ContainerId container, Node node) {
        Set<String> tags = containers.remove(container);
        if (tags != null) {
            discount(container, node.id(), node.rack(), tags);
        }
    }

    /** The node stands elsewhere from now on, with what runs there. */
    void move(Node node, String rack) {
        if (containers.isEmpty()) {
            return;
        }
        for (ContainerId container : node.containers.keySet()) {
            Set<String> tags = containers.get(container);
            if (tags != null) {
                discount(container, node.id(), node.rack(), tags);
                count(container, node.id(), rack, tags);
            }
        }
    }

    private void count(ContainerId container, NodeId node, String rack, Set<String> tags) {
        Map<String, TagPlaces> own =
                ofApplications.computeIfAbsent(container.attempt().application(), application -> new LinkedHashMap<>());
        for (String tag : tags) {
            all.computeIfAbsent(tag, name -> new TagPlaces()).add(node, rack);
            own.computeIfAbsent(tag, name -> new TagPlaces()).add(node, rack);
        }
    }

    private void discount(ContainerId container, NodeId node, String rack, Set<String> tags) {
        ApplicationId application = container.attempt().application();
        Map<String, TagPlaces> own = ClusterState.known(ofApplications.get(application), application);
        for (String tag : tags) {
            discount(all, tag, node, rack);
            discount(own, tag, node, rack);
        }
        if (own.isEmpty()) {
            ofApplications.remove(application);
        }
    }

    private static void discount(Map<String, TagPlaces> places, String tag, NodeId node, String rack) {
        TagPlaces ofTag = ClusterState.known(places.get(tag), tag);
        ofTag.remove(node, rack);
        if (ofTag.isEmpty()) {
            places.remove(tag);
        }
    }

    /** The tags of a container; empty where it has none, or holds no room. */
    public Set<String> of(ContainerId container) {
        return containers.getOrDefault(container, Set.of());
    }

    /** Every tag that a container has, with its places. */
    public Map<String, TagPlaces> all() {
        return Collections.unmodifiableMap(all);
    }

    /** Every tag that a container of the application has, with its places. */
    public Map<String, TagPlaces> of(ApplicationId application) {
        return Collections.unmodifiableMap(ofApplications.getOrDefault(application, Map.of()));
    }

    /** The applications that have containers with tags. */
    public Collection<ApplicationId> applications() {
        return Collections.unmodifiableSet(ofApplications.keySet());
    }
}
