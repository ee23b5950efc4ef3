using System;
using System.IO;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Threading.Tasks;

namespace Nano
{
    /// <summary>The address of a server, and the opening of transports to it.</summary>
    internal sealed class Dialer
    {
        private readonly Uri _url;
        private readonly bool _tls;
        private readonly bool _webSocket;
        private readonly RemoteCertificateValidationCallback _validate;

        /// <summary>Reads an address; throws an ArgumentException for one that is none.</summary>
        public Dialer(string url, RemoteCertificateValidationCallback validate)
        {
            if (!Uri.TryCreate(url, UriKind.Absolute, out _url) || _url.Host.Length == 0)
            {
                throw new ArgumentException("`" + url + "` is no address: write it as wss://example.org/nano or tcp://example.org:3250");
            }
            _tls = _url.Scheme == "tls" || _url.Scheme == "wss";
            _webSocket = _url.Scheme == "ws" || _url.Scheme == "wss";
            if (!_tls && !_webSocket && _url.Scheme != "tcp")
            {
                throw new ArgumentException("`" + url + "` has an unknown scheme: tcp, tls, ws and wss are known");
            }
            if (!_webSocket && _url.Port <= 0)
            {
                throw new ArgumentException("`" + url + "` names no port: write it as " + _url.Scheme + "://" + _url.Host + ":3250");
            }
            _validate = validate;
        }

        public override string ToString()
        {
            return _url.OriginalString;
        }

        /// <summary>Connects. Each socket on the way is handed to `keep`, whose caller disposes of it when it waits no longer.</summary>
        public async Task<ITransport> Open(Action<IDisposable> keep)
        {
            Socket socket = await Connect(keep).ConfigureAwait(false);
            Stream stream = new NetworkStream(socket, false);
            if (_tls)
            {
                var secure = new SslStream(stream, false, _validate);
                await secure.AuthenticateAsClientAsync(_url.DnsSafeHost).ConfigureAwait(false);
                stream = secure;
            }
            if (!_webSocket)
            {
                return new StreamTransport(socket, stream);
            }
            byte[] rest = await WebSocketUpgrade.Ask(stream, _url).ConfigureAwait(false);
            return new WebSocketTransport(socket, stream, rest);
        }

        private async Task<Socket> Connect(Action<IDisposable> keep)
        {
            int port = _url.Port > 0 ? _url.Port : _tls ? 443 : 80;
            IPAddress[] addresses = await Dns.GetHostAddressesAsync(_url.DnsSafeHost).ConfigureAwait(false);
            Exception last = null;
            foreach (IPAddress address in addresses)
            {
                var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
                keep(socket);
                try
                {
                    await Task.Factory.FromAsync(socket.BeginConnect, socket.EndConnect, address, port, null).ConfigureAwait(false);
                    socket.NoDelay = true;
                    return socket;
                }
                catch (SocketException cause)
                {
                    socket.Dispose();
                    last = cause;
                }
            }
            throw last ?? new SocketException((int)SocketError.HostNotFound);
        }
    }
}
