using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Linq;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using Nano;

/// <summary>The thread of a game: continuations run on it, as in Unity, and clients are polled on it.</summary>
internal sealed class GameLoop : SynchronizationContext
{
    private readonly Queue<Action> _posted = new Queue<Action>();
    private readonly List<NanoClient> _clients = new List<NanoClient>();

    public override void Post(SendOrPostCallback callback, object state)
    {
        lock (_posted)
        {
            _posted.Enqueue(() => callback(state));
        }
    }

    public NanoClient Add(NanoClient client)
    {
        _clients.Add(client);
        return client;
    }

    /// <summary>Frames without a poll.</summary>
    public bool Frozen { get; set; }

    public void Run(Task task)
    {
        while (!task.IsCompleted)
        {
            Frame();
            Thread.Sleep(1);
        }
        foreach (NanoClient client in _clients)
        {
            // Proof that nothing is left running.
            if (!client.Close().Wait(5000))
            {
                throw new Exception("a client does not close");
            }
        }
        _clients.Clear();
        task.GetAwaiter().GetResult();
    }

    private void Frame()
    {
        int count;
        lock (_posted)
        {
            count = _posted.Count;
        }
        for (; count > 0; count--)
        {
            Action next;
            lock (_posted)
            {
                next = _posted.Dequeue();
            }
            next();
        }
        foreach (NanoClient client in _clients.ToArray())
        {
            if (!Frozen)
            {
                client.Poll();
            }
        }
    }
}

/// <summary>What tests say and ask.</summary>
internal static class Test
{
    public static readonly GameLoop Loop = new GameLoop();

    public static void Equal(object found, object expected)
    {
        if (!Equals(found, expected))
        {
            throw new Exception("found " + (found ?? "null") + ", expected " + (expected ?? "null"));
        }
    }

    public static void True(bool holds, string what)
    {
        if (!holds)
        {
            throw new Exception(what);
        }
    }

    public static async Task<NanoException> Fails(Task task, string code)
    {
        try
        {
            await task;
        }
        catch (NanoException error)
        {
            True(error.Code == code, "found the error " + error + ", expected " + code);
            return error;
        }
        throw new Exception("no error, expected " + code);
    }

    /// <summary>Waits until something holds.</summary>
    public static async Task Until(Func<bool> holds, string what)
    {
        var watch = Stopwatch.StartNew();
        while (!holds())
        {
            True(watch.ElapsedMilliseconds < 20000, "waited in vain for: " + what);
            await Task.Delay(2);
        }
    }

    public static NanoClient Client(string url, NanoOptions options = null, INanoSerializer serializer = null)
    {
        options = options ?? new NanoOptions();
        options.BackoffBase = TimeSpan.FromMilliseconds(20);
        options.BackoffCap = TimeSpan.FromMilliseconds(100);
        return Loop.Add(new NanoClient(url, serializer ?? new NanoJson(), options));
    }

    public static byte[] Utf8(string text)
    {
        return Encoding.UTF8.GetBytes(text);
    }

    public static byte[] Hex(string hex)
    {
        return Enumerable.Range(0, hex.Length / 2).Select(at => Convert.ToByte(hex.Substring(2 * at, 2), 16)).ToArray();
    }

    public static string Hex(byte[] bytes)
    {
        return string.Concat(bytes.Select(each => each.ToString("x2")));
    }
}

internal static class Program
{
    public static int Main()
    {
        SynchronizationContext.SetSynchronizationContext(Test.Loop);
        var tests = new List<Func<Task>>();
        tests.AddRange(CodecTests.All);
        tests.AddRange(ServerTests.All);
        tests.AddRange(ProtobufTests.All);
        tests.AddRange(ResumeTests.All);
        tests.AddRange(HostileTests.All);
        tests.AddRange(ScriptTests.All);
        int failed = 0;
        string wanted = Environment.GetEnvironmentVariable("ONLY") ?? "";
        foreach (var test in tests.Where(test => test.Method.Name.Contains(wanted)))
        {
            var watch = Stopwatch.StartNew();
            try
            {
                Test.Loop.Run(test());
                Console.WriteLine("ok     " + test.Method.Name + " (" + watch.ElapsedMilliseconds + " ms)");
            }
            catch (Exception error)
            {
                failed++;
                Console.WriteLine("FAILED " + test.Method.Name + ": " + error);
            }
        }
        Server.StopAll();
        Console.WriteLine(failed == 0 ? "PASS" : failed + " failed");
        return failed == 0 ? 0 : 1;
    }
}
