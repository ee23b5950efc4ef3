using System;

namespace Nano
{
    /// <summary>The types of packets.</summary>
    internal static class PacketType
    {
        public const byte Handshake = 1;
        public const byte Ack = 2;
        public const byte Heartbeat = 3;
        public const byte Data = 4;
        public const byte Kick = 5;
    }

    /// <summary>A packet: its type, and a body of its own.</summary>
    internal struct Packet
    {
        public const int HeaderLength = 4;
        public const int LongestBody = 0xffffff;
        public static readonly byte[] NoBody = new byte[0];

        public byte Type;
        public byte[] Body;

        public static byte[] Encode(byte type, byte[] body, int limit)
        {
            if (body.Length > Math.Min(limit, LongestBody))
            {
                throw new NanoException("too_large", "packet of " + body.Length + " bytes exceeds the limit of " + Math.Min(limit, LongestBody));
            }
            var packet = new byte[HeaderLength + body.Length];
            packet[0] = type;
            packet[1] = (byte)(body.Length >> 16);
            packet[2] = (byte)(body.Length >> 8);
            packet[3] = (byte)body.Length;
            Buffer.BlockCopy(body, 0, packet, HeaderLength, body.Length);
            return packet;
        }
    }

    /// <summary>Cuts a stream of chunks into packets. It holds one unfinished packet at most.</summary>
    internal sealed class PacketReader
    {
        private readonly int _limit;
        private readonly byte[] _header = new byte[Packet.HeaderLength];
        private byte[] _body;
        private int _filled;
        private byte[] _chunk = Packet.NoBody;
        private int _at;
        private int _end;

        public PacketReader(int limit)
        {
            _limit = limit;
        }

        /// <summary>Takes the next chunk, which must not change until Next returns false.</summary>
        public void Feed(byte[] chunk, int length)
        {
            _chunk = chunk;
            _at = 0;
            _end = length;
        }

        /// <summary>Returns the next packet that is complete.</summary>
        public bool Next(out Packet packet)
        {
            packet = default(Packet);
            while (_at < _end || (_body != null && _body.Length == 0))
            {
                byte[] target = _body ?? _header;
                int taken = Math.Min(target.Length - _filled, _end - _at);
                Buffer.BlockCopy(_chunk, _at, target, _filled, taken);
                _at += taken;
                _filled += taken;
                if (_filled < target.Length)
                {
                    return false;
                }
                _filled = 0;
                if (_body != null)
                {
                    packet.Type = _header[0];
                    packet.Body = _body;
                    _body = null;
                    return true;
                }
                _body = new byte[BodyLength()];
            }
            return false;
        }

        private int BodyLength()
        {
            if (_header[0] < PacketType.Handshake || _header[0] > PacketType.Kick)
            {
                throw new NanoException("protocol_error", "unknown packet type " + _header[0]);
            }
            int length = (_header[1] << 16) | (_header[2] << 8) | _header[3];
            if (length > _limit)
            {
                throw new NanoException("protocol_error", "packet of " + length + " bytes exceeds the limit of " + _limit);
            }
            return length;
        }
    }
}
