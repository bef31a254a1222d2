//! A file with its mutants beside the original, each behind its switch.
//!
//! `a == b` becomes `(if on(7) { (a != b) } else { (a == b) })`. Only text is put in; lines and what
//! they say stay as they are.

use std::ops::Range;

use proc_macro2::Span;
use syn::spanned::Spanned;
use syn::visit::{self, Visit};

use crate::Result;
use crate::catalogue::{Genre, Mutant};

/// A file that was woven.
pub(crate) struct Woven {
    pub(crate) text: String,
    /// Which octets of the text a mutant alone is responsible for.
    pub(crate) mutated: Vec<(Range<usize>, usize)>,
    /// Which octets the compiler may find fault with because mutants stand there.
    pub(crate) around: Vec<(Range<usize>, Vec<usize>)>,
    /// `const fn`s that are none here: name and mutants.
    pub(crate) no_longer_const: Vec<(String, Vec<usize>)>,
    /// `||` in a chain of `let`s, which is no Rust.
    pub(crate) refused: Vec<usize>,
    /// Mutants that have a switch.
    pub(crate) placed: Vec<usize>,
}

/// Weaves `mutants`, all of `source`, into it.
pub(crate) fn weave(source: &str, mutants: &[&Mutant]) -> Result<Woven> {
    let file = syn::parse_file(source).map_err(|error| error.to_string())?;
    let lines = line_starts(source);
    let mutants = mutants
        .iter()
        .filter_map(|mutant| Some((offset(source, &lines, mutant.start)?, *mutant)))
        .collect();
    let mut weaver = Weaver {
        source,
        mutants,
        nodes: Vec::new(),
        edits: Vec::new(),
        no_longer_const: Vec::new(),
        refused: Vec::new(),
    };
    weaver.visit_file(&file);
    Ok(weaver.finish())
}

fn line_starts(source: &str) -> Vec<usize> {
    let ends = source.match_indices('\n').map(|(at, _)| at + 1);
    std::iter::once(0).chain(ends).collect()
}

fn offset(source: &str, lines: &[usize], (line, column): (usize, usize)) -> Option<usize> {
    let start = *lines.get(line.checked_sub(1)?)?;
    let rest = source.get(start..)?;
    let column = column.checked_sub(1)?;
    rest.char_indices().nth(column).map(|(at, _)| start + at)
}

/// Text that is put in at one place.
struct Edit {
    at: usize,
    /// What ends at a place comes before what begins there, the inner ends first, the outer begins
    /// first.
    order: (bool, isize),
    node: usize,
    /// With the mutant that a part alone belongs to.
    parts: Vec<(String, Option<usize>)>,
}

struct Weaver<'s> {
    source: &'s str,
    /// By where they stand.
    mutants: Vec<(usize, &'s Mutant)>,
    /// The mutants of each place.
    nodes: Vec<Vec<usize>>,
    edits: Vec<Edit>,
    no_longer_const: Vec<(String, Vec<usize>)>,
    refused: Vec<usize>,
}

fn on(mutant: &Mutant) -> String {
    format!("crate::mutant_switch::on({})", mutant.id)
}

impl<'s> Weaver<'s> {
    fn at(&self, genre: Genre, at: usize) -> Vec<&'s Mutant> {
        let here = |(place, mutant): &(usize, &'s Mutant)| {
            (*place == at && mutant.genre == genre).then_some(*mutant)
        };
        self.mutants.iter().filter_map(here).collect()
    }

    fn text(&self, range: Range<usize>) -> &'s str {
        self.source.get(range).unwrap_or_default()
    }

    fn node(&mut self, mutants: &[&Mutant]) -> usize {
        self.nodes
            .push(mutants.iter().map(|mutant| mutant.id).collect());
        self.nodes.len() - 1
    }

    fn open(&mut self, at: usize, node: usize, parts: Vec<(String, Option<usize>)>) {
        let order = (true, isize::try_from(node).unwrap_or(isize::MAX));
        self.edits.push(Edit {
            at,
            order,
            node,
            parts,
        });
    }

    fn close(&mut self, at: usize, node: usize, text: &str) {
        let order = (false, -isize::try_from(node).unwrap_or(isize::MAX));
        let parts = vec![(text.to_owned(), None)];
        self.edits.push(Edit {
            at,
            order,
            node,
            parts,
        });
    }

    /// Puts each mutant's text beside the expression of `range`.
    fn beside(
        &mut self,
        range: Range<usize>,
        mutants: &[&'s Mutant],
        text: impl Fn(&str) -> String,
    ) {
        if mutants.is_empty() {
            return;
        }
        let node = self.node(mutants);
        let mut parts = vec![("(".to_owned(), None)];
        for mutant in mutants {
            parts.push((format!("if {} {{ ", on(mutant)), None));
            parts.push((text(&mutant.replacement), Some(mutant.id)));
            parts.push((" } else ".to_owned(), None));
        }
        parts.push(("{ (".to_owned(), None));
        self.open(range.start, node, parts);
        self.close(range.end, node, ") })");
    }

    fn function(&mut self, signature: &syn::Signature, block: &syn::Block) {
        let range = octets(block.span());
        let Some(first) = block.stmts.first() else {
            return;
        };
        let mutants = self.at(Genre::FnValue, octets(first.span()).start);
        if !mutants.is_empty() {
            let node = self.node(&mutants);
            let mut parts = Vec::new();
            for mutant in &mutants {
                parts.push((format!(" if {} {{ return ", on(mutant)), None));
                parts.push((mutant.replacement.clone(), Some(mutant.id)));
                parts.push(("; }".to_owned(), None));
            }
            self.open(range.start + 1, node, parts);
            self.close(range.start + 1, node, "");
        }
        let Some(constant) = signature.constness else {
            return;
        };
        let inside: Vec<usize> = self
            .mutants
            .iter()
            .filter(|(at, _)| range.contains(at))
            .map(|(_, mutant)| mutant.id)
            .collect();
        if !inside.is_empty() {
            let constant = octets(constant.span());
            let node = self.node(&[]);
            self.open(constant.start, node, vec![("/*".to_owned(), None)]);
            self.close(constant.end, node, "*/");
            self.no_longer_const
                .push((signature.ident.to_string(), inside));
        }
    }

    fn finish(mut self) -> Woven {
        self.edits.sort_by_key(|edit| (edit.at, edit.order));
        let mut woven = Woven {
            text: String::new(),
            mutated: Vec::new(),
            around: self.nodes.iter().map(|ids| (0..0, ids.clone())).collect(),
            no_longer_const: self.no_longer_const,
            refused: self.refused,
            placed: self.nodes.into_iter().flatten().collect(),
        };
        let mut copied = 0;
        for edit in self.edits {
            woven
                .text
                .push_str(self.source.get(copied..edit.at).unwrap_or_default());
            copied = edit.at;
            let start = woven.text.len();
            for (part, mutant) in edit.parts {
                let before = woven.text.len();
                woven.text.push_str(&part);
                if let Some(mutant) = mutant {
                    woven.mutated.push((before..woven.text.len(), mutant));
                }
            }
            if let Some((range, _)) = woven.around.get_mut(edit.node) {
                if range.end == 0 {
                    range.start = start;
                }
                range.end = woven.text.len();
            }
        }
        woven
            .text
            .push_str(self.source.get(copied..).unwrap_or_default());
        woven
    }
}

fn octets(span: Span) -> Range<usize> {
    span.byte_range()
}

impl<'ast> Visit<'ast> for Weaver<'_> {
    fn visit_item_fn(&mut self, function: &'ast syn::ItemFn) {
        self.function(&function.sig, &function.block);
        visit::visit_item_fn(self, function);
    }

    fn visit_impl_item_fn(&mut self, function: &'ast syn::ImplItemFn) {
        self.function(&function.sig, &function.block);
        visit::visit_impl_item_fn(self, function);
    }

    fn visit_trait_item_fn(&mut self, function: &'ast syn::TraitItemFn) {
        if let Some(block) = &function.default {
            self.function(&function.sig, block);
        }
        visit::visit_trait_item_fn(self, function);
    }

    fn visit_expr_binary(&mut self, binary: &'ast syn::ExprBinary) {
        let range = octets(binary.span());
        let operator = octets(binary.op.span());
        let mutants = self.at(Genre::Binary, operator.start);
        if has_let(&binary.left) || has_let(&binary.right) {
            self.refused.extend(mutants.iter().map(|mutant| mutant.id));
        } else {
            let left = self.text(range.start..operator.start);
            let right = self.text(operator.end..range.end);
            self.beside(range, &mutants, |other| match is_assigned(other) {
                true => format!("{left}{other}{right}"),
                false => format!("({left}{other}{right})"),
            });
        }
        visit::visit_expr_binary(self, binary);
    }

    fn visit_expr_unary(&mut self, unary: &'ast syn::ExprUnary) {
        let range = octets(unary.span());
        let mutants = self.at(Genre::Unary, range.start);
        let operand = self.text(octets(unary.expr.span()));
        self.beside(range, &mutants, |_| format!("({operand})"));
        visit::visit_expr_unary(self, unary);
    }

    fn visit_arm(&mut self, arm: &'ast syn::Arm) {
        let pattern = octets(arm.pat.span());
        let mut deleted = self.at(Genre::Arm, octets(arm.span()).start);
        if deleted.is_empty() {
            deleted = self.at(Genre::Arm, pattern.start);
        }
        let unless: Vec<String> = deleted
            .iter()
            .map(|mutant| format!("!{}", on(mutant)))
            .collect();
        let unless = unless.join(" && ");
        match &arm.guard {
            None if deleted.is_empty() => {}
            None => {
                let node = self.node(&deleted);
                self.open(pattern.end, node, vec![(format!(" if {unless}"), None)]);
                self.close(pattern.end, node, "");
            }
            Some((_, guard)) => {
                let guard = octets(guard.span());
                let replaced = self.at(Genre::Guard, guard.start);
                self.guard(guard, &deleted, &replaced, unless);
            }
        }
        visit::visit_arm(self, arm);
    }

    fn visit_expr_struct(&mut self, built: &'ast syn::ExprStruct) {
        if let Some(rest) = &built.rest {
            let rest = self.text(octets(rest.span()));
            for field in &built.fields {
                let mutants = self.at(Genre::Field, octets(field.span()).start);
                let syn::Member::Named(name) = &field.member else {
                    continue;
                };
                if field.colon_token.is_some() {
                    let range = octets(field.expr.span());
                    self.beside(range, &mutants, |_| format!("({rest}).{name}"));
                }
            }
        }
        visit::visit_expr_struct(self, built);
    }
}

impl Weaver<'_> {
    /// A guard whose arm may be away, and that may be `true` or `false`.
    fn guard(
        &mut self,
        range: Range<usize>,
        deleted: &[&Mutant],
        replaced: &[&Mutant],
        unless: String,
    ) {
        let all: Vec<&Mutant> = deleted.iter().chain(replaced).copied().collect();
        if all.is_empty() {
            return;
        }
        let node = self.node(&all);
        let mut text = String::new();
        if !unless.is_empty() {
            text.push_str(&format!("{unless} && "));
        }
        text.push('(');
        let (kept, refused): (Vec<&Mutant>, Vec<&Mutant>) = replaced
            .iter()
            .partition(|mutant| mutant.replacement == "true");
        for mutant in kept {
            text.push_str(&format!("{} || ", on(mutant)));
        }
        for mutant in refused {
            text.push_str(&format!("!{} && ", on(mutant)));
        }
        text.push('(');
        self.open(range.start, node, vec![(text, None)]);
        self.close(range.end, node, "))");
    }
}

fn is_assigned(operator: &str) -> bool {
    operator.ends_with('=') && !matches!(operator, "==" | "!=" | "<=" | ">=")
}

/// Whether it is a chain with a `let`, of which no part can be moved.
fn has_let(expression: &syn::Expr) -> bool {
    match expression {
        syn::Expr::Let(_) => true,
        syn::Expr::Binary(binary) => has_let(&binary.left) || has_let(&binary.right),
        _ => false,
    }
}
