"""The transport: RakNet 4, protocol version 7, as TES3MP's CrabNet speaks it. Without I/O."""
