/**
 * What stands between Weka and the networks: tables to arrays, training, models as bytes, and errors as sentences.
 *
 * <p>The order of a training run:
 *
 * <ol>
 *   <li>{@link org.gatedepth.weka.host.OptionStrings} looks at the raw option strings before Weka's own parser, which
 *       ignores what it cannot read;
 *   <li>{@link org.gatedepth.weka.options.NetworkOptions} holds the values and checks their ranges;
 *   <li>{@link org.gatedepth.weka.options.AuxiliaryHeads} says which auxiliary heads the options make with the table;
 *   <li>{@link org.gatedepth.weka.table.TableEncoder} is fitted on the training rows and turns rows into arrays, then and at
 *       every prediction;
 *   <li>{@link org.gatedepth.weka.training.TrainingRun} trains the network, one epoch a call;
 *   <li>{@link org.gatedepth.weka.model.NetworkModel} predicts, and is what a model file holds.
 * </ol>
 *
 * <p>{@link org.gatedepth.weka.host.Platform} surrounds every use of ND4J. Nothing else in this package touches native code
 * when a class is loaded, so that Weka's windows can list the classifier and show its options on a machine without it.
 */
@NullMarked
package org.gatedepth.weka;

import org.jspecify.annotations.NullMarked;
