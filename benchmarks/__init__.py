"""The workloads of docs/performance.md against the real service, beside small honest peers: `make bench`."""
