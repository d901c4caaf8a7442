package dev.heddle.rm.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.heddle.common.UserException;
import dev.heddle.rm.model.ApplicationId;
import dev.heddle.rm.model.AskKey;
import dev.heddle.rm.model.AttemptId;
import dev.heddle.rm.model.NodeId;
import dev.heddle.rm.model.Purpose;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.hadoop.security.token.SecretManager.InvalidToken;
import org.apache.hadoop.security.token.Token;
import org.apache.hadoop.yarn.security.AMRMTokenIdentifier;
import org.apache.hadoop.yarn.server.api.records.MasterKey;
import org.junit.jupiter.api.Test;

class RollingKeysTest {
    private static final long INTERVAL_MS = 1_000;
    private static final long DELAY_MS = 100;
    private static final RollingKeys.Plan PLAN = new RollingKeys.Plan(INTERVAL_MS, DELAY_MS);
    private static final AttemptId ATTEMPT = new AttemptId(new ApplicationId(1, 1), 1);

    private long nowMs = 50_000;
    private final InstantSource clock = () -> Instant.ofEpochMilli(nowMs);

    @Test
    void shouldGiveMastersTheirNextTokenBeforeTheOldOneIsVoid() throws Exception {
        AmRmTokens tokens = new AmRmTokens(clock, PLAN);
        Token<AMRMTokenIdentifier> first = tokens.tokenFor(ATTEMPT);
        AMRMTokenIdentifier identifier = first.decodeIdentifier();
        assertThat(tokens.successorOf(identifier, ATTEMPT)).isNull();
        nowMs += INTERVAL_MS;
        Token<AMRMTokenIdentifier> second = Objects.requireNonNull(tokens.successorOf(identifier, ATTEMPT));
        assertThat(tokens.retrievePassword(identifier)).isEqualTo(first.getPassword());
        assertThat(tokens.retrievePassword(second.decodeIdentifier())).isEqualTo(second.getPassword());
        assertThat(tokens.successorOf(second.decodeIdentifier(), ATTEMPT))
                .as("it has the new one")
                .isNull();
        assertThat(tokens.tokenFor(ATTEMPT).getPassword())
                .as("who starts now gets the new one at once")
                .isEqualTo(second.getPassword());
        nowMs += DELAY_MS;
        assertThatExceptionOfType(InvalidToken.class)
                .isThrownBy(() -> tokens.retrievePassword(identifier))
                .withMessageContaining("Invalid AMRMToken from appattempt_1_0001_000001");
        assertThat(tokens.retrievePassword(second.decodeIdentifier())).isEqualTo(second.getPassword());
    }

    @Test
    void shouldGiveNodesTheirNextKeyBeforeItIsUsed() {
        AtomicInteger replaced = new AtomicInteger();
        NodeTokens tokens = new NodeTokens(clock, PLAN, replaced::incrementAndGet);
        MasterKey first = tokens.currentKey();
        assertThat(tokens.nextKeyFor(first.getKeyId())).isNull();
        nowMs += INTERVAL_MS;
        MasterKey next = Objects.requireNonNull(tokens.nextKeyFor(first.getKeyId()));
        assertThat(next.getKeyId()).isEqualTo(first.getKeyId() + 1);
        assertThat(tokens.nextKeyFor(next.getKeyId())).as("a node that has it").isNull();
        assertThat(tokens.currentKey()).isEqualTo(first);
        assertThat(replaced).hasValue(0);
        nowMs += DELAY_MS;
        assertThat(tokens.currentKey()).isEqualTo(next);
        assertThat(tokens.nextKeyFor(first.getKeyId())).isNull();
        assertThat(replaced).hasValue(1);
    }

    @Test
    void shouldSignContainersWithTheKeyThatEveryNodeHas() throws Exception {
        ContainerTokens tokens = new ContainerTokens(clock, PLAN, 10, 7);
        ContainerTokens.Subject subject = new ContainerTokens.Subject(
                new dev.heddle.rm.model.ContainerId(ATTEMPT, 1),
                new NodeId("127.0.0.1", 1),
                new dev.heddle.common.resources.Resource(128, 1),
                3,
                new Purpose(new AskKey(4, 5), Set.of("tag")),
                "user",
                false);
        nowMs += INTERVAL_MS;
        var identifier =
                org.apache.hadoop.yarn.server.utils.BuilderUtils.newContainerTokenIdentifier(tokens.tokenFor(subject));
        assertThat(identifier.getMasterKeyId()).isEqualTo(tokens.currentKey().getKeyId());
        assertThat(identifier.getVersion()).isEqualTo(3);
        assertThat(identifier.getExpiryTimeStamp()).isEqualTo(nowMs + 10);
        assertThat(identifier.getRMIdentifier()).isEqualTo(7);
        assertThat(identifier.getPriority().getPriority()).isEqualTo(4);
        assertThat(identifier.getAllocationRequestId()).isEqualTo(5);
        assertThat(identifier.getAllcationTags()).containsExactly("tag");
    }

    @Test
    void shouldTakeOneStepAtATimeHoweverLongNobodyAsked() {
        NodeTokens tokens = new NodeTokens(clock, PLAN, () -> {});
        MasterKey first = tokens.currentKey();
        nowMs += 10 * INTERVAL_MS;
        assertThat(tokens.currentKey()).as("no node can know another yet").isEqualTo(first);
        nowMs += DELAY_MS;
        assertThat(tokens.currentKey().getKeyId()).isEqualTo(first.getKeyId() + 1);
        nowMs += INTERVAL_MS - DELAY_MS;
        assertThat(tokens.nextKeyFor(first.getKeyId() + 1)).isNotNull();
    }

    @Test
    void shouldRefuseAPlanInWhichKeysWouldBeUsedBeforeEverybodyKnowsThem() {
        assertThat(RollingKeys.Plan.of("interval", 3_001, "expiry", 1_000))
                .isEqualTo(new RollingKeys.Plan(3_001, 1_500));
        assertThatExceptionOfType(UserException.class)
                .isThrownBy(() -> RollingKeys.Plan.of("interval", 3_000, "expiry", 1_000))
                .withMessageContainingAll("interval", "3 s", "more than 3 X expiry", "1000 ms");
    }
}
