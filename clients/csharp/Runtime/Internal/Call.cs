using System;
using System.Threading;
using System.Threading.Tasks;

namespace Nano
{
    /// <summary>A request that waits for its reply, or a message that waits for the first connection.</summary>
    internal abstract class Call
    {
        public string Route;
        public byte[] Payload;
        public bool IsRequest;
        /// <summary>0 until it is sent.</summary>
        public ulong Id;
        /// <summary>The time at which it fails; null if it waits for ever.</summary>
        public long? DueAt;
        public CancellationTokenRegistration Registration;

        /// <summary>Ends the task with a reply, or with what is wrong with it.</summary>
        public abstract void Reply(INanoSerializer serializer, byte[] body);

        /// <summary>Ends the task with an error.</summary>
        public abstract void Fail(Exception error);

        /// <summary>Cancels the task.</summary>
        public abstract void Cancel(CancellationToken cancellation);
    }

    /// <summary>A call with a reply of a type.</summary>
    internal sealed class Call<TReply> : Call
    {
        private readonly TaskCompletionSource<TReply> _task = new TaskCompletionSource<TReply>();

        public Task<TReply> Task
        {
            get { return _task.Task; }
        }

        public override void Reply(INanoSerializer serializer, byte[] body)
        {
            TReply value;
            try
            {
                value = Bodies.Decode<TReply>(serializer, body, Route);
            }
            catch (Exception cause)
            {
                Fail(new NanoException("bad_payload", "cannot decode the reply to " + Route + ": " + cause.Message, cause));
                return;
            }
            _task.TrySetResult(value);
        }

        public override void Fail(Exception error)
        {
            _task.TrySetException(error);
            // Whoever ignores the task is told nothing later, by the collector.
            GC.KeepAlive(_task.Task.Exception);
        }

        public override void Cancel(CancellationToken cancellation)
        {
            _task.TrySetCanceled(cancellation);
        }
    }
}
