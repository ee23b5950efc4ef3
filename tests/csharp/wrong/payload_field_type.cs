// error CS0029: a text is no number
using System;
using System.Threading.Tasks;
using PondServer;

public static class Wrong
{
    public static async Task Call(GameClient game)
    {
        await game.Room.Join(new JoinRequest { UserId = "7" });
        await Task.Yield();
    }
}
