package dev.heddle.rm.command;

/** The reply to a command that has nothing more to say. */
public enum Done {
    DONE
}
