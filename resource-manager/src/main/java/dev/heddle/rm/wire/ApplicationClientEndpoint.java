package dev.heddle.rm.wire;

import dev.heddle.common.rpc.RpcProtocol;
import dev.heddle.rm.lead.Leadership;
import dev.heddle.rm.security.Access;
import java.util.concurrent.Executor;
import org.apache.hadoop.yarn.api.ApplicationClientProtocolPB;
import org.apache.hadoop.yarn.conf.YarnConfiguration;
import org.apache.hadoop.yarn.proto.ApplicationClientProtocol.ApplicationClientProtocolService;

/**
 * {@code ApplicationClientProtocol}: what users ask. Changes go to the core; reads come from the snapshots and never wait
 * for it.
 */
public final class ApplicationClientEndpoint {
    private final ApplicationCalls applications;
    private final ReportCalls reports;
    private final ClusterCalls cluster;
    private final DelegationTokenCalls tokens;
    private final MarkReports marks;

    /**
     * The endpoint.
     *
     * @param slow for answers that take longer than an I/O thread should give
     */
    public ApplicationClientEndpoint(
            Leadership leadership, Access access, Executor slow, Submissions submissions, ReportSource source) {
        ClientCalls calls = new ClientCalls(leadership, access, slow);
        applications = new ApplicationCalls(calls, submissions, new UpdateCalls(calls, source.clock()));
        reports = new ReportCalls(calls, source);
        cluster = new ClusterCalls(calls, source);
        tokens = new DelegationTokenCalls(calls);
        marks = new MarkReports(leadership);
    }

    public RpcProtocol protocol() {
        RpcProtocol.Builder protocol = RpcProtocol.builder(
                        ApplicationClientProtocolPB.class, ApplicationClientProtocolService.getDescriptor())
                .authorizedBy(YarnConfiguration.YARN_SECURITY_SERVICE_AUTHORIZATION_APPLICATIONCLIENT_PROTOCOL);
        applications.addTo(protocol);
        reports.addTo(protocol);
        cluster.addTo(protocol);
        tokens.addTo(protocol);
        marks.addTo(protocol);
        return protocol.build();
    }
}
