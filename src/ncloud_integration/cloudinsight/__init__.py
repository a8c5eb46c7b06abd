"""The Cloud Insight API: sites, keys, signature, and the calls."""
