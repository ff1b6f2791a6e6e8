//! FACE
