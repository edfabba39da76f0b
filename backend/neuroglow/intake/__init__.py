"""Reading what people bring: files of unknown content into columns. Runs in errands only, each a process that ends."""
