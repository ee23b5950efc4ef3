//! The guide and the READMEs: links that lead somewhere, code that is compiled, and tables that leave out nothing.

use std::path::{Path, PathBuf};

use super::{read, root};

/// All pages in Markdown, those of other projects left out.
fn pages() -> Vec<PathBuf> {
    fn visit(folder: &Path, found: &mut Vec<PathBuf>) {
        for entry in std::fs::read_dir(folder).expect("a readable folder") {
            let path = entry.expect("a readable entry").path();
            let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
            if path.is_dir() {
                if !["target", "node_modules", ".git"].contains(&name) {
                    visit(&path, found);
                }
            } else if name.ends_with(".md") {
                found.push(path);
            }
        }
    }
    let mut found = Vec::new();
    visit(root(), &mut found);
    assert!(found.len() > 30, "only {} pages are found", found.len());
    found
}

/// The targets of links in Markdown, without those in code.
fn links(text: &str) -> Vec<String> {
    let mut links = Vec::new();
    let mut is_code = false;
    for line in text.lines() {
        if line.trim_start().starts_with("```") {
            is_code = !is_code;
        }
        if is_code {
            continue;
        }
        // Every second part stands between backticks.
        let prose: String = line.split('`').step_by(2).collect::<Vec<_>>().join("_");
        let found = prose.split("](").skip(1).filter_map(|rest| rest.split_once(')'));
        links.extend(found.map(|(target, _)| target.to_owned()));
    }
    links
}

#[test]
fn links_in_code_are_none() {
    let text = "[one](a.md) and `[two](b.md)`, [`three`](c.md#d)\n```\n[four](e.md)\n```\n";
    assert_eq!(links(text), ["a.md", "c.md#d"]);
}

/// rustdoc checks the links to items; these are the others.
#[test]
fn relative_links_lead_to_files() {
    let mut broken = Vec::new();
    for page in pages() {
        let folder = page.parent().expect("a folder");
        for link in links(&read(&page)) {
            let target = link.split('#').next().unwrap_or_default();
            let is_elsewhere = target.is_empty() || target.contains(':');
            if !is_elsewhere && !folder.join(target).exists() {
                broken.push(format!("{}: {link}", page.display()));
            }
        }
    }
    assert!(broken.is_empty(), "links that lead nowhere:\n{}", broken.join("\n"));
}

/// The fenced blocks of a page, each with the language that it names.
fn blocks(page: &str) -> Vec<(String, String)> {
    let text = read(page);
    // Text and code take turns.
    let parts: Vec<&str> = text.split("```").collect();
    assert!(parts.len() % 2 == 1, "{page}: a fence has no end");
    let code = parts.into_iter().skip(1).step_by(2);
    code.map(|block| {
        let (language, code) = block.split_once('\n').expect("a fence has lines");
        (language.to_owned(), code.to_owned())
    })
    .collect()
}

#[test]
fn the_first_game_is_the_example() {
    for page in ["nano/src/guide/first_game.md", "nano/src/guide/first_game_zh.md"] {
        let blocks = blocks(page);
        for file in ["src/main.rs", "src/tests.rs", "web/index.html"] {
            let text = read(Path::new("nano/examples/tug").join(file));
            let is_there = blocks.iter().any(|(_, code)| *code == text);
            assert!(is_there, "{page} has no block that is nano/examples/tug/{file}");
        }
    }
}

#[test]
fn translations_have_the_code_of_the_original() {
    for (original, translation) in [
        ("README.md", "README.zh-CN.md"),
        ("nano/src/guide/first_game.md", "nano/src/guide/first_game_zh.md"),
    ] {
        let (expected, found) = (blocks(original), blocks(translation));
        assert!(!expected.is_empty(), "{original} has no code");
        for (at, (expected, found)) in expected.iter().zip(&found).enumerate() {
            assert_eq!(found, expected, "block {at} of {translation}");
        }
        assert_eq!(found.len(), expected.len(), "blocks of {translation}");
    }
}

#[test]
fn the_readmes_are_short() {
    for page in ["README.md", "README.zh-CN.md"] {
        let lines = read(page).lines().count();
        assert!(lines < 250, "{page} has {lines} lines");
    }
}

/// Every block of Rust is compiled as a doc test, or is a file of an example or of `tests/databases`.
#[test]
fn the_guide_shows_no_rust_that_is_not_compiled() {
    let elsewhere = [
        "nano/examples/tug/src/main.rs",
        "nano/examples/tug/src/tests.rs",
        "tests/databases/src/sql.rs",
        "tests/databases/src/mongo.rs",
    ]
    .map(read);
    // Two lines that need a package with a build script around them: `tests/typed` and `examples/tadpole` are such ones.
    let build = ["nano_build::Config::new().typescript(", "nano::include_routes!()"];
    for page in std::fs::read_dir(root().join("nano/src/guide")).expect("the chapters") {
        let page = page.expect("a chapter").path();
        for (language, code) in blocks(page.to_str().expect("a name in UTF-8")) {
            // Of any other word, such as `ignore`, rustdoc may make a block that nobody compiles.
            let words =
                ["", "rust,ignore", "csharp", "go", "html", "js", "sh", "text", "toml", "ts"];
            let is_known = words.contains(&&language[..]);
            assert!(is_known, "{}: `{language}`: doc tests begin with ``` alone", page.display());
            let is_compiled = language != "rust,ignore"
                || elsewhere.iter().any(|file| file.contains(&code))
                || build.iter().any(|line| code.contains(line)) && code.lines().count() < 6;
            assert!(is_compiled, "{}: nobody compiles\n{code}", page.display());
        }
    }
}

/// The exported functions, options and errors of Go nano 0.5 that an application can call.
const GO_NANO: &str = "
    Listen Shutdown VERSION NewGroup SessionFilter FindMember Member( Members() Multicast
    Broadcast Contains Add( Leave( LeaveAll Count() Close() ErrClosedGroup ErrCloseClosedGroup
    ErrMemberNotFound ErrSessionDuplication WithPipeline WithCustomerRemoteServiceRoute
    WithAdvertiseAddr WithClientAddr WithMaster WithGrpcOptions WithComponents
    WithHeartbeatInterval WithCheckOriginFunc WithDebugMode WithDictionary WithWSPath
    WithTimerPrecision WithSerializer WithLabel WithIsWebsocket WithTSLConfig WithLogger
    WithHandshakeValidator WithNodeId WithUnregisterCallback component.Component component.Base
    Init() AfterInit() BeforeShutdown() Shutdown() Register( List() WithName( WithNameFunc
    WithSchedulerName NewService ExtractHandler s.ID() s.UID() s.Bind( s.Push( s.Response(
    s.ResponseMID( s.LastMid() s.RPC( s.Close() s.RemoteAddr() s.Set( s.HasKey( s.Value(
    s.String( s.Int( s.Int8( s.Int16( s.Int32( s.Int64( s.Uint( s.Uint8( s.Uint16( s.Uint32(
    s.Uint64( s.Float32( s.Float64( s.Remove( s.State() s.Restore( s.Clear() OnClosed
    session.New( s.NetworkEntity() s.Router() router.Bind router.Delete router.Find NewTimer
    NewCountTimer NewAfterTimer NewCondTimer timer.Stop() timer.ID() PushTask Sched()
    scheduler.Close() LocalScheduler Schedule( pipeline.New() Inbound() Outbound() PushBack
    PushFront Process json.NewSerializer protobuf.NewSerializer serialize.Serializer Marshal
    Unmarshal service.Connections Increment() Decrement() Reset() SessionID() ResetNodeId
    NewNetworkEntity LastResponse() FindResponseByMID FindResponseByRoute
    nano.Option component.Components component.Option component.Service component.Handler
    CompWithOptions ErrIllegalUID LifetimeHandler session.NetworkEntity scheduler.Timer
    TimerCondition Check( TimerFunc scheduler.Task scheduler.Hook pipeline.Pipeline
    pipeline.Channel pipeline.Func pipeline.Message serialize.Marshaler serialize.Unmarshaler
    ErrWrongValueType mock.NetworkEntity mock.NetAddr ErrCloseClosedSession ErrSessionOnNotify
    ErrBrokenPipe ErrBufferExceed ErrInvalidRegisterReq NewConnector io.Connector c.Start(
    c.OnConnected( c.Request( c.Notify( c.On( c.Close() io.Callback
";

#[test]
fn each_function_of_go_nano_has_a_row() {
    let page = read("nano/src/guide/from_go_nano.md");
    // The first cell of each row.
    let rows: Vec<&str> = page.lines().filter_map(|line| line.strip_prefix("| ")).collect();
    let cells: Vec<&str> = rows.iter().filter_map(|row| row.split(" | ").next()).collect();
    let is_missing = |name: &&str| !cells.iter().any(|cell| cell.contains(name));
    let missing: Vec<&str> = GO_NANO.split_whitespace().filter(is_missing).collect();
    assert!(missing.is_empty(), "from_go_nano.md has no row for {missing:?}");
}
