'use strict';

/** The routes that the tests of `cargo nano` call. */
class RoomHandler {
  constructor(app) {
    this.app = app;
  }

  /** Tells the caller by a push, and replies. */
  async join({ name }, session) {
    await this.#tell(name, session);
    return { name };
  }

  /** Tells the caller by a push alone. */
  async shout({ name }, session) {
    await this.#tell(name, session);
  }

  /** Fails, in the words of pinus. */
  async full() {
    throw new Error('the room is full');
  }

  /** Replies with a long text. */
  async long({ name }) {
    return { name, long: 'long '.repeat(2000) };
  }

  /** Pushes go to users, and so the session becomes that of one. */
  async #tell(name, session) {
    await session.abind(name);
    await this.app.channelService.apushMessageByUids('onJoined', { name }, [{ uid: name, sid: session.frontendId }]);
  }
}

exports.default = (app) => new RoomHandler(app);
