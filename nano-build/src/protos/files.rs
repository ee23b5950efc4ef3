//! The `.proto` files on the disk, in the encodings that `protoc` takes.

use std::fmt;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use protox::Error;
use protox::file::{
    ChainFileResolver, File, FileResolver, GoogleFileResolver, IncludeFileResolver,
};

use crate::encoding;

/// The files in the folders of imports, and those that come with protobuf.
pub(super) fn resolver(includes: &[PathBuf], root: &Path) -> ChainFileResolver {
    let mut chain = ChainFileResolver::new();
    for folder in includes {
        let found = IncludeFileResolver::new(folder.clone());
        chain.add(Folder { found, folder: folder.clone(), root: root.to_owned() });
    }
    chain.add(GoogleFileResolver::new());
    chain
}

/// A folder of imports.
struct Folder {
    found: IncludeFileResolver,
    folder: PathBuf,
    /// The folder that paths in problems are relative to.
    root: PathBuf,
}

impl FileResolver for Folder {
    fn resolve_path(&self, path: &Path) -> Option<String> {
        self.found.resolve_path(path)
    }

    fn open_file(&self, name: &str) -> Result<File, Error> {
        let path = self.folder.join(name);
        let problem = |why: &dyn fmt::Display| {
            let path = path.strip_prefix(&self.root).unwrap_or(&path);
            Error::new(Problem(format!("{}:{why}", path.display())))
        };
        let bytes = match fs::read(&path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Err(Error::file_not_found(name));
            }
            Err(error) => return Err(problem(&format_args!(" {error}"))),
        };
        let text = encoding::proto(&bytes).map_err(|error| problem(&error))?;
        if text.as_bytes() == bytes {
            // protox then knows the path, and reports a file that another one hides.
            return self.found.open_file(name);
        }
        File::from_source(name, &text)
    }
}

/// A problem with its place.
struct Problem(String);

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

// protox shows the problems of others so.
impl fmt::Debug for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Problem {}
