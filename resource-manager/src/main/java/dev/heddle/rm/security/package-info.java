/** AMRM, NM and container tokens. */
@NullMarked
package dev.heddle.rm.security;

import org.jspecify.annotations.NullMarked;
