using System.Globalization;
using System.IO;
using System.Text;
using Newtonsoft.Json;
using Newtonsoft.Json.Converters;

namespace Nano
{
    /// <summary>Payloads in JSON, by Newtonsoft's Json.NET, for the classes that nano-build generates.</summary>
    public sealed class NanoJson : INanoSerializer
    {
        private static readonly UTF8Encoding Utf8 = new UTF8Encoding(false, true);

        private readonly JsonSerializer _serializer;

        /// <summary>Makes a serializer with the settings that generated classes need, or with others.</summary>
        public NanoJson(JsonSerializerSettings settings = null)
        {
            _serializer = JsonSerializer.Create(settings ?? new JsonSerializerSettings
            {
                Converters = { new StringEnumConverter() },
                DateParseHandling = DateParseHandling.None,
                MaxDepth = 64,
            });
        }

        /// <summary>The name that servers give this form.</summary>
        public string Name
        {
            get { return "json"; }
        }

        /// <summary>Encodes a payload.</summary>
        public byte[] Encode<T>(T value, string route)
        {
            var text = new StringWriter(CultureInfo.InvariantCulture);
            using (var writer = new JsonTextWriter(text))
            {
                _serializer.Serialize(writer, value);
            }
            return Utf8.GetBytes(text.ToString());
        }

        /// <summary>Decodes a reply or a push.</summary>
        public T Decode<T>(byte[] body, string route)
        {
            using (var reader = new JsonTextReader(new StringReader(Utf8.GetString(body))))
            {
                return _serializer.Deserialize<T>(reader);
            }
        }
    }
}
