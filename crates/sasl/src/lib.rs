//! SASL for servers: GSSAPI (RFC 4752) and GSS-SPNEGO, without I/O.
