//! HANDS
