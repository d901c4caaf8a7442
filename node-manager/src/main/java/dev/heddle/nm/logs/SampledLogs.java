package dev.heddle.nm.logs;

import org.apache.hadoop.yarn.api.records.ContainerId;
import org.apache.hadoop.yarn.server.api.ContainerLogAggregationPolicy;
import org.apache.hadoop.yarn.server.api.ContainerLogContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings together the logs of masters, of containers that failed, of the first few workers, and of a share of the others.
 * Its parameters are YARN's: {@code SR:0.2,MIN:20}.
 */
final class SampledLogs implements ContainerLogAggregationPolicy {
    private static final Logger log = LoggerFactory.getLogger(SampledLogs.class);

    private static final float DEFAULT_RATE = 0.2f;
    private static final int DEFAULT_MINIMUM = 20;

    /** The first container of an application is its master; the workers' numbers begin after it. */
    private static final int FIRST_WORKER = 2;

    private float rate = DEFAULT_RATE;
    private int minimum = DEFAULT_MINIMUM;

    @Override
    public void parseParameters(String parameters) {
        for (String parameter : parameters.split(",", -1)) {
            String[] parts = parameter.trim().split(":", 2);
            if (parts.length < 2) {
                continue;
            }
            try {
                take(parts[0].trim(), parts[1].trim());
            } catch (NumberFormatException e) {
                log.warn("the parameter {} of log sampling is left out of account: it is no number", parameter);
            }
        }
    }

    private void take(String name, String value) {
        if (name.equals("SR")) {
            float asked = Float.parseFloat(value);
            rate = asked >= 0 && asked <= 1 ? asked : DEFAULT_RATE;
        } else if (name.equals("MIN")) {
            int asked = Integer.parseInt(value);
            minimum = asked >= 0 ? asked : DEFAULT_MINIMUM;
        }
    }

    @Override
    public boolean shouldDoLogAggregation(ContainerLogContext container) {
        if (LogPolicies.isMaster(container) || container.getExitCode() != 0) {
            return true;
        }
        ContainerId id = container.getContainerId();
        if ((id.getContainerId() & ContainerId.CONTAINER_ID_BITMASK) < minimum + FIRST_WORKER) {
            return true;
        }
        return rate != 0 && id.hashCode() % (1 / rate) == 0;
    }
}
