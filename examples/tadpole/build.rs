fn main() {
    println!("cargo::rerun-if-changed=proto/pond.proto");
    let descriptors = protox::compile(["pond.proto"], ["proto"]).unwrap();
    prost_build::Config::new().compile_fds(descriptors).unwrap();
}
