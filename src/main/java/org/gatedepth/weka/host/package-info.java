/** What running inside of Weka demands: native code, option strings, files and a terminal. Internal, not API. */
@NullMarked
package org.gatedepth.weka.host;

import org.jspecify.annotations.NullMarked;
