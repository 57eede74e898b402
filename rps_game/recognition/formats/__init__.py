"""What image files say about themselves, apart from their pixels."""
