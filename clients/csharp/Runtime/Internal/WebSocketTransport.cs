using System;
using System.IO;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using System.Threading.Tasks;

namespace Nano
{
    /// <summary>Packets in the frames of a WebSocket (RFC 6455).</summary>
    /// <remarks>
    /// The class of .NET has no bound on the head of the server's answer, and none of the .NET Standard lets a program judge the
    /// certificate.
    /// </remarks>
    internal sealed class WebSocketTransport : ITransport
    {
        private const int Continuation = 0;
        private const int Text = 1;
        private const int Binary = 2;
        private const int CloseFrame = 8;
        private const int Ping = 9;
        private const int Pong = 10;
        private const int LongestControl = 125;
        private const int LongestHead = 14;
        private const int ProtocolErrorCode = 1002;

        private readonly Socket _socket;
        private readonly Stream _stream;
        private readonly RandomNumberGenerator _random = RandomNumberGenerator.Create();
        private readonly object _gate = new object();
        private Task _written = Task.FromResult(0);
        private bool _closed;
        // Bytes that are read and not yet taken.
        private byte[] _buffer;
        private int _at;
        private int _end;
        // The rest of the frame of data that is being read.
        private long _left;
        private bool _inMessage;

        public WebSocketTransport(Socket socket, Stream stream, byte[] rest)
        {
            _socket = socket;
            _stream = stream;
            _buffer = new byte[Math.Max(rest.Length, 16 * 1024)];
            Buffer.BlockCopy(rest, 0, _buffer, 0, rest.Length);
            _end = rest.Length;
        }

        public string Ending { get; private set; }

        public async Task<int> Read(byte[] buffer)
        {
            while (_left == 0)
            {
                if (!await NextFrame().ConfigureAwait(false))
                {
                    return 0;
                }
            }
            if (_at == _end && !await Fill().ConfigureAwait(false))
            {
                return 0;
            }
            int taken = (int)Math.Min(Math.Min(_left, _end - _at), buffer.Length);
            Buffer.BlockCopy(_buffer, _at, buffer, 0, taken);
            _at += taken;
            _left -= taken;
            return taken;
        }

        public Task Write(byte[] buffer, int length)
        {
            return Send(Binary, buffer, length);
        }

        public Task Finish(int closeCode)
        {
            return Close(closeCode);
        }

        public void Dispose()
        {
            _socket.Dispose();
            _random.Dispose();
            try
            {
                _stream.Dispose();
            }
            catch (Exception)
            {
                // The stream misses its socket.
            }
        }

        /// <summary>Reads the head of a frame, and the whole of a control frame; false at the end.</summary>
        private async Task<bool> NextFrame()
        {
            if (!await Need(2).ConfigureAwait(false))
            {
                return false;
            }
            int first = _buffer[_at++];
            int second = _buffer[_at++];
            int type = first & 0x0f;
            bool isLast = (first & 0x80) != 0;
            long length = second & 0x7f;
            int more = length == 126 ? 2 : length == 127 ? 8 : 0;
            if (more > 0)
            {
                if (!await Need(more).ConfigureAwait(false))
                {
                    return false;
                }
                length = 0;
                for (int at = 0; at < more; at++)
                {
                    length = (length << 8) | _buffer[_at++];
                }
            }
            bool isControl = type >= CloseFrame;
            bool known = isControl ? type <= Pong : type <= Binary;
            if (!known || (first & 0x70) != 0 || (second & 0x80) != 0 || length < 0 || (isControl && (!isLast || length > LongestControl)))
            {
                throw await Fault("the WebSocket has an impossible frame").ConfigureAwait(false);
            }
            if (isControl)
            {
                return await Control(type, (int)length).ConfigureAwait(false);
            }
            if (_inMessage != (type == Continuation))
            {
                throw await Fault("the WebSocket's frames are out of order").ConfigureAwait(false);
            }
            _inMessage = !isLast;
            _left = length;
            return true;
        }

        private async Task<bool> Control(int type, int length)
        {
            if (!await Need(length).ConfigureAwait(false))
            {
                return false;
            }
            var body = new byte[length];
            Buffer.BlockCopy(_buffer, _at, body, 0, length);
            _at += length;
            if (type == Ping)
            {
                // Nothing is read until it is written, so that a server that does not read cannot pile up answers.
                await Send(Pong, body, length).ConfigureAwait(false);
            }
            if (type != CloseFrame)
            {
                return true;
            }
            int code = length >= 2 ? (body[0] << 8) | body[1] : 0;
            string reason = length > 2 ? ": " + Encoding.UTF8.GetString(body, 2, length - 2) : "";
            Ending = code == 0 ? "closed by the server" : "close code " + code + reason;
            await Close(code == 0 ? 1000 : code).ConfigureAwait(false);
            return false;
        }

        /// <summary>Sends a close, if none was sent before.</summary>
        private Task Close(int code)
        {
            return Send(CloseFrame, new[] { (byte)(code >> 8), (byte)code }, 2);
        }

        private async Task<Exception> Fault(string message)
        {
            await Close(ProtocolErrorCode).ConfigureAwait(false);
            return new NanoException("protocol_error", message);
        }

        private Task Send(int type, byte[] body, int length)
        {
            byte[] frame = Frame(type, body, length);
            lock (_gate)
            {
                if (_closed)
                {
                    return _written;
                }
                _closed = type == CloseFrame;
                _written = After(_written, frame);
                return _written;
            }
        }

        private async Task After(Task before, byte[] frame)
        {
            await before.ConfigureAwait(false);
            await _stream.WriteAsync(frame, 0, frame.Length).ConfigureAwait(false);
        }

        private byte[] Frame(int type, byte[] body, int length)
        {
            var head = new byte[LongestHead];
            int at = 0;
            head[at++] = (byte)(0x80 | type);
            if (length < 126)
            {
                head[at++] = (byte)(0x80 | length);
            }
            else if (length <= 0xffff)
            {
                head[at++] = 0x80 | 126;
                head[at++] = (byte)(length >> 8);
                head[at++] = (byte)length;
            }
            else
            {
                head[at++] = 0x80 | 127;
                for (int shift = 56; shift >= 0; shift -= 8)
                {
                    head[at++] = (byte)((long)length >> shift);
                }
            }
            var mask = new byte[4];
            _random.GetBytes(mask);
            Buffer.BlockCopy(mask, 0, head, at, 4);
            at += 4;
            var frame = new byte[at + length];
            Buffer.BlockCopy(head, 0, frame, 0, at);
            for (int index = 0; index < length; index++)
            {
                frame[at + index] = (byte)(body[index] ^ mask[index & 3]);
            }
            return frame;
        }

        /// <summary>Reads until so many bytes wait, which the buffer must have room for; false at the end.</summary>
        private async Task<bool> Need(int count)
        {
            while (_end - _at < count)
            {
                if (!await Fill().ConfigureAwait(false))
                {
                    return false;
                }
            }
            return true;
        }

        private async Task<bool> Fill()
        {
            if (_at > 0)
            {
                Buffer.BlockCopy(_buffer, _at, _buffer, 0, _end - _at);
                _end -= _at;
                _at = 0;
            }
            int read = await _stream.ReadAsync(_buffer, _end, _buffer.Length - _end).ConfigureAwait(false);
            _end += read;
            return read > 0;
        }
    }
}
