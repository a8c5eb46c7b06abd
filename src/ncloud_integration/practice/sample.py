"""What practice mode fills in, so that it can be walked through without typing."""

from __future__ import annotations

from ncloud_integration.cloudinsight.keys import Keys
from ncloud_integration.integration.draft import Draft

PRACTICE_KEYS = Keys.of("PRACTICE-ACCESS-KEY1", "practice-secret-key-that-opens-nothing-1")
"""The only pair that the practice gateway knows; it opens nothing else."""

PRACTICE_DRAFT = Draft(name="practice-integration", url="https://events.example.com/cloud-insight")
"""A complete form: the documents' own header and payload, and a host that belongs to nobody."""
