"""What the parts of the Cloud Insight API are held to, without a network."""
