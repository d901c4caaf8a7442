package dev.heddle.app.executor;

import dev.heddle.app.launch.ApplicationCredentials;
import dev.heddle.app.launch.ContainerFiles;
import dev.heddle.app.transport.DriverConnection;
import dev.heddle.app.transport.DriverListener;
import dev.heddle.app.transport.Message;
import dev.heddle.app.transport.Secret;
import dev.heddle.app.transport.TransportLimits;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The process that runs tasks: connects to its driver and does what that says, until that says so or is gone. The main
 * thread waits for the end; Netty's thread hands tasks to the slots; each slot is a thread.
 */
public final class ExecutorMain implements DriverListener {
    /** Exit status of an executor that lost its driver, or never had one. */
    public static final int DRIVER_LOST_STATUS = 2;

    private static final Logger log = LoggerFactory.getLogger(ExecutorMain.class);

    private final int slots;
    private final ClassLoader loader;
    private final CompletableFuture<Integer> exitStatus = new CompletableFuture<>();
    private final CompletableFuture<DriverConnection> connection = new CompletableFuture<>();
    /** Set before the first task comes, by the thread that brings the tasks. */
    private @Nullable TaskSlots taskSlots;

    private ExecutorMain(int slots, ClassLoader loader) {
        this.slots = slots;
        this.loader = loader;
    }

    /** Arguments: the driver's host and port, this executor's id, its number of slots. */
    public static void main(String[] args) throws IOException {
        InetSocketAddress driver = new InetSocketAddress(args[0], Integer.parseInt(args[1]));
        String executorId = args[2];
        Secret secret = ApplicationCredentials.secret(System.getenv());
        ClassLoader loader = ContainerFiles.applicationClassLoader(Path.of(""));
        ExecutorMain executor = new ExecutorMain(Integer.parseInt(args[3]), loader);
        executor.connection.complete(new DriverConnection(driver, executorId, secret, new SecureRandom(), executor));
        int status = executor.exitStatus.join();
        System.out.flush();
        // Not exit: a task that hangs, or a hook of the application's, must not keep a useless executor alive.
        Runtime.getRuntime().halt(status);
    }

    @Override
    public void welcomed(TransportLimits limits) {
        log.info("the driver takes this executor, with {} slots", slots);
        taskSlots = new TaskSlots(slots, loader, limits.maxPayloadBytes(), (taskId, outcome) -> connection
                .join()
                .send(new Message.TaskFinished(taskId, outcome)));
    }

    @Override
    public void run(Message.RunTask message) {
        if (taskSlots != null) {
            taskSlots.run(message.taskId(), message.task());
        }
    }

    @Override
    public void cancel(long taskId) {
        if (taskSlots != null) {
            taskSlots.cancel(taskId);
        }
    }

    @Override
    public void shutdown() {
        log.info("the driver does not need this executor any more");
        exitStatus.complete(0);
    }

    @Override
    public void closed(String reason) {
        if (exitStatus.complete(DRIVER_LOST_STATUS)) {
            log.info("no driver: {}", reason);
        }
    }
}
