// error CS1501: it takes a payload
using System;
using System.Threading.Tasks;
using PondServer;

public static class Wrong
{
    public static async Task Call(GameClient game)
    {
        await game.Room.Join();
        await Task.Yield();
    }
}
