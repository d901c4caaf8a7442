package dev.heddle.app.master;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import dev.heddle.common.rpc.client.LeaderConnection;
import dev.heddle.common.rpc.client.LeaderSearch;
import dev.heddle.common.rpc.transport.RpcThreads;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ScheduledExecutorService;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.security.UserGroupInformation;
import org.apache.hadoop.security.token.Token;
import org.apache.hadoop.yarn.api.ApplicationMasterProtocolPB;
import org.apache.hadoop.yarn.api.records.ApplicationAttemptId;
import org.apache.hadoop.yarn.api.records.ApplicationId;
import org.junit.jupiter.api.Test;

final class MasterIdentityTest {
    private static final ApplicationAttemptId ATTEMPT = attempt(1);

    private static ApplicationAttemptId attempt(int application) {
        return ApplicationAttemptId.newInstance(ApplicationId.newInstance(1, application), 1);
    }

    private static UserGroupInformation user(Token<?>... tokens) {
        UserGroupInformation user = UserGroupInformation.createRemoteUser("ada");
        for (Token<?> token : tokens) {
            user.addToken(token);
        }
        return user;
    }

    @Test
    void shouldShowTheNewestTokenOfItsOwnAttempt() throws Exception {
        UserGroupInformation user = user(
                ScriptedResourceManager.token(ATTEMPT, 3),
                ScriptedResourceManager.token(ATTEMPT, 5),
                ScriptedResourceManager.token(ATTEMPT, 4),
                ScriptedResourceManager.token(attempt(2), 9));
        Configuration configuration = new Configuration(false);
        try (RpcThreads threads = RpcThreads.start(configuration);
                ScriptedResourceManager resourceManager = new ScriptedResourceManager(threads)) {
            ScheduledExecutorService loop = threads.loop();
            LeaderSearch search = new LeaderSearch(
                    threads,
                    configuration,
                    List.of(resourceManager.address()),
                    ApplicationMasterProtocolPB.class,
                    MasterIdentity.of(user, ATTEMPT),
                    new Random(1));
            LeaderConnection leader = new LeaderConnection(
                    search, new LeaderConnection.Patience(Duration.ofMinutes(1), Duration.ofMinutes(1)), loop);
            try (ResourceManagerLink link =
                    new ResourceManagerLink(configuration, leader, "ada", new NodeTokens(), loop)) {
                link.start("here", 1, "", new SilentEvents()).get();

                assertThat(resourceManager.keys.take()).isEqualTo(5);
            }
        }
    }

    private static final class SilentEvents implements ContainerEvents {
        @Override
        public void granted(List<org.apache.hadoop.yarn.api.records.Container> containers) {}

        @Override
        public void completed(List<org.apache.hadoop.yarn.api.records.ContainerStatus> statuses) {}

        @Override
        public void disowned(String reason) {}

        @Override
        public float progress() {
            return 0;
        }
    }

    @Test
    void shouldSayThatThereIsNoToken() {
        assertThatIOException()
                .isThrownBy(() -> MasterIdentity.of(user(ScriptedResourceManager.token(attempt(2), 1)), ATTEMPT))
                .withMessageContaining(ATTEMPT.toString());
    }
}
