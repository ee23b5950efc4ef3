namespace Nano
{
    /// <summary>The state of a client.</summary>
    public enum NanoState
    {
        /// <summary>Not connected, and not about to be.</summary>
        Closed,

        /// <summary>The first connection opens.</summary>
        Connecting,

        /// <summary>Messages can be sent.</summary>
        Open,

        /// <summary>The connection is lost; another attempt follows.</summary>
        Reconnecting,
    }

    /// <summary>A change of state, and what is to be known about it.</summary>
    public sealed class NanoStateChange
    {
        internal NanoStateChange(NanoState state)
        {
            State = state;
        }

        /// <summary>The state from now on.</summary>
        public NanoState State { get; }

        /// <summary>Reconnecting: the number of the attempt. Open: that of the one that succeeded, 0 for a first connection.</summary>
        public int Attempt { get; internal set; }

        /// <summary>Reconnecting: the milliseconds until the attempt starts.</summary>
        public int Delay { get; internal set; }

        /// <summary>
        /// Open: true if the session is the same as before the loss. Then requests still wait, what was pushed meanwhile is heard
        /// next, and there is nothing to join again.
        /// </summary>
        public bool Resumed { get; internal set; }

        /// <summary>Reconnecting, Closed: the error that ended the connection; its code is disconnected after Close.</summary>
        public NanoException Error { get; internal set; }
    }
}
