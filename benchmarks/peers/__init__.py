"""The same conversation as others would write it, each in the idiom of its own documentation."""
