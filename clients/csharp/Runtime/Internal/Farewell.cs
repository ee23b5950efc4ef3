using System.Threading.Tasks;

namespace Nano
{
    /// <summary>The return of a client that is closed while it is away from a session that waits for it: it only says goodbye.</summary>
    internal sealed class Farewell : IConnectionOwner
    {
        /// <summary>Milliseconds for the server to be reached, and to answer.</summary>
        private const int Patience = 2000;

        private Connection _connection;

        private Farewell()
        {
        }

        /// <summary>Comes back once. If the server cannot be reached, the session ends when its time is over.</summary>
        public static async Task Say(Dialer dialer, NanoOptions options, INanoSerializer serializer, Inbox inbox, Known known)
        {
            var farewell = new Farewell();
            var connection = new Connection(dialer, options, serializer, inbox, known, new object(), farewell);
            farewell._connection = connection;
            Task<End> served = connection.Run();
            await Task.WhenAny(served, Task.Delay(Patience)).ConfigureAwait(false);
            connection.Close();
            await served.ConfigureAwait(false);
            await connection.Finished.ConfigureAwait(false);
        }

        string IConnectionOwner.RouteOf(ulong id)
        {
            return null;
        }

        /// <summary>Makes no data: if the session is gone, nobody is to be logged in.</summary>
        Task<string> IConnectionOwner.MakeUser()
        {
            return Task.FromResult<string>(null);
        }

        void IConnectionOwner.OnOpen(Known known, string user, bool resumed)
        {
            _connection.Close();
        }

        void IConnectionOwner.OnMessage(Message message, NanoException failure)
        {
        }
    }
}
