package org.gatedepth.testing;

import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.factory.Nd4j;

/** Runs each test with ND4J's global data types at DOUBLE and its random numbers seeded, and puts the types back. */
public final class DoublePrecision implements BeforeEachCallback, AfterEachCallback {
    private static final ExtensionContext.Namespace NAMESPACE =
            ExtensionContext.Namespace.create(DoublePrecision.class);

    private record Types(DataType type, DataType floatingPoint) {}

    @Override
    public void beforeEach(ExtensionContext context) {
        Types before = new Types(Nd4j.dataType(), Nd4j.defaultFloatingPointType());
        context.getStore(NAMESPACE).put("types", before);
        Nd4j.setDefaultDataTypes(DataType.DOUBLE, DataType.DOUBLE);
        Nd4j.getRandom().setSeed(12345);
    }

    @Override
    public void afterEach(ExtensionContext context) {
        Types before = context.getStore(NAMESPACE).remove("types", Types.class);
        Nd4j.setDefaultDataTypes(before.type(), before.floatingPoint());
    }
}
