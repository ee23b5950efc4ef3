using System.Diagnostics;

namespace Nano
{
    /// <summary>Milliseconds of a clock that nobody sets.</summary>
    internal static class Clock
    {
        private static readonly Stopwatch Watch = Stopwatch.StartNew();

        public static long Now
        {
            get { return Watch.ElapsedMilliseconds; }
        }
    }
}
