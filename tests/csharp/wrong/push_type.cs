// error CS1503: a User is no number
using System;
using System.Threading.Tasks;
using PondServer;

public static class Wrong
{
    public static async Task Call(GameClient game)
    {
        game.On.NewUser(new Action<long>(user => { }));
        await Task.Yield();
    }
}
