// error CS0117: JoinRequest has no such field
using System;
using System.Threading.Tasks;
using PondServer;

public static class Wrong
{
    public static async Task Call(GameClient game)
    {
        await game.Room.Join(new JoinRequest { Nickname = "Ann" });
        await Task.Yield();
    }
}
