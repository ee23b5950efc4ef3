// Connections that are cut while a game goes on.
using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading.Tasks;
using Nano;
using TypedJson;

internal static class ResumeTests
{
    public static readonly Func<Task>[] All = { ASessionSurvivesItsConnectionsOverTcp, ASessionSurvivesItsConnectionsOverWebSocket, NobodyWaitsForAClientThatIsClosedWhileItIsAway, TheServerWaitsForSoLong, WithoutResumeAllBeginsAnew };

    private const int Cuts = 6;
    private const int LinesBetween = 20;

    private static Task ASessionSurvivesItsConnectionsOverTcp()
    {
        return Survives("tcp");
    }

    private static Task ASessionSurvivesItsConnectionsOverWebSocket()
    {
        return Survives("websocket");
    }

    private static async Task Survives(string transport)
    {
        Server server = Server.Typed("JSON", "--resume 30");
        var network = new Network(server[transport]);
        NanoClient client = Test.Client(network.Url);
        NanoClient speaker = Test.Client(server["tcp"]);
        var ann = new GameClient(client);
        var bob = new GameClient(speaker);
        var heard = new List<int>();
        var opened = new List<bool>();
        ann.On.Said(said => heard.Add(int.Parse(said.Text)));
        client.StateChanged += change =>
        {
            if (change.State == NanoState.Open && change.Attempt > 0)
            {
                opened.Add(change.Resumed);
            }
        };
        await Task.WhenAll(client.Connect(), speaker.Connect());
        await ann.Hall.Enter(new Enter { Name = "Ann" });
        await bob.Hall.Enter(new Enter { Name = "Bob" });
        Task<string> pending = client.Request<NanoEmpty, string>("hall.wait", null, TimeSpan.FromMinutes(1));
        int line = 0;
        for (int cut = 0; cut < Cuts; cut++)
        {
            for (int n = 0; n < LinesBetween; n++)
            {
                line++;
                await bob.Hall.Say(line.ToString());
                if (n == LinesBetween / 2)
                {
                    network.Cut();
                }
            }
            // In the middle of a handshake, now and then.
            await Task.Delay(cut * 7);
            network.Cut();
            await Test.Until(() => client.State == NanoState.Open, "the connection opens again");
        }
        await Test.Until(() => client.State == NanoState.Open && heard.Count >= line, "all lines are heard");
        Test.Equal(await bob.Hall.Release(), 1L);
        Test.Equal(await pending, "released");
        // What is said while the connection is gone is said once it is back.
        await ann.Hall.Say((line + 1).ToString());
        await Test.Until(() => heard.Count > line, "its own line");
        Test.Equal(string.Join(",", heard), string.Join(",", Enumerable.Range(1, line + 1)));
        Test.True(opened.Count >= Cuts && opened.All(resumed => resumed), string.Join(",", opened));
        // Its goodbye is no loss: the server does not wait for it.
        await client.Close();
        await HasLeft(server, "Ann");
    }

    private static async Task NobodyWaitsForAClientThatIsClosedWhileItIsAway()
    {
        Server server = Server.Typed("JSON", "--resume 300");
        var network = new Network(server["tcp"]);
        NanoClient client = Test.Client(network.Url);
        await client.Connect();
        await new GameClient(client).Hall.Enter(new Enter { Name = "Ann" });
        network.Blocked = true;
        await Test.Until(() => client.State == NanoState.Reconnecting, "the loss");
        network.Blocked = false;
        await client.Close();
        await HasLeft(server, "Ann");
    }

    /// <summary>Waits until somebody is in the hall no more, for less time than the server would wait for a client that is lost.</summary>
    private static async Task HasLeft(Server server, string name)
    {
        DateTime end = DateTime.UtcNow.AddSeconds(10);
        for (bool isThere = true; isThere;)
        {
            Test.True(DateTime.UtcNow < end, name + " is still there");
            NanoClient guest = Test.Client(server["tcp"]);
            await guest.Connect();
            Entered entered = await new GameClient(guest).Hall.Enter(new Enter { Name = "Carol" });
            isThere = entered.Others.Any(other => other.Name == name);
            await guest.Close();
        }
    }

    private static async Task TheServerWaitsForSoLong()
    {
        Server server = Server.Typed("JSON", "--resume 1");
        var network = new Network(server["tcp"]);
        NanoClient client = Test.Client(network.Url);
        NanoStateChange open = null;
        client.StateChanged += change => open = change.State == NanoState.Open ? change : open;
        await client.Connect();
        var pending = client.Request<NanoEmpty, string>("hall.wait", null, TimeSpan.FromMinutes(1));
        await client.Request<string, string>("Echo.Text", "x");
        network.Blocked = true;
        await Test.Until(() => client.State == NanoState.Reconnecting, "the loss");
        await Test.Fails(client.Request<string, string>("Echo.Text", "x"), "disconnected");
        await Task.Delay(1500);
        network.Blocked = false;
        await Test.Fails(pending, "disconnected");
        await Test.Until(() => open.Attempt > 0, "the connection opens again");
        Test.Equal(open.Resumed, false);
        Test.Equal(await client.Request<string, string>("Echo.Text", "y"), "y");
    }

    private static async Task WithoutResumeAllBeginsAnew()
    {
        Server server = Server.Typed("JSON", "--resume 30");
        var network = new Network(server["tcp"]);
        NanoClient client = Test.Client(network.Url, new NanoOptions { Resume = false });
        NanoStateChange open = null;
        client.StateChanged += change => open = change.State == NanoState.Open ? change : open;
        await client.Connect();
        var pending = client.Request<NanoEmpty, string>("hall.wait", null);
        await client.Request<string, string>("Echo.Text", "x");
        network.Cut();
        await Test.Fails(pending, "disconnected");
        await Test.Until(() => open.Attempt > 0, "the connection opens again");
        Test.Equal(open.Resumed, false);
        Test.Equal(await client.Request<string, string>("Echo.Text", "y"), "y");
    }
}
