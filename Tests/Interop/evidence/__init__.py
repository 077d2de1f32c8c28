"""What is shown years later: the sealed log, evidence files, legacy certificates of origin."""
