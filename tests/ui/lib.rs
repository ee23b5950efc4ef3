//! This package holds tests only.
