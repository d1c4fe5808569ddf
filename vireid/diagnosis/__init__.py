"""What vireid finds on this machine, and whether its base works here (``examine_machine``)."""
