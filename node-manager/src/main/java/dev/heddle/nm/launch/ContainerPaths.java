package dev.heddle.nm.launch;

import dev.heddle.nm.directories.NodeDirectories;
import java.nio.file.Path;
import java.util.List;

/**
 * Where one container's files lie.
 *
 * @param work its working directory
 * @param nodePrivate what is noted about containers, closed to them
 * @param log its log directory
 * @param applicationDirectories its application's directory on each disk
 * @param userDirectories its user's directory on each disk
 * @param logDirectories its log directory on each disk
 */
public record ContainerPaths(
        Path work,
        Path nodePrivate,
        Path log,
        List<Path> applicationDirectories,
        List<Path> userDirectories,
        List<Path> logDirectories) {

    /** Chooses the disks for a container. Touches none of them. */
    public static ContainerPaths choose(NodeDirectories directories, LaunchRequest request) {
        String application = request.application();
        String container = request.container().toString();
        Path root = directories.nextLocalRoot();
        Path logRoot = directories.nextLogRoot();
        return new ContainerPaths(
                NodeDirectories.applicationDirectory(root, request.user(), application)
                        .resolve(container),
                NodeDirectories.nodePrivate(root),
                logRoot.resolve(application).resolve(container),
                directories.localRoots().stream()
                        .map(each -> NodeDirectories.applicationDirectory(each, request.user(), application))
                        .toList(),
                directories.localRoots().stream()
                        .map(each -> NodeDirectories.userDirectory(each, request.user()))
                        .toList(),
                directories.logRoots().stream()
                        .map(each -> each.resolve(application).resolve(container))
                        .toList());
    }

    /** What is noted about one run of the container, counted from 1. */
    public ProcessRecord record(int run) {
        return ProcessRecord.of(nodePrivate, String.valueOf(work.getFileName()), run);
    }

    /**
     * The same with a working directory that nobody but this daemon can get at, on the same disk. There a container is
     * laid out that is to belong to somebody else, and moved into its place when it does.
     */
    ContainerPaths staged() {
        return new ContainerPaths(
                nodePrivate.resolve(work.getFileName() + ".work"),
                nodePrivate,
                log,
                applicationDirectories,
                userDirectories,
                logDirectories);
    }

    Path tokenFile() {
        return work.resolve("container_tokens");
    }

    Path script() {
        return work.resolve("launch_container.sh");
    }

    Path temporary() {
        return work.resolve("tmp");
    }

    Path prelaunchOut() {
        return log.resolve("prelaunch.out");
    }

    Path prelaunchErr() {
        return log.resolve("prelaunch.err");
    }
}
