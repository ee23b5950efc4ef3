//! The part of `Routes.cs` that no manifest changes: the interface of the socket, and the meaning of kicks.

pub(super) const SOCKET: &str = r#"/// <summary>What a client calls through: your socket, with your serializer.</summary>
/// <remarks>
/// Three types are special, as payload, reply and message alike: NanoEmpty is no body at all, byte[]
/// is a body that no serializer touches, and null of any other type is the serializer's null.
/// </remarks>
public interface INanoSocket
{
    /// <summary>Sends a request. The task ends with the reply, or fails with the error that came.</summary>
    Task<TReply> Request<TPayload, TReply>(string route, TPayload payload, CancellationToken cancellation);

    /// <summary>Sends a message that has no reply.</summary>
    Task Notify<TPayload>(string route, TPayload payload);

    /// <summary>Calls a listener with each message of a route, until what this returns is disposed of.</summary>
    IDisposable On<TMessage>(string route, Action<TMessage> listener);
}

/// <summary>Stands for a body without any bytes. There is no value of it but null.</summary>
public sealed class NanoEmpty
{
    private NanoEmpty() { }
}

/// <summary>Tells your socket when to connect again after a kick.</summary>
/// <remarks>
/// The body of a kick is JSON: {"reason": "shutdown", "reconnectIn": 1000}. A connection that ends without
/// a kick is opened again, with a growing delay; a handshake that is refused is final. Sockets whose
/// handshake lists no "features" are kicked by the application and for a broken protocol only.
/// </remarks>
public static class NanoKick
{
    private const int Spread = 500;
    private static readonly global::System.Random Jitter = new global::System.Random(global::System.Guid.NewGuid().GetHashCode());

    /// <summary>Returns the milliseconds to wait, jitter included, or null if the kick is final.</summary>
    /// <param name="reason">The reason in the kick.</param>
    /// <param name="hint">What the kick says in reconnectIn; null if it says nothing.</param>
    public static int? ReconnectIn(string reason, double? hint)
    {
        int wait = 0;
        if (hint >= 0)
        {
            wait = (int)global::System.Math.Min(hint.Value, int.MaxValue - Spread);
        }
        else if (reason != "shutdown" && reason != "heartbeat_timeout" && reason != "handshake_timeout" && reason != "slow_consumer")
        {
            return null;
        }
        lock (Jitter)
        {
            return wait + Jitter.Next(Spread);
        }
    }
}
"#;
