// Bytes: packets and messages as Go nano writes them, and those that no server should send.
using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using System.Threading.Tasks;
using Nano;
using Newtonsoft.Json.Linq;

internal static class CodecTests
{
    public static readonly Func<Task>[] All = { GoldenPackets, GoldenMessages, Kicks, HandshakesThatAreNone, ZlibStreams, ErrorsInProtobuf, AnyBytes };

    private static IEnumerable<JObject> Vectors(string kind, string op)
    {
        var all = File.ReadLines(Environment.GetEnvironmentVariable("VECTORS")).Select(JObject.Parse);
        return all.Where(vector => (string)vector["kind"] == kind && (string)vector["op"] == op);
    }

    private static Task GoldenPackets()
    {
        int count = 0;
        foreach (JObject vector in Vectors("packet", "encode").Where(vector => vector["error"] == null && vector["body"] != null && vector["hex"] != null))
        {
            byte[] packet = Packet.Encode((byte)vector["type"], Test.Hex((string)vector["body"]), Packet.LongestBody);
            Test.Equal(Test.Hex(packet), (string)vector["hex"]);
            count++;
        }
        foreach (JObject vector in Vectors("packet", "decode").Where(vector => vector["chunks"] != null && vector["chunks"].All(chunk => chunk["hex"] != null && chunk["error"] == null)))
        {
            // Go nano holds back a body of less than four bytes until more comes, so the whole is compared.
            var reader = new PacketReader(Packet.LongestBody);
            var found = new StringBuilder();
            foreach (JToken chunk in vector["chunks"])
            {
                byte[] bytes = Test.Hex((string)chunk["hex"]);
                reader.Feed(bytes, bytes.Length);
                Packet packet;
                while (reader.Next(out packet))
                {
                    found.Append(packet.Type + " " + Test.Hex(packet.Body) + "\n");
                }
            }
            var packets = vector["chunks"].SelectMany(chunk => chunk["packets"]);
            Test.Equal(found.ToString(), string.Concat(packets.Select(packet => packet["type"] + " " + packet["body"] + "\n")));
            count++;
        }
        Test.True(count > 20, "only " + count + " vectors");
        return Task.FromResult(0);
    }

    private static Task GoldenMessages()
    {
        int count = 0;
        var requests = Vectors("message", "encode").Where(vector => (int)vector["type"] < 2 && !(bool)vector["dict"] && vector["error"] == null && vector["payload"] != null);
        foreach (JObject vector in requests)
        {
            ulong id = (int)vector["type"] == 0 ? ulong.Parse((string)vector["id"]) : 0;
            string route = (string)vector["route"];
            // Go nano cuts longer ones, and sends requests with the id 0.
            if (Encoding.UTF8.GetByteCount(route) > 255 || ((int)vector["type"] == 0 && id == 0))
            {
                continue;
            }
            byte[] bytes = Message.Encode(id, route, Test.Hex((string)vector["payload"]), RouteTable.Empty);
            Test.Equal(Test.Hex(bytes), (string)vector["hex"]);
            count++;
        }
        // Responses and pushes, as their encoding and back.
        foreach (JObject vector in Vectors("message", "encode").Where(vector => (int)vector["type"] >= 2 && !(bool)vector["dict"] && vector["error"] == null && vector["payload"] != null))
        {
            string route = (string)vector["route"];
            bool push = (int)vector["type"] == 3;
            if (push && Encoding.UTF8.GetByteCount(route) > 255)
            {
                continue;
            }
            Message message = Message.Decode(Test.Hex((string)vector["hex"]), RouteTable.Empty);
            Test.Equal(message.Push, push);
            Test.Equal(Test.Hex(message.Body), (string)vector["payload"]);
            Test.Equal(push ? message.Route : message.Id.ToString(), push ? route : (string)vector["id"]);
            count++;
        }
        Test.True(count > 30, "only " + count + " vectors");
        var routes = new RouteTable("1");
        routes.Add("room.join", 258);
        Test.Equal(Test.Hex(Message.Encode(300, "room.join", new byte[] { 9 }, routes)), "01ac02010209");
        Test.Equal(Message.Decode(Test.Hex("07010209"), routes).Route, "room.join");
        return Task.FromResult(0);
    }

    private static Task Kicks()
    {
        Action<string, string, double?> reads = delegate(string body, string reason, double? back)
        {
            Kick kick = Kick.Read(Test.Utf8(body));
            Test.Equal(kick.Reason, reason);
            Test.Equal(kick.ReconnectIn, back);
        };
        foreach (string reason in new[] { "shutdown", "heartbeat_timeout", "handshake_timeout", "slow_consumer" })
        {
            reads("{\"reason\":\"" + reason + "\"}", reason, 0);
            reads("{\"reason\":\"" + reason + "\",\"reconnectIn\":-1}", reason, 0);
            reads("{\"reason\":\"" + reason + "\",\"reconnectIn\":1000}", reason, 1000);
        }
        foreach (string reason in new[] { "replaced", "protocol_error: no id", "", "Shutdown" })
        {
            reads("{\"reason\":\"" + reason + "\"}", reason, null);
            reads("{\"reason\":\"" + reason + "\",\"reconnectIn\":\"1\"}", reason, null);
            reads("{\"reason\":\"" + reason + "\",\"reconnectIn\":0}", reason, 0);
        }
        reads("shutdown", "shutdown", 0);
        reads("\"bye\"", "bye", null);
        reads("", "", null);
        reads("{", "{", null);
        return Task.FromResult(0);
    }

    private static Task HandshakesThatAreNone()
    {
        Action<string, string> fails = delegate(string body, string code)
        {
            try
            {
                Handshake.Read(Test.Utf8(body), new NanoOptions(), new NanoJson());
            }
            catch (NanoException error)
            {
                Test.Equal(error.Code, code);
                return;
            }
            throw new Exception("accepted: " + body);
        };
        foreach (string body in new[] { "", "{", "[1", "\"", "\"\\u12\"", "{\"a\" 1}", "{1:2}", "nul", "+1", ".5", "1 2", "\u0001", "\"\n\"", new string('[', 100000) })
        {
            fails(body, "protocol_error");
        }
        foreach (string body in new[] { "null", "[]", "{}", "7", "{\"code\":\"200\"}", "{\"code\":500}", "{\"code\":501,\"msg\":7}" })
        {
            fails(body, "handshake_refused");
        }
        fails("{\"code\":500,\"error\":\"banned\",\"msg\":\"no\"}", "banned");
        fails("{\"code\":200,\"sys\":{\"serializer\":\"protobuf\"}}", "serializer_mismatch");
        foreach (string sys in new[] { "null", "7", "{\"heartbeat\":\"x\",\"dict\":[],\"resume\":7,\"serializer\":null}", "{\"dict\":{\"a\":-1,\"b\":70000,\"c\":1.5,\"d\":\"1\",\"e\":null}}" })
        {
            Handshake reply = Handshake.Read(Test.Utf8("{\"code\":200,\"sys\":" + sys + "}"), new NanoOptions(), new NanoJson());
            ushort code;
            Test.Equal(reply.Heartbeat, 0L);
            Test.True(!reply.Routes(RouteTable.Empty).TryCode("a", out code) && reply.Received == null, sys);
        }
        return Task.FromResult(0);
    }

    private static Task ZlibStreams()
    {
        // "hello" ten times, by zlib.
        byte[] good = Test.Hex("789ccb48cdc9c9cf4021014c8c1545");
        string text = string.Concat(Enumerable.Repeat("hello", 10));
        Action<byte[], int> fails = delegate(byte[] bytes, int limit)
        {
            try
            {
                Zlib.Inflate(bytes, limit, "body");
            }
            catch (NanoException error)
            {
                Test.Equal(error.Code, "protocol_error");
                return;
            }
            throw new Exception("inflated: " + Test.Hex(bytes));
        };
        using (var stream = new MemoryStream())
        {
            using (var deflate = new System.IO.Compression.DeflateStream(stream, System.IO.Compression.CompressionMode.Compress, true))
            {
                deflate.Write(Test.Utf8(text), 0, text.Length);
            }
            uint low = 1, high = 0;
            foreach (char c in text)
            {
                low = (low + c) % 65521;
                high = (high + low) % 65521;
            }
            good = new byte[] { 0x78, 0x9c }.Concat(stream.ToArray())
                .Concat(new[] { (byte)(high >> 8), (byte)high, (byte)(low >> 8), (byte)low }).ToArray();
        }
        Test.Equal(Encoding.UTF8.GetString(Zlib.Inflate(good, text.Length, "body")), text);
        fails(good, text.Length - 1);
        for (int length = 0; length < good.Length; length++)
        {
            fails(good.Take(length).ToArray(), 1000);
        }
        fails(good.Concat(new byte[] { 0 }).ToArray(), 1000);
        fails(new byte[] { 0x78, 0xbb }.Concat(good.Skip(2)).ToArray(), 1000);
        return Task.FromResult(0);
    }

    private static Task ErrorsInProtobuf()
    {
        // code "bad", msg "no", metadata { "k": "v" }, and a field that is not known.
        NanoException error = ProtobufError.Read(Test.Hex("0a0362616412026e6f1a060a016b1201762001"));
        Test.Equal(error.Code + " " + error.Message + " " + error.Metadata["k"], "bad no v");
        Test.Equal(ProtobufError.Read(new byte[0]).Code, "unknown");
        foreach (string hex in new[] { "0a", "0a05", "0affffffffffffffffff01", "0affffffffffffffffffff", "0b", "1a020a05", "09", "ffffffffffffffffffffffff" })
        {
            try
            {
                ProtobufError.Read(Test.Hex(hex));
            }
            catch (FormatException)
            {
                continue;
            }
            throw new Exception("read: " + hex);
        }
        return Task.FromResult(0);
    }

    /// <summary>No bytes cause another exception than the client's own.</summary>
    private static Task AnyBytes()
    {
        var random = new Random(7);
        var json = "{\"code\":200,\"sys\":{\"heartbeat\":3e1,\"dict\":{\"a\\u00e9\":1}},\"user\":[null,true,-1.5]}";
        for (int run = 0; run < 30000; run++)
        {
            var bytes = new byte[random.Next(24)];
            random.NextBytes(bytes);
            byte[] mutant = Test.Utf8(json);
            mutant[random.Next(mutant.Length)] = (byte)random.Next(256);
            mutant = mutant.Take(random.Next(mutant.Length + 1)).ToArray();
            Swallow(() => Message.Decode(bytes, RouteTable.Empty));
            Swallow(() => Zlib.Inflate(new byte[] { 0x78, 0x9c }.Concat(bytes).ToArray(), 1000, "body"));
            Swallow(() => Handshake.Read(mutant, new NanoOptions(), new NanoJson()));
            Bodies.Error(new NanoJson(), mutant, run % 2 == 0, "route");
            Kick.Read(mutant);
            Swallow(() =>
            {
                var reader = new PacketReader(100);
                reader.Feed(bytes, bytes.Length);
                Packet packet;
                while (reader.Next(out packet))
                {
                    Test.True(packet.Body.Length <= 100, "too long");
                }
            });
        }
        return Task.FromResult(0);
    }

    private static void Swallow(Action run)
    {
        try
        {
            run();
        }
        catch (NanoException)
        {
        }
    }
}
