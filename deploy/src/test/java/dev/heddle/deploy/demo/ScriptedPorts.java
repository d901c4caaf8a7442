package dev.heddle.deploy.demo;

import java.util.List;
import java.util.random.RandomGenerator;

/** Proposes ports in a given order, and then others at random. */
class ScriptedPorts implements RandomGenerator {
    private final List<Integer> first;
    private final RandomGenerator others = RandomGenerator.getDefault();
    private int asked;

    ScriptedPorts(List<Integer> first) {
        this.first = List.copyOf(first);
    }

    @Override
    public int nextInt(int origin, int bound) {
        int index = asked++;
        return index < first.size() ? first.get(index) : others.nextInt(origin, bound);
    }

    @Override
    public long nextLong() {
        return others.nextLong();
    }
}
