/** What both Heddle's and Hadoop's resource manager must answer: each test here runs on either, with the same assertions. */
package dev.heddle.rm.contract;
