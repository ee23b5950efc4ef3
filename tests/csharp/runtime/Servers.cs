using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Net;
using System.Net.Sockets;
using System.Threading.Tasks;

/// <summary>A server of the project, on ports that the system chooses.</summary>
internal sealed class Server
{
    private static readonly List<Process> Running = new List<Process>();

    public readonly Dictionary<string, string> Addresses = new Dictionary<string, string>();

    /// <summary>Starts the program that a variable names, which prints so many lines of a name and an address.</summary>
    public static Server Start(string variable, string arguments, int lines)
    {
        var start = new ProcessStartInfo(Environment.GetEnvironmentVariable(variable), arguments)
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
        };
        var process = Process.Start(start);
        Running.Add(process);
        var server = new Server();
        for (int line = 0; line < lines; line++)
        {
            string[] words = process.StandardOutput.ReadLine().Split(new[] { ' ' }, StringSplitOptions.RemoveEmptyEntries);
            server.Addresses[words[0]] = words[1];
        }
        return server;
    }

    public static Server Typed(string name, string arguments)
    {
        return Start("TYPED_" + name + "_BIN", arguments, 2);
    }

    public static void StopAll()
    {
        foreach (Process process in Running)
        {
            process.Kill();
            process.WaitForExit();
        }
    }

    public string this[string name]
    {
        get { return Addresses[name]; }
    }
}

/// <summary>The network between a client and a server: a proxy that can be cut.</summary>
internal sealed class Network
{
    private readonly TcpListener _listener = new TcpListener(IPAddress.Loopback, 0);
    private readonly List<TcpClient> _open = new List<TcpClient>();
    private readonly int _port;
    private volatile bool _blocked;

    /// <summary>Starts a network to the server of an address.</summary>
    public Network(string url)
    {
        var address = new Uri(url);
        _port = address.Port;
        _listener.Start();
        Url = url.Replace(":" + address.Port, ":" + ((IPEndPoint)_listener.LocalEndpoint).Port);
        Task.Run(() => Accept());
    }

    public string Url { get; }

    /// <summary>Refuses connections until it is false again.</summary>
    public bool Blocked
    {
        set
        {
            _blocked = value;
            Cut();
        }
    }

    /// <summary>Cuts all connections.</summary>
    public void Cut()
    {
        lock (_open)
        {
            _open.ForEach(each => each.Client.Dispose());
            _open.Clear();
        }
    }

    private async Task Accept()
    {
        for (; ; )
        {
            TcpClient near = await _listener.AcceptTcpClientAsync().ConfigureAwait(false);
            if (_blocked)
            {
                near.Client.Dispose();
                continue;
            }
            var far = new TcpClient("127.0.0.1", _port);
            lock (_open)
            {
                _open.Add(near);
                _open.Add(far);
            }
            Pipe(near, far);
            Pipe(far, near);
        }
    }

    private static async void Pipe(TcpClient from, TcpClient to)
    {
        try
        {
            await from.GetStream().CopyToAsync(to.GetStream()).ConfigureAwait(false);
        }
        catch (Exception)
        {
            // Cut.
        }
        from.Client.Dispose();
        to.Client.Dispose();
    }
}

/// <summary>A server that does as it is told.</summary>
internal sealed class Script
{
    public const string Accepted = "{\"code\":200,\"sys\":{\"heartbeat\":30,\"serializer\":\"json\",\"dict\":{\"a\":1}}}";

    private readonly TcpListener _listener = new TcpListener(IPAddress.Loopback, 0);

    /// <summary>Starts a server that runs a script for each connection.</summary>
    public Script(Func<Peer, Task> run)
    {
        _listener.Start();
        Host = "127.0.0.1:" + ((IPEndPoint)_listener.LocalEndpoint).Port;
        Task.Run(async () =>
        {
            for (; ; )
            {
                TcpClient client = await _listener.AcceptTcpClientAsync().ConfigureAwait(false);
                Connections++;
                Serve(run, client);
            }
        });
    }

    public string Host { get; }

    public int Connections { get; private set; }

    private static async void Serve(Func<Peer, Task> run, TcpClient client)
    {
        try
        {
            await Task.Run(() => run(new Peer(client.GetStream()))).ConfigureAwait(false);
        }
        catch (Exception)
        {
            // The client has gone.
        }
        client.Client.Dispose();
    }
}

/// <summary>The client, as a script sees it.</summary>
internal sealed class Peer
{
    public readonly Stream Stream;

    public Peer(Stream stream)
    {
        Stream = stream;
    }

    public Task Send(byte[] bytes)
    {
        return Stream.WriteAsync(bytes, 0, bytes.Length);
    }

    public Task Send(byte type, string body)
    {
        return Send(Nano.Packet.Encode(type, Test.Utf8(body), int.MaxValue));
    }

    /// <summary>Answers the handshake, and reads the ack.</summary>
    public async Task Welcome(string reply = Script.Accepted)
    {
        await Read();
        await Send(1, reply);
        Test.Equal((await Read()).Type, (byte)2);
    }

    public async Task<Nano.Packet> Read()
    {
        byte[] head = await Read(4);
        return new Nano.Packet { Type = head[0], Body = await Read((head[1] << 16) | (head[2] << 8) | head[3]) };
    }

    public async Task<byte[]> Read(int length)
    {
        var bytes = new byte[length];
        for (int at = 0; at < length;)
        {
            int read = await Stream.ReadAsync(bytes, at, length - at).ConfigureAwait(false);
            if (read == 0)
            {
                throw new EndOfStreamException();
            }
            at += read;
        }
        return bytes;
    }

    /// <summary>Reads until the client has gone.</summary>
    public async Task Drain()
    {
        var bytes = new byte[4096];
        while (await Stream.ReadAsync(bytes, 0, bytes.Length).ConfigureAwait(false) > 0)
        {
        }
    }
}
