/** Holds the RPC server to what stock Hadoop clients, and Hadoop's own bytes, expect of one. */
@NullMarked
package dev.heddle.common.rpc.compat;

import org.jspecify.annotations.NullMarked;
