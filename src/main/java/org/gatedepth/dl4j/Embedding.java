package org.gatedepth.dl4j;

import java.io.Serializable;

/**
 * A learned vector for each label of a nominal attribute.
 *
 * <p>It reads one column, which holds a label index, from 0, and gives {@code W[label]} with {@code W} of shape
 * {@code [labels, size]}. Source: Guo &amp; Berkhahn 2016, <i>Entity Embeddings of Categorical Variables</i>, arXiv
 * 1604.06737.
 *
 * @param labels number of labels, at least 2
 * @param size length of the vectors, at least 1
 */
public record Embedding(int labels, int size) implements Serializable {

    private static final long serialVersionUID = 1L;

    /** Checks both. */
    public Embedding {
        if (labels < 2) {
            throw new IllegalArgumentException("an embedding needs at least 2 labels, got " + labels);
        }
        if (size < 1) {
            throw new IllegalArgumentException("the size of an embedding must be at least 1, got " + size);
        }
    }
}
