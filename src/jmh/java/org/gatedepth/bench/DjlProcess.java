package org.gatedepth.bench;

import ai.djl.engine.Engine;

/** Measures one size for {@link DjlPeer}: prints milliseconds of a training step and of an inference pass. */
public final class DjlProcess {
    /** The name of DJL's engine. */
    static final String ENGINE = "PyTorch";

    private DjlProcess() {}

    /** Takes the size and the seconds of one measurement; with none of them it loads the engine and ends. */
    public static void main(String[] args) {
        Engine.getEngine(ENGINE).setRandomSeed(1);
        if (args.length == 0) {
            return;
        }
        double seconds = Double.parseDouble(args[1]);
        try (DjlWorkload workload = new DjlWorkload(Size.parse(args[0]))) {
            double step = Timing.median(workload::step, seconds);
            System.out.println(step + " " + Timing.median(workload::inference, seconds));
        }
    }
}
