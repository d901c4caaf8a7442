/** The page, REST and metrics of this node; they only read. */
@NullMarked
package dev.heddle.nm.web;

import org.jspecify.annotations.NullMarked;
