/** What RPC servers count and measure, by the same names in every daemon. */
@NullMarked
package dev.heddle.common.rpc.metrics;

import org.jspecify.annotations.NullMarked;
