package dev.heddle.bench.rm;

import dev.heddle.common.rpc.client.RpcCall;
import dev.heddle.common.rpc.client.RpcConnection;
import io.netty.channel.EventLoop;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.hadoop.yarn.proto.ApplicationMasterProtocol.ApplicationMasterProtocolService;
import org.apache.hadoop.yarn.proto.YarnProtos.ContainerIdProto;
import org.apache.hadoop.yarn.proto.YarnProtos.ContainerProto;
import org.apache.hadoop.yarn.proto.YarnProtos.PriorityProto;
import org.apache.hadoop.yarn.proto.YarnProtos.ResourceProto;
import org.apache.hadoop.yarn.proto.YarnProtos.ResourceRequestProto;
import org.apache.hadoop.yarn.proto.YarnServiceProtos.AllocateRequestProto;
import org.apache.hadoop.yarn.proto.YarnServiceProtos.AllocateResponseProto;
import org.apache.hadoop.yarn.proto.YarnServiceProtos.RegisterApplicationMasterRequestProto;
import org.apache.hadoop.yarn.proto.YarnServiceProtos.RegisterApplicationMasterResponseProto;
import org.jspecify.annotations.Nullable;

/**
 * An application master that wants containers in bursts. It asks for a burst as soon as it is due, calls again at a fixed
 * interval while it waits for some of it, and gives everything back with the next burst. Each burst has an allocation
 * request id of its own, so that each grant is matched to what asked for it. Belongs to one event loop.
 */
final class SimulatedMaster {
    private static final RpcCall<RegisterApplicationMasterRequestProto, RegisterApplicationMasterResponseProto>
            REGISTER = RpcCall.of(
                    ApplicationMasterProtocolService.getDescriptor(),
                    "registerApplicationMaster",
                    RegisterApplicationMasterRequestProto.getDefaultInstance(),
                    RegisterApplicationMasterResponseProto.getDefaultInstance());
    private static final RpcCall<AllocateRequestProto, AllocateResponseProto> ALLOCATE = RpcCall.of(
            ApplicationMasterProtocolService.getDescriptor(),
            "allocate",
            AllocateRequestProto.getDefaultInstance(),
            AllocateResponseProto.getDefaultInstance());

    private static final Duration CALL_LIMIT = Duration.ofMinutes(1);
    private static final int CONTAINER_MB = 1_024;

    private final RpcConnection connection;
    private final EventLoop loop;
    private final Listener listener;

    private int responseId;
    private boolean calling;
    private boolean timing;
    private long lastCallNanos;
    private long again;
    private long nextBurst;
    private int waiting;
    private final List<Burst> due = new ArrayList<>();
    private final Map<Long, Burst> asked = new HashMap<>();
    private List<ContainerIdProto> held = new ArrayList<>();

    /** Hears what becomes of the bursts, on the loop. */
    interface Listener {
        /** A container came. */
        void granted(long nanosSinceDue);

        /** Nothing is waited for any more. */
        void satisfied(SimulatedMaster master);

        void failed(Throwable cause);
    }

    /** Containers that are asked for at one go; those that are missing yet. */
    private static final class Burst {
        private final long id;
        private final long dueNanos;
        private int missing;

        Burst(long id, long dueNanos, int missing) {
            this.id = id;
            this.dueNanos = dueNanos;
            this.missing = missing;
        }
    }

    SimulatedMaster(RpcConnection connection, EventLoop loop, Listener listener) {
        this.connection = connection;
        this.loop = loop;
        this.listener = listener;
    }

    EventLoop loop() {
        return loop;
    }

    CompletableFuture<?> register() {
        return connection.call(
                REGISTER,
                RegisterApplicationMasterRequestProto.newBuilder()
                        .setHost("127.0.0.1")
                        .setRpcPort(1)
                        .setTrackingUrl("")
                        .build(),
                CALL_LIMIT);
    }

    /** How long it waits before it calls again for what it misses. Takes effect with the next burst. */
    void callAgainAfter(Duration interval) {
        again = interval.toNanos();
    }

    /** Wants that many containers more, and asks at once or with the answer to the call that is under way. */
    void want(int containers, long dueNanos) {
        due.add(new Burst(nextBurst++, dueNanos, containers));
        waiting += containers;
        if (!calling) {
            call();
        }
    }

    private void call() {
        calling = true;
        AllocateRequestProto.Builder request =
                AllocateRequestProto.newBuilder().setResponseId(responseId).setProgress(0.5f);
        for (Burst burst : due) {
            asked.put(burst.id, burst);
            request.addAsk(ResourceRequestProto.newBuilder()
                    .setPriority(PriorityProto.newBuilder().setPriority(1))
                    .setResourceName("*")
                    .setCapability(
                            ResourceProto.newBuilder().setMemory(CONTAINER_MB).setVirtualCores(1))
                    .setNumContainers(burst.missing)
                    .setRelaxLocality(true)
                    .setAllocationRequestId(burst.id));
        }
        if (!due.isEmpty()) {
            request.addAllRelease(held);
            held = new ArrayList<>();
            due.clear();
        }
        lastCallNanos = System.nanoTime();
        var unused = connection
                .call(ALLOCATE, request.build(), CALL_LIMIT)
                .whenComplete((response, failure) -> loop.execute(() -> answered(response, failure)));
    }

    private void answered(@Nullable AllocateResponseProto response, @Nullable Throwable failure) {
        calling = false;
        if (response == null) {
            listener.failed(failure == null ? new IllegalStateException("no answer") : failure);
            return;
        }
        responseId = response.getResponseId();
        long now = System.nanoTime();
        for (ContainerProto container : response.getAllocatedContainersList()) {
            held.add(container.getId());
            take(container.getAllocationRequestId(), now);
        }
        if (!due.isEmpty()) {
            call();
        } else if (waiting > 0) {
            callLater();
        } else {
            listener.satisfied(this);
        }
    }

    private void take(long id, long now) {
        Burst burst = asked.get(id);
        if (burst == null) {
            listener.failed(new IllegalStateException("a container came that nobody asked for"));
            return;
        }
        burst.missing--;
        waiting--;
        if (burst.missing == 0) {
            asked.remove(id);
        }
        listener.granted(now - burst.dueNanos);
    }

    private void callLater() {
        if (timing) {
            return;
        }
        timing = true;
        long wait = Math.max(0, lastCallNanos + again - System.nanoTime());
        var unused = loop.schedule(
                () -> {
                    timing = false;
                    if (!calling && waiting > 0) {
                        call();
                    }
                },
                wait,
                TimeUnit.NANOSECONDS);
    }
}
