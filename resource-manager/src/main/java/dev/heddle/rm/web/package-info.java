/** The page. */
@NullMarked
package dev.heddle.rm.web;

import org.jspecify.annotations.NullMarked;
