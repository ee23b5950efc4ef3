using System;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;

namespace Nano
{
    /// <summary>What waits to be told to the application, in order.</summary>
    internal sealed class Inbox
    {
        /// <summary>Bytes that an item counts beside its body.</summary>
        private const int Cost = 100;

        private struct Item
        {
            public Action Run;
            public int Bytes;
            public bool IsPush;
        }

        private readonly object _gate = new object();
        private readonly int _limit;
        private readonly SynchronizationContext _context;
        private Queue<Item> _items = new Queue<Item>();
        private long _bytes;
        private TaskCompletionSource<bool> _room;
        private bool _running;
        private bool _posted;
        private bool _toTheEnd;

        public Inbox(int limit, SynchronizationContext context)
        {
            _limit = limit;
            _context = context;
        }

        /// <summary>Adds an item. It must not throw.</summary>
        public void Put(Action run, int bytes = 0, bool isPush = false)
        {
            lock (_gate)
            {
                _items.Enqueue(new Item { Run = run, Bytes = bytes + Cost, IsPush = isPush });
                _bytes += bytes + Cost;
                if (_context == null || _posted || _running)
                {
                    return;
                }
                _posted = true;
            }
            _context.Post(Posted, null);
        }

        /// <summary>Ends once there is room for a message, or null if there is.</summary>
        public Task Room()
        {
            lock (_gate)
            {
                if (_bytes <= _limit)
                {
                    return null;
                }
                _room = _room ?? new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
                return _room.Task;
            }
        }

        /// <summary>Drops the pushes, and lets whoever runs the items go on to the last one.</summary>
        public void End()
        {
            lock (_gate)
            {
                var rest = new Queue<Item>();
                foreach (Item item in _items)
                {
                    if (item.IsPush)
                    {
                        _bytes -= item.Bytes;
                    }
                    else
                    {
                        rest.Enqueue(item);
                    }
                }
                _items = rest;
                _toTheEnd = true;
                MakeRoom();
            }
            if (_context == null)
            {
                Run();
            }
        }

        /// <summary>Runs the items that wait now; what they add comes the next time. Does nothing while it is run already.</summary>
        public void Run()
        {
            int budget;
            lock (_gate)
            {
                if (_running)
                {
                    return;
                }
                _running = true;
                budget = _items.Count;
            }
            for (; ; budget--)
            {
                Action run;
                lock (_gate)
                {
                    if (_items.Count == 0 || (budget <= 0 && !_toTheEnd))
                    {
                        _running = false;
                        _toTheEnd = false;
                        if (_context == null || _posted || _items.Count == 0)
                        {
                            return;
                        }
                        _posted = true;
                        break;
                    }
                    Item item = _items.Dequeue();
                    _bytes -= item.Bytes;
                    MakeRoom();
                    run = item.Run;
                }
                run();
            }
            _context.Post(Posted, null);
        }

        private void Posted(object nothing)
        {
            lock (_gate)
            {
                _posted = false;
            }
            Run();
        }

        private void MakeRoom()
        {
            if (_room != null && (_bytes <= _limit || _toTheEnd))
            {
                _room.SetResult(true);
                _room = null;
            }
        }
    }
}
