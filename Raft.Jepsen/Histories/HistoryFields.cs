namespace Raft.Jepsen.Histories;

/// <summary>The names that stand in the file.</summary>
internal static class HistoryFields
{
    public const string Index = "index";
    public const string Process = "process";
    public const string Type = "type";
    public const string Op = "op";
    public const string Key = "key";
    public const string Value = "value";
    public const string TimeNs = "time_ns";
    public const string Error = "error";
    public const string Consistency = "consistency";
    public const string BoundNs = "bound_ns";
    public const string Node = "node";
    public const string NodeRun = "node_run";
    public const string Session = "session";
    public const string Sequence = "sequence";
    public const string Attempt = "attempt";
    public const string Reply = "reply";
    public const string Nodes = "nodes";
    public const string Overdraft = "overdraft";
    public const string From = "from";
    public const string To = "to";
    public const string Amount = "amount";

    /// <summary>The process that does harm.</summary>
    public const string NemesisProcess = "nemesis";

    /// <summary>The process that runs it all.</summary>
    public const string HarnessProcess = "harness";

    /// <summary>What the harness does when it opens a bank.</summary>
    public const string OpenBank = "open-bank";

    /// <summary>What the harness does when the final reads begin.</summary>
    public const string FinalReads = "final-reads";

    /// <summary>An enumeration's value as it stands in the file.</summary>
    public static string Of<T>(T value)
        where T : struct, Enum => value.ToString().ToLowerInvariant();

    /// <summary>The enumeration's value that stands in the file as <paramref name="text"/>; <c>null</c> when there is none.</summary>
    public static T? Parse<T>(string text)
        where T : struct, Enum
    {
        foreach (T value in Enum.GetValues<T>())
        {
            if (Of(value) == text)
            {
                return value;
            }
        }

        return null;
    }

    /// <summary>All values of an enumeration, for a message about another one.</summary>
    public static string Choices<T>()
        where T : struct, Enum => string.Join(", ", Enum.GetValues<T>().Select(Of));
}
