/** Auxiliary services: what others have written to serve applications from this node, in its process and apart from it. */
@NullMarked
package dev.heddle.nm.services;

import org.jspecify.annotations.NullMarked;
