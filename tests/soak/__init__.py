"""A daemon under load for as long as you like: memory, threads, descriptors and journal must stay flat."""
