package dev.heddle.nm.directories;

import dev.heddle.nm.directories.Disk.Condition;
import java.util.List;
import java.util.stream.Collectors;

/** Tells how the disks are, in YARN's words, which administrators and their tools know. */
final class DiskReport {
    private static final String FULL = "usable space is below configured utilization percentage/no more usable space";

    private DiskReport() {}

    /** Which directories are not good, and why; empty where all are. */
    static String bad(List<Disk> local, List<Disk> logs) {
        return failed("local-dirs", local)
                + full("local-dirs", local, "; ")
                + failed("log-dirs", logs)
                + full("log-dirs", logs, "");
    }

    /** Which directories are good. */
    static String good(List<Disk> local, List<Disk> logs) {
        return good("local-dirs", local) + "; " + good("log-dirs", logs);
    }

    private static String failed(String kind, List<Disk> disks) {
        List<Disk> failed = in(disks, Condition.FAILED);
        return failed.isEmpty() ? "" : share(failed, disks) + kind + " have errors: " + reasons(failed);
    }

    private static String full(String kind, List<Disk> disks, String end) {
        List<Disk> full = in(disks, Condition.FULL);
        return full.isEmpty() ? "" : share(full, disks) + kind + " " + FULL + reasons(full) + end;
    }

    private static String good(String kind, List<Disk> disks) {
        List<Disk> good = in(disks, Condition.GOOD);
        return share(good, disks) + kind + " are good: "
                + good.stream().map(disk -> disk.root().toString()).collect(Collectors.joining(","));
    }

    private static List<Disk> in(List<Disk> disks, Condition condition) {
        return disks.stream().filter(disk -> disk.condition() == condition).toList();
    }

    private static String share(List<Disk> some, List<Disk> all) {
        return some.size() + "/" + all.size() + " ";
    }

    private static String reasons(List<Disk> disks) {
        return disks.stream()
                .map(disk -> disk.root() + " : " + disk.reason())
                .collect(Collectors.joining(" , ", " [ ", " ] "));
    }
}
