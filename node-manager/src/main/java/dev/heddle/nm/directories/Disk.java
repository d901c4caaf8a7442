package dev.heddle.nm.directories;

import java.nio.file.Path;

/**
 * One local or log directory, which stands for the disk that it is on, as the last check has found it. Immutable.
 *
 * @param reason why it is not good; empty where it is
 * @param freeBytes what this daemon may still write to it
 */
public record Disk(Path root, Condition condition, String reason, long freeBytes, long totalBytes) {
    /** What a disk is fit for. */
    public enum Condition {
        GOOD,
        /** Nothing new goes there; what is there may be read and removed. */
        FULL,
        /** Not to be touched. */
        FAILED
    }

    static Disk failed(Path root, String reason) {
        return new Disk(root, Condition.FAILED, reason, 0, 0);
    }

    public boolean isGood() {
        return condition == Condition.GOOD;
    }

    /** Whether what is on it may be used. */
    public boolean isReadable() {
        return condition != Condition.FAILED;
    }
}
