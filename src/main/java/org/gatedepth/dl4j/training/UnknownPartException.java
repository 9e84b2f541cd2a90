package org.gatedepth.dl4j.training;

/** Says that a network has something that a compiled trainer does not know. */
public final class UnknownPartException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    /** With one sentence that names it. */
    UnknownPartException(String message) {
        super(message);
    }
}
