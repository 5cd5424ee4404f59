"""What the emulator stores for each kind of SCF resource."""
