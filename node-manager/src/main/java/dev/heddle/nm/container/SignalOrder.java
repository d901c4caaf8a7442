package dev.heddle.nm.container;

import org.apache.hadoop.yarn.api.records.ContainerId;
import org.apache.hadoop.yarn.api.records.SignalContainerCommand;

/** What a container is to be told. Immutable. */
public record SignalOrder(ContainerId container, SignalContainerCommand command) {}
