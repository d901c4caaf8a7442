/** What applications demand of the neighbours and the nodes of their containers, as immutable values. */
@NullMarked
package dev.heddle.rm.model.constraint;

import org.jspecify.annotations.NullMarked;
