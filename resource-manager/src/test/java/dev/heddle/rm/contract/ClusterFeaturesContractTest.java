package dev.heddle.rm.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.Set;
import org.apache.hadoop.yarn.api.protocolrecords.GetAllResourceProfilesRequest;
import org.apache.hadoop.yarn.api.protocolrecords.GetAllResourceTypeInfoRequest;
import org.apache.hadoop.yarn.api.protocolrecords.GetAttributesToNodesRequest;
import org.apache.hadoop.yarn.api.protocolrecords.GetClusterNodeAttributesRequest;
import org.apache.hadoop.yarn.api.protocolrecords.GetClusterNodeLabelsRequest;
import org.apache.hadoop.yarn.api.protocolrecords.GetDelegationTokenRequest;
import org.apache.hadoop.yarn.api.protocolrecords.GetLabelsToNodesRequest;
import org.apache.hadoop.yarn.api.protocolrecords.GetNewReservationRequest;
import org.apache.hadoop.yarn.api.protocolrecords.GetNodesToAttributesRequest;
import org.apache.hadoop.yarn.api.protocolrecords.GetNodesToLabelsRequest;
import org.apache.hadoop.yarn.api.protocolrecords.GetQueueUserAclsInfoRequest;
import org.apache.hadoop.yarn.api.protocolrecords.GetResourceProfileRequest;
import org.apache.hadoop.yarn.api.protocolrecords.ReservationDeleteRequest;
import org.apache.hadoop.yarn.api.protocolrecords.ReservationListRequest;
import org.apache.hadoop.yarn.api.records.QueueACL;
import org.apache.hadoop.yarn.api.records.QueueUserACLInfo;
import org.apache.hadoop.yarn.api.records.ReservationId;
import org.apache.hadoop.yarn.exceptions.YARNFeatureNotEnabledException;
import org.apache.hadoop.yarn.exceptions.YarnException;

/** {@code ApplicationClientProtocol}: who may use queues, labels, attributes, types; and what is switched off. */
class ClusterFeaturesContractTest {
    @ContractTest
    void shouldTellWhatAUserMayDo(Stage stage) throws Exception {
        assertThat(stage.client()
                        .getQueueUserAcls(GetQueueUserAclsInfoRequest.newInstance())
                        .getUserAclsInfoList())
                .extracting(QueueUserACLInfo::getQueueName)
                .containsExactlyInAnyOrder("root", "root.default");
        assertThat(stage.client()
                        .getQueueUserAcls(GetQueueUserAclsInfoRequest.newInstance())
                        .getUserAclsInfoList())
                .allSatisfy(acls -> assertThat(acls.getUserAcls())
                        .containsExactlyInAnyOrder(QueueACL.SUBMIT_APPLICATIONS, QueueACL.ADMINISTER_QUEUE));
    }

    @ContractTest
    void shouldTellTheTypesOfResources(Stage stage) throws Exception {
        assertThat(stage.client()
                        .getResourceTypeInfo(GetAllResourceTypeInfoRequest.newInstance())
                        .getResourceTypeInfo())
                .extracting(type -> type.getName() + " " + type.getDefaultUnit() + " " + type.getResourceType())
                .containsExactly("memory-mb Mi COUNTABLE", "vcores  COUNTABLE");
    }

    @ContractTest
    void shouldSayThatProfilesAreSwitchedOff(Stage stage) {
        assertThatExceptionOfType(YARNFeatureNotEnabledException.class)
                .isThrownBy(() -> stage.client().getResourceProfiles(GetAllResourceProfilesRequest.newInstance()))
                .withMessageContaining("Resource profile is not enabled");
        assertThatExceptionOfType(YARNFeatureNotEnabledException.class)
                .isThrownBy(() -> stage.client().getResourceProfile(GetResourceProfileRequest.newInstance("minimum")))
                .withMessageContaining("Resource profile is not enabled");
    }

    @ContractTest
    void shouldSayThatReservationsAreSwitchedOff(Stage stage) {
        String text = "Reservation is not enabled. Please enable & try again";
        assertThatExceptionOfType(YarnException.class)
                .isThrownBy(() -> stage.client().getNewReservation(GetNewReservationRequest.newInstance()))
                .withMessageContaining(text);
        assertThatExceptionOfType(YarnException.class)
                .isThrownBy(() -> stage.client()
                        .deleteReservation(ReservationDeleteRequest.newInstance(ReservationId.newInstance(1, 1))))
                .withMessageContaining(text);
        assertThatExceptionOfType(YarnException.class)
                .isThrownBy(() ->
                        stage.client().listReservations(ReservationListRequest.newInstance("default", "", 0, 1, false)))
                .withMessageContaining(text);
    }

    @ContractTest
    void shouldTellThatThereAreNoLabels(Stage stage) throws Exception {
        assertThat(stage.client()
                        .getClusterNodeLabels(GetClusterNodeLabelsRequest.newInstance())
                        .getNodeLabelList())
                .isEmpty();
        assertThat(stage.client()
                        .getLabelsToNodes(GetLabelsToNodesRequest.newInstance())
                        .getLabelsToNodes())
                .isEmpty();
        assertThat(stage.client()
                        .getNodeToLabels(GetNodesToLabelsRequest.newInstance())
                        .getNodeToLabels())
                .isEmpty();
    }

    @ContractTest
    void shouldTellThatThereAreNoAttributes(Stage stage) throws Exception {
        assertThat(stage.client()
                        .getClusterNodeAttributes(GetClusterNodeAttributesRequest.newInstance())
                        .getNodeAttributes())
                .isEmpty();
        assertThat(stage.client()
                        .getAttributesToNodes(GetAttributesToNodesRequest.newInstance(Set.of()))
                        .getAttributesToNodes())
                .isEmpty();
        assertThat(stage.client()
                        .getNodesToAttributes(GetNodesToAttributesRequest.newInstance(Set.of()))
                        .getNodeToAttributes())
                .isEmpty();
    }

    @ContractTest
    void shouldGiveADelegationToken(Stage stage) throws Exception {
        var token = stage.client()
                .getDelegationToken(GetDelegationTokenRequest.newInstance(Stage.USER))
                .getRMDelegationToken();
        assertThat(token.getKind()).isEqualTo("RM_DELEGATION_TOKEN");
        assertThat(token.getPassword().remaining()).isPositive();
    }
}
