using System;
using System.Collections.Generic;
using System.Text;

namespace Nano
{
    /// <summary>What outlives a connection: the dictionary, the session, and the pipeline that it agreed on.</summary>
    internal sealed class Known
    {
        public RouteTable Routes;
        public Session Session;
        public INanoPipeline Pipeline;
    }

    /// <summary>The server's answer to a handshake.</summary>
    internal sealed class Handshake
    {
        private const double Accepted = 200;
        private const double TooOld = 501;

        private readonly object _reply;
        private readonly object _sys;

        private Handshake(object reply)
        {
            _reply = reply;
            _sys = Json.Get(reply, "sys");
        }

        /// <summary>The body of the client's handshake.</summary>
        public static byte[] Ask(NanoOptions options, Known known, bool resumes, string user)
        {
            try
            {
                Json.Read(user);
            }
            catch (FormatException cause)
            {
                throw new NanoException("connect_failed", "the user data for the handshake is not JSON: " + cause.Message, cause) { Final = true };
            }
            var text = new StringBuilder("{\"sys\":{\"type\":\"nano-csharp\",\"version\":");
            text.Append(Json.Quote(options.Version ?? NanoClient.Version));
            text.Append(resumes ? ",\"features\":[\"errors\",\"zlib\",\"resume\"]" : ",\"features\":[\"errors\",\"zlib\"]");
            if (known.Routes.Version != null)
            {
                text.Append(",\"dictVersion\":").Append(Json.Quote(known.Routes.Version));
            }
            if (known.Session != null)
            {
                text.Append(",\"resume\":").Append(known.Session.Claim);
            }
            text.Append("},\"user\":").Append(user).Append('}');
            return Encoding.UTF8.GetBytes(text.ToString());
        }

        /// <summary>Reads the answer; fails if it is a refusal, or none.</summary>
        public static Handshake Read(byte[] body, NanoOptions options, INanoSerializer serializer)
        {
            if (body.Length > 0 && body[0] == Zlib.FirstByte)
            {
                body = Zlib.Inflate(body, options.MaxBodySize, "handshake reply");
            }
            object reply;
            try
            {
                reply = Json.Read(body);
            }
            catch (FormatException cause)
            {
                throw new NanoException("protocol_error", "handshake reply is not JSON: " + cause.Message, cause);
            }
            var code = Json.Get(reply, "code") as double?;
            if (code != Accepted)
            {
                throw Refusal(reply, code);
            }
            var handshake = new Handshake(reply);
            var speaks = Json.Get(handshake._sys, "serializer") as string;
            if (!string.IsNullOrEmpty(speaks) && serializer.Name != null && speaks != serializer.Name)
            {
                string message = "server speaks " + speaks + ", the client's serializer is " + serializer.Name;
                throw new NanoException("serializer_mismatch", message) { Final = true };
            }
            return handshake;
        }

        /// <summary>The data of the server's handshake hook, as JSON, or null.</summary>
        public string User
        {
            get { return Json.GetText(_reply, "user"); }
        }

        /// <summary>The milliseconds between heartbeats, 0 for none. A server cannot ask for more than one a second.</summary>
        public long Heartbeat
        {
            get
            {
                var seconds = Json.Get(_sys, "heartbeat") as double?;
                return seconds > 0 ? (long)(Math.Min(Math.Max(seconds.Value, 1), 1e6) * 1000) : 0;
            }
        }

        /// <summary>The server's offer of a session that outlives its connections, or null.</summary>
        public object Resume
        {
            get { return Json.Get(_sys, "resume"); }
        }

        /// <summary>The number of messages of the session that the server has received, if it goes on.</summary>
        public double? Received
        {
            get { return Json.Get(Resume, "received") as double?; }
        }

        /// <summary>The dictionary of the connection.</summary>
        public RouteTable Routes(RouteTable known)
        {
            var version = Json.Get(_sys, "dictVersion") as string;
            var codes = Json.Get(_sys, "dict") as Dictionary<string, Json.Member>;
            if (codes == null && version == known.Version)
            {
                return known;
            }
            var routes = new RouteTable(version);
            foreach (var route in codes ?? new Dictionary<string, Json.Member>())
            {
                var code = route.Value.Value as double?;
                if (code >= 0 && code <= ushort.MaxValue && code == Math.Floor(code.Value))
                {
                    routes.Add(route.Key, (ushort)code.Value);
                }
            }
            return routes;
        }

        private static NanoException Refusal(object reply, double? code)
        {
            var error = Json.Get(reply, "error") as string;
            string message = Json.Get(reply, "msg") as string ?? (code == TooOld ? "the client is too old" : "refused by the server");
            if (error == null)
            {
                message = "handshake failed with code " + code + ": " + message;
            }
            // Faults of the server, which say nothing against the client.
            bool passes = error == "internal" || error == "timeout";
            return new NanoException(error ?? "handshake_refused", message, null, Bodies.Texts(reply)) { Final = !passes };
        }
    }
}
