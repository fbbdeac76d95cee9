namespace Raft.Jepsen.Histories;

/// <summary>A file is no history.</summary>
/// <param name="line">The line at fault, from 1.</param>
/// <param name="problem">What is wrong with it.</param>
internal sealed class HistoryFormatException(long line, string problem) : Exception($"line {line}: {problem}")
{
    public long Line { get; } = line;
}
