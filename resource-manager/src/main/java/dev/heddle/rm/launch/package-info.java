/** Starts application masters on the nodes that were granted to them. */
@NullMarked
package dev.heddle.rm.launch;

import org.jspecify.annotations.NullMarked;
