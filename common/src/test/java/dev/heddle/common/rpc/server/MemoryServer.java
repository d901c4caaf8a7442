package dev.heddle.common.rpc.server;

import dev.heddle.common.rpc.RpcProtocol;
import dev.heddle.common.rpc.metrics.ServerStatistics;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.security.token.SecretManager;
import org.apache.hadoop.security.token.TokenIdentifier;
import org.jspecify.annotations.Nullable;

/**
 * A server whose connections are in memory: what {@link RpcServer} runs, without sockets and without threads. Whoever
 * writes decides what comes in one read, and every step has been taken when the writing returns. For one thread.
 */
public final class MemoryServer {
    private final UnpooledByteBufAllocator allocator = new UnpooledByteBufAllocator(false, true);
    private final Queue<Runnable> slow = new ArrayDeque<>();
    private final EmbeddedChannel clockwork = new EmbeddedChannel();
    private final Service service;
    private final ServerLoop loop;

    private MemoryServer(
            Configuration configuration,
            RpcServer.Authentication authentication,
            @Nullable SecretManager<? extends TokenIdentifier> secrets,
            RpcProtocol... protocols) {
        service =
                Service.of(configuration, authentication, secrets, List.of(protocols), "memory.address", 1, slow::add);
        loop = new ServerLoop(clockwork.eventLoop(), 0);
    }

    /** A server that takes whoever comes. */
    public static MemoryServer open(Configuration configuration, RpcProtocol... protocols) {
        return new MemoryServer(configuration, RpcServer.Authentication.CONFIGURED, null, protocols);
    }

    /** A server that takes nothing but tokens. */
    public static MemoryServer tokenOnly(
            Configuration configuration, SecretManager<? extends TokenIdentifier> secrets, RpcProtocol... protocols) {
        return new MemoryServer(configuration, RpcServer.Authentication.TOKEN_ONLY, secrets, protocols);
    }

    public MemoryConnection connect() {
        MemoryChannel channel = new MemoryChannel(allocator);
        MemoryConnection connection = new MemoryConnection(this, channel);
        channel.begin(new ServerConnection(service, loop, channel));
        return connection;
    }

    /** Takes all steps that can be taken. */
    void run() {
        clockwork.runPendingTasks();
        for (Runnable step = slow.poll(); step != null; step = slow.poll()) {
            step.run();
            clockwork.runPendingTasks();
        }
    }

    /** Closes the connections whose time is up. */
    public void sweep(long nowNanos) {
        loop.sweep(nowNanos);
        run();
    }

    public ServerStatistics statistics() {
        return service.statistics();
    }

    /**
     * What connections that have ended left behind, and what went wrong in the server; empty where nothing did.
     *
     * @param open how many connections are still there, none of which has anything under way
     */
    public String leftovers(int open) {
        Admission admission = service.admission();
        long held = allocator.metric().usedHeapMemory() + allocator.metric().usedDirectMemory();
        boolean clean = admission.connections() == open
                && loop.connectionCount() == open
                && admission.calls() == 0
                && admission.buffers().usedBytes() == 0
                && held == 0
                && service.defects().count() == 0;
        return clean
                ? ""
                : admission.connections() + " connections, " + loop.connectionCount() + " of them listed, "
                        + admission.calls() + " calls, " + admission.buffers().usedBytes() + " bytes taken, " + held
                        + " bytes held, " + service.defects().count() + " defects";
    }
}
