package dev.heddle.nm.services;

import dev.heddle.common.UserException;
import dev.heddle.nm.work.WorkerPool;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.service.Service;
import org.apache.hadoop.yarn.server.api.AuxiliaryService;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One auxiliary service, which somebody else has written: it may block, throw, and load whatever it likes. All of its
 * methods are called by a thread of its own, one after the other, in the order in which they were asked for.
 */
final class RunningService {
    private static final Logger log = LoggerFactory.getLogger(RunningService.class);

    /** Calls that wait for a service: it hears four times of each of the containers that a node knows at once. */
    private static final int CALLS_WAITING = 50_000;

    private static final long STOP_LIMIT_MS = 5_000;

    private final ServiceDeclaration declaration;
    private final ClassLoader classes;
    private final WorkerPool worker;
    private @Nullable AuxiliaryService service;
    private @Nullable ByteBuffer metadata;

    /**
     * What a service is given when it starts.
     *
     * @param recoveryPath where it may keep what it must know after a restart, or null where nothing is kept
     */
    record Surroundings(Configuration configuration, LocalPaths paths, @Nullable Path recoveryPath, long limitMs) {}

    private RunningService(ServiceDeclaration declaration, ClassLoader classes) {
        this.declaration = declaration;
        this.classes = classes;
        this.worker = new WorkerPool("aux-" + declaration.name(), 1, CALLS_WAITING);
    }

    /**
     * Starts a service and waits until it has.
     *
     * @throws UserException if it cannot be started
     */
    static RunningService start(ServiceDeclaration declaration, Surroundings surroundings) {
        RunningService running;
        try {
            ClassLoader daemon = RunningService.class.getClassLoader();
            running = new RunningService(
                    declaration,
                    declaration.classPath().isEmpty() ? daemon : ServiceClassLoader.of(declaration, daemon));
        } catch (IOException e) {
            throw new UserException("auxiliary service " + declaration.name() + ": " + e.getMessage(), e);
        }
        try {
            running.run(() -> running.begin(surroundings)).get(surroundings.limitMs(), TimeUnit.MILLISECONDS);
            return running;
        } catch (ExecutionException e) {
            running.stop();
            running.awaitEnd();
            throw running.cannotStart(e.getCause() == null ? e : e.getCause());
        } catch (TimeoutException e) {
            running.worker.close();
            throw new UserException(
                    "auxiliary service " + declaration.name() + " has not started in " + surroundings.limitMs()
                            + " ms: see what it waits for, raise " + ServiceSettings.CALL_LIMIT.key()
                            + " or remove it from " + ServiceSettings.NAMES.key(),
                    e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            running.worker.close();
            throw new UserException("interrupted while auxiliary service " + declaration.name() + " was started", e);
        }
    }

    private void begin(Surroundings surroundings) throws ReflectiveOperationException {
        AuxiliaryService made = Class.forName(declaration.className(), true, classes)
                .asSubclass(AuxiliaryService.class)
                .getDeclaredConstructor()
                .newInstance();
        service = made;
        if (!declaration.name().equals(made.getName())) {
            log.warn(
                    "auxiliary service {} is of {}, whose own name is {}: applications that use that name will not find it",
                    declaration.name(),
                    made.getClass().getName(),
                    made.getName());
        }
        made.setAuxiliaryLocalPathHandler(surroundings.paths());
        if (surroundings.recoveryPath() != null) {
            made.setRecoveryPath(surroundings.recoveryPath());
        }
        Configuration configuration = new Configuration(surroundings.configuration());
        configuration.setClassLoader(classes);
        made.init(configuration);
        made.start();
        ByteBuffer told = made.getMetaData();
        metadata = told == null ? null : copy(told);
        log.info("auxiliary service {} ({}) has started", declaration.name(), declaration.className());
    }

    private UserException cannotStart(Throwable failure) {
        Throwable cause = failure instanceof InvocationTargetException && failure.getCause() != null
                ? failure.getCause()
                : failure;
        String what = "auxiliary service " + declaration.name() + " cannot be started: ";
        String mend;
        if (cause instanceof ClassNotFoundException) {
            mend = "there is no class " + declaration.className() + " on "
                    + (declaration.classPath().isEmpty() ? "this daemon's own class path" : "its class path")
                    + ": name its jars, parted by colons, in " + declaration.classPathKey();
        } else if (cause instanceof NoClassDefFoundError) {
            mend = "it lacks the class " + cause.getMessage() + ": add the jar that has it to "
                    + declaration.classPathKey();
        } else if (cause instanceof ClassCastException || cause instanceof NoSuchMethodException) {
            mend = declaration.className() + " is no " + AuxiliaryService.class.getName()
                    + " with a constructor without arguments: correct yarn.nodemanager.aux-services."
                    + declaration.name() + ".class";
        } else {
            mend = words(cause) + ": mend that, or remove it from " + ServiceSettings.NAMES.key();
        }
        return new UserException(what + mend, cause);
    }

    static String words(Throwable failure) {
        String message = failure.getMessage();
        return message == null || message.isBlank()
                ? failure.getClass().getName()
                : failure.getClass().getSimpleName() + ": " + message;
    }

    static ByteBuffer copy(ByteBuffer bytes) {
        byte[] content = new byte[bytes.remaining()];
        bytes.duplicate().get(content);
        return ByteBuffer.wrap(content);
    }

    String name() {
        return declaration.name();
    }

    /** What the service tells applications of itself, or null where it has nothing to tell. */
    @Nullable
    ByteBuffer metadata() {
        return metadata;
    }

    /**
     * Has the service told something.
     *
     * @return completes when it has been; fails with what it throws, or with {@link RejectedExecutionException} where too
     *     many calls wait for it
     */
    CompletableFuture<Void> tell(Consumer<AuxiliaryService> call) {
        return run(() -> {
            AuxiliaryService told = service;
            if (told != null) {
                call.accept(told);
            }
        });
    }

    /** As {@link #tell}, for what needs no answer: what goes wrong is logged. */
    void inform(String method, Consumer<AuxiliaryService> call) {
        queue(
                () -> {
                    AuxiliaryService informed = service;
                    if (informed != null) {
                        call.accept(informed);
                    }
                },
                failure -> {
                    if (failure != null) {
                        log.warn("auxiliary service {} failed in {}", name(), method, failure);
                    }
                });
    }

    private interface Call {
        void run() throws Exception;
    }

    private CompletableFuture<Void> run(Call call) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        queue(call, failure -> {
            if (failure == null) {
                done.complete(null);
            } else {
                done.completeExceptionally(failure);
            }
        });
        return done;
    }

    // A service may throw whatever it likes, errors of linking included; its thread and this daemon go on.
    private void queue(Call call, Consumer<@Nullable Throwable> done) {
        try {
            worker.execute(() -> {
                Thread.currentThread().setContextClassLoader(classes);
                Throwable failure = null;
                try {
                    call.run();
                } catch (Throwable e) {
                    failure = e;
                }
                done.accept(failure);
            });
        } catch (RejectedExecutionException e) {
            done.accept(new RejectedExecutionException("too many calls wait for it, or it has stopped", e));
        }
    }

    /** Has the service stop, after whatever it still does; {@link #awaitEnd} waits for it. */
    void stop() {
        inform("stop", Service::stop);
    }

    void awaitEnd() {
        worker.drain(STOP_LIMIT_MS);
    }
}
