using System;
using System.Collections.Generic;
using System.Globalization;
using System.Text;

namespace Nano
{
    /// <summary>The JSON of handshakes, kicks and errors, which no serializer sees.</summary>
    /// <remarks>
    /// A value is a string, a double, a bool, null, a List of values, or a Dictionary of Members.
    /// </remarks>
    internal sealed class Json
    {
        /// <summary>A member of an object: its value, and on the first two levels the text that it was read from.</summary>
        public struct Member
        {
            public object Value;
            public string Text;
        }

        private const int DeepestNesting = 64;
        private const int DeepestText = 2;

        private static readonly UTF8Encoding Utf8 = new UTF8Encoding(false, true);

        private readonly string _text;
        private int _at;

        private Json(string text)
        {
            _text = text;
        }

        /// <summary>Reads UTF-8; throws a FormatException for anything but JSON.</summary>
        public static object Read(byte[] bytes)
        {
            string text;
            try
            {
                text = Utf8.GetString(bytes);
            }
            catch (ArgumentException cause)
            {
                throw new FormatException("it is not valid UTF-8", cause);
            }
            return Read(text);
        }

        /// <summary>Reads a text; throws a FormatException for anything but JSON.</summary>
        public static object Read(string text)
        {
            var json = new Json(text);
            object value = json.Value(0);
            json.Space();
            if (json._at < text.Length)
            {
                throw json.Unexpected();
            }
            return value;
        }

        /// <summary>The value of a member, or null if there is none, or no object.</summary>
        public static object Get(object value, string name)
        {
            Member member;
            var members = value as Dictionary<string, Member>;
            return members != null && members.TryGetValue(name, out member) ? member.Value : null;
        }

        /// <summary>The text of a member, or null if there is none.</summary>
        public static string GetText(object value, string name)
        {
            Member member;
            var members = value as Dictionary<string, Member>;
            return members != null && members.TryGetValue(name, out member) ? member.Text : null;
        }

        /// <summary>Writes a string.</summary>
        public static string Quote(string text)
        {
            var quoted = new StringBuilder("\"");
            foreach (char c in text)
            {
                if (c == '"' || c == '\\')
                {
                    quoted.Append('\\').Append(c);
                }
                else if (c < ' ' || char.IsSurrogate(c))
                {
                    quoted.Append("\\u").Append(((int)c).ToString("x4", CultureInfo.InvariantCulture));
                }
                else
                {
                    quoted.Append(c);
                }
            }
            return quoted.Append('"').ToString();
        }

        private object Value(int depth)
        {
            if (depth > DeepestNesting)
            {
                throw new FormatException("it is nested more than " + DeepestNesting + " deep");
            }
            Space();
            switch (Peek())
            {
                case '{':
                    return Object(depth);
                case '[':
                    return List(depth);
                case '"':
                    return String();
                case 't':
                    return Word("true", true);
                case 'f':
                    return Word("false", false);
                case 'n':
                    return Word("null", null);
                default:
                    return Number();
            }
        }

        private Dictionary<string, Member> Object(int depth)
        {
            var members = new Dictionary<string, Member>();
            _at++;
            Space();
            if (Skip('}'))
            {
                return members;
            }
            do
            {
                Space();
                if (Peek() != '"')
                {
                    throw Unexpected();
                }
                string name = String();
                Space();
                Expect(':');
                Space();
                int start = _at;
                object value = Value(depth + 1);
                // The texts of all levels together would be many times as long as the whole.
                string text = depth < DeepestText ? _text.Substring(start, _at - start) : null;
                members[name] = new Member { Value = value, Text = text };
                Space();
            }
            while (Skip(','));
            Expect('}');
            return members;
        }

        private List<object> List(int depth)
        {
            var items = new List<object>();
            _at++;
            Space();
            if (Skip(']'))
            {
                return items;
            }
            do
            {
                items.Add(Value(depth + 1));
                Space();
            }
            while (Skip(','));
            Expect(']');
            return items;
        }

        private string String()
        {
            var text = new StringBuilder();
            for (_at++; ;)
            {
                char c = Peek();
                _at++;
                if (c == '"')
                {
                    return text.ToString();
                }
                if (c < ' ')
                {
                    _at--;
                    throw Unexpected();
                }
                text.Append(c == '\\' ? Escape() : c);
            }
        }

        private char Escape()
        {
            char c = Peek();
            _at++;
            switch (c)
            {
                case '"':
                case '\\':
                case '/':
                    return c;
                case 'b':
                    return '\b';
                case 'f':
                    return '\f';
                case 'n':
                    return '\n';
                case 'r':
                    return '\r';
                case 't':
                    return '\t';
                case 'u':
                    ushort code;
                    if (_at + 4 <= _text.Length
                        && ushort.TryParse(_text.Substring(_at, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out code))
                    {
                        _at += 4;
                        return (char)code;
                    }
                    break;
            }
            _at--;
            throw Unexpected();
        }

        private object Word(string word, object value)
        {
            if (string.CompareOrdinal(_text, _at, word, 0, word.Length) != 0)
            {
                throw Unexpected();
            }
            _at += word.Length;
            return value;
        }

        private object Number()
        {
            int start = _at;
            while (_at < _text.Length && "+-.0123456789Ee".IndexOf(_text[_at]) >= 0)
            {
                _at++;
            }
            double number;
            string text = _text.Substring(start, _at - start);
            const NumberStyles Styles = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;
            if (text.Length > 0 && text[0] != '+' && text[0] != '.' && double.TryParse(text, Styles, CultureInfo.InvariantCulture, out number))
            {
                return number;
            }
            _at = start;
            throw Unexpected();
        }

        private void Space()
        {
            while (_at < _text.Length && " \t\r\n".IndexOf(_text[_at]) >= 0)
            {
                _at++;
            }
        }

        private char Peek()
        {
            if (_at >= _text.Length)
            {
                throw Unexpected();
            }
            return _text[_at];
        }

        private bool Skip(char c)
        {
            bool there = _at < _text.Length && _text[_at] == c;
            _at += there ? 1 : 0;
            return there;
        }

        private void Expect(char c)
        {
            if (!Skip(c))
            {
                throw Unexpected();
            }
        }

        private FormatException Unexpected()
        {
            return new FormatException(_at < _text.Length ? "unexpected character at " + _at : "it ends too early");
        }
    }
}
