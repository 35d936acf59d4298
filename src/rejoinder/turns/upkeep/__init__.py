"""What keeps turns moving when workers don't: leases, rescue, the sweep."""
