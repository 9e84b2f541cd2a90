package org.gatedepth.weka;

import java.io.File;
import org.gatedepth.report.DepthReport;
import weka.classifiers.Classifier;

/** A classifier whose network Deeplearning4j can read. */
public interface ExportableClassifier extends Classifier {

    /**
     * Writes the network as a zip that Deeplearning4j's {@code ModelSerializer.restoreComputationGraph} reads where
     * there is only gatedepth.jar. A file that was there before is replaced when the new one is complete.
     *
     * @param file the zip
     * @throws Exception with one sentence, if there is no model or the file cannot be written
     */
    void export(File file) throws Exception;

    /**
     * What the depth, the gates and the heads of the network do.
     *
     * @throws IllegalStateException with one sentence, if there is no model, or its depth could not be measured
     */
    DepthReport depthReport();

    /** Whether there is a network that can train on from where it ended. */
    boolean isResumable();
}
