//! MIND
