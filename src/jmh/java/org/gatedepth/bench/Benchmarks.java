package org.gatedepth.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Prints which kernel multiplies matrices; how long steps and inference passes take, as medians over alternating
 * rounds, with one thread; the same of layers over sequences; how time and memory grow with the length of sequences;
 * what auxiliary heads cost; how time and memory grow with depth; an epoch of the Weka classifier over a long table;
 * what a prediction of Weka's classifiers takes; and what a listener costs.
 *
 * <p>{@link Settings} names the system properties.
 */
public final class Benchmarks {
    private Benchmarks() {}

    /** Takes no arguments. */
    public static void main(String[] args) throws Exception {
        Settings settings = Settings.read();
        System.out.println(Kernel.sentence());
        if (settings.prints("speed")) {
            List<Peer> peers = new ArrayList<>(TorchPeer.installed());
            if (peers.isEmpty()) {
                System.out.println(
                        "PyTorch is left out; on Debian: apt-get install python3-torch libopenblas0-pthread");
            }
            Optional<Peer> djl = DjlPeer.installed();
            if (djl.isEmpty()) {
                System.out.println("DJL is left out, its native library is not there; to get it: -Pbench,djl");
            }
            djl.ifPresent(peers::add);
            Speed speed = new Speed(settings, peers);
            speed.measure();
            speed.tables().forEach(System.out::println);
        }
        if (settings.prints("layers")) {
            LayerSpeed speed = new LayerSpeed(settings, TorchPeer.withTorch());
            speed.measure();
            System.out.println(speed.table());
        }
        if (settings.prints("lengths")) {
            LengthCost lengths = new LengthCost(settings);
            lengths.measure();
            System.out.print(lengths.table());
        }
        if (settings.prints("heads")) {
            HeadCost heads = new HeadCost(settings);
            heads.measure();
            System.out.println(heads.table());
        }
        if (settings.prints("growth")) {
            Growth growth = new Growth(settings);
            growth.measure();
            System.out.print(growth.table());
        }
        if (settings.prints("table")) {
            LongTable table = new LongTable(settings);
            table.measure();
            System.out.print(table.sentence());
        }
        if (settings.prints("prediction")) {
            Prediction prediction = new Prediction(settings);
            prediction.measure();
            System.out.print(prediction.table());
        }
        if (settings.prints("listener")) {
            ListenerCost listener = new ListenerCost(settings);
            listener.measure();
            System.out.print(listener.table());
        }
    }
}
