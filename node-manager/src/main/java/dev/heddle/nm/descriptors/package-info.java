/** What a node says of itself besides what it has room for: its label and its attributes. */
@NullMarked
package dev.heddle.nm.descriptors;

import org.jspecify.annotations.NullMarked;
