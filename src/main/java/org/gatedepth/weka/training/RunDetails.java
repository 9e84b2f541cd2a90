package org.gatedepth.weka.training;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.gatedepth.dl4j.TransformGates;
import org.gatedepth.dl4j.network.Members;
import org.gatedepth.weka.options.AuxiliaryHeads;
import org.gatedepth.weka.progress.OutputLoss;
import org.gatedepth.weka.progress.TrainingProgress;
import org.gatedepth.weka.table.Batch;
import org.gatedepth.weka.table.Features;
import org.gatedepth.weka.table.Rows;
import org.gatedepth.weka.table.WeightedMean;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/** What a network does on some of its training rows, at any moment of its training. */
final class RunDetails implements TrainingProgress.Details {

    private static final int ROWS = 256;

    private final Trainer.Task task;
    private final ComputationGraph network;
    /** Made when it is first asked for. */
    private @Nullable TransformGates gates;

    RunDetails(Trainer.Task task, ComputationGraph network) {
        this.task = task;
        this.network = network;
    }

    /** Those of the first member. */
    @Override
    public List<Double> gates() {
        TransformGates known = gates;
        if (known == null) {
            known = new TransformGates(network);
            gates = known;
        }
        return known.byBlock(features(rows().withoutPadding()).inputs()).entrySet().stream()
                .filter(gate -> Members.isOfFirst(gate.getKey()))
                .map(Map.Entry::getValue)
                .toList();
    }

    /** Rows from all over the table, which may be in the order of its class. */
    private Batch rows() {
        Rows all = task.setting().rows().pilots();
        int[] some = new int[Math.min(ROWS, all.rows())];
        for (int i = 0; i < some.length; i++) {
            some[i] = (int) ((long) all.rows() * i / some.length);
        }
        return all.batch(some, 0, some.length);
    }

    private Features features(Batch batch) {
        return task.setting().rows().pilots().features(batch);
    }

    @Override
    public List<OutputLoss> losses() {
        Batch some = rows();
        Features features = features(some);
        INDArray[] outputs = features.outputs(network);
        List<OutputLoss> losses = new ArrayList<>();
        int members = task.members();
        losses.add(new OutputLoss("output", loss(features.rows(Members.mean(outputs, members)), some, 0)));
        for (int h = 0; h < task.heads().heads().size(); h++) {
            AuxiliaryHeads.Place head = task.heads().heads().get(h);
            losses.add(new OutputLoss(head.name(), loss(features.rows(outputs[members + h]), some, head.target())));
        }
        return losses;
    }

    private double loss(double[][] outputs, Batch batch, int target) {
        WeightedMean mean = new WeightedMean();
        PredictionLoss.add(
                mean,
                outputs,
                batch.learned().get(target),
                task.encoder().targets().get(target).isNominal());
        return mean.value();
    }
}
