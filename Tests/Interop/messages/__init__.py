"""What comes in over the wire, good and bad: signers of other makes, layouts, transports, damage."""
