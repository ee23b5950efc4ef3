/** Error of a request or of the connection; `code` is for programs, `message` for people. */
export class NanoError extends Error {
  constructor(code, message, metadata = {}, options = undefined) {
    super(message || code, options);
    this.name = 'NanoError';
    this.code = code;
    this.metadata = metadata;
    // Older engines ignore the options of an error.
    if (options !== undefined && !('cause' in this)) this.cause = options.cause;
  }
}
