// error CS1503: a text is no JoinRequest
using System;
using System.Threading.Tasks;
using PondServer;

public static class Wrong
{
    public static async Task Call(GameClient game)
    {
        await game.Room.Join("Ann");
        await Task.Yield();
    }
}
