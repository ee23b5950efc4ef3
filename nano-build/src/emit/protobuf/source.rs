//! Comments of `.proto` files.

use std::collections::BTreeMap;

use prost_types::FileDescriptorProto;

use crate::protos::comment_text;

/// The comments of a file, by place.
pub(super) struct Comments<'a> {
    by_path: BTreeMap<&'a [i32], (&'a str, &'a str)>,
}

impl<'a> Comments<'a> {
    pub(super) fn of(file: &'a FileDescriptorProto) -> Self {
        let locations = file.source_code_info.iter().flat_map(|info| &info.location);
        let by_path = locations
            .filter(|at| at.leading_comments.is_some() || at.trailing_comments.is_some())
            .map(|at| (at.path.as_slice(), (at.leading_comments(), at.trailing_comments())))
            .collect();
        Self { by_path }
    }

    /// The text about something, with a tag if it is deprecated.
    pub(super) fn about(&self, path: &[i32], deprecated: bool) -> String {
        let (leading, trailing) = self.by_path.get(path).copied().unwrap_or_default();
        let tag = if deprecated { "@deprecated" } else { "" };
        let parts = [comment_text(leading), comment_text(trailing), tag.to_owned()];
        parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("\n\n")
    }
}
