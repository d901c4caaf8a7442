package dev.heddle.nm.logs;

import dev.heddle.nm.launch.ExitReport;
import java.lang.reflect.InvocationTargetException;
import java.util.Optional;
import java.util.function.Predicate;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.util.ReflectionUtils;
import org.apache.hadoop.yarn.api.records.ContainerExitStatus;
import org.apache.hadoop.yarn.server.api.ContainerLogAggregationPolicy;
import org.apache.hadoop.yarn.server.api.ContainerLogContext;
import org.apache.hadoop.yarn.server.api.ContainerType;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which containers' logs are brought together. YARN's own policies are known by the names of their classes, which are
 * Hadoop's node manager's and not here; others are loaded from this daemon's class path.
 */
final class LogPolicies {
    private static final Logger log = LoggerFactory.getLogger(LogPolicies.class);

    private static final String PACKAGE = "org.apache.hadoop.yarn.server.nodemanager.containermanager.logaggregation.";

    /** The name of the policy that brings all logs together. */
    static final String ALL = PACKAGE + "AllContainerLogAggregationPolicy";

    private LogPolicies() {}

    /** A policy that knows no parameters. */
    private record Fixed(Predicate<ContainerLogContext> wanted) implements ContainerLogAggregationPolicy {
        @Override
        public boolean shouldDoLogAggregation(ContainerLogContext container) {
            return wanted.test(container);
        }

        @Override
        public void parseParameters(String parameters) {
            log.debug("a policy without parameters was given '{}'", parameters);
        }
    }

    /**
     * The policy of a class.
     *
     * @param className empty where none is named
     * @param parameters in the policy's own notation, empty where there are none
     * @return empty if there is no such policy
     */
    static Optional<ContainerLogAggregationPolicy> find(
            String className, String parameters, Configuration configuration) {
        Optional<ContainerLogAggregationPolicy> policy = className.startsWith(PACKAGE)
                ? known(className.substring(PACKAGE.length()))
                : className.isEmpty() ? Optional.empty() : load(className, configuration);
        if (!parameters.isEmpty()) {
            policy.ifPresent(found -> found.parseParameters(parameters));
        }
        return policy;
    }

    private static Optional<ContainerLogAggregationPolicy> known(String name) {
        return Optional.ofNullable(
                switch (name) {
                    case "AllContainerLogAggregationPolicy" -> new Fixed(container -> true);
                    case "NoneContainerLogAggregationPolicy" -> new Fixed(container -> false);
                    case "AMOnlyLogAggregationPolicy" -> new Fixed(LogPolicies::isMaster);
                    case "AMOrFailedContainerLogAggregationPolicy" ->
                        new Fixed(container -> isMaster(container) || hasFailed(container));
                    case "FailedContainerLogAggregationPolicy" -> new Fixed(LogPolicies::hasFailed);
                    case "FailedOrKilledContainerLogAggregationPolicy" ->
                        new Fixed(container -> container.getExitCode() != 0);
                    case "LimitSizeContainerLogAggregationPolicy" ->
                        new Fixed(container -> container.getExitCode() != ContainerExitStatus.KILLED_FOR_EXCESS_LOGS);
                    case "SampleContainerLogAggregationPolicy" -> new SampledLogs();
                    default -> null;
                });
    }

    static boolean isMaster(ContainerLogContext container) {
        return container.getContainerType() == ContainerType.APPLICATION_MASTER;
    }

    private static boolean hasFailed(ContainerLogContext container) {
        return container.getExitCode() != 0 && !ExitReport.wasKilled(container.getExitCode());
    }

    private static Optional<ContainerLogAggregationPolicy> load(String className, Configuration configuration) {
        try {
            // Not initialized before it is known to be one: the name may come from an application.
            Class<?> loaded = Class.forName(className, false, configuration.getClassLoader());
            if (!ContainerLogAggregationPolicy.class.isAssignableFrom(loaded)) {
                log.warn("{} is no log aggregation policy", className);
                return Optional.empty();
            }
            ContainerLogAggregationPolicy policy = (ContainerLogAggregationPolicy)
                    loaded.getDeclaredConstructor().newInstance();
            ReflectionUtils.setConf(policy, configuration);
            return Optional.of(policy);
        } catch (ClassNotFoundException | LinkageError e) {
            log.warn("there is no log aggregation policy {}", className);
        } catch (InstantiationException
                | IllegalAccessException
                | InvocationTargetException
                | NoSuchMethodException e) {
            log.warn("the log aggregation policy {} cannot be made: {}", className, e.toString());
        }
        return Optional.empty();
    }
}
