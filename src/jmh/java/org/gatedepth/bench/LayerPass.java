package org.gatedepth.bench;

import java.util.List;
import java.util.stream.IntStream;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.workspace.ArrayType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.gatedepth.dl4j.runtime.TimeRuntime;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.memory.conf.WorkspaceConfiguration;
import org.nd4j.linalg.api.memory.enums.AllocationPolicy;
import org.nd4j.linalg.api.memory.enums.LearningPolicy;
import org.nd4j.linalg.api.memory.enums.SpillPolicy;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.lossfunctions.LossFunctions;

/** A forward and a backward pass through the lowest layers of a network, always on the same arrays. */
final class LayerPass implements Runnable {
    /** As in {@code fit}: what a pass hands on from layer to layer is in memory that the next pass uses again. */
    private static final WorkspaceConfiguration REUSED = WorkspaceConfiguration.builder()
            .policyLearning(LearningPolicy.FIRST_LOOP)
            .policyAllocation(AllocationPolicy.OVERALLOCATE)
            .overallocationLimit(.1)
            .policySpill(SpillPolicy.REALLOCATE)
            .build();

    private final String workspace = "pass" + System.identityHashCode(this);
    private final LayerWorkspaceMgr workspaces = LayerWorkspaceMgr.builder()
            .defaultWorkspace(workspace, REUSED)
            .with(ArrayType.RNN_FF_LOOP_WORKING_MEM, workspace + " forward loop", REUSED)
            .with(ArrayType.RNN_BP_LOOP_WORKING_MEM, workspace + " backward loop", REUSED)
            .build();

    private final MultiLayerNetwork network;
    private final int layers;
    private final INDArray input;
    private final INDArray gradient;

    /**
     * A pass.
     *
     * @param network not initialised
     * @param layers how many of its layers
     * @param input what the first reads
     * @param gradient with respect to the output of the last of them
     */
    LayerPass(MultiLayerNetwork network, int layers, INDArray input, INDArray gradient) {
        this.network = network;
        this.layers = layers;
        this.input = input;
        this.gradient = gradient;
        network.init();
        network.initGradientsView();
    }

    /**
     * A pass over sequences.
     *
     * @param width features of the input and of the output
     * @param fortranOrder the order on which Deeplearning4j's layers are faster; else rows in time-major order, as
     *     Gatedepth's hand on
     */
    static LayerPass of(List<? extends Layer> layers, int sequences, int steps, int width, boolean fortranOrder) {
        NeuralNetConfiguration.ListBuilder list =
                new NeuralNetConfiguration.Builder().seed(1).list();
        layers.forEach(list::layer);
        MultiLayerNetwork network =
                new MultiLayerNetwork(list.layer(new RnnOutputLayer.Builder(LossFunctions.LossFunction.MSE)
                                .nOut(1)
                                .activation(Activation.IDENTITY)
                                .build())
                        .setInputType(InputType.recurrent(width, steps))
                        .build());
        return new LayerPass(
                network,
                layers.size(),
                sequence(sequences, steps, width, fortranOrder),
                sequence(sequences, steps, width, fortranOrder));
    }

    private static INDArray sequence(int sequences, int steps, int width, boolean fortranOrder) {
        INDArray view = Nd4j.randn(DataType.FLOAT, steps, sequences, width).permute(1, 2, 0);
        return fortranOrder ? view.dup('f') : view;
    }

    @Override
    public void run() {
        try (MemoryWorkspace pass = Nd4j.getWorkspaceManager().getAndActivateWorkspace(REUSED, workspace)) {
            INDArray activations = input;
            for (int i = 0; i < layers; i++) {
                network.getLayer(i).setInput(activations, workspaces);
                activations = network.getLayer(i).activate(true, workspaces);
            }
            INDArray epsilon = gradient;
            for (int i = layers - 1; i >= 0; i--) {
                epsilon = network.getLayer(i)
                        .backpropGradient(epsilon, workspaces)
                        .getSecond();
            }
            network.clearLayersStates();
        }
    }

    /** Bytes that Gatedepth's layers over sequences keep from pass to pass. */
    long bytes() {
        return IntStream.range(0, layers)
                .mapToObj(network::getLayer)
                .filter(TimeRuntime.class::isInstance)
                .mapToLong(layer -> ((TimeRuntime) layer).bytes())
                .sum();
    }
}
