package dev.heddle.deploy.demo;

import dev.heddle.common.UserException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.random.RandomGenerator;

/**
 * Ports of the loopback interface on which nothing listens. Between the look and the use somebody else may take one, so who
 * uses them tries again with others on a conflict. They lie below the range from which systems choose the near ends of
 * connections, which keeps that rare.
 */
final class FreePorts {
    private static final int LOWEST = 20_000;
    private static final int HIGHEST = 32_000;
    private static final int MAX_TRIES = 1_000;

    private final Deque<Integer> ports = new ArrayDeque<>();

    /** Finds a number of different free ports. */
    FreePorts(int count, RandomGenerator random) {
        Set<Integer> found = new LinkedHashSet<>();
        for (int tried = 0; found.size() < count && tried < MAX_TRIES; tried++) {
            int port = random.nextInt(LOWEST, HIGHEST);
            if (isFree(port)) {
                found.add(port);
            }
        }
        if (found.size() < count) {
            throw new UserException("no " + count + " free ports found between " + LOWEST + " and " + HIGHEST
                    + " on the loopback interface: stop some of what listens there");
        }
        ports.addAll(found);
    }

    private static boolean isFree(int port) {
        try (ServerSocket socket = new ServerSocket()) {
            socket.setReuseAddress(false);
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    /** The next of them, as {@code host:port}. */
    String nextAddress() {
        return InetAddress.getLoopbackAddress().getHostAddress() + ":" + ports.removeFirst();
    }
}
