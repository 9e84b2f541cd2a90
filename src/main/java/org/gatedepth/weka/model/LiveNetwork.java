package org.gatedepth.weka.model;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.util.ModelSerializer;

/**
 * A network of Deeplearning4j.
 *
 * <p>What a model file holds names no class of ND4J or Deeplearning4j in its fields and methods, since Java's reading
 * of objects loads all classes that are named there. So a stored network holds one of these.
 *
 * @param graph the network
 */
public record LiveNetwork(ComputationGraph graph) {

    static LiveNetwork read(byte[] zip, boolean withUpdater) throws IOException {
        return new LiveNetwork(ModelSerializer.restoreComputationGraph(new ByteArrayInputStream(zip), withUpdater));
    }

    byte[] zip(boolean withUpdater) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ModelSerializer.writeModel(graph, out, withUpdater);
        return out.toByteArray();
    }
}
