//! `GSS-SPNEGO`, server side, as Cyrus SASL and Windows speak it: the login ends with SPNEGO, and
//! the flags of the context say which layer follows ([MS-ADTS] §5.1.1.1, §5.1.2).

use super::{Login, Step, begin_session, octets};
use crate::error::Error;
use crate::layers::{Layer, Layers};
use crate::rejection::Rejection;
use crate::security_layer::MaxTokens;
use crate::server::LONGEST_TOKEN;
use portcullis::SecurityContext;
use portcullis::context::Protection;
use portcullis::formats::gss::ContextFlags;

/// The context is established; nobody has named an authorization identity, and nobody will.
pub(super) fn complete(
    login: &Login,
    context: SecurityContext,
    reply: Option<Vec<u8>>,
) -> Result<Step, Rejection> {
    let layer = agreed(login.rules.layers, &context)?;
    let max = MaxTokens {
        receive: octets(login.rules.max_receive(login.mechanism)),
        send: octets(LONGEST_TOKEN),
    };
    let session = begin_session(context, layer, max)?;
    Ok(Step::Complete {
        session,
        additional_data: reply,
    })
}

/// The layer that the context's flags ask for, if it is one that the settings offer. It cannot be
/// bargained down, since the client goes by the same flags.
fn agreed(settings: Layers, context: &SecurityContext) -> Result<Layer, Error> {
    let flags = context.identity().flags();
    let asked = |flag| flags.contains(flag);
    let (layer, asked_for) = match (asked(ContextFlags::CONF), asked(ContextFlags::INTEG)) {
        (true, _) => {
            let sealed = Layer::Wrapped(Protection::Confidentiality);
            (sealed, Layers::CONFIDENTIALITY)
        }
        (false, true) => (Layer::Wrapped(Protection::Integrity), Layers::INTEGRITY),
        (false, false) => (Layer::None, Layers::NONE),
    };
    // Without numbers in sequence a layer would not see what is missing or came twice. Without
    // mutual authentication the key is the client's alone, so that all it sent in one session is
    // good for another, with a server of the same key that has another replay cache.
    // PEER Cyrus SASL, Samba and Windows ask for both when they ask for a layer.
    let kept = asked(ContextFlags::SEQUENCE) && asked(ContextFlags::MUTUAL);
    let possible = match layer {
        Layer::Wrapped(_) if !kept => Layers::NOTHING,
        Layer::Wrapped(Protection::Integrity) if !context.signs_numbers() => Layers::NOTHING,
        _ => asked_for,
    };
    match settings.intersection(possible).is_empty() {
        true => Err(Error::NoLayer {
            offered: settings,
            possible,
        }),
        false => Ok(layer),
    }
}
