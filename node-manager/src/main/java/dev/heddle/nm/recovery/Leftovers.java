package dev.heddle.nm.recovery;

import dev.heddle.nm.directories.NodeDirectories;
import dev.heddle.nm.isolation.Isolation;
import dev.heddle.nm.launch.ContainerProcess;
import dev.heddle.nm.launch.ContainerProcess.Signal;
import dev.heddle.nm.launch.ExitWatch;
import dev.heddle.nm.launch.ProcessIdentity;
import dev.heddle.nm.launch.ProcessRecord;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.hadoop.yarn.api.records.ContainerId;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Ends and removes what an earlier node manager has left and nobody knows any more. Blocks; for the start. */
final class Leftovers {
    private static final Logger log = LoggerFactory.getLogger(Leftovers.class);

    /** How long a process may take to be gone after SIGKILL; longer where it hangs in the kernel. */
    private static final long END_LIMIT_MS = 5_000;

    private final NodeDirectories directories;
    private final ExitWatch watch;
    private final Isolation isolation;

    /**
     * What is known.
     *
     * @param applications by their ids
     * @param containers that have not ended, by their ids
     * @param folders working directories of containers, and those of copies of files
     * @param records of processes that are known
     */
    record Known(Set<String> applications, Set<String> containers, Set<Path> folders, Set<ProcessRecord> records) {
        static final Known NOTHING = new Known(Set.of(), Set.of(), Set.of(), Set.of());
    }

    Leftovers(NodeDirectories directories, ExitWatch watch, Isolation isolation) {
        this.directories = directories;
        this.watch = watch;
        this.isolation = isolation;
    }

    /** Ends the processes that are noted and not known, with everything that belongs to their containers. */
    void endProcesses(Known known) throws IOException {
        Set<ContainerId> containers = new HashSet<>();
        List<ContainerProcess> ending = new ArrayList<>();
        for (Path root : directories.readableLocalRoots()) {
            for (Path file : in(NodeDirectories.nodePrivate(root))) {
                ProcessRecord record = ProcessRecord.ofPidFile(file);
                if (record == null || known.records().contains(record)) {
                    continue;
                }
                ProcessIdentity identity = record.identity();
                if (identity != null && identity.isAlive()) {
                    log.warn("process {} of {} is not known any more and is ended", identity.pid(), file.getFileName());
                    ending.add(ContainerProcess.adopt(identity, record, watch));
                }
                if (!known.containers().contains(record.container())) {
                    container(record).ifPresent(containers::add);
                }
            }
        }
        try {
            for (ContainerProcess process : ending) {
                process.signalGroup(Signal.KILL);
            }
            for (ContainerProcess process : ending) {
                process.exit().get(END_LIMIT_MS, TimeUnit.MILLISECONDS);
            }
            for (ContainerId container : containers) {
                isolation.kill(container, ContainerProcess.NO_SESSION);
                isolation.remove(container);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (TimeoutException | ExecutionException e) {
            log.warn("a process of an earlier node manager does not end", e);
        }
    }

    private static Optional<ContainerId> container(ProcessRecord record) {
        try {
            return Optional.of(ContainerId.fromString(record.container()));
        } catch (IllegalArgumentException e) {
            log.debug("{} is no container's", record);
            return Optional.empty();
        }
    }

    /** Moves the files that are not known out of the way, and answers where to: to be deleted at leisure. */
    List<Path> moveFiles(Known known) throws IOException {
        List<Path> trash = new ArrayList<>();
        for (Path root : directories.readableLocalRoots()) {
            trash.addAll(NodeDirectories.trash(root));
            for (Path file : in(NodeDirectories.nodePrivate(root))) {
                ProcessRecord record = ProcessRecord.ofFile(file);
                if (record == null || !known.records().contains(record)) {
                    trash.add(NodeDirectories.discard(root, file));
                }
            }
            moveUnknown(root, NodeDirectories.publicCache(root), known.folders(), trash);
            for (Path user : in(NodeDirectories.users(root))) {
                String name = String.valueOf(user.getFileName());
                moveUnknown(root, NodeDirectories.userCache(root, name), known.folders(), trash);
                for (Path application : in(NodeDirectories.applications(root, name))) {
                    String id = String.valueOf(application.getFileName());
                    if (!known.applications().contains(id)) {
                        trash.add(NodeDirectories.discard(root, application));
                        continue;
                    }
                    Path copies = NodeDirectories.applicationCache(root, name, id);
                    moveUnknown(root, copies, known.folders(), trash);
                    for (Path container : in(application)) {
                        if (!container.equals(copies) && !known.folders().contains(container)) {
                            trash.add(NodeDirectories.discard(root, container));
                        }
                    }
                }
            }
        }
        return trash;
    }

    private void moveUnknown(Path root, Path folder, Set<Path> known, List<Path> trash) throws IOException {
        for (Path each : in(folder)) {
            if (known.contains(each)) {
                continue;
            }
            if (String.valueOf(each.getFileName()).length() == 1) {
                // A cache has further folders below its own once that is full; copies have longer names.
                moveUnknown(root, each, known, trash);
            } else {
                trash.add(NodeDirectories.discard(root, each));
            }
        }
    }

    private static List<Path> in(Path folder) throws IOException {
        List<Path> found = new ArrayList<>();
        if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
            return found;
        }
        try (DirectoryStream<Path> stream = Files.newDirectoryStream(folder)) {
            stream.forEach(found::add);
        } catch (NoSuchFileException | NotDirectoryException e) {
            log.debug("{} has gone", folder);
        }
        return found;
    }
}
