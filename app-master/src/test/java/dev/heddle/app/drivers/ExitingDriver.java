package dev.heddle.app.drivers;

/** Ends its process itself. Argument: the exit status. */
public final class ExitingDriver {
    private ExitingDriver() {}

    public static void main(String[] args) {
        System.exit(Integer.parseInt(args[0]));
    }
}
