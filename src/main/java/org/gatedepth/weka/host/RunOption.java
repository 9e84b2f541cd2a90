package org.gatedepth.weka.host;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Says which option of the classifier a record component holds, and whether a resumed training may have another value
 * of it.
 *
 * <p>A component is fixed unless it is declared free, and so is one without this annotation: a new option cannot become
 * changeable by an oversight.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
public @interface RunOption {

    /** Name of the option on the command line, without its hyphen. */
    String value();

    /** What the user writes where nothing is given: null, an empty text or an empty list. */
    String absent() default "";

    /** Whether a resumed training may have another value, which it uses from then on. */
    boolean free() default false;
}
