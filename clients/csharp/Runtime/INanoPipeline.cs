namespace Nano
{
    /// <summary>The kind of message that a received body belongs to.</summary>
    public enum NanoBodyKind
    {
        /// <summary>The value of a reply.</summary>
        Reply,

        /// <summary>An error in place of a value.</summary>
        Error,

        /// <summary>A push.</summary>
        Push,
    }

    /// <summary>The changes to the bodies of one session, such as encryption: the counterpart of a server's stages.</summary>
    /// <remarks>
    /// Each method is called for one message at a time, in the order of the wire, but not always on the same thread. It must
    /// not call the client.
    /// </remarks>
    public interface INanoPipeline
    {
        /// <summary>Changes the body of a request or a notify before it is sent. What it throws fails the call.</summary>
        byte[] Outbound(byte[] body, string route);

        /// <summary>
        /// Changes a body that was received before it is decoded. The route of a reply is its request's, and null if nobody
        /// waits for it any more. What it throws fails the request; for a push it is told by NanoClient.Error.
        /// </summary>
        byte[] Inbound(byte[] body, string route, NanoBodyKind kind);
    }
}
