//! The templates: files of projects, compiled into the command.

use std::fmt;

use clap::ValueEnum;

/// A template, by its folder in `templates`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Template {
    /// A room in which people talk
    Chat,
    /// Tic-tac-toe at any number of tables, with a lobby that puts players together
    Rooms,
    /// A field of dots that visitors move, in Protobuf
    Protobuf,
    /// A chat in rooms, in one process or on several nodes
    Cluster,
}

type File = (&'static str, &'static str);

macro_rules! files {
    ($folder:literal: $($from:literal $(as $to:literal)?),* $(,)?) => {
        &[$((
            files!(@name $from $($to)?),
            include_str!(concat!("../../templates/", $folder, "/", $from)),
        )),*]
    };
    (@name $from:literal) => { $from };
    (@name $from:literal $to:literal) => { $to };
}

const SHARED: &[File] = files![
    "shared":
    "README.md",
    // Cargo would take a folder with a manifest for a package of its own, and git would ignore.
    "gitignore" as ".gitignore",
    "src/site.rs",
    "web/style.css",
];

const CHAT: &[File] = files![
    "chat":
    "Cargo.toml.in" as "Cargo.toml",
    "build.rs",
    "src/main.rs",
    "src/room.rs",
    "src/tests.rs",
    "web/index.html",
    "web/page.js",
];

const ROOMS: &[File] = files![
    "rooms":
    "Cargo.toml.in" as "Cargo.toml",
    "build.rs",
    "src/lobby.rs",
    "src/main.rs",
    "src/rules.rs",
    "src/table.rs",
    "src/tests.rs",
    "web/board.css",
    "web/index.html",
    "web/page.js",
];

const PROTOBUF: &[File] = files![
    "protobuf":
    "Cargo.toml.in" as "Cargo.toml",
    "build.rs",
    "proto/field.proto",
    "src/field.rs",
    "src/main.rs",
    "src/tests.rs",
    "web/field.css",
    "web/index.html",
    "web/licenses.txt",
    "web/page.js",
    "web/protobuf.js",
];

const CLUSTER: &[File] = files![
    "cluster":
    "Cargo.toml.in" as "Cargo.toml",
    "build.rs",
    "src/desk.rs",
    "src/main.rs",
    "src/opener.rs",
    "src/options.rs",
    "src/room.rs",
    "src/tests.rs",
    "web/index.html",
    "web/page.js",
];

/// The end of the README of the template with nodes.
const NODES: &str = r"
## On several nodes

Gates take the pages, and backends have the rooms. Each of these lines is for a terminal of its own; the first node is the master,
which keeps the list of nodes:

```sh
cargo run -- --role gate --name gate-1 --cluster 127.0.0.1:7800
cargo run -- --role gate --name gate-2 --join 127.0.0.1:7800 127.0.0.1:3251
cargo run -- --role backend --name backend-1 --join 127.0.0.1:7800
cargo run -- --role backend --name backend-2 --join 127.0.0.1:7800
```

Open the pages of both gates, enter the same room, and end the backend that has it with Ctrl-C: both pages say so, and go on in a room
of the same name on the other backend. On several machines nodes have other addresses, and TLS between them (`Cluster::tls`); in
production etcd keeps the list (`Cluster::registry`). The chapter `nano::guide::cluster` of nano's documentation has all of it.
";

impl Template {
    /// The files, by their paths in the project.
    pub(super) fn files(self) -> impl Iterator<Item = File> {
        SHARED.iter().chain(self.own()).copied()
    }

    fn own(self) -> &'static [File] {
        match self {
            Self::Chat => CHAT,
            Self::Rooms => ROOMS,
            Self::Protobuf => PROTOBUF,
            Self::Cluster => CLUSTER,
        }
    }

    /// The rows of the README's table for the files of this template.
    pub(super) fn described(self) -> &'static str {
        match self {
            Self::Chat => "| `src/room.rs` | the room: who is there, and what they say |\n",
            Self::Rooms => {
                "| `src/lobby.rs` | puts players together |\n\
                 | `src/table.rs` | a table: a room in which two play |\n\
                 | `src/rules.rs` | the rules of the game |\n"
            }
            Self::Protobuf => {
                "| `proto/field.proto` | the messages |\n\
                 | `src/field.rs` | the field: its dots, and their moves |\n\
                 | `web/protobuf.js` | the package `@bufbuild/protobuf` in one file; `web/licenses.txt` has its licences |\n"
            }
            Self::Cluster => {
                "| `src/desk.rs` | at the gates: finds rooms, or lets backends open them |\n\
                 | `src/opener.rs` | at the backends: opens rooms when gates ask for them |\n\
                 | `src/room.rs` | a room, whose members come from all gates |\n\
                 | `src/options.rs` | the command line: all in one process, or one node |\n"
            }
        }
    }

    /// The end of the README.
    pub(super) fn section(self) -> &'static str {
        match self {
            Self::Cluster => NODES,
            Self::Chat | Self::Rooms | Self::Protobuf => "",
        }
    }
}

impl fmt::Display for Template {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let value = self.to_possible_value();
        f.write_str(value.as_ref().map_or("", |value| value.get_name()))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::fs;
    use std::path::Path;

    use super::*;

    /// The number of files below a folder.
    fn count(folder: &Path) -> usize {
        let entries =
            fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path());
        entries.map(|path| if path.is_dir() { count(&path) } else { 1 }).sum()
    }

    #[test]
    fn all_files_of_the_folders_are_listed() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("templates");
        for (name, listed) in [
            ("shared", SHARED),
            ("chat", CHAT),
            ("rooms", ROOMS),
            ("protobuf", PROTOBUF),
            ("cluster", CLUSTER),
        ] {
            assert_eq!(count(&folder.join(name)), listed.len(), "files in templates/{name}");
        }
        for template in Template::value_variants() {
            let paths: Vec<_> = template.files().map(|(path, _)| path).collect();
            let different: BTreeSet<_> = paths.iter().collect();
            assert_eq!(different.len(), paths.len(), "a file of {template} is there twice");
        }
    }
}
