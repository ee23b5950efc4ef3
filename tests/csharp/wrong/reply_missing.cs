// error CS0029: it has no reply
using System;
using System.Threading.Tasks;
using PondServer;

public static class Wrong
{
    public static async Task Call(GameClient game)
    {
        string left = await game.Room.Leave();
        await Task.Yield();
    }
}
