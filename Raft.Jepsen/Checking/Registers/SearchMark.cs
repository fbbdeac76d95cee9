namespace Raft.Jepsen.Checking.Registers;

/// <summary>What of the search's state a step back restores.</summary>
internal readonly record struct SearchMark(int Value, bool MustBeSeen, int Highest);
