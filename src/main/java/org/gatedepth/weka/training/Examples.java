package org.gatedepth.weka.training;

import java.io.Serializable;
import java.util.List;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.gatedepth.weka.options.AuxiliaryHeads;
import org.gatedepth.weka.table.Batch;
import org.gatedepth.weka.table.EncodedTarget;
import org.gatedepth.weka.table.Features;
import org.gatedepth.weka.table.Rows;
import org.gatedepth.weka.table.TableEncoder;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.MultiDataSet;
import weka.core.Instances;

/**
 * Rows as the minibatches that a network is trained on: its inputs, and the labels of each of its outputs.
 *
 * @param encoder the data preparation
 * @param heads the auxiliary heads of the network
 * @param members networks side by side
 * @param weighted the indices of the targets for which rows do not weigh the same
 */
public record Examples(TableEncoder encoder, AuxiliaryHeads heads, int members, Set<Integer> weighted)
        implements Serializable {

    private static final long serialVersionUID = 1L;

    /**
     * Rows without sequences as a minibatch.
     *
     * @param rows rows of the training table, with the weights that they are trained with
     * @param mixup the largest part of another row in a row
     * @param random draws what is mixed
     */
    public MultiDataSet of(Instances rows, double mixup, RandomGenerator random) {
        Rows table = encoder.rows(rows);
        Mixup mixing = new Mixup(mixup, encoder.columns() - encoder.embeddings().size(), random);
        Batch batch = mixing.mix(table.batch(0, table.rows()));
        return of(table.features(batch), batch);
    }

    /** Encoded rows as a minibatch. */
    MultiDataSet of(Features features, Batch batch) {
        List<AuxiliaryHeads.Place> places = heads.heads();
        INDArray[] targets = new INDArray[members + places.size()];
        @Nullable INDArray[] masks = new INDArray[targets.length];
        for (int output = 0; output < targets.length; output++) {
            boolean own = output < members;
            int target = own ? 0 : places.get(output - members).target();
            boolean ofSteps = !own && heads.isOfSteps(places.get(output - members));
            EncodedTarget values = batch.learned().get(target);
            targets[output] = features.labels(values, ofSteps);
            if (weighted.contains(target)) {
                masks[output] = features.weights(values.weights(), ofSteps);
            }
        }
        return new MultiDataSet(features.inputs(), targets, features.masks(), masks);
    }
}
