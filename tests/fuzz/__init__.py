"""Files nobody would write, for every reader: a part in the suite, the campaign in `make soak`."""
