namespace Nano
{
    /// <summary>The heartbeats of one connection, and the silence that is too long. Times are in milliseconds.</summary>
    internal sealed class Pulse
    {
        /// <summary>The intervals after which a silent server is gone.</summary>
        private const int Patience = 3;

        private long _interval;
        private long _beatenAt;
        private long _heardAt;
        private long? _writeBegan;

        /// <summary>Begins with the server's interval, which is 0 for none.</summary>
        public void Begin(long interval, long now)
        {
            _interval = interval;
            _beatenAt = now;
            _heardAt = now;
        }

        public void Heard(long now)
        {
            _heardAt = now;
        }

        public void WriteBegins(long now)
        {
            _writeBegan = now;
        }

        public void WriteEnds()
        {
            _writeBegan = null;
        }

        public bool IsBeatDue(long now)
        {
            return _interval > 0 && now - _beatenAt >= _interval;
        }

        public void Beaten(long now)
        {
            _beatenAt = now;
        }

        /// <summary>Says what lasts too long, or null. Nothing can be heard while nothing is read.</summary>
        public string Silence(long now, bool reads)
        {
            long limit = Patience * _interval;
            if (limit > 0 && reads && now - _heardAt >= limit)
            {
                return "nothing heard from the server for " + limit + " ms";
            }
            return limit > 0 && now - _writeBegan >= limit ? "the server took nothing for " + limit + " ms" : null;
        }
    }
}
