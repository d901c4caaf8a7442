package dev.heddle.nm.wire;

import dev.heddle.nm.descriptors.NodeDescriptors;
import java.time.Instant;
import java.util.Objects;
import java.util.Set;
import org.apache.hadoop.util.VersionUtil;
import org.apache.hadoop.yarn.api.records.NodeAttribute;
import org.apache.hadoop.yarn.api.records.NodeLabel;
import org.apache.hadoop.yarn.api.records.Resource;
import org.apache.hadoop.yarn.nodelabels.NodeLabelUtil;
import org.apache.hadoop.yarn.server.api.protocolrecords.NodeHeartbeatRequest;
import org.apache.hadoop.yarn.server.api.protocolrecords.NodeHeartbeatResponse;
import org.apache.hadoop.yarn.server.api.protocolrecords.RegisterNodeManagerRequest;
import org.apache.hadoop.yarn.server.api.protocolrecords.RegisterNodeManagerResponse;
import org.apache.hadoop.yarn.util.YarnVersionInfo;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a node says of itself besides its containers, and what its resource manager makes of it. Belongs to the thread that
 * talks to the resource manager, except for what it says it offers.
 */
public final class SelfDescription {
    private static final Logger log = LoggerFactory.getLogger(SelfDescription.class);

    /** In place of a version: any will do, or one not older than this node manager. */
    private static final String ANY_VERSION = "NONE";

    private static final String OWN_VERSION = "EqualToNM";

    private final Resource machine;
    private final NodeDescriptors descriptors;
    private final String minimumVersion;
    private final RepeatedNews<NodeLabel> label;
    private final RepeatedNews<NodeAttribute> attributes;
    private volatile Resource capability;
    private boolean labelTold;
    private boolean attributesTold;

    /**
     * @param machine what the machine has
     * @param minimumVersion of a resource manager, in YARN's words
     */
    public SelfDescription(
            dev.heddle.common.resources.Resource capability,
            dev.heddle.common.resources.Resource machine,
            NodeDescriptors descriptors,
            String minimumVersion) {
        this.capability = NodeRecords.resource(capability);
        this.machine = NodeRecords.resource(machine);
        this.descriptors = descriptors;
        this.minimumVersion = minimumVersion;
        this.label = new RepeatedNews<>(Set::equals, descriptors.labelResyncMs());
        this.attributes = new RepeatedNews<>(NodeLabelUtil::isNodeAttributesEquals, descriptors.attributesResyncMs());
    }

    /** What the node offers: what it was configured for, until a resource manager says otherwise. Callable by all threads. */
    public Resource capability() {
        return capability;
    }

    void fill(RegisterNodeManagerRequest request, Instant now) {
        unheard();
        request.setResource(capability);
        request.setPhysicalResource(machine);
        Set<NodeLabel> ownLabel = label.due(descriptors.label(), now);
        Set<NodeAttribute> ownAttributes = attributes.due(descriptors.attributes(), now);
        labelTold = ownLabel != null;
        attributesTold = ownAttributes != null;
        if (ownLabel != null) {
            request.setNodeLabels(ownLabel);
        }
        if (ownAttributes != null) {
            request.setNodeAttributes(ownAttributes);
        }
    }

    void fill(NodeHeartbeatRequest request, Instant now) {
        Set<NodeLabel> ownLabel = label.due(descriptors.label(), now);
        Set<NodeAttribute> ownAttributes = attributes.due(descriptors.attributes(), now);
        labelTold = ownLabel != null;
        attributesTold = ownAttributes != null;
        if (ownLabel != null) {
            request.setNodeLabels(ownLabel);
        }
        if (ownAttributes != null) {
            request.setNodeAttributes(ownAttributes);
        }
    }

    /** The call has failed, or the resource manager has forgotten this node. */
    void unheard() {
        label.again();
        attributes.again();
    }

    /** Why this node does not go with the resource manager that has taken it, or null where it does. */
    @Nullable
    String refusal(RegisterNodeManagerResponse response) {
        if (minimumVersion.equals(ANY_VERSION)) {
            return null;
        }
        String minimum = minimumVersion.equals(OWN_VERSION) ? YarnVersionInfo.getVersion() : minimumVersion;
        String version = response.getRMVersion();
        if (version == null || version.isEmpty()) {
            return "The Resource Manager's did not return a version. Valid version cannot be checked.";
        }
        return VersionUtil.compareVersions(version, minimum) < 0
                ? "The Resource Manager's version (" + version + ") is less than the minimum allowed version " + minimum
                : null;
    }

    void taken(RegisterNodeManagerResponse response) {
        heard(
                response.getAreNodeLabelsAcceptedByRM(),
                response.getAreNodeAttributesAcceptedByRM(),
                response.getDiagnosticsMessage());
        update(response.getResource());
    }

    void taken(NodeHeartbeatResponse response) {
        heard(
                response.getAreNodeLabelsAcceptedByRM(),
                response.getAreNodeAttributesAcceptedByRM(),
                response.getDiagnosticsMessage());
        update(response.getResource());
    }

    private void heard(boolean labelAccepted, boolean attributesAccepted, @Nullable String diagnostics) {
        String why = diagnostics == null || diagnostics.isEmpty()
                ? "it does not say why; nodes may tell it labels only if its yarn.node-labels.configuration-type is"
                        + " distributed"
                : diagnostics;
        if (labelTold && !labelAccepted) {
            log.error("the resource manager has not taken the node's label {}: {}", descriptors.label(), why);
        }
        if (attributesTold && !attributesAccepted) {
            log.error("the resource manager has not taken the node's attributes {}: {}", descriptors.attributes(), why);
        }
    }

    private void update(@Nullable Resource wanted) {
        if (wanted != null && !Objects.equals(wanted, capability)) {
            log.info("the resource manager has this node offer {} instead of {}", wanted, capability);
            capability = wanted;
        }
    }
}
