using System;
using System.Collections.Generic;
using System.Text;

namespace Nano
{
    /// <summary>Values as bodies: by the serializer, but for the types that none sees; and the bodies of errors.</summary>
    internal static class Bodies
    {
        /// <summary>The start of errors of servers that know no flag for them.</summary>
        private static readonly byte[] PlainError = Encoding.ASCII.GetBytes("{\"code\":500,\"error\":");

        public static byte[] Encode<T>(INanoSerializer serializer, T value, string route)
        {
            if (typeof(T) == typeof(NanoEmpty))
            {
                return Packet.NoBody;
            }
            if (typeof(T) == typeof(byte[]))
            {
                return (byte[])(object)value ?? Packet.NoBody;
            }
            try
            {
                return serializer.Encode(value, route) ?? Packet.NoBody;
            }
            catch (Exception cause)
            {
                throw new NanoException("bad_payload", "cannot encode the payload of " + route + ": " + cause.Message, cause);
            }
        }

        public static T Decode<T>(INanoSerializer serializer, byte[] body, string route)
        {
            if (typeof(T) == typeof(NanoEmpty))
            {
                return default(T);
            }
            return typeof(T) == typeof(byte[]) ? (T)(object)body : serializer.Decode<T>(body, route);
        }

        /// <summary>Returns true for an error of a server that knows no flag for it.</summary>
        public static bool IsPlainError(INanoSerializer serializer, byte[] body)
        {
            if (serializer.Name != "json" || body.Length < PlainError.Length)
            {
                return false;
            }
            for (int at = 0; at < PlainError.Length; at++)
            {
                if (body[at] != PlainError[at])
                {
                    return false;
                }
            }
            return true;
        }

        /// <summary>Reads the body of an error in the serializer's form, or in that of a plain one.</summary>
        public static NanoException Error(INanoSerializer serializer, byte[] body, bool isPlain, string route)
        {
            try
            {
                var own = serializer as INanoErrorDecoder;
                if (own != null && !isPlain)
                {
                    return own.DecodeError(body);
                }
                if (serializer.Name == "protobuf")
                {
                    return ProtobufError.Read(body);
                }
                object value = Json.Read(body);
                return FromJson(isPlain ? Json.Get(value, "error") : value);
            }
            catch (Exception cause)
            {
                return new NanoException("bad_payload", "cannot decode the error of " + route + ": " + cause.Message, cause);
            }
        }

        /// <summary>The members of an object as texts: those that are none, as JSON.</summary>
        public static Dictionary<string, string> Texts(object value)
        {
            var texts = new Dictionary<string, string>();
            var members = value as Dictionary<string, Json.Member>;
            if (members != null)
            {
                foreach (var member in members)
                {
                    texts[member.Key] = member.Value.Value as string ?? member.Value.Text;
                }
            }
            return texts;
        }

        private static NanoException FromJson(object error)
        {
            string code = Json.Get(error, "code") as string ?? "unknown";
            return new NanoException(code, Json.Get(error, "msg") as string, null, Texts(Json.Get(error, "metadata")));
        }
    }
}
