package dev.heddle.app.submit;

import dev.heddle.app.ApplicationSettings;
import dev.heddle.common.UserException;
import dev.heddle.common.config.ResourceManagerAddresses;
import dev.heddle.common.rpc.client.Answers;
import dev.heddle.common.rpc.client.LeaderConnection;
import dev.heddle.common.rpc.client.LeaderSearch;
import dev.heddle.common.rpc.client.RpcCall;
import dev.heddle.common.rpc.client.RpcIdentity;
import dev.heddle.common.rpc.transport.RpcThreads;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.random.RandomGenerator;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.io.Text;
import org.apache.hadoop.security.UserGroupInformation;
import org.apache.hadoop.security.token.Token;
import org.apache.hadoop.thirdparty.protobuf.Descriptors.ServiceDescriptor;
import org.apache.hadoop.thirdparty.protobuf.Message;
import org.apache.hadoop.yarn.api.ApplicationClientProtocolPB;
import org.apache.hadoop.yarn.api.protocolrecords.GetApplicationReportRequest;
import org.apache.hadoop.yarn.api.protocolrecords.GetClusterNodesRequest;
import org.apache.hadoop.yarn.api.protocolrecords.GetNewApplicationResponse;
import org.apache.hadoop.yarn.api.protocolrecords.KillApplicationRequest;
import org.apache.hadoop.yarn.api.protocolrecords.SubmitApplicationRequest;
import org.apache.hadoop.yarn.api.protocolrecords.impl.pb.GetApplicationReportRequestPBImpl;
import org.apache.hadoop.yarn.api.protocolrecords.impl.pb.GetApplicationReportResponsePBImpl;
import org.apache.hadoop.yarn.api.protocolrecords.impl.pb.GetClusterNodesRequestPBImpl;
import org.apache.hadoop.yarn.api.protocolrecords.impl.pb.GetClusterNodesResponsePBImpl;
import org.apache.hadoop.yarn.api.protocolrecords.impl.pb.GetNewApplicationResponsePBImpl;
import org.apache.hadoop.yarn.api.protocolrecords.impl.pb.KillApplicationRequestPBImpl;
import org.apache.hadoop.yarn.api.protocolrecords.impl.pb.SubmitApplicationRequestPBImpl;
import org.apache.hadoop.yarn.api.records.ApplicationId;
import org.apache.hadoop.yarn.api.records.ApplicationReport;
import org.apache.hadoop.yarn.api.records.ApplicationSubmissionContext;
import org.apache.hadoop.yarn.api.records.NodeReport;
import org.apache.hadoop.yarn.api.records.NodeState;
import org.apache.hadoop.yarn.client.ClientRMProxy;
import org.apache.hadoop.yarn.conf.YarnConfiguration;
import org.apache.hadoop.yarn.exceptions.YarnException;
import org.apache.hadoop.yarn.proto.ApplicationClientProtocol.ApplicationClientProtocolService;
import org.apache.hadoop.yarn.proto.YarnServiceProtos.GetApplicationReportRequestProto;
import org.apache.hadoop.yarn.proto.YarnServiceProtos.GetApplicationReportResponseProto;
import org.apache.hadoop.yarn.proto.YarnServiceProtos.GetClusterNodesRequestProto;
import org.apache.hadoop.yarn.proto.YarnServiceProtos.GetClusterNodesResponseProto;
import org.apache.hadoop.yarn.proto.YarnServiceProtos.GetNewApplicationRequestProto;
import org.apache.hadoop.yarn.proto.YarnServiceProtos.GetNewApplicationResponseProto;
import org.apache.hadoop.yarn.proto.YarnServiceProtos.KillApplicationRequestProto;
import org.apache.hadoop.yarn.proto.YarnServiceProtos.KillApplicationResponseProto;
import org.apache.hadoop.yarn.proto.YarnServiceProtos.SubmitApplicationRequestProto;
import org.apache.hadoop.yarn.proto.YarnServiceProtos.SubmitApplicationResponseProto;
import org.apache.hadoop.yarn.security.client.RMDelegationTokenIdentifier;

/**
 * What a person asks the resource manager that leads. Methods wait for the answer, each with the limit for a person's
 * patience; any thread may call them. They fail with an {@link IOException} where no resource manager leads, and with what
 * the leader answers otherwise.
 */
public final class ResourceManagerClient implements AutoCloseable {
    private static final ServiceDescriptor SERVICE = ApplicationClientProtocolService.getDescriptor();

    private static final RpcCall<GetNewApplicationRequestProto, GetNewApplicationResponseProto> NEW_APPLICATION =
            RpcCall.of(
                    SERVICE,
                    "getNewApplication",
                    GetNewApplicationRequestProto.getDefaultInstance(),
                    GetNewApplicationResponseProto.getDefaultInstance());

    private static final RpcCall<SubmitApplicationRequestProto, SubmitApplicationResponseProto> SUBMIT = RpcCall.of(
            SERVICE,
            "submitApplication",
            SubmitApplicationRequestProto.getDefaultInstance(),
            SubmitApplicationResponseProto.getDefaultInstance());

    private static final RpcCall<GetApplicationReportRequestProto, GetApplicationReportResponseProto> REPORT =
            RpcCall.of(
                    SERVICE,
                    "getApplicationReport",
                    GetApplicationReportRequestProto.getDefaultInstance(),
                    GetApplicationReportResponseProto.getDefaultInstance());

    private static final RpcCall<KillApplicationRequestProto, KillApplicationResponseProto> KILL = RpcCall.of(
            SERVICE,
            "forceKillApplication",
            KillApplicationRequestProto.getDefaultInstance(),
            KillApplicationResponseProto.getDefaultInstance());

    private static final RpcCall<GetClusterNodesRequestProto, GetClusterNodesResponseProto> NODES = RpcCall.of(
            SERVICE,
            "getClusterNodes",
            GetClusterNodesRequestProto.getDefaultInstance(),
            GetClusterNodesResponseProto.getDefaultInstance());

    /** What a resource manager gets for an answer until the next one is asked. */
    private static final Duration ANSWER_LIMIT = Duration.ofSeconds(20);

    private final List<InetSocketAddress> addresses;
    private final RpcThreads threads;
    private final LeaderConnection leader;

    /**
     * Asks nobody yet.
     *
     * @throws UserException if the configuration names no resource manager that can be asked
     */
    public ResourceManagerClient(Configuration conf) {
        this.addresses = ResourceManagerAddresses.forClients(conf);
        RpcIdentity identity = identity(conf);
        this.threads = RpcThreads.start(conf);
        LeaderSearch search = new LeaderSearch(
                threads, conf, addresses, ApplicationClientProtocolPB.class, identity, RandomGenerator.getDefault());
        this.leader = new LeaderConnection(search, patience(conf), threads.loop());
    }

    /** Hadoop's default is a quarter of an hour, which is more than a person has; what a person has changed counts. */
    private static LeaderConnection.Patience patience(Configuration conf) {
        LeaderConnection.Patience configured = LeaderConnection.Patience.of(conf, ANSWER_LIMIT);
        Duration hadoopsDefault = Duration.ofMillis(YarnConfiguration.DEFAULT_RESOURCEMANAGER_CONNECT_MAX_WAIT_MS);
        return configured.search().equals(hadoopsDefault)
                ? new LeaderConnection.Patience(
                        ANSWER_LIMIT, Duration.ofMillis(ApplicationSettings.CONNECT_TIMEOUT.get(conf)))
                : configured;
    }

    /** The user of this process, with the delegation token for these resource managers where there is one. */
    private static RpcIdentity identity(Configuration conf) {
        RpcIdentity user = RpcIdentity.ofProcess();
        try {
            Text service = ClientRMProxy.getRMDelegationTokenService(conf);
            for (Token<?> token :
                    UserGroupInformation.getCurrentUser().getCredentials().getAllTokens()) {
                if (token.getKind().equals(RMDelegationTokenIdentifier.KIND_NAME)
                        && token.getService().equals(service)) {
                    return user.with(token);
                }
            }
            return user;
        } catch (IOException e) {
            throw new UserException("the tokens of this process cannot be read: " + e.getMessage(), e);
        }
    }

    /** An id for an application, and the largest container that the cluster gives. */
    public GetNewApplicationResponse newApplication() throws IOException, YarnException {
        return new GetNewApplicationResponsePBImpl(
                call(NEW_APPLICATION, GetNewApplicationRequestProto.getDefaultInstance()));
    }

    /** Hands an application over. Not yet accepted then: {@link #report} tells. */
    public void submit(ApplicationSubmissionContext context) throws IOException, YarnException {
        SubmitApplicationRequest request = SubmitApplicationRequest.newInstance(context);
        call(SUBMIT, ((SubmitApplicationRequestPBImpl) request).getProto());
    }

    /** Asks for the end of an application; true once it has ended, and to be asked again until then. */
    public boolean kill(ApplicationId application) throws IOException, YarnException {
        KillApplicationRequest request = KillApplicationRequest.newInstance(application);
        return call(KILL, ((KillApplicationRequestPBImpl) request).getProto()).getIsKillCompleted();
    }

    /** How an application is. */
    public ApplicationReport report(ApplicationId application) throws IOException, YarnException {
        GetApplicationReportRequest request = GetApplicationReportRequest.newInstance(application);
        return new GetApplicationReportResponsePBImpl(
                        call(REPORT, ((GetApplicationReportRequestPBImpl) request).getProto()))
                .getApplicationReport();
    }

    /** The nodes in a state. */
    public List<NodeReport> nodes(NodeState state) throws IOException, YarnException {
        GetClusterNodesRequest request = GetClusterNodesRequest.newInstance(EnumSet.of(state));
        return new GetClusterNodesResponsePBImpl(call(NODES, ((GetClusterNodesRequestPBImpl) request).getProto()))
                .getNodeReports();
    }

    private <Q extends Message, R extends Message> R call(RpcCall<Q, R> call, Q request)
            throws IOException, YarnException {
        try {
            return Answers.await(leader.call(call, request));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while " + call + " was under way");
        }
    }

    /** Tells a person that no resource manager answers. */
    public UserException unreachable(Exception cause) {
        List<String> names = addresses.stream()
                .map(address -> address.getHostString() + ":" + address.getPort())
                .toList();
        return new UserException(
                "no resource manager answers at " + String.join(" or ", names)
                        + ": start it, or correct its address in HADOOP_CONF_DIR (" + rootMessage(cause) + ")",
                cause);
    }

    /** The cause alone: what is around it names the address once more. */
    private static String rootMessage(Throwable thrown) {
        Throwable root = thrown;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return String.valueOf(root.getMessage()).strip().replaceAll("\\s+", " ");
    }

    @Override
    public void close() {
        leader.close();
        threads.close();
    }
}
