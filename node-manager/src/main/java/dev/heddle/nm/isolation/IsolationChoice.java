package dev.heddle.nm.isolation;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** What the configuration asks for. */
enum IsolationChoice {
    CONFIGURED,
    AUTO,
    CGROUP,
    CGROUP_V1,
    CGROUP_V2,
    PROCESS;

    static IsolationChoice parse(String text) {
        return Arrays.stream(values())
                .filter(choice -> choice.toString().equals(text))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(text));
    }

    static String range() {
        return Arrays.stream(values()).map(IsolationChoice::toString).collect(Collectors.joining(", "));
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
