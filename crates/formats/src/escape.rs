//! What peers call themselves, made safe to print: no octet of a name can forge a line of a log.

use core::fmt;

/// Prints octets as text.
///
/// Characters in `quoted` get a backslash before them; controls, characters that change how a line
/// is laid out, and octets that are not UTF-8 become `\xNN`.
pub(crate) fn print(octets: &[u8], quoted: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    for chunk in octets.utf8_chunks() {
        let mut rest = chunk.valid();
        while !rest.is_empty() {
            // Most names are this and nothing else.
            let plain = rest.bytes().take_while(|octet| is_plain(*octet, quoted));
            let (plain, more) = rest.split_at_checked(plain.count()).unwrap_or(("", rest));
            f.write_str(plain)?;
            let mut characters = more.chars();
            if let Some(character) = characters.next() {
                print_character(character, quoted, f)?;
            }
            rest = characters.as_str();
        }
        print_hexadecimal(chunk.invalid(), f)?;
    }
    Ok(())
}

/// Whether it is a character that is printed as it is.
fn is_plain(octet: u8, quoted: &str) -> bool {
    octet.is_ascii_graphic() && !quoted.as_bytes().contains(&octet)
}

/// Prints the components of a name with `/` between them, each as [`print`] does.
pub(crate) fn print_components<'a>(
    components: impl Iterator<Item = &'a [u8]>,
    quoted: &str,
    f: &mut fmt::Formatter<'_>,
) -> fmt::Result {
    for (index, component) in components.enumerate() {
        if index > 0 {
            f.write_str("/")?;
        }
        print(component, quoted, f)?;
    }
    Ok(())
}

/// Prints one character as [`print`] does.
pub(crate) fn print_character(
    character: char,
    quoted: &str,
    f: &mut fmt::Formatter<'_>,
) -> fmt::Result {
    if quoted.contains(character) {
        return write!(f, "\\{character}");
    }
    match character {
        '\n' => f.write_str("\\n"),
        '\t' => f.write_str("\\t"),
        '\u{8}' => f.write_str("\\b"),
        '\0' => f.write_str("\\0"),
        _ if character.is_control() || rearranges_the_line(character) => {
            print_hexadecimal(character.encode_utf8(&mut [0; 4]).as_bytes(), f)
        }
        _ => write!(f, "{character}"),
    }
}

/// Zero-width characters, line and paragraph separators, and the marks that turn text round.
const fn rearranges_the_line(character: char) -> bool {
    matches!(
        character,
        '\u{ad}'
            | '\u{61c}'
            | '\u{180e}'
            | '\u{200b}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{feff}'
            | '\u{e0000}'..='\u{e007f}'
    )
}

fn print_hexadecimal(octets: &[u8], f: &mut fmt::Formatter<'_>) -> fmt::Result {
    octets
        .iter()
        .try_for_each(|octet| write!(f, "\\x{octet:02x}"))
}
