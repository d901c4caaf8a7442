package dev.heddle.rm.security;

import dev.heddle.common.resources.Resource;
import dev.heddle.rm.model.ContainerId;
import dev.heddle.rm.model.NodeId;
import java.time.InstantSource;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.net.NetUtils;
import org.apache.hadoop.security.SecurityUtil;
import org.apache.hadoop.yarn.api.records.Priority;
import org.apache.hadoop.yarn.api.records.Token;
import org.apache.hadoop.yarn.security.ContainerTokenIdentifier;
import org.apache.hadoop.yarn.server.api.ContainerType;
import org.apache.hadoop.yarn.server.security.BaseContainerTokenSecretManager;

/**
 * The tokens that let a node start a container: they name it, its node, its size and its user, and end in time. The nodes
 * get the key when they register. Safe for use by any thread.
 */
public final class ContainerTokens extends BaseContainerTokenSecretManager {
    private final long resourceManagerId;
    private final InstantSource clock;

    /**
     * A new key.
     *
     * @param resourceManagerId told to nodes when they register; they refuse tokens of an earlier RM
     */
    public ContainerTokens(Configuration configuration, long resourceManagerId, InstantSource clock) {
        super(configuration);
        this.resourceManagerId = resourceManagerId;
        this.clock = clock;
        currentMasterKey = createNewMasterKey();
    }

    /** What the token of a container says. */
    public record Subject(
            ContainerId container, NodeId node, Resource resource, int priority, String user, boolean master) {}

    public Token tokenFor(Subject subject) {
        long nowMs = clock.millis();
        NodeId node = subject.node();
        ContainerTokenIdentifier identifier = new ContainerTokenIdentifier(
                HadoopRecords.of(subject.container()),
                node.toString(),
                subject.user(),
                HadoopRecords.of(subject.resource()),
                nowMs + containerTokenExpiryInterval,
                getCurrentKey().getKeyId(),
                resourceManagerId,
                Priority.newInstance(subject.priority()),
                nowMs,
                null,
                "",
                subject.master() ? ContainerType.APPLICATION_MASTER : ContainerType.TASK);
        String service = SecurityUtil.buildTokenService(NetUtils.createSocketAddrForHost(node.host(), node.port()))
                .toString();
        return Token.newInstance(
                identifier.getBytes(), ContainerTokenIdentifier.KIND.toString(), createPassword(identifier), service);
    }
}
