/**
 * Who gets how much: scenarios that run with the same configuration and the same steps on Heddle's scheduler and on Hadoop's
 * CapacityScheduler. The numbers that each expects are worked out from its configuration.
 */
package dev.heddle.rm.shares;
