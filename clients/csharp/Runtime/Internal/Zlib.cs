using System;
using System.IO;
using System.IO.Compression;

namespace Nano
{
    /// <summary>Compressed bodies: zlib streams as in RFC 1950.</summary>
    internal static class Zlib
    {
        /// <summary>The first byte of the streams that servers send, with which no JSON begins.</summary>
        public const byte FirstByte = 0x78;

        private const int HeaderLength = 2;
        private const int ChecksumLength = 4;
        private const uint ChecksumBase = 65521;

        /// <summary>Inflates a stream up to a limit. What it is stands in errors.</summary>
        public static byte[] Inflate(byte[] bytes, int limit, string what)
        {
            if (bytes.Length < HeaderLength + ChecksumLength || (bytes[0] & 0x0f) != 8 || (bytes[1] & 0x20) != 0
                || ((bytes[0] << 8) | bytes[1]) % 31 != 0)
            {
                throw Corrupt(what, "it is no zlib stream", null);
            }
            byte[] inflated = InflateRaw(bytes, limit, what);
            int end = bytes.Length;
            uint expected = ((uint)bytes[end - 4] << 24) | ((uint)bytes[end - 3] << 16) | ((uint)bytes[end - 2] << 8) | bytes[end - 1];
            if (Checksum(inflated) != expected)
            {
                throw Corrupt(what, "its checksum is wrong", null);
            }
            return inflated;
        }

        private static byte[] InflateRaw(byte[] bytes, int limit, string what)
        {
            var input = new MemoryStream(bytes, HeaderLength, bytes.Length - HeaderLength - ChecksumLength);
            var output = new MemoryStream();
            var buffer = new byte[4096];
            try
            {
                using (var stream = new DeflateStream(input, CompressionMode.Decompress))
                {
                    int read;
                    while ((read = stream.Read(buffer, 0, buffer.Length)) > 0)
                    {
                        if (output.Length + read > limit)
                        {
                            throw new NanoException("protocol_error", "inflated " + what + " exceeds the limit of " + limit + " bytes: raise MaxBodySize");
                        }
                        output.Write(buffer, 0, read);
                    }
                }
            }
            catch (Exception cause) when (!(cause is NanoException))
            {
                throw Corrupt(what, cause.Message, cause);
            }
            return output.ToArray();
        }

        /// <summary>Adler-32.</summary>
        private static uint Checksum(byte[] bytes)
        {
            uint low = 1;
            uint high = 0;
            foreach (byte each in bytes)
            {
                low = (low + each) % ChecksumBase;
                high = (high + low) % ChecksumBase;
            }
            return (high << 16) | low;
        }

        private static NanoException Corrupt(string what, string why, Exception cause)
        {
            return new NanoException("protocol_error", "compressed " + what + " does not inflate: " + why, cause);
        }
    }
}
