"""Two gateways and their insides: roads, life of a certificate, order, faults of peers, what is seen of it."""
