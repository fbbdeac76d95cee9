using Raft.Jepsen.Histories;

namespace Raft.Jepsen.Checking.Registers;

/// <summary>An operation on a register, as the search sees it: what it needs, what it leaves, and when it can take effect.</summary>
/// <param name="Needs">The value that the register must have; <see cref="None"/> when it may have any.</param>
/// <param name="Leaves">The value that it has afterwards; <see cref="None"/> when it keeps its own.</param>
/// <param name="Call">It takes effect behind this line,</param>
/// <param name="Return">and by this one; <see cref="long.MaxValue"/> when it may do so at any later time, or never.</param>
/// <param name="Source">Where it comes from.</param>
internal sealed record RegisterOperation(int Needs, int Leaves, long Call, long Return, HistoryOperation Source)
{
    public const int None = -1;

    /// <summary>The value of a register that nobody has written to.</summary>
    public const int Absent = 0;

    /// <summary>It has certainly taken effect.</summary>
    public bool IsRequired => Return != long.MaxValue;

    public bool IsRead => Leaves == None;

    /// <summary>It leaves its value whatever was there before.</summary>
    public bool IsBlind => Needs == None;
}
