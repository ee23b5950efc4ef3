// error CS1061: there is no such handler
using System;
using System.Threading.Tasks;
using PondServer;

public static class Wrong
{
    public static async Task Call(GameClient game)
    {
        await game.Room.Jump();
        await Task.Yield();
    }
}
