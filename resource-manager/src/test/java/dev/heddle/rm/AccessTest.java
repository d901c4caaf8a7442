package dev.heddle.rm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.lang.reflect.UndeclaredThrowableException;
import java.security.PrivilegedExceptionAction;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.hadoop.io.Text;
import org.apache.hadoop.ipc.RPC;
import org.apache.hadoop.security.UserGroupInformation;
import org.apache.hadoop.security.token.Token;
import org.apache.hadoop.yarn.api.ApplicationClientProtocol;
import org.apache.hadoop.yarn.api.protocolrecords.CancelDelegationTokenRequest;
import org.apache.hadoop.yarn.api.protocolrecords.RenewDelegationTokenRequest;
import org.apache.hadoop.yarn.api.records.ApplicationAccessType;
import org.apache.hadoop.yarn.api.records.ApplicationAttemptId;
import org.apache.hadoop.yarn.api.records.ApplicationAttemptReport;
import org.apache.hadoop.yarn.api.records.ApplicationId;
import org.apache.hadoop.yarn.api.records.ApplicationReport;
import org.apache.hadoop.yarn.api.records.ApplicationSubmissionContext;
import org.apache.hadoop.yarn.api.records.ContainerLaunchContext;
import org.apache.hadoop.yarn.api.records.Priority;
import org.apache.hadoop.yarn.api.records.QueueUserACLInfo;
import org.apache.hadoop.yarn.api.records.Resource;
import org.apache.hadoop.yarn.api.records.YarnApplicationState;
import org.apache.hadoop.yarn.client.ClientRMProxy;
import org.apache.hadoop.yarn.client.api.YarnClient;
import org.apache.hadoop.yarn.conf.YarnConfiguration;
import org.apache.hadoop.yarn.exceptions.YarnException;
import org.apache.hadoop.yarn.security.client.RMDelegationTokenIdentifier;
import org.apache.hadoop.yarn.util.ConverterUtils;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Who may do what, and the tokens that stand for users, with Hadoop's own client. */
@NullUnmarked
class AccessTest {
    private static RunningResourceManager resourceManager;

    @BeforeAll
    static void start() {
        YarnConfiguration configuration = RunningResourceManager.configuration();
        configuration.setBoolean(YarnConfiguration.YARN_ACL_ENABLE, true);
        configuration.set(YarnConfiguration.YARN_ADMIN_ACL, "admin");
        configuration.set("yarn.scheduler.capacity.root.acl_administer_queue", " ");
        configuration.set("yarn.scheduler.capacity.root.acl_submit_applications", "ann,bob,eve");
        configuration.set("yarn.scheduler.capacity.root.default.acl_administer_queue", "chief");
        resourceManager = RunningResourceManager.start(configuration);
    }

    @AfterAll
    static void stop() {
        resourceManager.close();
    }

    @FunctionalInterface
    private interface Use<T> {
        T with(YarnClient client) throws Exception;
    }

    private static <T> T as(String user, Use<T> use) throws Exception {
        return as(UserGroupInformation.createRemoteUser(user), use);
    }

    private static <T> T as(UserGroupInformation user, Use<T> use) throws Exception {
        try {
            return user.doAs((PrivilegedExceptionAction<T>) () -> {
                YarnClient client = resourceManager.client();
                try {
                    return use.with(client);
                } finally {
                    client.stop();
                }
            });
        } catch (UndeclaredThrowableException e) {
            if (e.getCause() instanceof YarnException refusal) {
                throw refusal;
            }
            throw e;
        }
    }

    private static ApplicationId submit(YarnClient client) throws Exception {
        ApplicationSubmissionContext context = client.createApplication().getApplicationSubmissionContext();
        context.setApplicationName("access test");
        context.setResource(Resource.newInstance(128, 1));
        context.setAMContainerSpec(ContainerLaunchContext.newInstance(
                Map.of(),
                Map.of(),
                List.of("none"),
                null,
                null,
                Map.of(ApplicationAccessType.VIEW_APP, "viewer", ApplicationAccessType.MODIFY_APP, "changer")));
        client.submitApplication(context);
        return context.getApplicationId();
    }

    @Test
    void shouldShowStrangersNothingOfTheApplicationItself() throws Exception {
        ApplicationId id = as("ann", AccessTest::submit);
        for (String reader : List.of("ann", "viewer", "admin", "chief")) {
            assertThat(as(reader, client -> client.getApplicationReport(id)).getDiagnostics())
                    .as("what %s sees", reader)
                    .contains("Waits to begin since ");
            List<ApplicationAttemptReport> attempts = as(reader, client -> client.getApplicationAttempts(id));
            assertThat(attempts).hasSize(1);
        }
        ApplicationReport stripped = as("eve", client -> client.getApplicationReport(id));
        assertThat(stripped.getUser()).isEqualTo("ann");
        assertThat(stripped.getYarnApplicationState()).isEqualTo(YarnApplicationState.ACCEPTED);
        assertThat(stripped.getDiagnostics()).isEqualTo("N/A");
        assertThat(stripped.getTrackingUrl()).isEqualTo("N/A");
        assertThat(stripped.getHost()).isEqualTo("N/A");
        assertThat(stripped.getApplicationResourceUsageReport().getNumUsedContainers())
                .isEqualTo(-1);
        assertThatExceptionOfType(YarnException.class)
                .isThrownBy(() -> as("eve", client -> client.getApplicationAttempts(id)))
                .withMessageContaining("User eve does not have privilege to see this application " + id);
        ApplicationAttemptId attempt = ApplicationAttemptId.newInstance(id, 1);
        assertThatExceptionOfType(YarnException.class)
                .isThrownBy(() -> as("eve", client -> client.getApplicationAttemptReport(attempt)))
                .withMessageContaining("User eve does not have privilege to see this attempt " + attempt);
        List<ApplicationReport> listed =
                as("eve", client -> client.getApplications(Set.of(), EnumSet.allOf(YarnApplicationState.class)));
        assertThat(listed).extracting(ApplicationReport::getApplicationId).contains(id);
    }

    @Test
    void shouldLetOnlyThoseChangeAnApplicationWhoMay() throws Exception {
        ApplicationId id = as("ann", AccessTest::submit);
        String refusal = "User eve cannot perform operation MODIFY_APP on " + id;
        assertRefused(refusal, client -> {
            client.killApplication(id);
            return null;
        });
        assertRefused(refusal, client -> {
            client.failApplicationAttempt(ApplicationAttemptId.newInstance(id, 1));
            return null;
        });
        assertRefused(refusal, client -> client.updateApplicationPriority(id, Priority.newInstance(1)));
        assertRefused(refusal, client -> {
            client.moveApplicationAcrossQueues(id, "default");
            return null;
        });
        assertThatExceptionOfType(YarnException.class)
                .isThrownBy(() -> as("changer", client -> {
                    client.moveApplicationAcrossQueues(id, "default");
                    return null;
                }))
                .withMessageContaining("User changer cannot submit applications to target queue");
        as("changer", client -> {
            client.killApplication(id);
            return null;
        });
        assertThat(as("ann", client -> client.getApplicationReport(id)).getDiagnostics())
                .contains("was killed by user changer");
    }

    private static void assertRefused(String message, Use<?> use) {
        assertThatExceptionOfType(YarnException.class)
                .isThrownBy(() -> as("eve", use))
                .withMessageContaining("org.apache.hadoop.security.AccessControlException: " + message);
    }

    @Test
    void shouldTakeSubmissionsOnlyFromThoseOnTheQueuesList() throws Exception {
        assertThatExceptionOfType(YarnException.class)
                .isThrownBy(() -> as("mallory", AccessTest::submit))
                .withMessageContaining("User mallory does not have permission to submit");
        assertThat(as("chief", AccessTest::submit)).isNotNull();
        List<QueueUserACLInfo> acls = as("mallory", YarnClient::getQueueAclsInfo);
        assertThat(acls).allSatisfy(acl -> assertThat(acl.getUserAcls()).isEmpty());
    }

    @Test
    void shouldLetATokenStandForItsOwner() throws Exception {
        Token<RMDelegationTokenIdentifier> token = as("ann", AccessTest::token);
        UserGroupInformation bearer = UserGroupInformation.createRemoteUser("ann");
        bearer.addToken(token);
        ApplicationId id = as(bearer, AccessTest::submit);
        assertThat(as("ann", client -> client.getApplicationReport(id)).getUser())
                .isEqualTo("ann");
        assertThatExceptionOfType(YarnException.class)
                .isThrownBy(() -> as("eve", client -> renew(token)))
                .withMessageContaining("non-matching renewer bob");
        long expiryMs = as("bob", client -> renew(token));
        assertThat(expiryMs).isPositive();
        as("bob", client -> cancel(token));
        assertThatExceptionOfType(Exception.class)
                .isThrownBy(() -> as(bearer, YarnClient::createApplication))
                .withMessageContaining("can't be found in cache");
    }

    @Test
    void shouldNotTakeAForgedToken() throws Exception {
        Token<RMDelegationTokenIdentifier> token = as("ann", AccessTest::token);
        UserGroupInformation bearer = UserGroupInformation.createRemoteUser("ann");
        bearer.addToken(new Token<>(token.getIdentifier(), new byte[20], token.getKind(), token.getService()));
        assertThatExceptionOfType(Exception.class).isThrownBy(() -> as(bearer, YarnClient::createApplication));
    }

    private static Token<RMDelegationTokenIdentifier> token(YarnClient client) throws Exception {
        return ConverterUtils.convertFromYarn(
                client.getRMDelegationToken(new Text("bob")),
                resourceManager.addresses().client());
    }

    private static Long renew(Token<RMDelegationTokenIdentifier> token) throws Exception {
        return protocol(rm -> rm.renewDelegationToken(RenewDelegationTokenRequest.newInstance(record(token)))
                .getNextExpirationTime());
    }

    private static Object cancel(Token<RMDelegationTokenIdentifier> token) throws Exception {
        return protocol(rm -> rm.cancelDelegationToken(CancelDelegationTokenRequest.newInstance(record(token))));
    }

    private static org.apache.hadoop.yarn.api.records.Token record(Token<RMDelegationTokenIdentifier> token) {
        return org.apache.hadoop.yarn.api.records.Token.newInstance(
                token.getIdentifier(),
                token.getKind().toString(),
                token.getPassword(),
                token.getService().toString());
    }

    @FunctionalInterface
    private interface Call<T> {
        T on(ApplicationClientProtocol protocol) throws Exception;
    }

    private static <T> T protocol(Call<T> call) throws Exception {
        ApplicationClientProtocol protocol =
                ClientRMProxy.createRMProxy(resourceManager.clientConfiguration(), ApplicationClientProtocol.class);
        try {
            return call.on(protocol);
        } finally {
            RPC.stopProxy(protocol);
        }
    }
}
