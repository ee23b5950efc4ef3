using System;
using System.Collections.Generic;
using System.Text;

namespace Nano
{
    /// <summary>The protobuf message of errors: code = 1, msg = 2, map metadata = 3.</summary>
    internal struct ProtobufError
    {
        private const int Varint = 0;
        private const int Fixed64 = 1;
        private const int Bytes = 2;
        private const int Fixed32 = 5;

        private readonly byte[] _bytes;
        private int _at;
        private readonly int _end;

        private ProtobufError(byte[] bytes, int at, int end)
        {
            _bytes = bytes;
            _at = at;
            _end = end;
        }

        /// <summary>Reads a message; throws a FormatException for anything else.</summary>
        public static NanoException Read(byte[] body)
        {
            string code = null;
            string message = null;
            var metadata = new Dictionary<string, string>();
            var reader = new ProtobufError(body, 0, body.Length);
            while (reader._at < reader._end)
            {
                ProtobufError field;
                switch (reader.Field(out field))
                {
                    case 1:
                        code = field.Text();
                        break;
                    case 2:
                        message = field.Text();
                        break;
                    case 3:
                        field.Entry(metadata);
                        break;
                }
            }
            return new NanoException(string.IsNullOrEmpty(code) ? "unknown" : code, message, null, metadata);
        }

        private void Entry(Dictionary<string, string> map)
        {
            string key = "";
            string value = "";
            while (_at < _end)
            {
                ProtobufError field;
                switch (Field(out field))
                {
                    case 1:
                        key = field.Text();
                        break;
                    case 2:
                        value = field.Text();
                        break;
                }
            }
            map[key] = value;
        }

        /// <summary>Reads a field and returns its number; 0 for one that has no bytes.</summary>
        private ulong Field(out ProtobufError content)
        {
            ulong key = Number();
            ulong length = 0;
            switch ((int)(key & 7))
            {
                case Varint:
                    Number();
                    break;
                case Fixed64:
                    length = 8;
                    break;
                case Bytes:
                    length = Number();
                    break;
                case Fixed32:
                    length = 4;
                    break;
                default:
                    throw new FormatException("unknown kind of field");
            }
            if (length > (ulong)(_end - _at))
            {
                throw new FormatException("it ends too early");
            }
            content = new ProtobufError(_bytes, _at, _at + (int)length);
            _at += (int)length;
            return (key & 7) == Bytes ? key >> 3 : 0;
        }

        private ulong Number()
        {
            ulong number = 0;
            for (int shift = 0; shift < 64; shift += 7)
            {
                if (_at >= _end)
                {
                    throw new FormatException("it ends too early");
                }
                byte part = _bytes[_at++];
                number |= (ulong)(part & 0x7f) << shift;
                if (part < 0x80)
                {
                    return number;
                }
            }
            throw new FormatException("it has a number of more than 64 bits");
        }

        private string Text()
        {
            return Encoding.UTF8.GetString(_bytes, _at, _end - _at);
        }
    }
}
