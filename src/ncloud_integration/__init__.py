"""A terminal wizard that creates a NAVER Cloud Insight integration and shows its id."""
