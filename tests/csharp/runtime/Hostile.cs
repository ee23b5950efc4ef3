// Servers that send what they should not, or too much of it.
using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading.Tasks;
using Nano;

internal static class HostileTests
{
    public static readonly Func<Task>[] All = { BytesThatAreNoAnswer, BytesBehindTheHandshake, AnswersToTheUpgrade, FramesThatAreNone, AnythingAtAll };

    /// <summary>The error of a first connection to a server.</summary>
    private static async Task<NanoException> FirstError(string scheme, Func<Peer, Task> run, string code, int timeout = 10)
    {
        var script = new Script(run);
        var options = new NanoOptions { ConnectTimeout = TimeSpan.FromSeconds(timeout) };
        return await Test.Fails(Test.Client(scheme + "://" + script.Host, options).Connect(), code);
    }

    private static async Task BytesThatAreNoAnswer()
    {
        foreach (string hex in new[] { "00000000", "06000000", "04000000", "02000000", "01ffffff", "01010001", "0100000178", "01000006789c01020304" })
        {
            await FirstError("tcp", async peer =>
            {
                await peer.Send(Test.Hex(hex));
                await peer.Drain();
            }, "protocol_error");
        }
        await FirstError("tcp", peer => peer.Send(1, "{\"code\":501}"), "handshake_refused");
        NanoException banned = await FirstError("tcp", peer => peer.Send(1, "{\"code\":500,\"error\":\"banned\",\"msg\":\"no\",\"until\":{\"day\": 7}}"), "banned");
        Test.Equal(banned.Message + " " + banned.Metadata["until"], "no {\"day\": 7}");
        await FirstError("tcp", peer => peer.Send(5, "{\"reason\":\"full\",\"reconnectIn\":5}"), "kicked");
        await FirstError("tcp", peer => peer.Send(3, ""), "connect_failed");
        NanoException late = await FirstError("tcp", peer => peer.Drain(), "connect_failed", 1);
        Test.True(late.Message.Contains("within 1000 ms"), late.Message);
    }

    private static async Task BytesBehindTheHandshake()
    {
        // A handshake, an ack, an unknown type, too long; messages: none, cut off, a request, an unknown code, no UTF-8, no zlib.
        string[] all = { "01000000", "02000000", "09000000", "04010001", "04000000", "0400000104", "040000020480", "0400000200ff",
            "04000003070007", "040000030601ff", "0400000316016100", "040000031401ff" };
        foreach (string hex in all)
        {
            var errors = new List<NanoException>();
            var script = new Script(async peer =>
            {
                await peer.Welcome();
                await peer.Send(Test.Hex(hex));
                await peer.Drain();
            });
            NanoClient client = Test.Client("tcp://" + script.Host);
            client.StateChanged += change =>
            {
                if (change.Error != null)
                {
                    errors.Add(change.Error);
                }
            };
            await client.Connect();
            await Test.Until(() => errors.Count > 1, "the end of two connections, after " + hex);
            Test.True(errors.All(error => error.Code == "protocol_error"), hex + ": " + errors[0]);
            await client.Close();
        }
    }

    private static async Task AnswersToTheUpgrade()
    {
        string[] heads = { "HTTP/1.1 200 OK\r\n\r\n", "HTTP/1.1 101 Yes\r\n\r\n", "\r\n\r\n\r\n\r\n",
            "HTTP/1.1 101 Yes\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: AAAA\r\n\r\n", "SSH-2.0-x\r\n" };
        foreach (string head in heads)
        {
            await FirstError("ws", peer => peer.Send(Test.Utf8(head)), "connect_failed");
        }
        NanoException error = await FirstError("ws", async peer =>
        {
            for (; ; )
            {
                await peer.Send(Test.Utf8(new string('x', 4096)));
            }
        }, "connect_failed");
        Test.True(error.Message.Contains("longer than 16384 bytes"), error.Message);
    }

    /// <summary>Answers the upgrade as a server should.</summary>
    private static async Task Upgrade(Peer peer)
    {
        string head = "";
        while (!head.EndsWith("\r\n\r\n"))
        {
            head += (char)(await peer.Read(1))[0];
        }
        string key = head.Split('\n').Single(line => line.StartsWith("Sec-WebSocket-Key:")).Split(':')[1].Trim();
        string accept = Convert.ToBase64String(System.Security.Cryptography.SHA1.Create()
            .ComputeHash(Test.Utf8(key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11")));
        await peer.Send(Test.Utf8("HTTP/1.1 101 x\r\nupgrade: WebSocket\r\nsec-websocket-accept: " + accept + "\r\n\r\n"));
    }

    private static async Task FramesThatAreNone()
    {
        // Reserved bits and types, masked, a control frame in parts and one that is too long, out of order, a length beyond 63 bits.
        foreach (string hex in new[] { "f200", "8300", "8b00", "828000000000", "0900", "897e0100", "8000", "02000200", "827fffffffffffffffff" })
        {
            await FirstError("ws", async peer =>
            {
                await Upgrade(peer);
                await peer.Send(Test.Hex(hex));
                await peer.Drain();
            }, "protocol_error");
        }
        NanoException closed = await FirstError("ws", async peer =>
        {
            await Upgrade(peer);
            await peer.Send(Test.Hex("880503f066756c"));
            await peer.Drain();
        }, "connect_failed");
        Test.True(closed.Message.Contains("close code 1008: ful"), closed.Message);

        // Pings between the parts of a packet, one byte in a frame, text for binary.
        byte[] answer = Packet.Encode(1, Test.Utf8(Script.Accepted), 1000);
        var script = new Script(async peer =>
        {
            await Upgrade(peer);
            for (int at = 0; at < answer.Length; at++)
            {
                await peer.Send(new byte[] { (byte)(at == 0 ? 1 : at == answer.Length - 1 ? 0x80 : 0), 1, answer[at], 0x89, 1, (byte)at });
            }
            await peer.Drain();
        });
        await Test.Client("ws://" + script.Host + "/any").Connect();
    }

    private static async Task AnythingAtAll()
    {
        var random = new Random(11);
        var script = new Script(async peer =>
        {
            await peer.Welcome();
            var bytes = new byte[random.Next(300)];
            lock (random)
            {
                random.NextBytes(bytes);
            }
            await peer.Send(bytes);
        });
        NanoClient client = Test.Client("tcp://" + script.Host);
        var codes = new HashSet<string>();
        client.StateChanged += change => codes.Add(change.Error == null ? "" : change.Error.Code);
        await client.Connect();
        await Test.Until(() => script.Connections > 50, "fifty connections");
        codes.ExceptWith(new[] { "", "protocol_error", "disconnected", "connect_failed" });
        Test.Equal(string.Join(",", codes), "");
    }
}
