// Calls the generated client of pond.json through a socket that writes down what it is given.
using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Runtime.Serialization.Json;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using Nano;
using Newtonsoft.Json;
using Newtonsoft.Json.Converters;
using PondServer;

public sealed class FakeSocket : INanoSocket
{
    private static readonly JsonSerializerSettings Settings = new JsonSerializerSettings
    {
        Converters = { new StringEnumConverter() },
        DateParseHandling = DateParseHandling.None,
    };

    public string Sent;
    public byte[] Reply = new byte[0];
    public CancellationToken Cancellation;
    private readonly Dictionary<string, List<Action<byte[]>>> _listeners = new Dictionary<string, List<Action<byte[]>>>();

    public async Task<TReply> Request<TPayload, TReply>(string route, TPayload payload, CancellationToken cancellation)
    {
        Sent = "request " + route + " " + Text(Encode(payload));
        Cancellation = cancellation;
        await Task.Yield();
        return Decode<TReply>(Reply);
    }

    public async Task Notify<TPayload>(string route, TPayload payload)
    {
        Sent = "notify " + route + " " + Text(Encode(payload));
        await Task.Yield();
    }

    public IDisposable On<TMessage>(string route, Action<TMessage> listener)
    {
        List<Action<byte[]>> all;
        if (!_listeners.TryGetValue(route, out all))
        {
            _listeners[route] = all = new List<Action<byte[]>>();
        }
        Action<byte[]> own = body => listener(Decode<TMessage>(body));
        all.Add(own);
        return new Subscription(() => all.Remove(own));
    }

    public void Push(string route, string body)
    {
        foreach (var listener in _listeners[route].ToArray())
        {
            listener(Encoding.UTF8.GetBytes(body));
        }
    }

    private sealed class Subscription : IDisposable
    {
        private readonly Action _end;
        public Subscription(Action end) { _end = end; }
        public void Dispose() { _end(); }
    }

    private static byte[] Encode<T>(T value)
    {
        if (typeof(T) == typeof(NanoEmpty))
        {
            return new byte[0];
        }
        return value as byte[] ?? Encoding.UTF8.GetBytes(JsonConvert.SerializeObject(value, Settings));
    }

    private static T Decode<T>(byte[] body)
    {
        if (typeof(T) == typeof(NanoEmpty))
        {
            return default(T);
        }
        if (typeof(T) == typeof(byte[]))
        {
            return (T)(object)body;
        }
        return JsonConvert.DeserializeObject<T>(Text(body), Settings);
    }

    private static string Text(byte[] body) { return Encoding.UTF8.GetString(body); }
}

public static class Program
{
    private static readonly FakeSocket Socket = new FakeSocket();
    private static readonly GameClient Game = new GameClient(Socket);

    public static int Main()
    {
        Run().Wait();
        Console.WriteLine("PASS");
        return 0;
    }

    private static async Task Run()
    {
        Dictionary();
        await Bodies();
        await Groups();
        await Objects();
        await Enums();
        await Loose();
        Pushes();
        DataContracts();
    }

    private static void Equal(object found, object expected)
    {
        if (!Equals(found, expected))
        {
            throw new Exception("found " + (found ?? "null") + ", expected " + (expected ?? "null"));
        }
    }

    private static void Answer(string body) { Socket.Reply = Encoding.UTF8.GetBytes(body); }

    private static void Dictionary()
    {
        Equal(Routes.Version, "3f2a9c0d11223344");
        Equal(Routes.Codes.Count, 18);
        Equal(Routes.Codes["room.join"], (ushort)2);
        Equal(Routes.Names[10], "room.what's \"up\"?");
        foreach (var route in Routes.Codes)
        {
            Equal(Routes.Names[route.Value], route.Key);
        }
    }

    private static async Task Bodies()
    {
        await Game.Room.Leave();
        Equal(Socket.Sent, "request room.leave ");
        Equal(Socket.Cancellation, CancellationToken.None);
        await Game.Room.Ping();
        Equal(Socket.Sent, "notify room.ping ");
        await Game.Room.Swim(new List<double> { 1.5, -2 });
        Equal(Socket.Sent, "notify room.swim [1.5,-2.0]");
        Answer("raw");
        Equal(Encoding.UTF8.GetString(await Game.Room.Upload(Encoding.UTF8.GetBytes("{"))), "raw");
        Equal(Socket.Sent, "request room.upload {");
        Answer("9007199254740993");
        Equal(await Game.Room.Count(), 9007199254740993L);
        Equal(Socket.Sent, "request room.count ");
        // Null is a value, and no value is not null.
        Answer("null");
        Equal(await Game.Room.Pick(null), null);
        Equal(Socket.Sent, "request room.pick null");
        Answer("\"deep-blue\"");
        Equal(await Game.Room.Pick(0), Color.DeepBlue);
        Equal(Socket.Sent, "request room.pick 0");
        using (var source = new CancellationTokenSource())
        {
            await Game.Room.Leave(source.Token);
            Equal(Socket.Cancellation, source.Token);
        }
    }

    private static async Task Groups()
    {
        Answer("{\"members\":[7]}");
        Equal((await Game.Connector.EntryHandler.Entry("Ann")).Members[0], 7L);
        Equal(Socket.Sent, "request connector.entryHandler.entry \"Ann\"");
        await Game.Connector.EntryHandler.Class.Default();
        Equal(Socket.Sent, "notify connector.entryHandler.class.default ");
        // Names of types and namespaces that the client uses itself.
        await Game.Task.TaskSystemCalls();
        Equal(Socket.Sent, "request task.task_system_calls ");
        await Game.Task.System.RoomCalls.PondServer();
        Equal(Socket.Sent, "notify task.System.roomCalls.PondServer ");
    }

    private static async Task Objects()
    {
        Answer("{}");
        await Game.Room.Join(new JoinRequest { Name = "Ann" });
        Equal(Socket.Sent, "request room.join {\"name\":\"Ann\",\"best\":null,\"user-id\":0}");
        await Game.Room.Join(new JoinRequest { Name = "Ann", Color = Color.Red, Level = 0, Best = 1.5, UserId = long.MaxValue });
        Equal(Socket.Sent, "request room.join {\"name\":\"Ann\",\"color\":\"red\",\"level\":0,\"best\":1.5,\"user-id\":9223372036854775807}");
        await Game.Room.Message(new message { Message = "hi", Class = class_.Object });
        Equal(Socket.Sent, "request room.message {\"message\":\"hi\",\"class\":\"object\"}");

        Answer("{\"items\":[1,2],\"first\":null,\"next\":{\"items\":[],\"first\":4294967295,\"more\":true}}");
        var page = new Page<User> { Items = new List<User> { new User { Uid = 7, Name = "Bob" } } };
        var reply = await Game.Lobby.OpenTable(page);
        Equal(Socket.Sent, "request Lobby.OpenTable {\"items\":[{\"uid\":7,\"name\":\"Bob\",\"best\":null,\"user-id\":0}],\"first\":null}");
        Equal(reply.Items[1], (long?)2);
        Equal(reply.First, null);
        Equal(reply.Next.First, (long?)4294967295);
        Equal(reply.Next.Next, null);
    }

    private static async Task Enums()
    {
        Answer("[{\"kind\":\"wait\"},{\"kind\":\"move-to\",\"x\":0.0,\"y\":2},{\"kind\":\"greet\",\"uid\":1,\"name\":\"Ann\",\"best\":null,\"user-id\":3}]");
        var actions = await Game.Room.Act(new Action_ { Kind = Action_Kind.MoveTo, X = 0, Y = 2 });
        Equal(Socket.Sent, "request room.act {\"kind\":\"move-to\",\"x\":0.0,\"y\":2.0}");
        Equal(actions[0].Kind, Action_Kind.Wait);
        Equal(actions[0].X, null);
        Equal(actions[1].X, (double?)0);
        Equal(actions[2].Name, "Ann");
        await Game.Room.Act(new Action_ { Kind = Action_Kind.Wait });
        Equal(Socket.Sent, "request room.act {\"kind\":\"wait\"}");
    }

    private static async Task Loose()
    {
        Answer("{\"members\":[1,\"ann\",9007199254740993],\"shapes\":{\"a b\":{\"Rect\":{\"w\":1,\"h\":2}},\"c\":{\"Path\":[{\"Circle\":0.5}]}},"
            + "\"step\":{\"t\":\"go\",\"c\":\"left\"},\"turn\":{\"t\":\"by\",\"c\":1.5},\"weather\":[\"Fine\",{\"Rain\":{\"mm\":3}}],\"value\":\"2024-01-01T00:00:00Z\",\"tree\":[1,[[2,[]]]],\"home\":[1.0,2.0]}");
        var joined = await Game.Room.Join(new JoinRequest());
        Equal(joined.Members[0], 1L);
        Equal(joined.Members[1], "ann");
        Equal(joined.Members[2], 9007199254740993L);
        Equal(joined.Shapes["a b"].Rect.H, 2L);
        Equal(joined.Shapes["a b"].Circle, null);
        Equal(joined.Shapes["c"].Path[0].Circle, (double?)0.5);
        Equal(joined.Step.T, StepT.Go);
        Equal(joined.Step.C, "left");
        Equal(joined.Turn.T, TurnT.By);
        Equal(joined.Turn.C, 1.5);
        Equal(joined.Value, "2024-01-01T00:00:00Z");
        Equal(joined.Weather[0], "Fine");
        var rain = ((Newtonsoft.Json.Linq.JObject)joined.Weather[1]).ToObject<Weather>();
        Equal(rain.Rain.Mm, 3L);
        Equal(joined.Tree[0], 1L);
        Equal(joined.Home[1], 2.0);
        Answer("\"fine\"");
        Equal(await Game.Room.WhatSUp("ann"), "fine");
        Equal(Socket.Sent, "request room.what's \"up\"? \"ann\"");
        Answer("1.5");
        Equal(await Game.Room.WhatSUp(7L), 1.5);
        Equal(Socket.Sent, "request room.what's \"up\"? 7");
    }

    private static void Pushes()
    {
        var seen = new List<string>();
        using (Game.On.NewUser(user => seen.Add(user.Name + " " + user.Color)))
        using (Game.On.Frame(bytes => seen.Add(Encoding.UTF8.GetString(bytes))))
        using (Game.On.Tick(() => seen.Add("tick")))
        {
            Socket.Push("onNewUser", "{\"uid\":1,\"name\":\"Ann\",\"color\":\"deep_blue\",\"best\":null,\"user-id\":1}");
            Socket.Push("onFrame", "raw");
            Socket.Push("tick", "");
        }
        Socket.Push("onNewUser", "{}");
        Equal(string.Join(", ", seen), "Ann DeepBlue_, raw, tick");
    }

    // What has no enums of names and no `object` is as well off with what comes with .NET.
    private static void DataContracts()
    {
        var request = new JoinRequest { Name = "Ann", Level = 0, UserId = 7 };
        var text = Written(request);
        // It sorts by name.
        Equal(text, "{\"best\":null,\"level\":0,\"name\":\"Ann\",\"user-id\":7}");
        var shape = new Shape { Path = new List<Shape> { new Shape { Circle = 1.5 } } };
        text = Written(shape);
        Equal(text, "{\"Path\":[{\"Circle\":1.5}]}");
        Equal(Read<Shape>(text).Path.Single().Circle, (double?)1.5);
        Equal(Read<Page<long?>>("{\"items\":[1,null],\"first\":2}").First, (long?)2);
        var map = Read<Dictionary<string, Nested>>("{\"a\":{\"children\":[{\"equals\":true}]}}");
        Equal(map["a"].Children[0].Equals_, true);
    }

    private static readonly DataContractJsonSerializerSettings Settings =
        new DataContractJsonSerializerSettings { UseSimpleDictionaryFormat = true };

    private static string Written<T>(T value)
    {
        using (var stream = new MemoryStream())
        {
            new DataContractJsonSerializer(typeof(T), Settings).WriteObject(stream, value);
            return Encoding.UTF8.GetString(stream.ToArray());
        }
    }

    private static T Read<T>(string text)
    {
        using (var stream = new MemoryStream(Encoding.UTF8.GetBytes(text)))
        {
            return (T)new DataContractJsonSerializer(typeof(T), Settings).ReadObject(stream);
        }
    }
}
