package dev.heddle.nm.security;

import org.apache.hadoop.yarn.api.records.ApplicationAttemptId;
import org.apache.hadoop.yarn.api.records.ApplicationId;
import org.apache.hadoop.yarn.server.api.records.MasterKey;

/**
 * Hears which keys tokens are verified with, for the next node manager: until it has registered it has them from nobody
 * else. Called by several threads, none of which it may block.
 */
public interface KeyJournal {
    /** Of a node whose containers do not outlive it. */
    KeyJournal NONE = new KeyJournal() {
        @Override
        public void rolled(HeldKeys keys) {}

        @Override
        public void remembered(ApplicationAttemptId attempt, MasterKey key) {}

        @Override
        public void forgotten(ApplicationId application) {}
    };

    /** The resource manager signs with another key. */
    void rolled(HeldKeys keys);

    /** Tokens of an attempt stay good, however often keys roll. */
    void remembered(ApplicationAttemptId attempt, MasterKey key);

    /** An application has ended, and with it what was remembered of its attempts. */
    void forgotten(ApplicationId application);
}
