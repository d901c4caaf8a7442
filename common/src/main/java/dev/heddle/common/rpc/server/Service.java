package dev.heddle.common.rpc.server;

import dev.heddle.common.UserException;
import dev.heddle.common.rpc.RpcProtocol;
import dev.heddle.common.rpc.metrics.ErrorCounts;
import dev.heddle.common.rpc.metrics.ServerStatistics;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.security.token.SecretManager;
import org.apache.hadoop.security.token.TokenIdentifier;
import org.jspecify.annotations.Nullable;

/**
 * What all connections of a server share.
 *
 * @param slow runs steps that may wait
 */
record Service(
        ServerLimits limits,
        Admission admission,
        ServerSecurity security,
        MethodTable methods,
        RefusalLog refusals,
        DefectLog defects,
        ErrorCounts unanswerable,
        Executor slow) {
    /**
     * A service of these protocols and of the one that tells about them.
     *
     * @param secrets verifies tokens, or null where no token is accepted
     * @param addressKey the setting by which people know the server
     * @param loops how many I/O threads there are
     * @throws UserException if a setting cannot be used
     */
    static Service of(
            Configuration configuration,
            RpcServer.Authentication authentication,
            @Nullable SecretManager<? extends TokenIdentifier> secrets,
            List<RpcProtocol> protocols,
            String addressKey,
            int loops,
            Executor slow) {
        if (protocols.isEmpty()) {
            throw new IllegalArgumentException("no protocol to serve");
        }
        List<RpcProtocol> served = new ArrayList<>(protocols);
        served.add(ProtocolMetaInfo.of(protocols));
        ServerLimits limits = new ServerLimits(configuration);
        MethodTable methods = new MethodTable(served, loops);
        ServerSecurity security;
        try {
            security = new ServerSecurity(
                    configuration, authentication == RpcServer.Authentication.TOKEN_ONLY, secrets, methods, served);
        } catch (IOException e) {
            throw new UserException("cannot tell who this process is: " + e.getMessage(), e);
        }
        return new Service(
                limits,
                new Admission(limits),
                security,
                methods,
                new RefusalLog(addressKey),
                new DefectLog(),
                new ErrorCounts(),
                slow);
    }

    /** What has been done so far. */
    ServerStatistics statistics() {
        return new ServerStatistics(
                new ServerStatistics.Connections(admission.connections(), admission.accepted(), refusals.count()),
                admission.calls(),
                admission.busyAnswers(),
                admission.buffers().usedBytes(),
                unanswerable.byKind(),
                defects.count(),
                methods.all().stream()
                        .map(target -> target.metrics().statistics())
                        .toList());
    }
}
