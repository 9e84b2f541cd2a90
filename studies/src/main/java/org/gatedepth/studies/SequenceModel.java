package org.gatedepth.studies;

import java.util.List;
import org.deeplearning4j.nn.conf.GradientNormalization;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.FeedForwardLayer;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.conf.layers.recurrent.LastTimeStep;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.gatedepth.block.Connection;
import org.gatedepth.dl4j.FusedAdam;
import org.gatedepth.dl4j.GatedAttentionLayer;
import org.gatedepth.dl4j.RecurrentHighwayLayer;
import org.gatedepth.dl4j.TemporalStack;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;
import org.nd4j.linalg.schedule.ISchedule;

/** The networks over sequences that are compared, each as wide as a number of parameters allows. */
enum SequenceModel {
    /** Highway convolutions, as many levels as it takes to see the whole sequence. */
    TEMPORAL_STACK {
        @Override
        List<Layer> layers(Task task, int width) {
            return List.of(new TemporalStack.Builder()
                    .connection(Connection.HIGHWAY)
                    .depth(levels(task.steps()))
                    .kernel(KERNEL)
                    .nOut(width)
                    .build());
        }
    },
    /** Recurrent highway layer of depth 2. */
    RECURRENT_HIGHWAY {
        @Override
        List<Layer> layers(Task task, int width) {
            return List.of(new RecurrentHighwayLayer.Builder()
                    .recurrenceDepth(2)
                    .nOut(width)
                    .build());
        }
    },
    /** Two pairs of causal attention and gated feed-forward part, with sinusoidal positions. */
    ATTENTION {
        @Override
        List<Layer> layers(Task task, int width) {
            return List.of(new GatedAttentionLayer.Builder()
                    .depth(2)
                    .heads(4)
                    .causal(true)
                    .nOut(width)
                    .build());
        }
    },
    /** Deeplearning4j's LSTM, forget gates at 1. */
    LSTM {
        @Override
        List<Layer> layers(Task task, int width) {
            return List.of(new LSTM.Builder().forgetGateBiasInit(1).nOut(width).build());
        }
    };

    private static final int KERNEL = 3;

    /**
     * What a network learns.
     *
     * @param steps of each sequence
     * @param inputs features of each step
     * @param outputs of the network
     * @param loss of the outputs
     * @param everyStep whether there is a label for each step, or one for each sequence
     */
    record Task(int steps, int inputs, int outputs, LossFunction loss, boolean everyStep) {
        private Layer output() {
            Activation activation = loss == LossFunction.MCXENT ? Activation.SOFTMAX : Activation.IDENTITY;
            return everyStep
                    ? new RnnOutputLayer.Builder(loss)
                            .nOut(outputs)
                            .activation(activation)
                            .build()
                    : new OutputLayer.Builder(loss)
                            .nOut(outputs)
                            .activation(activation)
                            .build();
        }
    }

    /** Whether time and memory grow with the square of the steps. */
    boolean growsWithSquare() {
        return this == ATTENTION;
    }

    /** Its layers, without the output. */
    abstract List<Layer> layers(Task task, int width);

    /** The levels with which a stack of doubling dilations sees so many steps. */
    private static int levels(int steps) {
        int levels = 1;
        while (1 + (KERNEL - 1) * ((1 << levels) - 1) < steps) {
            levels++;
        }
        return levels;
    }

    /** The network of the width, a multiple of 4, with which it comes nearest to a number of parameters. */
    MultiLayerNetwork network(Task task, long parameters, ISchedule rate, long seed) {
        int width = 4;
        while (distance(task, width + 4, parameters) < distance(task, width, parameters)) {
            width += 4;
        }
        MultiLayerNetwork network = new MultiLayerNetwork(configuration(task, width, rate, seed));
        network.init();
        return network;
    }

    private long distance(Task task, int width, long parameters) {
        return Math.abs(parameters
                - configuration(task, width, null, 1).getConfs().stream()
                        .mapToLong(conf -> conf.getLayer().initializer().numParams(conf))
                        .sum());
    }

    private MultiLayerConfiguration configuration(Task task, int width, ISchedule rate, long seed) {
        NeuralNetConfiguration.ListBuilder list = new NeuralNetConfiguration.Builder()
                .seed(seed)
                .updater(rate == null ? new FusedAdam() : new FusedAdam(rate))
                .gradientNormalization(GradientNormalization.ClipL2PerLayer)
                .gradientNormalizationThreshold(1)
                .list();
        List<Layer> layers = layers(task, width);
        for (int i = 0; i < layers.size(); i++) {
            boolean last = i == layers.size() - 1 && !task.everyStep();
            list.layer(last ? new LastTimeStep(layers.get(i)) : layers.get(i).clone());
        }
        return list.layer(task.output())
                .setInputType(InputType.recurrent(task.inputs()))
                .build();
    }

    /** The width of a network's layers. */
    static long width(MultiLayerNetwork network) {
        return ((FeedForwardLayer)
                        network.getLayer(network.getnLayers() - 1).conf().getLayer())
                .getNIn();
    }
}
