using System.Collections.Generic;

namespace Nano
{
    /// <summary>The calls that wait: for the first connection, or for their replies. Its methods are called under one lock.</summary>
    internal sealed class Calls
    {
        /// <summary>Calls that may wait for the first connection.</summary>
        private const int MaxWaiting = 1000;
        /// <summary>Requests that may wait for their replies.</summary>
        private const int MaxPending = 10000;

        private readonly Inbox _inbox;
        private readonly INanoSerializer _serializer;
        private ulong _nextId = 1;
        private List<Call> _waiting = new List<Call>();
        private Dictionary<ulong, Call> _pending = new Dictionary<ulong, Call>();

        public Calls(Inbox inbox, INanoSerializer serializer)
        {
            _inbox = inbox;
            _serializer = serializer;
        }

        /// <summary>Lets a call wait for the first connection.</summary>
        public void Wait(Call call)
        {
            if (_waiting.Count >= MaxWaiting)
            {
                throw new NanoException("too_many", MaxWaiting + " messages wait for the connection already: send " + call.Route + " later");
            }
            _waiting.Add(call);
        }

        /// <summary>Sends a call.</summary>
        public void Transmit(Call call, Connection connection)
        {
            if (call.IsRequest && _pending.Count >= MaxPending)
            {
                throw new NanoException("too_many", MaxPending + " requests wait for their replies already: send " + call.Route + " later");
            }
            // The id is taken when the request is sent, so that one that cannot be sent uses none up.
            connection.Send(call.IsRequest ? _nextId : 0, call.Route, call.Payload);
            call.Payload = null;
            if (call.IsRequest)
            {
                call.Id = _nextId++;
                _pending.Add(call.Id, call);
            }
            else
            {
                _inbox.Put(() => call.Reply(_serializer, Packet.NoBody));
            }
        }

        /// <summary>Sends the calls that waited for the first connection.</summary>
        public void TransmitWaiting(Connection connection)
        {
            foreach (Call call in TakeWaiting())
            {
                try
                {
                    Transmit(call, connection);
                }
                catch (NanoException error)
                {
                    Fail(call, error);
                }
            }
        }

        /// <summary>Lets nobody wait for a call any more.</summary>
        public void Forget(Call call)
        {
            _waiting.Remove(call);
            Call other;
            if (_pending.TryGetValue(call.Id, out other) && other == call)
            {
                _pending.Remove(call.Id);
            }
        }

        /// <summary>The route of a request, or null if nobody waits for its reply.</summary>
        public string RouteOf(ulong id)
        {
            Call call;
            return _pending.TryGetValue(id, out call) ? call.Route : null;
        }

        /// <summary>Ends a request with its reply, unless it has timed out or was cancelled.</summary>
        public void Reply(Message message, NanoException failure)
        {
            Call call;
            if (_pending.TryGetValue(message.Id, out call))
            {
                _pending.Remove(message.Id);
                _inbox.Put(() => Tell(call, message, failure), message.Body.Length);
            }
        }

        /// <summary>Ends the calls that have waited for too long.</summary>
        public void EndLate(long now)
        {
            var late = new List<Call>();
            foreach (Call call in _pending.Values)
            {
                if (call.DueAt <= now)
                {
                    late.Add(call);
                }
            }
            late.AddRange(_waiting.FindAll(call => call.DueAt <= now));
            foreach (Call call in late)
            {
                Forget(call);
                Fail(call, new NanoException("timeout", "no reply to " + call.Route + " in time"));
            }
        }

        public void FailPending(NanoException error)
        {
            Dictionary<ulong, Call> pending = _pending;
            _pending = new Dictionary<ulong, Call>();
            foreach (Call call in pending.Values)
            {
                Fail(call, new NanoException("disconnected", error.Message, error));
            }
        }

        public void FailWaiting(NanoException error)
        {
            foreach (Call call in TakeWaiting())
            {
                Fail(call, error);
            }
        }

        private List<Call> TakeWaiting()
        {
            List<Call> waiting = _waiting;
            _waiting = new List<Call>();
            return waiting;
        }

        private void Tell(Call call, Message message, NanoException failure)
        {
            call.Registration.Dispose();
            bool isPlain = failure == null && !message.Error && Bodies.IsPlainError(_serializer, message.Body);
            if (failure == null && (message.Error || isPlain))
            {
                failure = Bodies.Error(_serializer, message.Body, isPlain, call.Route);
            }
            if (failure != null)
            {
                call.Fail(failure);
                return;
            }
            call.Reply(_serializer, message.Body);
        }

        private void Fail(Call call, NanoException error)
        {
            _inbox.Put(() =>
            {
                call.Registration.Dispose();
                call.Fail(error);
            });
        }
    }
}
