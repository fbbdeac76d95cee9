using System.ComponentModel.DataAnnotations;

namespace Raft.Transport.Grpc;

/// <summary>Limits and times of a <see cref="GrpcRaftTransport"/>. The same limits belong on all nodes of a cluster. Not to be changed once in use.</summary>
public sealed class GrpcTransportOptions
{
    /// <summary>Smallest <see cref="MaxFrameBytes"/>: 64 KiB.</summary>
    public const int MinFrameBytes = 64 * 1024;

    /// <summary>
    /// Largest message in bytes, encoded or by <see cref="Raft.Core.Log.Entry.Size"/>, and largest frame that is read. Must be well above the node's limits for
    /// entries and append messages. At least <see cref="MinFrameBytes"/>; 4 MiB unless set.
    /// </summary>
    public int MaxFrameBytes { get; set; } = 4 << 20;

    /// <summary>Messages that may wait for one peer, and as many pieces of snapshots beside them; more are dropped. At least 1.</summary>
    public int MaxQueuedMessages { get; set; } = 4096;

    /// <summary>
    /// Bytes of messages that may wait for one peer, and as many of pieces of snapshots beside them; more are dropped. At least <see cref="MaxFrameBytes"/>;
    /// 32 MiB unless set.
    /// </summary>
    public long MaxQueuedBytes { get; set; } = 32 << 20;

    /// <summary>Time for TCP and TLS to be established. Greater than zero.</summary>
    public TimeSpan ConnectTimeout { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>
    /// Pause before the first attempt to reach a peer again; it doubles with each failure. A peer that calls this node is tried at once. Greater than zero.
    /// </summary>
    public TimeSpan ReconnectDelay { get; set; } = TimeSpan.FromMilliseconds(50);

    /// <summary>Longest pause between attempts; the actual one is drawn from the upper half. At least <see cref="ReconnectDelay"/>.</summary>
    public TimeSpan MaxReconnectDelay { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Silence on a connection after which the peer is pinged (HTTP/2 PING). At least one second.</summary>
    public TimeSpan KeepAliveInterval { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>Time for the answer to a ping, after which the connection is given up. At least one second.</summary>
    public TimeSpan KeepAliveTimeout { get; set; } = TimeSpan.FromSeconds(3);

    /// <summary>
    /// Talk without TLS to peers whose address is <c>http://</c> and a loopback one, and listen to callers that come from there. Whoever can run a process
    /// on this machine can then act as any node: for tests and trials.
    /// </summary>
    public bool AllowPlaintextOnLoopback { get; set; }

    /// <summary>Checks the values.</summary>
    /// <exception cref="ValidationException">A value is out of its bounds; the message names it and the bound.</exception>
    public void Validate()
    {
        Require(MaxFrameBytes >= MinFrameBytes, nameof(MaxFrameBytes), $"at least {MinFrameBytes}");
        Require(MaxQueuedMessages >= 1, nameof(MaxQueuedMessages), "at least 1");
        Require(MaxQueuedBytes >= MaxFrameBytes, nameof(MaxQueuedBytes), $"at least {nameof(MaxFrameBytes)}");
        Require(ConnectTimeout > TimeSpan.Zero, nameof(ConnectTimeout), "greater than zero");
        Require(ReconnectDelay > TimeSpan.Zero, nameof(ReconnectDelay), "greater than zero");
        Require(MaxReconnectDelay >= ReconnectDelay, nameof(MaxReconnectDelay), $"at least {nameof(ReconnectDelay)}");
        Require(KeepAliveInterval >= TimeSpan.FromSeconds(1), nameof(KeepAliveInterval), "at least one second");
        Require(KeepAliveTimeout >= TimeSpan.FromSeconds(1), nameof(KeepAliveTimeout), "at least one second");

        static void Require(bool holds, string name, string bound)
        {
            if (!holds)
            {
                throw new ValidationException($"{nameof(GrpcTransportOptions)}.{name} must be {bound}.");
            }
        }
    }
}
