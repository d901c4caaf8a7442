/** Settings: declared once, read from Hadoop's configuration files. */
@NullMarked
package dev.heddle.common.config;

import org.jspecify.annotations.NullMarked;
