//! Payloads, replies and pushes in the module with the routes.

use std::collections::{BTreeMap, BTreeSet};

use super::names::{salt, squeeze};
use super::{Schema, Symbol, error, trim};
use crate::emit::Target;
use crate::emit::client::{Direction, PayloadTypes, Serializing, Use};
use crate::emit::text::{literal, unique};
use crate::manifest::Type;

impl Schema {
    fn message(&self, ty: &Type) -> Option<&Symbol> {
        let Type::Message(name) = ty else { return None };
        self.symbols.get(trim(name)).filter(|symbol| symbol.is_message)
    }

    /// The names of the modules of all files: each is imported as a namespace, since two files may
    /// have types of the same name.
    fn namespaces(&self) -> Vec<(String, String)> {
        let mut taken = BTreeSet::new();
        let mut by_module = BTreeMap::new();
        let mut namespaces = Vec::new();
        for file in &self.files {
            let (module, wanted) = match file.well_known() {
                Some("@bufbuild/protobuf/wkt") => ("@bufbuild/protobuf/wkt".into(), "wkt".into()),
                Some(module) => (module.into(), format!("{}_pb", squeeze(file.stem()))),
                None => {
                    (format!("./{}_pb.js", file.stem()), format!("{}_pb", squeeze(file.stem())))
                }
            };
            let wanted = if wanted.starts_with(|c: char| c.is_ascii_digit()) {
                format!("_{wanted}")
            } else {
                wanted
            };
            let name: &mut String = by_module
                .entry(module.clone())
                .or_insert_with(|| unique(&wanted, &mut taken, salt));
            namespaces.push((module, name.clone()));
        }
        namespaces
    }

    fn namespace(&self, symbol: &Symbol) -> String {
        self.namespaces().swap_remove(symbol.file).1
    }

    /// The entries of a table from routes to the descriptions of their bodies; `null` stands for
    /// bytes.
    fn table(&self, uses: &[Use<'_>], direction: Direction) -> String {
        let mut table = String::new();
        for used in uses.iter().filter(|used| used.direction == direction) {
            let schema = match self.message(used.ty) {
                Some(symbol) => format!("{}.{}", self.namespace(symbol), symbol.schema),
                None => "null".to_owned(),
            };
            table.push_str(&format!("  [{}, {schema}],\n", literal(used.route)));
        }
        if table.is_empty() { table } else { format!("\n{table}") }
    }
}

impl PayloadTypes for Schema {
    fn check(&self, ty: &Type, place: &str, problems: &mut Vec<String>) {
        match ty {
            Type::Bytes => {}
            Type::Message(_) if self.unreadable || self.message(ty).is_some() => {}
            Type::Message(name) => problems.push(format!(
                "{place} is the message `{name}`, which is not among the manifest's descriptors"
            )),
            other => problems.push(format!("{place} is no protobuf message but {other:?}")),
        }
    }

    fn payload(&self, ty: &Type) -> String {
        match self.message(ty) {
            Some(symbol) => {
                format!("MessageInitShape<typeof {}.{}>", self.namespace(symbol), symbol.schema)
            }
            None => "Uint8Array".to_owned(),
        }
    }

    fn value(&self, ty: &Type) -> String {
        match self.message(ty) {
            Some(symbol) => format!("{}.{}", self.namespace(symbol), symbol.shape),
            None => "Uint8Array".to_owned(),
        }
    }

    fn imports(&self, target: Target, uses: &[Use<'_>]) -> String {
        let mut text = String::new();
        let takes_messages = uses
            .iter()
            .any(|used| used.direction == Direction::Payload && self.message(used.ty).is_some());
        match target {
            Target::Js => text.push_str("import { create, fromBinary, toBinary } from '@bufbuild/protobuf';\n"),
            Target::Ts => text.push_str("import { create, fromBinary, toBinary, type DescMessage, type Message, type MessageInitShape } from '@bufbuild/protobuf';\n"),
            Target::Dts if takes_messages => text.push_str("import type { MessageInitShape } from '@bufbuild/protobuf';\n"),
            Target::Dts => {}
        }
        if target.has_code() {
            text.push_str(
                "import { fileDesc, messageDesc } from '@bufbuild/protobuf/codegenv2';\n",
            );
        }
        let files: BTreeSet<_> = uses
            .iter()
            .filter_map(|used| self.message(used.ty))
            .map(|symbol| symbol.file)
            .collect();
        let namespaces = self.namespaces();
        let used: BTreeSet<_> = files.into_iter().map(|file| &namespaces[file]).collect();
        let keyword = if target.has_code() { "import" } else { "import type" };
        for (module, name) in used {
            text.push_str(&format!("{keyword} * as {name} from {};\n", literal(module)));
        }
        text
    }

    fn serializing(&self, target: Target, uses: &[Use<'_>]) -> Option<Serializing> {
        let typed = target == Target::Ts;
        let ts = |text: &'static str| if typed { text } else { "" };
        let [payloads, replies, pushes] =
            Direction::ALL.map(|direction| self.table(uses, direction));
        let map = format!("new Map{}", ts("<string, DescMessage | null>"));
        let code = format!(
            "\
// What describes the bodies of each route; null stands for bytes as they are.
const payloads = {map}([{payloads}]);
const replies = {map}([{replies}]);
const pushes = {map}([{pushes}]);

const errorSchema = /*@__PURE__*/ messageDesc{shape}(
  /*@__PURE__*/ fileDesc({descriptor}),
  0,
);

const serializer{serializer} = {{
  name: 'protobuf',
  encode(value, route) {{
    const schema = payloads.get(route);
    if (schema) return toBinary(schema, create(schema, value{init}));
    return value === undefined ? new Uint8Array(0) : {bytes};
  }},
  decode(bytes, route, kind) {{
    const schema = (kind === 'push' ? pushes : replies).get(route);
    if (schema) return fromBinary(schema, bytes);
    return schema === undefined && bytes.length === 0 ? undefined : bytes;
  }},
  decodeError(bytes) {{
    const {{ code, msg, metadata }} = fromBinary(errorSchema, bytes);
    return {{ code, msg, metadata }};
  }},
}};
",
            shape = ts(
                "<Message<'nano.Error'> & { code: string; msg: string; metadata: { [key: string]: string } }>"
            ),
            descriptor = literal(&error::descriptor()),
            serializer = ts(": Serializer"),
            init = ts(" as MessageInitShape<DescMessage>"),
            bytes = if typed { "(value as Uint8Array)" } else { "value" },
        );
        Some(Serializing { runtime_imports: &[], code })
    }
}
