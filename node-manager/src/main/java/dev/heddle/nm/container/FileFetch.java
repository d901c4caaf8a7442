package dev.heddle.nm.container;

import dev.heddle.nm.directories.DisksFailedException;
import dev.heddle.nm.launch.LaunchRequest;
import dev.heddle.nm.localization.ResourceCache;
import dev.heddle.nm.localization.ResourceRequest;
import java.nio.file.Path;
import java.util.List;

/** Has files fetched for a container, which holds them until its end. Every method is called by the writer thread. */
final class FileFetch {
    private final ResourceCache cache;

    /** What comes of it, file by file; may be told before {@link #fetch} returns. */
    interface Receiver {
        /** Already noted in the container's files. */
        void arrived(ResourceRequest request, Path path);

        /**
         * As {@link #arrived}.
         *
         * @param ofDisks whether it is because of this node's disks
         */
        void failed(ResourceRequest request, String why, boolean ofDisks);
    }

    FileFetch(ResourceCache cache) {
        this.cache = cache;
    }

    /** Has a container that an earlier node manager has started hold those of its files that are here. */
    void hold(NodeContainer container) {
        LaunchRequest launch = container.order().launch();
        for (ResourceRequest request : container.order().resources()) {
            Path here = cache.hold(request, container.id(), launch.user());
            if (here != null) {
                container.files().arrived(request.linkName(), here);
            }
        }
    }

    /** @param files where it is noted what becomes of each */
    void fetch(NodeContainer container, List<ResourceRequest> requests, ContainerFiles files, Receiver receiver) {
        requests.forEach(request -> files.expect(request.linkName()));
        LaunchRequest launch = container.order().launch();
        for (ResourceRequest request : requests) {
            if (container.state() == ContainerState.ENDING || container.state() == ContainerState.DONE) {
                // One of them cannot be had, and that was the end of it.
                return;
            }
            cache.acquire(request, container.id(), launch.user(), launch.credentials(), new ResourceCache.Receiver() {
                @Override
                public void arrived(Path path) {
                    files.arrived(request.linkName(), path);
                    receiver.arrived(request, path);
                }

                @Override
                public void failed(Exception failure) {
                    String message = failure.getMessage();
                    String why = message == null ? failure.toString() : message;
                    files.failed(request.linkName(), why);
                    receiver.failed(request, why, failure instanceof DisksFailedException);
                }
            });
        }
    }
}
