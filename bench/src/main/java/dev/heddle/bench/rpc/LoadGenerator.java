package dev.heddle.bench.rpc;

import dev.heddle.common.rpc.transport.RpcThreads;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOption;
import io.netty.util.concurrent.Future;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/** The load on one server: a number of connections, each served by one of a few event loops. */
final class LoadGenerator implements AutoCloseable {
    /** Connections that are being set up at a time: fewer than Hadoop's listen queue of 256 holds. */
    private static final int CONNECTING_AT_MOST = 100;

    private static final Duration DRAIN_LIMIT = Duration.ofSeconds(30);
    private static final long DRAIN_POLL_MS = 2;

    private final List<LoadLoop> loops;

    private LoadGenerator(List<LoadLoop> loops) {
        this.loops = loops;
    }

    /**
     * Opens the connections.
     *
     * @param loopCount event loops to spread them over
     */
    static LoadGenerator connect(
            RpcThreads threads, int loopCount, InetSocketAddress server, CallFrame frame, int connections)
            throws InterruptedException {
        List<LoadLoop> loops = new ArrayList<>();
        for (int i = 0; i < Math.min(loopCount, connections); i++) {
            loops.add(new LoadLoop(threads.loops().next()));
        }
        List<ChannelFuture> connecting = new ArrayList<>();
        for (int i = 0; i < connections; i++) {
            LoadLoop loop = loops.get(i % loops.size());
            LoadConnection connection = new LoadConnection(loop, frame);
            loop.loop().submit(() -> loop.add(connection)).sync();
            connecting.add(new Bootstrap()
                    .group(loop.loop())
                    .channel(threads.channelType())
                    .option(ChannelOption.TCP_NODELAY, true)
                    .handler(connection)
                    .connect(server));
            if (connecting.size() == CONNECTING_AT_MOST || i == connections - 1) {
                for (ChannelFuture connected : connecting) {
                    connected.sync();
                }
                connecting.clear();
            }
        }
        return new LoadGenerator(List.copyOf(loops));
    }

    /** Keeps a number of calls under way on each connection, from now on. */
    void callInClosedLoop(int window) throws InterruptedException {
        for (LoadLoop loop : loops) {
            on(loop, () -> {
                loop.callInClosedLoop(window);
                return true;
            });
        }
    }

    /** Calls at a fixed rate over all connections, from now on. */
    void callInOpenLoop(double callsPerSecond) throws InterruptedException {
        for (LoadLoop loop : loops) {
            on(loop, () -> {
                loop.callInOpenLoop(callsPerSecond / loops.size());
                return true;
            });
        }
    }

    LoadCounts beginMeasuring() throws InterruptedException {
        LoadCounts sum = LoadCounts.NONE;
        for (LoadLoop loop : loops) {
            sum = sum.plus(on(loop, loop::beginMeasuring));
        }
        return sum;
    }

    LoadCounts endMeasuring() throws InterruptedException {
        LoadCounts sum = LoadCounts.NONE;
        for (LoadLoop loop : loops) {
            sum = sum.plus(on(loop, loop::endMeasuring));
        }
        return sum;
    }

    /** Ends the calls and waits for the answers that are still to come, up to a limit. */
    LoadCounts drain() throws InterruptedException {
        for (LoadLoop loop : loops) {
            on(loop, () -> {
                loop.stopCalling();
                return true;
            });
        }
        long giveUpNanos = System.nanoTime() + DRAIN_LIMIT.toNanos();
        LoadCounts counts = counts();
        while (counts.answered() < counts.sent() && System.nanoTime() - giveUpNanos < 0) {
            TimeUnit.MILLISECONDS.sleep(DRAIN_POLL_MS);
            counts = counts();
        }
        return counts;
    }

    private LoadCounts counts() throws InterruptedException {
        LoadCounts sum = LoadCounts.NONE;
        for (LoadLoop loop : loops) {
            sum = sum.plus(on(loop, loop::counts));
        }
        return sum;
    }

    /** Nanoseconds from when a call was due to its answer. */
    Histogram latency() throws InterruptedException {
        Histogram sum = on(loops.get(0), loops.get(0)::latency);
        for (LoadLoop loop : loops.subList(1, loops.size())) {
            sum.add(on(loop, loop::latency));
        }
        return sum;
    }

    /** Nanoseconds from when a call was due to when it was sent. */
    Histogram lag() throws InterruptedException {
        Histogram sum = on(loops.get(0), loops.get(0)::lag);
        for (LoadLoop loop : loops.subList(1, loops.size())) {
            sum.add(on(loop, loop::lag));
        }
        return sum;
    }

    private static <T> T on(LoadLoop loop, Callable<T> task) throws InterruptedException {
        Future<T> done = loop.loop().submit(task).sync();
        return done.getNow();
    }

    @Override
    public void close() {
        for (LoadLoop loop : loops) {
            loop.loop().submit(loop::close).syncUninterruptibly();
        }
    }
}
