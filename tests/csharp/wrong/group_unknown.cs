// error CS1061: there is no such component below this one
using System;
using System.Threading.Tasks;
using PondServer;

public static class Wrong
{
    public static async Task Call(GameClient game)
    {
        await game.Connector.ExitHandler.Entry("Ann");
        await Task.Yield();
    }
}
