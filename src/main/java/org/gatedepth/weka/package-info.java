/**
 * What stands between Weka and the networks: tables to arrays, training, models as bytes, and errors as sentences.
 * Internal, not API, but for {@link org.gatedepth.weka.ExportableClassifier}.
 *
 * <p>It has six rooms, each of which sees only those before it:
 *
 * <ol>
 *   <li>{@link org.gatedepth.weka.host}: what running inside Weka demands.
 *       {@link org.gatedepth.weka.host.OptionStrings} checks option strings before Weka's own parser, which ignores
 *       what it cannot read;
 *   <li>{@link org.gatedepth.weka.table}: rows to arrays. {@link org.gatedepth.weka.table.TableEncoder} is fitted on
 *       the training rows and encodes rows, in training and at every prediction;
 *   <li>{@link org.gatedepth.weka.options}: what the user asked for. {@link org.gatedepth.weka.options.NetworkOptions}
 *       holds the values and checks their ranges, {@link org.gatedepth.weka.options.AuxiliaryHeads} says which heads
 *       they make;
 *   <li>{@link org.gatedepth.weka.model}: what training leaves. {@link org.gatedepth.weka.model.NetworkModel} predicts;
 *   <li>{@link org.gatedepth.weka.progress}: who is told about a run;
 *   <li>{@link org.gatedepth.weka.training}: {@link org.gatedepth.weka.training.TrainingRun} trains, one epoch a call.
 * </ol>
 *
 * <p>{@link org.gatedepth.weka.CommandLine} and {@link org.gatedepth.weka.gui} use the rooms, and the rooms do not see
 * them.
 *
 * <p>{@link org.gatedepth.weka.host.Platform} surrounds every use of ND4J. Nothing else here touches native code when a
 * class is loaded, so that Weka's windows can list the classifier and show its options on a machine without native
 * code.
 */
@NullMarked
package org.gatedepth.weka;

import org.jspecify.annotations.NullMarked;
