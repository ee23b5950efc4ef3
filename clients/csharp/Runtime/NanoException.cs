using System;
using System.Collections.Generic;

namespace Nano
{
    /// <summary>The error of a call or of the connection: a code for programs, a message for people.</summary>
    /// <remarks>
    /// Codes of the client itself: timeout, disconnected, connect_failed, handshake_refused, serializer_mismatch, kicked,
    /// protocol_error, bad_payload, bad_route, too_large, too_many, pipeline_failed. All others come from the server.
    /// </remarks>
    public sealed class NanoException : Exception
    {
        private static readonly Dictionary<string, string> Nothing = new Dictionary<string, string>();

        /// <summary>Makes an error.</summary>
        public NanoException(string code, string message, Exception cause = null, IReadOnlyDictionary<string, string> metadata = null)
            : base(string.IsNullOrEmpty(message) ? code : message, cause)
        {
            Code = code;
            Metadata = metadata ?? Nothing;
        }

        /// <summary>The code, for programs.</summary>
        public string Code { get; }

        /// <summary>What else the server said, as of a refused handshake all of it. What is no text is here as JSON.</summary>
        public IReadOnlyDictionary<string, string> Metadata { get; }

        /// <summary>True if it would be the same on the next connection.</summary>
        internal bool Final { get; set; }
    }
}
