namespace Raft.Core.Log;

/// <summary>A stretch of the log whose entries share one term. It lasts until the next run begins, or until the log's end.</summary>
/// <param name="FirstIndex">Index of the first entry of the run.</param>
/// <param name="Term">Term of every entry of the run.</param>
public readonly record struct TermRun(ulong FirstIndex, ulong Term);
