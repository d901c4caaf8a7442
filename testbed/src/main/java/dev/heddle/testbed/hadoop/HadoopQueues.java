package dev.heddle.testbed.hadoop;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.metrics2.lib.DefaultMetricsSystem;
import org.apache.hadoop.security.Groups;
import org.apache.hadoop.yarn.api.records.ApplicationId;
import org.apache.hadoop.yarn.api.records.ApplicationSubmissionContext;
import org.apache.hadoop.yarn.api.records.Resource;
import org.apache.hadoop.yarn.conf.ConfigurationProvider;
import org.apache.hadoop.yarn.conf.YarnConfiguration;
import org.apache.hadoop.yarn.exceptions.YarnException;
import org.apache.hadoop.yarn.server.resourcemanager.RMContextImpl;
import org.apache.hadoop.yarn.server.resourcemanager.nodelabels.RMNodeLabelsManager;
import org.apache.hadoop.yarn.server.resourcemanager.placement.ApplicationPlacementContext;
import org.apache.hadoop.yarn.server.resourcemanager.placement.PlacementManager;
import org.apache.hadoop.yarn.server.resourcemanager.scheduler.QueueMetrics;
import org.apache.hadoop.yarn.server.resourcemanager.scheduler.capacity.AbstractCSQueue;
import org.apache.hadoop.yarn.server.resourcemanager.scheduler.capacity.AbstractLeafQueue;
import org.apache.hadoop.yarn.server.resourcemanager.scheduler.capacity.AbstractParentQueue;
import org.apache.hadoop.yarn.server.resourcemanager.scheduler.capacity.CSQueue;
import org.apache.hadoop.yarn.server.resourcemanager.scheduler.capacity.CapacityScheduler;
import org.apache.hadoop.yarn.util.Records;
import org.jspecify.annotations.Nullable;

/**
 * Gives configurations to Hadoop's capacity scheduler, one after the other, and writes down what it makes of each: the
 * queues, or that it refuses, and where it would place applications.
 *
 * <p>The file that is read has a line for each property ({@code key=value}) and application
 * ({@code ?user|group,group|name|queue}); a line {@code --} ends a configuration. The file that is written has for each
 * configuration {@code accepted} or {@code refused} with the reason, then lines {@code path field value} and, for the
 * applications in their order, {@code ? result}; a line {@code --} ends it.
 */
public final class HadoopQueues {
    private HadoopQueues() {}

    /** Reads the first file and writes the second. */
    public static void main(String[] arguments) throws IOException {
        DefaultMetricsSystem.setMiniClusterMode(true);
        Configuration groups = new Configuration();
        groups.set("hadoop.security.group.mapping", NamedGroups.class.getName());
        Groups.getUserToGroupsMappingServiceWithLoadedConfiguration(groups);
        List<String> written = new ArrayList<>();
        List<String> block = new ArrayList<>();
        for (String line : Files.readAllLines(Path.of(arguments[0]))) {
            if (line.equals("--")) {
                answer(block, written);
                written.add("--");
                block.clear();
            } else {
                block.add(line);
            }
        }
        Files.write(Path.of(arguments[1]), written);
        // Threads of the schedulers that were refused may still be there.
        System.exit(0);
    }

    private static void answer(List<String> block, List<String> written) {
        Configuration configuration = new YarnConfiguration();
        for (String line : block) {
            int at = line.indexOf('=');
            if (!line.startsWith("?") && at > 0) {
                configuration.set(line.substring(0, at), line.substring(at + 1));
            }
        }
        QueueMetrics.clearQueueMetrics();
        CapacityScheduler scheduler = new CapacityScheduler();
        try {
            RMContextImpl context = context(configuration);
            context.setScheduler(scheduler);
            scheduler.setRMContext(context);
            scheduler.setConf(configuration);
            scheduler.init(configuration);
            written.add("accepted");
            describe(scheduler.getRootQueue(), written);
            for (String line : block) {
                if (line.startsWith("?")) {
                    written.add("? " + place(context, configuration, line.substring(1)));
                }
            }
        } catch (Exception e) {
            written.add("refused " + String.valueOf(reason(e)).replace('\n', ' '));
        } finally {
            scheduler.stop();
        }
    }

    private static Throwable reason(Throwable failure) {
        return failure.getCause() == null ? failure : reason(failure.getCause());
    }

    private static RMContextImpl context(Configuration configuration) {
        RMContextImpl context = new RMContextImpl();
        context.setYarnConfiguration(configuration);
        RMNodeLabelsManager labels = new RMNodeLabelsManager();
        labels.init(configuration);
        context.setNodeLabelManager(labels);
        context.setQueuePlacementManager(new PlacementManager());
        context.setConfigurationProvider(new ConfigurationProvider() {
            @Override
            public void initInternal(Configuration bootstrap) {
                // Everything is in the configuration itself.
            }

            @Override
            public @Nullable InputStream getConfigurationInputStream(Configuration bootstrap, String name) {
                return null;
            }

            @Override
            public void closeInternal() {
                // Nothing was opened.
            }
        });
        return context;
    }

    private static void describe(CSQueue queue, List<String> written) {
        Map<String, String> fields = new TreeMap<>();
        AbstractCSQueue own = (AbstractCSQueue) queue;
        fields.put("state", queue.getState().toString());
        fields.put("accessible", String.join(",", new TreeSet<>(queue.getAccessibleNodeLabels())));
        fields.put("defaultLabel", String.valueOf(queue.getDefaultNodeLabelExpression()));
        fields.put("priority", String.valueOf(queue.getPriority().getPriority()));
        fields.put("parallel", String.valueOf(queue.getMaxParallelApps()));
        fields.put("maximumLifetime", String.valueOf(queue.getMaximumApplicationLifetime()));
        fields.put("defaultLifetime", String.valueOf(queue.getDefaultApplicationLifetime()));
        fields.put("maximumAllocation", amount(own.getMaximumAllocation()));
        fields.put("noPreemption", String.valueOf(queue.getPreemptionDisabled()));
        fields.put("noPreemptionInside", String.valueOf(queue.getIntraQueuePreemptionDisabled()));
        for (String label : queue.getQueueCapacities().getExistingNodeLabels()) {
            fields.put("absolute@" + label, number(queue.getQueueCapacities().getAbsoluteCapacity(label)));
            fields.put("maximum@" + label, number(queue.getQueueCapacities().getAbsoluteMaximumCapacity(label)));
            fields.put("masters@" + label, number(queue.getQueueCapacities().getMaxAMResourcePercentage(label)));
            fields.put("amount@" + label, amount(queue.getQueueResourceQuotas().getConfiguredMinResource(label)));
        }
        if (queue instanceof AbstractLeafQueue leaf) {
            fields.put("userLimit", number(leaf.getUserLimit()));
            fields.put("userLimitFactor", number(leaf.getUserLimitFactor()));
            fields.put("order", leaf.getOrderingPolicy().getClass().getSimpleName());
            fields.put(
                    "defaultPriority",
                    String.valueOf(leaf.getDefaultApplicationPriority().getPriority()));
        } else if (queue instanceof AbstractParentQueue parent) {
            fields.put("order", parent.getQueueOrderingPolicy().getConfigName());
        }
        fields.forEach((field, value) -> written.add(queue.getQueuePath() + " " + field + " " + value));
        if (queue.getChildQueues() != null) {
            queue.getChildQueues().forEach(child -> describe(child, written));
        }
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, "%.4f", value);
    }

    private static String amount(Resource resource) {
        return resource.getMemorySize() + "/" + resource.getVirtualCores();
    }

    private static String place(RMContextImpl context, Configuration configuration, String line) {
        String[] parts = line.split("\\|", -1);
        NamedGroups.set(parts[0], parts[1].isEmpty() ? List.of() : List.of(parts[1].split(",")));
        Groups.getUserToGroupsMappingService(configuration).refresh();
        ApplicationSubmissionContext application = Records.newRecord(ApplicationSubmissionContext.class);
        application.setApplicationId(ApplicationId.newInstance(1, 1));
        application.setApplicationName(parts[2]);
        application.setQueue(parts[3]);
        try {
            ApplicationPlacementContext placed =
                    context.getQueuePlacementManager().placeApplication(application, parts[0]);
            return placed == null ? "as asked" : placed.getFullQueuePath();
        } catch (YarnException e) {
            return "rejected " + e.getMessage();
        } catch (RuntimeException e) {
            throw new UncheckedIOException(new IOException(line, e));
        }
    }
}
