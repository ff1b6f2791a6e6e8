//! READING: bytes to pages of text.
