package dev.heddle.bench.rpc;

import java.util.List;
import java.util.function.ToDoubleFunction;

/** The middle of several measurements. */
final class Medians {
    private Medians() {}

    /** The median of a figure over all measurements of one server under one kind of load; NaN without any. */
    static double of(List<Figures> all, Servers.Kind server, Figures.Load load, ToDoubleFunction<Figures> figure) {
        double[] sorted = all.stream()
                .filter(figures -> figures.server() == server && figures.load() == load)
                .mapToDouble(figure)
                .sorted()
                .toArray();
        if (sorted.length == 0) {
            return Double.NaN;
        }
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
