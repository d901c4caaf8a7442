package dev.heddle.nm.wire;

import dev.heddle.common.resources.ResourceKind;
import dev.heddle.common.resources.ResourceKinds;
import java.util.List;
import java.util.stream.Stream;
import org.apache.hadoop.yarn.api.protocolrecords.ResourceTypes;
import org.apache.hadoop.yarn.api.records.ResourceTypeInfo;
import org.apache.hadoop.yarn.util.resource.ResourceUtils;

/** The kinds of resources that Hadoop's records know, by which the tokens of containers are read. */
public final class DeclaredKinds {
    private DeclaredKinds() {}

    /**
     * Tells them of these. They know them for the whole process, as they would from a file on its class path; where there
     * are none, what they know is left alone.
     */
    public static void declare(ResourceKinds kinds) {
        if (kinds.isEmpty()) {
            return;
        }
        List<ResourceTypeInfo> types = Stream.concat(
                        Stream.of(ResourceKind.MEMORY, ResourceKind.VCORES), kinds.further().stream())
                .map(kind -> ResourceTypeInfo.newInstance(kind.name(), kind.unit(), ResourceTypes.COUNTABLE))
                .toList();
        ResourceUtils.reinitializeResources(types);
    }
}
