using System;
using System.Threading.Tasks;

namespace Nano
{
    /// <summary>A way for the bytes of packets. One read and one write may go on at a time.</summary>
    internal interface ITransport : IDisposable
    {
        /// <summary>The reason that the other side gave for the end, or null.</summary>
        string Ending { get; }

        /// <summary>Reads some bytes; 0 at the end.</summary>
        Task<int> Read(byte[] buffer);

        /// <summary>Writes whole packets.</summary>
        Task Write(byte[] buffer, int length);

        /// <summary>Says that nothing more comes. The other side ends its own half in turn.</summary>
        Task Finish(int closeCode);
    }
}
