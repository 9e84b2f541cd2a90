package org.gatedepth.weka.model;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.gatedepth.dl4j.EarlyExit;
import org.gatedepth.weka.options.AuxiliaryHeads;
import org.gatedepth.weka.options.AuxiliaryOptions;
import org.gatedepth.weka.table.Chunks;
import org.gatedepth.weka.table.Rows;
import org.jspecify.annotations.Nullable;

/**
 * When a row exits a network before its end.
 *
 * @param heads names of the heads at which it can exit, from the lowest to the highest
 * @param confidence probability at which it exits, in (0, 1]
 */
public record ExitRule(ArrayList<String> heads, double confidence) implements Serializable {

    private static final long serialVersionUID = 1L;

    /** The rule of a training run; null if rows do not exit early. */
    public static @Nullable ExitRule of(AuxiliaryHeads heads, AuxiliaryOptions options) {
        Double confidence = options.earlyExit();
        if (confidence == null) {
            return null;
        }
        List<String> names = heads.heads().stream()
                .filter(AuxiliaryHeads.Place::isOnClass)
                .map(AuxiliaryHeads.Place::name)
                .toList();
        return new ExitRule(new ArrayList<>(names), confidence);
    }

    /**
     * Predicts rows and says where each of them exits. One thread at a time, as in the network's own {@code output}.
     */
    public List<EarlyExit.Result> predict(ComputationGraph network, Rows rows, Chunks.Checkpoint checkpoint)
            throws InterruptedException {
        EarlyExit exit = new EarlyExit(network, heads, confidence);
        return Chunks.map(rows, checkpoint, chunk -> {
            synchronized (network) {
                return exit.predict(chunk);
            }
        });
    }
}
