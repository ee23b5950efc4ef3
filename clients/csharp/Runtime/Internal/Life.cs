using System;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;

namespace Nano
{
    /// <summary>The connections of a client one after another, and the calls that wait for their replies.</summary>
    internal sealed class Life : IConnectionOwner
    {
        /// <summary>Milliseconds between two looks at what is due.</summary>
        private const int TickLength = 100;
        /// <summary>The milliseconds for what has come to be read, when the program stood still, before silence counts.</summary>
        private const int Grace = 1000;

        private readonly Dialer _dialer;
        private readonly NanoOptions _options;
        private readonly INanoSerializer _serializer;
        private readonly Inbox _inbox;
        private readonly NanoClient _client;
        private readonly object _gate = new object();
        private readonly Random _random = new Random(Guid.NewGuid().GetHashCode());

        private NanoState _state = NanoState.Closed;
        private string _user;
        private string _lastKick;
        private Known _known;
        private Connection _connection;
        private CancellationTokenSource _stop;
        private TaskCompletionSource<bool> _ready;
        private NanoException _ending;
        private Task _closed = Task.FromResult(0);
        private int _attempt;
        private long _openedAt;
        private readonly Calls _calls;

        public Life(Dialer dialer, NanoOptions options, INanoSerializer serializer, Inbox inbox, NanoClient client)
        {
            _dialer = dialer;
            _options = options;
            _serializer = serializer;
            _inbox = inbox;
            _client = client;
            _calls = new Calls(inbox, serializer);
            _known = new Known { Routes = options.Dictionary == null ? RouteTable.Empty : new RouteTable(options.Dictionary) };
        }

        public NanoState State
        {
            get { lock (_gate) { return _state; } }
        }

        public string User
        {
            get { lock (_gate) { return _user; } }
        }

        public string LastKick
        {
            get { lock (_gate) { return _lastKick; } }
        }

        public Task Connect()
        {
            lock (_gate)
            {
                if (_state == NanoState.Open)
                {
                    return Task.FromResult(0);
                }
                _ready = _ready ?? new TaskCompletionSource<bool>();
                if (_state == NanoState.Closed)
                {
                    _attempt = 0;
                    SetState(new NanoStateChange(NanoState.Connecting));
                    _stop = new CancellationTokenSource();
                    CancellationToken stop = _stop.Token;
                    // Off the caller's thread: the name of a server may take its time.
                    Task live = Task.Run(() => Live(stop));
                    _closed = Task.WhenAll(_closed, live, Task.Run(() => Tick(stop)));
                }
                return _ready.Task;
            }
        }

        public Task Close()
        {
            lock (_gate)
            {
                if (_state != NanoState.Closed)
                {
                    bool isAway = _connection == null || !_connection.IsOpen;
                    if (_connection != null)
                    {
                        _connection.Close();
                    }
                    Known known = _known;
                    if (isAway && known.Session != null && known.Session.Waits(Clock.Now))
                    {
                        _closed = Task.WhenAll(_closed, Task.Run(() => Farewell.Say(_dialer, _options, _serializer, _inbox, known)));
                    }
                    Lost(new End { Error = new NanoException("disconnected", "closed by the client") { Final = true } });
                }
                return _closed;
            }
        }

        /// <summary>Sends a call now, or once the first connection is open.</summary>
        public void Submit(Call call)
        {
            lock (_gate)
            {
                if (_state != NanoState.Connecting)
                {
                    Transmit(call);
                    return;
                }
                _calls.Wait(call);
            }
        }

        /// <summary>Lets nobody wait for a call any more.</summary>
        public void Forget(Call call)
        {
            lock (_gate)
            {
                _calls.Forget(call);
            }
        }

        private void Transmit(Call call)
        {
            if (_connection == null || _state != NanoState.Open)
            {
                throw new NanoException("disconnected", "cannot send " + call.Route + " while " + _state, _state == NanoState.Closed ? _ending : null);
            }
            _calls.Transmit(call, _connection);
        }

        private async Task Live(CancellationToken stop)
        {
            var finished = new List<Task>();
            while (!stop.IsCancellationRequested)
            {
                // While nobody hears of what has happened already, nothing more happens.
                Task room = _inbox.Room();
                if (room != null)
                {
                    await Task.WhenAny(room, Task.Delay(Timeout.Infinite, stop)).ConfigureAwait(false);
                }
                Connection connection;
                lock (_gate)
                {
                    if (stop.IsCancellationRequested)
                    {
                        break;
                    }
                    connection = new Connection(_dialer, _options, _serializer, _inbox, _known, _gate, this);
                    _connection = connection;
                }
                End end = await connection.Run().ConfigureAwait(false);
                finished.RemoveAll(task => task.IsCompleted);
                finished.Add(connection.Finished);
                int delay;
                lock (_gate)
                {
                    if (stop.IsCancellationRequested)
                    {
                        break;
                    }
                    delay = Lost(end);
                }
                try
                {
                    await Task.Delay(delay, stop).ConfigureAwait(false);
                }
                catch (OperationCanceledException)
                {
                    break;
                }
            }
            await Task.WhenAll(finished).ConfigureAwait(false);
        }

        /// <summary>Looks again and again at what is due.</summary>
        private async Task Tick(CancellationToken stop)
        {
            long last = Clock.Now;
            long patientFrom = 0;
            while (!stop.IsCancellationRequested)
            {
                long now = Clock.Now;
                Connection connection;
                lock (_gate)
                {
                    connection = _connection;
                }
                if (now - last > Grace || (connection != null && connection.IsStalled))
                {
                    patientFrom = now + Grace;
                }
                last = now;
                if (connection != null)
                {
                    connection.Tick(now, now >= patientFrom);
                }
                if (now >= patientFrom)
                {
                    lock (_gate)
                    {
                        _calls.EndLate(now);
                    }
                }
                try
                {
                    await Task.Delay(TickLength, stop).ConfigureAwait(false);
                }
                catch (OperationCanceledException)
                {
                    return;
                }
            }
        }

        string IConnectionOwner.RouteOf(ulong id)
        {
            lock (_gate)
            {
                return _calls.RouteOf(id);
            }
        }

        Task<string> IConnectionOwner.MakeUser()
        {
            if (_options.UserFactory == null)
            {
                return Task.FromResult(_options.User);
            }
            var made = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
            _inbox.Put(() =>
            {
                try
                {
                    made.SetResult(_options.UserFactory());
                }
                catch (Exception cause)
                {
                    made.SetException(new NanoException("connect_failed", "cannot make the user data for the handshake: " + cause.Message, cause));
                }
            });
            return made.Task;
        }

        void IConnectionOwner.OnOpen(Known known, string user, bool resumed)
        {
            _known = known;
            _lastKick = null;
            if (!resumed)
            {
                _user = user;
                // Those that waited for a session that is gone.
                _calls.FailPending(new NanoException("disconnected", "the session is gone: the server has begun a new one"));
            }
            _openedAt = Clock.Now;
            SetState(new NanoStateChange(NanoState.Open) { Attempt = _attempt, Resumed = resumed });
            _calls.TransmitWaiting(_connection);
            if (_ready != null)
            {
                TaskCompletionSource<bool> ready = _ready;
                _ready = null;
                _inbox.Put(() => ready.TrySetResult(true));
            }
        }

        void IConnectionOwner.OnMessage(Message message, NanoException failure)
        {
            if (message.Push)
            {
                _inbox.Put(() => TellPush(message, failure), message.Body.Length, true);
                return;
            }
            _calls.Reply(message, failure);
        }

        private void TellPush(Message message, NanoException failure)
        {
            if (failure != null)
            {
                _client.TellError(failure);
                return;
            }
            _client.TellPush(message.Route, message.Body);
        }

        /// <summary>Settles what the end of a connection, or of the client, means; returns the milliseconds until the next attempt.</summary>
        private int Lost(End end)
        {
            NanoException error = end.Error;
            bool final = end.Kick == null ? error.Final : !ComesBack(end.Kick);
            // The first connection is not retried, so that a wrong address is told.
            bool ends = final || !_options.Reconnect || _state == NanoState.Connecting;
            bool fault = error.Code == "protocol_error";
            _connection = null;
            _lastKick = end.Kick == null ? null : end.Kick.Reason;
            Session session = _known.Session;
            // What waits for a reply goes on to wait while the server waits for this client.
            if (ends || fault || end.Kick != null || session == null || !session.Waits(Clock.Now))
            {
                session = null;
                _calls.FailPending(error);
            }
            // The remembered dictionary may be the cause of a fault, so the next handshake asks for it again.
            _known = new Known { Routes = fault ? RouteTable.Empty : _known.Routes, Session = session, Pipeline = session == null ? null : _known.Pipeline };
            _calls.FailWaiting(error);
            int delay = 0;
            if (ends)
            {
                Finish(error);
            }
            else
            {
                delay = NextAttempt(end.Kick == null ? 0 : end.Kick.ReconnectIn ?? 0);
                SetState(new NanoStateChange(NanoState.Reconnecting) { Attempt = _attempt, Delay = delay, Error = error });
            }
            if (end.Kick != null)
            {
                string reason = end.Kick.Reason;
                _inbox.Put(() => _client.TellKick(reason));
            }
            return delay;
        }

        private bool ComesBack(Kick kick)
        {
            try
            {
                return kick.ReconnectIn != null || (_options.ReconnectAfterKick != null && _options.ReconnectAfterKick(kick.Reason));
            }
            catch (Exception error)
            {
                _inbox.Put(() => _client.TellError(error));
                return false;
            }
        }

        private void Finish(NanoException error)
        {
            _ending = error;
            _stop.Cancel();
            SetState(new NanoStateChange(NanoState.Closed) { Error = error });
            if (_ready != null)
            {
                TaskCompletionSource<bool> ready = _ready;
                _ready = null;
                _inbox.Put(() =>
                {
                    ready.TrySetException(error);
                    GC.KeepAlive(ready.Task.Exception);
                });
            }
        }

        private int NextAttempt(double wait)
        {
            double cap = _options.BackoffCap.TotalMilliseconds;
            // Only a connection that has lasted resets the backoff, so that a server which accepts and closes at once is not
            // flooded with attempts.
            if (_state == NanoState.Open && Clock.Now - _openedAt > cap)
            {
                _attempt = 0;
            }
            _attempt++;
            double highest = Math.Min(cap, _options.BackoffBase.TotalMilliseconds * Math.Pow(2, _attempt - 1));
            return (int)Math.Min(wait + _random.NextDouble() * highest, int.MaxValue);
        }

        private void SetState(NanoStateChange change)
        {
            _state = change.State;
            _inbox.Put(() => _client.TellState(change));
        }
    }
}
