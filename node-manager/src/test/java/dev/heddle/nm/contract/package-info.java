/** What application masters may expect of a node manager: one set of tests for Heddle's and for Hadoop's. */
package dev.heddle.nm.contract;
