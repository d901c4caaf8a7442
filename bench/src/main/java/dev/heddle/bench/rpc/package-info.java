/** RPC servers side by side: Heddle's and Hadoop's, each in a process of its own, under one load. */
@NullMarked
package dev.heddle.bench.rpc;

import org.jspecify.annotations.NullMarked;
