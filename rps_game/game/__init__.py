"""One person, one computer, one evening: sessions, opponents, history."""
