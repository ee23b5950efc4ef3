using System.Collections.Generic;

namespace Nano
{
    /// <summary>Routes by code and codes by route, of one version of the server's dictionary.</summary>
    internal sealed class RouteTable
    {
        public static readonly RouteTable Empty = new RouteTable((string)null);

        private readonly Dictionary<string, ushort> _codes = new Dictionary<string, ushort>();
        private readonly Dictionary<ushort, string> _names = new Dictionary<ushort, string>();

        public RouteTable(string version)
        {
            Version = version;
        }

        public RouteTable(NanoDictionary dictionary)
            : this(dictionary.Version)
        {
            foreach (var route in dictionary.Codes)
            {
                Add(route.Key, route.Value);
            }
        }

        /// <summary>The version, or null if there is none.</summary>
        public string Version { get; }

        public void Add(string route, ushort code)
        {
            _names[code] = route;
            // Zero means "no code" to some peers, so it is read but never written.
            if (code > 0)
            {
                _codes[route] = code;
            }
        }

        public bool TryCode(string route, out ushort code)
        {
            return _codes.TryGetValue(route, out code);
        }

        public bool TryName(ushort code, out string route)
        {
            return _names.TryGetValue(code, out route);
        }
    }
}
