using System;
using System.Text;

namespace Nano
{
    /// <summary>The end of a connection by the server.</summary>
    internal sealed class Kick
    {
        /// <summary>The reasons that say nothing against the client.</summary>
        private static readonly string[] Passing = { "shutdown", "heartbeat_timeout", "handshake_timeout", "slow_consumer" };

        private Kick(string reason, double? hint)
        {
            Reason = reason;
            if (hint >= 0)
            {
                ReconnectIn = hint;
            }
            else if (Array.IndexOf(Passing, reason) >= 0)
            {
                ReconnectIn = 0;
            }
        }

        public string Reason { get; }

        /// <summary>The milliseconds after which the client is expected back; null if the kick is final, as of each unknown reason.</summary>
        public double? ReconnectIn { get; }

        /// <summary>Reads the body of a kick. One in another form than JSON is the reason itself.</summary>
        public static Kick Read(byte[] body)
        {
            try
            {
                object value = Json.Read(body);
                string reason = Json.Get(value, "reason") as string ?? value as string ?? Encoding.UTF8.GetString(body);
                return new Kick(reason, Json.Get(value, "reconnectIn") as double?);
            }
            catch (FormatException)
            {
                return new Kick(Encoding.UTF8.GetString(body), null);
            }
        }
    }
}
