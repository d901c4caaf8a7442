package dev.heddle.nm.container;

import dev.heddle.nm.container.FileState.Progress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The files of one container by their links: on their way, here, or not to be had. Owned by the writer thread. */
final class ContainerFiles {
    private final Set<String> pending = new LinkedHashSet<>();
    private final Map<String, Path> here = new LinkedHashMap<>();
    private final Map<String, String> failed = new LinkedHashMap<>();

    void expect(String link) {
        failed.remove(link);
        pending.add(link);
    }

    void arrived(String link, Path path) {
        pending.remove(link);
        here.put(link, path);
    }

    void failed(String link, String why) {
        pending.remove(link);
        failed.put(link, why);
    }

    /** Whether none is on its way or could not be had. */
    boolean isComplete() {
        return pending.isEmpty() && failed.isEmpty();
    }

    /** What each link that can be made points to. */
    Map<String, Path> links() {
        return Map.copyOf(here);
    }

    /** Takes over what others have; their links take the place of those that have the same names. */
    void merge(ContainerFiles others) {
        others.here.forEach(this::arrived);
    }

    List<FileState> states() {
        List<FileState> states = new ArrayList<>();
        here.keySet().forEach(link -> states.add(new FileState(link, Progress.ARRIVED, null)));
        pending.forEach(link -> states.add(new FileState(link, Progress.PENDING, null)));
        failed.forEach((link, why) -> states.add(new FileState(link, Progress.FAILED, why)));
        return states;
    }
}
