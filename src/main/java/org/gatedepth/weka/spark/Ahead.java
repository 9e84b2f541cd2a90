package org.gatedepth.weka.spark;

import java.util.Iterator;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/** An iterator that finds out whether there is a next element by finding it. */
abstract class Ahead<T> implements Iterator<T> {
    private @Nullable T next;
    private boolean ended;

    /** The next element; null after the last one. */
    abstract @Nullable T find();

    @Override
    public final boolean hasNext() {
        if (next == null && !ended) {
            next = find();
            ended = next == null;
        }
        return next != null;
    }

    @Override
    public final T next() {
        if (!hasNext() || next == null) {
            throw new NoSuchElementException();
        }
        T found = next;
        next = null;
        return found;
    }
}
