using System;
using System.IO;
using System.Net.Sockets;
using System.Threading.Tasks;

namespace Nano
{
    /// <summary>Packets one behind the other on TCP, or on TLS over it.</summary>
    internal sealed class StreamTransport : ITransport
    {
        private readonly Socket _socket;
        private readonly Stream _stream;

        public StreamTransport(Socket socket, Stream stream)
        {
            _socket = socket;
            _stream = stream;
        }

        public string Ending
        {
            get { return null; }
        }

        public Task<int> Read(byte[] buffer)
        {
            return _stream.ReadAsync(buffer, 0, buffer.Length);
        }

        public Task Write(byte[] buffer, int length)
        {
            return _stream.WriteAsync(buffer, 0, length);
        }

        public Task Finish(int closeCode)
        {
            _socket.Shutdown(SocketShutdown.Send);
            return Task.FromResult(0);
        }

        public void Dispose()
        {
            // The socket first: what the stream would still write waits for it.
            _socket.Dispose();
            try
            {
                _stream.Dispose();
            }
            catch (Exception)
            {
                // The stream misses its socket.
            }
        }
    }
}
