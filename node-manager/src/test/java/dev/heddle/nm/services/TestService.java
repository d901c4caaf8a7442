package dev.heddle.nm.services;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.yarn.server.api.ApplicationInitializationContext;
import org.apache.hadoop.yarn.server.api.ApplicationTerminationContext;
import org.apache.hadoop.yarn.server.api.AuxiliaryService;
import org.apache.hadoop.yarn.server.api.ContainerInitializationContext;
import org.apache.hadoop.yarn.server.api.ContainerTerminationContext;

/**
 * Does what its configuration and its data say: a name that is set as {@code test.service.fail} fails the method of that
 * name, one that is set as {@code test.service.hang} never returns from it before {@link #release}.
 */
public final class TestService extends AuxiliaryService {
    public static final String NAME = "test_service";
    static final String FAIL = "test.service.fail";
    static final String HANG = "test.service.hang";
    static final String METADATA = "at port 4711";

    /** What the instances were told, each with the method's name in front. */
    public static final BlockingQueue<String> TOLD = new LinkedBlockingQueue<>();

    private static final Map<String, CountDownLatch> HANGING = new ConcurrentHashMap<>();

    public TestService() {
        super(NAME);
    }

    public static void release() {
        HANGING.values().forEach(CountDownLatch::countDown);
        HANGING.clear();
    }

    private void told(String method, Object what) {
        TOLD.add(method + " " + what);
        Configuration configuration = getConfig();
        if (configuration != null && method.equals(configuration.get(FAIL))) {
            throw new IllegalStateException("no " + method + " today");
        }
        if (configuration != null && method.equals(configuration.get(HANG))) {
            try {
                HANGING.computeIfAbsent(method, absent -> new CountDownLatch(1)).await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    @Override
    protected void serviceStart() {
        told("serviceStart", Thread.currentThread().getName());
    }

    @Override
    protected void serviceStop() {
        told("serviceStop", Thread.currentThread().getName());
    }

    @Override
    public void setRecoveryPath(Path path) {
        told("setRecoveryPath", path.getName());
    }

    @Override
    public void initializeApplication(ApplicationInitializationContext start) {
        String data = StandardCharsets.UTF_8
                .decode(start.getApplicationDataForService())
                .toString();
        told("initializeApplication", start.getApplicationId() + " " + start.getUser() + " " + data);
    }

    @Override
    public void stopApplication(ApplicationTerminationContext stop) {
        told("stopApplication", stop.getApplicationId());
    }

    @Override
    public void initializeContainer(ContainerInitializationContext start) {
        told("initializeContainer", start.getContainerId() + " " + start.getUser());
    }

    @Override
    public void stopContainer(ContainerTerminationContext stop) {
        told("stopContainer", stop.getContainerId() + " " + stop.getUser());
    }

    @Override
    public ByteBuffer getMetaData() {
        return ByteBuffer.wrap(METADATA.getBytes(StandardCharsets.UTF_8));
    }
}
