using System.Collections.Generic;

namespace Nano
{
    /// <summary>A session that outlives its connections, since the server waits for its client.</summary>
    internal sealed class Session
    {
        private const int KeptPackets = 256;
        private const int KeptBytes = 65536;

        private readonly Queue<byte[]> _sent = new Queue<byte[]>();
        private string _token;
        private double _window;
        private long _received;
        private int _bytes;
        // The number of sent packets that are not kept any more.
        private long _gone;
        private long? _lostAt;

        private Session(string token, double window)
        {
            _token = token;
            _window = window * 1000;
        }

        /// <summary>The session that a server offers in its handshake, or null.</summary>
        public static Session Offered(object resume)
        {
            var token = Json.Get(resume, "token") as string;
            var window = Json.Get(resume, "window") as double?;
            return token != null && window > 0 ? new Session(token, window.Value) : null;
        }

        /// <summary>The word for the server by which the client comes back, as JSON.</summary>
        public string Claim
        {
            get { return "{\"token\":" + Json.Quote(_token) + ",\"received\":" + _received + "}"; }
        }

        /// <summary>The body of a heartbeat: the number of messages received.</summary>
        public byte[] Confirmation
        {
            get
            {
                var body = new byte[8];
                for (int at = 0; at < body.Length; at++)
                {
                    body[at] = (byte)(_received >> (56 - 8 * at));
                }
                return body;
            }
        }

        /// <summary>Counts a message that is received.</summary>
        public void Count()
        {
            _received++;
        }

        /// <summary>Keeps a packet that is sent.</summary>
        public void Keep(byte[] packet)
        {
            _sent.Enqueue(packet);
            _bytes += packet.Length;
            while (_sent.Count > KeptPackets || _bytes > KeptBytes)
            {
                Drop();
            }
        }

        /// <summary>Notes that the connection is lost; returns false when the server waits no longer.</summary>
        public bool Waits(long now)
        {
            _lostAt = _lostAt ?? now;
            return now - _lostAt.Value < _window;
        }

        /// <summary>
        /// Goes on over another connection, to whose handshake the server replied with `resume`. Returns the packets that it
        /// has not received, or null if they are not kept.
        /// </summary>
        public byte[][] GoOn(object resume, double received)
        {
            while (_gone < received && _sent.Count > 0)
            {
                Drop();
            }
            if (_gone != received)
            {
                _window = 0;
                return null;
            }
            _token = Json.Get(resume, "token") as string ?? _token;
            var window = Json.Get(resume, "window") as double?;
            _window = window > 0 ? window.Value * 1000 : _window;
            _lostAt = null;
            return _sent.ToArray();
        }

        private void Drop()
        {
            _bytes -= _sent.Dequeue().Length;
            _gone++;
        }
    }
}
