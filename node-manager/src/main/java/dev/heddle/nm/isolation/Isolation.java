package dev.heddle.nm.isolation;

import dev.heddle.nm.directories.FileOwner;
import java.io.IOException;
import java.util.List;
import org.apache.hadoop.yarn.api.records.ContainerId;
import org.jspecify.annotations.Nullable;

/**
 * Keeps containers inside what they were granted and apart from each other. One class for each kind;
 * {@link Isolations} chooses.
 *
 * <p>Nothing is remembered: everything follows from a container's id, so that the containers of an earlier life of this
 * daemon are watched, changed and ended like those of this one. Safe for all threads. All of it blocks, for milliseconds
 * where nothing else is said.
 */
public interface Isolation {
    /** What it does, in one line for the log. */
    String description();

    /**
     * Makes a place for a container.
     *
     * @param user whose container it is
     * @return what goes before the container's command: it puts the process that it is called in into the place, takes its
     *     privileges away, and becomes the command. Empty where there is nothing to do
     * @throws IOException if that cannot be had; nothing is left then
     */
    List<String> prepare(ContainerId container, String user, Allocation allocation) throws IOException;

    /**
     * Changes what a container that runs may use.
     *
     * @throws IOException if the kernel refuses it, such as less memory than is in use; the message says what stays
     */
    void update(ContainerId container, Allocation allocation) throws IOException;

    /** Whether the kernel itself ends what goes over its memory limit, so that nobody else has to look. */
    boolean enforcesMemory();

    /** What the kernel has counted of a container; {@link Account#NOTHING} where it does not count by container. */
    Account account(ContainerId container);

    /** The processes of a container, or null where the kernel does not know containers. */
    @Nullable
    List<Long> processes(ContainerId container);

    /**
     * Ends every process of a container, without asking them: also those that have left its process group or session. To
     * be called after the group was sent SIGKILL. Blocks for at most a few seconds where processes resist.
     *
     * @param leader the first process of the container, which leads its session
     * @return whether none is left
     */
    boolean kill(ContainerId container, long leader) throws InterruptedException;

    /** Removes what {@link #prepare} has made. To be called when no process is left. */
    void remove(ContainerId container) throws InterruptedException;

    /**
     * Who the files of a user's containers belong to; null where that is this daemon's own user.
     *
     * @throws IOException if nobody can be found
     */
    @Nullable
    FileOwner owner(String user) throws IOException;
}
