using System;
using System.Threading;
using System.Threading.Tasks;

namespace Nano
{
    /// <summary>The connection that a generated client calls through; NanoClient is one, a test may have its own.</summary>
    /// <remarks>
    /// Two types are special, as payload, reply and message alike: NanoEmpty is no body at all, and byte[] is a body that no
    /// serializer touches. Null of any other type is the serializer's null.
    /// </remarks>
    public interface INanoSocket
    {
        /// <summary>Sends a request. The task ends with the reply, or fails with the error that came.</summary>
        Task<TReply> Request<TPayload, TReply>(string route, TPayload payload, CancellationToken cancellation);

        /// <summary>Sends a message that has no reply. The task ends when the message is on its way.</summary>
        Task Notify<TPayload>(string route, TPayload payload);

        /// <summary>Calls a listener with each message of a route, until what this returns is disposed of.</summary>
        IDisposable On<TMessage>(string route, Action<TMessage> listener);
    }

    /// <summary>Stands for a body without any bytes. There is no value of it but null.</summary>
    public sealed class NanoEmpty
    {
        private NanoEmpty() { }
    }
}
