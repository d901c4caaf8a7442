package dev.heddle.common.rpc.hostile;

import java.util.SplittableRandom;

/**
 * Runs a case for each of a row of seeds. The first seed and the number of cases are printed, and may be given:
 * {@code -Dheddle.fuzz.seed} and {@code -Dheddle.fuzz.cases}. A case that fails names its own seed, from which it alone can
 * be run again.
 */
final class Fuzz {
    private static final String SEED = "heddle.fuzz.seed";
    private static final String CASES = "heddle.fuzz.cases";

    /** One case, which draws all that is random in it from one source. */
    @FunctionalInterface
    interface Case {
        void run(SplittableRandom random) throws Exception;
    }

    private Fuzz() {}

    /**
     * Runs cases.
     *
     * @param share how many of the cases that were asked for are of this kind: one in so many
     */
    @SuppressWarnings("SystemOut")
    static void run(String name, long defaultCases, long share, Case each) {
        long seed = Long.getLong(SEED, System.nanoTime());
        Long asked = Long.getLong(CASES);
        long cases = asked == null ? defaultCases : Math.max(1, asked / share);
        System.out.println(name + ": -D" + SEED + "=" + seed + " -D" + CASES + "=" + cases);
        long started = System.nanoTime();
        for (long next = seed; next != seed + cases; next++) {
            try {
                each.run(new SplittableRandom(next));
            } catch (Exception | AssertionError e) {
                throw new AssertionError(name + " fails with -D" + SEED + "=" + next + " -D" + CASES + "=1: " + e, e);
            }
        }
        long millis = (System.nanoTime() - started) / 1_000_000;
        System.out.println(name + ": " + cases + " cases in " + millis + " ms");
    }
}
