using System;
using System.Threading.Tasks;

namespace Nano
{
    /// <summary>One connection from its opening to its end: handshake, heartbeats, packets.</summary>
    internal sealed class Connection
    {
        /// <summary>The code of a WebSocket's close without a fault.</summary>
        private const int NormalClosure = 1000;
        /// <summary>The code of one that is given up, whose session waits for another.</summary>
        private const int LostClosure = 4000;
        /// <summary>Milliseconds for the server to end its side after ours.</summary>
        private const int Linger = 2000;

        private readonly Dialer _dialer;
        private readonly NanoOptions _options;
        private readonly INanoSerializer _serializer;
        private readonly Inbox _inbox;
        private readonly Outbox _outbox;
        private readonly IConnectionOwner _owner;
        private readonly object _gate;
        private readonly PacketReader _reader;
        private readonly bool _resumes;
        private readonly TaskCompletionSource<bool> _over = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly long _startedAt = Clock.Now;

        private Known _known;
        private ITransport _transport;
        private IDisposable _socket;
        private Task _writing = Task.FromResult(0);
        private bool _open;
        private End _end;
        private bool _gentle;
        private readonly Pulse _pulse = new Pulse();
        private volatile bool _stalled;

        public Connection(Dialer dialer, NanoOptions options, INanoSerializer serializer, Inbox inbox, Known known, object gate, IConnectionOwner owner)
        {
            _dialer = dialer;
            _options = options;
            _serializer = serializer;
            _inbox = inbox;
            _known = known;
            _gate = gate;
            _owner = owner;
            _outbox = new Outbox(options.MaxUnsent);
            _reader = new PacketReader(options.MaxPacketSize);
            _resumes = options.Resume && options.Reconnect;
            Finished = _over.Task;
        }

        /// <summary>Ends once the socket is closed.</summary>
        public Task Finished { get; private set; }

        /// <summary>True while the application takes too little for more to be read.</summary>
        public bool IsStalled
        {
            get { return _stalled; }
        }

        /// <summary>True while messages can be sent. It is read under the gate.</summary>
        public bool IsOpen
        {
            get { return _open && _end == null; }
        }

        /// <summary>Opens the connection and serves it to its end.</summary>
        public async Task<End> Run()
        {
            Task working = Work();
            await _over.Task.ConfigureAwait(false);
            Finished = Finish(working);
            return _end;
        }

        /// <summary>Sends a request, with an id above 0, or a notify. It is called under the gate.</summary>
        public void Send(ulong id, string route, byte[] payload)
        {
            if (!_open || _end != null)
            {
                throw new NanoException("disconnected", "cannot send " + route + " without a connection");
            }
            _outbox.Check(route);
            byte[] body = Pipelines.Outbound(_known.Pipeline, payload, route);
            byte[] packet = Packet.Encode(PacketType.Data, Message.Encode(id, route, body, _known.Routes), _options.MaxPacketSize);
            _outbox.Put(packet);
            if (_known.Session != null)
            {
                _known.Session.Keep(packet);
            }
        }

        /// <summary>Ends the connection for good; what was sent before goes out first.</summary>
        public void Close()
        {
            lock (_gate)
            {
                SayGoodbye();
                Over(new End { Error = new NanoException("disconnected", "closed by the client") { Final = true } }, true);
            }
        }

        /// <summary>Does what is due. `patient` is false while silence of the server means nothing.</summary>
        public void Tick(long now, bool patient)
        {
            lock (_gate)
            {
                if (_end != null)
                {
                    return;
                }
                if (!_open)
                {
                    double limit = _options.ConnectTimeout.TotalMilliseconds;
                    if (patient && limit >= 0 && now - _startedAt >= limit)
                    {
                        Fail("connect_failed", "no handshake from " + _dialer + " within " + limit + " ms");
                    }
                    return;
                }
                // What waits to be written is as good a sign of life.
                if (_pulse.IsBeatDue(now) && _outbox.IsEmpty)
                {
                    byte[] body = _known.Session != null ? _known.Session.Confirmation : Packet.NoBody;
                    _outbox.Put(Packet.Encode(PacketType.Heartbeat, body, Packet.LongestBody));
                    _pulse.Beaten(now);
                }
                string silence = patient ? _pulse.Silence(now, !_stalled) : null;
                if (silence != null)
                {
                    Fail("disconnected", silence);
                }
            }
        }

        private void Fail(string code, string message)
        {
            Over(new End { Error = new NanoException(code, message) }, false);
        }

        /// <summary>Ends the connection, once. A gentle end lets what waits go out.</summary>
        private void Over(End end, bool gentle)
        {
            lock (_gate)
            {
                if (_end != null)
                {
                    return;
                }
                _end = end;
                _gentle = gentle;
                _outbox.End();
                _over.SetResult(true);
            }
        }

        /// <summary>Tells a server that would wait for this client that it does not come back.</summary>
        private void SayGoodbye()
        {
            if (_open && _end == null && _known.Session != null)
            {
                _outbox.Put(Packet.Encode(PacketType.Kick, Packet.NoBody, Packet.LongestBody));
            }
        }

        /// <summary>Lets both sides end, for a while, and closes the socket.</summary>
        private async Task Finish(Task working)
        {
            ITransport transport = _transport;
            if (transport != null && _gentle)
            {
                int code = _known.Session != null && !_end.Error.Final && _end.Kick == null ? LostClosure : NormalClosure;
                await Task.WhenAny(Farewell(transport, code, working), Task.Delay(Linger)).ConfigureAwait(false);
            }
            lock (_gate)
            {
                (transport ?? _socket)?.Dispose();
            }
        }

        private async Task Farewell(ITransport transport, int code, Task working)
        {
            try
            {
                await _writing.ConfigureAwait(false);
                await transport.Finish(code).ConfigureAwait(false);
                await working.ConfigureAwait(false);
            }
            catch (Exception)
            {
                // The socket is closed next in any case.
            }
        }

        private async Task Work()
        {
            try
            {
                ITransport transport = await _dialer.Open(Keep).ConfigureAwait(false);
                lock (_gate)
                {
                    if (_end != null)
                    {
                        transport.Dispose();
                        return;
                    }
                    _transport = transport;
                    _writing = Write(transport);
                }
                string user = await _owner.MakeUser().ConfigureAwait(false);
                Put(PacketType.Handshake, Handshake.Ask(_options, _known, _resumes, user ?? "null"));
                await Read(transport).ConfigureAwait(false);
                Lost(transport.Ending ?? "closed by the server", null);
            }
            catch (NanoException error)
            {
                Over(new End { Error = error }, true);
            }
            catch (Exception cause)
            {
                Lost(cause.Message, cause);
            }
        }

        private void Lost(string why, Exception cause)
        {
            string what = _open ? "connection to " + _dialer + " lost" : "could not connect to " + _dialer;
            Over(new End { Error = new NanoException(_open ? "disconnected" : "connect_failed", what + " (" + why + ")", cause) }, true);
        }

        /// <summary>Keeps a socket that opens, to dispose of it when the time is over.</summary>
        private void Keep(IDisposable socket)
        {
            lock (_gate)
            {
                _socket = socket;
                if (_end != null)
                {
                    socket.Dispose();
                }
            }
        }

        private async Task Write(ITransport transport)
        {
            var buffer = new byte[16 * 1024];
            try
            {
                ArraySegment<byte>? next;
                while ((next = await _outbox.Take(buffer).ConfigureAwait(false)) != null)
                {
                    lock (_gate)
                    {
                        _pulse.WriteBegins(Clock.Now);
                    }
                    await transport.Write(next.Value.Array, next.Value.Count).ConfigureAwait(false);
                    lock (_gate)
                    {
                        _pulse.WriteEnds();
                    }
                }
            }
            catch (Exception cause)
            {
                // A kick may have come before, which is still to be read.
                await Task.WhenAny(_over.Task, Task.Delay(Linger)).ConfigureAwait(false);
                Lost(cause.Message, cause);
            }
        }

        private async Task Read(ITransport transport)
        {
            var buffer = new byte[16 * 1024];
            int length;
            while ((length = await transport.Read(buffer).ConfigureAwait(false)) > 0)
            {
                lock (_gate)
                {
                    _pulse.Heard(Clock.Now);
                }
                _reader.Feed(buffer, length);
                Packet packet;
                while (_end == null && _reader.Next(out packet))
                {
                    await Receive(packet).ConfigureAwait(false);
                }
            }
        }

        private async Task Receive(Packet packet)
        {
            if (packet.Type == PacketType.Data && _open)
            {
                Task room = _inbox.Room();
                if (room != null)
                {
                    _stalled = true;
                    await Task.WhenAny(room, _over.Task).ConfigureAwait(false);
                    lock (_gate)
                    {
                        _pulse.Heard(Clock.Now);
                        _stalled = false;
                    }
                }
                OnMessage(packet.Body);
            }
            else if (packet.Type == PacketType.Kick)
            {
                Kick kick = Kick.Read(packet.Body);
                string reason = kick.Reason.Length > 0 ? kick.Reason : "no reason given";
                Over(new End { Kick = kick, Error = new NanoException("kicked", "kicked by the server: " + reason) }, true);
            }
            else if (packet.Type == PacketType.Handshake && !_open)
            {
                OnHandshake(packet.Body);
            }
            else if (packet.Type != PacketType.Heartbeat)
            {
                string state = _open ? "open" : "connecting";
                throw new NanoException("protocol_error", "packet type " + packet.Type + " while " + state);
            }
        }

        private void OnMessage(byte[] bytes)
        {
            Message message = Message.Decode(bytes, _known.Routes);
            if (message.Compressed)
            {
                message.Body = Zlib.Inflate(message.Body, _options.MaxBodySize, "body");
            }
            lock (_gate)
            {
                // It is not counted, and comes again over the next connection: the pipeline must see it once.
                if (_end != null)
                {
                    return;
                }
                NanoException failure = null;
                if (_known.Pipeline != null)
                {
                    string route = message.Push ? message.Route : _owner.RouteOf(message.Id);
                    failure = Pipelines.Inbound(_known.Pipeline, ref message, route);
                }
                if (_known.Session != null)
                {
                    _known.Session.Count();
                }
                _owner.OnMessage(message, failure);
            }
        }

        private void OnHandshake(byte[] body)
        {
            Handshake reply = Handshake.Read(body, _options, _serializer);
            bool resumed = _known.Session != null && reply.Received != null;
            var known = new Known
            {
                Routes = reply.Routes(_known.Routes),
                Session = resumed ? _known.Session : _resumes ? Session.Offered(reply.Resume) : null,
                // A session that goes on keeps what it has agreed on.
                Pipeline = resumed ? _known.Pipeline : Pipelines.Open(_options.Pipeline, reply.User),
            };
            lock (_gate)
            {
                if (_end != null)
                {
                    return;
                }
                _known = known;
                _pulse.Begin(reply.Heartbeat, Clock.Now);
                Put(PacketType.Ack, Packet.NoBody);
                _open = true;
                if (resumed)
                {
                    GoOn(reply);
                }
                if (_end == null)
                {
                    _owner.OnOpen(known, reply.User, resumed);
                }
            }
        }

        /// <summary>Sends what the server has not received of the session that goes on.</summary>
        private void GoOn(Handshake reply)
        {
            byte[][] missing = _known.Session.GoOn(reply.Resume, reply.Received.Value);
            if (missing == null)
            {
                SayGoodbye();
                Over(new End { Error = new NanoException("disconnected", "the server misses messages that are not kept") }, true);
                return;
            }
            foreach (byte[] packet in missing)
            {
                _outbox.Put(packet);
            }
        }

        private void Put(byte type, byte[] body)
        {
            _outbox.Put(Packet.Encode(type, body, _options.MaxPacketSize));
        }
    }
}
