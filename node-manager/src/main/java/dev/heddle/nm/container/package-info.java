/** The lifecycle of containers and applications; its state belongs to one thread. */
@NullMarked
package dev.heddle.nm.container;

import org.jspecify.annotations.NullMarked;
