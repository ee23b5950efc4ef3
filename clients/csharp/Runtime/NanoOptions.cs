using System;
using System.Net.Security;
using System.Threading;

namespace Nano
{
    /// <summary>The settings of a client. Changes have no effect once it is made.</summary>
    public sealed class NanoOptions
    {
        /// <summary>The data for the server's handshake hook, as JSON.</summary>
        public string User { get; set; } = "{}";

        /// <summary>Makes the data for each connection anew, in place of User. It is called like a listener.</summary>
        public Func<string> UserFactory { get; set; }

        /// <summary>The version of the application, for a server that wants a minimum; by default that of this client.</summary>
        public string Version { get; set; } = NanoClient.Version;

        /// <summary>
        /// Where listeners are called and tasks end, one after another: for example SynchronizationContext.Current of the main
        /// thread. Null leaves that to NanoClient.Poll.
        /// </summary>
        public SynchronizationContext Context { get; set; }

        /// <summary>The dictionary to start with; a server that has another sends its own.</summary>
        public NanoDictionary Dictionary { get; set; }

        /// <summary>Opens the pipeline of a session, with the user of the server's handshake as JSON, or null.</summary>
        public Func<string, INanoPipeline> Pipeline { get; set; }

        /// <summary>The time after which a request fails with the code timeout; Timeout.InfiniteTimeSpan waits for ever.</summary>
        public TimeSpan RequestTimeout { get; set; } = TimeSpan.FromSeconds(10);

        /// <summary>The time in which a connection has to open, handshake included.</summary>
        public TimeSpan ConnectTimeout { get; set; } = TimeSpan.FromSeconds(10);

        /// <summary>Opens a lost connection again.</summary>
        public bool Reconnect { get; set; } = true;

        /// <summary>Goes on with the same session after a lost connection, if the server lets it; needs Reconnect.</summary>
        public bool Resume { get; set; } = true;

        /// <summary>Tells by the reason whether to connect again after a kick that is final otherwise. It is called on any thread.</summary>
        public Func<string, bool> ReconnectAfterKick { get; set; }

        /// <summary>Attempt n waits a random time up to this, times 2^(n-1), but BackoffCap at most.</summary>
        public TimeSpan BackoffBase { get; set; } = TimeSpan.FromMilliseconds(500);

        /// <summary>The longest time between two attempts, but for that which the server asks for.</summary>
        public TimeSpan BackoffCap { get; set; } = TimeSpan.FromSeconds(10);

        /// <summary>The bytes that the body of a packet may have, either way.</summary>
        public int MaxPacketSize { get; set; } = 64 * 1024;

        /// <summary>The bytes that a compressed body, or handshake reply, may have once it is inflated.</summary>
        public int MaxBodySize { get; set; } = 1024 * 1024;

        /// <summary>The bytes that may wait to be sent; then calls fail with the code too_many.</summary>
        public int MaxUnsent { get; set; } = 1024 * 1024;

        /// <summary>The bytes that may wait for Poll or Context; then nothing more is read until some are taken.</summary>
        public int MaxUnheard { get; set; } = 1024 * 1024;

        /// <summary>Judges the certificate of the server, for tls:// and wss://; by default the platform does.</summary>
        public RemoteCertificateValidationCallback ValidateCertificate { get; set; }

        /// <summary>Returns a copy; throws an ArgumentException for limits that nothing fits in.</summary>
        internal NanoOptions Copy()
        {
            // The answer to a handshake has some hundred bytes.
            AtLeast(1024, MaxPacketSize, "MaxPacketSize");
            AtLeast(0, MaxBodySize, "MaxBodySize");
            AtLeast(0, MaxUnsent, "MaxUnsent");
            AtLeast(0, MaxUnheard, "MaxUnheard");
            return (NanoOptions)MemberwiseClone();
        }

        private static void AtLeast(int smallest, int value, string name)
        {
            if (value < smallest)
            {
                throw new ArgumentException(name + " is " + value + ": it has to be at least " + smallest);
            }
        }
    }
}
