package org.gatedepth.dl4j;

import java.util.Objects;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.preprocessor.BaseInputPreProcessor;
import org.deeplearning4j.nn.workspace.ArrayType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.gatedepth.dl4j.training.LabelColumns;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * Gives an {@code EmbeddingLayer} one column of the network's input: {@code [minibatch, columns]} to {@code [minibatch,
 * 1]}.
 *
 * <p>A workaround: an {@code EmbeddingLayer} of 1.0.0-M2.1 hands no gradient down, since label indices have none, and a
 * {@code SubsetVertex} below it refuses to go on without. Here the gradient is 0, so that it can be added to that of
 * the other columns.
 */
public final class LabelColumnPreProcessor extends BaseInputPreProcessor implements LabelColumns {

    private static final long serialVersionUID = 1L;

    private int column;
    private int columns;
    private transient @Nullable DataType type;

    /** For deserialisation. */
    public LabelColumnPreProcessor() {}

    /**
     * One column of several.
     *
     * @param column its position, from 0
     * @param columns number of columns of the network's input
     */
    public LabelColumnPreProcessor(int column, int columns) {
        this.column = column;
        this.columns = columns;
    }

    @Override
    public int column() {
        return column;
    }

    @Override
    public int columns() {
        return columns;
    }

    @Override
    public INDArray preProcess(INDArray input, int miniBatchSize, LayerWorkspaceMgr workspaces) {
        type = input.dataType();
        INDArray labels = input.get(NDArrayIndex.all(), NDArrayIndex.interval(column, column + 1));
        return workspaces.dup(ArrayType.ACTIVATIONS, labels, 'c');
    }

    @Override
    public INDArray backprop(@Nullable INDArray none, int miniBatchSize, LayerWorkspaceMgr workspaces) {
        DataType ofInput = Objects.requireNonNull(type, "the forward pass comes first");
        return workspaces.create(ArrayType.ACTIVATION_GRAD, ofInput, miniBatchSize, columns);
    }

    @Override
    public InputType getOutputType(InputType inputType) {
        return InputType.feedForward(1);
    }

    /** Position of the column. */
    public int getColumn() {
        return column;
    }

    /** Sets the position of the column. */
    public void setColumn(int column) {
        this.column = column;
    }

    /** Number of columns of the network's input. */
    public int getColumns() {
        return columns;
    }

    /** Sets the number of columns of the network's input. */
    public void setColumns(int columns) {
        this.columns = columns;
    }

    @Override
    public LabelColumnPreProcessor clone() {
        return new LabelColumnPreProcessor(column, columns);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof LabelColumnPreProcessor that && column == that.column && columns == that.columns;
    }

    @Override
    public int hashCode() {
        return Objects.hash(column, columns);
    }
}
