package dev.heddle.app.master;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs the driver's {@code main} on a thread of its own, with the application's class loader, and says how it ended. */
final class DriverThread {
    private static final Logger log = LoggerFactory.getLogger(DriverThread.class);

    private DriverThread() {}

    /**
     * Begins.
     *
     * @param ended told the outcome, once
     */
    static void start(String mainClass, List<String> arguments, ClassLoader loader, Consumer<FinalOutcome> ended) {
        Thread thread = new Thread(() -> ended.accept(run(mainClass, arguments, loader)), "driver");
        thread.setContextClassLoader(loader);
        thread.start();
    }

    private static FinalOutcome run(String mainClass, List<String> arguments, ClassLoader loader) {
        try {
            Method main = Class.forName(mainClass, true, loader).getMethod("main", String[].class);
            if (!Modifier.isStatic(main.getModifiers())) {
                return FinalOutcome.failed("the main method of " + mainClass + " is not static");
            }
            main.setAccessible(true);
            main.invoke(null, (Object) arguments.toArray(new String[0]));
            return FinalOutcome.succeeded();
        } catch (InvocationTargetException e) {
            log.error("the driver failed", e.getCause());
            return FinalOutcome.failed("driver " + mainClass + " failed: " + oneLine(e.getCause()));
        } catch (ReflectiveOperationException | LinkageError e) {
            log.error("the driver cannot be run", e);
            return FinalOutcome.failed("driver " + mainClass + " cannot be run: " + oneLine(e));
        }
    }

    private static String oneLine(@Nullable Throwable thrown) {
        return String.valueOf(thrown).replaceAll("\\s+", " ");
    }
}
