/** Tests of submission, among them whole applications on Hadoop's own cluster. */
@NullMarked
package dev.heddle.app.submit;

import org.jspecify.annotations.NullMarked;
