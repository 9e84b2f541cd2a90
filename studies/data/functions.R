# What tables.R and apart.R have in common. Both set the folder that is written to.

dir.create(folder, showWarnings = FALSE, recursive = TRUE)

# Data of a package of R: one object, or more that one name brings, as a list.
all_from <- function(package, name) {
  found <- new.env()
  data(list = name, package = package, envir = found)
  as.list(found)
}

# The data set of that name.
from <- function(package, name) {
  as.data.frame(all_from(package, name)[[name]])
}

# Texts become nominal. Values are ordered by their bytes, so that the language of the machine does not matter.
nominal <- function(column) {
  if (is.character(column)) factor(column, levels = sort(unique(column), method = "radix")) else column
}

# Writes a table: the class last, without the columns that are dropped and without rows whose class is missing.
write <- function(table, name, class, drop = c()) {
  stopifnot(c(class, drop) %in% names(table))
  table <- table[!is.na(table[[class]]), c(setdiff(names(table), c(class, drop)), class)]
  table[] <- lapply(table, nominal)
  stopifnot(sapply(table, function(column) is.numeric(column) || is.factor(column)))
  foreign::write.arff(table, file.path(folder, paste0(name, ".arff")), relation = name)
  cat(name, nrow(table), "rows,", ncol(table), "columns,", sum(is.na(table)), "missing\n")
}
