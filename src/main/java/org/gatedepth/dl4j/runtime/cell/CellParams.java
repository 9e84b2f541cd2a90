package org.gatedepth.dl4j.runtime.cell;

import java.util.List;
import org.gatedepth.block.Params;
import org.gatedepth.block.recurrence.Cell;
import org.gatedepth.dl4j.runtime.BlockDelegate;
import org.gatedepth.plan.CompiledFunction;
import org.gatedepth.plan.Scan;
import org.jspecify.annotations.Nullable;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;

/**
 * The parameters of one application of a cell.
 *
 * @param params the parameters, with dropout or without
 * @param mask of the rows; null without one
 */
record CellParams(Params params, @Nullable SDVariable mask) implements Params {
    @Override
    public SDVariable get(String name) {
        return params.get(name);
    }

    @Override
    public SDVariable dropOut(String scope, SDVariable x, long size) {
        return params.dropOut(scope, x, size);
    }

    /** A cell as the body of a scan. */
    static Scan.Body body(Cell cell, BlockDelegate.Lookup lookup) {
        return new Scan.Body() {
            @Override
            public List<SDVariable> project(SameDiff sd, SDVariable x, CompiledFunction.Variables variables) {
                return cell.project(sd, x, lookup.of(sd, variables));
            }

            @Override
            public SDVariable step(
                    SameDiff sd,
                    List<SDVariable> projected,
                    SDVariable state,
                    @Nullable SDVariable mask,
                    CompiledFunction.Variables variables) {
                return cell.step(sd, projected, state, new CellParams(lookup.of(sd, variables), mask));
            }
        };
    }
}
