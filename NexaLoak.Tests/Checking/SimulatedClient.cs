using Raft.Jepsen.Histories;

namespace NexaLoak.Tests.Checking;

/// <summary>A client of the simulated store.</summary>
internal sealed class SimulatedClient
{
    public required long Process { get; set; }

    public required ulong Session { get; init; }

    public ulong Sequence { get; set; }

    /// <summary>What it waits for.</summary>
    public TimedOperation? Open { get; set; }

    /// <summary>What the store did of that; <c>null</c> as long as it did nothing.</summary>
    public SimulatedReply? Done { get; set; }

    /// <summary>The command that it sends again next.</summary>
    public ClientRequest? Retry { get; set; }
}
