using Raft.Jepsen.Histories;

namespace NexaLoak.Benchmarks.Checking;

/// <summary>A client of a generated history.</summary>
internal sealed class GeneratedClient
{
    public required long Process { get; set; }

    /// <summary>What it waits for.</summary>
    public ClientRequest? Open { get; set; }

    /// <summary>The store has answered, and the client has not heard it yet.</summary>
    public bool IsDone { get; set; }

    public bool Happened { get; set; }

    public HistoryValue? Seen { get; set; }
}
