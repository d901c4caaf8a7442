package dev.heddle.nm.directories;

import java.io.IOException;

/** Something could not be done because a disk of this node is full or does not work: no fault of the application's. */
public final class DisksFailedException extends IOException {
    private static final long serialVersionUID = 1;

    public DisksFailedException(String message) {
        super(message);
    }

    public DisksFailedException(String message, Throwable cause) {
        super(message, cause);
    }
}
