"""Who asks, and what each may do: one check for every use case of the service."""
