package dev.heddle.rm.model;

/**
 * Names a container.
 *
 * @param number the epoch of the RM that granted it in the bits from 40 up, a sequence in the bits below, as in YARN
 */
public record ContainerId(AttemptId attempt, long number) {
    private static final int EPOCH_SHIFT = 40;
    private static final long SEQUENCE_MASK = (1L << EPOCH_SHIFT) - 1;

    /** The id of the {@code sequence}-th container that an attempt is granted in an epoch. */
    public static ContainerId of(AttemptId attempt, long epoch, long sequence) {
        return new ContainerId(attempt, (epoch << EPOCH_SHIFT) | sequence);
    }

    public long epoch() {
        return number >> EPOCH_SHIFT;
    }

    /** As YARN prints it: {@code container_e17_1700000000000_0001_01_000001}, without the epoch where it is 0. */
    @Override
    public String toString() {
        String epoch = epoch() == 0 ? "" : "e" + Digits.padded(epoch(), 2) + "_";
        ApplicationId application = attempt.application();
        return "container_" + epoch + application.clusterTimestamp() + "_"
                + Digits.padded(application.sequence(), 4) + "_" + Digits.padded(attempt.number(), 2) + "_"
                + Digits.padded(number & SEQUENCE_MASK, 6);
    }
}
