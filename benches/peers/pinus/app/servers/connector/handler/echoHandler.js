'use strict';

/** Answers `connector.echoHandler.say` with its body. */
class EchoHandler {
  async say({ entity, x, y, text }) {
    return { entity, x, y, text };
  }
}

exports.default = () => new EchoHandler();
