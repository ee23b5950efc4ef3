using System;
using System.Collections.Generic;

namespace Nano
{
    /// <summary>The listeners to pushes, by route.</summary>
    internal sealed class Listeners
    {
        private abstract class Listener : IDisposable
        {
            public Listeners Owner;
            public string Route;

            public abstract void Hear(INanoSerializer serializer, byte[] body);

            public void Dispose()
            {
                Owner.Remove(this);
            }
        }

        private sealed class Listener<T> : Listener
        {
            public Action<T> Action;

            public override void Hear(INanoSerializer serializer, byte[] body)
            {
                T message;
                try
                {
                    message = Bodies.Decode<T>(serializer, body, Route);
                }
                catch (Exception cause)
                {
                    throw new NanoException("bad_payload", "cannot decode the push " + Route + ": " + cause.Message, cause);
                }
                Action(message);
            }
        }

        private readonly Dictionary<string, Listener[]> _all = new Dictionary<string, Listener[]>();

        /// <summary>Adds a listener, until what this returns is disposed of.</summary>
        public IDisposable Add<T>(string route, Action<T> action)
        {
            var listener = new Listener<T> { Owner = this, Route = route, Action = action };
            lock (_all)
            {
                // Arrays are replaced, never changed: a listener may come or go while they are called.
                Listener[] before = Of(route);
                var after = new Listener[before.Length + 1];
                before.CopyTo(after, 0);
                after[before.Length] = listener;
                _all[route] = after;
            }
            return listener;
        }

        /// <summary>Calls the listeners of a route. What one throws is told, and does not affect the others.</summary>
        public void Hear(string route, INanoSerializer serializer, byte[] body, Action<Exception> tell)
        {
            Listener[] listeners;
            lock (_all)
            {
                listeners = Of(route);
            }
            foreach (Listener listener in listeners)
            {
                try
                {
                    listener.Hear(serializer, body);
                }
                catch (Exception error)
                {
                    tell(error);
                }
            }
        }

        private void Remove(Listener listener)
        {
            lock (_all)
            {
                Listener[] rest = Array.FindAll(Of(listener.Route), other => other != listener);
                if (rest.Length > 0)
                {
                    _all[listener.Route] = rest;
                }
                else
                {
                    _all.Remove(listener.Route);
                }
            }
        }

        private Listener[] Of(string route)
        {
            Listener[] listeners;
            return _all.TryGetValue(route, out listeners) ? listeners : new Listener[0];
        }
    }
}
