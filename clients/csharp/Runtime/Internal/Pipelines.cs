using System;

namespace Nano
{
    /// <summary>The calls of the application's pipeline, if it has one.</summary>
    internal static class Pipelines
    {
        public static INanoPipeline Open(Func<string, INanoPipeline> open, string user)
        {
            try
            {
                return open == null ? null : open(user);
            }
            catch (Exception cause)
            {
                // What the application cannot do, it cannot do on the next connection.
                throw new NanoException("pipeline_failed", "the pipeline cannot be opened: " + cause.Message, cause) { Final = true };
            }
        }

        public static byte[] Outbound(INanoPipeline pipeline, byte[] payload, string route)
        {
            return pipeline == null ? payload : Through(() => pipeline.Outbound(payload, route), "payload of " + route);
        }

        /// <summary>Changes the body of a message; returns what went wrong, or null.</summary>
        public static NanoException Inbound(INanoPipeline pipeline, ref Message message, string route)
        {
            NanoBodyKind kind = message.Push ? NanoBodyKind.Push : message.Error ? NanoBodyKind.Error : NanoBodyKind.Reply;
            byte[] body = message.Body;
            try
            {
                message.Body = Through(() => pipeline.Inbound(body, route, kind), kind.ToString().ToLowerInvariant() + " of " + route);
                return null;
            }
            catch (NanoException error)
            {
                return error;
            }
        }

        private static byte[] Through(Func<byte[]> change, string what)
        {
            try
            {
                return change() ?? Packet.NoBody;
            }
            catch (Exception cause)
            {
                throw new NanoException("pipeline_failed", "the pipeline failed on the " + what + ": " + cause.Message, cause);
            }
        }
    }
}
