package org.gatedepth.weka.model;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import org.gatedepth.weka.options.AuxiliaryHeads;
import org.gatedepth.weka.options.AuxiliaryOptions;
import org.jspecify.annotations.Nullable;

/**
 * When a row exits a network before its end.
 *
 * @param heads names of the heads at which it can exit, from the lowest to the highest
 * @param confidence probability at which it exits, in (0, 1]
 */
public record ExitRule(ArrayList<String> heads, double confidence) implements Serializable {

    private static final long serialVersionUID = 1L;

    /** The rule of a training run; null if rows do not exit early. */
    public static @Nullable ExitRule of(AuxiliaryHeads heads, AuxiliaryOptions options) {
        Double confidence = options.earlyExit();
        if (confidence == null) {
            return null;
        }
        List<String> names = heads.heads().stream()
                .filter(AuxiliaryHeads.Place::isOnClass)
                .map(AuxiliaryHeads.Place::name)
                .toList();
        return new ExitRule(new ArrayList<>(names), confidence);
    }
}
