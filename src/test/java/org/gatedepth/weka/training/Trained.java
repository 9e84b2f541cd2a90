package org.gatedepth.weka.training;

import java.util.List;
import org.gatedepth.block.Connection;
import org.gatedepth.weka.host.Platform;
import org.gatedepth.weka.model.NetworkModel;
import org.gatedepth.weka.options.ActivationFunction;
import org.gatedepth.weka.options.AuxiliaryDecay;
import org.gatedepth.weka.options.AuxiliaryOptions;
import org.gatedepth.weka.options.NetworkOptions;
import org.gatedepth.weka.progress.ProgressListeners;
import org.gatedepth.weka.sequence.SequenceOptions;
import org.gatedepth.weka.table.InputOptions;
import weka.classifiers.functions.GatedNetwork;
import weka.core.Instances;

/** Small networks trained for the tests. */
public final class Trained {

    private Trained() {}

    /** A small network, trained for 20 epochs. */
    public static NetworkModel model(Instances table, InputOptions inputs) throws Exception {
        return model(table, inputs, 32, 20);
    }

    public static NetworkModel model(Instances table, InputOptions inputs, int miniBatch, int epochs) throws Exception {
        NetworkOptions options = new NetworkOptions(
                2,
                16,
                Connection.HIGHWAY,
                1,
                null,
                ActivationFunction.TANH,
                0,
                0.1,
                0.0,
                0.01,
                epochs,
                miniBatch,
                0,
                null,
                new AuxiliaryOptions(null, 0, AuxiliaryDecay.NONE, "", "", List.of(), null),
                inputs,
                SequenceOptions.DEFAULT,
                false,
                1,
                null,
                null,
                1);
        return Platform.run("Training", 1, () -> {
            TrainingRun run = TrainingRun.start(
                    options,
                    new GatedNetwork().getCapabilities(),
                    table,
                    ProgressListeners.of(table, new String[0], null, false));
            while (run.next()) {
                // One epoch a turn.
            }
            return run.finish().network();
        });
    }
}
