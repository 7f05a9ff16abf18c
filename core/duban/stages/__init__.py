"""The stages of a run, one verb each; no stage imports another."""
