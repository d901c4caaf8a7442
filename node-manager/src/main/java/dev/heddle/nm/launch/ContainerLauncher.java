package dev.heddle.nm.launch;

import dev.heddle.nm.directories.DiskSpace;
import dev.heddle.nm.directories.NodeDirectories;
import dev.heddle.nm.isolation.Allocation;
import dev.heddle.nm.watch.ContainerBounds;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.io.DataOutputBuffer;

/** Lays a container's files out and starts its process. Blocks for as long as that takes; safe for all threads. */
public final class ContainerLauncher {
    private static final String FOR_OWNER = "rw-------";
    private static final String FOR_OWNER_TO_RUN = "rwx------";
    private static final String FOR_GROUP_TO_READ = "rw-r-----";

    private final NodeEnvironment node;
    private final NodeDirectories directories;
    private final ContainerBounds bounds;
    private final ProcessLauncher processes = new ProcessLauncher();

    /** @param bounds keep what is launched inside what it was granted */
    public ContainerLauncher(NodeEnvironment node, NodeDirectories directories, ContainerBounds bounds) {
        this.node = node;
        this.directories = directories;
        this.bounds = bounds;
    }

    /** What keeps the containers that were launched inside what they were granted. */
    public ContainerBounds bounds() {
        return bounds;
    }

    /**
     * Starts a container.
     *
     * @param links names in its directory and what they point to
     * @param allocation what it was granted
     * @param run how often it has been started, this time included
     * @throws dev.heddle.nm.directories.DisksFailedException if it cannot be started because of the node's disks
     * @throws IOException if it cannot be started; the message says why
     */
    public ContainerProcess launch(
            LaunchRequest request, ContainerPaths paths, Map<String, Path> links, Allocation allocation, int run)
            throws IOException {
        directories.requireGood(paths.work(), paths.log());
        try {
            return start(request, paths, links, allocation, run);
        } catch (IOException e) {
            throw DiskSpace.explained(e, paths.work(), paths.log());
        }
    }

    private ContainerProcess start(
            LaunchRequest request, ContainerPaths paths, Map<String, Path> links, Allocation allocation, int run)
            throws IOException {
        String script;
        try {
            script = new LaunchScript(node, request, paths).text();
        } catch (IllegalArgumentException e) {
            throw new IOException(e.getMessage(), e);
        }
        for (Path directory : paths.applicationDirectories()) {
            NodeDirectories.makePrivate(directory);
        }
        for (Path directory : paths.logDirectories()) {
            NodeDirectories.makePrivate(directory);
        }
        NodeDirectories.makePrivate(paths.temporary());
        DataOutputBuffer tokens = new DataOutputBuffer();
        request.credentials().writeTokenStorageToStream(tokens);
        write(paths.tokenFile(), Arrays.copyOf(tokens.getData(), tokens.getLength()), FOR_OWNER);
        for (Map.Entry<String, Path> link : links.entrySet()) {
            Path at = paths.work().resolve(link.getKey());
            Path parent = at.getParent();
            if (parent != null && !parent.equals(paths.work())) {
                NodeDirectories.makePrivate(parent);
            }
            Files.createSymbolicLink(at, link.getValue());
        }
        byte[] text = script.getBytes(StandardCharsets.UTF_8);
        write(paths.script(), text, FOR_OWNER_TO_RUN);
        write(paths.log().resolve(paths.script().getFileName()), text, FOR_GROUP_TO_READ);
        List<String> prefix = bounds.prepare(request.container(), request.user(), allocation);
        try {
            return processes.start(paths, run, prefix);
        } catch (IOException e) {
            discard(request);
            throw e;
        }
    }

    private void discard(LaunchRequest request) {
        try {
            bounds.discard(request.container());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void write(Path file, byte[] content, String permissions) throws IOException {
        try (OutputStream out = Channels.newOutputStream(Files.newByteChannel(
                file,
                EnumSet.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions))))) {
            out.write(content);
        }
    }
}
