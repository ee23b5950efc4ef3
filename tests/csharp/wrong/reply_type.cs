// error CS0029: the reply is no text
using System;
using System.Threading.Tasks;
using PondServer;

public static class Wrong
{
    public static async Task Call(GameClient game)
    {
        string joined = await game.Room.Join(new JoinRequest());
        await Task.Yield();
    }
}
