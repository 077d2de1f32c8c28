"""What people see: the command, the console in a browser."""
