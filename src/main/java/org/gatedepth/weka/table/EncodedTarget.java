package org.gatedepth.weka.table;

/**
 * What one output of a network learns from rows.
 *
 * @param values one array a row: one-hot for a nominal attribute, one standardised number for a numeric one, zeros for
 *     a missing value
 * @param weights one weight a row; 0 where the value is missing
 */
public record EncodedTarget(float[][] values, float[] weights) {}
