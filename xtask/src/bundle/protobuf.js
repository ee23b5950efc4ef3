// The package that generated Protobuf clients import, in one module: a page without a bundler maps all three names to it.
export * from '@bufbuild/protobuf';
export * from '@bufbuild/protobuf/codegenv2';
export * from '@bufbuild/protobuf/wkt';
