using System;
using System.Collections.Generic;
using System.Threading.Tasks;

namespace Nano
{
    /// <summary>The packets of one connection that wait to be written.</summary>
    internal sealed class Outbox
    {
        private readonly object _gate = new object();
        private readonly int _limit;
        private readonly Queue<byte[]> _packets = new Queue<byte[]>();
        private int _bytes;
        private bool _ended;
        private TaskCompletionSource<bool> _wake;

        public Outbox(int limit)
        {
            _limit = limit;
        }

        /// <summary>True while nothing waits.</summary>
        public bool IsEmpty
        {
            get
            {
                lock (_gate)
                {
                    return _packets.Count == 0;
                }
            }
        }

        /// <summary>Fails if there is no room for a message about a route.</summary>
        public void Check(string route)
        {
            lock (_gate)
            {
                if (_bytes > _limit)
                {
                    throw new NanoException("too_many", _bytes + " bytes wait to be sent already: send " + route + " later");
                }
            }
        }

        /// <summary>Adds a packet, whether or not there is room.</summary>
        public void Put(byte[] packet)
        {
            lock (_gate)
            {
                if (_ended)
                {
                    return;
                }
                _packets.Enqueue(packet);
                _bytes += packet.Length;
                Wake();
            }
        }

        /// <summary>Takes no more; what waits is still written.</summary>
        public void End()
        {
            lock (_gate)
            {
                _ended = true;
                Wake();
            }
        }

        /// <summary>Fills a buffer with packets, or makes a longer one for a single packet; returns null at the end.</summary>
        public async Task<ArraySegment<byte>?> Take(byte[] buffer)
        {
            for (; ; )
            {
                Task wake;
                lock (_gate)
                {
                    if (_packets.Count > 0)
                    {
                        return Fill(buffer);
                    }
                    if (_ended)
                    {
                        return null;
                    }
                    _wake = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
                    wake = _wake.Task;
                }
                await wake.ConfigureAwait(false);
            }
        }

        private ArraySegment<byte> Fill(byte[] buffer)
        {
            int length = 0;
            if (_packets.Peek().Length > buffer.Length)
            {
                buffer = new byte[_packets.Peek().Length];
            }
            while (_packets.Count > 0 && _packets.Peek().Length <= buffer.Length - length)
            {
                byte[] packet = _packets.Dequeue();
                Buffer.BlockCopy(packet, 0, buffer, length, packet.Length);
                length += packet.Length;
            }
            _bytes -= length;
            return new ArraySegment<byte>(buffer, 0, length);
        }

        private void Wake()
        {
            if (_wake != null)
            {
                _wake.SetResult(true);
                _wake = null;
            }
        }
    }
}
