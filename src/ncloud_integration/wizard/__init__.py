"""The walk from keys to an id, without a screen: what is known, what is asked, and what is done beside it."""
