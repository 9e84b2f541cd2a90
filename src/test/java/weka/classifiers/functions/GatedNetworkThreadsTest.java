package weka.classifiers.functions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.nativeblas.NativeOps;
import org.nd4j.nativeblas.NativeOpsHolder;
import weka.core.DenseInstance;
import weka.core.Instance;
import weka.core.Instances;

class GatedNetworkThreadsTest {

    private static NativeOps nativeOps() {
        // The native operations are there only after ND4J has found its backend.
        Nd4j.getEnvironment();
        return NativeOpsHolder.getInstance().getDeviceNativeOps();
    }

    /** A row that notes the number of native threads whenever its values are read. */
    private static final class NotingRow extends DenseInstance {
        private static final long serialVersionUID = 1L;

        private final transient Set<Integer> threads;

        NotingRow(Instance row, Set<Integer> threads) {
            super(row);
            this.threads = threads;
            setDataset(row.dataset());
        }

        @Override
        public double[] toDoubleArray() {
            threads.add(nativeOps().ompGetMaxThreads());
            return super.toDoubleArray();
        }

        @Override
        public double value(int attribute) {
            threads.add(nativeOps().ompGetMaxThreads());
            return super.value(attribute);
        }

        @Override
        public double valueSparse(int position) {
            threads.add(nativeOps().ompGetMaxThreads());
            return super.valueSparse(position);
        }

        @Override
        public Object copy() {
            return new NotingRow(this, threads);
        }
    }

    private static Instances noting(Instances table, Set<Integer> threads) {
        Instances noting = new Instances(table, 0);
        for (Instance row : table) {
            noting.add(new NotingRow(row, threads));
        }
        threads.clear();
        return noting;
    }

    @Test
    void trainsNarrowNetworkInOneNativeThreadUnlessToldOtherwise() throws Exception {
        int before = nativeOps().ompGetMaxThreads();
        Set<Integer> threads = new TreeSet<>();

        Tables.quick().buildClassifier(noting(Tables.signs(50, 1), threads));

        assertThat(threads).isSubsetOf(before, 1).contains(1);
    }

    @Test
    void trainsInAsManyNativeThreadsAsItIsTold() throws Exception {
        int before = nativeOps().ompGetMaxThreads();
        Set<Integer> threads = new TreeSet<>();
        Instances rows = noting(Tables.signs(50, 1), threads);

        Tables.quick("-threads", "3").buildClassifier(rows);

        assertThat(threads).containsExactly(3);
        assertThat(nativeOps().ompGetMaxThreads()).isEqualTo(before);
    }

    // Many rows of a large network: others are predicted without native code.
    @Test
    void predictsInAsManyNativeThreadsAsItIsTold() throws Exception {
        int before = nativeOps().ompGetMaxThreads();
        Instances table = Tables.signs(100, 1);
        GatedNetwork network = Tables.quick("-width", "300", "-epochs", "1");
        network.buildClassifier(table);
        network.setThreads(3);
        Set<Integer> threads = new TreeSet<>();

        network.distributionsForInstances(noting(table, threads));

        assertThat(threads).containsExactly(3);
        assertThat(nativeOps().ompGetMaxThreads()).isEqualTo(before);
    }

    @Test
    void buildsTheSameModelWithMoreThreads() throws Exception {
        Instances table = Tables.signs(50, 1);
        GatedNetwork one = Tables.quick("-threads", "1");
        GatedNetwork two = Tables.quick("-threads", "2");

        one.buildClassifier(table);
        two.buildClassifier(table);

        double[][] expected = one.distributionsForInstances(table);
        double[][] actual = two.distributionsForInstances(table);
        for (int i = 0; i < table.size(); i++) {
            assertThat(actual[i]).containsExactly(expected[i], within(1e-4));
        }
    }

    @Test
    void refusesToPredictInFewerThanNoThreads() throws Exception {
        Instances table = Tables.signs(50, 1);
        GatedNetwork network = Tables.quick();
        network.buildClassifier(table);
        network.setThreads(-1);

        assertThatIllegalArgumentException()
                .isThrownBy(() -> network.distributionsForInstances(table))
                .withMessage("Option -threads must be a whole number of at least 0 (0 takes the fastest), but -1 was"
                        + " given.");
    }
}
