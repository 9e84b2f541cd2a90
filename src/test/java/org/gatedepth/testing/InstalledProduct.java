package org.gatedepth.testing;

import java.util.Arrays;
import java.util.Map;
import weka.classifiers.Classifier;
import weka.core.Utils;
import weka.core.WekaPackageManager;

/** Multiplies two matrices with the ND4J of an installed package; prints the product and the file of its OpenBLAS. */
public final class InstalledProduct {

    private InstalledProduct() {}

    /** Takes no arguments. */
    public static void main(String[] arguments) throws Exception {
        WekaPackageManager.loadPackages(false, true, false);
        ClassLoader loader = Utils.forName(Classifier.class, "weka.classifiers.functions.GatedNetwork", new String[0])
                .getClass()
                .getClassLoader();
        // The classes of ND4J are the package's own: this one cannot name them.
        loader.loadClass("org.nd4j.common.config.ND4JClassLoading")
                .getMethod("setNd4jClassloader", ClassLoader.class)
                .invoke(null, loader);
        Class<?> array = loader.loadClass("org.nd4j.linalg.api.ndarray.INDArray");
        Object matrix = loader.loadClass("org.nd4j.linalg.factory.Nd4j")
                .getMethod("createFromArray", float[][].class)
                .invoke(null, (Object) new float[][] {{1, 2}, {3, 4}});
        Object product = array.getMethod("mmul", array).invoke(matrix, matrix);
        System.out.println(
                Arrays.deepToString((float[][]) array.getMethod("toFloatMatrix").invoke(product)));
        Map<?, ?> libraries = (Map<?, ?>) loader.loadClass("org.bytedeco.javacpp.Loader")
                .getMethod("getLoadedLibraries")
                .invoke(null);
        libraries.forEach((name, file) -> {
            if (name.toString().matches("(lib)?openblas(@\\.0)?")) {
                System.out.println(file);
            }
        });
    }
}
