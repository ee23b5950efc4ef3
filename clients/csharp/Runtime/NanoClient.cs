using System;
using System.Threading;
using System.Threading.Tasks;

namespace Nano
{
    /// <summary>A connection to one server that outlives its sockets.</summary>
    /// <remarks>
    /// Listeners are called, and tasks end, inside Poll, or in the Context of the options. All methods may be called on any
    /// thread.
    /// </remarks>
    public sealed class NanoClient : INanoSocket, IDisposable
    {
        /// <summary>The version that the client announces to the server.</summary>
        public const string Version = "0.1.0";

        private readonly NanoOptions _options;
        private readonly INanoSerializer _serializer;
        private readonly Inbox _inbox;
        private readonly Listeners _listeners = new Listeners();
        private readonly Life _life;

        /// <summary>Makes a client, which is closed until Connect is called.</summary>
        /// <param name="url">The address: ws://host/path, wss://host/path, tcp://host:port or tls://host:port.</param>
        /// <param name="serializer">The form of payloads.</param>
        /// <param name="options">The settings, if they are not the default ones.</param>
        public NanoClient(string url, INanoSerializer serializer, NanoOptions options = null)
        {
            if (serializer == null)
            {
                throw new ArgumentNullException("serializer");
            }
            _options = (options ?? new NanoOptions()).Copy();
            _serializer = serializer;
            _inbox = new Inbox(_options.MaxUnheard, _options.Context);
            _life = new Life(new Dialer(url, _options.ValidateCertificate), _options, serializer, _inbox, this);
        }

        /// <summary>Tells each change of the state.</summary>
        public event Action<NanoStateChange> StateChanged;

        /// <summary>Tells the reason when the server kicks, after the state has changed: to Closed if the kick is final.</summary>
        public event Action<string> Kicked;

        /// <summary>Tells what goes wrong in listeners, and in pushes that do not decode. Without one, it is written to Console.Error.</summary>
        public event Action<Exception> Error;

        /// <summary>The state at this moment, which StateChanged may not have told yet.</summary>
        public NanoState State
        {
            get { return _life.State; }
        }

        /// <summary>The data of the server's handshake hook, as JSON, or null.</summary>
        public string User
        {
            get { return _life.User; }
        }

        /// <summary>The reason of the kick that ended the last connection; null if it ended in another way or is open.</summary>
        public string LastKick
        {
            get { return _life.LastKick; }
        }

        /// <summary>Opens the connection. The task ends once it is open, or fails with a NanoException.</summary>
        public Task Connect()
        {
            return _life.Connect();
        }

        /// <summary>
        /// Sends a request. The task ends with the reply, or fails with a NanoException. While the first connection opens, the
        /// request waits; if that fails, it fails with the same error.
        /// </summary>
        public Task<TReply> Request<TPayload, TReply>(string route, TPayload payload, CancellationToken cancellation = default(CancellationToken))
        {
            return Request<TPayload, TReply>(route, payload, _options.RequestTimeout, cancellation);
        }

        /// <summary>Sends a request that fails with the code timeout after another time than the usual one.</summary>
        public Task<TReply> Request<TPayload, TReply>(string route, TPayload payload, TimeSpan timeout, CancellationToken cancellation = default(CancellationToken))
        {
            var call = new Call<TReply> { Route = Checked(route), IsRequest = true };
            if (cancellation.IsCancellationRequested)
            {
                call.Cancel(cancellation);
                return call.Task;
            }
            if (timeout >= TimeSpan.Zero)
            {
                call.DueAt = Clock.Now + (long)Math.Min(timeout.TotalMilliseconds, int.MaxValue);
            }
            if (Submit(call, payload) && cancellation.CanBeCanceled)
            {
                call.Registration = cancellation.Register(() =>
                {
                    _life.Forget(call);
                    call.Cancel(cancellation);
                });
            }
            return call.Task;
        }

        /// <summary>
        /// Sends a message that has no reply. The task ends when the message is on its way, and fails with a NanoException. It may
        /// be ignored.
        /// </summary>
        public Task Notify<TPayload>(string route, TPayload payload)
        {
            var call = new Call<NanoEmpty> { Route = Checked(route) };
            Submit(call, payload);
            return call.Task;
        }

        /// <summary>Calls a listener with the message of every push on a route, until what this returns is disposed of.</summary>
        public IDisposable On<TMessage>(string route, Action<TMessage> listener)
        {
            if (listener == null)
            {
                throw new ArgumentNullException("listener");
            }
            return _listeners.Add(Checked(route), listener);
        }

        /// <summary>Calls the listeners with all that came, and ends tasks. To be called once per frame, unless there is a Context.</summary>
        public void Poll()
        {
            _inbox.Run();
        }

        /// <summary>
        /// Closes the connection for good; what was sent before goes out first, and nothing is pushed any more. The task, which
        /// may be ignored, ends when the socket is closed, in two seconds at most; it does not wait for Poll.
        /// </summary>
        public Task Close()
        {
            Task closed = _life.Close();
            _inbox.End();
            return closed;
        }

        /// <summary>Closes the connection, and does not wait.</summary>
        public void Dispose()
        {
            Close();
        }

        /// <summary>Sends a call now, or once the first connection is open; false if it has failed.</summary>
        private bool Submit<TPayload>(Call call, TPayload payload)
        {
            try
            {
                call.Payload = Bodies.Encode(_serializer, payload, call.Route);
                _life.Submit(call);
                return true;
            }
            catch (NanoException error)
            {
                call.Fail(error);
                return false;
            }
        }

        internal void TellPush(string route, byte[] body)
        {
            _listeners.Hear(route, _serializer, body, TellError);
        }

        internal void TellState(NanoStateChange change)
        {
            Tell(StateChanged, change);
        }

        internal void TellKick(string reason)
        {
            Tell(Kicked, reason);
        }

        internal void TellError(Exception error)
        {
            Action<Exception> listeners = Error;
            if (listeners == null)
            {
                Console.Error.WriteLine("nano: " + error);
                return;
            }
            foreach (Action<Exception> listener in listeners.GetInvocationList())
            {
                try
                {
                    listener(error);
                }
                catch (Exception second)
                {
                    Console.Error.WriteLine("nano: " + second);
                }
            }
        }

        private void Tell<T>(Action<T> listeners, T value)
        {
            if (listeners == null)
            {
                return;
            }
            foreach (Action<T> listener in listeners.GetInvocationList())
            {
                try
                {
                    listener(value);
                }
                catch (Exception error)
                {
                    TellError(error);
                }
            }
        }

        private static string Checked(string route)
        {
            if (route == null)
            {
                throw new ArgumentNullException("route");
            }
            return route;
        }
    }
}
