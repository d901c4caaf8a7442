package dev.heddle.app.driver;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Where a driver gets its {@link ExecutorService}.
 *
 * <pre>{@code
 * ExecutorService executors = ClusterExecutors.newExecutorService();
 * Task<Long> task = () -> countWords(file);
 * long words = executors.submit(task).get();
 * }</pre>
 */
public final class ClusterExecutors {
    /** The application that this process drives; set once by the application master before the driver begins. */
    private static final AtomicReference<TaskGateway> APPLICATION = new AtomicReference<>();

    private ClusterExecutors() {}

    /**
     * A service whose tasks run in the application's executors. Tasks and their results must be serializable: use
     * {@link Task} for lambdas. A task whose executor is lost is run again on another one, so it should bear to run more
     * than once.
     *
     * @throws IllegalStateException outside of an application
     */
    public static ExecutorService newExecutorService() {
        TaskGateway gateway = APPLICATION.get();
        if (gateway == null) {
            throw new IllegalStateException("this process is not the driver of an application: run it on the cluster"
                    + " with 'heddle submit --master yarn --deploy-mode cluster --class MAIN_CLASS APPLICATION_JAR'");
        }
        return new ClusterExecutorService(gateway);
    }

    /** For the application master alone: the application of this process, once. */
    public static void connect(TaskGateway gateway) {
        if (!APPLICATION.compareAndSet(null, gateway)) {
            throw new IllegalStateException("this process drives an application already");
        }
    }
}
