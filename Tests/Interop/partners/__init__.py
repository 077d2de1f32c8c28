"""Partners' toolkits against ours, and what is agreed with each of them."""
