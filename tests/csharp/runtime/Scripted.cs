// Servers that do what those of the project do too seldom for a test.
using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading.Tasks;
using Nano;

internal static class ScriptTests
{
    public static readonly Func<Task>[] All = { AnnouncesItself, ASilentServerIsLost, KicksThatSayWhen, MoreThanIsHeard, MoreThanIsRead, APipeline, PlainErrors, TheSameMessageIsNotTakenTwice };

    private const string Beating = "{\"code\":200,\"sys\":{\"heartbeat\":1},\"user\":{\"key\":7}}";

    private static async Task AnnouncesItself()
    {
        var greetings = new List<string>();
        var script = new Script(async peer =>
        {
            greetings.Add(System.Text.Encoding.UTF8.GetString((await peer.Read()).Body));
            await peer.Send(1, "{\"code\":200,\"sys\":{\"dictVersion\":\"v1\",\"dict\":{\"a\":1}},\"user\":[1, \"\\u00e9\"]}");
            await peer.Read();
        });
        int thread = System.Threading.Thread.CurrentThread.ManagedThreadId;
        int made = 0;
        var options = new NanoOptions
        {
            Version = "7\"",
            UserFactory = () =>
            {
                made++;
                return "{\"here\":" + (System.Threading.Thread.CurrentThread.ManagedThreadId == thread ? "true" : "false") + "}";
            },
        };
        NanoClient client = Test.Client("tcp://" + script.Host, options);
        await client.Connect();
        Test.Equal(client.User, "[1, \"\\u00e9\"]");
        await Test.Until(() => greetings.Count > 1, "another connection");
        string first = "{\"sys\":{\"type\":\"nano-csharp\",\"version\":\"7\\\"\",\"features\":[\"errors\",\"zlib\",\"resume\"]},\"user\":{\"here\":true}}";
        Test.Equal(greetings[0], first);
        // It keeps the dictionary.
        Test.Equal(greetings[1], first.Replace("]}", "],\"dictVersion\":\"v1\"}"));
        Test.True(made > 1, "made anew");
    }

    private static async Task ASilentServerIsLost()
    {
        var beats = new List<byte>();
        var script = new Script(async peer =>
        {
            await peer.Welcome(Beating);
            for (; ; )
            {
                beats.Add((await peer.Read()).Type);
            }
        });
        NanoException lost = null;
        NanoClient client = Test.Client("tcp://" + script.Host);
        client.StateChanged += change => lost = lost ?? change.Error;
        await client.Connect();
        await Test.Until(() => lost != null, "the loss");
        Test.Equal(lost.Code + " " + lost.Message, "disconnected nothing heard from the server for 3000 ms");
        Test.True(beats.Count >= 2 && beats.All(type => type == 3), string.Join(",", beats));
    }

    private static async Task KicksThatSayWhen()
    {
        var script = new Script(async peer =>
        {
            await peer.Welcome();
            await peer.Send(5, "{\"reason\":\"drain\",\"reconnectIn\":700}");
            await peer.Drain();
        });
        NanoClient client = Test.Client("tcp://" + script.Host);
        var delays = new List<int>();
        client.StateChanged += change =>
        {
            if (change.State == NanoState.Reconnecting)
            {
                delays.Add(change.Delay);
            }
        };
        var kicks = new List<string>();
        client.Kicked += kicks.Add;
        await client.Connect();
        await Test.Until(() => script.Connections > 1 && kicks.Count > 1, "the return, and another kick");
        Test.True(delays.All(delay => delay >= 700 && delay <= 800), string.Join(",", delays));
        Test.Equal(kicks[0], "drain");
    }

    private static async Task MoreThanIsHeard()
    {
        int sent = 0;
        byte[] push = Packet.Encode(4, Test.Utf8("\u0006\u0001p\"" + new string('x', 1000) + "\""), 5000);
        var script = new Script(async peer =>
        {
            await peer.Welcome();
            for (; sent < 20000; sent++)
            {
                await peer.Send(push);
            }
            await peer.Drain();
        });
        NanoClient client = Test.Client("tcp://" + script.Host, new NanoOptions { MaxUnheard = 100000 });
        int heard = 0;
        client.On<string>("p", text => heard++);
        await client.Connect();
        Test.Loop.Frozen = true;
        try
        {
            int before = -1;
            while (before != sent)
            {
                before = sent;
                await Task.Delay(500);
            }
        }
        finally
        {
            Test.Loop.Frozen = false;
        }
        // What the sockets hold is a few megabytes.
        Test.True(sent < 15000 && heard < 2000, sent + " were sent, " + heard + " heard");
        await Test.Until(() => heard == 20000, "all of them");
    }

    private static async Task MoreThanIsRead()
    {
        var script = new Script(async peer =>
        {
            await peer.Welcome(Beating);
            await Task.Delay(-1);
        });
        NanoClient client = Test.Client("tcp://" + script.Host, new NanoOptions { MaxUnsent = 100000, Reconnect = false });
        NanoException lost = null;
        client.StateChanged += change => lost = lost ?? change.Error;
        await client.Connect();
        var body = new byte[30000];
        Task sent = Task.FromResult(0);
        for (int count = 0; count < 2000 && !sent.IsFaulted; count++)
        {
            sent = client.Notify("n", body);
        }
        await Test.Fails(sent, "too_many");
        await Test.Until(() => lost != null, "the loss");
        Test.Equal(lost.Code, "disconnected");
    }

    private sealed class Shift : INanoPipeline
    {
        public byte By;
        public byte[] Outbound(byte[] body, string route) { return body.Select(each => (byte)(each + By)).ToArray(); }
        public byte[] Inbound(byte[] body, string route, NanoBodyKind kind)
        {
            if (body.Length == 0)
            {
                throw new FormatException(route + " " + kind);
            }
            return body.Select(each => (byte)(each - By)).ToArray();
        }
    }

    private static async Task APipeline()
    {
        var script = new Script(async peer =>
        {
            await peer.Welcome(Beating);
            for (; ; )
            {
                byte[] request = (await peer.Read()).Body;
                // Flag, id, route of one letter; answered with the same body.
                byte[] reply = new byte[] { 4, request[1] }.Concat(request.Skip(4)).ToArray();
                await peer.Send(Packet.Encode(4, reply, 1000));
            }
        });
        var options = new NanoOptions { Pipeline = user => user == "{\"key\":7}" ? new Shift { By = 7 } : null };
        NanoClient client = Test.Client("tcp://" + script.Host, options);
        await client.Connect();
        Test.Equal(await client.Request<string, string>("e", "shifted"), "shifted");
        NanoException error = await Test.Fails(client.Request<NanoEmpty, string>("e", null), "pipeline_failed");
        Test.True(error.Message.EndsWith("e Reply"), error.Message);
        options.Pipeline = user => { throw new FormatException("no key"); };
        await Test.Fails(Test.Client("tcp://" + script.Host, options).Connect(), "pipeline_failed");
    }

    private static async Task PlainErrors()
    {
        var script = new Script(async peer =>
        {
            await peer.Welcome();
            await peer.Read();
            await peer.Send(Packet.Encode(4, Test.Utf8("\u0004\u0001{\"code\":500,\"error\":{\"code\":\"full\",\"msg\":\"no seat\"}}"), 1000));
            await peer.Read();
            await peer.Send(Packet.Encode(4, Test.Utf8("\u0024\u0002{\"code\":\"e\",\"metadata\":{\"a\":\"x\",\"b\":[1, 2]}}"), 1000));
            await peer.Drain();
        });
        NanoClient client = Test.Client("tcp://" + script.Host);
        await client.Connect();
        Test.Equal((await Test.Fails(client.Request<NanoEmpty, string>("e", null), "full")).Message, "no seat");
        NanoException error = await Test.Fails(client.Request<NanoEmpty, string>("e", null), "e");
        Test.Equal(error.Metadata["a"] + error.Metadata["b"], "x[1, 2]");
    }

    /// <summary>The count that the client comes back with is that of the messages which were told.</summary>
    private static async Task TheSameMessageIsNotTakenTwice()
    {
        const string Offer = "{\"code\":200,\"sys\":{\"heartbeat\":30,\"resume\":{\"token\":\"t\",\"window\":60}}}";
        var greetings = new List<string>();
        int connection = 0;
        var script = new Script(async peer =>
        {
            connection++;
            greetings.Add(System.Text.Encoding.UTF8.GetString((await peer.Read()).Body));
            bool isBack = connection > 1;
            await peer.Send(1, isBack ? Offer.Replace("\"window\"", "\"received\":1,\"window\"") : Offer);
            await peer.Read();
            if (isBack)
            {
                // What the server has not is sent again, and what it has is not.
                Test.Equal(System.Text.Encoding.UTF8.GetString((await peer.Read()).Body), "\u0002\u0001btwo");
            }
            else
            {
                await peer.Read();
                await peer.Read();
            }
            await peer.Send(Packet.Encode(4, Test.Utf8("\u0006\u0001p" + connection), 1000));
            if (isBack)
            {
                await peer.Drain();
            }
        });
        NanoClient client = Test.Client("tcp://" + script.Host);
        var heard = new List<int>();
        client.On<int>("p", heard.Add);
        await client.Connect();
        await client.Notify("a", Test.Utf8("one"));
        await client.Notify("b", Test.Utf8("two"));
        await Test.Until(() => heard.Count == 2, "two pushes");
        Test.Equal(string.Join(",", heard), "1,2");
        Test.True(!greetings[0].Contains("token") && greetings[1].Contains("\"resume\":{\"token\":\"t\",\"received\":1}"), greetings[1]);
    }
}
