package dev.heddle.rm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.tuple;

import dev.heddle.common.UserException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.PrivilegedExceptionAction;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.hadoop.fs.CommonConfigurationKeysPublic;
import org.apache.hadoop.ha.HAServiceProtocol.HAServiceState;
import org.apache.hadoop.ipc.RPC;
import org.apache.hadoop.security.UserGroupInformation;
import org.apache.hadoop.yarn.api.records.ApplicationId;
import org.apache.hadoop.yarn.api.records.ApplicationSubmissionContext;
import org.apache.hadoop.yarn.api.records.ContainerLaunchContext;
import org.apache.hadoop.yarn.api.records.NodeAttribute;
import org.apache.hadoop.yarn.api.records.NodeAttributeType;
import org.apache.hadoop.yarn.api.records.NodeId;
import org.apache.hadoop.yarn.api.records.NodeLabel;
import org.apache.hadoop.yarn.api.records.NodeReport;
import org.apache.hadoop.yarn.api.records.NodeState;
import org.apache.hadoop.yarn.api.records.Priority;
import org.apache.hadoop.yarn.api.records.Resource;
import org.apache.hadoop.yarn.client.ClientRMProxy;
import org.apache.hadoop.yarn.client.RMHAServiceTarget;
import org.apache.hadoop.yarn.client.api.YarnClient;
import org.apache.hadoop.yarn.client.cli.RMAdminCLI;
import org.apache.hadoop.yarn.conf.YarnConfiguration;
import org.apache.hadoop.yarn.exceptions.YarnException;
import org.apache.hadoop.yarn.server.api.ResourceManagerAdministrationProtocol;
import org.apache.hadoop.yarn.server.api.protocolrecords.AttributeMappingOperationType;
import org.apache.hadoop.yarn.server.api.protocolrecords.NodeHeartbeatResponse;
import org.apache.hadoop.yarn.server.api.protocolrecords.NodeToAttributes;
import org.apache.hadoop.yarn.server.api.protocolrecords.NodesToAttributesMappingRequest;
import org.apache.hadoop.yarn.server.api.protocolrecords.RefreshQueuesRequest;
import org.apache.hadoop.yarn.server.api.protocolrecords.RegisterNodeManagerResponse;
import org.apache.hadoop.yarn.server.api.records.NodeAction;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code yarn rmadmin} itself, and nodes that feel what it does. */
@NullUnmarked
class AdministrationTest {
    @TempDir
    Path directory;

    private Path site;
    private Path included;
    private Path excluded;
    private RunningResourceManager resourceManager;
    private YarnClient client;

    @BeforeEach
    void start() throws Exception {
        site = directory.resolve("yarn-site.xml");
        included = Files.writeString(directory.resolve("included"), "");
        excluded = Files.writeString(directory.resolve("excluded"), "");
        write(Map.of());
        resourceManager = RunningResourceManager.start(configuration());
        client = resourceManager.client();
    }

    @AfterEach
    void stop() {
        client.stop();
        resourceManager.close();
    }

    private YarnConfiguration configuration() {
        YarnConfiguration configuration = RunningResourceManager.configuration();
        configuration.set(YarnConfiguration.RM_NODES_INCLUDE_FILE_PATH, included.toString());
        configuration.set(YarnConfiguration.RM_NODES_EXCLUDE_FILE_PATH, excluded.toString());
        configuration.addResource(new org.apache.hadoop.fs.Path(site.toUri()));
        return configuration;
    }

    private void write(Map<String, String> values) throws Exception {
        StringBuilder xml = new StringBuilder("<configuration>");
        values.forEach((key, value) -> xml.append("<property><name>")
                .append(key)
                .append("</name><value>")
                .append(value)
                .append("</value></property>"));
        Files.writeString(site, xml.append("</configuration>"));
    }

    private int rmadmin(String... arguments) throws Exception {
        return new RMAdminCLI(resourceManager.clientConfiguration()).run(arguments);
    }

    private NodeReport report(WireNode node) throws Exception {
        return client.getNodeReports().stream()
                .filter(report -> report.getNodeId().equals(node.id()))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void shouldAnswerEveryRefresh() throws Exception {
        assertThat(rmadmin("-refreshQueues")).isZero();
        assertThat(rmadmin("-refreshNodes")).isZero();
        assertThat(rmadmin("-refreshNodesResources")).isZero();
        assertThat(rmadmin("-refreshSuperUserGroupsConfiguration")).isZero();
        assertThat(rmadmin("-refreshUserToGroupsMappings")).isZero();
        assertThat(rmadmin("-refreshAdminAcls")).isZero();
        assertThat(rmadmin("-getGroups", UserGroupInformation.getCurrentUser().getShortUserName()))
                .isZero();
        assertThat(rmadmin("-refreshServiceAcl"))
                .as("service authorization is not switched on")
                .isEqualTo(-1);
        write(Map.of("yarn.scheduler.capacity.root.queues", "a,b"));
        assertThat(rmadmin("-refreshQueues")).isEqualTo(-1);
    }

    @Test
    void shouldLetOnlyAdministratorsInAndReadTheirListAnew() throws Exception {
        write(Map.of(YarnConfiguration.YARN_ADMIN_ACL, "operator"));
        assertThat(rmadmin("-refreshAdminAcls")).isZero();
        refreshQueuesAs("operator");
        assertThatExceptionOfType(YarnException.class)
                .isThrownBy(() -> refreshQueuesAs("stranger"))
                .withMessageContaining(
                        "AccessControlException: User stranger doesn't have permission to call" + " 'refreshQueues'");
        write(Map.of(YarnConfiguration.YARN_ADMIN_ACL, "stranger"));
        assertThat(rmadmin("-refreshAdminAcls")).isZero();
        refreshQueuesAs("stranger");
    }

    @Test
    void shouldGuardApplicationsByTheSameListOfAdministrators() throws Exception {
        write(Map.of(YarnConfiguration.YARN_ADMIN_ACL, " "));
        YarnConfiguration configuration = configuration();
        configuration.setBoolean(YarnConfiguration.YARN_ACL_ENABLE, true);
        configuration.set("yarn.scheduler.capacity.root.acl_administer_queue", " ");
        try (RunningResourceManager guarded = RunningResourceManager.start(configuration)) {
            ApplicationId id = as("ann", guarded, owner -> {
                ApplicationSubmissionContext context = owner.createApplication().getApplicationSubmissionContext();
                context.setApplicationName("guarded");
                context.setResource(Resource.newInstance(128, 1));
                context.setAMContainerSpec(
                        ContainerLaunchContext.newInstance(Map.of(), Map.of(), List.of("none"), null, null, null));
                return owner.submitApplication(context);
            });
            assertThatExceptionOfType(YarnException.class)
                    .as("a space is nobody")
                    .isThrownBy(() -> kill("operator", guarded, id));
            write(Map.of(YarnConfiguration.YARN_ADMIN_ACL, "operator"));
            assertThat(new RMAdminCLI(guarded.clientConfiguration()).run(new String[] {"-refreshAdminAcls"}))
                    .isZero();
            kill("operator", guarded, id);
        }
    }

    private static void kill(String user, RunningResourceManager guarded, ApplicationId id) throws Exception {
        as(user, guarded, other -> {
            other.killApplication(id);
            return id;
        });
    }

    private static <T> T as(String user, RunningResourceManager guarded, ThrowingFunction<YarnClient, T> use)
            throws Exception {
        try {
            return UserGroupInformation.createRemoteUser(user).doAs((PrivilegedExceptionAction<T>) () -> {
                try (YarnClient other = guarded.client()) {
                    return use.apply(other);
                }
            });
        } catch (java.lang.reflect.UndeclaredThrowableException e) {
            throw (Exception) e.getCause();
        }
    }

    @FunctionalInterface
    private interface ThrowingFunction<A, B> {
        B apply(A argument) throws Exception;
    }

    private void refreshQueuesAs(String user) throws Exception {
        try {
            UserGroupInformation.createRemoteUser(user).doAs((PrivilegedExceptionAction<Void>) () -> {
                ResourceManagerAdministrationProtocol proxy = ClientRMProxy.createRMProxy(
                        resourceManager.clientConfiguration(), ResourceManagerAdministrationProtocol.class);
                try {
                    proxy.refreshQueues(RefreshQueuesRequest.newInstance());
                } finally {
                    RPC.stopProxy(proxy);
                }
                return null;
            });
        } catch (java.lang.reflect.UndeclaredThrowableException e) {
            throw (Exception) e.getCause();
        }
    }

    @Test
    void shouldThrowOutAHostThatIsExcludedAndLetItInAgain() throws Exception {
        try (WireNode node = new WireNode(resourceManager, "h1")) {
            assertThat(node.register().getNodeAction()).isEqualTo(NodeAction.NORMAL);
            Files.writeString(excluded, "h1 # for good\n");
            assertThat(rmadmin("-refreshNodes")).isZero();
            NodeHeartbeatResponse told = node.heartbeat();
            assertThat(told.getNodeAction()).isEqualTo(NodeAction.SHUTDOWN);
            assertThat(told.getDiagnosticsMessage()).contains("Disallowed NodeManager nodeId: h1:1234");
            assertThat(report(node).getNodeState()).isEqualTo(NodeState.DECOMMISSIONED);
            assertThat(client.getYarnClusterMetrics().getNumDecommissionedNodeManagers())
                    .isEqualTo(1);
            RegisterNodeManagerResponse refused = node.register();
            assertThat(refused.getNodeAction()).isEqualTo(NodeAction.SHUTDOWN);
            assertThat(refused.getDiagnosticsMessage())
                    .isEqualTo("Disallowed NodeManager from  h1, Sending SHUTDOWN signal to the NodeManager.");
            Files.writeString(excluded, "");
            assertThat(rmadmin("-refreshNodes")).isZero();
            assertThat(node.heartbeat().getNodeAction()).isEqualTo(NodeAction.RESYNC);
            assertThat(node.register().getNodeAction()).isEqualTo(NodeAction.NORMAL);
            assertThat(report(node).getNodeState()).isEqualTo(NodeState.RUNNING);
        }
    }

    @Test
    void shouldLetOnlyIncludedHostsIn() throws Exception {
        Files.writeString(included, "h1\n");
        assertThat(rmadmin("-refreshNodes")).isZero();
        try (WireNode in = new WireNode(resourceManager, "h1");
                WireNode out = new WireNode(resourceManager, "h2")) {
            assertThat(in.register().getNodeAction()).isEqualTo(NodeAction.NORMAL);
            assertThat(out.register().getNodeAction()).isEqualTo(NodeAction.SHUTDOWN);
        }
    }

    @Test
    void shouldEmptyANodeBeforeItGoes() throws Exception {
        try (WireNode node = new WireNode(resourceManager, "h1")) {
            node.register();
            Files.writeString(excluded, "h1");
            assertThat(rmadmin("-refreshNodes", "-g", "500", "-server")).isZero();
            assertThat(report(node).getNodeState()).isEqualTo(NodeState.DECOMMISSIONING);
            assertThat(report(node).getDecommissioningTimeout()).isEqualTo(500);
            assertThat(client.getYarnClusterMetrics().getNumDecommissioningNodeManagers())
                    .isEqualTo(1);
            NodeHeartbeatResponse told = node.heartbeat();
            assertThat(told.getNodeAction()).isEqualTo(NodeAction.SHUTDOWN);
            assertThat(told.getDiagnosticsMessage()).isEqualTo("DECOMMISSIONING h1:1234 is ready to be decommissioned");
            assertThat(report(node).getNodeState()).isEqualTo(NodeState.DECOMMISSIONED);
        }
    }

    @Test
    void shouldGiveAHostTheTimeThatAFileInXmlGivesIt() throws Exception {
        Path xml = Files.writeString(directory.resolve("excluded.xml"), "<hosts></hosts>");
        YarnConfiguration configuration = configuration();
        configuration.set(YarnConfiguration.RM_NODES_EXCLUDE_FILE_PATH, xml.toString());
        try (RunningResourceManager other = RunningResourceManager.start(configuration);
                WireNode quick = new WireNode(other, "h1");
                WireNode slow = new WireNode(other, "h2");
                YarnClient reader = other.client()) {
            quick.register();
            slow.register();
            Files.writeString(
                    xml,
                    "<?xml version=\"1.0\"?><hosts><host><name>h1</name><timeout>7</timeout></host>"
                            + "<host><name>h2</name></host></hosts>");
            assertThat(new RMAdminCLI(other.clientConfiguration())
                            .run(new String[] {"-refreshNodes", "-g", "500", "-server"}))
                    .isZero();
            assertThat(reader.getNodeReports())
                    .extracting(NodeReport::getNodeId, NodeReport::getDecommissioningTimeout)
                    .containsExactlyInAnyOrder(tuple(quick.id(), 7), tuple(slow.id(), 500));
            Files.writeString(xml, "<hosts><host>");
            assertThat(new RMAdminCLI(other.clientConfiguration()).run(new String[] {"-refreshNodes"}))
                    .as("half a file")
                    .isEqualTo(-1);
        }
    }

    @Test
    void shouldCutPrioritiesToTheHighestThatWasReadLast() throws Exception {
        assertThat(cutPriority(5)).isZero();
        write(Map.of(YarnConfiguration.MAX_CLUSTER_LEVEL_APPLICATION_PRIORITY, "3"));
        assertThat(rmadmin("-refreshClusterMaxPriority")).isZero();
        assertThat(cutPriority(5)).isEqualTo(3);
        assertThat(cutPriority(2)).isEqualTo(2);
        write(Map.of(YarnConfiguration.MAX_CLUSTER_LEVEL_APPLICATION_PRIORITY, "many"));
        assertThat(rmadmin("-refreshClusterMaxPriority")).isEqualTo(-1);
        assertThat(cutPriority(5)).as("what cannot be read changes nothing").isEqualTo(3);
    }

    private int cutPriority(int asked) throws Exception {
        ApplicationSubmissionContext context = client.createApplication().getApplicationSubmissionContext();
        context.setApplicationName("priority");
        context.setPriority(Priority.newInstance(asked));
        context.setResource(Resource.newInstance(128, 1));
        context.setAMContainerSpec(
                ContainerLaunchContext.newInstance(Map.of(), Map.of(), List.of("none"), null, null, null));
        ApplicationId id = client.submitApplication(context);
        return client.getApplicationReport(id).getPriority().getPriority();
    }

    @Test
    void shouldReadAnewWhoMayUseWhichProtocol() throws Exception {
        write(Map.of(CommonConfigurationKeysPublic.HADOOP_SECURITY_AUTHORIZATION, "true"));
        String own = UserGroupInformation.getCurrentUser().getShortUserName();
        try (RunningResourceManager guarded = RunningResourceManager.start(configuration())) {
            RMAdminCLI command = new RMAdminCLI(guarded.clientConfiguration());
            assertThat(command.run(new String[] {"-refreshServiceAcl"})).isZero();
            assertThat(applicationIdAs("ann", guarded)).isNotNull();
            write(Map.of(
                    CommonConfigurationKeysPublic.HADOOP_SECURITY_AUTHORIZATION,
                    "true",
                    YarnConfiguration.YARN_SECURITY_SERVICE_AUTHORIZATION_APPLICATIONCLIENT_PROTOCOL,
                    own));
            assertThat(command.run(new String[] {"-refreshServiceAcl"})).isZero();
            assertThatExceptionOfType(Exception.class)
                    .isThrownBy(() -> applicationIdAs("ann", guarded))
                    .withStackTraceContaining("ann");
            assertThat(applicationIdAs(own, guarded)).isNotNull();
        }
    }

    private static ApplicationId applicationIdAs(String user, RunningResourceManager guarded) throws Exception {
        return as(user, guarded, asker -> asker.createApplication()
                .getNewApplicationResponse()
                .getApplicationId());
    }

    @Test
    void shouldLetTheCommandWaitUntilTheNodesAreGone() throws Exception {
        try (WireNode node = new WireNode(resourceManager, "h1")) {
            node.register();
            Files.writeString(excluded, "h1");
            assertThat(rmadmin("-refreshNodes", "-g", "1", "-client")).isZero();
            assertThat(report(node).getNodeState()).isEqualTo(NodeState.DECOMMISSIONED);
        }
    }

    @Test
    void shouldChangeWhatANodeOffersAndTellIt() throws Exception {
        try (WireNode node = new WireNode(resourceManager, "h1")) {
            node.register();
            assertThat(rmadmin("-updateNodeResource", "h1:1234", "2048", "4")).isZero();
            assertThat(report(node).getCapability().getMemorySize()).isEqualTo(2048);
            assertThat(node.heartbeat().getResource().getVirtualCores()).isEqualTo(4);
            assertThat(node.heartbeat().getResource()).isNull();
            assertThat(rmadmin("-updateNodeResource", "nobody:1", "2048", "4")).isEqualTo(-1);
            write(Map.of(
                    "yarn.resource.dynamic.nodes", "h1:1234",
                    "yarn.resource.dynamic.h1:1234.memory", "1024",
                    "yarn.resource.dynamic.h1:1234.vcores", "2"));
            assertThat(rmadmin("-refreshNodesResources")).isZero();
            assertThat(node.heartbeat().getResource().getMemorySize()).isEqualTo(1024);
            assertThat(node.register().getResource().getMemorySize())
                    .as("it holds for nodes that register, too")
                    .isEqualTo(1024);
        }
    }

    @Test
    void shouldShowAnUnhealthyNodeAndWhy() throws Exception {
        try (WireNode node = new WireNode(resourceManager, "h1")) {
            node.register();
            node.heartbeat(false, "1/1 local-dirs are bad");
            assertThat(report(node).getNodeState()).isEqualTo(NodeState.UNHEALTHY);
            assertThat(report(node).getHealthReport()).isEqualTo("1/1 local-dirs are bad");
            assertThat(report(node).getLastHealthReportTime()).isEqualTo(42);
            assertThat(client.getNodeReports(NodeState.RUNNING)).isEmpty();
            assertThat(client.getYarnClusterMetrics().getNumUnhealthyNodeManagers())
                    .isEqualTo(1);
            node.heartbeat();
            assertThat(report(node).getNodeState()).isEqualTo(NodeState.RUNNING);
            node.unregister();
            assertThat(client.getNodeReports(NodeState.SHUTDOWN)).hasSize(1);
        }
    }

    @Test
    void shouldKeepLabelsForTheStockCommandAndClient() throws Exception {
        assertThat(rmadmin("-addToClusterNodeLabels", "gpu"))
                .as("labels are switched off")
                .isEqualTo(-1);
        YarnConfiguration configuration = configuration();
        configuration.setBoolean(YarnConfiguration.NODE_LABELS_ENABLED, true);
        try (RunningResourceManager labelling = RunningResourceManager.start(configuration);
                WireNode node = new WireNode(labelling, "h1");
                YarnClient reader = labelling.client()) {
            RMAdminCLI command = new RMAdminCLI(labelling.clientConfiguration());
            node.register();
            assertThat(command.run(
                            new String[] {"-addToClusterNodeLabels", "gpu(exclusive=true),slow(exclusive=false)"}))
                    .isZero();
            assertThat(reader.getClusterNodeLabels())
                    .containsExactlyInAnyOrder(
                            NodeLabel.newInstance("gpu", true), NodeLabel.newInstance("slow", false));
            assertThat(command.run(new String[] {"-replaceLabelsOnNode", "h1=gpu", "-failOnUnknownNodes"}))
                    .isZero();
            NodeId host = NodeId.newInstance("h1", 0);
            assertThat(reader.getNodeToLabels())
                    .containsOnly(Map.entry(host, Set.of("gpu")), Map.entry(node.id(), Set.of("gpu")));
            assertThat(reader.getLabelsToNodes(Set.of("gpu"))).containsOnly(Map.entry("gpu", Set.of(host, node.id())));
            assertThat(reader.getNodeReports().get(0).getNodeLabels()).containsExactly("gpu");
            assertThat(command.run(new String[] {"-replaceLabelsOnNode", "h9=gpu", "-failOnUnknownNodes"}))
                    .isEqualTo(-1);
            assertThat(command.run(new String[] {"-removeFromClusterNodeLabels", "gpu"}))
                    .isZero();
            assertThat(reader.getNodeToLabels()).isEmpty();
        }
    }

    @Test
    void shouldKeepAttributesForTheStockProtocolAndClient() throws Exception {
        NodeAttribute attribute =
                NodeAttribute.newInstance(NodeAttribute.PREFIX_CENTRALIZED, "os", NodeAttributeType.STRING, "linux");
        ResourceManagerAdministrationProtocol proxy = ClientRMProxy.createRMProxy(
                resourceManager.clientConfiguration(), ResourceManagerAdministrationProtocol.class);
        try {
            proxy.mapAttributesToNodes(NodesToAttributesMappingRequest.newInstance(
                    AttributeMappingOperationType.ADD,
                    List.of(NodeToAttributes.newInstance("h1", List.of(attribute))),
                    false));
        } finally {
            RPC.stopProxy(proxy);
        }
        assertThat(client.getNodeToAttributes(Set.of("h1"))).containsOnly(Map.entry("h1", Set.of(attribute)));
        assertThat(client.getClusterAttributes()).hasSize(1);
        assertThat(client.getAttributesToNodes(Set.of(attribute.getAttributeKey()))
                        .get(attribute.getAttributeKey()))
                .extracting(value -> value.getHostname() + "=" + value.getAttributeValue())
                .containsExactly("h1=linux");
    }

    @Test
    void shouldRefuseNodesThatAreTooOld() throws Exception {
        YarnConfiguration configuration = configuration();
        configuration.set(YarnConfiguration.RM_NODEMANAGER_MINIMUM_VERSION, "3.0.0");
        try (RunningResourceManager choosy = RunningResourceManager.start(configuration);
                WireNode node = new WireNode(choosy, "h1")) {
            assertThat(node.register("2.10.2").getDiagnosticsMessage())
                    .isEqualTo("Disallowed NodeManager Version 2.10.2, is less than the minimum version 3.0.0 sending"
                            + " SHUTDOWN signal to NodeManager.");
            assertThat(node.register("3.5.0").getNodeAction()).isEqualTo(NodeAction.NORMAL);
        }
    }

    @Test
    void shouldNameAListThatCannotBeRead() throws Exception {
        Files.delete(excluded);
        assertThat(rmadmin("-refreshNodes")).isEqualTo(-1);
        assertThatExceptionOfType(UserException.class)
                .isThrownBy(() -> RunningResourceManager.start(configuration()))
                .withMessageContainingAll(excluded.toString(), YarnConfiguration.RM_NODES_EXCLUDE_FILE_PATH);
    }

    @Test
    void shouldHandTheLeadOverByHandWhereNobodyIsElected() throws Exception {
        YarnConfiguration configuration = RunningResourceManager.configuration();
        configuration.setBoolean(YarnConfiguration.RM_HA_ENABLED, true);
        configuration.setBoolean(YarnConfiguration.AUTO_FAILOVER_ENABLED, false);
        configuration.set(YarnConfiguration.RM_HA_IDS, "rm1");
        configuration.set(YarnConfiguration.RM_HA_ID, "rm1");
        for (String key : YarnConfiguration.getServiceAddressConfKeys(configuration)) {
            configuration.set(key + ".rm1", "127.0.0.1:0");
        }
        try (RunningResourceManager several = RunningResourceManager.start(configuration)) {
            YarnConfiguration toIt = new YarnConfiguration(several.clientConfiguration());
            for (String key : YarnConfiguration.getServiceAddressConfKeys(configuration)) {
                toIt.set(key + ".rm1", String.valueOf(toIt.get(key)));
            }
            assertThat(state(toIt)).isEqualTo(HAServiceState.STANDBY);
            assertThat(new RMAdminCLI(toIt).run(new String[] {"-transitionToActive", "rm1"}))
                    .isZero();
            assertThat(state(toIt)).isEqualTo(HAServiceState.ACTIVE);
            assertThat(new RMAdminCLI(toIt).run(new String[] {"-checkHealth", "rm1"}))
                    .isZero();
            assertThat(new RMAdminCLI(toIt).run(new String[] {"-transitionToStandby", "rm1"}))
                    .isZero();
            assertThat(state(toIt)).isEqualTo(HAServiceState.STANDBY);
        }
    }

    private static HAServiceState state(YarnConfiguration configuration) throws Exception {
        YarnConfiguration of = new YarnConfiguration(configuration);
        of.set(YarnConfiguration.RM_HA_ID, "rm1");
        return new RMHAServiceTarget(of).getProxy(of, 10_000).getServiceStatus().getState();
    }
}
