package org.gatedepth.weka.table;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import weka.core.Attribute;
import weka.core.DenseInstance;
import weka.core.Instance;
import weka.core.Instances;

class RowsTest {

    @Test
    void copiesOfRowsDoNotKeepTheirTableInMemory() {
        Instances table = new Instances("table", new ArrayList<>(List.of(new Attribute("number"))), 0);
        table.add(new DenseInstance(3, new double[] {7}));

        Instance copy = Rows.detached(table.get(0));

        assertThat(copy.dataset()).isNull();
        assertThat(copy.weight()).isEqualTo(3);
        assertThat(copy.toDoubleArray()).containsExactly(7);
    }
}
