"""File formats of images: signatures, headers, metadata, and HEIC."""
