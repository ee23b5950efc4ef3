using System;
using System.IO;
using System.Text;

namespace Nano
{
    /// <summary>A response or a push, and the form of all messages.</summary>
    internal struct Message
    {
        private const int Request = 0;
        private const int Notify = 1;
        private const int Response = 2;
        private const int PushType = 3;
        private const int RouteIsCode = 0x01;
        private const int BodyIsCompressed = 0x10;
        private const int IsError = 0x20;

        private static readonly UTF8Encoding Utf8 = new UTF8Encoding(false, true);

        public bool Push;
        public ulong Id;
        public string Route;
        public bool Error;
        public bool Compressed;
        public byte[] Body;

        /// <summary>Encodes a request, with an id above 0, or a notify.</summary>
        public static byte[] Encode(ulong id, string route, byte[] body, RouteTable routes)
        {
            var bytes = new MemoryStream(body.Length + 32);
            ushort code;
            bool hasCode = routes.TryCode(route, out code);
            bytes.WriteByte((byte)(((id > 0 ? Request : Notify) << 1) | (hasCode ? RouteIsCode : 0)));
            if (id > 0)
            {
                ulong rest = id;
                for (; rest >= 0x80; rest >>= 7)
                {
                    bytes.WriteByte((byte)(rest | 0x80));
                }
                bytes.WriteByte((byte)rest);
            }
            if (hasCode)
            {
                bytes.WriteByte((byte)(code >> 8));
                bytes.WriteByte((byte)code);
            }
            else
            {
                byte[] name = RouteBytes(route);
                bytes.WriteByte((byte)name.Length);
                bytes.Write(name, 0, name.Length);
            }
            bytes.Write(body, 0, body.Length);
            return bytes.ToArray();
        }

        private static byte[] RouteBytes(string route)
        {
            byte[] name;
            try
            {
                name = Utf8.GetBytes(route);
            }
            catch (EncoderFallbackException cause)
            {
                throw new NanoException("bad_route", "the route is no text: it has half of a character", cause);
            }
            if (name.Length > 255)
            {
                throw new NanoException("bad_route", "route of " + name.Length + " bytes exceeds the limit of 255");
            }
            return name;
        }

        /// <summary>Decodes a response or a push.</summary>
        public static Message Decode(byte[] bytes, RouteTable routes)
        {
            int at = 0;
            byte flag = Take(bytes, ref at);
            int type = (flag >> 1) & 0x07;
            if (type != Response && type != PushType)
            {
                throw Fault("unexpected message type " + type);
            }
            var message = new Message
            {
                Push = type == PushType,
                Error = (flag & IsError) != 0,
                Compressed = (flag & BodyIsCompressed) != 0,
            };
            if (type == Response)
            {
                message.Id = TakeId(bytes, ref at);
            }
            else if ((flag & RouteIsCode) != 0)
            {
                int high = Take(bytes, ref at);
                int code = (high << 8) | Take(bytes, ref at);
                if (!routes.TryName((ushort)code, out message.Route))
                {
                    throw Fault("unknown route code " + code);
                }
            }
            else
            {
                message.Route = TakeRoute(bytes, ref at);
            }
            message.Body = new byte[bytes.Length - at];
            Buffer.BlockCopy(bytes, at, message.Body, 0, message.Body.Length);
            return message;
        }

        private static byte Take(byte[] bytes, ref int at)
        {
            if (at >= bytes.Length)
            {
                throw Fault("message of " + bytes.Length + " bytes is truncated");
            }
            return bytes[at++];
        }

        private static ulong TakeId(byte[] bytes, ref int at)
        {
            ulong id = 0;
            for (int shift = 0; ; shift += 7)
            {
                byte part = Take(bytes, ref at);
                if (shift == 63 && part > 1)
                {
                    throw Fault("response id exceeds 64 bits");
                }
                id |= (ulong)(part & 0x7f) << shift;
                if (part < 0x80)
                {
                    return id;
                }
            }
        }

        private static string TakeRoute(byte[] bytes, ref int at)
        {
            int length = Take(bytes, ref at);
            if (at + length > bytes.Length)
            {
                throw Fault("message of " + bytes.Length + " bytes is truncated");
            }
            try
            {
                string route = Utf8.GetString(bytes, at, length);
                at += length;
                return route;
            }
            catch (ArgumentException cause)
            {
                throw new NanoException("protocol_error", "route is not valid UTF-8", cause);
            }
        }

        private static NanoException Fault(string message)
        {
            return new NanoException("protocol_error", message);
        }
    }
}
