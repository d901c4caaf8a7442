package dev.heddle.testbed.hadoop;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.MalformedURLException;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.metrics2.lib.DefaultMetricsSystem;
import org.apache.hadoop.yarn.conf.YarnConfiguration;
import org.apache.hadoop.yarn.server.resourcemanager.recovery.RMStateStore.RMState;
import org.apache.hadoop.yarn.server.resourcemanager.scheduler.QueueMetrics;
import org.apache.hadoop.yarn.server.webproxy.ProxyCA;
import org.jspecify.annotations.Nullable;

/**
 * The main class of a process in which one resource manager of Hadoop's runs after the other. Whoever started it says
 * what to do over a connection to the port that it prints: a command on a line, {@code done} and values, or
 * {@code failed} and why, on the next.
 */
public final class ResourceManagers {
    private static final long DRAIN_LIMIT_MS = 60_000;

    private static final List<String> ADDRESSES = List.of(
            YarnConfiguration.RM_ADDRESS,
            YarnConfiguration.RM_SCHEDULER_ADDRESS,
            YarnConfiguration.RM_RESOURCE_TRACKER_ADDRESS,
            YarnConfiguration.RM_ADMIN_ADDRESS);

    private @Nullable ObservedResourceManager running;

    /** The certificate that the first one made: another for each would cost more than all the rest of their starts. */
    private @Nullable RMState certificate;

    private ResourceManagers() {}

    /** No arguments. Ends when its standard input does. */
    public static void main(String[] args) throws IOException {
        // What a former one has left behind under the same names is no fault.
        DefaultMetricsSystem.setMiniClusterMode(true);
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Thread thread = new Thread(() -> new ResourceManagers().serve(server), "commands");
            thread.setDaemon(true);
            thread.start();
            System.out.println("ready " + server.getLocalPort());
            while (System.in.read() >= 0) {
                // Nothing is ever said on this pipe: its end is what counts.
            }
            // An orderly stop would leave nothing that this does not.
            Runtime.getRuntime().halt(0);
        }
    }

    private void serve(ServerSocket server) {
        try (Socket socket = server.accept();
                BufferedReader in =
                        new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
                PrintWriter out = new PrintWriter(socket.getOutputStream(), true, StandardCharsets.UTF_8)) {
            socket.setTcpNoDelay(true);
            String line = in.readLine();
            while (line != null) {
                out.println(answer(line).replace('\n', ' '));
                line = in.readLine();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String answer(String line) {
        String[] words = line.split(" ", 2);
        try {
            return switch (words[0]) {
                case "start" -> "done " + start(Path.of(words[1]));
                case "drain" -> {
                    running().drain(DRAIN_LIMIT_MS);
                    yield "done";
                }
                case "preempt" -> {
                    running().preempt(Long.parseLong(words[1]));
                    yield "done";
                }
                case "stop" -> {
                    stop();
                    yield "done";
                }
                default -> throw new IllegalArgumentException("unknown command " + line);
            };
        } catch (Exception e) {
            e.printStackTrace();
            return "failed " + e;
        }
    }

    private ObservedResourceManager running() {
        if (running == null) {
            throw new IllegalStateException("no resource manager runs");
        }
        return running;
    }

    /** Starts one from the files of a directory, which refreshes read again; returns {@code key=address} by spaces. */
    private String start(Path directory) throws Exception {
        stop();
        // Hadoop looks for its files on the class path, by way of the thread that starts it.
        Thread.currentThread().setContextClassLoader(new FilesFirst(directory));
        ObservedResourceManager started = new ObservedResourceManager();
        running = started;
        started.init(new YarnConfiguration());
        if (certificate != null) {
            started.getRMContext().getProxyCAManager().recover(certificate);
        }
        started.start();
        if (certificate == null) {
            ProxyCA made = started.getRMContext().getProxyCAManager().getProxyCA();
            certificate = new RMState();
            certificate.getProxyCAState().setCaCert(made.getCaCert());
            certificate.getProxyCAState().setCaPrivateKey(made.getCaKeyPair().getPrivate());
        }
        Configuration bound = started.getConfig();
        return ADDRESSES.stream().map(key -> key + "=" + bound.get(key)).collect(Collectors.joining(" "));
    }

    /** The class path, in front of which stands a directory: Hadoop's jars hold files of the same names. */
    private static final class FilesFirst extends URLClassLoader {
        FilesFirst(Path directory) throws MalformedURLException {
            super(new URL[] {directory.toUri().toURL()}, ResourceManagers.class.getClassLoader());
        }

        @Override
        public @Nullable URL getResource(String name) {
            URL file = findResource(name);
            return file == null ? super.getResource(name) : file;
        }
    }

    private void stop() {
        if (running != null) {
            running.stop();
            running = null;
            QueueMetrics.clearQueueMetrics();
        }
    }
}
