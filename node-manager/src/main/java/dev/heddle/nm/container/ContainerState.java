package dev.heddle.nm.container;

import dev.heddle.common.lifecycle.Lifecycle;
import java.util.Set;

/** Where a container is on its way from a start request to its end. */
public enum ContainerState {
    /** Its files are being fetched. */
    LOCALIZING,
    /** Its directory is being laid out and its process started. A kill that comes now waits for the process. */
    LAUNCHING,
    RUNNING,
    /** It runs on while the files of what is to run instead are being fetched. */
    REINITIALIZING,
    /** Its process has been told to end, or has ended, and another one takes its place. A kill waits for the end. */
    REPLACING,
    /** Its process has failed, and is to be started again after a while. */
    RELAUNCHING,
    /** Its process has been told to end and has not ended yet. */
    KILLING,
    /** Its process has ended or will never start; what it left is being looked at. */
    ENDING,
    /** Nothing of it runs any more, and its exit status is final. */
    DONE;

    /** Which state may follow which. */
    public static final Lifecycle<ContainerState> LIFECYCLE = Lifecycle.of(
                    "container", ContainerState.class, LOCALIZING)
            .allow(LOCALIZING, Set.of(LAUNCHING, ENDING))
            .allow(LAUNCHING, Set.of(RUNNING, KILLING, ENDING))
            .allow(RUNNING, Set.of(REINITIALIZING, REPLACING, RELAUNCHING, KILLING, ENDING))
            .allow(REINITIALIZING, Set.of(RUNNING, REPLACING, KILLING, ENDING))
            .allow(REPLACING, Set.of(LAUNCHING, ENDING))
            .allow(RELAUNCHING, Set.of(LAUNCHING, ENDING))
            .allow(KILLING, Set.of(ENDING))
            .allow(ENDING, Set.of(DONE))
            .build();
}
