using System;
using Google.Protobuf;

namespace Nano
{
    /// <summary>Payloads in protobuf, by Google.Protobuf, for the classes that `protoc --csharp_out` writes.</summary>
    public sealed class NanoProtobuf : INanoSerializer
    {
        /// <summary>The name that servers give this form.</summary>
        public string Name
        {
            get { return "protobuf"; }
        }

        /// <summary>Encodes a payload.</summary>
        public byte[] Encode<T>(T value, string route)
        {
            return Message(value, route).ToByteArray();
        }

        /// <summary>Decodes a reply or a push.</summary>
        public T Decode<T>(byte[] body, string route)
        {
            T value = Activator.CreateInstance<T>();
            Message(value, route).MergeFrom(body);
            return value;
        }

        private static IMessage Message<T>(T value, string route)
        {
            var message = value as IMessage;
            if (message == null)
            {
                throw new ArgumentException(typeof(T) + ", or null of it, is no protobuf message: " + route + " wants one");
            }
            return message;
        }
    }
}
