"""What the menu and the agreements give, judged by validators of others."""
