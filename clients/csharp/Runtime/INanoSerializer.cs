using System.Collections.Generic;

namespace Nano
{
    /// <summary>Turns values into the bodies of messages and back. It is called where the client is called and polled.</summary>
    /// <remarks>What it throws becomes a NanoException with the code bad_payload.</remarks>
    public interface INanoSerializer
    {
        /// <summary>The name that is compared with the server's, such as json or protobuf; null is not compared.</summary>
        string Name { get; }

        /// <summary>Encodes a payload.</summary>
        byte[] Encode<T>(T value, string route);

        /// <summary>Decodes a reply, whose route is its request's, or a push.</summary>
        T Decode<T>(byte[] body, string route);
    }

    /// <summary>
    /// What a serializer has as well if its errors are neither in JSON nor in the protobuf message of the protocol.
    /// </summary>
    public interface INanoErrorDecoder
    {
        /// <summary>Decodes the body of an error.</summary>
        NanoException DecodeError(byte[] body);
    }

    /// <summary>The routes that may be sent as codes, as generated code has them: Routes.Version and Routes.Codes.</summary>
    public sealed class NanoDictionary
    {
        /// <summary>Makes a dictionary.</summary>
        public NanoDictionary(string version, IReadOnlyDictionary<string, ushort> codes)
        {
            Version = version;
            Codes = codes;
        }

        /// <summary>The version: a server of the same version need not send its codes.</summary>
        public string Version { get; }

        /// <summary>The codes, by route.</summary>
        public IReadOnlyDictionary<string, ushort> Codes { get; }
    }
}
