using System;
using System.Globalization;
using System.IO;
using System.Security.Cryptography;
using System.Text;
using System.Threading.Tasks;

namespace Nano
{
    /// <summary>The opening handshake of a WebSocket (RFC 6455, section 4).</summary>
    internal static class WebSocketUpgrade
    {
        private const int LongestHead = 16 * 1024;

        /// <summary>Asks for the upgrade and returns the bytes that came behind the answer.</summary>
        public static async Task<byte[]> Ask(Stream stream, Uri url)
        {
            string key = Convert.ToBase64String(Guid.NewGuid().ToByteArray());
            string host = url.IsDefaultPort || url.Port <= 0 ? url.IdnHost : url.IdnHost + ":" + url.Port.ToString(CultureInfo.InvariantCulture);
            // The colons of an address of IPv6.
            if (url.HostNameType == UriHostNameType.IPv6)
            {
                host = url.Authority;
            }
            byte[] request = Encoding.ASCII.GetBytes(
                "GET " + url.PathAndQuery + " HTTP/1.1\r\nHost: " + host + "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                + "Sec-WebSocket-Key: " + key + "\r\nSec-WebSocket-Version: 13\r\n\r\n");
            await stream.WriteAsync(request, 0, request.Length).ConfigureAwait(false);

            var buffer = new byte[LongestHead];
            int filled = 0;
            int end;
            while ((end = EndOfHead(buffer, filled)) < 0)
            {
                if (filled == buffer.Length)
                {
                    throw Refused("its answer is longer than " + LongestHead + " bytes");
                }
                int read = await stream.ReadAsync(buffer, filled, buffer.Length - filled).ConfigureAwait(false);
                if (read == 0)
                {
                    throw Refused("it closed the connection");
                }
                filled += read;
            }
            Check(Encoding.UTF8.GetString(buffer, 0, end), key);
            var rest = new byte[filled - end];
            Buffer.BlockCopy(buffer, end, rest, 0, rest.Length);
            return rest;
        }

        private static int EndOfHead(byte[] buffer, int filled)
        {
            for (int at = 3; at < filled; at++)
            {
                if (buffer[at] == '\n' && buffer[at - 1] == '\r' && buffer[at - 2] == '\n' && buffer[at - 3] == '\r')
                {
                    return at + 1;
                }
            }
            return -1;
        }

        private static void Check(string head, string key)
        {
            string[] lines = head.Split(new[] { "\r\n" }, StringSplitOptions.None);
            if (!lines[0].StartsWith("HTTP/1.1 101", StringComparison.Ordinal))
            {
                throw Refused("it answered `" + (lines[0].Length > 100 ? lines[0].Substring(0, 100) : lines[0]) + "`");
            }
            string accept = null;
            bool upgrades = false;
            for (int at = 1; at < lines.Length; at++)
            {
                int colon = lines[at].IndexOf(':');
                string name = colon < 0 ? "" : lines[at].Substring(0, colon).Trim();
                string value = colon < 0 ? "" : lines[at].Substring(colon + 1).Trim();
                if (string.Equals(name, "Sec-WebSocket-Accept", StringComparison.OrdinalIgnoreCase))
                {
                    accept = value;
                }
                upgrades |= string.Equals(name, "Upgrade", StringComparison.OrdinalIgnoreCase)
                    && string.Equals(value, "websocket", StringComparison.OrdinalIgnoreCase);
            }
            if (!upgrades || accept != Accepted(key))
            {
                throw Refused("its answer is not that of a WebSocket");
            }
        }

        private static string Accepted(string key)
        {
            using (var sha = SHA1.Create())
            {
                return Convert.ToBase64String(sha.ComputeHash(Encoding.ASCII.GetBytes(key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11")));
            }
        }

        private static IOException Refused(string why)
        {
            return new IOException("the server refused the WebSocket: " + why);
        }
    }
}
