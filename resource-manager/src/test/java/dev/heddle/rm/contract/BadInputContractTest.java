package dev.heddle.rm.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.testbed.Await;
import java.io.IOException;
import java.nio.file.Files;
import java.util.EnumSet;
import java.util.List;
import org.apache.hadoop.security.UserGroupInformation;
import org.apache.hadoop.security.token.SecretManager.InvalidToken;
import org.apache.hadoop.security.token.Token;
import org.apache.hadoop.yarn.api.ApplicationMasterProtocol;
import org.apache.hadoop.yarn.api.protocolrecords.AllocateRequest;
import org.apache.hadoop.yarn.api.protocolrecords.AllocateResponse;
import org.apache.hadoop.yarn.api.protocolrecords.GetClusterNodesRequest;
import org.apache.hadoop.yarn.api.protocolrecords.RegisterApplicationMasterRequest;
import org.apache.hadoop.yarn.api.records.ApplicationId;
import org.apache.hadoop.yarn.api.records.ApplicationSubmissionContext;
import org.apache.hadoop.yarn.api.records.Container;
import org.apache.hadoop.yarn.api.records.ContainerId;
import org.apache.hadoop.yarn.api.records.DecommissionType;
import org.apache.hadoop.yarn.api.records.FinalApplicationStatus;
import org.apache.hadoop.yarn.api.records.NodeReport;
import org.apache.hadoop.yarn.api.records.NodeState;
import org.apache.hadoop.yarn.api.records.Priority;
import org.apache.hadoop.yarn.api.records.Resource;
import org.apache.hadoop.yarn.api.records.ResourceRequest;
import org.apache.hadoop.yarn.api.records.YarnApplicationState;
import org.apache.hadoop.yarn.client.ClientRMProxy;
import org.apache.hadoop.yarn.conf.YarnConfiguration;
import org.apache.hadoop.yarn.exceptions.ApplicationAttemptNotFoundException;
import org.apache.hadoop.yarn.exceptions.InvalidApplicationMasterRequestException;
import org.apache.hadoop.yarn.exceptions.InvalidLabelResourceRequestException;
import org.apache.hadoop.yarn.exceptions.InvalidResourceRequestException;
import org.apache.hadoop.yarn.security.AMRMTokenIdentifier;
import org.apache.hadoop.yarn.server.api.protocolrecords.NodeHeartbeatResponse;
import org.apache.hadoop.yarn.server.api.protocolrecords.RefreshNodesRequest;
import org.apache.hadoop.yarn.server.api.protocolrecords.RegisterNodeManagerResponse;
import org.apache.hadoop.yarn.server.api.records.NodeAction;
import org.apache.hadoop.yarn.util.ConverterUtils;

/** What nobody should send, and what then must not happen. */
class BadInputContractTest {
    private static final Resource SMALL = Resource.newInstance(128, 1);

    private static List<NodeReport> running(Stage stage, SimulatedNode node) throws Exception {
        return stage
                .client()
                .getClusterNodes(GetClusterNodesRequest.newInstance(EnumSet.of(NodeState.RUNNING)))
                .getNodeReports()
                .stream()
                .filter(report -> report.getNodeId().equals(node.id()))
                .toList();
    }

    // Nodes

    @ContractTest
    void shouldTurnAwayANodeOnAHostThatIsExcluded(Stage stage) throws Exception {
        SimulatedNode node = stage.newNode(Side.EXCLUDED_HOST, 4096, 4);
        RegisterNodeManagerResponse told = node.register();
        assertThat(told.getNodeAction()).isEqualTo(NodeAction.SHUTDOWN);
        assertThat(told.getDiagnosticsMessage())
                .contains("Disallowed NodeManager from  " + Side.EXCLUDED_HOST
                        + ", Sending SHUTDOWN signal to the NodeManager.");
        NodeHeartbeatResponse answer = node.heartbeatWith(0);
        assertThat(answer.getNodeAction()).isEqualTo(NodeAction.SHUTDOWN);
        assertThat(answer.getDiagnosticsMessage())
                .contains("Disallowed NodeManager nodeId: " + node.id() + " hostname: " + Side.EXCLUDED_HOST);
        assertThat(running(stage, node)).isEmpty();
    }

    @ContractTest
    void shouldSendAwayANodeThatIsDecommissioned(Stage stage) throws Exception {
        String host = "127.0.0.4";
        SimulatedNode node = stage.node(host, 4096, 4);
        SimulatedMaster master = stage.master().registered();
        ContainerId container = master.granted(1, List.of(node), SimulatedMaster.ask(1, 128, 1))
                .one()
                .getId();
        node.heartbeat(SimulatedNode.runs(container));
        String before = Files.readString(stage.side().excludedHosts());
        try {
            Files.writeString(stage.side().excludedHosts(), before + host + "\n");
            refreshNodes(stage);
            Await.until("the node to be gone", Stage.LIMIT, () -> running(stage, node)
                    .isEmpty());
            NodeHeartbeatResponse answer = node.heartbeatWith(node.lastResponseId(), SimulatedNode.runs(container));
            assertThat(answer.getNodeAction()).isEqualTo(NodeAction.SHUTDOWN);
            assertThat(answer.getDiagnosticsMessage()).contains("Disallowed NodeManager nodeId: " + node.id());
            assertThat(node.register().getNodeAction()).isEqualTo(NodeAction.SHUTDOWN);
            assertThat(master.exit(container, List.of(), List.of()).getDiagnostics())
                    .contains("Container released on a *lost* node");
        } finally {
            Files.writeString(stage.side().excludedHosts(), before);
            refreshNodes(stage);
        }
        assertThat(node.register().getNodeAction()).isEqualTo(NodeAction.NORMAL);
    }

    private static void refreshNodes(Stage stage) throws Exception {
        stage.administration().refreshNodes(RefreshNodesRequest.newInstance(DecommissionType.NORMAL));
    }

    @ContractTest
    void shouldTurnAwayANodeOfNegativeSize(Stage stage) throws Exception {
        for (SimulatedNode node : List.of(stage.newNode(-1, 4), stage.newNode(4096, -1))) {
            RegisterNodeManagerResponse told = node.register();
            assertThat(told.getNodeAction()).isEqualTo(NodeAction.SHUTDOWN);
            assertThat(told.getDiagnosticsMessage()).contains("doesn't satisfy minimum allocations");
        }
    }

    @ContractTest
    void shouldAskANodeToRegisterAgainThatCountsBackwards(Stage stage) throws Exception {
        SimulatedNode node = stage.node(4096, 4);
        NodeHeartbeatResponse answer = node.heartbeatWith(-5);
        assertThat(answer.getNodeAction()).isEqualTo(NodeAction.RESYNC);
        assertThat(answer.getDiagnosticsMessage()).contains("Too far behind rm response id:1 nm response id:-5");
    }

    @ContractTest
    void shouldNotBelieveANodeWhatItSaysOfTheContainersOfAnother(Stage stage) throws Exception {
        SimulatedNode owner = stage.node(1024, 1);
        SimulatedMaster master = stage.master().registered();
        ContainerId container = master.granted(1, List.of(owner), SimulatedMaster.ask(1, 128, 1))
                .one()
                .getId();
        owner.heartbeat(SimulatedNode.runs(container));
        SimulatedNode liar = stage.node(1024, 1);
        assertThat(liar.heartbeat(SimulatedNode.ended(container, 3, "I did it")).getNodeAction())
                .isEqualTo(NodeAction.NORMAL);
        liar.heartbeat();
        owner.heartbeat(SimulatedNode.ended(container, 0, "the owner says so"));
        assertThat(master.exit(container, List.of(owner), List.of()).getDiagnostics())
                .isEqualTo(stage.onPurpose(
                        "YARN ends a container when any node says so", "the owner says so", "I did it"));
    }

    // Masters

    private static Token<AMRMTokenIdentifier> token(Stage stage, ApplicationId id) throws Exception {
        Await.until("the token of " + id, Stage.LIMIT, () -> stage.report(id).getAMRMToken() != null);
        return ConverterUtils.convertFromYarn(
                stage.report(id).getAMRMToken(), ClientRMProxy.getAMRMTokenService(stage.configuration()));
    }

    private static ApplicationMasterProtocol connect(Stage stage, Token<?>... tokens) {
        UserGroupInformation user = UserGroupInformation.createRemoteUser("whoever");
        for (Token<?> token : tokens) {
            user.addToken(token);
        }
        return stage.proxy(
                ApplicationMasterProtocol.class,
                stage.configuration()
                        .getSocketAddr(
                                YarnConfiguration.RM_SCHEDULER_ADDRESS,
                                YarnConfiguration.DEFAULT_RM_SCHEDULER_ADDRESS,
                                YarnConfiguration.DEFAULT_RM_SCHEDULER_PORT),
                user);
    }

    private static void register(ApplicationMasterProtocol protocol) throws Exception {
        protocol.registerApplicationMaster(RegisterApplicationMasterRequest.newInstance("localhost", 1, ""));
    }

    @ContractTest
    void shouldRefuseAMasterWithoutAToken(Stage stage) {
        assertThatThrownBy(() -> register(connect(stage)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("SIMPLE authentication is not enabled.  Available:[TOKEN]");
    }

    @ContractTest
    void shouldRefuseAMasterWhoseTokenIsForged(Stage stage) throws Exception {
        Token<AMRMTokenIdentifier> real = token(stage, stage.submit(stage.context()));
        byte[] password = real.getPassword().clone();
        password[0]++;
        Token<AMRMTokenIdentifier> forged =
                new Token<>(real.getIdentifier(), password, real.getKind(), real.getService());
        assertThatThrownBy(() -> register(connect(stage, forged)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("DIGEST-MD5: digest response format violation");
        register(connect(stage, real));
    }

    /** So it is for one that was made with a key that has been replaced since. */
    @ContractTest
    void shouldRefuseATokenOfAnotherKey(Stage stage) throws Exception {
        Token<AMRMTokenIdentifier> real = token(stage, stage.submit(stage.context()));
        AMRMTokenIdentifier said = real.decodeIdentifier();
        AMRMTokenIdentifier older = new AMRMTokenIdentifier(said.getApplicationAttemptId(), said.getKeyId() - 7);
        Token<AMRMTokenIdentifier> expired =
                new Token<>(older.getBytes(), real.getPassword(), real.getKind(), real.getService());
        assertThatExceptionOfType(InvalidToken.class)
                .isThrownBy(() -> register(connect(stage, expired)))
                .withMessageContaining("Invalid AMRMToken from " + said.getApplicationAttemptId());
    }

    @ContractTest
    void shouldRefuseTheTokenOfAnAttemptThatIsOver(Stage stage) throws Exception {
        ApplicationId id = stage.submit(stage.context());
        Token<AMRMTokenIdentifier> token = token(stage, id);
        SimulatedMaster master =
                SimulatedMaster.of(stage, token.decodeIdentifier().getApplicationAttemptId(), token);
        master.register();
        master.finished(FinalApplicationStatus.SUCCEEDED, "");
        stage.await(id, YarnApplicationState.FINISHED);
        ApplicationMasterProtocol later = connect(stage, token);
        Class<? extends Exception> kind = stage.onPurpose(
                "stock masters understand this one, and leave",
                ApplicationAttemptNotFoundException.class,
                InvalidToken.class);
        assertThatThrownBy(() -> later.allocate(AllocateRequest.newInstance(0, 0, List.of(), List.of(), null)))
                .isInstanceOf(kind)
                .hasMessageContaining(master.attempt().toString());
    }

    @ContractTest
    void shouldTakeAMasterForTheOneThatItsTokenNames(Stage stage) throws Exception {
        ApplicationId first = stage.submit(stage.context());
        ApplicationId second = stage.submit(stage.context());
        token(stage, second);
        register(connect(stage, token(stage, first)));
        stage.await(first, YarnApplicationState.RUNNING);
        assertThat(stage.report(second).getYarnApplicationState()).isEqualTo(YarnApplicationState.ACCEPTED);
    }

    @ContractTest
    void shouldRefuseANegativeResponseId(Stage stage) throws Exception {
        SimulatedMaster master = stage.master().registered();
        master.allocate();
        assertThatExceptionOfType(InvalidApplicationMasterRequestException.class)
                .isThrownBy(() -> master.allocateWith(-5, List.of(), List.of()))
                .withMessageContaining("but get -5");
        assertThat(master.allocate().getResponseId()).isEqualTo(2);
    }

    private static ResourceRequest ask(Resource size, int count) {
        return ResourceRequest.newInstance(Priority.newInstance(1), ResourceRequest.ANY, size, count);
    }

    private static void assertRefused(SimulatedMaster master, String words, ResourceRequest ask) {
        assertThatExceptionOfType(InvalidResourceRequestException.class)
                .isThrownBy(() -> master.allocate(ask))
                .withMessageContaining(words);
    }

    @ContractTest
    void shouldRefuseAsksOfAbsurdSize(Stage stage) throws Exception {
        SimulatedMaster master = stage.master().registered();
        assertRefused(
                master,
                "requested resource is greater than maximum allowed allocation. Requested resource type=[memory-mb]",
                ask(Resource.newInstance(Long.MAX_VALUE, 1), 1));
        assertRefused(
                master,
                "requested resource is greater than maximum allowed allocation. Requested resource type=[vcores]",
                ask(Resource.newInstance(128, Integer.MAX_VALUE), 1));
        assertRefused(master, "Requested resource type=[vcores]", ask(Resource.newInstance(128, -1), 1));
        assertThat(master.allocate().getResponseId())
                .as("nothing else has changed")
                .isEqualTo(1);
    }

    @ContractTest
    void shouldGiveTheSmallestContainerWhereNothingIsAskedFor(Stage stage) throws Exception {
        SimulatedNode node = stage.node(1024, 4);
        SimulatedMaster master = stage.master().registered();
        Container container = master.granted(1, List.of(node), ask(Resource.newInstance(0, 0), 1))
                .one();
        assertThat(container.getResource()).isEqualTo(SMALL);
    }

    @ContractTest
    void shouldBearAnAbsurdNumberOfContainers(Stage stage) throws Exception {
        SimulatedNode node = stage.node(256, 4);
        SimulatedMaster master = stage.master().registered();
        SimulatedMaster.Granted granted = master.granted(2, List.of(node), ask(SMALL, Integer.MAX_VALUE));
        assertThat(granted.containers()).hasSize(2);
        assertThat(master.allocate(ask(SMALL, 0)).getAllocatedContainers()).isEmpty();
    }

    @ContractTest
    void shouldTakePrioritiesAndRequestIdsBelowZero(Stage stage) throws Exception {
        SimulatedNode node = stage.node(1024, 4);
        SimulatedMaster master = stage.master().registered();
        ResourceRequest ask = ResourceRequest.newInstance(Priority.newInstance(-3), ResourceRequest.ANY, SMALL, 1);
        ask.setAllocationRequestId(-9);
        Container container = master.granted(1, List.of(node), ask).one();
        assertThat(container.getPriority()).isEqualTo(Priority.newInstance(-3));
        assertThat(container.getAllocationRequestId()).isEqualTo(-9);
    }

    @ContractTest
    void shouldWaitForAHostThatIsNotThere(Stage stage) throws Exception {
        SimulatedNode node = stage.node(1024, 4);
        SimulatedMaster master = stage.master().registered();
        ResourceRequest host = ResourceRequest.newInstance(Priority.newInstance(1), "no-such-host", SMALL, 1);
        ResourceRequest rack = ResourceRequest.newInstance(Priority.newInstance(1), "/no-such-rack", SMALL, 1, false);
        ResourceRequest anywhere =
                ResourceRequest.newInstance(Priority.newInstance(1), ResourceRequest.ANY, SMALL, 1, false);
        master.allocate(host, rack, anywhere);
        node.heartbeat();
        assertThat(master.allocate().getAllocatedContainers()).isEmpty();
    }

    @ContractTest
    void shouldRefuseALabelThatIsNotThere(Stage stage) throws Exception {
        SimulatedMaster master = stage.master().registered();
        ResourceRequest ask = ask(SMALL, 1);
        ask.setNodeLabelExpression("nowhere");
        assertThatExceptionOfType(InvalidLabelResourceRequestException.class)
                .isThrownBy(() -> master.allocate(ask))
                .withMessageContaining("Invalid resource request, node label not enabled but request contains label");
    }

    @ContractTest
    void shouldNotMindTheReleaseOfWhatItNeverHad(Stage stage) throws Exception {
        SimulatedMaster master = stage.master().registered();
        AllocateResponse answer =
                master.allocate(List.of(), List.of(ContainerId.newContainerId(master.attempt(), 999)));
        assertThat(answer.getResponseId()).isEqualTo(1);
        assertThat(answer.getUpdateErrors()).isEmpty();
    }

    // Submissions

    @ContractTest
    void shouldRefuseMastersOfAbsurdSize(Stage stage) throws Exception {
        ApplicationSubmissionContext negative = stage.context(Resource.newInstance(-1, 1));
        assertThatExceptionOfType(InvalidResourceRequestException.class)
                .isThrownBy(() -> stage.submit(negative))
                .withMessageContaining("requested resource is less than 0");
        ApplicationSubmissionContext huge = stage.context(Resource.newInstance(128, Integer.MAX_VALUE));
        assertThatExceptionOfType(InvalidResourceRequestException.class)
                .isThrownBy(() -> stage.submit(huge))
                .withMessageContaining("Requested resource type=[vcores]");
    }

    @ContractTest
    void shouldRefuseALabelThatIsNotThereForAMaster(Stage stage) throws Exception {
        ApplicationSubmissionContext context = stage.context(SMALL);
        context.setNodeLabelExpression("nowhere");
        assertThatExceptionOfType(InvalidLabelResourceRequestException.class)
                .isThrownBy(() -> stage.submit(context))
                .withMessageContaining("Invalid resource request, node label not enabled but request contains label");
    }

    @ContractTest
    void shouldTakeASubmissionWhosePriorityAndAttemptsAreBelowZero(Stage stage) throws Exception {
        ApplicationSubmissionContext context = stage.context();
        context.setPriority(Priority.newInstance(-7));
        context.setMaxAppAttempts(-7);
        context.setAttemptFailuresValidityInterval(-7);
        ApplicationId id = stage.submit(context);
        assertThat(stage.await(id, YarnApplicationState.ACCEPTED).getPriority().getPriority())
                .isEqualTo(-7);
    }
}
