package dev.heddle.nm.launch;

import dev.heddle.nm.directories.Deletion;
import dev.heddle.nm.directories.FileOwner;
import dev.heddle.nm.directories.NodeDirectories;
import dev.heddle.nm.isolation.Allocation;
import dev.heddle.nm.watch.ContainerBounds;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.hadoop.io.DataOutputBuffer;

/** Lays a container's files out and starts its process. Blocks for as long as that takes; safe for all threads. */
public final class ContainerLauncher {
    private static final String FOR_OWNER = "rw-------";
    private static final String FOR_OWNER_TO_RUN = "rwx------";
    private static final String FOR_GROUP_TO_READ = "rw-r-----";

    /** The directories of all users, of the user and of the user's applications. */
    private static final int LEVELS_ABOVE_APPLICATION = 3;

    /** The directory of the application's logs. */
    private static final int LEVELS_ABOVE_LOGS = 1;

    private static final Set<PosixFilePermission> FOR_GROUP_TO_ENTER = PosixFilePermissions.fromString("rwxr-x---");

    private final NodeEnvironment node;
    private final ContainerBounds bounds;
    private final ProcessLauncher processes = new ProcessLauncher();

    /** @param bounds keep what is launched inside what it was granted */
    public ContainerLauncher(NodeEnvironment node, ContainerBounds bounds) {
        this.node = node;
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
     * @throws IOException if it cannot be started; the message says why
     */
    public ContainerProcess launch(
            LaunchRequest request, ContainerPaths paths, Map<String, Path> links, Allocation allocation, int run)
            throws IOException {
        String script;
        try {
            script = new LaunchScript(node, request, paths).text();
        } catch (IllegalArgumentException e) {
            throw new IOException(e.getMessage(), e);
        }
        FileOwner owner = bounds.owner(request.user());
        for (Path directory : paths.applicationDirectories()) {
            NodeDirectories.makePrivate(directory);
        }
        for (Path directory : paths.logDirectories()) {
            NodeDirectories.makePrivate(directory);
        }
        ContainerPaths place = owner == null ? paths : paths.staged();
        boolean again = owner != null && Files.isDirectory(paths.work(), LinkOption.NOFOLLOW_LINKS);
        if (again) {
            Files.move(paths.work(), place.work(), StandardCopyOption.ATOMIC_MOVE);
        }
        layOut(request, place, links, script);
        List<String> prefix = new ArrayList<>();
        if (owner != null) {
            handOver(owner, place, paths, links.keySet(), again);
            prefix.addAll(owner.giving(paths.logDirectories()));
        }
        prefix.addAll(bounds.prepare(request.container(), request.user(), allocation));
        try {
            return processes.start(paths, run, prefix);
        } catch (IOException e) {
            discard(request);
            throw e;
        }
    }

    private void layOut(LaunchRequest request, ContainerPaths paths, Map<String, Path> links, String script)
            throws IOException {
        NodeDirectories.makePrivate(paths.temporary());
        DataOutputBuffer tokens = new DataOutputBuffer();
        request.credentials().writeTokenStorageToStream(tokens);
        write(paths.tokenFile(), Arrays.copyOf(tokens.getData(), tokens.getLength()), FOR_OWNER);
        for (Map.Entry<String, Path> link : links.entrySet()) {
            link(paths, link.getKey(), link.getValue());
        }
        byte[] text = script.getBytes(StandardCharsets.UTF_8);
        write(paths.script(), text, FOR_OWNER_TO_RUN);
        Path copy = paths.log().resolve(paths.script().getFileName());
        // An earlier node manager may have come this far, and no further; logs stay when another one starts.
        Files.deleteIfExists(copy);
        write(copy, text, FOR_GROUP_TO_READ);
    }

    /** Gives what was laid out to its owner and moves it into its place. */
    private static void handOver(
            FileOwner owner, ContainerPaths from, ContainerPaths to, Set<String> links, boolean again)
            throws IOException {
        for (Path directory : to.applicationDirectories()) {
            FileOwner.letPass(directory, LEVELS_ABOVE_APPLICATION);
            owner.giveShared(directory);
        }
        for (Path directory : to.logDirectories()) {
            FileOwner.letPass(directory, LEVELS_ABOVE_LOGS);
            FileOwner.share(directory);
        }
        owner.give(to.log().resolve(to.script().getFileName()));
        if (again) {
            // The rest is the owner's, who may still have a hand in it.
            owner.give(from.tokenFile());
            owner.give(from.script());
            for (String name : links) {
                owner.give(from.work().resolve(name));
            }
        } else {
            owner.giveTree(from.work());
        }
        Files.move(from.work(), to.work(), StandardCopyOption.ATOMIC_MOVE);
    }

    private void discard(LaunchRequest request) {
        try {
            bounds.discard(request.container());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * Takes away what an earlier launch has laid out, so that the container can be launched again. What its processes have
     * written stays.
     *
     * @param links names in its directory that were linked
     * @throws IOException if one of them now leads out of the directory
     */
    public void clear(ContainerPaths paths, Set<String> links) throws IOException {
        for (String name : links) {
            parents(paths, name, false);
            Deletion.delete(paths.work().resolve(name));
        }
        Deletion.delete(paths.tokenFile());
        Deletion.delete(paths.script());
        Deletion.delete(paths.log().resolve(paths.script().getFileName()));
    }

    /**
     * Makes a link in a container's directory, unless something has that name already.
     *
     * @throws IOException if there is no such container (any more) or the link cannot be made
     */
    public void link(ContainerPaths paths, String name, Path target) throws IOException {
        parents(paths, name, true);
        Path link = paths.work().resolve(name);
        if (!Files.exists(link, LinkOption.NOFOLLOW_LINKS)) {
            Files.createSymbolicLink(link, target);
        }
    }

    /** Sees to it that what lies between a container's directory and a name in it is directories, and not links elsewhere. */
    private static void parents(ContainerPaths paths, String name, boolean make) throws IOException {
        for (int slash = name.indexOf('/'); slash >= 0; slash = name.indexOf('/', slash + 1)) {
            Path parent = paths.work().resolve(name.substring(0, slash));
            boolean there = Files.exists(parent, LinkOption.NOFOLLOW_LINKS);
            if (there && !Files.isDirectory(parent, LinkOption.NOFOLLOW_LINKS)) {
                throw new IOException(
                        parent + " is no directory any more: the container has put something in its place");
            }
            if (!there && make) {
                // Never the container's own, which may be gone.
                Files.createDirectory(parent, PosixFilePermissions.asFileAttribute(FOR_GROUP_TO_ENTER));
            }
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
