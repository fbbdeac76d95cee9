using System.Globalization;

namespace Raft.Core.Groups;

/// <summary>Names a Raft group among those that share a transport; the same on all members of the group.</summary>
/// <param name="Value">Any number; 0 is <see cref="Default"/>.</param>
public readonly record struct GroupId(ulong Value)
{
    /// <summary>The only group of a process without groups.</summary>
    public static GroupId Default => default;

    /// <summary>True for <see cref="Default"/>.</summary>
    public bool IsDefault => Value == 0;

    /// <inheritdoc/>
    public override string ToString() => Value.ToString(CultureInfo.InvariantCulture);
}
