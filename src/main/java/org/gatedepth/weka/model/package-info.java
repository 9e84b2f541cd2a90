/** What training leaves: what predicts, what describes itself, and what is needed to train on. Internal, not API. */
@NullMarked
package org.gatedepth.weka.model;

import org.jspecify.annotations.NullMarked;
