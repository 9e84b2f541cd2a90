package org.gatedepth.weka.model;

import java.io.Serializable;

/**
 * A short training run that helped to choose a setting.
 *
 * @param setting the setting in words
 * @param loss mean loss on the rows that were held out
 */
public record PilotRun(String setting, double loss) implements Serializable {

    private static final long serialVersionUID = 1L;
}
