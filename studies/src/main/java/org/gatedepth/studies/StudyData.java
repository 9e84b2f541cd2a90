package org.gatedepth.studies;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.FileInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.zip.GZIPInputStream;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.api.preprocessor.NormalizerStandardize;
import org.nd4j.linalg.factory.Nd4j;
import weka.core.Instances;
import weka.core.converters.ConverterUtils.DataSource;

/** The data sets of the studies, with one-hot labels. */
final class StudyData {
    private static final Path FASHION =
            Path.of(System.getProperty("fashion.mnist", "/usr/share/datasets/fashion-mnist"));
    private static final Path BEGINNING_OF_FASHION = Path.of("examples/data/fashion-mnist");

    /** Training images that are in {@code examples/data}. */
    static final int FASHION_TRAIN = 1280;

    /** Test images that are in {@code examples/data}. */
    static final int FASHION_TEST = 512;

    private StudyData() {}

    /** Training and test rows. */
    record Split(DataSet train, DataSet test) {

        /** Only the rows of some classes, which are then the only ones. */
        Split ofClasses(int... classes) {
            return new Split(ofClasses(train, classes), ofClasses(test, classes));
        }

        private static DataSet ofClasses(DataSet data, int[] classes) {
            INDArray labels = Nd4j.pullRows(data.getLabels().transpose(), 1, classes)
                    .transpose()
                    .dup('c');
            int[] rows = IntStream.range(0, data.numExamples())
                    .filter(row -> labels.getRow(row).maxNumber().intValue() == 1)
                    .toArray();
            return new DataSet(Nd4j.pullRows(data.getFeatures(), 1, rows), Nd4j.pullRows(labels, 1, rows));
        }
    }

    /**
     * Rows of {@code letter} (16 numbers, 26 classes), drawn with a fixed seed, standardised by the training rows. The
     * rows after those for training are for testing.
     */
    static Split letter(int train, int test) throws Exception {
        return table("examples/data/letter.arff", train, test);
    }

    /** Rows of an ARFF file of numbers, whose last attribute is the class, drawn with a fixed seed and standardised. */
    static Split table(String file, int train, int test) throws Exception {
        Instances data = DataSource.read(file);
        data.setClassIndex(data.numAttributes() - 1);
        data.randomize(new Random(0));
        Split split = new Split(rows(data, 0, train), rows(data, train, test));
        NormalizerStandardize scale = new NormalizerStandardize();
        scale.fit(split.train());
        scale.transform(split.train());
        if (test > 0) {
            scale.transform(split.test());
        }
        return split;
    }

    private static DataSet rows(Instances data, int from, int count) {
        float[][] features = new float[count][data.numAttributes() - 1];
        float[][] labels = new float[count][data.numClasses()];
        for (int i = 0; i < count; i++) {
            for (int j = 0; j < data.numAttributes() - 1; j++) {
                features[i][j] = (float) data.instance(from + i).value(j);
            }
            labels[i][(int) data.instance(from + i).classValue()] = 1;
        }
        return count == 0 ? new DataSet() : new DataSet(Nd4j.createFromArray(features), Nd4j.createFromArray(labels));
    }

    /**
     * Fashion-MNIST (Xiao et al. 2017, arXiv 1708.07747): 28 × 28 grey values of 10 kinds of clothing, scaled to mean 0
     * and deviation 1 over all pixels. Its first {@link #FASHION_TRAIN} and {@link #FASHION_TEST} images are in
     * {@code examples/data}; more are read from Debian's package {@code dataset-fashion-mnist}, or from the folder that
     * the system property {@code fashion.mnist} names.
     *
     * @param train number of training images, up to 60,000
     * @param test number of test images, up to 10,000
     */
    static Split fashion(int train, int test) throws IOException {
        Path folder = train <= FASHION_TRAIN && test <= FASHION_TEST ? BEGINNING_OF_FASHION : FASHION;
        return new Split(images(folder, "train", train), images(folder, "t10k", test));
    }

    private static DataSet images(Path folder, String part, int count) throws IOException {
        byte[] pixels = content(folder.resolve(part + "-images-idx3-ubyte.gz"), 16, count * 784);
        byte[] classes = content(folder.resolve(part + "-labels-idx1-ubyte.gz"), 8, count);
        float[] features = new float[count * 784];
        for (int i = 0; i < features.length; i++) {
            // .2860 and .3530 are mean and deviation of the training pixels, on the scale from 0 to 1.
            features[i] = ((pixels[i] & 0xff) / 255f - .2860f) / .3530f;
        }
        INDArray labels = Nd4j.zeros(count, 10);
        for (int i = 0; i < count; i++) {
            labels.putScalar(i, classes[i], 1);
        }
        return new DataSet(Nd4j.create(features, new int[] {count, 784}), labels);
    }

    private static byte[] content(Path file, int header, int length) throws IOException {
        if (!Files.exists(file)) {
            throw new IOException("there is no " + file
                    + ": install Debian's package dataset-fashion-mnist, or name the folder of the"
                    + " four files in the environment, STUDY_OPTIONS=-Dfashion.mnist=<folder>.");
        }
        try (DataInputStream in = new DataInputStream(new GZIPInputStream(new FileInputStream(file.toFile())))) {
            in.skipNBytes(header);
            byte[] bytes = new byte[length];
            in.readFully(bytes);
            return bytes;
        } catch (EOFException e) {
            throw new IOException(
                    file + " is cut short: it has less than the " + length + " bytes that are wanted.", e);
        }
    }
}
