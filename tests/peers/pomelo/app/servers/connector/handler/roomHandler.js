'use strict';

/** The routes that the tests of `cargo nano` call. */
class RoomHandler {
  constructor(app) {
    this.app = app;
  }

  /** Tells the caller by a push, and replies. */
  join({ name }, session, next) {
    session.bind(name, () => this.tell(name, session, () => next(null, { name })));
  }

  /** Tells the caller by a push alone. */
  shout({ name }, session, next) {
    session.bind(name, () => this.tell(name, session, () => next(null)));
  }

  /** Fails, as handlers of pomelo do: its answer is a reply with a code. */
  full(message, session, next) {
    next(new Error('the room is full'), { code: 500, message: 'the room is full' });
  }

  /** Replies with a long text. */
  long({ name }, session, next) {
    next(null, { name, long: 'long '.repeat(2000) });
  }

  tell(name, session, done) {
    this.app.get('channelService').pushMessageByUids('onJoined', { name }, [{ uid: name, sid: session.frontendId }], done);
  }
}

module.exports = (app) => new RoomHandler(app);
