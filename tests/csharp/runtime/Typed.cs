// Servers of the project: every transport, in JSON.
using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Nano;
using Newtonsoft.Json.Linq;
using TypedJson;

internal static class ServerTests
{
    public static readonly Func<Task>[] All = { JsonOverTcp, JsonOverWebSocket, TlsAndItsCertificates, Addresses, Heartbeats, KicksOfTheApplication, AContextInPlaceOfPolls, CallsThatEndEarly, CallsBeforeTheConnection };

    private static Server _server;

    private static Server Json
    {
        get { return _server = _server ?? Server.Typed("JSON", ""); }
    }

    private static Task JsonOverTcp()
    {
        return Speak(Json["tcp"], null);
    }

    private static Task JsonOverWebSocket()
    {
        return Speak(Json["websocket"], new NanoDictionary(Routes.Version, Routes.Codes));
    }

    private static async Task Speak(string url, NanoDictionary dictionary)
    {
        int thread = Thread.CurrentThread.ManagedThreadId;
        NanoClient client = Test.Client(url, new NanoOptions { Dictionary = dictionary });
        var game = new GameClient(client);
        var heard = new List<string>();
        var states = new List<NanoState>();
        client.StateChanged += change => states.Add(change.State);
        game.On.Said(said => heard.Add(said.Name + " " + said.Text + (Thread.CurrentThread.ManagedThreadId == thread ? "" : " elsewhere")));
        game.On.Frame(bytes => heard.Add(Test.Hex(bytes)));
        game.On.Counted(count => heard.Add(count.ToString()));
        game.On.Page(page => heard.Add(page.Items.Count + " " + page.Items[0].ItemId));
        await client.Connect();
        Test.Equal(client.User, "{}");
        NanoException refused = await Test.Fails(game.Hall.Enter(new Enter { Name = "" }), "bad_name");
        Test.Equal(refused.Message, "a name has at least one letter");
        Entered entered = await game.Hall.Enter(new Enter { Name = "Ånn \U0001f438", Hat = Hat.TopHat });
        Test.Equal(entered.You.Name + entered.You.Hat, "Ånn \U0001f438TopHat");
        Test.True(entered.You.Id > 9007199254740993, "the id is exact");
        await game.Hall.Say("hi");
        await game.Hall.Whisper("psst");
        Test.Equal(await game.Echo.Text("x"), "x");
        Test.Equal(await game.Echo.NextNumber(long.MaxValue - 1), long.MaxValue);
        Test.Equal(await game.Echo.Maybe(null), null);
        Test.Equal(Test.Hex(await game.Echo.RawBytes(new byte[] { 1, 2, 3 })), "030201");
        // Compressed, as its length says.
        Page<Item> page_ = await game.Echo.LongPage(1000);
        Test.Equal(page_.Items.Count + " " + page_.Items[999].DisplayName, "1000 item number 999");
        await game.Echo.PushAll(700);
        await game.Echo.Ping();
        await Test.Until(() => heard.Count == 5, "five pushes");
        Test.Equal(string.Join(", ", heard), "Ånn \U0001f438 hi, echo psst, 00ff7b, " + long.MinValue + ", 700 9007199254740992");
        await Test.Fails(game.Hall.Panic(), "internal");
        await Test.Fails(game.Hall.Forget(), "no_reply");
        await Test.Fails(client.Request<string, string>("no.such", "x"), "not_found");
        await Test.Fails(client.Request<string, string>(new string('r', 256), "x"), "bad_route");
        await Test.Fails(client.Request<string, string>("Echo.Text", new string('x', 70000)), "too_large");
        await Test.Fails(client.Request<string, Page<Item>>("Echo.Text", "x"), "bad_payload");
        // Many at once, each with its own reply.
        long[] numbers = await Task.WhenAll(Enumerable.Range(0, 500).Select(number => game.Echo.NextNumber(number)));
        Test.True(numbers.SequenceEqual(Enumerable.Range(1, 500).Select(number => (long)number)), "500 replies");
        await client.Close();
        // Told at the end of the poll that this may run in.
        await Test.Until(() => states.Count == 3, "the end");
        Test.Equal(string.Join(",", states), "Connecting,Open,Closed");
        await Test.Fails(game.Echo.Text("x"), "disconnected");
        // And again.
        await client.Connect();
        Test.Equal(await game.Echo.Text("y"), "y");
    }

    private static async Task TlsAndItsCertificates()
    {
        string folder = Environment.GetEnvironmentVariable("CERTIFICATES");
        // Mono looks for the store of trusted roots once, and in it for each connection.
        string settings = Environment.GetFolderPath(Environment.SpecialFolder.ApplicationData);
        string store = Directory.CreateDirectory(Path.Combine(settings, ".mono/new-certs/Trust")).FullName;
        Server gate = Server.Start("GATE_BIN", folder, 6);
        string tcp = "tls://localhost:" + gate["tls-tcp"].Split(':')[1];
        string webSocket = "wss://localhost:" + gate["tls"].Split(':')[1] + "/nano";
        foreach (string url in new[] { tcp, webSocket })
        {
            // The root is not known.
            await Test.Fails(Test.Client(url).Connect(), "connect_failed");
            var asked = new NanoOptions { ValidateCertificate = (sender, certificate, chain, errors) => certificate.Issuer == "CN=root of the tests" };
            NanoClient client = Test.Client(url, asked);
            await client.Connect();
            Test.Equal(await client.Request<string, string>("gate.echo", "secret"), "secret");
            await client.Close();
        }
        // The hash that OpenSSL has for `CN = root of the tests`.
        File.Copy(Path.Combine(folder, "root.pem"), Path.Combine(store, "f3a8844a.0"), true);
        foreach (string url in new[] { tcp, webSocket })
        {
            NanoClient client = Test.Client(url);
            await client.Connect();
            Test.Equal(await client.Request<string, string>("gate.echo", "trusted"), "trusted");
            await Test.Fails(Test.Client(url.Replace("localhost", "127.0.0.1")).Connect(), "connect_failed");
        }
    }

    private static async Task Addresses()
    {
        foreach (string url in new[] { "", "nano", "http://localhost", "tcp://localhost", "tcp://", "tls://:1", "ftp://a:1" })
        {
            try
            {
                new NanoClient(url, new NanoJson());
            }
            catch (ArgumentException error)
            {
                Test.True(error.Message.Contains("`" + url + "`"), error.Message);
                continue;
            }
            throw new Exception("taken: " + url);
        }
        try
        {
            new NanoClient("tcp://localhost:1", new NanoJson(), new NanoOptions { MaxPacketSize = 7 });
            throw new Exception("taken: a limit of 7 bytes");
        }
        catch (ArgumentException error)
        {
            Test.Equal(error.Message, "MaxPacketSize is 7: it has to be at least 1024");
        }
        await Test.Fails(Test.Client("tcp://127.0.0.1:1").Connect(), "connect_failed");
        await Test.Fails(Test.Client("ws://no-such-host.invalid/").Connect(), "connect_failed");
        await Test.Fails(Test.Client(Json["websocket"].Replace("/nano", "/other")).Connect(), "connect_failed");
    }

    private static async Task Heartbeats()
    {
        NanoClient client = Test.Client(Server.Typed("JSON", "--heartbeat 1")["tcp"]);
        var states = new List<NanoState>();
        client.StateChanged += change => states.Add(change.State);
        await client.Connect();
        // The server ends a session after three silent intervals.
        await Task.Delay(4500);
        Test.Equal(string.Join(",", states), "Connecting,Open");
        Test.Equal(await client.Request<string, string>("Echo.Text", "x"), "x");
    }

    private static async Task KicksOfTheApplication()
    {
        NanoClient client = Test.Client(Json["tcp"]);
        string told = null;
        client.Kicked += reason => told = reason + " " + client.State;
        await client.Connect();
        await client.Notify("hall.kick", "cheating");
        await Test.Until(() => told != null, "the kick");
        Test.Equal(told, "cheating Closed");
        Test.Equal(client.LastKick, "cheating");

        NanoClient back = Test.Client(Json["websocket"], new NanoOptions { ReconnectAfterKick = reason => reason == "pause" });
        int opened = 0;
        back.StateChanged += change => opened += change.State == NanoState.Open ? 1 : 0;
        await back.Connect();
        await back.Notify("hall.kick", "pause");
        await Test.Until(() => opened == 2, "the return");
        Test.Equal(back.LastKick, null);
    }

    private static async Task AContextInPlaceOfPolls()
    {
        // Of the thread pool, whose own order would be any.
        var client = new NanoClient(Json["tcp"], new NanoJson(), new NanoOptions { Context = new SynchronizationContext() });
        var heard = new List<string>();
        client.On<JObject>("onSaid", said => heard.Add((string)said["text"]));
        client.Connect().Wait();
        for (int line = 0; line < 200; line++)
        {
            client.Notify("hall.whisper", line.ToString()).Wait();
        }
        Test.Equal(client.Request<string, string>("Echo.Text", "x").Result, "x");
        Test.Equal(string.Join(",", heard), string.Join(",", Enumerable.Range(0, 200)));
        await client.Close();
    }

    private static async Task CallsThatEndEarly()
    {
        NanoClient client = Test.Client(Json["tcp"]);
        var errors = new List<Exception>();
        client.Error += errors.Add;
        await client.Connect();
        await Test.Fails(client.Request<NanoEmpty, string>("hall.wait", null, TimeSpan.FromMilliseconds(150)), "timeout");
        var source = new CancellationTokenSource();
        Task<string> cancelled = client.Request<NanoEmpty, string>("hall.wait", null, source.Token);
        source.Cancel();
        Test.True(cancelled.IsCanceled && client.Request<NanoEmpty, string>("hall.wait", null, source.Token).IsCanceled, "both are cancelled");
        // Their replies reach nobody.
        await client.Request<NanoEmpty, long>("hall.release", null);
        // A listener that throws, and one of another type, affect no other.
        var heard = new List<string>();
        client.On<JObject>("onSaid", said => { throw new InvalidOperationException("mine"); });
        client.On<List<int>>("onSaid", said => heard.Add("never"));
        IDisposable subscription = client.On<JObject>("onSaid", said => heard.Add((string)said["text"]));
        await client.Notify("hall.whisper", "one");
        await Test.Until(() => heard.Count == 1, "one");
        subscription.Dispose();
        subscription.Dispose();
        await client.Notify("hall.whisper", "two");
        await Test.Until(() => errors.Count == 4, "four errors");
        Test.Equal(string.Join(",", heard), "one");
        Test.True(errors[0].Message == "mine" && ((NanoException)errors[1]).Code == "bad_payload", errors[1].ToString());
        // What waits when it is closed fails at once, on this thread.
        Task<string> pending = client.Request<NanoEmpty, string>("hall.wait", null);
        Task closed = client.Close();
        Test.True(pending.IsFaulted, "it has failed");
        await Test.Fails(pending, "disconnected");
        await closed;
    }

    private static async Task CallsBeforeTheConnection()
    {
        NanoClient client = Test.Client(Json["tcp"], new NanoOptions { UserFactory = () => "{\"token\":\"x\"}" });
        await Test.Fails(client.Request<string, string>("Echo.Text", "x"), "disconnected");
        Task connecting = client.Connect();
        Task<string>[] early = Enumerable.Range(0, 1001).Select(number => client.Request<string, string>("Echo.Text", number.ToString())).ToArray();
        await Test.Fails(early[1000], "too_many");
        for (int number = 0; number < 1000; number++)
        {
            Test.Equal(await early[number], number.ToString());
        }
        await connecting;
        NanoClient wrong = Test.Client(Json["tcp"], new NanoOptions { User = "{token}" });
        Task<string> first = wrong.Request<string, string>("Echo.Text", "x");
        await Test.Fails(wrong.Connect(), "connect_failed");
        await Test.Fails(first, "disconnected");
    }
}
