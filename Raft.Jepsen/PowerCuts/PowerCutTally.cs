namespace Raft.Jepsen.PowerCuts;

/// <summary>What a campaign met. Counts, so that one that proves nothing can be told.</summary>
internal sealed class PowerCutTally
{
    /// <summary>Power cuts.</summary>
    public int Cuts { get; set; }

    /// <summary>Those while the storage was being opened, before its first write.</summary>
    public int InOpening { get; set; }

    /// <summary>Those of a storage that was never open before.</summary>
    public int OfNewStorage { get; set; }

    /// <summary>Those of a process that was not stopped before, which can interrupt a sync.</summary>
    public int WhileRunning { get; set; }

    /// <summary>How often such a process said that its disk failed.</summary>
    public int FailuresTold { get; set; }

    /// <summary>How often a process was killed before, so that the next one began with what had never been synced.</summary>
    public int Kills { get; set; }

    /// <summary>How often a commit was left in parts.</summary>
    public int InterruptedCommits { get; set; }

    /// <summary>How often one of the two markers was left invalid.</summary>
    public int InvalidMarkers { get; set; }

    /// <summary>How many files were left that nobody needs: parts of snapshots, snapshots that no write names, files of the log before its base.</summary>
    public int Leftovers { get; set; }

    /// <summary>Writes that were reported durable.</summary>
    public ulong Durable { get; set; }

    /// <summary>Writes that were there after a cut although they had not been reported durable.</summary>
    public ulong Unreported { get; set; }
}
