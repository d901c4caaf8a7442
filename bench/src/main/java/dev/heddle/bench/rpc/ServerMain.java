package dev.heddle.bench.rpc;

import com.sun.management.ThreadMXBean;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.LongAdder;

/**
 * The process of one server. It prints {@code ready PORT}, answers each line on its standard input with a line of
 * {@link ServerCounters}, and ends when its standard input does, so that it never outlives the benchmark.
 */
final class ServerMain {
    private ServerMain() {}

    /**
     * Serves.
     *
     * @param arguments kind of server, workload, who answers (each the name of an enum's constant), handlers
     */
    public static void main(String[] arguments) throws IOException {
        LongAdder calls = new LongAdder();
        Servers servers = new Servers(Workload.Name.valueOf(arguments[1]), Servers.Answer.valueOf(arguments[2]), calls);
        int port = servers.start(Servers.Kind.valueOf(arguments[0]), Integer.parseInt(arguments[3]));
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.US_ASCII);
        out.println("ready " + port);
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
        while (in.readLine() != null) {
            out.println(new ServerCounters(calls.sum(), allocatedBytes(), Machine.collectionMs()).line());
        }
        // The servers' threads are not all daemons, and a flight recorder writes its file at a proper exit alone.
        System.exit(0);
    }

    /** Of all threads that live; a server's threads outlive every measurement. */
    private static long allocatedBytes() {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long sum = 0;
        for (long bytes : threads.getThreadAllocatedBytes(threads.getAllThreadIds())) {
            sum += Math.max(0, bytes);
        }
        return sum;
    }
}
