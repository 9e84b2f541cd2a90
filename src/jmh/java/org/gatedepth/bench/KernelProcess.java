package org.gatedepth.bench;

import java.nio.file.Path;
import org.bytedeco.javacpp.Loader;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Multiplies two matrices for {@link Kernel}: prints the jar of the library that did it. */
public final class KernelProcess {
    private KernelProcess() {}

    /** Takes no arguments. */
    public static void main(String[] args) {
        INDArray one = Nd4j.ones(DataType.FLOAT, 2, 2);
        one.mmul(one);
        Loader.getLoadedLibraries().forEach((name, file) -> {
            if (name.matches("(lib)?openblas(@\\.0)?")) {
                // JavaCPP unpacks a jar into a folder of its name.
                for (Path part : Path.of(file)) {
                    if (part.toString().endsWith(".jar")) {
                        System.out.println(Kernel.JAR + part);
                    }
                }
            }
        });
    }
}
