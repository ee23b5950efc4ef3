// error CS0117: there is no such color
using System;
using System.Threading.Tasks;
using PondServer;

public static class Wrong
{
    public static async Task Call(GameClient game)
    {
        await game.Room.Join(new JoinRequest { Color = Color.Green });
        await Task.Yield();
    }
}
