package dev.heddle.nm.isolation;

/** Who containers run as, by the names of the classes that YARN has for it. */
enum ExecutorChoice {
    /** This daemon's own user. */
    DEFAULT("DefaultContainerExecutor"),
    /** Users of the machine. */
    LINUX("LinuxContainerExecutor");

    private static final String PACKAGE = "org.apache.hadoop.yarn.server.nodemanager.";

    private final String className;

    ExecutorChoice(String className) {
        this.className = className;
    }

    static ExecutorChoice parse(String text) {
        for (ExecutorChoice choice : values()) {
            if (text.equals(choice.className) || text.endsWith("." + choice.className)) {
                return choice;
            }
        }
        throw new IllegalArgumentException(text);
    }

    @Override
    public String toString() {
        return PACKAGE + className;
    }
}
