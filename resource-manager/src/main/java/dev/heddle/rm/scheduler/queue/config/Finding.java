package dev.heddle.rm.scheduler.queue.config;

/**
 * What is wrong with a configuration, or what a person should know of it.
 *
 * @param key where to look
 * @param wrong what is there, as it reads after the key
 * @param remedy what to do
 */
public record Finding(String key, String wrong, String remedy) {
    /** In one line. */
    @Override
    public String toString() {
        return key + " " + wrong + ": " + remedy;
    }
}
