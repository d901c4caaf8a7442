package dev.heddle.nm.services;

import dev.heddle.common.UserException;
import dev.heddle.nm.directories.NodeDirectories;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.yarn.api.records.ApplicationId;
import org.apache.hadoop.yarn.security.ContainerTokenIdentifier;
import org.apache.hadoop.yarn.server.api.ApplicationInitializationContext;
import org.apache.hadoop.yarn.server.api.ApplicationTerminationContext;
import org.apache.hadoop.yarn.server.api.AuxiliaryService;
import org.apache.hadoop.yarn.server.api.ContainerInitializationContext;
import org.apache.hadoop.yarn.server.api.ContainerTerminationContext;
import org.apache.hadoop.yarn.util.AuxiliaryServiceHelper;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The auxiliary services of this node, for its whole life. They hear of each container before it is prepared and after it
 * has ended, and of the end of each application; a service for which the application has data hears of the application
 * too. Nothing here waits for a service except start and close. Safe for all threads.
 */
public final class AuxiliaryServices implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(AuxiliaryServices.class);

    /** YARN's name for the folder in the recovery directory, so that services find what they have kept there. */
    private static final String RECOVERY_FOLDER = "nm-aux-services";

    private final Map<String, RunningService> services;
    private final Map<String, ByteBuffer> metadata;
    private final long callLimitMs;

    private AuxiliaryServices(Map<String, RunningService> services, long callLimitMs) {
        this.services = services;
        this.callLimitMs = callLimitMs;
        Map<String, ByteBuffer> told = new LinkedHashMap<>();
        services.forEach((name, service) -> {
            ByteBuffer metadata = service.metadata();
            if (metadata != null) {
                told.put(name, metadata);
            }
        });
        this.metadata = told;
    }

    /**
     * Starts the services that the configuration names, one after the other, and waits for each.
     *
     * @param recoveryDirectory where services may keep what they must know after a restart, or null where nothing
     *     outlives this daemon
     * @throws UserException if one of them cannot be started; then none is left running
     */
    public static AuxiliaryServices start(
            Configuration configuration, NodeDirectories directories, @Nullable Path recoveryDirectory) {
        List<ServiceDeclaration> declarations = ServiceDeclaration.read(configuration);
        if (!declarations.isEmpty()) {
            prepareFileSystems(configuration);
        }
        long callLimitMs = ServiceSettings.CALL_LIMIT.get(configuration);
        Map<String, RunningService> started = new LinkedHashMap<>();
        try {
            for (ServiceDeclaration declaration : declarations) {
                org.apache.hadoop.fs.Path recovery = recoveryPath(recoveryDirectory, declaration.name());
                started.put(
                        declaration.name(),
                        RunningService.start(
                                declaration,
                                new RunningService.Surroundings(
                                        configuration, new LocalPaths(directories), recovery, callLimitMs)));
            }
        } catch (RuntimeException e) {
            stop(started.values());
            throw e;
        }
        return new AuxiliaryServices(started, callLimitMs);
    }

    /**
     * Hadoop looks once, with the class loader of whoever comes first, for the file systems that there are. A service must
     * not be the first, or this daemon would get the service's.
     */
    private static void prepareFileSystems(Configuration configuration) {
        try {
            FileSystem.getFileSystemClass("file", configuration);
        } catch (IOException e) {
            throw new UserException("there is no file system for local files: " + e.getMessage(), e);
        }
    }

    private static org.apache.hadoop.fs.@Nullable Path recoveryPath(@Nullable Path directory, String name) {
        if (directory == null) {
            return null;
        }
        Path folder = directory.resolve(RECOVERY_FOLDER).resolve(name);
        try {
            NodeDirectories.makePrivate(folder);
        } catch (IOException e) {
            throw new UserException(
                    "cannot make " + folder + " for the auxiliary service " + name + ": " + e.getMessage(), e);
        }
        return new org.apache.hadoop.fs.Path(folder.toString());
    }

    /** What each service tells applications of itself, by its name; for services that tell nothing there is nothing. */
    public Map<String, ByteBuffer> metadata() {
        Map<String, ByteBuffer> copies = new LinkedHashMap<>();
        metadata.forEach((name, bytes) -> copies.put(name, bytes.duplicate()));
        return copies;
    }

    public boolean has(String name) {
        return services.containsKey(name);
    }

    /** The same for the environment of containers, in YARN's form. */
    public Map<String, String> environment() {
        Map<String, String> variables = new LinkedHashMap<>();
        metadata.forEach((name, bytes) -> variables.put(
                AuxiliaryServiceHelper.getPrefixServiceName(name),
                Base64.getEncoder().encodeToString(RunningService.copy(bytes).array())));
        return variables;
    }

    /**
     * Tells all services of a container, and those that it has data for of its application.
     *
     * @param data by service; names that this node does not have are ignored
     * @return completes when all of them have heard it, with what to tell people of each that has failed or has not
     *     answered in time. Complete already where there is no service.
     */
    public CompletableFuture<List<String>> containerStarts(
            ContainerTokenIdentifier token, String user, Map<String, ByteBuffer> data) {
        List<CompletableFuture<List<String>>> answers = new ArrayList<>();
        ApplicationId application =
                token.getContainerID().getApplicationAttemptId().getApplicationId();
        services.forEach((name, service) -> {
            answers.add(answer(
                    service,
                    "initializeContainer",
                    service.tell(each -> each.initializeContainer(new ContainerInitializationContext(
                            user, token.getContainerID(), token.getResource(), token.getContainerType())))));
            ByteBuffer own = data.get(name);
            if (own != null) {
                answers.add(answer(
                        service,
                        "initializeApplication",
                        service.tell(each -> each.initializeApplication(
                                new ApplicationInitializationContext(user, application, RunningService.copy(own))))));
            }
        });
        return CompletableFuture.allOf(answers.toArray(new CompletableFuture<?>[0]))
                .thenApply(all -> answers.stream()
                        .flatMap(answer -> answer.join().stream())
                        .toList());
    }

    private CompletableFuture<List<String>> answer(
            RunningService service, String method, CompletableFuture<Void> told) {
        return told.orTimeout(callLimitMs, TimeUnit.MILLISECONDS).handle((done, failure) -> {
            if (failure == null) {
                return List.of();
            }
            log.warn("auxiliary service {} failed in {}", service.name(), method, failure);
            return List.of("auxiliary service " + service.name() + " failed in " + method + ": " + words(failure));
        });
    }

    private String words(Throwable failure) {
        return failure instanceof TimeoutException
                ? "it has not answered in " + callLimitMs + " ms (" + ServiceSettings.CALL_LIMIT.key() + ")"
                : RunningService.words(failure);
    }

    /** Tells all services that a container has ended. What they make of it is logged. */
    public void containerEnded(ContainerTokenIdentifier token, String user) {
        tellAll(
                "stopContainer",
                each -> each.stopContainer(new ContainerTerminationContext(
                        user, token.getContainerID(), token.getResource(), token.getContainerType())));
    }

    /** Tells all services that nothing of an application is left here. What they make of it is logged. */
    public void applicationEnded(ApplicationId application) {
        tellAll("stopApplication", each -> each.stopApplication(new ApplicationTerminationContext(application)));
    }

    private void tellAll(String method, Consumer<AuxiliaryService> call) {
        services.values().forEach(service -> service.inform(method, call));
    }

    private static void stop(Iterable<RunningService> services) {
        services.forEach(RunningService::stop);
        services.forEach(RunningService::awaitEnd);
    }

    /** Stops the services, after what they have still to hear. Those that take too long are left. */
    @Override
    public void close() {
        stop(services.values());
    }
}
