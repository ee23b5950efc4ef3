// Calls the generated client of game.json. The classes stand in for what `protoc --csharp_out` makes
// of game.proto: they are where it puts them.
using System;
using System.Threading;
using System.Threading.Tasks;
using Nano;
using Game;
using Game.V1Beta;
using Google.Protobuf.WellKnownTypes;

namespace Google.Protobuf.WellKnownTypes
{
    public sealed class Empty { }
}

namespace Game.V1Beta
{
    public sealed class JoinRequest
    {
        public string Name { get; set; }
    }

    public sealed class JoinResponse
    {
        public static class Types
        {
            public sealed class Member
            {
                public string Name { get; set; }
            }
        }
    }
}

public sealed class FakeSocket : INanoSocket
{
    public string Sent;
    public object Message;

    public Task<TReply> Request<TPayload, TReply>(string route, TPayload payload, CancellationToken cancellation)
    {
        Sent = "request " + route + " " + typeof(TPayload) + " " + typeof(TReply);
        return Task.FromResult(default(TReply));
    }

    public Task Notify<TPayload>(string route, TPayload payload)
    {
        Sent = "notify " + route + " " + typeof(TPayload);
        return Task.FromResult(0);
    }

    public IDisposable On<TMessage>(string route, Action<TMessage> listener)
    {
        listener((TMessage)Message);
        return null;
    }
}

public static class Program
{
    public static int Main()
    {
        Run().Wait();
        Console.WriteLine("PASS");
        return 0;
    }

    private static async Task Run()
    {
        var socket = new FakeSocket();
        var game = new GameClient(socket);
        JoinResponse joined = await game.Room.Join(new JoinRequest { Name = "Ann" });
        Equal(joined, null);
        Equal(socket.Sent, "request room.join Game.V1Beta.JoinRequest Game.V1Beta.JoinResponse");
        await game.Room.Leave(new Empty());
        Equal(socket.Sent, "notify room.leave Google.Protobuf.WellKnownTypes.Empty");
        await game.Room.Upload(new byte[] { 1 });
        Equal(socket.Sent, "request room.upload System.Byte[] Nano.NanoEmpty");
        socket.Message = new JoinResponse.Types.Member { Name = "Bob" };
        string seen = null;
        game.On.Came(member => seen = member.Name);
        Equal(seen, "Bob");
        Equal(Routes.Codes["onCame"], (ushort)4);
    }

    private static void Equal(object found, object expected)
    {
        if (!Equals(found, expected))
        {
            throw new Exception("found " + (found ?? "null") + ", expected " + (expected ?? "null"));
        }
    }
}
