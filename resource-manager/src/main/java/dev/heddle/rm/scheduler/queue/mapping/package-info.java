/** Which queue an application goes to: the mapping rules of YARN's capacity scheduler, as functions of their inputs. */
@NullMarked
package dev.heddle.rm.scheduler.queue.mapping;

import org.jspecify.annotations.NullMarked;
