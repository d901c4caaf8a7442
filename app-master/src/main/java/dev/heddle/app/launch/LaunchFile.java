package dev.heddle.app.launch;

import java.net.URI;
import java.util.Collection;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.yarn.api.records.LocalResource;
import org.apache.hadoop.yarn.api.records.LocalResourceType;
import org.apache.hadoop.yarn.api.records.LocalResourceVisibility;
import org.apache.hadoop.yarn.api.records.URL;

/**
 * An uploaded file that containers of an application have in their working directory.
 *
 * @param link its path there
 * @param file where it was uploaded to
 * @param shared whether other applications of the same user use the same file
 */
public record LaunchFile(String link, URI file, long sizeBytes, long timestampMs, boolean shared) {
    public static LaunchFile of(String link, FileStatus status, boolean shared) {
        return new LaunchFile(link, status.getPath().toUri(), status.getLen(), status.getModificationTime(), shared);
    }

    /** By their links, as a container's launch has them. */
    public static Map<String, LocalResource> resources(Collection<LaunchFile> files) {
        return files.stream().collect(Collectors.toMap(LaunchFile::link, LaunchFile::resource));
    }

    private LocalResource resource() {
        return LocalResource.newInstance(
                URL.fromPath(new Path(file)),
                LocalResourceType.FILE,
                shared ? LocalResourceVisibility.PRIVATE : LocalResourceVisibility.APPLICATION,
                sizeBytes,
                timestampMs);
    }
}
