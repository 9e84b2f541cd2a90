package org.gatedepth.weka;

import java.util.List;
import org.gatedepth.block.Connection;
import org.nd4j.linalg.activations.Activation;
import weka.core.Instances;

/** Small networks trained for the tests. */
final class Trained {

    private Trained() {}

    /** A small network, trained for 20 epochs. */
    static NetworkModel model(Instances table, InputOptions inputs) throws Exception {
        return model(table, inputs, 32, 20);
    }

    static NetworkModel model(Instances table, InputOptions inputs, int miniBatch, int epochs) throws Exception {
        NetworkOptions options = new NetworkOptions(
                2,
                16,
                Connection.HIGHWAY,
                Double.NaN,
                Activation.TANH,
                0,
                0.1,
                0,
                0.01,
                epochs,
                miniBatch,
                0,
                0,
                new AuxiliaryOptions(0, 0, AuxiliaryDecay.NONE, "", List.of(), 0),
                inputs,
                false,
                1,
                1);
        Instances rows = TableEncoder.usableRows(table, List.of(), inputs.classWeights());
        return Platform.run("Training", 1, () -> {
            TrainingRun run = new TrainingRun(
                    options,
                    AuxiliaryHeads.of(options, table),
                    rows,
                    Progress.of(table, new String[0], null, false),
                    null);
            while (run.next()) {
                // One epoch a turn.
            }
            return run.finish().network();
        });
    }
}
