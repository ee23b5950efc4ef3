using System.Threading.Tasks;

namespace Nano
{
    /// <summary>The end of a connection: an error, and the kick if there was one.</summary>
    internal sealed class End
    {
        public NanoException Error;
        public Kick Kick;
    }

    /// <summary>The client, as a connection calls it. `OnOpen` and `OnMessage` are called under the connection's gate.</summary>
    internal interface IConnectionOwner
    {
        /// <summary>Tells the route of a request, or null.</summary>
        string RouteOf(ulong id);

        /// <summary>Makes the data for the handshake.</summary>
        Task<string> MakeUser();

        /// <summary>Takes in that messages can be sent, and the state for the next connection.</summary>
        void OnOpen(Known known, string user, bool resumed);

        /// <summary>Takes a message in, or the fault that a pipeline found in it.</summary>
        void OnMessage(Message message, NanoException failure);
    }
}
