package dev.heddle.rm.security;

import dev.heddle.common.resources.Resource;
import dev.heddle.rm.model.ContainerId;
import dev.heddle.rm.model.NodeId;
import dev.heddle.rm.model.Purpose;
import java.security.SecureRandom;
import java.time.InstantSource;
import org.apache.hadoop.net.NetUtils;
import org.apache.hadoop.security.SecurityUtil;
import org.apache.hadoop.security.token.SecretManager;
import org.apache.hadoop.yarn.api.records.Token;
import org.apache.hadoop.yarn.api.records.impl.pb.ContainerIdPBImpl;
import org.apache.hadoop.yarn.proto.YarnProtos.ContainerTypeProto;
import org.apache.hadoop.yarn.proto.YarnProtos.ExecutionTypeProto;
import org.apache.hadoop.yarn.proto.YarnProtos.PriorityProto;
import org.apache.hadoop.yarn.proto.YarnSecurityTokenProtos.ContainerTokenIdentifierProto;
import org.apache.hadoop.yarn.security.ContainerTokenIdentifier;
import org.apache.hadoop.yarn.server.api.records.MasterKey;
import org.apache.hadoop.yarn.server.security.MasterKeyData;
import org.jspecify.annotations.Nullable;

/**
 * The tokens that let a node start a container, or change it: they name it, its node, its size and its user, and end in
 * time. The nodes get the key when they register, and the next one with their heartbeats some time before it comes into use.
 * Safe for use by any thread.
 */
public final class ContainerTokens extends SecretManager<ContainerTokenIdentifier> {
    private final RollingKeys keys;
    private final long resourceManagerId;
    private final long validMs;
    private final InstantSource clock;

    /**
     * A new key.
     *
     * @param validMs how long a token may be used to start its container
     * @param resourceManagerId told to nodes when they register; they refuse tokens of an earlier RM
     */
    public ContainerTokens(InstantSource clock, RollingKeys.Plan plan, long validMs, long resourceManagerId) {
        this.keys = new RollingKeys(clock, plan, new SecureRandom().nextInt(), this::generateSecret, () -> {});
        this.validMs = validMs;
        this.resourceManagerId = resourceManagerId;
        this.clock = clock;
    }

    /**
     * What the token of a container says.
     *
     * @param version of the container: 0 at first, one more with each change of its size
     * @param purpose of the ask that it met: its node reports it when it registers again
     */
    public record Subject(
            ContainerId container,
            NodeId node,
            Resource resource,
            int version,
            Purpose purpose,
            String user,
            boolean master) {}

    public MasterKey currentKey() {
        return keys.now().current().getMasterKey();
    }

    /** The key that a node needs soon, or null where it is the one that it has, or there is none. */
    public @Nullable MasterKey nextKeyFor(int knownKey) {
        return nextKey(keys.now(), knownKey);
    }

    static @Nullable MasterKey nextKey(RollingKeys.Keys keys, int knownKey) {
        MasterKeyData next = keys.next();
        return next == null || next.getMasterKey().getKeyId() == knownKey ? null : next.getMasterKey();
    }

    public Token tokenFor(Subject subject) {
        long nowMs = clock.millis();
        NodeId node = subject.node();
        MasterKeyData key = keys.now().current();
        byte[] identifier = ContainerTokenIdentifierProto.newBuilder()
                .setContainerId(((ContainerIdPBImpl) HadoopRecords.of(subject.container())).getProto())
                .setVersion(subject.version())
                .setNmHostAddr(node.toString())
                .setAppSubmitter(subject.user())
                .setResource(HadoopRecords.proto(subject.resource()))
                .setExpiryTimeStamp(nowMs + validMs)
                .setMasterKeyId(key.getMasterKey().getKeyId())
                .setRmIdentifier(resourceManagerId)
                .setPriority(PriorityProto.newBuilder()
                        .setPriority(subject.purpose().key().priority()))
                .setCreationTime(nowMs)
                .setNodeLabelExpression("")
                .setContainerType(subject.master() ? ContainerTypeProto.APPLICATION_MASTER : ContainerTypeProto.TASK)
                .setExecutionType(ExecutionTypeProto.GUARANTEED)
                .setAllocationRequestId(subject.purpose().key().allocationRequestId())
                .addAllAllocationTags(subject.purpose().tags())
                .build()
                .toByteArray();
        String service = SecurityUtil.buildTokenService(NetUtils.createSocketAddrForHost(node.host(), node.port()))
                .toString();
        return Token.newInstance(
                identifier,
                ContainerTokenIdentifier.KIND.toString(),
                createPassword(identifier, key.getSecretKey()),
                service);
    }

    @Override
    protected byte[] createPassword(ContainerTokenIdentifier identifier) {
        return createPassword(identifier.getBytes(), keys.now().current().getSecretKey());
    }

    @Override
    public byte[] retrievePassword(ContainerTokenIdentifier identifier) throws InvalidToken {
        MasterKeyData key = keys.now().numbered(identifier.getMasterKeyId());
        if (key == null) {
            throw new InvalidToken("the key of this token for " + identifier.getContainerID() + " was replaced");
        }
        return createPassword(identifier.getBytes(), key.getSecretKey());
    }

    @Override
    public ContainerTokenIdentifier createIdentifier() {
        return new ContainerTokenIdentifier();
    }
}
