"""Nothing gets lost: stores that fail, their commands, killed processes, many machines."""
