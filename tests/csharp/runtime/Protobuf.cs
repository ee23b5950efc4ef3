// A server in protobuf. The classes stand in for what `protoc --csharp_out` makes, and for the library that it needs.
using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using System.Threading.Tasks;
using Arena.V1;
using Google.Protobuf;
using Nano;

namespace Google.Protobuf
{
    public interface IMessage
    {
        void WriteTo(Wire wire);
        void Take(int field, long number, byte[] bytes);
    }

    public static class MessageExtensions
    {
        public static byte[] ToByteArray(this IMessage message)
        {
            var wire = new Wire();
            message.WriteTo(wire);
            return wire.Bytes.ToArray();
        }

        public static void MergeFrom(this IMessage message, byte[] bytes)
        {
            var input = new MemoryStream(bytes);
            while (input.Position < input.Length)
            {
                long key = Wire.Read(input);
                bool isNumber = (key & 7) == 0;
                if (!isNumber && (key & 7) != 2)
                {
                    throw new FormatException("kind of field");
                }
                long number = Wire.Read(input);
                var content = new byte[isNumber ? 0 : checked((int)number)];
                if (input.Read(content, 0, content.Length) != content.Length)
                {
                    throw new FormatException("too short");
                }
                message.Take((int)(key >> 3), number, content);
            }
        }
    }

    public sealed class Wire
    {
        public readonly MemoryStream Bytes = new MemoryStream();

        public void Number(int field, long number)
        {
            Put((ulong)field << 3);
            Put((ulong)number);
        }

        public void Text(int field, string text)
        {
            Content(field, Encoding.UTF8.GetBytes(text));
        }

        public void Content(int field, byte[] content)
        {
            Put(((ulong)field << 3) | 2);
            Put((ulong)content.Length);
            Bytes.Write(content, 0, content.Length);
        }

        private void Put(ulong number)
        {
            for (; number >= 0x80; number >>= 7)
            {
                Bytes.WriteByte((byte)(number | 0x80));
            }
            Bytes.WriteByte((byte)number);
        }

        public static long Read(Stream input)
        {
            ulong number = 0;
            for (int shift = 0; shift < 70; shift += 7)
            {
                int part = input.ReadByte();
                number |= (ulong)(part & 0x7f) << shift;
                if (part < 0x80)
                {
                    return (long)number;
                }
            }
            throw new FormatException("number");
        }
    }

    namespace WellKnownTypes
    {
        public sealed class Timestamp : Two { }
    }

    /// <summary>A message of a number and a text, or of what is like it.</summary>
    public abstract class Two : IMessage
    {
        public long First;
        public string Second = "";
        public virtual void WriteTo(Wire wire) { wire.Number(1, First); }
        public virtual void Take(int field, long number, byte[] bytes)
        {
            First = field == 1 ? number : First;
            Second = field == 2 ? Encoding.UTF8.GetString(bytes) : Second;
        }
    }
}

namespace Shared.V1
{
    public sealed class Position : Two { }
}

namespace Arena.V1
{
    public sealed class Fighter : Two { }

    public sealed class Count : Two { }

    public class Text : IMessage
    {
        public string Text_ = "";
        public virtual void WriteTo(Wire wire) { wire.Text(1, Text_); }
        public virtual void Take(int field, long number, byte[] bytes) { Text_ = field == 1 ? Encoding.UTF8.GetString(bytes) : Text_; }
    }

    public sealed class Enter : Text { }

    public sealed class Everything : IMessage
    {
        public string Text = "";
        public long Signed;
        public void WriteTo(Wire wire) { wire.Text(9, Text); }
        public void Take(int field, long number, byte[] bytes)
        {
            Text = field == 9 ? Encoding.UTF8.GetString(bytes) : Text;
            Signed = field == 1 ? number : Signed;
        }
    }

    public sealed class Entered : IMessage
    {
        public Fighter You;
        public List<Fighter> Others = new List<Fighter>();
        public void WriteTo(Wire wire) { }
        public void Take(int field, long number, byte[] bytes)
        {
            var fighter = new Fighter();
            fighter.MergeFrom(bytes);
            if (field == 1)
            {
                You = fighter;
            }
            else
            {
                Others.Add(fighter);
            }
        }
    }
}

internal static class ProtobufTests
{
    public static readonly Func<Task>[] All = { Protobuf };

    private static async Task Protobuf()
    {
        Server server = Server.Typed("PROTOBUF", "");
        foreach (string transport in new[] { "tcp", "websocket" })
        {
            await Protobuf(server[transport]);
        }
        await Test.Fails(Test.Client(server["tcp"]).Connect(), "serializer_mismatch");
    }

    private static async Task Protobuf(string url)
    {
        var dictionary = new NanoDictionary(TypedProtobuf.Routes.Version, TypedProtobuf.Routes.Codes);
        NanoClient client = Test.Client(url, new NanoOptions { Dictionary = dictionary }, new NanoProtobuf());
        var game = new TypedProtobuf.GameClient(client);
        var heard = new List<string>();
        game.On.Shouted(text => heard.Add(text.Text_));
        game.On.Frame(bytes => heard.Add(Test.Hex(bytes)));
        game.On.Everything(everything => heard.Add(everything.Text.Length + " " + everything.Signed));
        game.On.Bowed(() => heard.Add("bowed"));
        await client.Connect();
        NanoException refused = await Test.Fails(game.Arena.Enter(new Enter()), "bad_name");
        Test.Equal(refused.Message, "a name has at least one letter");
        Entered entered = await game.Arena.Enter(new Enter { Text_ = "Ann" });
        Test.Equal(entered.You.Second, "Ann");
        Test.True(entered.You.First > 9007199254740993, "the id is exact");
        await game.Arena.Shout(new Text { Text_ = "hi" });
        // Compressed, as its length says.
        await game.Arena.PushAll();
        Entered many = await game.Arena.LongList(new Count { First = 500 });
        Test.Equal(many.Others.Count + " " + many.Others[499].Second, "500 fighter 499");
        Test.Equal(Test.Hex(await game.Arena.RawBytes(new byte[] { 1, 2, 3 })), "030201");
        await game.Arena.Bow();
        await Test.Until(() => heard.Count == 4, "four pushes");
        Test.Equal(string.Join(", ", heard), "hi, 00ff7b, 10000 " + long.MinValue + ", bowed");
        await Test.Fails(game.Arena.Panic(), "internal");
        await Test.Fails(client.Request<Text, Text>("arena.none", new Text()), "not_found");
        await Test.Fails(client.Request<Text, Text>("arena.shout", null), "bad_payload");
        await Test.Fails(client.Request<byte[], Text>("arena.enter", new byte[] { 0xff }), "bad_request");
    }
}
