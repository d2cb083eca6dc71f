//! Test support: reading the vectors, generating worlds, finding the corpus. Only tests depend on it.
