//! The messages of the protocol that a login and a simple query have.

/// What the first message of a connection says instead of a version.
pub(crate) mod code {
    /// Version 3.0 of the protocol; the parameters follow.
    pub(crate) const STARTUP: u32 = 3 << 16;
    /// CancelRequest.
    pub(crate) const CANCEL: u32 = 1234 << 16 | 5678;
    /// SSLRequest.
    pub(crate) const SSL: u32 = 1234 << 16 | 5679;
    /// GSSENCRequest.
    pub(crate) const GSS_ENCRYPTION: u32 = 1234 << 16 | 5680;
}

/// The kinds of a client's messages.
pub(crate) mod kind {
    /// GSSResponse, where one is due.
    pub(crate) const GSS_RESPONSE: u8 = b'p';
    /// Query.
    pub(crate) const QUERY: u8 = b'Q';
    /// Terminate.
    pub(crate) const TERMINATE: u8 = b'X';
}

/// AuthenticationGSS: a GSSResponse is due.
pub(crate) fn authentication_gss() -> Vec<u8> {
    authentication(7, &[])
}

/// AuthenticationGSSContinue: a token of ours.
pub(crate) fn authentication_gss_continue(token: &[u8]) -> Vec<u8> {
    authentication(8, token)
}

/// AuthenticationOk.
pub(crate) fn authentication_ok() -> Vec<u8> {
    authentication(0, &[])
}

fn authentication(what: u32, token: &[u8]) -> Vec<u8> {
    message(b'R', &[&what.to_be_bytes(), token])
}

/// ParameterStatus.
pub(crate) fn parameter(name: &str, value: &str) -> Vec<u8> {
    message(b'S', &[name.as_bytes(), b"\0", value.as_bytes(), b"\0"])
}

/// ReadyForQuery, outside of any transaction.
pub(crate) fn ready() -> Vec<u8> {
    message(b'Z', &[b"I"])
}

/// ErrorResponse that ends the connection: an SQLSTATE and a text.
pub(crate) fn fatal(state: &str, text: &str) -> Vec<u8> {
    let fields = ["SFATAL", &format!("C{state}"), &format!("M{text}"), ""];
    message(b'E', &[fields.join("\0").as_bytes(), b"\0"])
}

/// RowDescription of one column of text, DataRow with its value, CommandComplete.
pub(crate) fn one_value(column: &str, value: &str) -> Vec<u8> {
    const TEXT: u32 = 25;
    let length = u32::try_from(value.len()).unwrap_or(u32::MAX);
    let description = [
        &[0, 1][..],
        column.as_bytes(),
        &[0; 7], // the end of the name, and of no table's column
        &TEXT.to_be_bytes(),
        &[0xff; 6], // of any length, without a modifier
        &[0, 0],    // as text
    ];
    [
        message(b'T', &description),
        message(b'D', &[&[0, 1], &length.to_be_bytes(), value.as_bytes()]),
        message(b'C', &[b"SELECT 1\0"]),
    ]
    .concat()
}

/// A kind, a length that counts itself, and the body.
fn message(kind: u8, body: &[&[u8]]) -> Vec<u8> {
    let body = body.concat();
    let length = u32::try_from(body.len().saturating_add(4)).unwrap_or(u32::MAX);
    [&[kind][..], &length.to_be_bytes(), &body].concat()
}
