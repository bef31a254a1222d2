//! What outlives a negotiation, kept in files: delegated credentials as credential caches.
