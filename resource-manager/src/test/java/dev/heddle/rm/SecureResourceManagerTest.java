package dev.heddle.rm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.testbed.Await;
import java.io.IOException;
import java.lang.reflect.UndeclaredThrowableException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.security.PrivilegedAction;
import java.security.PrivilegedExceptionAction;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.hadoop.fs.CommonConfigurationKeys;
import org.apache.hadoop.io.Text;
import org.apache.hadoop.ipc.RPC;
import org.apache.hadoop.security.UserGroupInformation;
import org.apache.hadoop.security.authorize.AuthorizationException;
import org.apache.hadoop.security.token.Token;
import org.apache.hadoop.yarn.api.ApplicationClientProtocol;
import org.apache.hadoop.yarn.api.ApplicationMasterProtocol;
import org.apache.hadoop.yarn.api.protocolrecords.AllocateRequest;
import org.apache.hadoop.yarn.api.protocolrecords.CancelDelegationTokenRequest;
import org.apache.hadoop.yarn.api.protocolrecords.GetApplicationsRequest;
import org.apache.hadoop.yarn.api.protocolrecords.GetApplicationsResponse;
import org.apache.hadoop.yarn.api.protocolrecords.GetDelegationTokenRequest;
import org.apache.hadoop.yarn.api.protocolrecords.GetNewApplicationRequest;
import org.apache.hadoop.yarn.api.protocolrecords.RegisterApplicationMasterRequest;
import org.apache.hadoop.yarn.api.protocolrecords.RegisterApplicationMasterResponse;
import org.apache.hadoop.yarn.api.protocolrecords.RenewDelegationTokenRequest;
import org.apache.hadoop.yarn.api.protocolrecords.SubmitApplicationRequest;
import org.apache.hadoop.yarn.api.records.ApplicationAccessType;
import org.apache.hadoop.yarn.api.records.ApplicationId;
import org.apache.hadoop.yarn.api.records.ApplicationReport;
import org.apache.hadoop.yarn.api.records.ApplicationSubmissionContext;
import org.apache.hadoop.yarn.api.records.ContainerLaunchContext;
import org.apache.hadoop.yarn.api.records.NodeId;
import org.apache.hadoop.yarn.api.records.Resource;
import org.apache.hadoop.yarn.client.api.YarnClient;
import org.apache.hadoop.yarn.conf.YarnConfiguration;
import org.apache.hadoop.yarn.exceptions.YarnException;
import org.apache.hadoop.yarn.ipc.YarnRPC;
import org.apache.hadoop.yarn.security.client.ClientToAMTokenIdentifier;
import org.apache.hadoop.yarn.security.client.ClientToAMTokenSecretManager;
import org.apache.hadoop.yarn.security.client.RMDelegationTokenIdentifier;
import org.apache.hadoop.yarn.server.api.ResourceManagerAdministrationProtocol;
import org.apache.hadoop.yarn.server.api.ResourceTracker;
import org.apache.hadoop.yarn.server.api.protocolrecords.RefreshNodesRequest;
import org.apache.hadoop.yarn.server.api.protocolrecords.RegisterNodeManagerRequest;
import org.apache.hadoop.yarn.server.api.records.NodeAction;
import org.apache.hadoop.yarn.util.ConverterUtils;
import org.apache.hadoop.yarn.util.Records;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Hadoop's own clients before a resource manager that asks for Kerberos and guards its ports. */
@Tag("kerberos")
@NullUnmarked
class SecureResourceManagerTest {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final String SERVER = "rm/localhost";
    private static final String NODE = "nm/localhost";

    private static KerberosRealm realm;
    private static RunningResourceManager resourceManager;

    @BeforeAll
    static void start(@TempDir Path directory) throws Exception {
        realm = KerberosRealm.start(directory, SERVER, NODE, "alice", "bob", "carol", "mallory");
        YarnConfiguration configuration = RunningResourceManager.configuration();
        configuration.set(CommonConfigurationKeys.HADOOP_SECURITY_AUTHENTICATION, "kerberos");
        configuration.setBoolean(CommonConfigurationKeys.HADOOP_SECURITY_AUTHORIZATION, true);
        configuration.set(
                YarnConfiguration.YARN_SECURITY_SERVICE_AUTHORIZATION_APPLICATIONCLIENT_PROTOCOL, "alice,bob,carol,rm");
        configuration.set(YarnConfiguration.RM_PRINCIPAL, realm.principal(SERVER));
        configuration.set(YarnConfiguration.RM_KEYTAB, realm.keytab());
        configuration.set(YarnConfiguration.NM_PRINCIPAL, realm.principal(NODE));
        configuration.setBoolean(YarnConfiguration.YARN_ACL_ENABLE, true);
        configuration.set(YarnConfiguration.YARN_ADMIN_ACL, " ");
        configuration.set("yarn.scheduler.capacity.root.acl_administer_queue", " ");
        resourceManager = RunningResourceManager.start(configuration);
    }

    @AfterAll
    static void stop() {
        resourceManager.close();
        realm.close();
    }

    @FunctionalInterface
    private interface Use<P, T> {
        T with(P client) throws Exception;
    }

    /** Somebody without a ticket, who may have a token. */
    private static UserGroupInformation bearer(String name, Token<?>... tokens) {
        UserGroupInformation user = UserGroupInformation.createRemoteUser(name);
        for (Token<?> token : tokens) {
            user.addToken(token);
        }
        return user;
    }

    private static <T> T as(UserGroupInformation user, Use<YarnClient, T> use) throws Exception {
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
            throw e.getCause() instanceof YarnException refusal ? refusal : e;
        }
    }

    private static <T> T as(String user, Use<YarnClient, T> use) throws Exception {
        return as(realm.login(user), use);
    }

    private static <P, T> T call(Class<P> protocol, InetSocketAddress address, UserGroupInformation user, Use<P, T> use)
            throws Exception {
        YarnConfiguration configuration = resourceManager.clientConfiguration();
        P proxy = user.doAs((PrivilegedAction<P>)
                () -> protocol.cast(YarnRPC.create(configuration).getProxy(protocol, address, configuration)));
        try {
            return use.with(proxy);
        } finally {
            RPC.stopProxy(proxy);
        }
    }

    private static <T> T callAsClient(UserGroupInformation user, Use<ApplicationClientProtocol, T> use)
            throws Exception {
        return call(ApplicationClientProtocol.class, resourceManager.addresses().client(), user, use);
    }

    /** By the protocol's proxy: with Kerberos, YarnClient wants the classes of HDFS for this, whatever is submitted. */
    private static ApplicationId submit(UserGroupInformation user) throws Exception {
        return callAsClient(user, rm -> {
            ApplicationId id =
                    rm.getNewApplication(GetNewApplicationRequest.newInstance()).getApplicationId();
            ApplicationSubmissionContext context = Records.newRecord(ApplicationSubmissionContext.class);
            context.setApplicationId(id);
            context.setApplicationName("secured");
            context.setResource(Resource.newInstance(128, 1));
            context.setUnmanagedAM(true);
            context.setAMContainerSpec(ContainerLaunchContext.newInstance(
                    Map.of(), Map.of(), List.of("none"), null, null, Map.of(ApplicationAccessType.VIEW_APP, "bob")));
            rm.submitApplication(SubmitApplicationRequest.newInstance(context));
            return id;
        });
    }

    /** Without the retries of YarnClient, which goes on for long when it is not let in. */
    private static GetApplicationsResponse list(ApplicationClientProtocol rm) throws Exception {
        return rm.getApplications(GetApplicationsRequest.newInstance());
    }

    private static org.apache.hadoop.yarn.api.records.Token record(Token<?> token) {
        return org.apache.hadoop.yarn.api.records.Token.newInstance(
                token.getIdentifier(),
                token.getKind().toString(),
                token.getPassword(),
                token.getService().toString());
    }

    /** A token for alice that bob may renew. */
    private static Token<RMDelegationTokenIdentifier> token() throws Exception {
        return as(
                "alice",
                client -> ConverterUtils.convertFromYarn(
                        client.getRMDelegationToken(new Text("bob")),
                        resourceManager.addresses().client()));
    }

    private static long renew(UserGroupInformation user, Token<?> token) throws Exception {
        return callAsClient(user, rm -> rm.renewDelegationToken(RenewDelegationTokenRequest.newInstance(record(token)))
                .getNextExpirationTime());
    }

    private static Object cancel(UserGroupInformation user, Token<?> token) throws Exception {
        return callAsClient(
                user, rm -> rm.cancelDelegationToken(CancelDelegationTokenRequest.newInstance(record(token))));
    }

    @Test
    void shouldServeWhoHasATicket() throws Exception {
        ApplicationId id = submit(realm.login("alice"));
        List<ApplicationReport> listed = as("alice", YarnClient::getApplications);
        assertThat(listed)
                .filteredOn(report -> report.getApplicationId().equals(id))
                .singleElement()
                .satisfies(report -> {
                    assertThat(report.getUser()).isEqualTo("alice");
                    assertThat(report.getName()).isEqualTo("secured");
                });
    }

    @Test
    void shouldRefuseWhoHasNone() {
        assertThatThrownBy(() -> callAsClient(bearer("alice"), SecureResourceManagerTest::list))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("Client cannot authenticate via:[TOKEN, KERBEROS]");
    }

    @Test
    void shouldLetInWhomThePolicyNamesAlone() {
        assertThatThrownBy(() -> callAsClient(realm.login("mallory"), SecureResourceManagerTest::list))
                .isInstanceOf(AuthorizationException.class)
                .hasMessageContaining("User " + realm.principal("mallory") + " (auth:KERBEROS) is not authorized for"
                        + " protocol interface org.apache.hadoop.yarn.api.ApplicationClientProtocolPB");
    }

    @Test
    void shouldServeTheBearerOfAToken() throws Exception {
        UserGroupInformation bearer = bearer("alice", token());
        ApplicationId id = submit(bearer);
        assertThat(as(bearer, client -> client.getApplicationReport(id)).getUser())
                .isEqualTo("alice");
        assertThat(as("bob", client -> client.getApplicationReport(id)).getUser())
                .isEqualTo("alice");
    }

    @Test
    void shouldTakeNoTokenForAProofOfWhoSomebodyIs() throws Exception {
        Token<RMDelegationTokenIdentifier> token = token();
        UserGroupInformation bearer = bearer("alice", token);
        assertThatThrownBy(() ->
                        callAsClient(bearer, rm -> rm.getDelegationToken(GetDelegationTokenRequest.newInstance("bob"))))
                .isInstanceOf(YarnException.class)
                .hasMessageContaining("Delegation Token can be issued only with kerberos authentication");
        assertThatThrownBy(() -> renew(bearer, token))
                .isInstanceOf(YarnException.class)
                .hasMessageContaining("Delegation Token can be renewed only with kerberos authentication");
        assertThatThrownBy(() -> cancel(bearer, token))
                .isInstanceOf(YarnException.class)
                .hasMessageContaining("Delegation Token can be cancelled only with kerberos authentication");
    }

    @Test
    void shouldLetTheRenewerAndItselfRenewAToken() throws Exception {
        Token<RMDelegationTokenIdentifier> token = token();
        assertThat(token.decodeIdentifier().getUser().getUserName()).isEqualTo(realm.principal("alice"));
        assertThat(renew(realm.login("bob"), token)).isGreaterThan(System.currentTimeMillis());
        assertThat(renew(UserGroupInformation.getLoginUser(), token)).isGreaterThan(System.currentTimeMillis());
        for (String other : List.of("alice", "carol")) {
            assertThatThrownBy(() -> renew(realm.login(other), token))
                    .isInstanceOf(YarnException.class)
                    .hasMessageContainingAll(
                            "AccessControlException", other + " tries to renew a token", "non-matching renewer bob");
        }
    }

    @Test
    void shouldLetOwnerAndRenewerCancelAToken() throws Exception {
        for (String canceller : List.of("alice", "bob")) {
            Token<RMDelegationTokenIdentifier> token = token();
            assertThatThrownBy(() -> cancel(realm.login("carol"), token))
                    .isInstanceOf(YarnException.class)
                    .hasMessageContaining(realm.principal("carol") + " is not authorized to cancel the token");
            cancel(realm.login(canceller), token);
            assertThatThrownBy(() -> callAsClient(bearer("alice", token), SecureResourceManagerTest::list))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("can't be found in cache");
            assertThatThrownBy(() -> cancel(realm.login(canceller), token)).hasMessageContaining("Token not found");
            assertThatThrownBy(() -> renew(realm.login("bob"), token))
                    .hasMessageContaining("Renewal request for unknown token");
        }
    }

    @Test
    void shouldKnowAMasterByItsTokenAlone() throws Exception {
        ApplicationId id = submit(realm.login("alice"));
        Await.until("the master's token", LIMIT, () -> as("alice", client -> client.getAMRMToken(id)) != null);
        Token<?> token = as("alice", client -> client.getAMRMToken(id));
        InetSocketAddress scheduler = resourceManager.addresses().scheduler();
        token.setService(new Text(scheduler.getAddress().getHostAddress() + ":" + scheduler.getPort()));
        assertThat(as("bob", client -> client.getApplicationReport(id)).getAMRMToken())
                .as("shown to one who may see the application")
                .isNull();
        assertThatThrownBy(() -> call(
                        ApplicationMasterProtocol.class,
                        scheduler,
                        realm.login("alice"),
                        rm -> rm.registerApplicationMaster(RegisterApplicationMasterRequest.newInstance("", 0, ""))))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("Client cannot authenticate via:[TOKEN]");
        RegisterApplicationMasterResponse registered =
                call(ApplicationMasterProtocol.class, scheduler, bearer(id + "_1", token), rm -> {
                    RegisterApplicationMasterResponse response =
                            rm.registerApplicationMaster(RegisterApplicationMasterRequest.newInstance("", 0, ""));
                    rm.allocate(AllocateRequest.newInstance(0, 0, List.of(), List.of(), null));
                    return response;
                });
        assertClientsCanProveThemselves(id, registered);
    }

    /** As YARN: whoever may see an application gets a token in a name of his own, which its master can verify. */
    private static void assertClientsCanProveThemselves(ApplicationId id, RegisterApplicationMasterResponse registered)
            throws Exception {
        for (String reader : List.of("alice", "bob")) {
            ApplicationReport report = as(reader, client -> client.getApplicationReport(id));
            Token<ClientToAMTokenIdentifier> token =
                    ConverterUtils.convertFromYarn(report.getClientToAMToken(), (Text) null);
            assertThat(token.decodeIdentifier().getClientName()).isEqualTo(reader);
            assertThat(new ClientToAMTokenSecretManager(
                                    report.getCurrentApplicationAttemptId(),
                                    registered.getClientToAMTokenMasterKey().array())
                            .retrievePassword(token.decodeIdentifier()))
                    .isEqualTo(token.getPassword());
        }
        assertThat(as("carol", client -> client.getApplicationReport(id)).getClientToAMToken())
                .as("for one who may not see the application")
                .isNull();
    }

    @Test
    void shouldTakeOnlyTheNodesOwnPrincipalForANode() throws Exception {
        InetSocketAddress tracker = resourceManager.addresses().tracker();
        RegisterNodeManagerRequest request = RegisterNodeManagerRequest.newInstance(
                NodeId.newInstance("127.0.0.1", 12_345),
                1,
                Resource.newInstance(1024, 1),
                "3.5.0",
                List.of(),
                List.of(),
                new HashSet<>(Set.of()));
        assertThatThrownBy(() -> call(
                        ResourceTracker.class, tracker, realm.login("alice"), rm -> rm.registerNodeManager(request)))
                .isInstanceOf(AuthorizationException.class)
                .hasMessageContainingAll(
                        "is not authorized for protocol interface org.apache.hadoop.yarn.server.api.ResourceTrackerPB",
                        "this service is only accessible by " + realm.principal(NODE));
        assertThat(call(ResourceTracker.class, tracker, realm.login(NODE), rm -> rm.registerNodeManager(request))
                        .getNodeAction())
                .isEqualTo(NodeAction.NORMAL);
    }

    @Test
    void shouldTakeItsOwnUserForAnAdministrator() throws Exception {
        InetSocketAddress administration = resourceManager.addresses().administration();
        Use<ResourceManagerAdministrationProtocol, Object> refresh =
                rm -> rm.refreshNodes(RefreshNodesRequest.newInstance());
        assertThatThrownBy(() -> call(
                        ResourceManagerAdministrationProtocol.class, administration, realm.login("alice"), refresh))
                .isInstanceOf(YarnException.class)
                .hasMessageContaining("User alice doesn't have permission to call 'refreshNodes'");
        assertThat(call(
                        ResourceManagerAdministrationProtocol.class,
                        administration,
                        UserGroupInformation.getLoginUser(),
                        refresh))
                .isNotNull();
    }
}
